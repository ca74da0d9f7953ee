/* mc-journal-sync.c: what the sync client does with a journal
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-sync.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-id.h"
#include "core/mc-journal-private.h"

typedef struct
{
  guint64 n;
  McDigest chain;
} Chain;

/* What is known of one own stream, so that it need not be read again for it. */
typedef struct
{
  Chain head;   /* the furthest that was asked for: the stream's own */
  Chain hub;    /* the last that was asked for before it: about as far as the hub is */
} Chains;

void
mc_group_free (McGroup *group)
{
  g_free (group->device);
  g_free (group->incarnation);
  g_clear_pointer (&group->changes, g_ptr_array_unref);
  g_clear_pointer (&group->signature, g_bytes_unref);
  g_clear_pointer (&group->holes, g_ptr_array_unref);
  g_free (group);
}

void
mc_log_row_free (McLogRow *row)
{
  g_clear_pointer (&row->group, mc_group_free);
  g_free (row->incarnation);
  g_free (row);
}

/* streams */

char **
mc_journal_list_logs (McJournal  *self,
                      GError    **error)
{
  g_autoptr(GStrvBuilder) logs = g_strv_builder_new ();
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT log FROM stream UNION SELECT log FROM cursor UNION SELECT ?1 ORDER BY 1",
                              error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, self->log);

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_strv_builder_end (logs);
      g_strv_builder_add (logs, mc_stmt_get_text (stmt, 0));
    }
}

static void
copy_digest (McDigest *out,
             McStmt   *stmt,
             int       column)
{
  g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, column);

  memset (out, 0, sizeof *out);
  memcpy (out->data, g_bytes_get_data (bytes, NULL), MIN (g_bytes_get_size (bytes), MC_DIGEST_SIZE));
}

