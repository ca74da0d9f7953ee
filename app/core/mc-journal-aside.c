/* mc-journal-aside.c: rows that a hub had and has no longer, until it has them again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hub that was restored is behind its devices.  What they hold beyond it is set aside, never deleted: it counts in the
 * fold, and leaves that state only when the unit log shows the same change again.
 */

#include "core/mc-journal-private.h"

#include "core/mc-error.h"

/* What was refused under a former incarnation the hub may not know any more either: it is asked again. */
static gboolean
reopen_refused (McJournal   *self,
                const char  *log,
                GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE change SET state = 2 WHERE log = ? AND own = 1 AND state IN (3, 4)"
                              " AND incarnation <> ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->incarnation);

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_journal_rewind (McJournal   *self,
                   const char  *log,
                   guint64      common,
                   GError     **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  g_autoptr(McStmt) stmt = NULL;
  McDigest chain;

  if (!(transaction = mc_db_begin (self->db, error)) ||
      !mc_journal_get_log_chain (self, log, common, &chain, error) ||
      !(stmt = mc_db_prepare (self->db, "UPDATE change SET state = 2, seq = NULL WHERE log = ? AND seq > ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, common);

  return mc_stmt_exec (stmt, error) && reopen_refused (self, log, error) &&
         mc_journal_write_cursor (self, log, common, &chain, NULL, error) &&
         mc_transaction_commit (g_steal_pointer (&transaction), error);
}

/* Two machines wrote one place of one stream, and the hub has the other's row there now: ours keeps its bytes, and the
 * place it had in log_*. */
gboolean
mc_journal_clear_place (McJournal   *self,
                        const char  *log,
                        McGroup     *group,
                        guint        i,
                        GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE change SET log_device = device, log_incarnation = incarnation, log_n = n,"
                              " n = -number, state = 2, verdict = NULL WHERE log = ? AND device = ? AND incarnation = ?"
                              " AND n = ? AND state <> 1 AND id <> ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, group->device);
  mc_stmt_bind_text (stmt, 3, group->incarnation);
  mc_stmt_bind_int64 (stmt, 4, group->n + i);
  mc_stmt_bind_text (stmt, 5, mc_change_get_id (group->changes->pdata[i]));

  return mc_stmt_exec (stmt, error);
}

/* How many of @log are own, set aside and not in the stream that is sent. */
static gboolean
count_stranded (McJournal   *self,
                const char  *log,
                guint       *out_count,
                GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT count (*) FROM change WHERE log = ? AND own = 1 AND state = 2"
                              " AND (incarnation <> ? OR n < 0)", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->incarnation);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_count = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

static gboolean
append_stranded (McJournal   *self,
                 const char  *log,
                 guint        count,
                 GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  guint64 first;

  if (!mc_journal_take_places (self, log, count, &first, error) ||
      !(stmt = mc_db_prepare (self->db,
                              "UPDATE change SET incarnation = ?1, signature = NULL, state = 0, verdict = NULL,"
                              " log_device = NULL, log_incarnation = NULL, log_n = NULL, n = ?2 + r.place - 1"
                              " FROM (SELECT number AS id, row_number () OVER (ORDER BY number) AS place FROM change"
                              "       WHERE log = ?3 AND own = 1 AND state = 2 AND (incarnation <> ?1 OR n < 0)) AS r"
                              " WHERE change.number = r.id", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, self->incarnation);
  mc_stmt_bind_int64 (stmt, 2, first);
  mc_stmt_bind_text (stmt, 3, log);

  return mc_stmt_exec (stmt, error);
}

/**
 * mc_journal_offer_again:
 * @self: a journal whose cursor in @log is where the hub's log ends
 * @log: a unit log
 * @out_count: (out): how many changes
 * @error: return location for an error
 *
 * Own changes of former incarnations that the hub no longer has are in no stream that is sent any more: they go to the
 * end of the present one, ids unchanged.  The hub knows by the id those that it has after all.
 */
gboolean
mc_journal_offer_again (McJournal   *self,
                        const char  *log,
                        guint       *out_count,
                        GError     **error)
{
  g_autoptr(McTransaction) transaction = NULL;

  if (!mc_journal_read_incarnation (self, error) || !count_stranded (self, log, out_count, error))
    return FALSE;
  if (*out_count == 0)
    return TRUE;
  if (!(transaction = mc_db_begin (self->db, error)) ||
      !mc_journal_read_incarnation (self, error) ||
      !count_stranded (self, log, out_count, error) ||
      (*out_count > 0 && !append_stranded (self, log, *out_count, error)) ||
      !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;

  mc_identity_note_high_water (self->identity, mc_journal_count_written (self));

  return TRUE;
}
