/* mc-session-receipt.c: what the hub signs for, kept before anything else of its answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-session-private.h"

#include <string.h>

#include "wire/mc-receipt.h"

/* The receipt with the hashes that the device knows; NULL without an error: it speaks of something that is not here. */
static McReceipt *
fill (Session         *self,
      McReceiptFrame  *frame,
      GError         **error)
{
  g_autoptr(McReceipt) receipt = mc_receipt_new (frame->log, self->account->device);
  gboolean whole = TRUE;

  memcpy (receipt->epoch, frame->epoch, MC_ID_BYTES);
  receipt->time_us = frame->time_us;
  receipt->signature = g_bytes_new (frame->signature, MC_SIGNATURE_BYTES);
  for (guint i = 0; i < frame->ranges->len && whole; i++)
    {
      McReceiptRange *range = &g_array_index (frame->ranges, McReceiptRange, i);

      if (!mc_journal_fill_receipt (self->journal, receipt, range->n_first, range->n_last, range->at_us, &whole, error))
        return NULL;
    }
  for (guint i = 0; i < frame->files->len; i++)
    {
      McReceiptItem *item = &g_array_index (frame->files, McReceiptItem, i);

      mc_receipt_add (receipt, item->kind, &item->hash, item->at_us);
    }

  return whole ? g_steal_pointer (&receipt) : NULL;
}

gboolean
mc_session_take_receipt (Session  *self,
                         GBytes   *payload,
                         GError  **error)
{
  g_autoptr(McReceipt) receipt = NULL;
  g_autoptr(GError) local_error = NULL;
  McReceiptFrame frame = { 0 };
  gboolean done = mc_decode_receipt (payload, &frame, error);

  if (done)
    receipt = fill (self, &frame, &local_error);
  mc_receipt_frame_clear (&frame);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  /* One that does not hold proves nothing, and is no reason not to sync. */
  return done && (receipt == NULL || !mc_receipt_holds (receipt, self->account->hub.id, self->account->hub.key) ||
                  mc_journal_add_receipt (self->journal, receipt, error));
}
