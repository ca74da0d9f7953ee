/* mc-hub-back.c: refused groups go back to an author who may have lost them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-back.h"

#include <string.h>

#include "core/mc-faults-private.h"
#include "hub/mc-hub-refused.h"

/* What a device is told to call a group whose first change has this @hash.  Its number here another may have by the time that the
 * device, or a request that comes late, says what was taken: after the hub went back, or once the last of them was let in. */
static guint64
name_group (const McDigest *hash)
{
  guint64 name;

  memcpy (&name, hash->data, sizeof name);

  return GUINT64_FROM_BE (name);
}

static McRefused *
begin_refused (McStmt     *stmt,
               const char *device,
               McChange   *change)
{
  McRefused *refused = g_new0 (McRefused, 1);

  refused->number = name_group (mc_change_get_hash (change));
  refused->held = mc_stmt_get_int64 (stmt, 6);
  refused->problem = g_strdup (mc_stmt_get_text (stmt, 7));
  refused->group = g_new0 (McGroup, 1);
  refused->group->device = g_strdup (device);
  refused->group->incarnation = g_strdup (mc_stmt_get_text (stmt, 1));
  refused->group->n = mc_stmt_get_int64 (stmt, 2);
  refused->group->signature = mc_hub_dup_signature (stmt, 5);
  refused->group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);

  return refused;
}

GPtrArray *
mc_hub_list_back (McHub       *self,
                  const char  *device,
                  const char  *incarnation,
                  const char  *log,
                  gsize        max_bytes,
                  GError     **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_refused_free);
  g_autoptr(McStmt) stmt = NULL;
  gsize total = 0;

  if (!(stmt = mc_db_prepare (self->db, "SELECT number, incarnation, n, k, bytes, signature, held, problem FROM refused AS r"
                              " WHERE settled = 0 AND device = ?1 AND log = ?2 AND incarnation <> ?3"
                              " AND NOT EXISTS (SELECT 1 FROM given WHERE given.number = r.number AND given.incarnation = ?3)"
                              " ORDER BY incarnation, n", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, device);
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_text (stmt, 3, incarnation);

  while (!(mc_faults & MC_FAULT_NO_GIVING_BACK))
    {
      g_autoptr(GBytes) bytes = NULL;
      gboolean has_row;
      McChange *change;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row || (total >= max_bytes && mc_stmt_get_int64 (stmt, 3) == 0))
        break;
      bytes = mc_stmt_dup_bytes (stmt, 4);
      if (!(change = mc_change_parse (bytes, error)))
        return NULL;
      if (mc_stmt_get_int64 (stmt, 3) == 0 || all->len == 0)
        g_ptr_array_add (all, begin_refused (stmt, device, change));
      g_ptr_array_add (((McRefused *) all->pdata[all->len - 1])->group->changes, change);
      total += g_bytes_get_size (bytes);
    }

  return g_steal_pointer (&all);
}

static gboolean
insert_given (McHub       *self,
              gint64       number,
              const char  *incarnation,
              GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db,
                              "INSERT INTO given (number, incarnation) SELECT other.number, ?1 FROM refused AS named"
                              " JOIN refused AS other ON other.device = named.device AND other.incarnation = named.incarnation"
                              "  AND other.log = named.log AND other.n - other.k = named.n - named.k"
                              " WHERE named.number = ?2 ON CONFLICT DO NOTHING", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, incarnation);
  mc_stmt_bind_int64 (stmt, 2, number);

  return mc_stmt_exec (stmt, error);
}

/* (element-type gint64) the numbers here of those that @device calls @names */
static GArray *
find_named (McHub       *self,
            const char  *device,
            GArray      *names,
            GError     **error)
{
  g_autoptr(GHashTable) wanted = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  for (guint i = 0; i < names->len; i++)
    g_hash_table_add (wanted, &g_array_index (names, guint64, i));
  if (!(stmt = mc_db_prepare (self->db, "SELECT number, bytes FROM refused WHERE device = ? AND k = 0", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, device);

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = NULL;
      McDigest hash;
      guint64 name;
      gint64 number;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&numbers);
      number = mc_stmt_get_int64 (stmt, 0);
      bytes = mc_stmt_dup_bytes (stmt, 1);
      mc_digest_of_bytes (&hash, bytes);
      name = name_group (&hash);
      if (g_hash_table_contains (wanted, &name))
        g_array_append_val (numbers, number);
    }
}

gboolean
mc_hub_note_given (McHub       *self,
                   const char  *device,
                   const char  *incarnation,
                   GArray      *names,
                   GError     **error)
{
  g_autoptr(GArray) numbers = find_named (self, device, names, error);

  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    if (!insert_given (self, g_array_index (numbers, gint64, i), incarnation, error))
      return FALSE;

  return numbers != NULL;
}
