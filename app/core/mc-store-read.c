/* mc-store-read.c: records, their history and the summary, for the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-store-private.h"

static void
copy_query (McQuery       *to,
            const McQuery *from)
{
  *to = *from;
  to->type = g_strdup (from->type);
  to->log = g_strdup (from->log);
  to->parent = g_strdup (from->parent);
  to->search = g_strdup (from->search);
}

static gboolean
get (McJournal     *journal,
     Operation     *operation,
     GCancellable  *cancellable,
     GError       **error)
{
  operation->result = operation->name != NULL
    ? mc_journal_get_or_new (journal, operation->id, operation->name, operation->parent, error)
    : mc_journal_get (journal, operation->id, error);
  operation->result_free = g_object_unref;

  return operation->result != NULL;
}

/**
 * mc_store_get_async:
 * @self: a store
 * @id: a record
 * @type: (nullable): record type of an empty snapshot if there is no such record yet; %NULL = that is an error
 * @parent: (nullable): record that a new one would be a part of
 * @cancellable: (nullable): a cancellable
 * @callback: called with the snapshot at hand
 * @user_data: data for @callback
 */
void
mc_store_get_async (McStore             *self,
                    const char          *id,
                    const char          *type,
                    const char          *parent,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (get);

  operation->id = g_strdup (id);
  operation->name = g_strdup (type);
  operation->parent = g_strdup (parent);
  mc_store_start (self, mc_store_get_async, operation, cancellable, callback, user_data);
}

McRecord *
mc_store_get_finish (McStore       *self,
                     GAsyncResult  *result,
                     GError       **error)
{
  return mc_store_finish_result (self, result, mc_store_get_async, error);
}

static gboolean
query (McJournal     *journal,
       Operation     *operation,
       GCancellable  *cancellable,
       GError       **error)
{
  operation->result = mc_journal_query (journal, &operation->query, error);
  operation->result_free = (GDestroyNotify) g_array_unref;

  return operation->result != NULL;
}

void
mc_store_query_async (McStore             *self,
                      const McQuery       *what,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (query);

  copy_query (&operation->query, what);
  mc_store_start (self, mc_store_query_async, operation, cancellable, callback, user_data);
}

GArray *
mc_store_query_finish (McStore       *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return mc_store_finish_result (self, result, mc_store_query_async, error);
}

static gboolean
fetch (McJournal     *journal,
       Operation     *operation,
       GCancellable  *cancellable,
       GError       **error)
{
  operation->result = mc_journal_fetch (journal, (const gint64 *) operation->numbers->data,
                                        operation->numbers->len, error);
  operation->result_free = (GDestroyNotify) g_ptr_array_unref;

  return operation->result != NULL;
}

void
mc_store_fetch_async (McStore             *self,
                      const gint64        *numbers,
                      gsize                n_numbers,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (fetch);

  operation->numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_vals (operation->numbers, numbers, n_numbers);
  mc_store_start (self, mc_store_fetch_async, operation, cancellable, callback, user_data);
}

GPtrArray *
mc_store_fetch_finish (McStore       *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return mc_store_finish_result (self, result, mc_store_fetch_async, error);
}

static gboolean
load (McJournal     *journal,
      Operation     *operation,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autoptr(GArray) numbers = mc_journal_query (journal, &operation->query, error);
  g_autoptr(GPtrArray) light = NULL;
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  if (numbers == NULL ||
      !(light = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error)))
    return FALSE;

  for (guint i = 0; i < light->len; i++)
    {
      McRecord *record = mc_journal_get (journal, mc_record_get_id (light->pdata[i]), error);

      if (record == NULL)
        return FALSE;
      g_ptr_array_add (records, record);
    }

  operation->result = g_steal_pointer (&records);
  operation->result_free = (GDestroyNotify) g_ptr_array_unref;

  return TRUE;
}

void
mc_store_load_async (McStore             *self,
                     const McQuery       *what,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (load);

  copy_query (&operation->query, what);
  mc_store_start (self, mc_store_load_async, operation, cancellable, callback, user_data);
}

GPtrArray *
mc_store_load_finish (McStore       *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  return mc_store_finish_result (self, result, mc_store_load_async, error);
}

static gboolean
get_summary (McJournal     *journal,
             Operation     *operation,
             GCancellable  *cancellable,
             GError       **error)
{
  return mc_journal_get_summary (journal, &operation->summary, error);
}

void
mc_store_get_summary_async (McStore             *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  mc_store_start (self, mc_store_get_summary_async, mc_store_operation_new (get_summary), cancellable, callback,
                  user_data);
}

gboolean
mc_store_get_summary_finish (McStore           *self,
                             GAsyncResult      *result,
                             McJournalSummary  *out,
                             GError           **error)
{
  Operation *operation = mc_store_finish (self, result, mc_store_get_summary_async, error);

  if (operation == NULL)
    return FALSE;
  *out = operation->summary;

  return TRUE;
}
