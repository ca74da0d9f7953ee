/* mc-hub-forward.c: bundles that somebody's PC carries in over the network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bundle comes in pieces that say where they belong.  What came of it lies in partial/ under the name of who carries it,
 * so that a cut costs nothing but what was in flight, and nobody's pieces get between another's; the last one that a device
 * brought, no more.  When it is whole a thread with a store of its own reads it, for that may take minutes.  Its answer
 * then lies in the bundle's place, and is given as often as it is asked for.
 */

#include "hub/mc-hub-forward.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-answer.h"
#include "hub/mc-hub-bundle.h"
#include "hub/mc-hub-quota.h"
#include "wire/mc-bundle.h"
#include "wire/mc-sync-error.h"

#define PATH          "/v1/bundle/"
#define ROOM_BYTES    ((guint64) 256 * 1024 * 1024)   /* of the disk that is left to syncs */
#define ROOM_STEP_BYTES ((guint64) 16 * 1024 * 1024)  /* between looks at it */
#define STALE_SECONDS 600                             /* an answer that old was to somebody who came before */

/* A bundle that is whole, until its end was told. */
typedef struct
{
  char *dir, *path, *reply;   /* (owned) */
  GCancellable *cancellable;  /* (owned) */
  int is_done;                /* atomic; behind it the thread leaves all below alone */
  const char *problem;        /* (nullable) */
  char *detail;               /* (owned) (nullable) */
} Job;

struct _McHubForward
{
  McHub *hub;
  McHubListener *listener;
  GHashTable *jobs;           /* (owned) (element-type utf8 Job) by path */
  GHashTable *writers;        /* (owned) (element-type utf8 Piece) by path: who writes there now */
  GThreadPool *pool;          /* (owned) one thread */
  GCancellable *cancellable;  /* (owned) */
};

/* One request: a piece of a bundle, or the question how it went. */
typedef struct
{
  McHubForward *forward;
  char *device, *path;        /* (owned) (nullable) until it is known who asks for what */
  guint64 have, total;
  int fd;                     /* −1 = nothing is taken of this request */
  guint64 dropped;
} Piece;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->dir);
  g_free (job->path);
  g_free (job->reply);
  g_object_unref (job->cancellable);
  g_free (job->detail);
  g_free (job);
}

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  if (piece->fd >= 0)
    close (piece->fd);
  if (piece->path != NULL && g_hash_table_lookup (piece->forward->writers, piece->path) == piece)
    g_hash_table_remove (piece->forward->writers, piece->path);
  g_free (piece->device);
  g_free (piece->path);
  g_free (piece);
}

static char *
dup_reply_path (const char *path)
{
  return g_strconcat (path, ".reply", NULL);
}

/* the thread */

/* Of what stands in the way of a bundle, what its carrier is told. */
static const char *
problem_of (const McHubBundleReport *report,
            const GError            *error)
{
  static const char * const passing[] = { "hub-full", "not-ready", "internal", NULL };

  if (report->problem != NULL)
    return g_strv_contains (passing, report->problem) ? report->problem : "bundle-refused";
  if (error->domain == MC_SYNC_ERROR)
    switch (error->code)
      {
      case MC_SYNC_ERROR_BUNDLE_DAMAGED:
        return "bundle-damaged";
      case MC_SYNC_ERROR_BUNDLE_FOREIGN:
        return "bundle-foreign";
      case MC_SYNC_ERROR_BUNDLE_OTHER:
        return "bundle-other";
      case MC_SYNC_ERROR_BUNDLE_NEWER:
        return "bundle-newer";
      default:
        break;
      }
  if (g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "not-ready";

  return "internal";
}

static void
read_in_thread (gpointer data,
                gpointer user_data)
{
  Job *job = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McHub) hub = mc_hub_open (job->dir, &error);
  McHubBundleReport report = { 0 };
  gboolean done = hub != NULL && mc_hub_read_bundle (hub, job->path, job->reply, MC_BUNDLE_REPLY_BYTES, g_get_real_time (),
                                                     job->cancellable, &report, &error);

  if (!done)
    {
      job->problem = problem_of (&report, error);
      job->detail = g_strdup (error->message);
    }
  g_message ("bundle device=%s changes=%u refused=%u evidence_bytes=%" G_GUINT64_FORMAT " outcome=%s",
             report.device != NULL ? report.device : "-", report.n_changes, report.n_refused, report.evidence_bytes,
             done ? "ok" : job->problem);
  mc_hub_bundle_report_clear (&report);
  /* What failed for a passing cause is read again when it is asked for. */
  if (done || g_str_has_prefix (job->problem, "bundle-"))
    g_unlink (job->path);
  g_atomic_int_set (&job->is_done, TRUE);
}

