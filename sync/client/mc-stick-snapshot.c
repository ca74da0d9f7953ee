/* mc-stick-snapshot.c: unit logs from a USB stick, for a device that is new
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-stick.h"

#include <string.h>

#include "client/mc-session-private.h"
#include "wire/mc-bundle-file.h"
#include "wire/mc-sync-error.h"

typedef struct
{
  Session session;
  McFrameReader *reader;     /* (owned) */
  gboolean applies;          /* FALSE = only looks whether it is whole */
  McSyncProgress progress;   /* (nullable) */
  gpointer user_data;
} Snapshot;

static gboolean
take_frame (Snapshot  *self,
            guint8     kind,
            GBytes    *payload,
            GError   **error)
{
  gboolean follows;

  if (!self->applies)
    return TRUE;
  if (kind == MC_FRAME_HUB_LOG)
    return mc_session_take_rows (&self->session, payload, &follows, error);

  return kind != MC_FRAME_HUB_CERTIFICATE || mc_session_take_frame (&self->session, kind, payload, error);
}

static gboolean
take_piece_cb (GBytes    *piece,
               gpointer   user_data,
               GError   **error)
{
  Snapshot *self = user_data;
  g_autoptr(GError) local_error = NULL;
  GBytes *payload;
  guint8 kind;

  mc_frame_reader_push (self->reader, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
  while (mc_frame_reader_next (self->reader, &kind, &payload, &local_error))
    {
      g_autoptr(GBytes) given = payload;

      if (!take_frame (self, kind, given, error))
        return FALSE;
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  self->session.report->bytes_received += self->applies ? g_bytes_get_size (piece) : 0;
  if (self->progress != NULL)
    self->progress (self->session.report, self->user_data);

  return TRUE;
}

static gboolean
read_once (Snapshot    *self,
           const char  *path,
           gboolean     applies,
           GError     **error)
{
  McAccount *account = self->session.account;
  g_autoptr(McBundleOpener) opener = mc_bundle_opener_new (MC_BUNDLE_SNAPSHOT, account->hub.id, &account->key);
  gboolean done;

  self->reader = mc_frame_reader_new ();
  self->applies = applies;
  done = mc_bundle_file_read (path, opener, take_piece_cb, self, self->session.cancellable, error);
  if (done && !mc_frame_reader_has_ended (self->reader))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_DAMAGED, "The bundle is damaged: what is in it has no end");
      done = FALSE;
    }
  g_clear_pointer (&self->reader, mc_frame_reader_free);

  return done;
}

/**
 * mc_stick_read_snapshot:
 * @journal: the store, of the calling thread
 * @account: its enrolment
 * @path: a file of minhchung-hub snapshot
 * @out_report: (out caller-allocated): what it brought
 * @progress: (nullable): called as it goes on, in this thread
 * @user_data: for @progress
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error of %MC_SYNC_ERROR or %MC_STORE_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Blocking.  Takes the rows that this device does not have, each stretch up to a head that the hub signed.  What was
 * taken before an error stays; read again, it goes on behind it.  What is waiting here stays so.
 *
 * Returns: %TRUE if all that follows is here
 */
gboolean
mc_stick_read_snapshot (McJournal       *journal,
                        McAccount       *account,
                        const char      *path,
                        McSyncReport    *out_report,
                        McSyncProgress   progress,
                        gpointer         user_data,
                        GCancellable    *cancellable,
                        GError         **error)
{
  Snapshot self = { .progress = progress, .user_data = user_data };
  gboolean done;

  memset (out_report, 0, sizeof *out_report);
  if (mc_account_is_trial (account))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE, "This is a trial without a hub");
      return FALSE;
    }
  done = mc_session_init (&self.session, journal, account, out_report, cancellable, error) &&
         read_once (&self, path, FALSE, error) && read_once (&self, path, TRUE, error);
  mc_session_clear (&self.session);

  return done;
}
