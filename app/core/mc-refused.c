/* mc-refused.c: what the hub did not let into a log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-refused.h"

#include <string.h>

#include "core/mc-edit-private.h"
#include "core/mc-error.h"
#include "core/mc-journal-private.h"
#include "core/mc-json.h"

void
mc_refused_group_free (McRefusedGroup *group)
{
  g_free (group->change_id);
  g_free (group->log);
  g_free (group->record);
  g_free (group->type);
  g_free (group->at);
  g_free (group->by);
  g_free (group->problem);
  g_ptr_array_unref (group->changes);
  g_free (group);
}

/* The slug of a verdict, {"type":slug}. */
static char *
slug_of (const char *verdict)
{
  g_autoptr(JsonNode) node = verdict != NULL ? mc_json_read (verdict, strlen (verdict), 4) : NULL;

  return node != NULL ? g_strdup (mc_json_get_text (json_node_get_object (node), "type", NULL)) : NULL;
}

static McRefusedGroup *
begin_group (McStmt   *stmt,
             McChange *change)
{
  McRefusedGroup *group = g_new0 (McRefusedGroup, 1);
  gint64 state = mc_stmt_get_int64 (stmt, 1);

  group->change_id = g_strdup (mc_change_get_id (change));
  group->log = g_strdup (mc_stmt_get_text (stmt, 3));
  group->record = g_strdup (mc_change_get_record (change));
  group->type = g_strdup (mc_change_get_type_id (change));
  group->at = g_strdup (mc_change_get_at (change));
  group->by = g_strdup (mc_change_get_by (change));
  group->held = state == MC_CHANGE_HELD;
  group->problem = state == MC_CHANGE_REJECTED || state == MC_CHANGE_HELD ? slug_of (mc_stmt_get_text (stmt, 2)) : NULL;
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);

  return group;
}

GPtrArray *
mc_journal_list_refused (McJournal  *self,
                         gboolean    with_unsent,
                         GError    **error)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_refused_group_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT bytes, state, verdict, log, k FROM change WHERE own = 1 AND state <> 1"
                              " AND (state IN (3, 4) OR (?1 AND state IN (0, 2))) ORDER BY number", error)))
    return NULL;
  mc_stmt_bind_int64 (stmt, 1, with_unsent);

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = NULL;
      McChange *change;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&groups);
      bytes = mc_stmt_dup_bytes (stmt, 0);
      if (!(change = mc_change_parse (bytes, error)))
        return NULL;
      if (mc_stmt_get_int64 (stmt, 4) == 0 || groups->len == 0)
        g_ptr_array_add (groups, begin_group (stmt, change));
      g_ptr_array_add (((McRefusedGroup *) groups->pdata[groups->len - 1])->changes, change);
    }
}

/* correcting */

/* Whether @change set anything that @part sets anew. */
static gboolean
says_anew (McEditPart *part,
           McChange   *change)
{
  JsonObjectIter iter;
  const char *field;

  json_object_iter_init (&iter, part->set);
  while (json_object_iter_next (&iter, &field, NULL))
    if (json_object_has_member (mc_change_get_set (change), field))
      return TRUE;

  return FALSE;
}

static gboolean
name_corrected (McJournal   *self,
                McEdit      *edit,
                McEditPart  *part,
                GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(mc_record_get_flags (part->shown) & MC_RECORD_REJECTED))
    return TRUE;
  if (!(stmt = mc_db_prepare (self->db, "SELECT bytes FROM change WHERE record = ? AND own = 1 AND state = 3 ORDER BY number", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, mc_record_get_id (part->shown));

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = NULL;
      g_autoptr(McChange) change = NULL;

      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      bytes = mc_stmt_dup_bytes (stmt, 0);
      if (!(change = mc_change_parse (bytes, error)))
        return FALSE;
      if (says_anew (part, change))
        {
          mc_edit_set_instead (edit, mc_change_get_id (change));
          return TRUE;
        }
    }
}

gboolean
mc_journal_name_corrected (McJournal  *self,
                           McEdit     *edit,
                           GError    **error)
{
  GPtrArray *parts = mc_edit_get_parts (edit);

  for (guint i = 0; i < parts->len && mc_edit_get_instead (edit) == NULL; i++)
    if (!name_corrected (self, edit, parts->pdata[i], error))
      return FALSE;

  return TRUE;
}

/* withdrawing */

gboolean
mc_journal_withdraw (McJournal   *self,
                     const char  *change_id,
                     gint64       now_us,
                     GError     **error)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT record FROM change WHERE id = ? AND own = 1 AND state IN (3, 4)", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, change_id);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (!has_row)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "There is no refused save %s on this machine", change_id);
      return FALSE;
    }
  if (!(record = mc_journal_get (self, mc_stmt_get_text (stmt, 0), error)))
    return FALSE;
  g_clear_pointer (&stmt, mc_stmt_release);
  mc_edit_touch (edit, record);
  mc_edit_set_instead (edit, change_id);

  return mc_journal_save (self, edit, now_us, NULL, error);
}

/* export */

static JsonNode *
group_to_json (McRefusedGroup *group)
{
  g_autoptr(JsonObject) object = json_object_new ();
  JsonArray *changes = json_array_new ();

  json_object_set_string_member (object, "state", group->problem == NULL ? "unsent" : group->held ? "held" : "rejected");
  if (group->problem != NULL)
    json_object_set_string_member (object, "problem", group->problem);
  json_object_set_string_member (object, "log", group->log);
  for (guint i = 0; i < group->changes->len; i++)
    {
      GBytes *bytes = mc_change_get_bytes (group->changes->pdata[i]);
      g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

      json_array_add_element (changes, json_from_string (text, NULL));
    }
  json_object_set_array_member (object, "changes", changes);

  return json_node_init_object (json_node_alloc (), object);
}

gboolean
mc_journal_export_refused (McJournal   *self,
                           const char  *path,
                           gint64       now_us,
                           guint       *out_count,
                           GError     **error)
{
  g_autoptr(GPtrArray) groups = mc_journal_list_refused (self, TRUE, error);
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autofree char *when = g_date_time_format_iso8601 (now), *text = NULL;
  JsonArray *list = json_array_new ();

  json_object_set_string_member (object, "format", "minhchung-unsent-1");
  json_object_set_string_member (object, "device", self->device);
  json_object_set_string_member (object, "log", self->log);
  json_object_set_string_member (object, "exported", when);
  json_object_set_array_member (object, "groups", list);
  if (groups == NULL)
    return FALSE;
  for (guint i = 0; i < groups->len; i++)
    json_array_add_element (list, group_to_json (groups->pdata[i]));
  text = mc_json_to_text (node, TRUE);
  if (out_count != NULL)
    *out_count = groups->len;

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}
