/* mc-journal-branch.c: rows of a stream that was written twice from some place on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A PC whose folder was put back goes on under its old name and writes places again.  Mostly the hub notices; one that went
 * back itself, to before those places, takes what comes first, and the other branch is with those alone who had read it.
 * Its rows prove themselves by all hashes of that branch from the first place on.
 */

#include "core/mc-journal-heal.h"

#include "core/mc-faults-private.h"
#include "core/mc-journal-private.h"
#include "core/mc-limits.h"

/* What stood at place @n before the stream was written a second time, or NULL without an error. */
static GBytes *
find_hash (McStmt       *stmt,
           const char   *log,
           McGroup      *group,
           guint64       n,
           guint         way,
           GError      **error)
{
  GBytes *hash = NULL;
  gboolean has_row;

  sqlite3_reset (stmt);
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, group->device);
  mc_stmt_bind_text (stmt, 3, group->incarnation);
  mc_stmt_bind_int64 (stmt, 4, n);
  mc_stmt_bind_int64 (stmt, 5, way == 0 ? 4 : way == 1 ? 2 : -1);
  if (mc_stmt_next (stmt, &has_row, error) && has_row)
    hash = mc_stmt_dup_bytes (stmt, 0);

  return hash;
}

/* Adds the hashes of the places @first … before @group to it; @out_known FALSE if one of them is not known here. */
static gboolean
add_hashes (McJournal   *self,
            const char  *log,
            McGroup     *group,
            guint64      first,
            guint        way,
            gboolean    *out_known,
            GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GError) local_error = NULL;

  if ((*out_known = group->n - first <= MC_HOLES_MAX) &&
      !(stmt = mc_db_prepare (self->db,
                              "SELECT hash FROM ("
                              " SELECT hash, 0 AS rank FROM change WHERE log = ?1 AND device = ?2 AND incarnation = ?3 AND n < 0"
                              "  AND log_n = ?4 AND state = 2 UNION ALL"
                              " SELECT hash, 1 FROM change WHERE log = ?1 AND device = ?2 AND incarnation = ?3 AND n = ?4"
                              "  AND state = 2 UNION ALL"
                              " SELECT hash, 3 FROM place WHERE log = ?1 AND device = ?2 AND incarnation = " MC_PLACE_BEFORE "?3 AND n = ?4"
                              " UNION ALL"
                              " SELECT hash, ?5 FROM place WHERE log = ?1 AND device = ?2 AND incarnation = ?3 AND n = ?4 UNION ALL"
                              " SELECT hash, 5 FROM change WHERE log = ?1 AND device = ?2 AND incarnation = ?3 AND n = ?4"
                              ") ORDER BY rank LIMIT 1", error)))
    return FALSE;

  for (guint64 n = first; n < group->n && *out_known; n++)
    {
      GBytes *hash = find_hash (stmt, log, group, n, way, &local_error);

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if ((*out_known = hash != NULL))
        g_ptr_array_add (group->holes, hash);
    }

  return TRUE;
}

static gboolean
is_of_stream (McGroup *group,
              McGroup *before)
{
  return before != NULL && g_str_equal (group->device, before->device) && g_str_equal (group->incarnation, before->incarnation);
}

/**
 * mc_journal_list_branches:
 * @self: a journal whose cursor in @log is where the hub's log ends
 * @log: a unit log
 * @way: what is believed of a place of which several things are known, as rows of two branches may be mixed: 0 = the row, then
 *   the hash that was known before; 1 = the row, then the hash that came last; 2 = that hash, and each signed group goes by itself
 * @skip: how many groups, in the order of their streams, were offered in vain
 * @max_bytes: about how much; at least one group that proves itself
 * @out_seen: (out): how many groups were looked at after @skip; 0 = there are no more
 * @error: return location for an error
 *
 * Rows of others that are set aside.  The first group of each stream carries the hashes of all places of its branch before
 * it, each later one those since the group before.  What cannot be proven with what is here is left out.
 *
 * Returns: (transfer full) (element-type McGroup): in the order of their streams
 */
GPtrArray *
mc_journal_list_branches (McJournal   *self,
                          const char  *log,
                          guint        way,
                          guint        skip,
                          gsize        max_bytes,
                          guint       *out_seen,
                          GError     **error)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(McStmt) stmt = NULL;
  guint n_proven = 0, at = 0;
  gboolean has_row;
  gsize total = 0;

  *out_seen = 0;
  if (!(stmt = mc_db_prepare (self->db, "SELECT device, incarnation, CASE WHEN n > 0 THEN n ELSE log_n END AS at, k, m, bytes,"
                              " signature FROM change WHERE log = ? AND own = 0 AND state = 2 AND at > 0"
                              " ORDER BY device, incarnation, at, number", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return NULL;

  while (has_row && (total < max_bytes || n_proven < groups->len))
    {
      g_autoptr(McGroup) group = mc_journal_read_group (stmt, &has_row, error);
      McGroup *before = groups->len > 0 ? groups->pdata[groups->len - 1] : NULL;
      gboolean known;
      guint64 first;

      if (group == NULL)
        return NULL;
      if (at++ < skip)
        continue;
      *out_seen += 1;
      if (group->changes->len == 0 || (way == MC_BRANCH_WAYS - 1 && group->signature == NULL))
        continue;
      /* Of a stream that goes no further with a signature the last groups are proven by nothing. */
      if (way == MC_BRANCH_WAYS - 1 || !is_of_stream (group, before) || group->n < before->n + before->changes->len)
        {
          g_ptr_array_set_size (groups, n_proven);
          before = NULL;
        }
      first = before != NULL ? before->n + before->changes->len : 1;
      if (!add_hashes (self, log, group, first, way, &known, error))
        return NULL;
      if (!known || (mc_faults & MC_FAULT_NO_HOLES && group->holes->len > 0))
        continue;
      total += mc_group_get_size (group);
      g_ptr_array_add (groups, group);
      if (group->signature != NULL)
        n_proven = groups->len;
      g_steal_pointer (&group);
    }
  g_ptr_array_set_size (groups, n_proven);

  return g_steal_pointer (&groups);
}