/* The longest known part of the own chain that is not past @n: as far as the hub is, or further. */
static gboolean
find_known_chain (McJournal   *self,
                  const char  *log,
                  guint64      n,
                  Chain       *out,
                  GError     **error)
{
  Chains *known = g_hash_table_lookup (self->chains, log);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  memset (out, 0, sizeof *out);
  if (known != NULL && known->head.n <= n)
    *out = known->head;
  else if (known != NULL && known->hub.n <= n)
    *out = known->hub;
  if (out->n == n)
    return TRUE;
  if (!(stmt = mc_db_prepare (self->db, "SELECT hub_n, hub_chain FROM stream WHERE log = ? AND incarnation = ?"
                              " AND hub_chain IS NOT NULL AND hub_n <= ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->incarnation);
  mc_stmt_bind_int64 (stmt, 3, n);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row && (guint64) mc_stmt_get_int64 (stmt, 0) > out->n)
    {
      out->n = mc_stmt_get_int64 (stmt, 0);
      copy_digest (&out->chain, stmt, 1);
    }

  return TRUE;
}

static void
note_chain (McJournal   *self,
            const char  *log,
            const Chain *chain)
{
  Chains *known = g_hash_table_lookup (self->chains, log);

  if (known == NULL)
    {
      known = g_new0 (Chains, 1);
      g_hash_table_insert (self->chains, g_strdup (log), known);
    }
  if (chain->n >= known->head.n)
    known->head = *chain;
  else
    known->hub = *chain;
}

gboolean
mc_journal_get_stream_chain (McJournal   *self,
                             const char  *log,
                             guint64      n,
                             McDigest    *out_chain,
                             GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;
  Chain chain;

  if (!find_known_chain (self, log, n, &chain, error))
    return FALSE;
  if (!(stmt = mc_db_prepare (self->db, "SELECT n, hash FROM change WHERE log = ? AND device = ? AND incarnation = ?"
                              " AND n > ? AND n <= ? ORDER BY n", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->device);
  mc_stmt_bind_text (stmt, 3, self->incarnation);
  mc_stmt_bind_int64 (stmt, 4, chain.n);
  mc_stmt_bind_int64 (stmt, 5, n);

  while (chain.n < n)
    {
      McDigest hash;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row || (guint64) mc_stmt_get_int64 (stmt, 0) != chain.n + 1)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT,
                       "Change %" G_GUINT64_FORMAT " of the own stream of %s is missing", chain.n + 1, log);
          return FALSE;
        }
      copy_digest (&hash, stmt, 1);
      mc_chain_step (&chain.chain, &hash);
      chain.n++;
    }

  note_chain (self, log, &chain);
  *out_chain = chain.chain;

  return TRUE;
}

gboolean
mc_journal_get_stream (McJournal     *self,
                       const char    *log,
                       McStreamHead  *out_head,
                       GError       **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  memset (out_head, 0, sizeof *out_head);
  if (!mc_journal_read_incarnation (self, error) ||
      !(stmt = mc_db_prepare (self->db, "SELECT n, hub_n FROM stream WHERE log = ? AND incarnation = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->incarnation);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    {
      out_head->n = mc_stmt_get_int64 (stmt, 0);
      out_head->hub_n = mc_stmt_get_int64 (stmt, 1);
    }
  g_clear_pointer (&stmt, mc_stmt_release);

  return mc_journal_get_stream_chain (self, log, out_head->n, &out_head->chain, error);
}

GPtrArray *
mc_journal_get_groups (McJournal   *self,
                       const char  *log,
                       guint64      from_n,
                       gsize        max_bytes,
                       GError     **error)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(McStmt) stmt = NULL;
  gsize total = 0;

  if (!(stmt = mc_db_prepare (self->db, "SELECT n, k, bytes, signature, hash FROM change WHERE log = ? AND device = ?"
                              " AND incarnation = ? AND n >= ? ORDER BY n", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->device);
  mc_stmt_bind_text (stmt, 3, self->incarnation);
  mc_stmt_bind_int64 (stmt, 4, from_n);

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = NULL;
      McDigest hash;
      McChange *change;
      McGroup *group;
      gboolean has_row;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row || (mc_stmt_get_int64 (stmt, 1) == 0 && total >= max_bytes))
        return g_steal_pointer (&groups);

      bytes = mc_stmt_dup_bytes (stmt, 2);
      copy_digest (&hash, stmt, 4);
      if (!(change = mc_change_new_stored (bytes, &hash, error)))
        return NULL;
      if (mc_stmt_get_int64 (stmt, 1) == 0 || groups->len == 0)
        {
          group = g_new0 (McGroup, 1);
          group->device = g_strdup (self->device);
          group->incarnation = g_strdup (self->incarnation);
          group->n = mc_stmt_get_int64 (stmt, 0);
          group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
          g_ptr_array_add (groups, group);
        }
      group = groups->pdata[groups->len - 1];
      g_ptr_array_add (group->changes, change);
      if (!mc_stmt_is_null (stmt, 3))
        {
          g_clear_pointer (&group->signature, g_bytes_unref);
          group->signature = mc_stmt_dup_bytes (stmt, 3);
        }
      total += g_bytes_get_size (bytes);
    }
}

gboolean
mc_journal_set_signature (McJournal   *self,
                          const char  *log,
                          guint64      n,
                          GBytes      *signature,
                          GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE change SET signature = ? WHERE log = ? AND device = ?"
                              " AND incarnation = ? AND n = ?", error)))
    return FALSE;
  mc_stmt_bind_bytes (stmt, 1, signature);
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_text (stmt, 3, self->device);
  mc_stmt_bind_text (stmt, 4, self->incarnation);
  mc_stmt_bind_int64 (stmt, 5, n);

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_journal_new_incarnation (McJournal  *self,
                            GError    **error)
{
  g_autoptr(McTransaction) transaction = NULL;

  if (!(transaction = mc_db_begin (self->db, error)) ||
      !mc_journal_renew_incarnation (self, error) ||
      !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;

  return mc_journal_keep_renewed (self, error);
}

gboolean
mc_journal_set_hub_n (McJournal   *self,
                      const char  *log,
                      guint64      hub_n,
                      GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE stream SET hub_n = ?, hub_chain = NULL WHERE log = ? AND incarnation = ?", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, hub_n);
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_text (stmt, 3, self->incarnation);

  return mc_stmt_exec (stmt, error);
}

/* verdicts */

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

/* Folds again what a verdict changes.  A change that was pending and now stands last in the log keeps its place in the
 * fold: where nothing of its record waits still, was set aside or refused, the row is as it was. */
static gboolean
refold_range (McJournal   *self,
              const char  *log,
              const char  *incarnation,
              McVerdict   *verdict,
              GError     **error)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT DISTINCT record FROM change WHERE log = ?1 AND device = ?2"
                              " AND incarnation = ?3 AND n BETWEEN ?4 AND ?5 AND (?6"
                              " OR record IN (SELECT id FROM record WHERE flags <> 0 AND flags & 8)"
                              " OR EXISTS (SELECT 1 FROM change AS other WHERE other.record = change.record"
                              " AND other.state IN (0, 2)))", error)))
    return FALSE;
  bind_range (self, stmt, log, incarnation, verdict);
  mc_stmt_bind_int64 (stmt, 6, verdict->kind != MC_VERDICT_ACCEPTED);
  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      g_ptr_array_add (records, g_strdup (mc_stmt_get_text (stmt, 0)));
    }
  g_clear_pointer (&stmt, mc_stmt_release);

  for (guint i = 0; i < records->len; i++)
    if (!mc_journal_refold (self, records->pdata[i], error))
      return FALSE;

  return TRUE;
}

