/* mc-sync-log.c: what each sync did, for people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-sync-log.h"

#include "core/mc-db.h"
#include "core/mc-journal-private.h"

#define KEPT 2000

void
mc_sync_log_entry_free (McSyncLogEntry *entry)
{
  g_free (entry->outcome);
  g_free (entry);
}

gboolean
mc_journal_add_sync_log (McJournal   *self,
                         gint64       started_us,
                         gint64       ended_us,
                         const char  *outcome,
                         const char  *detail,
                         GError     **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  g_autoptr(McStmt) add = NULL, drop = NULL;

  if (!(transaction = mc_db_begin (self->db, error)) ||
      !(add = mc_db_prepare (self->db, "INSERT INTO sync_log (started_us, ended_us, outcome, detail) VALUES (?, ?, ?, ?)", error)) ||
      !(drop = mc_db_prepare (self->db, "DELETE FROM sync_log WHERE number <= (SELECT max (number) FROM sync_log) - ?", error)))
    return FALSE;
  mc_stmt_bind_int64 (add, 1, started_us);
  mc_stmt_bind_int64 (add, 2, ended_us);
  mc_stmt_bind_text (add, 3, outcome);
  mc_stmt_bind_text (add, 4, detail);
  mc_stmt_bind_int64 (drop, 1, KEPT);

  return mc_stmt_exec (add, error) && mc_stmt_exec (drop, error) &&
         mc_transaction_commit (g_steal_pointer (&transaction), error);
}

static McSyncLogEntry *
read_row (McStmt *stmt)
{
  McSyncLogEntry *entry = g_new0 (McSyncLogEntry, 1);

  entry->started_us = mc_stmt_get_int64 (stmt, 0);
  entry->ended_us = mc_stmt_get_int64 (stmt, 1);
  entry->outcome = g_strdup (mc_stmt_get_text (stmt, 2));
  entry->turns = mc_stmt_get_int64 (stmt, 3);
  entry->bytes_sent = mc_stmt_get_int64 (stmt, 4);
  entry->bytes_received = mc_stmt_get_int64 (stmt, 5);
  entry->changes_sent = mc_stmt_get_int64 (stmt, 6);
  entry->refused = mc_stmt_get_int64 (stmt, 7);
  entry->received = mc_stmt_get_int64 (stmt, 8);
  entry->files_done = mc_stmt_get_int64 (stmt, 9);
  entry->files_total = mc_stmt_get_int64 (stmt, 10);
  entry->unheard = mc_stmt_get_int64 (stmt, 11);
  entry->clock_off_seconds = mc_stmt_get_int64 (stmt, 12);

  return entry;
}

GPtrArray *
mc_journal_list_sync_log (McJournal  *self,
                          guint       limit,
                          GError    **error)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_sync_log_entry_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT started_us, ended_us, outcome, detail ->> 'turns', detail ->> 'bytes_sent',"
                              " detail ->> 'bytes_received', detail ->> 'changes_sent', detail ->> 'refused',"
                              " detail ->> 'groups_received', detail ->> 'files_done', detail ->> 'files_total',"
                              " detail ->> 'unheard', detail ->> 'clock_off_seconds'"
                              " FROM sync_log ORDER BY number DESC LIMIT ?", error)))
    return NULL;
  mc_stmt_bind_int64 (stmt, 1, limit);

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&entries);
      g_ptr_array_add (entries, read_row (stmt));
    }
}
