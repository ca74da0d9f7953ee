/* mc-spared.c: records that others deleted, many at once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-spared.h"

#include "core/mc-journal-private.h"

static GPtrArray *
list (McJournal   *self,
      const char  *sql,
      const char  *log,
      GError     **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, sql, error)))
    return NULL;
  if (log != NULL)
    mc_stmt_bind_text (stmt, 1, log);

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&ids);
      g_ptr_array_add (ids, g_strdup (mc_stmt_get_text (stmt, 0)));
    }
}

GPtrArray *
mc_journal_list_spared (McJournal  *self,
                        GError    **error)
{
  return list (self, "SELECT s.record FROM spared AS s LEFT JOIN record AS r ON r.id = s.record ORDER BY r.number", NULL, error);
}

static gboolean
count (McJournal   *self,
       const char  *sql,
       const char  *text,
       guint       *out_count,
       GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  *out_count = 0;
  if (!(stmt = mc_db_prepare (self->db, sql, error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, text);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    *out_count = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

gboolean
mc_journal_is_shown (McJournal   *self,
                     const char  *record,
                     gboolean    *out_shown,
                     GError     **error)
{
  guint n;

  if (!count (self, "SELECT count (*) FROM record WHERE id = ? AND flags & 1 = 0", record, &n, error))
    return FALSE;
  *out_shown = n > 0;

  return TRUE;
}

gboolean
mc_journal_is_spared (McJournal   *self,
                      const char  *record,
                      gboolean    *out_spared,
                      GError     **error)
{
  guint n;

  if (!count (self, "SELECT count (*) FROM spared WHERE record = ?", record, &n, error))
    return FALSE;
  *out_spared = n > 0;

  return TRUE;
}

static gboolean
spare (McJournal   *self,
       const char  *log,
       const char  *record,
       GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO spared (record, log) VALUES (?, ?) ON CONFLICT DO NOTHING", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, record);
  mc_stmt_bind_text (stmt, 2, log);

  return mc_stmt_exec (stmt, error) && mc_journal_refold (self, record, error);
}

gboolean
mc_journal_spare_deleted (McJournal   *self,
                          const char  *log,
                          GPtrArray   *shown_before,
                          GError     **error)
{
  g_autoptr(GPtrArray) gone = g_ptr_array_new ();
  guint n_shown, n_spared;

  for (guint i = 0; i < shown_before->len; i++)
    {
      gboolean shown;

      if (!mc_journal_is_shown (self, shown_before->pdata[i], &shown, error))
        return FALSE;
      if (!shown)
        g_ptr_array_add (gone, shown_before->pdata[i]);
    }
  if (gone->len == 0)
    return TRUE;
  if (!count (self, "SELECT count (*) FROM record WHERE log = ? AND flags & 1 = 0", log, &n_shown, error) ||
      !count (self, "SELECT count (*) FROM spared WHERE log = ?", log, &n_spared, error))
    return FALSE;
  /* What follows while the question is open belongs to it. */
  if (n_spared == 0 && gone->len <= MC_SPARE_RECORDS &&
      (gone->len < MC_SPARE_LEAST || gone->len * 100 <= (n_shown + gone->len) * MC_SPARE_PERCENT))
    return TRUE;

  for (guint i = 0; i < gone->len; i++)
    if (!spare (self, log, gone->pdata[i], error))
      return FALSE;

  return TRUE;
}

gboolean
mc_journal_hide_spared (McJournal  *self,
                        GError    **error)
{
  g_autoptr(McTransaction) transaction = mc_db_begin (self->db, error);
  g_autoptr(GPtrArray) ids = NULL;

  if (transaction == NULL || !(ids = mc_journal_list_spared (self, error)) ||
      !mc_db_exec (self->db, "DELETE FROM spared", error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!mc_journal_refold (self, ids->pdata[i], error))
      return FALSE;

  return mc_transaction_commit (g_steal_pointer (&transaction), error);
}

gboolean
mc_journal_revive_spared (McJournal  *self,
                          gint64      now_us,
                          GError    **error)
{
  g_autoptr(GPtrArray) ids = mc_journal_list_spared (self, error);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      g_autoptr(McRecord) record = mc_journal_get (self, ids->pdata[i], error);
      g_autoptr(McEdit) edit = mc_edit_new ();
      g_autoptr(McStmt) stmt = NULL;

      if (record == NULL)
        return FALSE;
      mc_edit_set_boolean (edit, record, "deleted", FALSE);
      if (!mc_journal_save (self, edit, now_us, NULL, error) ||
          !(stmt = mc_db_prepare (self->db, "DELETE FROM spared WHERE record = ?", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, ids->pdata[i]);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return ids != NULL;
}
