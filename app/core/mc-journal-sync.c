/* mc-journal-sync.c: the own streams, as the sync client sends them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-sync.h"

#include <string.h>

#include "core/mc-error.h"
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
  gconstpointer data = sqlite3_column_blob (stmt, column);
  gsize size = sqlite3_column_bytes (stmt, column);

  memset (out, 0, sizeof *out);
  if (size > 0)
    memcpy (out->data, data, MIN (size, MC_DIGEST_SIZE));
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
