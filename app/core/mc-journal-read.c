/* mc-journal-read.c: questions to the record and change tables
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-private.h"

#include "core/mc-error.h"
#include "core/mc-search.h"

static McRecord *
find (McJournal   *self,
      const char  *id,
      GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT " MC_JOURNAL_RECORD_COLUMNS " FROM record WHERE id = ?", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, id);
  if (!mc_stmt_next (stmt, &has_row, error))
    return NULL;
  if (!has_row)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "There is no record %s", id);
      return NULL;
    }

  return mc_journal_load_row (self, stmt, TRUE, error);
}

/**
 * mc_journal_get:
 * @self: a journal
 * @id: a record
 * @error: return location; %MC_STORE_ERROR_NOT_FOUND if it has no change
 *
 * Returns: (transfer full) (nullable): what its changes add up to
 */
McRecord *
mc_journal_get (McJournal   *self,
                const char  *id,
                GError     **error)
{
  return find (self, id, error);
}

/* As mc_journal_get(), or an empty record of the own log that the first save will make. */
McRecord *
mc_journal_get_or_new (McJournal   *self,
                       const char  *id,
                       const char  *type,
                       const char  *parent,
                       GError     **error)
{
  g_autoptr(GError) local_error = NULL;
  McRecord *record = find (self, id, &local_error);

  if (record != NULL)
    return record;
  if (g_error_matches (local_error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND) && self->pack != NULL)
    return mc_record_new_empty (id, self->log, type, mc_pack_get_id (self->pack), parent);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
}

static void
add_condition (GString    *sql,
               const char *condition)
{
  g_string_append (sql, sql->len > 0 ? " AND " : " WHERE ");
  g_string_append (sql, condition);
}

/**
 * mc_journal_query:
 * @self: a journal
 * @query: what is wanted
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type gint64) (nullable): numbers of the records, in order
 */
GArray *
mc_journal_query (McJournal      *self,
                  const McQuery  *query,
                  GError        **error)
{
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GString) where = g_string_new (NULL);
  g_autoptr(GString) sql = g_string_new ("SELECT number FROM record");
  g_autofree char *search = query->search != NULL ? mc_search_query (query->search) : NULL;
  const char *log = query->log == NULL ? self->log : query->log;
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (query->type != NULL)
    add_condition (where, "type = ?1");
  if (query->type != NULL && self->pack != NULL)
    add_condition (where, "pack = ?2");
  if (!g_str_equal (log, "*"))
    add_condition (where, "log = ?3");
  if (query->parent != NULL)
    add_condition (where, "parent = ?4");
  if (query->flags != 0)
    add_condition (where, "flags & ?5");
  if (!query->with_deleted)
    add_condition (where, "flags & 1 = 0");
  if (search != NULL)
    add_condition (where, "number IN (SELECT rowid FROM record_text WHERE record_text MATCH ?6)");
  g_string_append (sql, where->str);
  g_string_append (sql, query->order == MC_ORDER_SORT_ASCENDING ? " ORDER BY sort, number"
                        : query->order == MC_ORDER_SORT_DESCENDING ? " ORDER BY sort DESC, number DESC"
                        : " ORDER BY updated_us DESC, number DESC");
  if (query->limit > 0)
    g_string_append (sql, " LIMIT ?7");

  if (!(stmt = mc_db_prepare (self->db, sql->str, error)))
    return NULL;
  if (query->type != NULL)
    mc_stmt_bind_text (stmt, 1, query->type);
  if (query->type != NULL && self->pack != NULL)
    mc_stmt_bind_text (stmt, 2, mc_pack_get_id (self->pack));
  if (!g_str_equal (log, "*"))
    mc_stmt_bind_text (stmt, 3, log);
  if (query->parent != NULL)
    mc_stmt_bind_text (stmt, 4, query->parent);
  if (query->flags != 0)
    mc_stmt_bind_int64 (stmt, 5, query->flags);
  if (search != NULL)
    mc_stmt_bind_text (stmt, 6, search);
  if (query->limit > 0)
    mc_stmt_bind_int64 (stmt, 7, query->limit);

  while (TRUE)
    {
      gint64 number;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&numbers);
      number = mc_stmt_get_int64 (stmt, 0);
      g_array_append_val (numbers, number);
    }
}

