/* mc-journal-page.c: pages of unit logs, and how far the device has each
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-sync.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-journal-private.h"

gboolean
mc_journal_get_cursor (McJournal   *self,
                       const char  *log,
                       McCursor    *out_cursor,
                       GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GBytes) chain = NULL;
  gboolean has_row;

  memset (out_cursor, 0, sizeof *out_cursor);
  if (!(stmt = mc_db_prepare (self->db, "SELECT seq, chain, epoch, signature FROM cursor WHERE log = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;

  out_cursor->seq = mc_stmt_get_int64 (stmt, 0);
  chain = mc_stmt_dup_bytes (stmt, 1);
  memcpy (out_cursor->chain.data, g_bytes_get_data (chain, NULL), MC_DIGEST_SIZE);
  if (!mc_stmt_is_null (stmt, 2))
    {
      g_autoptr(GBytes) epoch = mc_stmt_dup_bytes (stmt, 2);

      memcpy (out_cursor->epoch, g_bytes_get_data (epoch, NULL), MIN (g_bytes_get_size (epoch), sizeof out_cursor->epoch));
    }
  if (!mc_stmt_is_null (stmt, 3))
    out_cursor->signature = mc_stmt_dup_bytes (stmt, 3);

  return TRUE;
}

gboolean
mc_journal_write_cursor (McJournal       *self,
                         const char      *log,
                         guint64          seq,
                         const McDigest  *chain,
                         const McCursor  *head,
                         GError         **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db,
                              "INSERT INTO cursor (log, seq, chain, epoch, signature) VALUES (?, ?, ?, ?, ?)"
                              " ON CONFLICT (log) DO UPDATE SET seq = excluded.seq, chain = excluded.chain,"
                              " epoch = excluded.epoch, signature = excluded.signature", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, seq);
  mc_stmt_bind_blob (stmt, 3, chain->data, MC_DIGEST_SIZE);
  if (head != NULL && head->signature != NULL && head->seq == seq)
    {
      mc_stmt_bind_blob (stmt, 4, head->epoch, sizeof head->epoch);
      mc_stmt_bind_bytes (stmt, 5, head->signature);
    }
  else
    {
      mc_stmt_bind_null (stmt, 4);
      mc_stmt_bind_null (stmt, 5);
    }

  return mc_stmt_exec (stmt, error);
}

static gboolean
place_own_change (McJournal   *self,
                  gint64       number,
                  guint64      seq,
                  GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE change SET state = 1, seq = ?, log_device = NULL, log_incarnation = NULL,"
                              " log_n = NULL WHERE number = ?", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, seq);
  mc_stmt_bind_int64 (stmt, 2, number);

  return mc_stmt_exec (stmt, error);
}

/* An own row comes without bytes: it is the verdict of what stands here already, and mostly known. */
static gboolean
apply_own_row (McJournal   *self,
               const char  *log,
               McLogRow    *row,
               McDigest    *chain,
               GHashTable  *touched,
               GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT number, n, bytes, record, state = 1 AND seq IS ?5 + n - ?4"
                              " AND log_device IS NULL FROM change WHERE log = ?1 AND device = ?2 AND incarnation = ?3"
                              " AND n BETWEEN ?4 AND ?6 ORDER BY n", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->device);
  mc_stmt_bind_text (stmt, 3, row->incarnation);
  mc_stmt_bind_int64 (stmt, 4, row->n);
  mc_stmt_bind_int64 (stmt, 5, row->seq);
  mc_stmt_bind_int64 (stmt, 6, row->n + row->count - 1);

  for (guint i = 0; i < row->count; i++)
    {
      g_autoptr(GBytes) bytes = NULL;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row || (guint64) mc_stmt_get_int64 (stmt, 1) != row->n + i)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                       "The hub names change %" G_GUINT64_FORMAT " of this device, which it does not have", row->n + i);
          return FALSE;
        }
      bytes = mc_stmt_dup_bytes (stmt, 2);
      mc_chain_step_log (chain, self->device, row->incarnation, row->n + i, bytes);
      if (mc_stmt_get_int64 (stmt, 4))
        continue;
      g_hash_table_add (touched, g_strdup (mc_stmt_get_text (stmt, 3)));
      if (!place_own_change (self, mc_stmt_get_int64 (stmt, 0), row->seq + i, error))
        return FALSE;
    }

  return TRUE;
}

