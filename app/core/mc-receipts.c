/* mc-receipts.c: what a hub has signed for, as a device keeps it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-receipts.h"

#include <string.h>

#include "core/mc-journal-private.h"

#define ITEM_BYTES (1 + MC_DIGEST_SIZE + 8)

McReceipt *
mc_receipt_new (const char *log,
                const char *device)
{
  McReceipt *receipt = g_new0 (McReceipt, 1);

  receipt->log = g_strdup (log);
  receipt->device = g_strdup (device);
  receipt->items = g_array_new (FALSE, TRUE, sizeof (McReceiptItem));

  return receipt;
}

void
mc_receipt_free (McReceipt *receipt)
{
  g_free (receipt->log);
  g_free (receipt->device);
  g_clear_pointer (&receipt->signature, g_bytes_unref);
  g_array_unref (receipt->items);
  g_free (receipt);
}

void
mc_receipt_add (McReceipt      *receipt,
                McReceiptKind   kind,
                const McDigest *hash,
                gint64          at_us)
{
  McReceiptItem item = { kind, *hash, at_us };

  g_array_append_val (receipt->items, item);
}

GBytes *
mc_receipt_dup_items (const McReceipt *receipt)
{
  GByteArray *out = g_byte_array_sized_new (receipt->items->len * ITEM_BYTES);

  for (guint i = 0; i < receipt->items->len; i++)
    {
      McReceiptItem *item = &g_array_index (receipt->items, McReceiptItem, i);
      guint64 at = GUINT64_TO_BE ((guint64) item->at_us);

      g_byte_array_append (out, &item->kind, 1);
      g_byte_array_append (out, item->hash.data, MC_DIGEST_SIZE);
      g_byte_array_append (out, (const guint8 *) &at, sizeof at);
    }

  return g_byte_array_free_to_bytes (out);
}

gboolean
mc_receipt_set_items (McReceipt *receipt,
                      GBytes    *items)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (items, &size);

  g_array_set_size (receipt->items, 0);
  if (size % ITEM_BYTES != 0)
    return FALSE;
  for (gsize at = 0; at < size; at += ITEM_BYTES)
    {
      McDigest hash;
      guint64 at_us;

      memcpy (hash.data, data + at + 1, MC_DIGEST_SIZE);
      memcpy (&at_us, data + at + 1 + MC_DIGEST_SIZE, sizeof at_us);
      mc_receipt_add (receipt, data[at], &hash, GUINT64_FROM_BE (at_us));
    }

  return TRUE;
}

/* keeping */

gboolean
mc_journal_fill_receipt (McJournal  *self,
                         McReceipt  *receipt,
                         guint64     n_first,
                         guint64     n_last,
                         gint64      at_us,
                         gboolean   *out_whole,
                         GError    **error)
{
  g_autoptr(McStmt) stmt = NULL;
  guint64 count = 0;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT hash FROM change WHERE log = ? AND device = ? AND incarnation = ?"
                              " AND n BETWEEN ? AND ? ORDER BY n", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, receipt->log);
  mc_stmt_bind_text (stmt, 2, self->device);
  mc_stmt_bind_text (stmt, 3, self->incarnation);
  mc_stmt_bind_int64 (stmt, 4, n_first);
  mc_stmt_bind_int64 (stmt, 5, n_last);

  while (TRUE)
    {
      McDigest hash;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      memcpy (hash.data, sqlite3_column_blob (stmt, 0), MC_DIGEST_SIZE);
      mc_receipt_add (receipt, MC_RECEIPT_CHANGE, &hash, at_us);
      count++;
    }
  *out_whole = count == n_last - n_first + 1;

  return TRUE;
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const McReceiptItem *one = *(McReceiptItem * const *) a, *other = *(McReceiptItem * const *) b;

  return one->kind != other->kind ? one->kind - other->kind : memcmp (one->hash.data, other->hash.data, MC_DIGEST_SIZE);
}

/* In the order of the table's key: thousands of hashes one beside the other, not each somewhere. */
static GPtrArray *
sort_items (McReceipt *receipt)
{
  GPtrArray *sorted = g_ptr_array_sized_new (receipt->items->len);

  for (guint i = 0; i < receipt->items->len; i++)
    g_ptr_array_add (sorted, &g_array_index (receipt->items, McReceiptItem, i));
  g_ptr_array_sort (sorted, compare_items);

  return sorted;
}