/* The records of @numbers in that order; one that is gone meanwhile is left out. */
GPtrArray *
mc_journal_fetch (McJournal     *self,
                  const gint64  *numbers,
                  gsize          n_numbers,
                  GError       **error)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < n_numbers; i++)
    {
      g_autoptr(McStmt) stmt = NULL;
      gboolean has_row;
      McRecord *record;

      if (!(stmt = mc_db_prepare (self->db, "SELECT " MC_JOURNAL_RECORD_COLUMNS " FROM record WHERE number = ?", error)))
        return NULL;
      mc_stmt_bind_int64 (stmt, 1, numbers[i]);
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        continue;
      if (!(record = mc_journal_load_row (self, stmt, FALSE, error)))
        return NULL;
      g_ptr_array_add (records, record);
    }

  return g_steal_pointer (&records);
}

static void
history_entry_free (gpointer data)
{
  McHistoryEntry *entry = data;

  g_clear_pointer (&entry->change, mc_change_unref);
  g_free (entry->device);
  g_free (entry->verdict);
  g_free (entry);
}

GPtrArray *
mc_journal_get_history (McJournal   *self,
                        const char  *record,
                        GError     **error)
{
  g_autoptr(GPtrArray) history = g_ptr_array_new_with_free_func (history_entry_free);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT bytes, device, state, coalesce (seq, 0), verdict FROM change"
                              " WHERE record = ? ORDER BY number DESC", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, record);

  while (TRUE)
    {
      McHistoryEntry *entry;
      g_autoptr(GBytes) bytes = NULL;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&history);

      entry = g_new0 (McHistoryEntry, 1);
      g_ptr_array_add (history, entry);
      bytes = mc_stmt_dup_bytes (stmt, 0);
      if (!(entry->change = mc_change_parse (bytes, error)))
        return NULL;
      entry->device = g_strdup (mc_stmt_get_text (stmt, 1));
      entry->state = mc_stmt_get_int64 (stmt, 2);
      entry->seq = mc_stmt_get_int64 (stmt, 3);
      entry->verdict = g_strdup (mc_stmt_get_text (stmt, 4));
    }
}

JsonNode *
mc_journal_open_value (McJournal  *self,
                       const char *record,
                       const char *field,
                       JsonNode   *value)
{
  JsonNode *plain = NULL;

  if (self->sealer != NULL && JSON_NODE_HOLDS_OBJECT (value) &&
      json_object_has_member (json_node_get_object (value), "sealed"))
    plain = self->sealer->open (self->sealer, record, field, value, NULL);

  return plain != NULL ? plain : json_node_copy (value);
}

gboolean
mc_journal_get_summary (McJournal         *self,
                        McJournalSummary  *out_summary,
                        GError           **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db,
                              "SELECT (SELECT count (DISTINCT record) FROM change WHERE own = 1 AND state IN (0, 2)),"
                              " (SELECT count (*) FROM change WHERE own = 1 AND state IN (0, 2)),"
                              " (SELECT count (*) FROM record WHERE flags & 8),"
                              " (SELECT count (*) FROM record WHERE flags & 18),"
                              " (SELECT count (*) FROM evidence WHERE have = 1 AND confirmed = 0),"
                              " (SELECT coalesce (sum (size - hub_bytes), 0) FROM evidence WHERE have = 1 AND confirmed = 0),"
                              " (SELECT coalesce (max (ended_us), 0) FROM sync_log WHERE outcome = 'ok')", error)) ||
      !mc_stmt_next (stmt, &has_row, error))
    return FALSE;

  out_summary->n_pending_records = mc_stmt_get_int64 (stmt, 0);
  out_summary->n_pending_changes = mc_stmt_get_int64 (stmt, 1);
  out_summary->n_refused_records = mc_stmt_get_int64 (stmt, 2);
  out_summary->n_conflict_records = mc_stmt_get_int64 (stmt, 3);
  out_summary->n_evidence_waiting = mc_stmt_get_int64 (stmt, 4);
  out_summary->evidence_bytes_waiting = mc_stmt_get_int64 (stmt, 5);
  out_summary->last_sync_us = mc_stmt_get_int64 (stmt, 6);

  return TRUE;
}
