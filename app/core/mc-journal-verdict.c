/* mc-journal-verdict.c: what the hub said of the own changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-sync.h"

#include "core/mc-journal-private.h"

static const int state_of_verdict[] = {
  [MC_VERDICT_ACCEPTED] = MC_CHANGE_LOGGED,
  [MC_VERDICT_SAME] = MC_CHANGE_LOGGED,
  [MC_VERDICT_CONFLICT] = MC_CHANGE_LOGGED,
  [MC_VERDICT_HELD] = MC_CHANGE_HELD,
  [MC_VERDICT_REJECTED] = MC_CHANGE_REJECTED,
};

static void
bind_range (McJournal   *self,
            McStmt      *stmt,
            const char  *log,
            const char  *incarnation,
            McVerdict   *verdict)
{
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->device);
  mc_stmt_bind_text (stmt, 3, incarnation);
  mc_stmt_bind_int64 (stmt, 4, verdict->n_first);
  mc_stmt_bind_int64 (stmt, 5, verdict->n_last);
}

/* Folds again each record that @stmt names; all are named before the first is folded, which may change what it reads. */
static gboolean
refold_listed (McJournal  *self,
               McStmt     *stmt,    /* (transfer full) */
               GError    **error)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) owned = stmt;
  gboolean has_row;

  while (TRUE)
    {
      if (!mc_stmt_next (owned, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      g_ptr_array_add (records, g_strdup (mc_stmt_get_text (owned, 0)));
    }
  g_clear_pointer (&owned, mc_stmt_release);

  for (guint i = 0; i < records->len; i++)
    if (!mc_journal_refold (self, records->pdata[i], error))
      return FALSE;

  return TRUE;
}

/* Folds again what a verdict changes.  A change that was pending and now stands last in the log keeps its place in the
 * fold: where nothing of its record waits still, was set aside or refused, the row is as it was. */
static gboolean
refold_range (McJournal   *self,
              const char  *log,
              const char  *incarnation,
              McVerdict   *verdict,
              GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "SELECT DISTINCT record FROM change WHERE log = ?1 AND device = ?2"
                              " AND incarnation = ?3 AND n BETWEEN ?4 AND ?5 AND (?6"
                              " OR record IN (SELECT id FROM record WHERE flags <> 0 AND flags & 8)"
                              " OR EXISTS (SELECT 1 FROM change AS other WHERE other.record = change.record"
                              " AND other.state IN (0, 2)))", error)))
    return FALSE;
  bind_range (self, stmt, log, incarnation, verdict);
  mc_stmt_bind_int64 (stmt, 6, verdict->kind != MC_VERDICT_ACCEPTED);

  return refold_listed (self, g_steal_pointer (&stmt), error);
}

/* Mostly nothing is refused, and no change is looked into.  A correction has a change of the record that was refused, and names
 * what it corrects in the first of its group; of a group that lost its places the first is the last below all others. */
gboolean
mc_journal_settle_corrected (McJournal   *self,
                             const char  *log,
                             GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db,
                              "UPDATE change SET state = 5 WHERE state IN (3, 4) AND own = 1 AND number IN ("
                              " SELECT other.number FROM record AS r"
                              " CROSS JOIN change AS named ON named.record = r.id AND named.log = ?1 AND named.own = 1"
                              "  AND named.state IN (3, 4)"
                              " CROSS JOIN change AS c ON c.record = named.record AND c.own = 1 AND c.state = 1 AND c.log = ?1"
                              " CROSS JOIN change AS f ON f.log = c.log AND f.device = c.device AND f.incarnation = c.incarnation"
                              "  AND f.n = iif (c.n > 0, c.n - c.k, c.n + c.k) AND f.k = 0"
                              "  AND json_extract (CAST (f.bytes AS TEXT), '$.instead') = named.id"
                              " CROSS JOIN change AS other ON other.log = named.log AND other.device = named.device"
                              "  AND other.incarnation = named.incarnation"
                              "  AND other.n BETWEEN named.n - named.k AND named.n - named.k + named.m - 1"
                              " WHERE r.flags <> 0 AND r.flags & 8) RETURNING record", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);

  return refold_listed (self, g_steal_pointer (&stmt), error);
}

