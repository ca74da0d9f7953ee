/* mc-journal-undo.c: taking back what was saved, and text that is no change yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-private.h"

#include "core/mc-edit-private.h"
#include "core/mc-error.h"
#include "core/mc-json.h"

/* undo */

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

/* drafts */

gboolean
mc_journal_set_draft (McJournal   *self,
                      McRecord    *shown,
                      const char  *field,
                      JsonNode    *value,
                      gint64       now_us,
                      GError     **error)
{
  g_autoptr(JsonNode) taken = value;
  g_autofree char *text = mc_json_to_text (taken, FALSE);
  g_autoptr(JsonArray) seen = mc_record_name_shown (shown, field);
  g_autoptr(JsonNode) seen_node = json_node_new (JSON_NODE_ARRAY);
  g_autofree char *seen_text = NULL;
  g_autoptr(McStmt) stmt = NULL;

  json_node_set_array (seen_node, seen);
  seen_text = mc_json_to_text (seen_node, FALSE);

  if (!(stmt = mc_db_prepare (self->db,
                              "INSERT INTO draft (record, field, type, parent, value, seen, updated_us)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?)"
                              " ON CONFLICT (record, field) DO UPDATE SET value = excluded.value,"
                              " seen = excluded.seen, updated_us = excluded.updated_us", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_record_get_id (shown));
  mc_stmt_bind_text (stmt, 2, field);
  mc_stmt_bind_text (stmt, 3, mc_record_get_type_id (shown));
  if (mc_record_get_parent (shown) != NULL)
    mc_stmt_bind_text (stmt, 4, mc_record_get_parent (shown));
  else
    mc_stmt_bind_null (stmt, 4);
  mc_stmt_bind_text (stmt, 5, text);
  mc_stmt_bind_text (stmt, 6, seen_text);
  mc_stmt_bind_int64 (stmt, 7, now_us);

  return mc_stmt_exec (stmt, error);
}

static gboolean
add_drafts (McJournal   *self,
            McEdit      *edit,
            const char  *id,
            GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(McRecord) record = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT field, type, parent, value, seen FROM draft WHERE record = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, id);

  while (TRUE)
    {
      g_autoptr(JsonNode) value = NULL, seen = NULL;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      if (record == NULL &&
          !(record = mc_journal_get_or_new (self, id, mc_stmt_get_text (stmt, 1), mc_stmt_get_text (stmt, 2), error)))
        return FALSE;
      if (!(value = json_from_string (mc_stmt_get_text (stmt, 3), error)) ||
          !(seen = json_from_string (mc_stmt_get_text (stmt, 4), error)))
        return FALSE;

      if (mc_record_get (record, mc_stmt_get_text (stmt, 0)) == NULL ||
          !json_node_equal (mc_record_get (record, mc_stmt_get_text (stmt, 0)), value))
        mc_edit_set_as_seen (edit, record, mc_stmt_get_text (stmt, 0), json_node_copy (value),
                             json_array_ref (json_node_get_array (seen)));
    }
}

/**
 * mc_journal_commit_drafts:
 * @self: a journal
 * @record: (nullable): only of this record; %NULL = all that there are
 * @now_us: the time, for people
 * @out_n_records: (out) (optional): how many records got a change
 * @error: return location for an error
 *
 * Turns typed text into changes, one group a record.  After an error what is not yet a change still is a draft, and so is
 * what belongs into a closed book (mc-book.h), which is no error.
 */
gboolean
mc_journal_commit_drafts (McJournal   *self,
                          const char  *record,
                          gint64       now_us,
                          guint       *out_n_records,
                          GError     **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;
  guint count = 0;

  if (!(stmt = mc_db_prepare (self->db, "SELECT DISTINCT record FROM draft WHERE ?1 IS NULL OR record = ?1", error)))
    return FALSE;
  if (record != NULL)
    mc_stmt_bind_text (stmt, 1, record);
  else
    mc_stmt_bind_null (stmt, 1);
  while (mc_stmt_next (stmt, &has_row, error) && has_row)
    g_ptr_array_add (ids, g_strdup (mc_stmt_get_text (stmt, 0)));
  g_clear_pointer (&stmt, mc_stmt_release);

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(McEdit) edit = mc_edit_new ();
      g_autoptr(McStmt) forget = NULL;
      g_autoptr(GError) local_error = NULL;

      if (!add_drafts (self, edit, ids->pdata[i], error))
        return FALSE;
      if (!mc_journal_save (self, edit, now_us, NULL, &local_error))
        {
          /* What was typed into a book that is closed by now waits until that is opened; the others need not. */
          if (g_error_matches (local_error, MC_STORE_ERROR, MC_STORE_ERROR_CLOSED))
            continue;
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      count += mc_edit_get_parts (edit)->len;
      if (!(forget = mc_db_prepare (self->db, "DELETE FROM draft WHERE record = ?", error)))
        return FALSE;
      mc_stmt_bind_text (forget, 1, ids->pdata[i]);
      if (!mc_stmt_exec (forget, error))
        return FALSE;
    }

  if (out_n_records != NULL)
    *out_n_records = count;

  return TRUE;
}
