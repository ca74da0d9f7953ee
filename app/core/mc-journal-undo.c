/* mc-journal-undo.c: taking back what was saved
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-private.h"

#include "core/mc-edit-private.h"
#include "core/mc-error.h"

/* What @change had before it in @field, or a blank. */
static JsonNode *
find_replaced (McJournal  *self,
               McChange   *change,
               const char *field)
{
  JsonObject *seen = mc_change_get_seen (change);
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(McChange) before = NULL;
  gboolean has_row;
  JsonNode *value;

  if (seen == NULL || !json_object_has_member (seen, field) ||
      !(stmt = mc_db_prepare (self->db, "SELECT bytes FROM change WHERE record = ? AND short = ?", NULL)))
    return json_node_new (JSON_NODE_NULL);
  mc_stmt_bind_text (stmt, 1, mc_change_get_record (change));
  mc_stmt_bind_text (stmt, 2, json_array_get_string_element (json_object_get_array_member (seen, field), 0));

  if (!mc_stmt_next (stmt, &has_row, NULL) || !has_row)
    return json_node_new (JSON_NODE_NULL);
  bytes = mc_stmt_dup_bytes (stmt, 0);
  before = mc_change_parse (bytes, NULL);
  value = before != NULL ? json_object_get_member (mc_change_get_set (before), field) : NULL;

  return value != NULL ? mc_journal_open_value (self, mc_change_get_record (change), field, value)
                       : json_node_new (JSON_NODE_NULL);
}

static gboolean
began_record (McJournal *self,
              McChange  *change)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT id FROM change WHERE record = ? ORDER BY number LIMIT 1", NULL);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_change_get_record (change));

  return mc_stmt_next (stmt, &has_row, NULL) && has_row &&
         g_str_equal (mc_stmt_get_text (stmt, 0), mc_change_get_id (change));
}

static gboolean
has_natural_key (McJournal *self,
                 McChange  *change)
{
  McRecordType *type = self->pack != NULL ? mc_pack_find_type (self->pack, mc_change_get_type_id (change)) : NULL;

  return type != NULL && type->natural_key;
}

static gboolean
add_reverted (McJournal   *self,
              McEdit      *edit,
              McChange    *change,
              GError     **error)
{
  g_autoptr(McRecord) record = mc_journal_get (self, mc_change_get_record (change), error);
  JsonObjectIter iter;
  const char *field;

  if (record == NULL)
    return FALSE;

  /* Undoing the first save of a thing takes the thing away; a month or a criterion is only emptied. */
  if (began_record (self, change) && !has_natural_key (self, change))
    {
      mc_edit_delete (edit, record);
      return TRUE;
    }

  json_object_iter_init (&iter, mc_change_get_set (change));
  while (json_object_iter_next (&iter, &field, NULL))
    if (!g_str_equal (field, "parent"))
      mc_edit_set (edit, record, field, find_replaced (self, change, field));

  return TRUE;
}

gboolean
mc_journal_revert (McJournal   *self,
                   const char  *change_id,
                   gint64       now_us,
                   char       **out_change_id,
                   GError     **error)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db,
                              "SELECT c.bytes FROM change c JOIN change f ON c.log = f.log AND c.device = f.device"
                              " AND c.incarnation = f.incarnation AND c.n BETWEEN f.n AND f.n + f.m - 1"
                              " WHERE f.id = ? ORDER BY c.n", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, change_id);
  while (mc_stmt_next (stmt, &has_row, error) && has_row)
    {
      g_autoptr(GBytes) bytes = mc_stmt_dup_bytes (stmt, 0);
      McChange *change = mc_change_parse (bytes, error);

      if (change == NULL)
        return FALSE;
      g_ptr_array_add (changes, change);
    }
  g_clear_pointer (&stmt, mc_stmt_release);

  if (changes->len == 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "There is no change %s", change_id);
      return FALSE;
    }
  for (guint i = 0; i < changes->len; i++)
    if (!add_reverted (self, edit, changes->pdata[i], error))
      return FALSE;

  return mc_journal_save (self, edit, now_us, out_change_id, error);
}
