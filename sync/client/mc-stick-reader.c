/* mc-stick-reader.c: the frames of a bundle that is for this device
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-stick-private.h"

#include "wire/mc-bundle-file.h"
#include "wire/mc-sync-error.h"

static gboolean
take_piece_cb (GBytes    *piece,
               gpointer   user_data,
               GError   **error)
{
  McStickReader *self = user_data;
  g_autoptr(GError) local_error = NULL;
  GBytes *payload;
  guint8 kind;

  mc_frame_reader_push (self->reader, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
  while (mc_frame_reader_next (self->reader, &kind, &payload, &local_error))
    {
      g_autoptr(GBytes) given = payload;

      if (!self->take (kind, given, self->take_data, error))
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

gboolean
mc_stick_reader_read_once (McStickReader  *self,
                           const char     *path,
                           gboolean        applies,
                           GError        **error)
{
  McAccount *account = self->session.account;
  g_autoptr(McBundleOpener) opener = mc_bundle_opener_new (self->kind, account->hub.id, &account->key);
  gboolean done;

  self->reader = mc_frame_reader_new ();
  self->applies = applies;
  done = mc_bundle_file_read (path, opener, take_piece_cb, self, self->session.cancellable, error);
  if (done && !mc_frame_reader_has_ended (self->reader))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_DAMAGED, "The bundle is damaged: what is in it has no end");
      done = FALSE;
    }
  self->session.more = done && mc_frame_reader_get_end_number (self->reader) != 0;
  g_clear_pointer (&self->reader, mc_frame_reader_free);

  return done;
}