static gboolean
apply_verdict (McJournal   *self,
               const char  *log,
               const char  *incarnation,
               McVerdict   *verdict,
               GError     **error)
{
  g_autoptr(McStmt) stmt = NULL, stream = NULL;
  int state = state_of_verdict[verdict->kind];

  /* A place that the cursor is past already is one in the log of a hub that went back: the rows here are still those of
   * the other log, until it is known where the two part. */
  if (!(stmt = mc_db_prepare (self->db, "UPDATE change SET state = ?1, verdict = ?2, seq = CASE WHEN ?3 > 0 AND"
                              " min (?3 + n - ?4, coalesce (seq, ?3 + n - ?4)) >"
                              " coalesce ((SELECT seq FROM cursor WHERE log = ?5), 0) THEN ?3 + n - ?4 ELSE seq END"
                              " WHERE log = ?5 AND device = ?6 AND incarnation = ?7 AND n BETWEEN ?4 AND ?8", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, state);
  if (verdict->problem != NULL)
    mc_stmt_bind_text (stmt, 2, verdict->problem);
  else
    mc_stmt_bind_null (stmt, 2);
  mc_stmt_bind_int64 (stmt, 3, state == MC_CHANGE_LOGGED ? verdict->seq_first : 0);
  mc_stmt_bind_int64 (stmt, 4, verdict->n_first);
  mc_stmt_bind_text (stmt, 5, log);
  mc_stmt_bind_text (stmt, 6, self->device);
  mc_stmt_bind_text (stmt, 7, incarnation);
  mc_stmt_bind_int64 (stmt, 8, verdict->n_last);
  if (!mc_stmt_exec (stmt, error))
    return FALSE;

  if (!(stream = mc_db_prepare (self->db, "UPDATE stream SET hub_n = max (hub_n, ?1),"
                                " hub_chain = CASE WHEN ?1 > hub_n THEN NULL ELSE hub_chain END"
                                " WHERE log = ?2 AND incarnation = ?3",
                                error)))
    return FALSE;
  mc_stmt_bind_int64 (stream, 1, verdict->n_last);
  mc_stmt_bind_text (stream, 2, log);
  mc_stmt_bind_text (stream, 3, incarnation);
  if (!mc_stmt_exec (stream, error))
    return FALSE;

  return refold_range (self, log, incarnation, verdict, error);
}

/* Where the next sync goes on from, without the whole stream being read for it. */
static gboolean
note_hub_chain (McJournal   *self,
                const char  *log,
                GError     **error)
{
  g_autoptr(McStmt) read = NULL, write = NULL;
  McDigest chain;
  guint64 hub_n;
  gboolean has_row;

  if (!(read = mc_db_prepare (self->db, "SELECT hub_n FROM stream WHERE log = ? AND incarnation = ?", error)))
    return FALSE;
  mc_stmt_bind_text (read, 1, log);
  mc_stmt_bind_text (read, 2, self->incarnation);
  if (!mc_stmt_next (read, &has_row, error))
    return FALSE;
  if (!has_row)
    return TRUE;

  hub_n = mc_stmt_get_int64 (read, 0);
  if (!mc_journal_get_stream_chain (self, log, hub_n, &chain, error) ||
      !(write = mc_db_prepare (self->db, "UPDATE stream SET hub_chain = ? WHERE log = ? AND incarnation = ?", error)))
    return FALSE;
  mc_stmt_bind_blob (write, 1, chain.data, MC_DIGEST_SIZE);
  mc_stmt_bind_text (write, 2, log);
  mc_stmt_bind_text (write, 3, self->incarnation);

  return mc_stmt_exec (write, error);
}

gboolean
mc_journal_apply_verdicts (McJournal   *self,
                           const char  *log,
                           const char  *incarnation,
                           GArray      *verdicts,
                           GError     **error)
{
  g_autoptr(McTransaction) transaction = NULL;

  if (verdicts->len == 0)
    return TRUE;
  if (!(transaction = mc_db_begin (self->db, error)))
    return FALSE;
  for (guint i = 0; i < verdicts->len; i++)
    if (!apply_verdict (self, log, incarnation, &g_array_index (verdicts, McVerdict, i), error))
      return FALSE;
  if (!mc_journal_settle_corrected (self, log, error))
    return FALSE;
  if (g_str_equal (incarnation, self->incarnation) && !note_hub_chain (self, log, error))
    return FALSE;

  return mc_transaction_commit (g_steal_pointer (&transaction), error);
}
