/* mc-journal-aside.c: rows that a hub had and has no longer, until it has them again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hub that was restored is behind its devices.  What they hold beyond it is set aside, never deleted: it counts in the
 * fold, and leaves that state only when the unit log shows the same change again.
 */

#include "core/mc-journal-heal.h"

#include "core/mc-faults-private.h"
#include "core/mc-journal-private.h"

/* For MC_FAULT_FORGET_ASIDE alone: what a device does that lets go of rows which the hub does not have. */
static gboolean
forget_rows (McJournal   *self,
             const char  *log,
             guint64      common,
             GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "DELETE FROM change WHERE own = 0 AND log = ? AND seq > ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, common);

  return mc_stmt_exec (stmt, error);
}

static GPtrArray *
list_records_after (McJournal   *self,
                    const char  *log,
                    guint64      common,
                    GError     **error)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT DISTINCT record FROM change WHERE log = ?"
                              " AND (seq > ? OR (seq IS NULL AND state = 1))", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, common);

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&records);
      g_ptr_array_add (records, g_strdup (mc_stmt_get_text (stmt, 0)));
    }
}

/* An own change that was accepted at a place which the cursor was past has no place here: it is set aside with the rest, and
 * comes with the hub's log. */
gboolean
mc_journal_rewind (McJournal   *self,
                   const char  *log,
                   guint64      common,
                   GError     **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GPtrArray) records = NULL;
  McDigest chain;

  if (!(transaction = mc_db_begin (self->db, error)) || !(records = list_records_after (self, log, common, error)) ||
      !mc_journal_get_log_chain (self, log, common, &chain, error) ||
      ((mc_faults & MC_FAULT_FORGET_ASIDE) && !forget_rows (self, log, common, error)) ||
      !(stmt = mc_db_prepare (self->db, "UPDATE change SET seq = NULL, state = CASE WHEN state IN (3, 4, 5) THEN state"
                              " ELSE 2 END WHERE log = ? AND (seq > ? OR (seq IS NULL AND state = 1))", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, common);

  if (!mc_stmt_exec (stmt, error))
    return FALSE;
  /* Which of several values stands in place follows from the places that these rows have no more. */
  for (guint i = 0; i < records->len; i++)
    if (!mc_journal_refold (self, records->pdata[i], error))
      return FALSE;

  return mc_journal_write_cursor (self, log, common, &chain, NULL, error) &&
         mc_transaction_commit (g_steal_pointer (&transaction), error);
}

/* By the index of what waits: by that of places (hence the +) all rows of the log would be read. */
#define JUDGED      " FROM change WHERE log = ? AND own = 1 AND state <> 1 AND state IN (3, 4, 5)"
#define JUDGED_ROWS JUDGED " AND +seq <= (SELECT seq FROM cursor WHERE cursor.log = change.log)"

gboolean
mc_journal_has_judged (McJournal   *self,
                       const char  *log,
                       gboolean    *out_judged,
                       GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT 1" JUDGED " LIMIT 1", error);

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);

  return mc_stmt_next (stmt, out_judged, error);
}

static gboolean
list_judged_rows (McJournal   *self,
                  const char  *log,
                  GPtrArray   *records,
                  GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT DISTINCT record" JUDGED_ROWS, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      g_ptr_array_add (records, g_strdup (mc_stmt_get_text (stmt, 0)));
    }
}

/**
 * mc_journal_trust_log:
 * @self: a journal
 * @log: a unit log of which the hub, at the end of an answer, had what is here up to the cursor
 * @error: return location for an error
 *
 * A hub that went back judges again what it is sent.  What it holds first and lets in a moment later, in the same answer, may
 * be the very row that it was here: then no page comes that shows it, and only the verdict does.
 */
