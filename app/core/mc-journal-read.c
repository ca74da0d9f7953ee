/* mc-journal-read.c: questions to the record and change tables
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal-private.h"

#include "core/mc-edit-private.h"
#include "core/mc-error.h"

static McRecord *
with_drafts (McJournal  *self,
             McRecord   *record,   /* (transfer full) (nullable) */
             GError    **error)
{
  if (record != NULL && !mc_journal_load_drafts (self, record, error))
    g_clear_object (&record);

  return record;
}

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

  return with_drafts (self, mc_journal_load_row (self, stmt, TRUE, error), error);
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
    return with_drafts (self, mc_record_new_empty (id, self->log, type, mc_pack_get_id (self->pack), parent), error);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
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
      if (!(record = with_drafts (self, mc_journal_load_row (self, stmt, FALSE, error), error)))
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
  McMoment moment;

  /* Several ask at once, and with a hundred thousand records that wait it takes a quarter of a second. */
  if (!mc_journal_get_moment (self, &moment, error))
    return FALSE;
  if (self->has_summary && mc_moment_equal (&self->summary_moment, &moment))
    {
      *out_summary = self->summary;
      return TRUE;
    }

  if (!(stmt = mc_db_prepare (self->db,
                              "SELECT count (DISTINCT record), count (*),"
                              " (SELECT count (*) FROM record WHERE flags <> 0 AND flags & 8),"
                              " (SELECT count (*) FROM record WHERE flags <> 0 AND flags & 18 AND (log = ?1 OR EXISTS (SELECT 1"
                              " FROM json_each (heads, '$.v') AS beside WHERE beside.key LIKE 'review.%'"
                              " AND (SELECT count (DISTINCT coalesce (value, '')) FROM json_each (beside.value)) > 1))),"
                              " (SELECT count (*) FROM evidence WHERE have = 1 AND confirmed = 0),"
                              " (SELECT coalesce (sum (size - hub_bytes), 0) FROM evidence WHERE have = 1 AND confirmed = 0),"
                              " (SELECT coalesce (max (ended_us), 0) FROM sync_log WHERE outcome = 'ok'),"
                              " (SELECT count (*) FROM spared),"
                              " (SELECT count (DISTINCT record) FROM change WHERE own = 0 AND state = 2)"
                              " FROM change WHERE own = 1 AND state <> 1 AND state IN (0, 2)", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, self->log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;

  out_summary->n_pending_records = mc_stmt_get_int64 (stmt, 0);
  out_summary->n_pending_changes = mc_stmt_get_int64 (stmt, 1);
  out_summary->n_refused_records = mc_stmt_get_int64 (stmt, 2);
  out_summary->n_conflict_records = mc_stmt_get_int64 (stmt, 3);
  out_summary->n_evidence_waiting = mc_stmt_get_int64 (stmt, 4);
  out_summary->evidence_bytes_waiting = mc_stmt_get_int64 (stmt, 5);
  out_summary->last_sync_us = mc_stmt_get_int64 (stmt, 6);
  out_summary->n_spared_records = mc_stmt_get_int64 (stmt, 7);
  out_summary->n_aside_records = mc_stmt_get_int64 (stmt, 8);
  self->has_summary = TRUE;
  self->summary = *out_summary;
  self->summary_moment = moment;

  return TRUE;
}

void
mc_journal_look_again (McJournal *self,
                       McEdit    *edit)
{
  GPtrArray *parts = mc_edit_get_parts (edit);

  for (guint i = 0; i < parts->len; i++)
    {
      McEditPart *part = parts->pdata[i];
      g_autoptr(McRecord) now = mc_journal_get (self, mc_record_get_id (part->shown), NULL);

      if (now != NULL)
        mc_edit_part_look_again (part, now);
    }
}
