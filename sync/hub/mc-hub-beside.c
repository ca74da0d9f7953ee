/* mc-hub-beside.c: whether what was let in stands beside another value
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same fold as on every device says so.  It is looked for only where somebody else wrote on the record too.
 */

#include "hub/mc-hub-beside.h"

#include "core/mc-fold.h"
#include "core/mc-json.h"

#define MAX_ROWS 512   /* a record with more has been seen by everybody long ago: its verdict is just “accepted” */

static gboolean
has_others (McHub     *self,
            McGroup   *group,
            McChange  *change,
            gboolean  *out_others,
            GError   **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "SELECT 1 FROM change WHERE record = ? AND (device <> ? OR incarnation <> ?) LIMIT 1", error)))
    return FALSE;
  mc_stmt_lend_text (stmt, 1, mc_change_get_record (change));
  mc_stmt_lend_text (stmt, 2, group->device);
  mc_stmt_lend_text (stmt, 3, group->incarnation);

  return mc_stmt_next (stmt, out_others, error);
}

gboolean
mc_hub_has_others (McHub     *self,
                   McGroup   *group,
                   gboolean  *out_others,
                   GError   **error)
{
  *out_others = FALSE;
  for (guint i = 0; i < group->changes->len && !*out_others; i++)
    if (!has_others (self, group, group->changes->pdata[i], out_others, error))
      return FALSE;

  return TRUE;
}

static void
entry_clear (gpointer data)
{
  mc_change_unref (((McFoldEntry *) data)->change);
}

static McRecord *
fold_record (McHub       *self,
             const char  *log,
             const char  *record,
             GError     **error)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, TRUE, sizeof (McFoldEntry));
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  g_array_set_clear_func (entries, entry_clear);
  if (!(stmt = mc_db_prepare (self->db, "SELECT bytes FROM change WHERE record = ? AND log = ? ORDER BY seq LIMIT ?", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, record);
  mc_stmt_bind_text (stmt, 2, log);
  mc_stmt_bind_int64 (stmt, 3, MAX_ROWS);

  while (TRUE)
    {
      g_autoptr(GBytes) bytes = NULL;
      McFoldEntry entry = { 0 };

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      bytes = mc_stmt_dup_bytes (stmt, 0);
      if (!(entry.change = mc_change_parse (bytes, error)))
        return NULL;
      g_array_append_val (entries, entry);
    }

  return entries->len > 0 && entries->len < MAX_ROWS
         ? mc_fold ((McFoldEntry *) entries->data, entries->len, NULL, 0, log, NULL) : NULL;
}

static gboolean
add_fields (McHub       *self,
            const char  *log,
            McChange    *change,
            JsonArray   *fields,
            GError     **error)
{
  g_autoptr(McRecord) record = fold_record (self, log, mc_change_get_record (change), error);
  const char * const *names = mc_change_get_fields (change);

  if (record == NULL)
    return error == NULL || *error == NULL;
  for (gsize i = 0; names[i] != NULL; i++)
    if (mc_record_has_conflict (record, names[i]))
      json_array_add_string_element (fields, names[i]);

  return TRUE;
}

static gboolean
mark (McHub       *self,
      const char  *log,
      McGroup     *group,
      McVerdict   *verdict,
      GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE change SET beside = 1 WHERE log = ? AND seq BETWEEN ? AND ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, verdict->seq_first);
  mc_stmt_bind_int64 (stmt, 3, verdict->seq_first + group->changes->len - 1);

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_hub_look_beside (McHub       *self,
                    const char  *log,
                    McGroup     *group,
                    McVerdict   *verdict,
                    GError     **error)
{
  g_autoptr(JsonArray) fields = json_array_new ();
  g_autoptr(JsonObject) problem = NULL;
  g_autoptr(JsonNode) node = NULL;

  for (guint i = 0; i < group->changes->len; i++)
    {
      gboolean others;

      if (!has_others (self, group, group->changes->pdata[i], &others, error) ||
          (others && !add_fields (self, log, group->changes->pdata[i], fields, error)))
        return FALSE;
    }
  if (json_array_get_length (fields) == 0)
    return TRUE;

  problem = json_object_new ();
  json_object_set_string_member (problem, "type", "conflict");
  json_object_set_array_member (problem, "fields", json_array_ref (fields));
  node = json_node_init_object (json_node_alloc (), problem);
  verdict->kind = MC_VERDICT_CONFLICT;
  verdict->problem = mc_json_to_text (node, FALSE);

  return mark (self, log, group, verdict, error);
}