/* the answers */

static void
answer_how_far (SoupServerMessage *message,
                guint64            have)
{
  mc_hub_answer_json (message, SOUP_STATUS_ACCEPTED, g_strdup_printf ("{\"offset\":%" G_GUINT64_FORMAT "}", have));
}

/* Whether @reply is there, and then it is the answer. */
static gboolean
answer_reply (SoupServerMessage *message,
              const char        *reply)
{
  g_autoptr(GMappedFile) mapped = g_mapped_file_new (reply, FALSE, NULL);
  g_autoptr(GBytes) bytes = NULL;

  if (mapped == NULL)
    return FALSE;
  bytes = g_mapped_file_get_bytes (mapped);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (message), MC_BUNDLE_TYPE, NULL);

  return TRUE;
}

static void
start_job (McHubForward *self,
           const char   *path)
{
  Job *job = g_new0 (Job, 1);

  job->dir = g_strdup (self->hub->dir);
  job->path = g_strdup (path);
  job->reply = dup_reply_path (path);
  job->cancellable = g_object_ref (self->cancellable);
  g_hash_table_replace (self->jobs, job->path, job);
  g_thread_pool_push (self->pool, job, NULL);
}

/* The bundle is whole, or was: its answer, or that it is being read. */
static void
answer_whole (McHubForward      *self,
              Piece             *piece,
              SoupServerMessage *message)
{
  Job *job = g_hash_table_lookup (self->jobs, piece->path);
  g_autofree char *reply = dup_reply_path (piece->path);

  if (job != NULL && !g_atomic_int_get (&job->is_done))
    {
      answer_how_far (message, piece->total);
      return;
    }
  if (job != NULL)
    {
      /* It wrote through a store of its own. */
      mc_hub_forget_usage (self->hub);
      if (job->problem != NULL)
        mc_hub_answer_problem (message, job->problem, job->detail);
      else if (!answer_reply (message, reply))
        mc_hub_answer_problem (message, "internal", NULL);
      g_hash_table_remove (self->jobs, piece->path);
    }
  else if (!answer_reply (message, reply))
    {
      start_job (self, piece->path);
      answer_how_far (message, piece->total);
    }
}

/* a request */

static guint64
size_of (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? info.st_size : 0;
}

static gboolean
is_stale (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 && info.st_mtime < g_get_real_time () / G_TIME_SPAN_SECOND - STALE_SECONDS;
}

/* Who still writes at another bundle of the same device writes no more: its file goes, and what came would lie on the disk
 * without a name. */
static void
stop_former_writers (McHubForward *self,
                     Piece        *piece)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->writers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Piece *writer = value;

      if (writer->fd < 0 || !g_str_equal (writer->device, piece->device) || g_str_equal (writer->path, piece->path))
        continue;
      close (writer->fd);
      writer->fd = -1;
    }
}