/* Asked before every change is looked into: mostly there is none. */
static gboolean
has_refused (McJournal  *self,
             gboolean   *out_any,
             GError    **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT 1 FROM record WHERE flags <> 0 AND flags & 8 LIMIT 1", error);

  return stmt != NULL && mc_stmt_next (stmt, out_any, error);
}

/* The groups that accepted corrections name are settled: they leave the screen. */
static gboolean
settle_instead (McJournal   *self,
                const char  *log,
                const char  *incarnation,
                McVerdict   *verdict,
                GError     **error)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row, any;

  if (state_of_verdict[verdict->kind] != MC_CHANGE_LOGGED)
    return TRUE;
  if (!has_refused (self, &any, error))
    return FALSE;
  if (!any)
    return TRUE;
  if (!(stmt = mc_db_prepare (self->db,
                              "UPDATE change SET state = 5 WHERE state IN (3, 4) AND own = 1 AND number IN ("
                              " SELECT other.number FROM change AS named JOIN change AS other ON other.log = named.log"
                              "  AND other.device = named.device AND other.incarnation = named.incarnation"
                              "  AND other.n - other.k = named.n - named.k WHERE named.id IN ("
                              "  SELECT json_extract (CAST (bytes AS TEXT), '$.instead') FROM change WHERE log = ?1"
                              "  AND device = ?2 AND incarnation = ?3 AND n BETWEEN ?4 AND ?5)) RETURNING record", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_text (stmt, 2, self->device);
  mc_stmt_bind_text (stmt, 3, incarnation);
  mc_stmt_bind_int64 (stmt, 4, verdict->n_first);
  mc_stmt_bind_int64 (stmt, 5, verdict->n_last);
  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        break;
      g_ptr_array_add (records, g_strdup (mc_stmt_get_text (stmt, 0)));
    }
  g_clear_pointer (&stmt, mc_stmt_release);

  for (guint i = 0; i < records->len; i++)
    if (!mc_journal_refold (self, records->pdata[i], error))
      return FALSE;

  return TRUE;
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

  return settle_instead (self, log, incarnation, verdict, error) &&
         refold_range (self, log, incarnation, verdict, error);
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
  if (g_str_equal (incarnation, self->incarnation) && !note_hub_chain (self, log, error))
    return FALSE;

  return mc_transaction_commit (g_steal_pointer (&transaction), error);
}

/* pages of unit logs */

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

  if (!refold_touched (self, log, touched, error))
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
