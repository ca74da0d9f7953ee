/* mc-store.c: the journal, for the main thread: opening it, running operations, files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals are emitted in the caller's thread, once, when the task has completed, also when the caller gave no callback.
 */

#include "core/mc-store-private.h"

#include "core/mc-worker.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

/* After so long without an operation the store's memory goes back to the system. */
#define REST_MS 500

/* In KiB, as SQLite wants it said; a journal of its own has more. */
#define WINDOW_CACHE "-2048"

struct _McStore
{
  GObject parent_instance;

  McWorker *worker;    /* (owned) */
  McJournal *journal;  /* (owned); used in the worker thread only */
  McLately *lately;    /* (owned); the same */
  McPack *pack;        /* (owned) (nullable) */
  char *log;           /* (owned) */
  guint rest_source;   /* until it rests */
};

G_DEFINE_FINAL_TYPE (McStore, mc_store, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_SUMMARY_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

McLately *
mc_store_get_lately (McStore *self)
{
  return self->lately;
}

Operation *
mc_store_operation_new (OperationFunc func)
{
  Operation *operation = g_new0 (Operation, 1);

  operation->func = func;

  return operation;
}

static void
clear_query (McQuery *query)
{
  g_free ((char *) query->type);
  g_free ((char *) query->log);
  g_free ((char *) query->parent);
  g_free ((char *) query->search);
}

static void
operation_free (gpointer data)
{
  Operation *operation = data;

  g_clear_pointer (&operation->edit, mc_edit_free);
  g_clear_object (&operation->shown);
  g_clear_pointer (&operation->value, json_node_unref);
  g_free (operation->id);
  g_free (operation->name);
  g_free (operation->parent);
  g_clear_object (&operation->file);
  g_clear_pointer (&operation->bytes, g_bytes_unref);
  g_clear_pointer (&operation->numbers, g_array_unref);
  clear_query (&operation->query);
  if (operation->run_data_free != NULL)
    operation->run_data_free (operation->run_data);
  if (operation->result != NULL && operation->result_free != NULL)
    operation->result_free (operation->result);
  g_clear_pointer (&operation->changed, g_ptr_array_unref);
  g_free (operation);
}

static void
close_in_worker (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  McJournal *journal = task_data;

  mc_journal_close (journal);
  g_task_return_boolean (task, TRUE);
}

/* The journal is closed in the thread it belongs to; freeing the worker waits for that. */
static void
mc_store_finalize (GObject *object)
{
  McStore *self = MC_STORE (object);

  g_clear_handle_id (&self->rest_source, g_source_remove);
  if (self->journal != NULL)
    {
      GTask *task = g_task_new (NULL, NULL, NULL, NULL);

      g_task_set_source_tag (task, mc_store_finalize);
      g_task_set_task_data (task, g_steal_pointer (&self->journal), NULL);
      mc_worker_queue (self->worker, task, close_in_worker);
    }
  g_clear_pointer (&self->worker, mc_worker_free);
  mc_lately_free (self->lately);
  g_clear_pointer (&self->pack, mc_pack_unref);
  g_clear_pointer (&self->log, g_free);

  G_OBJECT_CLASS (mc_store_parent_class)->finalize (object);
}

static void
mc_store_class_init (McStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mc_store_finalize;

  /**
   * McStore::changed:
   * @self: a store
   * @record_ids: (array zero-terminated=1): what was written; empty when it was too much to name
   *
   * Emitted in the main thread after a write is on disk.
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", MC_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRV);

  /**
   * McStore::summary-changed:
   * @self: a store
   *
   * Emitted after anything that can change what mc_store_get_summary_async() answers.
   */
  signals[SIGNAL_SUMMARY_CHANGED] =
    g_signal_new ("summary-changed", MC_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
mc_store_init (McStore *self)
{
  self->worker = mc_worker_new ("mc-store");
  self->lately = mc_lately_new ();
}

/* resting */

static void
rest_in_worker (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  McJournal *journal = task_data;

  mc_journal_index_due (journal, NULL);
  mc_db_carry_over (mc_journal_get_db (journal));
  mc_db_exec (mc_journal_get_db (journal), "PRAGMA shrink_memory", NULL);
#ifdef __GLIBC__
  /* What a check of the whole log took lies free in this thread's share of the heap, and would stay there. */
  malloc_trim (0);
#endif
  g_task_return_boolean (task, TRUE);
}

static gboolean
rest_cb (gpointer user_data)
{
  McStore *self = user_data;
  GTask *task = g_task_new (NULL, NULL, NULL, NULL);

  /* Of the journal alone: the store may be let go meanwhile, and closes it in the same thread after this. */
  self->rest_source = 0;
  g_task_set_source_tag (task, rest_cb);
  g_task_set_task_data (task, self->journal, NULL);
  mc_worker_queue (self->worker, task, rest_in_worker);

  return G_SOURCE_REMOVE;
}

static void
rest_later (McStore *self)
{
  g_clear_handle_id (&self->rest_source, g_source_remove);
  self->rest_source = g_timeout_add (REST_MS, rest_cb, self);
}

/* running an operation */

static void
announce_cb (GTask      *task,
             GParamSpec *pspec,
             gpointer    user_data)
{
  McStore *self = g_task_get_source_object (task);
  Operation *operation = g_task_get_task_data (task);
  g_auto(GStrv) ids = NULL;

  rest_later (self);
  if (g_task_had_error (task) || operation->changed == NULL)
    return;

  ids = g_new0 (char *, operation->changed->len + 1);
  for (guint i = 0; i < operation->changed->len; i++)
    ids[i] = g_strdup (operation->changed->pdata[i]);

  mc_store_note_changes (self, (const char * const *) ids);
}

static void
run_in_worker (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  McStore *self = MC_STORE (source_object);
  Operation *operation = task_data;
  McDb *db = mc_journal_get_db (self->journal);
  g_autoptr(GError) error = NULL;

  mc_db_set_cancellable (db, cancellable);

  if (operation->func (self->journal, operation, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));

  mc_db_set_cancellable (db, NULL);
}

void
mc_store_start (McStore             *self,
                gpointer             tag,
                Operation           *operation,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  /* A write that was asked for is done; a read that nobody waits for any more is not worth doing. */
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, operation, operation_free);
  g_signal_connect (task, "notify::completed", G_CALLBACK (announce_cb), NULL);
  mc_worker_queue (self->worker, task, run_in_worker);
}

Operation *
mc_store_finish (McStore       *self,
                 GAsyncResult  *result,
                 gpointer       tag,
                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  return g_task_get_task_data (G_TASK (result));
}

gpointer
mc_store_finish_result (McStore       *self,
                        GAsyncResult  *result,
                        gpointer       tag,
                        GError       **error)
{
  Operation *operation = mc_store_finish (self, result, tag, error);

  return operation != NULL ? g_steal_pointer (&operation->result) : NULL;
}

/* open */

typedef struct
{
  McStore *store;            /* (owned) */
  McJournalConfig config;    /* its strings are owned here */
} OpenData;

static void
open_data_free (gpointer user_data)
{
  OpenData *data = user_data;

  g_object_unref (data->store);
  g_free ((char *) data->config.dir);
  g_free ((char *) data->config.device);
  g_free ((char *) data->config.log);
  g_free ((char *) data->config.by);
  g_free ((char *) data->config.machine);
  g_clear_pointer (&data->config.pack, mc_pack_unref);
  g_clear_pointer (&data->config.units, json_node_unref);
  if (data->config.sealer != NULL)
    data->config.sealer->free (data->config.sealer);
  g_free (data);
}

static void
open_in_worker (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  OpenData *data = task_data;
  g_autoptr(GError) error = NULL;

  data->store->journal = mc_journal_open (&data->config, &error);
  data->config.sealer = NULL;  /* the journal's now, whether it opened or not */

  /* What is on screen is read here, not whole logs: those go through the connection of a sync. */
  if (data->store->journal == NULL ||
      !mc_db_exec (mc_journal_get_db (data->store->journal), "PRAGMA cache_size = " WINDOW_CACHE, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * mc_store_open_async:
 * @config: what mc_journal_open() takes; strings are copied, the sealer is taken
 * @cancellable: (nullable): a cancellable
 * @callback: called in the thread-default main context of the caller
 * @user_data: data for @callback
 *
 * Opens the journal in a worker thread, upgrading its schema if needed.  Errors are those of
 * mc_journal_open(); after one nothing on disk has been changed.
 */
void
mc_store_open_async (const McJournalConfig *config,
                     GCancellable          *cancellable,
                     GAsyncReadyCallback    callback,
                     gpointer               user_data)
{
  OpenData *data = g_new0 (OpenData, 1);
  GTask *task;

  data->store = g_object_new (MC_TYPE_STORE, NULL);
  data->config.dir = g_strdup (config->dir);
  data->config.device = g_strdup (config->device);
  data->config.log = g_strdup (config->log);
  data->config.by = g_strdup (config->by);
  data->config.machine = g_strdup (config->machine);
  data->config.pack = config->pack != NULL ? mc_pack_ref (config->pack) : NULL;
  data->config.units = config->units != NULL ? json_node_ref (config->units) : NULL;
  data->config.sealer = config->sealer;
  data->store->log = g_strdup (config->log);
  data->store->pack = config->pack != NULL ? mc_pack_ref (config->pack) : NULL;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, mc_store_open_async);
  g_task_set_task_data (task, data, open_data_free);
  mc_worker_queue (data->store->worker, task, open_in_worker);
}

McStore *
mc_store_open_finish (GAsyncResult  *result,
                      GError       **error)
{
  OpenData *data;

  g_return_val_if_fail (g_async_result_is_tagged (result, mc_store_open_async), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  data = g_task_get_task_data (G_TASK (result));

  return g_object_ref (data->store);
}

McPack *
mc_store_get_pack (McStore *self)
{
  return self->pack;
}

const char *
mc_store_get_log (McStore *self)
{
  return self->log;
}

/* evidence */

static gboolean
attach (McJournal     *journal,
        Operation     *operation,
        GCancellable  *cancellable,
        GError       **error)
{
  operation->result = operation->file != NULL
    ? mc_journal_attach (journal, operation->file, operation->name, operation->now_us, cancellable, error)
    : mc_journal_attach_bytes (journal, operation->bytes, operation->name, operation->now_us, error);
  operation->result_free = (GDestroyNotify) mc_evidence_free;

  return operation->result != NULL;
}

void
mc_store_attach_async (McStore             *self,
                       GFile               *file,
                       const char          *name,
                       gint64               now_us,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (attach);

  operation->file = g_object_ref (file);
  operation->name = g_strdup (name);
  operation->now_us = now_us;
  mc_store_start (self, mc_store_attach_async, operation, cancellable, callback, user_data);
}

void
mc_store_attach_bytes_async (McStore             *self,
                             GBytes              *bytes,
                             const char          *name,
                             gint64               now_us,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (attach);

  operation->bytes = g_bytes_ref (bytes);
  operation->name = g_strdup (name);
  operation->now_us = now_us;
  mc_store_start (self, mc_store_attach_async, operation, cancellable, callback, user_data);
}

McEvidence *
mc_store_attach_finish (McStore       *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  return mc_store_finish_result (self, result, mc_store_attach_async, error);
}

static gboolean
get_evidence_path (McJournal     *journal,
                   Operation     *operation,
                   GCancellable  *cancellable,
                   GError       **error)
{
  operation->result = mc_journal_get_evidence_path (journal, operation->id, error);
  operation->result_free = g_free;

  return operation->result != NULL;
}

void
mc_store_get_evidence_path_async (McStore             *self,
                                  const char          *sha256,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (get_evidence_path);

  operation->id = g_strdup (sha256);
  mc_store_start (self, mc_store_get_evidence_path_async, operation, cancellable, callback, user_data);
}

char *
mc_store_get_evidence_path_finish (McStore       *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  return mc_store_finish_result (self, result, mc_store_get_evidence_path_async, error);
}

/* anything else */

static gboolean
run_func (McJournal     *journal,
          Operation     *operation,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autoptr(GError) local_error = NULL;

  operation->result = operation->run (journal, operation->run_data, cancellable, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * mc_store_run_async:
 * @self: a store
 * @func: blocking work, run in the worker; a set error is what decides that it failed
 * @data: (transfer full): for @func
 * @data_free: (nullable): frees @data
 * @result_free: (nullable): frees what @func returned if nobody fetches it
 * @cancellable: (nullable): a cancellable
 * @callback: called when @func has returned
 * @user_data: data for @callback
 */
void
mc_store_run_async (McStore             *self,
                    McStoreFunc          func,
                    gpointer             data,
                    GDestroyNotify       data_free,
                    GDestroyNotify       result_free,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  Operation *operation = mc_store_operation_new (run_func);

  operation->run = func;
  operation->run_data = data;
  operation->run_data_free = data_free;
  operation->result_free = result_free;
  mc_store_start (self, mc_store_run_async, operation, cancellable, callback, user_data);
}

gpointer
mc_store_run_finish (McStore       *self,
                     GAsyncResult  *result,
                     GError       **error)
{
  return mc_store_finish_result (self, result, mc_store_run_async, error);
}

/**
 * mc_store_note_changes:
 * @self: a store
 * @record_ids: (array zero-terminated=1): records that somebody else wrote; empty = many
 *
 * For the sync worker, whose own connection changed the database.  Main thread.
 */
void
mc_store_note_changes (McStore            *self,
                       const char * const *record_ids)
{
  g_return_if_fail (MC_IS_STORE (self));

  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, record_ids);
  g_signal_emit (self, signals[SIGNAL_SUMMARY_CHANGED], 0);
}