/* Makes way for another bundle of the same device.  FALSE: the former one is being read. */
static gboolean
drop_former (McHubForward *self,
             Piece        *piece)
{
  g_autofree char *folder = g_path_get_dirname (piece->path), *name = g_path_get_basename (piece->path);
  g_autofree char *prefix = g_strdup_printf ("bundle-%s-", piece->device);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *other;

  stop_former_writers (self, piece);
  while (dir != NULL && (other = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = NULL, *bundle = NULL;
      Job *job;

      if (!g_str_has_prefix (other, prefix) || g_str_has_prefix (other, name))
        continue;
      path = g_build_filename (folder, other, NULL);
      bundle = g_str_has_suffix (path, ".reply") ? g_strndup (path, strlen (path) - strlen (".reply")) : g_strdup (path);
      job = g_hash_table_lookup (self->jobs, bundle);
      if (job != NULL && !g_atomic_int_get (&job->is_done))
        return FALSE;
      g_hash_table_remove (self->jobs, bundle);
      g_unlink (path);
    }

  return TRUE;
}

static gboolean
has_room (McHub   *hub,
          guint64  bytes)
{
  struct statvfs info;

  return statvfs (hub->dir, &info) != 0 || (guint64) info.f_bavail * info.f_frsize >= bytes + ROOM_BYTES;
}

static gboolean
read_numbers (SoupServerMessage *message,
              guint64           *out_offset,
              guint64           *out_total)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *offset = soup_message_headers_get_one (headers, "Mc-Offset"), *total = soup_message_headers_get_one (headers, "Mc-Total");

  return offset != NULL && total != NULL && g_ascii_string_to_unsigned (offset, 10, 0, G_MAXINT64, out_offset, NULL) &&
         g_ascii_string_to_unsigned (total, 10, 1, G_MAXINT64, out_total, NULL) && *out_offset <= *out_total;
}

