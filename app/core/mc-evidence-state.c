/* mc-evidence-state.c: which evidence files the records name, and how far each has come
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-private.h"

#include "core/mc-json.h"
#include "core/mc-receipts.h"

/* Which files a record names */

static gboolean
note_use (McJournal   *self,
          McRecord    *record,
          const char  *field,
          JsonObject  *file,
          GError     **error)
{
  const char *sha256 = mc_json_get_text (file, "sha256", "");
  g_autoptr(McStmt) evidence = NULL, use = NULL;
  McDigest digest;

  /* It will be part of a path. */
  if (!mc_digest_from_hex (&digest, sha256))
    return TRUE;

  if (!(evidence = mc_db_prepare (self->db, "INSERT INTO evidence (sha256, size, mime, have, added_us)"
                                  " VALUES (?, ?, ?, 0, ?) ON CONFLICT DO NOTHING", error)))
    return FALSE;
  mc_stmt_bind_text (evidence, 1, sha256);
  mc_stmt_bind_int64 (evidence, 2, mc_json_get_int (file, "size", 0));
  mc_stmt_bind_text (evidence, 3, mc_json_get_text (file, "mime", "application/octet-stream"));
  mc_stmt_bind_int64 (evidence, 4, mc_record_get_updated_us (record));
  if (!mc_stmt_exec (evidence, error))
    return FALSE;

  if (!(use = mc_db_prepare (self->db, "INSERT OR REPLACE INTO evidence_use (sha256, record, field, name)"
                             " VALUES (?, ?, ?, ?)", error)))
    return FALSE;
  mc_stmt_bind_text (use, 1, sha256);
  mc_stmt_bind_text (use, 2, mc_record_get_id (record));
  mc_stmt_bind_text (use, 3, field);
  mc_stmt_bind_text (use, 4, mc_json_get_text (file, "name", ""));

  return mc_stmt_exec (use, error);
}

static gboolean
note_field (McJournal   *self,
            McRecord    *record,
            const char  *field,
            GError     **error)
{
  GPtrArray *heads = mc_record_get_heads (record, field);

  for (guint i = 0; i < heads->len; i++)
    {
      JsonNode *value = ((McHead *) heads->pdata[i])->value;
      JsonArray *files = JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;

      for (guint f = 0; files != NULL && f < json_array_get_length (files); f++)
        if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (files, f)) &&
            !note_use (self, record, field, json_array_get_object_element (files, f), error))
          return FALSE;
    }

  return TRUE;
}

gboolean
mc_journal_note_evidence (McJournal   *self,
                          McRecord    *record,
                          GError     **error)
{
  g_auto(GStrv) fields = mc_record_list_fields (record);

  for (gsize i = 0; fields[i] != NULL; i++)
    if (!note_field (self, record, fields[i], error))
      return FALSE;

  return TRUE;
}

/* sending and fetching */

/* A change that names the file: of an attached one there may be none yet. */
#define NAMED " EXISTS (SELECT 1 FROM evidence_use AS u JOIN change AS c ON c.record = u.record" \
              "  WHERE u.sha256 = evidence.sha256 AND instr (CAST (c.bytes AS TEXT), u.sha256) > 0"
/* … and that is not refused, in a log of those from which the hub takes files: it takes no other. */
#define SENT NAMED " AND c.state IN (0, 1, 2) AND (?1 IS NULL OR c.log IN (SELECT value FROM json_each (?1))))"

static void
bind_list (McStmt             *stmt,
           const char * const *list)
{
  g_autoptr(JsonArray) array = json_array_new ();
  g_autoptr(JsonNode) node = json_node_init_array (json_node_alloc (), array);
  g_autofree char *text = NULL;

  for (gsize i = 0; list != NULL && list[i] != NULL; i++)
    json_array_add_string_element (array, list[i]);
  if (list != NULL)
    mc_stmt_bind_text (stmt, 1, text = mc_json_to_text (node, FALSE));
  else
    mc_stmt_bind_null (stmt, 1);
}

static GArray *
list_states (McJournal           *self,
             const char          *sql,
             const char * const  *logs,
             GError             **error)
{
  g_autoptr(GArray) states = g_array_new (FALSE, TRUE, sizeof (McEvidenceState));
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, sql, error)))
    return NULL;
  bind_list (stmt, logs);

  while (TRUE)
    {
      McEvidenceState state = { 0 };

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&states);
      g_strlcpy (state.sha256, mc_stmt_get_text (stmt, 0), sizeof state.sha256);
      state.size = mc_stmt_get_int64 (stmt, 1);
      state.hub_bytes = mc_stmt_get_int64 (stmt, 2);
      g_array_append_val (states, state);
    }
}

