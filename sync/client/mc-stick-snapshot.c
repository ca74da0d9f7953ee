/* mc-stick-snapshot.c: unit logs from a USB stick, for a device that is new
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-stick.h"

#include <string.h>

#include "client/mc-stick-private.h"
#include "wire/mc-sync-error.h"

static gboolean
take_frame_cb (guint8     kind,
               GBytes    *payload,
               gpointer   user_data,
               GError   **error)
{
  McStickReader *self = user_data;
  gboolean follows;

  if (!self->applies)
    return TRUE;
  if (kind == MC_FRAME_HUB_LOG)
    return mc_session_take_rows (&self->session, payload, &follows, error);

  return kind != MC_FRAME_HUB_CERTIFICATE || mc_session_take_frame (&self->session, kind, payload, error);
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
  McStickReader self = { .kind = MC_BUNDLE_SNAPSHOT, .take = take_frame_cb, .take_data = &self, .progress = progress,
                         .user_data = user_data };
  gboolean done;

  memset (out_report, 0, sizeof *out_report);
  if (mc_account_is_trial (account))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE, "This is a trial without a hub");
      return FALSE;
    }
  done = mc_session_init (&self.session, journal, account, out_report, cancellable, error) &&
         mc_stick_reader_read_once (&self, path, FALSE, error) && mc_stick_reader_read_once (&self, path, TRUE, error);
  mc_session_clear (&self.session);

  return done;
}