/* Opens what is there of the bundle where the piece goes on with it; nothing is opened where it does not. */
static void
open_bundle (McHubForward      *self,
             Piece             *piece,
             SoupServerMessage *message,
             guint64            offset)
{
  Piece *former;

  /* Whoever comes back over a new line has given up the old one, though the hub may not have heard of it yet. */
  if ((former = g_hash_table_lookup (self->writers, piece->path)) != NULL && former->fd >= 0)
    {
      close (former->fd);
      former->fd = -1;
    }
  piece->have = size_of (piece->path);
  if (piece->have != offset || offset >= piece->total)
    return;
  if (!has_room (self->hub, piece->total - offset))
    mc_hub_answer_problem (message, "hub-full", "There is no room for a bundle of this size");
  else if ((piece->fd = g_open (piece->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0)
    mc_hub_answer_problem (message, errno == ENOSPC ? "hub-full" : "internal", NULL);
  else
    g_hash_table_replace (self->writers, piece->path, piece);
}

/* What can be said before the first byte of the body. */
static void
begin (McHubForward      *self,
       Piece             *piece,
       SoupServerMessage *message,
       const char        *path)
{
  const char *sha256 = g_str_has_prefix (path, PATH) ? path + strlen (PATH) : "";
  g_autoptr(McHubDevice) device = NULL;
  g_autofree char *name = NULL, *reply = NULL;
  guint64 offset;

  if (strlen (sha256) != 64 || strspn (sha256, "0123456789abcdef") != 64)
    mc_hub_answer_problem (message, "not-found", NULL);
  else if (!mc_hub_answer_method (message, "POST"))
    return;
  else if (!read_numbers (message, &offset, &piece->total))
    mc_hub_answer_problem (message, "bad-request", "Mc-Offset and Mc-Total say where a piece belongs");
  else if (piece->total > MC_BUNDLE_FORWARD_BYTES)
    mc_hub_answer_problem (message, "too-large", "The bundle is larger than a part of a bundle can be");
  else if ((device = mc_hub_authenticate (self->hub, message, path)))
    {
      name = g_strdup_printf ("bundle-%s-%s", device->id, sha256);
      piece->device = g_strdup (device->id);
      piece->path = g_build_filename (self->hub->dir, "partial", name, NULL);
      reply = dup_reply_path (piece->path);
      if (offset == 0 && g_hash_table_lookup (self->jobs, piece->path) == NULL && is_stale (reply))
        g_unlink (reply);
      if (g_file_test (reply, G_FILE_TEST_EXISTS) || g_hash_table_contains (self->jobs, piece->path))
        piece->have = piece->total;
      else if (!drop_former (self, piece))
        mc_hub_answer_problem (message, "not-ready", "Another bundle from this device is being read");
      else
        open_bundle (self, piece, message, offset);
    }
}

static void
got_chunk_cb (SoupServerMessage *message,
              GBytes            *chunk,
              gpointer           user_data)
{
  Piece *piece = user_data;
  const guint8 *data;
  gsize size, at = 0;

  data = g_bytes_get_data (chunk, &size);
  if (piece->fd < 0)
    {
      piece->dropped += size;
      if (piece->dropped > MC_DRAIN_MAX_BYTES)
        mc_hub_listener_drop (piece->forward->listener, message);
      return;
    }
  /* There was room for all of it when it began; others may have come meanwhile. */
  if (piece->have / ROOM_STEP_BYTES != (piece->have + size) / ROOM_STEP_BYTES && !has_room (piece->forward->hub, 0))
    {
      mc_hub_answer_problem (message, "hub-full", "There is no room for a bundle of this size");
      close (piece->fd);
      piece->fd = -1;
      return;
    }
  while (at < size && piece->have + size - at <= piece->total)
    {
      ssize_t done = write (piece->fd, data + at, size - at);

      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        break;
      at += done;
      piece->have += done;
    }
  if (at == size)
    return;

  if (piece->have + size - at > piece->total)
    mc_hub_answer_problem (message, "bad-request", "More came than the bundle is long");
  else
    mc_hub_answer_problem (message, errno == ENOSPC || errno == EDQUOT ? "hub-full" : "internal", NULL);
  close (piece->fd);
  piece->fd = -1;
}

static void
got_body_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  Piece *piece = user_data;

  if (soup_server_message_get_status (message) != 0)
    return;
  if (piece->fd >= 0 && fsync (piece->fd) != 0)
    mc_hub_answer_problem (message, errno == ENOSPC ? "hub-full" : "internal", NULL);
  else if (piece->have >= piece->total)
    answer_whole (piece->forward, piece, message);
  else
    answer_how_far (message, piece->have);
}

void
mc_hub_forward_cb (SoupServer        *soup,
                   SoupServerMessage *message,
                   const char        *path,
                   GHashTable        *query,
                   gpointer           user_data)
{
  McHubForward *self = user_data;
  Piece *piece = g_new0 (Piece, 1);

  piece->forward = self;
  piece->fd = -1;
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  begin (self, piece, message, path);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), piece);
  g_signal_connect (message, "got-body", G_CALLBACK (got_body_cb), piece);
  g_object_set_data_full (G_OBJECT (message), "mc-hub-piece", piece, piece_free);
}

McHubForward *
mc_hub_forward_new (McHub *hub)
{
  McHubForward *self = g_new0 (McHubForward, 1);

  self->hub = hub;
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, job_free);
  self->writers = g_hash_table_new (g_str_hash, g_str_equal);
  self->cancellable = g_cancellable_new ();
  self->pool = g_thread_pool_new (read_in_thread, NULL, 1, FALSE, NULL);

  return self;
}

void
mc_hub_forward_free (McHubForward *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_pool_free (self->pool, TRUE, TRUE);
  g_hash_table_unref (self->jobs);
  g_hash_table_unref (self->writers);
  g_object_unref (self->cancellable);
  g_free (self);
}

void
mc_hub_forward_set_listener (McHubForward  *self,
                             McHubListener *listener)
{
  self->listener = listener;
}
