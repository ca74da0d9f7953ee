/* mc-receipt.c: the hub's signed word on what it has, and since when
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-receipt.h"

#include <string.h>

#include "core/mc-limits.h"
#include "wire/mc-message-private.h"

void
mc_receipt_frame_clear (McReceiptFrame *self)
{
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->ranges, g_array_unref);
  g_clear_pointer (&self->files, g_array_unref);
}

GByteArray *
mc_encode_receipt (const McReceiptFrame *receipt)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_name (out, receipt->log);
  mc_put_data (out, receipt->epoch, MC_ID_BYTES);
  mc_put_u64 (out, receipt->time_us);
  mc_put_u16 (out, receipt->ranges->len);
  for (guint i = 0; i < receipt->ranges->len; i++)
    {
      McReceiptRange *range = &g_array_index (receipt->ranges, McReceiptRange, i);

      mc_put_u64 (out, range->n_first);
      mc_put_u64 (out, range->n_last);
      mc_put_u64 (out, range->at_us);
    }
  mc_put_u16 (out, receipt->files->len);
  for (guint i = 0; i < receipt->files->len; i++)
    {
      McReceiptItem *item = &g_array_index (receipt->files, McReceiptItem, i);

      mc_put_data (out, item->hash.data, MC_DIGEST_SIZE);
      mc_put_u64 (out, item->at_us);
    }
  mc_put_data (out, receipt->signature, MC_SIGNATURE_BYTES);

  return out;
}

gboolean
mc_decode_receipt (GBytes          *payload,
                   McReceiptFrame  *out,
                   GError         **error)
{
  McReader reader;
  guint count;

  mc_message_read (&reader, payload);
  out->log = mc_get_log (&reader);
  mc_get_data (&reader, out->epoch, MC_ID_BYTES);
  out->time_us = mc_get_u64 (&reader);
  out->ranges = g_array_new (FALSE, TRUE, sizeof (McReceiptRange));
  out->files = g_array_new (FALSE, TRUE, sizeof (McReceiptItem));
  count = mc_get_u16 (&reader);
  for (guint i = 0; i < count && !reader.failed; i++)
    {
      McReceiptRange range;

      range.n_first = mc_get_u64 (&reader);
      range.n_last = mc_get_u64 (&reader);
      range.at_us = mc_get_u64 (&reader);
      if (range.n_first == 0 || range.n_last < range.n_first || range.n_last - range.n_first >= MC_VERDICTS_MAX)
        reader.failed = TRUE;
      g_array_append_val (out->ranges, range);
    }
  count = mc_get_u16 (&reader);
  for (guint i = 0; i < count && !reader.failed; i++)
    {
      McReceiptItem item = { .kind = MC_RECEIPT_FILE };

      mc_get_data (&reader, item.hash.data, MC_DIGEST_SIZE);
      item.at_us = mc_get_u64 (&reader);
      g_array_append_val (out->files, item);
    }
  mc_get_data (&reader, out->signature, MC_SIGNATURE_BYTES);

  return mc_reader_is_done (&reader) || mc_message_refuse (error, "RECEIPT");
}

static GBytes *
message_of (const McReceipt *receipt,
            const guint8     hub_id[MC_ID_BYTES])
{
  static const char name[] = "minhchung-receipt-v1";
  g_autoptr(GBytes) items = mc_receipt_dup_items (receipt);
  GByteArray *out = g_byte_array_new ();
  McDigest digest;

  mc_digest_of_bytes (&digest, items);
  mc_put_data (out, name, strlen (name));
  mc_put_data (out, hub_id, MC_ID_BYTES);
  mc_put_data (out, receipt->epoch, MC_ID_BYTES);
  mc_put_u64 (out, receipt->time_us);
  mc_put_id (out, receipt->device);
  mc_put_name (out, receipt->log);
  mc_put_u32 (out, receipt->items->len);
  mc_put_data (out, digest.data, MC_DIGEST_SIZE);

  return g_byte_array_free_to_bytes (out);
}

void
mc_receipt_sign (McReceipt          *receipt,
                 const guint8        hub_id[MC_ID_BYTES],
                 const McSigningKey *key)
{
  g_autoptr(GBytes) message = message_of (receipt, hub_id);
  guint8 signature[MC_SIGNATURE_BYTES];

  mc_sign (key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  g_clear_pointer (&receipt->signature, g_bytes_unref);
  receipt->signature = g_bytes_new (signature, sizeof signature);
}

gboolean
mc_receipt_holds (const McReceipt *receipt,
                  const guint8     hub_id[MC_ID_BYTES],
                  const guint8     hub_key[MC_KEY_BYTES])
{
  g_autoptr(GBytes) message = message_of (receipt, hub_id);

  return receipt->signature != NULL && g_bytes_get_size (receipt->signature) == MC_SIGNATURE_BYTES &&
         mc_verify (hub_key, g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                    g_bytes_get_data (receipt->signature, NULL));
}