static gboolean
note_item (McJournal      *self,
           gint64          number,
           McReceiptItem  *item,
           GError        **error)
{
  g_autoptr(McStmt) stmt = NULL;

  /* What was proven first counts: a repeat after a cut proves nothing new. */
  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO receipt_item (kind, hash, at_us, receipt) VALUES (?, ?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET at_us = excluded.at_us, receipt = excluded.receipt"
                              " WHERE excluded.at_us < at_us", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, item->kind);
  mc_stmt_lend_blob (stmt, 2, item->hash.data, MC_DIGEST_SIZE);
  mc_stmt_bind_int64 (stmt, 3, item->at_us);
  mc_stmt_bind_int64 (stmt, 4, number);

  return mc_stmt_exec (stmt, error);
}

static gboolean
has_news (McJournal  *self,
          McReceipt  *receipt,
          gboolean   *out_news,
          GError    **error)
{
  g_autoptr(McStmt) stmt = NULL;

  *out_news = FALSE;
  if (!(stmt = mc_db_prepare (self->db, "SELECT 1 FROM receipt_item WHERE kind = ? AND hash = ? AND at_us <= ?", error)))
    return FALSE;
  for (guint i = 0; i < receipt->items->len && !*out_news; i++)
    {
      McReceiptItem *item = &g_array_index (receipt->items, McReceiptItem, i);
      gboolean has_row;

      mc_stmt_bind_int64 (stmt, 1, item->kind);
      mc_stmt_bind_blob (stmt, 2, item->hash.data, MC_DIGEST_SIZE);
      mc_stmt_bind_int64 (stmt, 3, item->at_us);
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      *out_news = !has_row;
      sqlite3_reset (stmt);
    }

  return TRUE;
}

static gboolean
insert_receipt (McJournal   *self,
                McReceipt   *receipt,
                GError     **error)
{
  g_autoptr(GBytes) items = mc_receipt_dup_items (receipt);
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO receipt (log, device, epoch, time_us, items, signature)"
                              " VALUES (?, ?, ?, ?, ?, ?)", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, receipt->log);
  mc_stmt_bind_text (stmt, 2, receipt->device);
  mc_stmt_bind_blob (stmt, 3, receipt->epoch, sizeof receipt->epoch);
  mc_stmt_bind_int64 (stmt, 4, receipt->time_us);
  mc_stmt_bind_bytes (stmt, 5, items);
  mc_stmt_bind_bytes (stmt, 6, receipt->signature);

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_journal_add_receipt (McJournal  *self,
                        McReceipt  *receipt,
                        GError    **error)
{
  g_autoptr(McTransaction) transaction = mc_db_begin (self->db, error);
  g_autoptr(GPtrArray) sorted = sort_items (receipt);
  gboolean news;

  if (transaction == NULL || !has_news (self, receipt, &news, error))
    return FALSE;
  if (!news)
    return TRUE;
  if (!insert_receipt (self, receipt, error))
    return FALSE;
  receipt->number = sqlite3_last_insert_rowid (mc_db_get_handle (self->db));
  for (guint i = 0; i < sorted->len; i++)
    if (!note_item (self, receipt->number, sorted->pdata[i], error))
      return FALSE;

  return mc_transaction_commit (g_steal_pointer (&transaction), error);
}

/* reading */

GPtrArray *
mc_journal_list_receipts (McJournal  *self,
                          GError    **error)
{
  g_autoptr(GPtrArray) receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_receipt_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT number, log, device, epoch, time_us, items, signature FROM receipt"
                              " ORDER BY number", error)))
    return NULL;

  while (TRUE)
    {
      g_autoptr(GBytes) epoch = NULL, items = NULL;
      McReceipt *receipt;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&receipts);
      receipt = mc_receipt_new (mc_stmt_get_text (stmt, 1), mc_stmt_get_text (stmt, 2));
      g_ptr_array_add (receipts, receipt);
      receipt->number = mc_stmt_get_int64 (stmt, 0);
      epoch = mc_stmt_dup_bytes (stmt, 3);
      memcpy (receipt->epoch, g_bytes_get_data (epoch, NULL), MIN (g_bytes_get_size (epoch), sizeof receipt->epoch));
      receipt->time_us = mc_stmt_get_int64 (stmt, 4);
      items = mc_stmt_dup_bytes (stmt, 5);
      mc_receipt_set_items (receipt, items);
      receipt->signature = mc_stmt_dup_bytes (stmt, 6);
    }
}

