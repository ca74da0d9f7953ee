/* mc-store-write.c: saving, taking back and drafts, for the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-store-private.h"

/* The records that the changes of the group of @change_id belong to. */
static gboolean
note_group (McJournal   *journal,
            Operation   *operation,
            const char  *change_id,
            GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  operation->changed = g_ptr_array_new_with_free_func (g_free);

  if (!(stmt = mc_db_prepare (mc_journal_get_db (journal),
                              "SELECT DISTINCT c.record FROM change c JOIN change f"
                              " ON c.log = f.log AND c.device = f.device AND c.incarnation = f.incarnation"
                              " AND c.n BETWEEN f.n AND f.n + f.m - 1 WHERE f.id = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, change_id);

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row)
        return TRUE;
      g_ptr_array_add (operation->changed, g_strdup (mc_stmt_get_text (stmt, 0)));
    }
}

/* save and revert */

static gboolean
save (McJournal     *journal,
      Operation     *operation,
      GCancellable  *cancellable,
      GError       **error)
{
  char *change_id = NULL;

  mc_lately_name (operation->lately, operation->edit);
  if (!mc_journal_save (journal, operation->edit, operation->now_us, &change_id, error))
    return FALSE;
  if (change_id != NULL)
    mc_lately_note (operation->lately, operation->edit, change_id);

  operation->result = change_id;
  operation->result_free = g_free;

  return change_id == NULL || note_group (journal, operation, change_id, error);
}

/**
 * mc_store_save_async:
 * @self: a store
 * @edit: (transfer full): what to save
 * @now_us: the time, in microseconds since the Unix epoch
 * @cancellable: (nullable): a cancellable
 * @callback: called when the edit is on disk, or is not
 * @user_data: data for @callback
 *
 * Saves an edit as one group of changes.  See mc_journal_save().
 */
void
mc_store_save_async (McStore             *self,
                     McEdit              *edit,
                     gint64               now_us,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (save);

  operation->edit = edit;
  operation->lately = mc_store_get_lately (self);
  operation->now_us = now_us;
  mc_store_start (self, mc_store_save_async, operation, cancellable, callback, user_data);
}

static gboolean
finish_change (McStore       *self,
               GAsyncResult  *result,
               gpointer       tag,
               char         **out_change_id,
               GError       **error)
{
  Operation *operation = mc_store_finish (self, result, tag, error);

  if (operation == NULL)
    return FALSE;
  if (out_change_id != NULL)
    *out_change_id = g_steal_pointer (&operation->result);

  return TRUE;
}

gboolean
mc_store_save_finish (McStore       *self,
                      GAsyncResult  *result,
                      char         **out_change_id,
                      GError       **error)
{
  return finish_change (self, result, mc_store_save_async, out_change_id, error);
}

static gboolean
revert (McJournal     *journal,
        Operation     *operation,
        GCancellable  *cancellable,
        GError       **error)
{
  char *change_id = NULL;

  if (!mc_journal_revert (journal, operation->id, operation->now_us, &change_id, error))
    return FALSE;

  operation->result = change_id;
  operation->result_free = g_free;

  return change_id == NULL || note_group (journal, operation, change_id, error);
}

void
mc_store_revert_async (McStore             *self,
                       const char          *change_id,
                       gint64               now_us,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (revert);

  operation->id = g_strdup (change_id);
  operation->now_us = now_us;
  mc_store_start (self, mc_store_revert_async, operation, cancellable, callback, user_data);
}

gboolean
mc_store_revert_finish (McStore       *self,
                        GAsyncResult  *result,
                        char         **out_change_id,
                        GError       **error)
{
  return finish_change (self, result, mc_store_revert_async, out_change_id, error);
}

/* drafts */

static gboolean
set_draft (McJournal     *journal,
           Operation     *operation,
           GCancellable  *cancellable,
           GError       **error)
{
  return mc_journal_set_draft (journal, operation->shown, operation->name,
                               g_steal_pointer (&operation->value), operation->now_us, error);
}

void
mc_store_set_draft_async (McStore             *self,
                          McRecord            *shown,
                          const char          *field,
                          JsonNode            *value,
                          gint64               now_us,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (set_draft);

  operation->shown = g_object_ref (shown);
  operation->name = g_strdup (field);
  operation->value = value;
  operation->now_us = now_us;
  mc_store_start (self, mc_store_set_draft_async, operation, cancellable, callback, user_data);
}

gboolean
mc_store_set_draft_finish (McStore       *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  return mc_store_finish (self, result, mc_store_set_draft_async, error) != NULL;
}

static gboolean
commit_drafts (McJournal     *journal,
               Operation     *operation,
               GCancellable  *cancellable,
               GError       **error)
{
  if (!mc_journal_commit_drafts (journal, operation->id, operation->now_us, &operation->count, error))
    return FALSE;

  if (operation->count > 0)
    {
      operation->changed = g_ptr_array_new_with_free_func (g_free);
      if (operation->id != NULL)
        g_ptr_array_add (operation->changed, g_strdup (operation->id));
    }

  return TRUE;
}

void
mc_store_commit_drafts_async (McStore             *self,
                              const char          *record,
                              gint64               now_us,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (commit_drafts);

  operation->id = g_strdup (record);
  operation->now_us = now_us;
  mc_store_start (self, mc_store_commit_drafts_async, operation, cancellable, callback, user_data);
}

gboolean
mc_store_commit_drafts_finish (McStore       *self,
                               GAsyncResult  *result,
                               guint         *out_n_records,
                               GError       **error)
{
  Operation *operation = mc_store_finish (self, result, mc_store_commit_drafts_async, error);

  if (operation == NULL)
    return FALSE;
  if (out_n_records != NULL)
    *out_n_records = operation->count;

  return TRUE;
}
