/* mc-stick-forward.c: somebody's bundle, carried to the hub by a PC that has the network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The PC that carries it cannot read it, and learns nothing from the answer, which goes back on the stick.
 */

#include "client/mc-stick.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/mc-http.h"
#include "client/mc-pace.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "wire/mc-bundle.h"
#include "wire/mc-sync-error.h"

#define BUFFER_BYTES  (64 * 1024)
#define TRIES         5      /* in a row in which nothing came through */
#define WAIT_MS       100    /* for the hub to read it; longer from time to time */
#define WAIT_MAX_MS   2000

typedef struct
{
  McAccount *account;
  const char *path;
  int fd;
  guint64 size;
  char *resource;            /* (owned) of the hub */
  McHttp *http;              /* (owned) */
  McPace pace;
  McSyncReport report;       /* evidence_done and evidence_total are bytes of the bundle */
  McSyncProgress progress;   /* (nullable) */
  gpointer user_data;
  GCancellable *cancellable; /* (nullable) */
} Forward;

static gboolean
failed (const char  *path,
        GError     **error)
{
  g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_LOCAL, "%s: %s", path, g_strerror (errno));

  return FALSE;
}

gboolean
mc_stick_is_request (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  guint8 head[64], hub_id[MC_ID_BYTES];
  ssize_t got = fd >= 0 ? read (fd, head, sizeof head) : -1;
  McBundleKind kind;

  if (fd >= 0)
    close (fd);

  return got > 0 && mc_bundle_peek (head, got, &kind, hub_id) && kind == MC_BUNDLE_REQUEST;
}

/* What can be said of the file without the network. */
static gboolean
check_bundle (Forward  *self,
              GError  **error)
{
  guint8 head[64], hub_id[MC_ID_BYTES];
  ssize_t got = pread (self->fd, head, sizeof head, 0);
  McBundleKind kind;
  struct stat info;

  if (got < 0 || fstat (self->fd, &info) != 0)
    return failed (self->path, error);
  self->size = info.st_size;
  if (!mc_bundle_peek (head, got, &kind, hub_id))
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_OTHER, "%s is no bundle", self->path);
  else if (kind != MC_BUNDLE_REQUEST)
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_OTHER, "%s comes from the hub: it goes to the device that it is for",
                 self->path);
  else if (memcmp (hub_id, self->account->hub.id, MC_ID_BYTES) != 0)
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN, "%s is for another hub than the one of this device", self->path);
  else if (self->size > MC_BUNDLE_FORWARD_BYTES)
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_OTHER, "%s is larger than a part of a bundle can be", self->path);
  else
    return TRUE;

  return FALSE;
}

/* Its hash is its name on the way: whoever goes on after a cut goes on with the same bytes. */
static gboolean
name_bundle (Forward  *self,
             GError  **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (BUFFER_BYTES);
  guint64 at = 0;
  ssize_t got;

  while ((got = pread (self->fd, buffer, BUFFER_BYTES, at)) > 0)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      g_checksum_update (checksum, buffer, got);
      at += got;
    }
  if (got < 0)
    return failed (self->path, error);
  self->resource = g_strconcat ("/v1/bundle/", g_checksum_get_string (checksum), NULL);

  return TRUE;
}

static GBytes *
read_piece (Forward  *self,
            guint64   offset,
            gsize     size,
            GError  **error)
{
  g_autofree guint8 *data = g_malloc (size + 1);
  gsize at = 0;

  while (at < size)
    {
      ssize_t got = pread (self->fd, data + at, size - at, offset + at);

      if (got < 0 && errno == EINTR)
        continue;
      if (got == 0)
        errno = EIO;
      if (got <= 0)
        {
          failed (self->path, error);
          return NULL;
        }
      at += got;
    }

  return g_bytes_new_take (g_steal_pointer (&data), size);
}

/* What the hub says that it has. */
static gboolean
read_offset (Forward  *self,
             GBytes   *answer,
             guint64  *out_offset,
             GError  **error)
{
  g_autoptr(JsonNode) root = mc_json_read (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), 2);
  JsonNode *node = root != NULL ? json_object_get_member (json_node_get_object (root), "offset") : NULL;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64 || json_node_get_int (node) < 0 ||
      (guint64) json_node_get_int (node) > self->size)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The hub does not say how much of the bundle it has");
      return FALSE;
    }
  *out_offset = json_node_get_int (node);

  return TRUE;
}

