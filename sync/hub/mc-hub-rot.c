/* mc-hub-rot.c: evidence files whose bytes have changed on the disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-rot.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-lost.h"

#define PIECE_BYTES  (64 * 1024)
#define PAUSE_PIECES 4
#define PAUSE_US     10000

struct _McHubRot
{
  McHub *hub;
  GMainContext *context;     /* (owned) */
  GSource *timeout;          /* (owned) */
  GCancellable *cancellable; /* (owned) */
  char sha256[65];           /* the file that is read, or was last */
  GThread *thread;           /* (owned) (nullable) reads it */
  GSource *done;             /* (owned) (nullable) it has */
  McHubFileState state;      /* what it found */
};

/* reading */

static McHubFileState
read_to_end (int            fd,
             const char    *sha256,
             gulong         pause_us,
             GCancellable  *cancellable)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (PIECE_BYTES);

  for (guint pieces = 1;; pieces++)
    {
      ssize_t got = read (fd, buffer, PIECE_BYTES);

      if (got == 0)
        return g_str_equal (g_checksum_get_string (checksum), sha256) ? MC_HUB_FILE_WHOLE : MC_HUB_FILE_ROTTEN;
      if ((got < 0 && errno != EINTR) || g_cancellable_is_cancelled (cancellable))
        return MC_HUB_FILE_UNREAD;
      g_checksum_update (checksum, buffer, MAX (got, 0));
      if (pause_us > 0 && pieces % PAUSE_PIECES == 0)
        g_usleep (pause_us);
    }
}

McHubFileState
mc_hub_read_file (const char    *dir,
                  const char    *sha256,
                  gulong         pause_us,
                  GCancellable  *cancellable)
{
  g_autofree char *path = mc_hub_evidence_path (dir, sha256);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  McHubFileState state;

  if (fd < 0)
    return MC_HUB_FILE_UNREAD;
  state = read_to_end (fd, sha256, pause_us, cancellable);
  /* What is read once in weeks is not to push out what is in use. */
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  close (fd);

  return state;
}

/* what is rotten */

static gboolean
move_away (McHub       *self,
           const char  *sha256,
           GError     **error)
{
  g_autofree char *path = mc_hub_evidence_path (self->dir, sha256), *folder = g_build_filename (self->dir, "rotten", NULL);
  g_autofree char *target = g_build_filename (folder, sha256, NULL);

  if (g_mkdir_with_parents (folder, 0700) == 0 && g_rename (path, target) == 0)
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, errno == ENOSPC ? MC_STORE_ERROR_NO_SPACE : MC_STORE_ERROR_READ_ONLY, "%s: %s", target,
               g_strerror (errno));

  return FALSE;
}

gboolean
mc_hub_put_rotten_away (McHub       *self,
                        const char  *sha256,
                        gint64       now_us,
                        GError     **error)
{
  g_autoptr(McTransaction) transaction = NULL;

  if (!move_away (self, sha256, error) || !(transaction = mc_db_begin (self->db, error)) ||
      !mc_hub_forget_file (self, sha256, "file-rotten", now_us, error) || !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  g_message ("evidence %s is not what it was any more: it lies in %s/rotten now, and devices are asked for it", sha256, self->dir);

  return TRUE;
}

/* one after the other */

/* *out_sha256: empty after the last. */
static gboolean
find_next (McHubRot  *self,
           char       out_sha256[65],
           GError   **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->hub->db, "SELECT sha256 FROM evidence WHERE complete = 1 AND sha256 > ?"
                                          " ORDER BY sha256 LIMIT 1", error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, self->sha256);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  g_strlcpy (out_sha256, has_row ? mc_stmt_get_text (stmt, 0) : "", 65);

  return TRUE;
}

static gboolean
done_cb (gpointer user_data)
{
  McHubRot *self = user_data;
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&self->thread, g_thread_join);
  g_clear_pointer (&self->done, g_source_unref);
  if (self->state == MC_HUB_FILE_ROTTEN && !mc_hub_put_rotten_away (self->hub, self->sha256, g_get_real_time (), &error))
    g_message ("evidence %s is not what it was any more, and could not be put away: %s", self->sha256, error->message);

  return G_SOURCE_REMOVE;
}

/* Only this thread of the program: to Linux each is a process with a priority of its own. */
static gpointer
read_thread (gpointer user_data)
{
  McHubRot *self = user_data;

  setpriority (PRIO_PROCESS, 0, 19);
  self->state = mc_hub_read_file (self->hub->dir, self->sha256, PAUSE_US, self->cancellable);
  /* Memory errs too. */
  if (self->state == MC_HUB_FILE_ROTTEN)
    self->state = mc_hub_read_file (self->hub->dir, self->sha256, PAUSE_US, self->cancellable);
  g_source_attach (self->done, self->context);

  return NULL;
}

static gboolean
next_cb (gpointer user_data)
{
  McHubRot *self = user_data;
  g_autoptr(GError) error = NULL;
  char sha256[65];

  if (self->thread != NULL)
    return G_SOURCE_CONTINUE;
  if (!find_next (self, sha256, &error))
    {
      g_message ("The evidence files could not be read: %s", error->message);
      return G_SOURCE_CONTINUE;
    }
  memcpy (self->sha256, sha256, sizeof self->sha256);
  if (sha256[0] == '\0')
    return G_SOURCE_CONTINUE;

  self->done = g_idle_source_new ();
  g_source_set_callback (self->done, done_cb, self, NULL);
  self->thread = g_thread_new ("rot", read_thread, self);

  return G_SOURCE_CONTINUE;
}

McHubRot *
mc_hub_rot_new (McHub *hub,
                guint  interval_ms)
{
  McHubRot *self = g_new0 (McHubRot, 1);

  self->hub = hub;
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
  g_snprintf (self->sha256, sizeof self->sha256, "%08x", g_random_int ());
  self->timeout = g_timeout_source_new (interval_ms);
  g_source_set_callback (self->timeout, next_cb, self, NULL);
  g_source_attach (self->timeout, self->context);

  return self;
}

void
mc_hub_rot_free (McHubRot *self)
{
  g_cancellable_cancel (self->cancellable);
  g_source_destroy (self->timeout);
  g_source_unref (self->timeout);
  g_clear_pointer (&self->thread, g_thread_join);
  if (self->done != NULL)
    g_source_destroy (self->done);
  g_clear_pointer (&self->done, g_source_unref);
  g_object_unref (self->cancellable);
  g_main_context_unref (self->context);
  g_free (self);
}