gboolean
mc_journal_trust_log (McJournal   *self,
                      const char  *log,
                      GError     **error)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McTransaction) transaction = NULL;
  g_autoptr(McStmt) stmt = NULL;

  if (!list_judged_rows (self, log, records, error))
    return FALSE;
  if (records->len == 0)
    return TRUE;
  g_ptr_array_set_size (records, 0);
  if (!(transaction = mc_db_begin (self->db, error)) || !list_judged_rows (self, log, records, error) ||
      !(stmt = mc_db_prepare (self->db, "UPDATE change SET state = 1, verdict = NULL WHERE number IN (SELECT number" JUDGED_ROWS ")",
                              error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  if (!mc_stmt_exec (stmt, error))
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    if (!mc_journal_refold (self, records->pdata[i], error))
      return FALSE;

  return mc_journal_settle_corrected (self, log, error) && mc_transaction_commit (g_steal_pointer (&transaction), error);
}

static gboolean
get_own_n (McJournal   *self,
           const char  *log,
           guint64     *out_n,
           GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!mc_journal_read_incarnation (self, error) ||
      !(stmt = mc_db_prepare (self->db, "SELECT n FROM stream WHERE log = ? AND incarnation = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->incarnation);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_n = has_row ? mc_stmt_get_int64 (stmt, 0) : 0;

  return TRUE;
}

gboolean
mc_journal_meet_own_future (McJournal   *self,
                            const char  *log,
                            GPtrArray   *rows,
                            gboolean    *out_renewed,
                            GError     **error)
{
  guint64 n = 0;

  *out_renewed = FALSE;
  for (guint i = 0; i < rows->len && !*out_renewed; i++)
    {
      McGroup *group = ((McLogRow *) rows->pdata[i])->group;

      if (group == NULL || !g_str_equal (group->device, self->device))
        continue;
      if (n == 0 && !get_own_n (self, log, &n, error))
        return FALSE;
      *out_renewed = g_str_equal (group->incarnation, self->incarnation) && group->n + group->changes->len - 1 > n;
    }

  return !*out_renewed || mc_journal_renew_incarnation (self, error);
}

/* Two machines wrote one place of one stream, and the hub has the other's row there now: ours keeps its bytes, and the
 * place it had in log_*; where the log has ours in a branch of the stream, log_* says that already.  Its own is below all that
 * are taken: what was handed back refused stands there, too. */
gboolean
mc_journal_clear_place (McJournal   *self,
                        const char  *log,
                        McGroup     *group,
                        guint        i,
                        GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE change SET log_device = iif (state = 1, log_device, device),"
                              " log_incarnation = iif (state = 1, log_incarnation, incarnation), log_n = iif (state = 1, log_n, n),"
                              " n = (SELECT min (min (n), 0) - 1 FROM change WHERE log = ?1 AND device = ?2 AND incarnation = ?3),"
                              " state = iif (state = 1, 1, 2), verdict = NULL WHERE log = ?1 AND device = ?2 AND incarnation = ?3"
                              " AND n = ?4 AND (state <> 1 OR log_n IS NOT NULL) AND id <> ?5", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, group->device);
  mc_stmt_bind_text (stmt, 3, group->incarnation);
  mc_stmt_bind_int64 (stmt, 4, group->n + i);
  mc_stmt_bind_text (stmt, 5, mc_change_get_id (group->changes->pdata[i]));

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_journal_keep_place (McJournal   *self,
                       const char  *log,
                       const char  *device,
                       const char  *incarnation,
                       guint64      n,
                       GBytes      *hash,
                       GError     **error)
{
  static const char * const steps[] = {
    "INSERT INTO place (log, device, incarnation, n, hash)"
    " SELECT log, device, " MC_PLACE_BEFORE MC_PLACE_OLDER ", n, hash FROM place AS p WHERE log = ? AND device = ?"
    " AND incarnation = ? AND n = ? AND hash <> ? AND EXISTS (SELECT 1 FROM place AS b WHERE b.log = p.log AND b.device = p.device"
    " AND b.incarnation = " MC_PLACE_BEFORE "p.incarnation AND b.n = p.n AND b.hash <> p.hash) ON CONFLICT DO NOTHING",
    "INSERT INTO place (log, device, incarnation, n, hash)"
    " SELECT log, device, " MC_PLACE_BEFORE "incarnation, n, hash FROM place WHERE log = ? AND device = ?"
    " AND incarnation = ? AND n = ? AND hash <> ? ON CONFLICT DO NOTHING",
    "INSERT INTO place (log, device, incarnation, n, hash) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET hash = excluded.hash",
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr(McStmt) stmt = mc_db_prepare (self->db, steps[i], error);

      if (stmt == NULL)
        return FALSE;
      mc_stmt_bind_text (stmt, 1, log);
      mc_stmt_bind_text (stmt, 2, device);
      mc_stmt_bind_text (stmt, 3, incarnation);
      mc_stmt_bind_int64 (stmt, 4, n);
      mc_stmt_bind_bytes (stmt, 5, hash);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
}

/* Rows before the place that a row leaves may have no other proof than what was signed there. */
static gboolean
keep_old_row (McJournal   *self,
              McGroup     *group,
              guint        i,
              GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "INSERT INTO former (log, device, incarnation, n, number, signature)"
                                          " SELECT log, device, incarnation, CASE WHEN n > 0 THEN n ELSE log_n END AS at, number,"
                                          " signature FROM change WHERE id = ?1 AND at > 0"
                                          " AND (device <> ?2 OR incarnation <> ?3 OR at <> ?4)"
                                          " ON CONFLICT DO UPDATE SET signature = coalesce (excluded.signature, signature)", error);

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_change_get_id (group->changes->pdata[i]));
  mc_stmt_bind_text (stmt, 2, group->device);
  mc_stmt_bind_text (stmt, 3, group->incarnation);
  mc_stmt_bind_int64 (stmt, 4, group->n + i);

  return mc_stmt_exec (stmt, error);
}

/* The hash at the place that a row leaves stays: later rows of that stream may need it for their proof. */
static gboolean
keep_old_place (McJournal   *self,
                McGroup     *group,
                guint        i,
                GError     **error)
{
  /* A place that the hub has something else for: what stood there is another branch's. */
  static const char * const branches[] = {
    "INSERT INTO place (log, device, incarnation, n, hash)"
    " SELECT log, device, " MC_PLACE_BEFORE MC_PLACE_OLDER ", CASE WHEN n > 0 THEN n ELSE log_n END AS at, hash"
    " FROM change AS c WHERE id = ?1 AND at > 0 AND EXISTS (SELECT 1 FROM place AS b WHERE b.log = c.log AND b.device = c.device"
    " AND b.incarnation = " MC_PLACE_BEFORE "c.incarnation AND b.n = at AND b.hash <> c.hash) ON CONFLICT DO NOTHING",
    "INSERT INTO place (log, device, incarnation, n, hash)"
    " SELECT log, device, " MC_PLACE_BEFORE "incarnation, CASE WHEN n > 0 THEN n ELSE log_n END AS at, hash"
    " FROM change AS c WHERE id = ?1 AND at > 0 AND (n < 0 OR EXISTS (SELECT 1 FROM place AS p"
    " WHERE p.log = c.log AND p.device = c.device AND p.incarnation = c.incarnation AND p.n = c.n"
    " AND p.hash <> c.hash)) ON CONFLICT DO NOTHING",
  };
  g_autoptr(McStmt) stmt = NULL;

  for (guint step = 0; step < G_N_ELEMENTS (branches); step++)
    {
      g_autoptr(McStmt) branch = mc_db_prepare (self->db, branches[step], error);

      if (branch == NULL)
        return FALSE;
      mc_stmt_bind_text (branch, 1, mc_change_get_id (group->changes->pdata[i]));
      if (!mc_stmt_exec (branch, error))
        return FALSE;
    }
  if (!keep_old_row (self, group, i, error) ||
      !(stmt = mc_db_prepare (self->db, "INSERT INTO place (log, device, incarnation, n, hash)"
                              " SELECT log, device, incarnation, n, hash FROM change WHERE id = ?1 AND n > 0"
                              " AND (device <> ?2 OR incarnation <> ?3 OR n <> ?4) ON CONFLICT DO NOTHING", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_change_get_id (group->changes->pdata[i]));
  mc_stmt_bind_text (stmt, 2, group->device);
  mc_stmt_bind_text (stmt, 3, group->incarnation);
  mc_stmt_bind_int64 (stmt, 4, group->n + i);

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_journal_move_row (McJournal   *self,
                     const char  *log,
                     McLogRow    *row,
                     guint        i,
                     gboolean    *out_known,
                     GError     **error)
{
  McGroup *group = row->group;
  const char *id = mc_change_get_id (group->changes->pdata[i]);
  g_autoptr(McStmt) find = NULL, move = NULL;

  if (!(find = mc_db_prepare (self->db, "SELECT 1 FROM change WHERE id = ? AND own = 0", error)))
    return FALSE;
  mc_stmt_bind_text (find, 1, id);
  if (!mc_stmt_next (find, out_known, error) || !*out_known)
    return !*out_known && (error == NULL || *error == NULL);
  g_clear_pointer (&find, mc_stmt_release);

  if (!keep_old_place (self, group, i, error) || !mc_journal_clear_place (self, log, group, i, error) ||
      !(move = mc_db_prepare (self->db, "UPDATE change SET state = 1, seq = ?, device = ?, incarnation = ?, n = ?,"
                              " signature = ?, log_device = NULL, log_incarnation = NULL, log_n = NULL WHERE id = ?", error)))
    return FALSE;
  mc_stmt_bind_int64 (move, 1, row->seq + i);
  mc_stmt_bind_text (move, 2, group->device);
  mc_stmt_bind_text (move, 3, group->incarnation);
  mc_stmt_bind_int64 (move, 4, group->n + i);
  if (i == group->changes->len - 1 && group->signature != NULL)
    mc_stmt_bind_bytes (move, 5, group->signature);
  else
    mc_stmt_bind_null (move, 5);
  mc_stmt_bind_text (move, 6, id);

  return mc_stmt_exec (move, error);
}

/* Own changes that are in no log and not in the stream that is sent.  What was refused is among them only where an older program
 * left it with the stream that it left, or kept it at a place below all others.  In three parts, so that the index of what is
 * unsent is not read through where much waits. */
#define UNSENT "SELECT number FROM change WHERE own = 1 AND state <> 1 AND state IN (2, 3, 4) AND log = ?1 AND "
#define STRANDED "(" UNSENT "incarnation < ?2 UNION ALL " UNSENT "incarnation > ?2 UNION ALL " UNSENT "incarnation = ?2 AND n < 0)"

static gboolean
count_stranded (McJournal   *self,
                const char  *log,
                guint       *out_count,
                GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT count (*) FROM " STRANDED, error)))
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
                              "UPDATE change SET incarnation = ?2, signature = NULL, state = iif (state = 2, 0, state),"
                              " verdict = iif (state = 2, NULL, verdict),"
                              " log_device = NULL, log_incarnation = NULL, log_n = NULL, n = ?3 + r.place - 1"
                              " FROM (SELECT number AS id, row_number () OVER (ORDER BY number) AS place FROM " STRANDED ") AS r"
                              " WHERE change.number = r.id", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->incarnation);
  mc_stmt_bind_int64 (stmt, 3, first);

  return mc_stmt_exec (stmt, error);
}

/**
 * mc_journal_offer_again:
 * @self: a journal whose cursor in @log is where the hub's log ends
 * @log: a unit log
 * @out_count: (out): how many changes
 * @error: return location for an error
 *
 * Own changes of former incarnations that the hub no longer has, or has only refused, are in no stream that is sent any more:
 * they go to the end of the present one, ids unchanged.  The hub knows by the id those that it has after all.
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

gboolean
mc_journal_ask_verdicts (McJournal   *self,
                         const char  *log,
                         GError     **error)
{
  g_autoptr(McStmt) find = NULL, stmt = NULL;
  gboolean has_row;
  gint64 first;

  if (!mc_journal_read_incarnation (self, error) ||
      !(find = mc_db_prepare (self->db, "SELECT min (n - k) FROM change WHERE log = ?1 AND device = ?2 AND incarnation = ?3 AND state = 2"
                              " AND own = 1 AND n > 0 AND n <= (SELECT hub_n FROM stream WHERE log = ?1 AND incarnation = ?3)",
                              error)))
    return FALSE;
  mc_stmt_bind_text (find, 1, log);
  mc_stmt_bind_text (find, 2, self->device);
  mc_stmt_bind_text (find, 3, self->incarnation);
  if (!mc_stmt_next (find, &has_row, error))
    return FALSE;
  if (mc_stmt_is_null (find, 0))
    return TRUE;
  first = mc_stmt_get_int64 (find, 0);
  g_clear_pointer (&find, mc_stmt_release);

  if (!(stmt = mc_db_prepare (self->db, "UPDATE stream SET hub_n = ?, hub_chain = NULL WHERE log = ? AND incarnation = ?", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, MAX (first - 1, 0));
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_text (stmt, 3, self->incarnation);

  return mc_stmt_exec (stmt, error);
}