void
mc_receipt_line_free (McReceiptLine *line)
{
  g_free (line->record);
  g_free (line->type);
  g_free (line->name);
  g_strfreev (line->fields);
  g_free (line);
}

/* What stands in the row may be of a later program. */
static char **
read_fields (McStmt *stmt,
             int     column)
{
  g_autoptr(GBytes) bytes = mc_stmt_is_null (stmt, column) ? NULL : mc_stmt_dup_bytes (stmt, column);
  g_autoptr(McChange) change = bytes != NULL ? mc_change_parse (bytes, NULL) : NULL;

  return change != NULL ? g_strdupv ((char **) mc_change_get_fields (change)) : NULL;
}

GPtrArray *
mc_journal_list_receipt_lines (McJournal   *self,
                               const char  *record,
                               gint64       since_us,
                               GError     **error)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_receipt_line_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db,
                              "SELECT i.receipt, i.at_us, i.kind, c.record, r.type, NULL, 0, lower (hex (i.hash)), c.bytes"
                              " FROM change AS c JOIN receipt_item AS i ON i.kind = 1 AND i.hash = c.hash"
                              " LEFT JOIN record AS r ON r.id = c.record"
                              " WHERE c.own = 1 AND i.at_us >= ?2 AND (?1 IS NULL OR c.record = ?1)"
                              " UNION ALL SELECT i.receipt, i.at_us, i.kind, u.record, r.type, u.name, e.size, e.sha256, NULL"
                              " FROM evidence AS e JOIN receipt_item AS i ON i.kind = 2 AND lower (hex (i.hash)) = e.sha256"
                              " JOIN evidence_use AS u ON u.sha256 = e.sha256 LEFT JOIN record AS r ON r.id = u.record"
                              " WHERE i.at_us >= ?2 AND (?1 IS NULL OR u.record = ?1)"
                              " ORDER BY 2 DESC, 1 DESC", error)))
    return NULL;
  if (record != NULL)
    mc_stmt_bind_text (stmt, 1, record);
  else
    mc_stmt_bind_null (stmt, 1);
  mc_stmt_bind_int64 (stmt, 2, since_us);

  while (TRUE)
    {
      McReceiptLine *line;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&lines);
      line = g_new0 (McReceiptLine, 1);
      g_ptr_array_add (lines, line);
      line->receipt = mc_stmt_get_int64 (stmt, 0);
      line->at_us = mc_stmt_get_int64 (stmt, 1);
      line->kind = mc_stmt_get_int64 (stmt, 2);
      line->record = g_strdup (mc_stmt_get_text (stmt, 3));
      line->type = g_strdup (mc_stmt_get_text (stmt, 4));
      line->name = g_strdup (mc_stmt_get_text (stmt, 5));
      line->size = mc_stmt_get_int64 (stmt, 6);
      g_strlcpy (line->hash, mc_stmt_get_text (stmt, 7), sizeof line->hash);
      line->fields = read_fields (stmt, 8);
    }
}

/* Rows of the own stream that come with their bytes, in an answer to another incarnation or a long stretch, bring no receipt
 * along.  Those that have none are as if no verdict had come: the hub is asked once more, and signs with what it says. */
gboolean
mc_journal_ask_receipt (McJournal   *self,
                        const char  *log,
                        McGroup     *group,
                        GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!g_str_equal (group->device, self->device) || !g_str_equal (group->incarnation, self->incarnation))
    return TRUE;
  if (!(stmt = mc_db_prepare (self->db, "UPDATE stream SET hub_n = ?1 - 1, hub_chain = NULL WHERE log = ?2 AND incarnation = ?3"
                              " AND hub_n >= ?1 AND EXISTS (SELECT 1 FROM change WHERE log = ?2 AND device = ?4"
                              "  AND incarnation = ?3 AND n BETWEEN ?1 AND ?5 AND NOT EXISTS (SELECT 1 FROM receipt_item AS i"
                              "   WHERE i.kind = 1 AND i.hash = change.hash))", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, group->n);
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_text (stmt, 3, self->incarnation);
  mc_stmt_bind_text (stmt, 4, self->device);
  mc_stmt_bind_int64 (stmt, 5, group->n + group->changes->len - 1);

  return mc_stmt_exec (stmt, error);
}
