/* mc-session-part.c: what came of an answer that was cut
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A page of a log proves itself: its head is signed by the hub, and it goes on where this device's log ends or it does not.
 * So the pages that came whole need not come again over a line that cuts every answer.  All else waits for an answer that
 * came to its end.
 */

#include "client/mc-session-private.h"

/* Rows of this device are its receipt's business, and the receipt comes at the end. */
static gboolean
has_own_rows (McLogFrame *frame)
{
  for (guint i = 0; i < frame->rows->len; i++)
    if (((McLogRow *) frame->rows->pdata[i])->group == NULL)
      return TRUE;

  return FALSE;
}

static gboolean
take_page (Session *self,
           GBytes  *payload)
{
  McLogFrame frame = { 0 };
  guint before = self->report->n_received;
  gboolean follows = FALSE, done;

  done = mc_decode_log (payload, &frame, NULL) && !has_own_rows (&frame) && mc_session_take_rows (self, payload, &follows, NULL);
  mc_log_frame_clear (&frame);
  self->moved = self->moved || self->report->n_received > before;

  return done && follows;
}

void
mc_session_take_part (Session *self,
                      GBytes  *came)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  gboolean is_hub = FALSE, goes_on = TRUE;
  GBytes *payload;
  guint8 kind;

  mc_frame_reader_push (reader, g_bytes_get_data (came, NULL), g_bytes_get_size (came));
  self->report->bytes_received += g_bytes_get_size (came);
  while (goes_on && mc_frame_reader_next (reader, &kind, &payload, NULL))
    {
      if (!is_hub)
        goes_on = is_hub = kind == MC_FRAME_HUB_HELLO && mc_session_take_hello (self, payload, NULL);
      else if (kind == MC_FRAME_HUB_LOG)
        goes_on = take_page (self, payload);
      else if (kind == MC_FRAME_HUB_CERTIFICATE)
        goes_on = mc_session_take_frame (self, kind, payload, NULL);
      g_bytes_unref (payload);
    }
}