GArray *
mc_journal_list_evidence_to_send (McJournal           *self,
                                  const char * const  *logs,
                                  GError             **error)
{
  return list_states (self, "SELECT sha256, size, hub_bytes FROM evidence WHERE have = 1 AND confirmed = 0"
                      " AND" SENT " ORDER BY size, sha256", logs, error);
}

GArray *
mc_journal_list_evidence_missing (McJournal  *self,
                                  GError    **error)
{
  return list_states (self, "SELECT sha256, size, hub_bytes FROM evidence WHERE have = 0 AND ?1 IS NULL ORDER BY size, sha256", NULL, error);
}

gboolean
mc_journal_count_evidence_left (McJournal           *self,
                                const char * const  *hashes,
                                guint               *out_left,
                                GError             **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT count (*) FROM evidence WHERE confirmed = 0"
                                          " AND sha256 IN (SELECT value FROM json_each (?1))", error);
  gboolean has_row;

  *out_left = 0;
  if (stmt == NULL)
    return FALSE;
  bind_list (stmt, hashes);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_left = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

gboolean
mc_journal_set_evidence_state (McJournal   *self,
                               const char  *sha256,
                               gint64       hub_bytes,
                               gboolean     confirmed,
                               GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE evidence SET hub_bytes = ?, confirmed = ? WHERE sha256 = ?", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, hub_bytes);
  mc_stmt_bind_int64 (stmt, 2, confirmed);
  mc_stmt_bind_text (stmt, 3, sha256);

  return mc_stmt_exec (stmt, error);
}

/* One that is here and not to be sent from here does not wait. */
static gboolean
note_lack (McJournal           *self,
           const char * const  *logs,
           McEvidenceState     *state,
           gboolean            *out_changed,
           GError             **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE evidence SET confirmed = 0, hub_bytes = ?2 WHERE sha256 = ?3"
                              " AND (confirmed = 1 OR hub_bytes <> ?2) AND (have = 0 OR" SENT ")", error)))
    return FALSE;
  bind_list (stmt, logs);
  mc_stmt_bind_int64 (stmt, 2, state->hub_bytes);
  mc_stmt_bind_text (stmt, 3, state->sha256);
  if (!mc_stmt_exec (stmt, error))
    return FALSE;
  *out_changed = *out_changed || sqlite3_changes (mc_db_get_handle (self->db)) > 0;

  return TRUE;
}

/* Files of others that are not lacked, and neither here nor to be sent from here: the hub has them. */
static gboolean
confirm_others (McJournal           *self,
                const char * const  *logs,
                GHashTable          *lacked,
                GError             **error)
{
  g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) list = NULL;
  gboolean has_row;

  if (!(list = mc_db_prepare (self->db, "SELECT sha256 FROM evidence WHERE confirmed = 0 AND (have = 0 OR (NOT" SENT
                              " AND" NAMED " AND c.state = 1)))", error)))
    return FALSE;
  bind_list (list, logs);
  while (mc_stmt_next (list, &has_row, error) && has_row)
    if (!g_hash_table_contains (lacked, mc_stmt_get_text (list, 0)))
      g_ptr_array_add (hashes, g_strdup (mc_stmt_get_text (list, 0)));
  g_clear_pointer (&list, mc_stmt_release);

  for (guint i = 0; i < hashes->len; i++)
    {
      g_autoptr(McStmt) stmt = NULL;

      if (!(stmt = mc_db_prepare (self->db, "UPDATE evidence SET confirmed = 1, hub_bytes = size WHERE sha256 = ?", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, hashes->pdata[i]);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
mc_journal_note_lacks (McJournal           *self,
                       const char * const  *logs,
                       GArray              *lacks,
                       gboolean             whole,
                       gboolean            *out_changed,
                       GError             **error)
{
  g_autoptr(GHashTable) lacked = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(McTransaction) transaction = NULL;

  *out_changed = FALSE;
  if (!(transaction = mc_db_begin (self->db, error)))
    return FALSE;
  for (guint i = 0; i < lacks->len; i++)
    {
      McEvidenceState *state = &g_array_index (lacks, McEvidenceState, i);

      g_hash_table_add (lacked, state->sha256);
      if (!note_lack (self, logs, state, out_changed, error))
        return FALSE;
    }

  return (!whole || confirm_others (self, logs, lacked, error)) && mc_transaction_commit (g_steal_pointer (&transaction), error);
}
