/* mc-journal-words.c: the index of the words that records are found by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To index one record costs more than to save it, and thirty at once hardly more than one: what is saved by itself is
 * noted as due and follows when the store rests, before somebody searches, or when many are due.  What is due stands in the
 * store, so that no end of the program can forget it.
 */

#include "core/mc-journal-private.h"

#include "core/mc-search.h"

#define MAX_DUE 64

/* The words that @number is found by now; NULL without an error: none. */
static gboolean
read_text (McJournal  *self,
           gint64      number,
           char      **out_text,
           GError    **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT text FROM record_text WHERE rowid = ?", error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, number);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_text = has_row ? g_strdup (mc_stmt_get_text (stmt, 0)) : NULL;

  return TRUE;
}

static gboolean
forget_text (McJournal  *self,
             gint64      number,
             GError    **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "DELETE FROM record_text WHERE rowid = ?", error);

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, number);

  return mc_stmt_exec (stmt, error);
}

/* It is touched only where the words are others. */
gboolean
mc_journal_index_words (McJournal  *self,
                        McRecord   *record,
                        gint64      number,
                        GError    **error)
{
  gboolean deleted = (mc_record_get_flags (record) & MC_RECORD_DELETED) != 0;
  g_autofree char *text = deleted ? NULL : mc_search_text (record, self->pack), *before = NULL;
  g_autoptr(McStmt) insert = NULL;

  if (!read_text (self, number, &before, error))
    return FALSE;
  if (g_strcmp0 (before, text) == 0)
    return TRUE;
  if (before != NULL && !forget_text (self, number, error))
    return FALSE;
  if (deleted)
    return TRUE;

  if (!(insert = mc_db_prepare (self->db, "INSERT INTO record_text (rowid, text) VALUES (?, ?)", error)))
    return FALSE;
  mc_stmt_bind_int64 (insert, 1, number);
  mc_stmt_bind_text (insert, 2, text);

  return mc_stmt_exec (insert, error);
}

static gboolean
list_due (McJournal  *self,
          GArray     *out_numbers,
          GError    **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT number FROM words_due", error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  while (TRUE)
    {
      gint64 number;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      number = mc_stmt_get_int64 (stmt, 0);
      g_array_append_val (out_numbers, number);
    }
}

static gboolean
index_one (McJournal  *self,
           gint64      number,
           GError    **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT " MC_JOURNAL_RECORD_COLUMNS " FROM record WHERE number = ?", error);
  g_autoptr(McRecord) record = NULL;
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, number);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    return forget_text (self, number, error);

  return (record = mc_journal_load_row (self, stmt, FALSE, error)) != NULL &&
         mc_journal_index_words (self, record, number, error);
}

static gboolean
index_all (McJournal  *self,
           GArray     *numbers,
           GError    **error)
{
  for (guint i = 0; i < numbers->len; i++)
    if (!index_one (self, g_array_index (numbers, gint64, i), error))
      return FALSE;

  return mc_db_exec (self->db, "DELETE FROM words_due", error);
}

gboolean
mc_journal_index_words_later (McJournal  *self,
                              gint64      number,
                              GError    **error)
{
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "INSERT OR IGNORE INTO words_due (number) VALUES (?)", error);

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, number);
  if (!mc_stmt_exec (stmt, error) || !list_due (self, numbers, error))
    return FALSE;

  return numbers->len < MAX_DUE || index_all (self, numbers, error);
}

/**
 * mc_journal_index_due:
 * @self: a journal, in no transaction
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Brings the index of words up to date.  Where nothing is due, nothing is written; after an error it is as it was, and
 * what is due stays so.  Without a pack, which knows the titles of choices, it waits for one.
 */
gboolean
mc_journal_index_due (McJournal  *self,
                      GError    **error)
{
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(McTransaction) transaction = NULL;

  if (self->pack == NULL)
    return TRUE;
  if (!list_due (self, numbers, error))
    return FALSE;
  if (numbers->len == 0)
    return TRUE;

  g_array_set_size (numbers, 0);

  return (transaction = mc_db_begin (self->db, error)) != NULL &&
         list_due (self, numbers, error) &&
         index_all (self, numbers, error) &&
         mc_transaction_commit (g_steal_pointer (&transaction), error);
}
