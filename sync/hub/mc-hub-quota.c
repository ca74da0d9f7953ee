/* mc-hub-quota.c: how much of the hub's disk one device and one unit may take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A device is charged for all that is kept of it: rows, refused changes, hashes of places that are no rows.  What it has
 * used is counted once and then kept up to date in memory.
 */

#include "hub/mc-hub-quota.h"

#include "core/mc-error.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-batch.h"

static guint64
get_limit (McHub      *self,
           const char *setting,
           guint64     fallback)
{
  g_autofree char *text = mc_hub_get_setting (self, setting);
  guint64 limit;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &limit, NULL) ? limit : fallback;
}

guint64
mc_hub_get_log_quota (McHub *self)
{
  return get_limit (self, "quota-log-bytes", MC_QUOTA_LOG_BYTES);
}

guint64
mc_hub_get_evidence_quota (McHub *self)
{
  return get_limit (self, "quota-evidence-bytes", MC_QUOTA_EVIDENCE_BYTES);
}

static gboolean
sum (McHub       *self,
     const char  *sql,
     const char  *first,
     const char  *second,
     guint64     *out_sum,
     GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, sql, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, first);
  if (second != NULL)
    mc_stmt_bind_text (stmt, 2, second);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_sum = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

static gboolean
ensure_usage (McHub        *self,
              const char   *device,
              guint64     **out_used,
              GError      **error)
{
  guint64 used;

  if (self->used == NULL)
    self->used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  *out_used = g_hash_table_lookup (self->used, device);
  if (*out_used != NULL)
    return TRUE;
  if (!sum (self, "SELECT (SELECT coalesce (sum (length (bytes) + 256), 0) FROM change WHERE device = ?1)"
            " + (SELECT coalesce (sum (length (bytes) + 256), 0) FROM refused WHERE device = ?1)"
            " + (SELECT coalesce (sum (length (holes) + 256), 0) FROM stream WHERE device = ?1)", device, NULL, &used, error))
    return FALSE;
  *out_used = g_memdup2 (&used, sizeof used);
  g_hash_table_insert (self->used, g_strdup (device), *out_used);

  return TRUE;
}

static gboolean
refuse (const char  *who,
        guint64      limit,
        GError     **error)
{
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE,
               "%s has used its share of the hub (%" G_GUINT64_FORMAT " MiB); its administrator can make it larger",
               who, limit / (1024 * 1024));

  return FALSE;
}

gboolean
mc_hub_charge (McHub       *self,
               const char  *device,
               guint64      bytes,
               GError     **error)
{
  guint64 *used, limit;

  if (!ensure_usage (self, device, &used, error))
    return FALSE;
  if ((limit = mc_hub_batch_get_quota (self)) == 0)
    mc_hub_batch_set_quota (self, limit = mc_hub_get_log_quota (self));
  if (*used + bytes > limit)
    return refuse (device, limit, error);
  *used += bytes;

  return TRUE;
}

void
mc_hub_forget_usage (McHub *self)
{
  g_clear_pointer (&self->used, g_hash_table_unref);
}

gboolean
mc_hub_reserve_file (McHub       *self,
                     const char  *log,
                     const char  *sha256,
                     guint64      total,
                     GError     **error)
{
  guint64 known, used, limit;
  g_autoptr(McStmt) stmt = NULL;

  if (!sum (self, "SELECT coalesce (sum (size), 0) FROM evidence WHERE sha256 = ?1", sha256, NULL, &known, error))
    return FALSE;
  if (known == total)
    return TRUE;

  if (!sum (self, "SELECT coalesce (sum (size), 0) FROM evidence JOIN evidence_use USING (sha256)"
            " WHERE log = ?1 AND sha256 <> ?2", log, sha256, &used, error))
    return FALSE;
  limit = mc_hub_get_evidence_quota (self);
  if (used + total > limit)
    return refuse (log, limit, error);

  if (!(stmt = mc_db_prepare (self->db, "UPDATE evidence SET size = ? WHERE sha256 = ? AND complete = 0", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, total);
  mc_stmt_bind_text (stmt, 2, sha256);

  return mc_stmt_exec (stmt, error);
}
