/* mc-hub-receipts.c: what the hub signs for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row's time is that of its first coming: what is sent again after a cut proves the same moment.
 */

#include "hub/mc-hub-receipts.h"
#include "core/mc-limits.h"

#include <string.h>


static int
compare_taken (gconstpointer a,
               gconstpointer b)
{
  const McHubTaken *one = a, *other = b;

  return one->n != other->n ? (one->n < other->n ? -1 : 1) : other->is_new - one->is_new;
}

/* Adds the row to the receipt, and its place to the last range or to a new one. */
static void
add_row (McReceipt       *receipt,
         McReceiptFrame  *frame,
         McHubTaken      *taken,
         const McDigest  *hash,
         gint64           at_us)
{
  McReceiptRange *last = frame->ranges->len > 0 ? &g_array_index (frame->ranges, McReceiptRange, frame->ranges->len - 1) : NULL;

  mc_receipt_add (receipt, MC_RECEIPT_CHANGE, hash, at_us);
  if (last != NULL && last->n_last + 1 == taken->n && last->at_us == at_us &&
      last->n_last - last->n_first + 2 < MC_VERDICTS_MAX)
    last->n_last++;
  else
    {
      McReceiptRange range = { taken->n, taken->n, at_us };

      g_array_append_val (frame->ranges, range);
    }
}

static void
add_old_row (McReceipt       *receipt,
             McReceiptFrame  *frame,
             McHubTaken      *taken,
             McStmt          *stmt)
{
  g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 1);
  McDigest hash;

  mc_digest_of_bytes (&hash, bytes);
  add_row (receipt, frame, taken, &hash, mc_stmt_get_int64 (stmt, 0));
}

static gboolean
add_rows (McHub           *self,
          const char      *log,
          GArray          *taken,
          gint64           now_us,
          McReceipt       *receipt,
          McReceiptFrame  *frame,
          GError         **error)
{
  g_autoptr(McStmt) stmt = NULL;
  guint64 last = 0;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT taken_us, bytes FROM change WHERE log = ? AND seq = ?", error)))
    return FALSE;
  g_array_sort (taken, compare_taken);
  for (guint i = 0; i < taken->len && frame->ranges->len < G_MAXUINT16; i++)
    {
      McHubTaken *one = &g_array_index (taken, McHubTaken, i);

      if (one->n == last)
        continue;
      last = one->n;
      if (one->is_new)
        {
          add_row (receipt, frame, one, &one->hash, now_us);
          continue;
        }
      mc_stmt_bind_text (stmt, 1, log);
      mc_stmt_bind_int64 (stmt, 2, one->seq);
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (has_row)
        add_old_row (receipt, frame, one, stmt);
      sqlite3_reset (stmt);
    }

  return TRUE;
}

static gboolean
add_files (McHub           *self,
           GPtrArray       *files,
           McReceipt       *receipt,
           McReceiptFrame  *frame,
           GError         **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT complete_us FROM evidence WHERE sha256 = ? AND complete = 1", error)))
    return FALSE;
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      McReceiptItem item = { .kind = MC_RECEIPT_FILE };

      mc_stmt_bind_text (stmt, 1, files->pdata[i]);
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (has_row && mc_digest_from_hex (&item.hash, files->pdata[i]))
        {
          item.at_us = mc_stmt_get_int64 (stmt, 0);
          mc_receipt_add (receipt, item.kind, &item.hash, item.at_us);
          g_array_append_val (frame->files, item);
        }
      sqlite3_reset (stmt);
    }

  return TRUE;
}

static gboolean
keep (McHub      *self,
      McReceipt  *receipt,
      GError    **error)
{
  g_autoptr(GBytes) items = mc_receipt_dup_items (receipt);
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO receipt (log, device, time_us, items, signature) VALUES (?, ?, ?, ?, ?)",
                              error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, receipt->log);
  mc_stmt_bind_text (stmt, 2, receipt->device);
  mc_stmt_bind_int64 (stmt, 3, receipt->time_us);
  mc_stmt_bind_bytes (stmt, 4, items);
  mc_stmt_bind_bytes (stmt, 5, receipt->signature);

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_hub_write_receipt (McHub           *self,
                      const char      *device,
                      const char      *log,
                      GArray          *taken,
                      GPtrArray       *files,
                      gint64           now_us,
                      McReceiptFrame  *out,
                      gboolean        *out_any,
                      GError         **error)
{
  g_autoptr(McReceipt) receipt = mc_receipt_new (log, device);

  *out_any = FALSE;
  out->log = g_strdup (log);
  out->ranges = g_array_new (FALSE, TRUE, sizeof (McReceiptRange));
  out->files = g_array_new (FALSE, TRUE, sizeof (McReceiptItem));
  if (!add_rows (self, log, taken, now_us, receipt, out, error) || !add_files (self, files, receipt, out, error))
    return FALSE;
  if (receipt->items->len == 0)
    return TRUE;

  memcpy (receipt->epoch, self->epoch, MC_ID_BYTES);
  receipt->time_us = now_us;
  mc_receipt_sign (receipt, self->identity.id, &self->key);
  memcpy (out->epoch, self->epoch, MC_ID_BYTES);
  out->time_us = now_us;
  memcpy (out->signature, g_bytes_get_data (receipt->signature, NULL), MC_SIGNATURE_BYTES);
  *out_any = TRUE;

  return keep (self, receipt, error);
}
