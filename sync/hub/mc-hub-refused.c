/* mc-hub-refused.c: groups that are in no log: rejected ones, and those held behind them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Their bytes and signatures are kept, so that a held group can be let in by the hub alone, and that nothing a person
 * wrote is gone.
 */

#include "hub/mc-hub-refused.h"

#include <string.h>

#include "core/mc-faults-private.h"
#include "hub/mc-hub-batch.h"

static const char *
parent_in (McChange *change)
{
  JsonNode *node = json_object_get_member (mc_change_get_set (change), "parent");

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         ? json_node_get_string (node) : "";
}

static gboolean
is_kept (McHub       *self,
         McChange    *change,
         gboolean    *out_kept,
         GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "SELECT 1 FROM refused WHERE id = ? LIMIT 1", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_change_get_id (change));

  return mc_stmt_next (stmt, out_kept, error);
}

gboolean
mc_hub_forget_refused (McHub       *self,
                       McGroup     *group,
                       const char  *log,
                       GError     **error)
{
  for (guint i = 0; i < group->changes->len && !mc_hub_batch_none_refused (self, NULL); i++)
    {
      g_autoptr(McStmt) given = NULL, stmt = NULL;
      gboolean kept;

      if (!is_kept (self, group->changes->pdata[i], &kept, error))
        return FALSE;
      if (!kept)
        continue;
      if (!(given = mc_db_prepare (self->db, "DELETE FROM given WHERE number IN (SELECT number FROM refused WHERE id = ?"
                                   " AND bytes = ?)", error)))
        return FALSE;
      mc_stmt_bind_text (given, 1, mc_change_get_id (group->changes->pdata[i]));
      mc_stmt_bind_bytes (given, 2, mc_change_get_bytes (group->changes->pdata[i]));
      if (!mc_stmt_exec (given, error) ||
          !(stmt = mc_db_prepare (self->db, "DELETE FROM refused WHERE id = ? AND device = ? AND log = ? AND bytes = ?", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, mc_change_get_id (group->changes->pdata[i]));
      mc_stmt_bind_text (stmt, 2, group->device);
      mc_stmt_bind_text (stmt, 3, log);
      mc_stmt_bind_bytes (stmt, 4, mc_change_get_bytes (group->changes->pdata[i]));
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
}

/* A group in the middle of a run has no signature of its own: then it is kept as no bytes. */
static void
bind_signature (McStmt  *stmt,
                int      index,
                McGroup *group)
{
  if (group->signature != NULL)
    mc_stmt_bind_bytes (stmt, index, group->signature);
  else
    mc_stmt_bind_blob (stmt, index, "", 0);
}

GBytes *
mc_hub_dup_signature (McStmt *stmt,
                      int     column)
{
  GBytes *signature = mc_stmt_dup_bytes (stmt, column);

  if (g_bytes_get_size (signature) == 0)
    g_clear_pointer (&signature, g_bytes_unref);

  return signature;
}

static gboolean
insert (McHub       *self,
        const char  *log,
        McGroup     *group,
        guint        i,
        McVerdict   *verdict,
        GError     **error)
{
  McChange *change = group->changes->pdata[i];
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO refused (device, incarnation, log, n, k, m, id, record, parent, bytes,"
                              " signature, held, problem) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, group->device);
  mc_stmt_bind_text (stmt, 2, group->incarnation);
  mc_stmt_bind_text (stmt, 3, log);
  mc_stmt_bind_int64 (stmt, 4, group->n + i);
  mc_stmt_bind_int64 (stmt, 5, i);
  mc_stmt_bind_int64 (stmt, 6, group->changes->len);
  mc_stmt_bind_text (stmt, 7, mc_change_get_id (change));
  mc_stmt_bind_text (stmt, 8, mc_change_get_record (change));
  mc_stmt_bind_text (stmt, 9, parent_in (change));
  mc_stmt_bind_bytes (stmt, 10, mc_change_get_bytes (change));
  bind_signature (stmt, 11, group);
  mc_stmt_bind_int64 (stmt, 12, verdict->kind == MC_VERDICT_HELD);
  mc_stmt_bind_text (stmt, 13, verdict->problem);

  return mc_stmt_exec (stmt, error);
}

/* Under a new incarnation the same group comes again; it keeps its number, so that its place in the order holds. */
static gboolean
move (McHub       *self,
      const char  *log,
      McGroup     *group,
      guint        i,
      McVerdict   *verdict,
      gboolean    *out_moved,
      GError     **error)
{
  McChange *change = group->changes->pdata[i];
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE refused SET incarnation = ?1, n = ?2, signature = ?3, held = ?4, problem = ?5"
                              " WHERE number = (SELECT min (number) FROM refused WHERE id = ?6 AND device = ?7 AND log = ?8"
                              " AND bytes = ?9) RETURNING number", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, group->incarnation);
  mc_stmt_bind_int64 (stmt, 2, group->n + i);
  bind_signature (stmt, 3, group);
  mc_stmt_bind_int64 (stmt, 4, verdict->kind == MC_VERDICT_HELD);
  mc_stmt_bind_text (stmt, 5, verdict->problem);
  mc_stmt_bind_text (stmt, 6, mc_change_get_id (change));
  mc_stmt_bind_text (stmt, 7, group->device);
  mc_stmt_bind_text (stmt, 8, log);
  mc_stmt_bind_bytes (stmt, 9, mc_change_get_bytes (change));
  if (!mc_stmt_next (stmt, out_moved, error))
    return FALSE;

  /* Run to its end: only then is the row written. */
  return !*out_moved || mc_stmt_next (stmt, &(gboolean) { FALSE }, error);
}

gboolean
mc_hub_settle (McHub       *self,
               const char  *device,
               const char  *log,
               const char  *instead,
               GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db,
                              "UPDATE refused SET settled = 1 WHERE number IN ("
                              " SELECT other.number FROM refused AS named JOIN refused AS other"
                              "  ON other.device = named.device AND other.incarnation = named.incarnation"
                              "  AND other.log = named.log AND other.n - other.k = named.n - named.k"
                              " WHERE named.id = ?1 AND named.device = ?2 AND named.log = ?3)", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, instead);
  mc_stmt_bind_text (stmt, 2, device);
  mc_stmt_bind_text (stmt, 3, log);

  return mc_stmt_exec (stmt, error);
}

/* Whether the log has a correction already that names @change: a hub that went back may be handed that first. */
static gboolean
is_corrected (McHub       *self,
              const char  *device,
              const char  *log,
              McChange    *change,
              gboolean    *out_corrected,
              GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "SELECT 1 FROM change AS c INDEXED BY change_by_record CROSS JOIN change AS f"
                              " ON f.log = c.log AND f.seq = c.seq - c.k WHERE c.record = ?1 AND c.device = ?2 AND c.log = ?3"
                              " AND json_extract (CAST (f.bytes AS TEXT), '$.instead') = ?4 LIMIT 1", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_change_get_record (change));
  mc_stmt_bind_text (stmt, 2, device);
  mc_stmt_bind_text (stmt, 3, log);
  mc_stmt_bind_text (stmt, 4, mc_change_get_id (change));

  return mc_stmt_next (stmt, out_corrected, error);
}

static gboolean
settle_if_corrected (McHub       *self,
                     const char  *log,
                     McGroup     *group,
                     GError     **error)
{
  for (guint i = 0; i < group->changes->len; i++)
    {
      McChange *change = group->changes->pdata[i];
      gboolean corrected;

      if (!is_corrected (self, group->device, log, change, &corrected, error))
        return FALSE;
      if (corrected)
        return mc_hub_settle (self, group->device, log, mc_change_get_id (change), error);
    }

  return TRUE;
}

gboolean
mc_hub_keep_refused (McHub       *self,
                     const char  *log,
                     McGroup     *group,
                     McVerdict   *verdict,
                     GError     **error)
{
  mc_hub_batch_note_refused (self);
  for (guint i = 0; i < group->changes->len; i++)
    {
      gboolean moved;

      if (!move (self, log, group, i, verdict, &moved, error) ||
          (!moved && !insert (self, log, group, i, verdict, error)))
        return FALSE;
    }

  return settle_if_corrected (self, log, group, error);
}

gboolean
mc_hub_find_rejected (McHub    *self,
                      McGroup  *group,
                      char    **out_problem,
                      GError  **error)
{
  if (mc_hub_batch_none_refused (self, group->device))
    return TRUE;
  for (guint i = 0; i < group->changes->len && *out_problem == NULL; i++)
    {
      g_autoptr(McStmt) stmt = NULL;
      gboolean has_row;

      if (!(stmt = mc_db_prepare (self->db, "SELECT problem FROM refused WHERE id = ? AND device = ? AND bytes = ?"
                                  " AND held = 0 LIMIT 1", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, mc_change_get_id (group->changes->pdata[i]));
      mc_stmt_bind_text (stmt, 2, group->device);
      mc_stmt_bind_bytes (stmt, 3, mc_change_get_bytes (group->changes->pdata[i]));
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (has_row)
        *out_problem = g_strdup (mc_stmt_get_text (stmt, 0));
    }

  return TRUE;
}

static gboolean
has_rejected (McHub       *self,
              const char  *device,
              const char  *log,
              gboolean    *out_has,
              GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "SELECT 1 FROM refused WHERE settled = 0 AND held = 0 AND device = ? AND log = ? LIMIT 1",
                              error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, device);
  mc_stmt_bind_text (stmt, 2, log);

  return mc_stmt_next (stmt, out_has, error);
}

gboolean
mc_hub_is_blocked (McHub       *self,
                   McGroup     *group,
                   const char  *log,
                   gint64       before,
                   gboolean    *out_blocked,
                   GError     **error)
{
  gboolean any;

  *out_blocked = FALSE;
  if (mc_hub_batch_none_refused (self, group->device))
    return TRUE;
  if (!has_rejected (self, group->device, log, &any, error))
    return FALSE;

  for (guint i = 0; any && i < group->changes->len && !*out_blocked; i++)
    {
      McChange *change = group->changes->pdata[i];
      g_autoptr(McStmt) stmt = NULL;

      /* A child says whose it is once, when it is made: in this change, in one held before, or in the log. */
      if (!(stmt = mc_db_prepare (self->db,
                                  "SELECT 1 FROM refused INDEXED BY refused_by_record"
                                  " WHERE settled = 0 AND held = 0 AND device = ?1 AND log = ?2 AND number < ?3 AND record IN"
                                  " (SELECT ?4 UNION ALL SELECT ?5"
                                  " UNION ALL SELECT parent FROM refused WHERE record = ?4 AND device = ?1 AND log = ?2"
                                  " UNION ALL SELECT json_extract (CAST (bytes AS TEXT), '$.set.parent') FROM change"
                                  " WHERE record = ?4) LIMIT 1", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, group->device);
      mc_stmt_bind_text (stmt, 2, log);
      mc_stmt_bind_int64 (stmt, 3, before);
      mc_stmt_bind_text (stmt, 4, mc_change_get_record (change));
      mc_stmt_bind_text (stmt, 5, parent_in (change));
      if (!mc_stmt_next (stmt, out_blocked, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
mc_hub_is_held (McHub       *self,
                McGroup     *group,
                const char  *log,
                gboolean    *out_held,
                GError     **error)
{
  *out_held = TRUE;
  for (guint i = 0; i < group->changes->len && *out_held; i++)
    {
      McChange *change = group->changes->pdata[i];
      g_autoptr(McStmt) stmt = NULL;

      if (!(stmt = mc_db_prepare (self->db, "SELECT 1 FROM refused WHERE id = ? AND device = ? AND log = ? AND bytes = ?"
                                  " AND held = 1 LIMIT 1", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, mc_change_get_id (change));
      mc_stmt_bind_text (stmt, 2, group->device);
      mc_stmt_bind_text (stmt, 3, log);
      mc_stmt_bind_bytes (stmt, 4, mc_change_get_bytes (change));
      if (!mc_stmt_next (stmt, out_held, error))
        return FALSE;
    }

  return TRUE;
}

/* held groups */

typedef struct
{
  McGroup *group;   /* (owned) */
  gint64 number;    /* of its first change */
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  mc_group_free (held->group);
  g_free (held);
}

static GPtrArray *
list_held (McHub       *self,
           const char  *device,
           const char  *log,
           GError     **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func (held_free);
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "SELECT number, incarnation, n, k, bytes, signature FROM refused WHERE held = 1"
                              " AND settled = 0 AND device = ? AND log = ? ORDER BY number", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, device);
  mc_stmt_bind_text (stmt, 2, log);

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = NULL;
      McChange *change;
      gboolean has_row;
      Held *held;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&all);
      bytes = mc_stmt_dup_bytes (stmt, 4);
      if (!(change = mc_change_parse (bytes, error)))
        return NULL;
      if (mc_stmt_get_int64 (stmt, 3) == 0 || all->len == 0)
        {
          held = g_new0 (Held, 1);
          held->number = mc_stmt_get_int64 (stmt, 0);
          held->group = g_new0 (McGroup, 1);
          held->group->device = g_strdup (device);
          held->group->incarnation = g_strdup (mc_stmt_get_text (stmt, 1));
          held->group->n = mc_stmt_get_int64 (stmt, 2);
          held->group->signature = mc_hub_dup_signature (stmt, 5);
          held->group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
          g_ptr_array_add (all, held);
        }
      held = all->pdata[all->len - 1];
      g_ptr_array_add (held->group->changes, change);
    }
}

gboolean
mc_hub_list_holes (McHub       *self,
                   McGroup     *group,
                   const char  *log,
                   GByteArray  *holes,
                   GError     **error)
{
  McHubStream stream;
  gboolean done = mc_hub_stream_load (self, group->device, group->incarnation, log, &stream, error);
  guint64 base = done ? stream.n - stream.holes->len / MC_DIGEST_SIZE : 0;

  if (done && group->n > base + 1)
    g_byte_array_append (holes, stream.holes->data, MIN (stream.holes->len, (group->n - base - 1) * MC_DIGEST_SIZE));
  mc_hub_stream_clear (&stream);

  return done;
}

/* Whether an id of @group has come into a log since it was held. */
static gboolean
is_taken (McHub     *self,
          McGroup   *group,
          gboolean  *out_taken,
          GError   **error)
{
  *out_taken = FALSE;
  for (guint i = 0; i < group->changes->len && !*out_taken; i++)
    {
      g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT 1 FROM change WHERE id = ?", error);

      if (stmt == NULL)
        return FALSE;
      mc_stmt_bind_text (stmt, 1, mc_change_get_id (group->changes->pdata[i]));
      if (!mc_stmt_next (stmt, out_taken, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
reject_held (McHub       *self,
             const char  *log,
             McGroup     *group,
             GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE refused SET held = 0, problem = '{\"type\":\"id-reused\"}' WHERE device = ?"
                              " AND incarnation = ? AND log = ? AND n - k = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, group->device);
  mc_stmt_bind_text (stmt, 2, group->incarnation);
  mc_stmt_bind_text (stmt, 3, log);
  mc_stmt_bind_int64 (stmt, 4, group->n);

  return mc_stmt_exec (stmt, error);
}

static gboolean
let_in (McHub       *self,
        const char  *log,
        McGroup     *group,
        gint64       now_us,
        GError     **error)
{
  g_autoptr(GByteArray) holes = g_byte_array_new ();
  guint64 seq;

  /* Out of the way first: its ids are the log's from now on. */
  return mc_hub_forget_refused (self, group, log, error) && mc_hub_list_holes (self, group, log, holes, error) &&
         ((mc_faults & MC_FAULT_DROP_HELD) || mc_hub_append_group (self, log, group, holes, now_us, &seq, error));
}

gboolean
mc_hub_release (McHub       *self,
                const char  *device,
                const char  *log,
                gint64       now_us,
                GError     **error)
{
  g_autoptr(GPtrArray) all = list_held (self, device, log, error);

  if (all == NULL)
    return FALSE;

  for (guint i = 0; i < all->len; i++)
    {
      Held *held = all->pdata[i];
      gboolean blocked, taken;

      if (!mc_hub_is_blocked (self, held->group, log, held->number, &blocked, error))
        return FALSE;
      if (blocked)
        continue;
      if (!is_taken (self, held->group, &taken, error) ||
          !(taken ? reject_held (self, log, held->group, error) : let_in (self, log, held->group, now_us, error)))
        return FALSE;
    }

  return TRUE;
}