static gboolean
wait_ms (Forward  *self,
         guint     ms,
         GError  **error)
{
  GPollFD poll;

  if (g_cancellable_make_pollfd (self->cancellable, &poll))
    {
      g_poll (&poll, 1, ms);
      g_cancellable_release_fd (self->cancellable);
    }
  else
    g_usleep (ms * 1000);

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

/* Sends what follows @at, and says how far the hub is, or has its answer.  Nothing is sent where @at is not known yet. */
static gboolean
turn (Forward   *self,
      gboolean   is_known,
      guint64   *at,
      GBytes   **out_reply,
      GError   **error)
{
  gsize size = is_known ? MIN (self->size - *at, self->pace.budget) : 0;
  g_autoptr(GBytes) piece = read_piece (self, *at, size, error), answer = NULL;
  gint64 started_us = g_get_monotonic_time ();
  gboolean is_whole = FALSE;

  if (piece == NULL ||
      !(answer = mc_http_post_piece (self->http, self->resource, self->account->device, &self->account->key, piece, *at, self->size,
                                     &is_whole, self->cancellable, error)))
    return FALSE;
  if (size > 0)
    mc_pace_note_turn (&self->pace, size, g_get_monotonic_time () - started_us);
  self->report.bytes_sent += size;
  self->report.turns++;
  if (is_whole)
    *out_reply = g_steal_pointer (&answer);

  return *out_reply != NULL || read_offset (self, answer, at, error);
}

/* The hub's answer to the whole bundle. */
static GBytes *
carry (Forward  *self,
       GError  **error)
{
  GBytes *reply = NULL;
  guint failures = 0, wait = WAIT_MS;
  gboolean is_known = FALSE;
  guint64 at = 0;

  while (reply == NULL)
    {
      g_autoptr(GError) local_error = NULL;
      guint64 before = at;

      if (turn (self, is_known, &at, &reply, &local_error))
        {
          failures = is_known && at == before && at < self->size ? failures + 1 : 0;
          is_known = TRUE;
          self->report.evidence_done = at;
          if (self->progress != NULL)
            self->progress (&self->report, self->user_data);
          if (failures >= TRIES)
            {
              g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNAVAILABLE, "The hub takes no more of the bundle");
              return NULL;
            }
          if (reply != NULL || at < self->size)
            continue;
          /* It has it all, and reads it. */
          if (!wait_ms (self, wait, error))
            return NULL;
          wait = MIN (wait * 2, WAIT_MAX_MS);
        }
      else if (!g_error_matches (local_error, MC_SYNC_ERROR, MC_SYNC_ERROR_CUT) || ++failures >= TRIES)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      else
        {
          /* What arrived is there: it is asked for, not guessed. */
          is_known = FALSE;
          at = 0;
        }
    }

  return reply;
}

/* The answer beside the bundle, under its name. */
static char *
save_reply (Forward  *self,
            GBytes   *reply,
            GError  **error)
{
  gsize stem = strlen (self->path) - (g_str_has_suffix (self->path, ".mcbundle") ? strlen (".mcbundle") : 0);
  g_autofree char *path = g_strdup_printf ("%.*s.reply.mcbundle", (int) stem, self->path);
  g_autoptr(GError) local_error = NULL;
  guint8 hub_id[MC_ID_BYTES];
  McBundleKind kind;

  if (!mc_bundle_peek (g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), &kind, hub_id) || kind != MC_BUNDLE_REPLY)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "What the hub answered is no answer to a bundle");
      return NULL;
    }
  if (!g_file_set_contents_full (path, g_bytes_get_data (reply, NULL), g_bytes_get_size (reply),
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &local_error))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_LOCAL, "The hub has taken the bundle, and its answer could not be written: %s",
                   local_error->message);
      return NULL;
    }

  return g_steal_pointer (&path);
}

/**
 * mc_stick_forward:
 * @account: the enrolment of this PC, at the hub that the bundle is for
 * @path: a bundle that another device wrote
 * @progress: (nullable): called as it goes on, in this thread; evidence_done and evidence_total are bytes of the bundle
 * @user_data: for @progress
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error of %MC_SYNC_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Hands a bundle to the hub and writes the answer, which only its author can read, beside it.  Blocking.  What arrived
 * before an error is not sent again the next time.  A bundle that is cut or was changed changes nothing at the hub; one
 * that was carried before, by any road, is answered again.
 *
 * Returns: (transfer full) (nullable): the file with the answer
 */
char *
mc_stick_forward (McAccount       *account,
                  const char      *path,
                  McSyncProgress   progress,
                  gpointer         user_data,
                  GCancellable    *cancellable,
                  GError         **error)
{
  Forward self = { .account = account, .path = path, .progress = progress, .user_data = user_data, .cancellable = cancellable };
  g_autoptr(GBytes) reply = NULL;
  char *reply_path = NULL;

  if (mc_account_is_trial (account))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE, "This is a trial without a hub");
      return NULL;
    }
  if ((self.fd = g_open (path, O_RDONLY | O_CLOEXEC, 0)) < 0)
    {
      failed (path, error);
      return NULL;
    }
  if (check_bundle (&self, error) && name_bundle (&self, error))
    {
      self.report.evidence_total = self.size;
      self.http = mc_http_new (account->address, &account->hub);
      mc_pace_begin (&self.pace, 0);
      if ((reply = carry (&self, error)))
        reply_path = save_reply (&self, reply, error);
      mc_http_free (self.http);
    }
  close (self.fd);
  g_free (self.resource);

  return reply_path;
}