/* The hashes before a row, so that it can prove itself to a hub that has lost it. */
static gboolean
keep_holes (McJournal   *self,
            const char  *log,
            McGroup     *group,
            GError     **error)
{
  for (guint i = 0; group->holes != NULL && i < group->holes->len && group->n > group->holes->len; i++)
    if (!mc_journal_keep_place (self, log, group->device, group->incarnation, group->n - group->holes->len + i,
                                group->holes->pdata[i], error))
      return FALSE;

  return TRUE;
}

/* Whether change @i is here already.  An own one keeps its place in the stream it is sent from, and learns that in the
 * log; one of others moves to the place that the log names now. */
static gboolean
apply_known_change (McJournal   *self,
                    const char  *log,
                    McLogRow    *row,
                    guint        i,
                    gboolean    *out_known,
                    GError     **error)
{
  McGroup *group = row->group;
  McChange *change = group->changes->pdata[i];
  g_autoptr(McStmt) known = NULL;
  gboolean has_row;

  if (!(known = mc_db_prepare (self->db, "UPDATE change SET state = 1, seq = ?, log_device = ?, log_incarnation = ?,"
                               " log_n = ? WHERE id = ? AND own = 1 RETURNING number", error)))
    return FALSE;
  mc_stmt_bind_int64 (known, 1, row->seq + i);
  mc_stmt_bind_text (known, 2, group->device);
  mc_stmt_bind_text (known, 3, group->incarnation);
  mc_stmt_bind_int64 (known, 4, group->n + i);
  mc_stmt_bind_text (known, 5, mc_change_get_id (change));
  if (!mc_stmt_next (known, out_known, error))
    return FALSE;
  if (*out_known)
    return mc_stmt_next (known, &has_row, error);

  return mc_journal_move_row (self, log, row, i, out_known, error);
}

static gboolean
apply_foreign_change (McJournal   *self,
                      const char  *log,
                      McLogRow    *row,
                      guint        i,
                      GError     **error)
{
  McGroup *group = row->group;
  gboolean known;

  if (i == 0 && !keep_holes (self, log, group, error))
    return FALSE;
  if (!apply_known_change (self, log, row, i, &known, error))
    return FALSE;

  return known ||
         (mc_journal_clear_place (self, log, group, i, error) &&
          mc_journal_insert_change (self, group->changes->pdata[i], log, group->device, group->incarnation, group->n + i,
                                    MC_CHANGE_LOGGED, row->seq + i,
                                    i == group->changes->len - 1 ? group->signature : NULL, NULL, error));
}

static gboolean
apply_row (McJournal   *self,
           const char  *log,
           McLogRow    *row,
           McDigest    *chain,
           GHashTable  *touched,
           GError     **error)
{
  if (row->group == NULL)
    return apply_own_row (self, log, row, chain, touched, error);

  for (guint i = 0; i < row->group->changes->len; i++)
    {
      McChange *change = row->group->changes->pdata[i];

      if (!apply_foreign_change (self, log, row, i, error))
        return FALSE;
      mc_chain_step_log (chain, row->group->device, row->group->incarnation, row->group->n + i,
                         mc_change_get_bytes (change));
      g_hash_table_add (touched, g_strdup (mc_change_get_record (change)));
    }

  return mc_journal_ask_receipt (self, log, row->group, error);
}

/* Folds what a page touched; records that it would hide, many at once, stay until a person was asked. */
static gboolean
refold_touched (McJournal   *self,
                const char  *log,
                GHashTable  *touched,
                GError     **error)
{
  g_autoptr(GPtrArray) shown = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer record;
  gboolean is_shown;

  g_hash_table_iter_init (&iter, touched);
  while (g_hash_table_iter_next (&iter, &record, NULL))
    {
      if (!mc_journal_is_shown (self, record, &is_shown, error) || !mc_journal_refold (self, record, error))
        return FALSE;
      if (is_shown)
        g_ptr_array_add (shown, record);
    }

  return mc_journal_spare_deleted (self, log, shown, error);
}

