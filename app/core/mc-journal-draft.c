/* mc-journal-draft.c: text that is no change yet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-private.h"

#include "core/mc-edit-private.h"
#include "core/mc-error.h"
#include "core/mc-field.h"
#include "core/mc-json.h"
#include "core/mc-record-private.h"

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

/* Whether @value, a draft, is half of something: a value of that field would not be text, or be written otherwise. */
static gboolean
is_half_typed (McJournal  *self,
               const char *type_id,
               const char *name,
               JsonNode   *value)
{
  McRecordType *type = self->pack != NULL ? mc_pack_find_type (self->pack, type_id) : NULL;
  McField *field = type != NULL ? mc_record_type_find_field (type, name) : NULL;
  g_autoptr(JsonNode) parsed = NULL;

  if (field == NULL || field->type == MC_FIELD_TEXT || !JSON_NODE_HOLDS_VALUE (value) ||
      json_node_get_value_type (value) != G_TYPE_STRING)
    return FALSE;
  parsed = mc_field_parse (field, json_node_get_string (value), 0, NULL);

  return parsed == NULL || !json_node_equal (parsed, value);
}

gboolean
mc_journal_load_drafts (McJournal  *self,
                        McRecord   *record,
                        GError    **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT field, value FROM draft WHERE record = ?", error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_record_get_id (record));

  while (TRUE)
    {
      g_autoptr(JsonNode) value = NULL;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      if (!(value = json_from_string (mc_stmt_get_text (stmt, 1), error)))
        return FALSE;
      if (is_half_typed (self, mc_record_get_type_id (record), mc_stmt_get_text (stmt, 0), value))
        mc_record_add_draft (record, mc_stmt_get_text (stmt, 0), json_node_get_string (value));
    }
}

/* Half-typed text must have a line to be shown in: without another value that is a blank, in a field that has no text. */
static void
begin_line (McJournal *self,
            McEdit    *edit,
            McRecord  *record)
{
  McRecordType *type = mc_pack_find_type (self->pack, mc_record_get_type_id (record));

  for (guint i = 0; !type->natural_key && i < type->fields->len; i++)
    {
      McField *field = type->fields->pdata[i];

      if (mc_record_get_draft (record, field->name) != NULL)
        continue;
      mc_edit_set_as_seen (edit, record, field->name, json_node_new (JSON_NODE_NULL), json_array_new ());
      return;
    }
}

/* What is a value goes into @edit, its name into @out_taken. */
static gboolean
add_drafts (McJournal   *self,
            McEdit      *edit,
            const char  *id,
            GPtrArray   *out_taken,
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
        break;
      if (record == NULL &&
          !(record = mc_journal_get_or_new (self, id, mc_stmt_get_text (stmt, 1), mc_stmt_get_text (stmt, 2), error)))
        return FALSE;
      if (mc_record_get_draft (record, mc_stmt_get_text (stmt, 0)) != NULL)
        continue;
      if (!(value = json_from_string (mc_stmt_get_text (stmt, 3), error)) ||
          !(seen = json_from_string (mc_stmt_get_text (stmt, 4), error)))
        return FALSE;

      g_ptr_array_add (out_taken, g_strdup (mc_stmt_get_text (stmt, 0)));
      if (mc_record_get (record, mc_stmt_get_text (stmt, 0)) == NULL ||
          !json_node_equal (mc_record_get (record, mc_stmt_get_text (stmt, 0)), value))
        mc_edit_set_as_seen (edit, record, mc_stmt_get_text (stmt, 0), json_node_copy (value),
                             json_array_ref (json_node_get_array (seen)));
    }
  if (record != NULL && !mc_record_exists (record) && mc_edit_get_parts (edit)->len == 0)
    begin_line (self, edit, record);

  return TRUE;
}

/* Also of those that are nothing new. */
static gboolean
forget_taken (McJournal   *self,
              const char  *id,
              GPtrArray   *taken,
              GError     **error)
{
  for (guint i = 0; i < taken->len; i++)
    {
      g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "DELETE FROM draft WHERE record = ? AND field = ?", error);

      if (stmt == NULL)
        return FALSE;
      mc_stmt_bind_text (stmt, 1, id);
      mc_stmt_bind_text (stmt, 2, taken->pdata[i]);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
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
 * what belongs into a closed book (mc-book.h) or is no value of its field (mc_record_get_draft()), which is no error.
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
      g_autoptr(GPtrArray) taken = g_ptr_array_new_with_free_func (g_free);
      g_autoptr(GError) local_error = NULL;

      if (!add_drafts (self, edit, ids->pdata[i], taken, error))
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
      if (!forget_taken (self, ids->pdata[i], taken, error))
        return FALSE;
    }

  if (out_n_records != NULL)
    *out_n_records = count;

  return TRUE;
}