static gboolean
has_own (McJournal *self,
         GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    {
      McGroup *group = ((McLogRow *) rows->pdata[i])->group;

      if (group == NULL || g_str_equal (group->device, self->device))
        return TRUE;
    }

  return FALSE;
}

/**
 * mc_journal_apply_page:
 * @self: a journal
 * @log: a unit log
 * @rows: (element-type McLogRow): what follows the cursor, without a gap
 * @head: what the hub says the log is after @rows
 * @out_n_records: (out) (optional): how many records were touched
 * @error: return location; %MC_STORE_ERROR_INVALID if rows and head do not agree
 *
 * Writes the rows, the records that they touch and the cursor in one transaction; after an error none of it.
 */
gboolean
mc_journal_apply_page (McJournal       *self,
                       const char      *log,
                       GPtrArray       *rows,
                       const McCursor  *head,
                       guint           *out_n_records,
                       GError         **error)
{
  g_autoptr(GHashTable) touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(McTransaction) transaction = NULL;
  gboolean renewed = FALSE;
  McCursor cursor;

  if (!(transaction = mc_db_begin (self->db, error)) || !mc_journal_meet_own_future (self, log, rows, &renewed, error) ||
      !mc_journal_get_cursor (self, log, &cursor, error))
    return FALSE;
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  if ((mc_faults & MC_FAULT_CURSOR_FIRST) &&
      (!mc_journal_write_cursor (self, log, head->seq, &head->chain, head, error) ||
       !mc_transaction_commit (g_steal_pointer (&transaction), error) || !(transaction = mc_db_begin (self->db, error))))
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      McLogRow *row = rows->pdata[i];
      guint count = row->group != NULL ? row->group->changes->len : row->count;

      if (row->seq != cursor.seq + 1)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "Row %" G_GUINT64_FORMAT " of %s came where %"
                       G_GUINT64_FORMAT " follows", row->seq, log, cursor.seq + 1);
          return FALSE;
        }
      if (!apply_row (self, log, row, &cursor.chain, touched, error))
        return FALSE;
      cursor.seq += count;
    }

  if (cursor.seq != head->seq || !mc_digest_equal (&cursor.chain, &head->chain))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID,
                   "The rows of %s do not give the chain that the hub names", log);
      return FALSE;
    }

  if (!refold_touched (self, log, touched, error) ||
      (has_own (self, rows) && !mc_journal_settle_corrected (self, log, error)))
    return FALSE;
  if (out_n_records != NULL)
    *out_n_records = g_hash_table_size (touched);

  return mc_journal_write_cursor (self, log, cursor.seq, &cursor.chain, head, error) &&
         mc_transaction_commit (g_steal_pointer (&transaction), error) && (!renewed || mc_journal_keep_renewed (self, error));
}

McStmt *
mc_journal_select_log (McJournal   *self,
                       const char  *log,
                       GError     **error)
{
  McStmt *stmt = mc_db_prepare (self->db, "SELECT coalesce (log_device, device), coalesce (log_incarnation, incarnation),"
                                " coalesce (log_n, n), bytes, seq FROM change WHERE log = ?"
                                " AND seq IS NOT NULL ORDER BY seq", error);

  if (stmt != NULL)
    mc_stmt_bind_text (stmt, 1, log);

  return stmt;
}

void
mc_journal_step_log (McDigest *chain,
                     McStmt   *stmt)
{
  g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 3);

  mc_chain_step_log (chain, mc_stmt_get_text (stmt, 0), mc_stmt_get_text (stmt, 1), mc_stmt_get_int64 (stmt, 2), bytes);
}

gboolean
mc_journal_get_log_chain (McJournal   *self,
                          const char  *log,
                          guint64      seq,
                          McDigest    *out_chain,
                          GError     **error)
{
  g_autoptr(McStmt) stmt = mc_journal_select_log (self, log, error);
  gboolean has_row;

  memset (out_chain, 0, sizeof *out_chain);
  if (stmt == NULL)
    return FALSE;

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row || (guint64) mc_stmt_get_int64 (stmt, 4) > seq)
        return TRUE;
      mc_journal_step_log (out_chain, stmt);
    }
}
