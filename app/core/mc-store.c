/* mc-store.c: the journal, for the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every operation is an Operation: its arguments, the function of mc-journal.h that the worker runs with
 * them, and what came out.  Signals are emitted in the caller's thread, once, when the task has completed,
 * also when the caller gave no callback.
 */

#include "core/mc-store.h"

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

typedef struct _Operation Operation;

/* Runs in the worker; FALSE with an error, or TRUE with the output fields filled in. */
typedef gboolean (*OperationFunc) (McJournal *journal, Operation *operation, GCancellable *cancellable, GError **error);

struct _Operation
{
  OperationFunc func;

  /* Input data. */
  McEdit *edit;              /* (owned) (nullable) */
  McRecord *shown;           /* (owned) (nullable) */
  JsonNode *value;           /* (owned) (nullable) */
  char *id;                  /* (owned) (nullable) */
  char *name;                /* (owned) (nullable): field, type or file name */
  char *parent;              /* (owned) (nullable) */
  GFile *file;               /* (owned) (nullable) */
  GBytes *bytes;             /* (owned) (nullable) */
  GArray *numbers;           /* (owned) (nullable) */
  McQuery query;             /* its strings are owned here */
  gint64 now_us;
  McStoreFunc run;
  gpointer run_data;         /* (owned) through run_data_free */
  GDestroyNotify run_data_free;

  /* Output data. */
  gpointer result;           /* (owned) through result_free */
  GDestroyNotify result_free;
  GPtrArray *changed;        /* (owned) (nullable) (element-type utf8): ids to announce; empty = many */
  McJournalSummary summary;
  guint count;
};

static Operation *
operation_new (OperationFunc func)
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
copy_query (McQuery       *to,
            const McQuery *from)
{
  *to = *from;
  to->type = g_strdup (from->type);
  to->log = g_strdup (from->log);
  to->parent = g_strdup (from->parent);
  to->search = g_strdup (from->search);
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
}

/* resting */

static void
rest_in_worker (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  McJournal *journal = task_data;

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

/* Runs @operation, which it takes, when the worker gets to it. */
static void
start (McStore             *self,
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

static Operation *
finish (McStore       *self,
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

static gpointer
finish_result (McStore       *self,
               GAsyncResult  *result,
               gpointer       tag,
               GError       **error)
{
  Operation *operation = finish (self, result, tag, error);

  return operation != NULL ? g_steal_pointer (&operation->result) : NULL;
}

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

static gboolean
set_by (McJournal     *journal,
        Operation     *operation,
        GCancellable  *cancellable,
        GError       **error)
{
  mc_journal_set_by (journal, operation->name);

  return TRUE;
}

/* Who the changes saved from now on are by. */
void
mc_store_set_by (McStore    *self,
                 const char *by)
{
  Operation *operation = operation_new (set_by);

  operation->name = g_strdup (by);
  start (self, mc_store_set_by, operation, NULL, NULL, NULL);
}

/* save and revert */

static gboolean
save (McJournal     *journal,
      Operation     *operation,
      GCancellable  *cancellable,
      GError       **error)
{
  char *change_id = NULL;

  if (!mc_journal_save (journal, operation->edit, operation->now_us, &change_id, error))
    return FALSE;

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
  Operation *operation = operation_new (save);

  operation->edit = edit;
  operation->now_us = now_us;
  start (self, mc_store_save_async, operation, cancellable, callback, user_data);
}

static gboolean
finish_change (McStore       *self,
               GAsyncResult  *result,
               gpointer       tag,
               char         **out_change_id,
               GError       **error)
{
  Operation *operation = finish (self, result, tag, error);

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
  Operation *operation = operation_new (revert);

  operation->id = g_strdup (change_id);
  operation->now_us = now_us;
  start (self, mc_store_revert_async, operation, cancellable, callback, user_data);
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
  Operation *operation = operation_new (set_draft);

  operation->shown = g_object_ref (shown);
  operation->name = g_strdup (field);
  operation->value = value;
  operation->now_us = now_us;
  start (self, mc_store_set_draft_async, operation, cancellable, callback, user_data);
}

gboolean
mc_store_set_draft_finish (McStore       *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  return finish (self, result, mc_store_set_draft_async, error) != NULL;
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
  Operation *operation = operation_new (commit_drafts);

  operation->id = g_strdup (record);
  operation->now_us = now_us;
  start (self, mc_store_commit_drafts_async, operation, cancellable, callback, user_data);
}

gboolean
mc_store_commit_drafts_finish (McStore       *self,
                               GAsyncResult  *result,
                               guint         *out_n_records,
                               GError       **error)
{
  Operation *operation = finish (self, result, mc_store_commit_drafts_async, error);

  if (operation == NULL)
    return FALSE;
  if (out_n_records != NULL)
    *out_n_records = operation->count;

  return TRUE;
}

/* reading */

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
  Operation *operation = operation_new (get);

  operation->id = g_strdup (id);
  operation->name = g_strdup (type);
  operation->parent = g_strdup (parent);
  start (self, mc_store_get_async, operation, cancellable, callback, user_data);
}

McRecord *
mc_store_get_finish (McStore       *self,
                     GAsyncResult  *result,
                     GError       **error)
{
  return finish_result (self, result, mc_store_get_async, error);
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
  Operation *operation = operation_new (query);

  copy_query (&operation->query, what);
  start (self, mc_store_query_async, operation, cancellable, callback, user_data);
}

GArray *
mc_store_query_finish (McStore       *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return finish_result (self, result, mc_store_query_async, error);
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
  Operation *operation = operation_new (fetch);

  operation->numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_vals (operation->numbers, numbers, n_numbers);
  start (self, mc_store_fetch_async, operation, cancellable, callback, user_data);
}

GPtrArray *
mc_store_fetch_finish (McStore       *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return finish_result (self, result, mc_store_fetch_async, error);
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
  Operation *operation = operation_new (load);

  copy_query (&operation->query, what);
  start (self, mc_store_load_async, operation, cancellable, callback, user_data);
}

GPtrArray *
mc_store_load_finish (McStore       *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  return finish_result (self, result, mc_store_load_async, error);
}

static gboolean
get_history (McJournal     *journal,
             Operation     *operation,
             GCancellable  *cancellable,
             GError       **error)
{
  operation->result = mc_journal_get_history (journal, operation->id, error);
  operation->result_free = (GDestroyNotify) g_ptr_array_unref;

  return operation->result != NULL;
}

void
mc_store_get_history_async (McStore             *self,
                            const char          *record,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  Operation *operation = operation_new (get_history);

  operation->id = g_strdup (record);
  start (self, mc_store_get_history_async, operation, cancellable, callback, user_data);
}

GPtrArray *
mc_store_get_history_finish (McStore       *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return finish_result (self, result, mc_store_get_history_async, error);
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
  start (self, mc_store_get_summary_async, operation_new (get_summary), cancellable, callback, user_data);
}

gboolean
mc_store_get_summary_finish (McStore           *self,
                             GAsyncResult      *result,
                             McJournalSummary  *out,
                             GError           **error)
{
  Operation *operation = finish (self, result, mc_store_get_summary_async, error);

  if (operation == NULL)
    return FALSE;
  *out = operation->summary;

  return TRUE;
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
  Operation *operation = operation_new (attach);

  operation->file = g_object_ref (file);
  operation->name = g_strdup (name);
  operation->now_us = now_us;
  start (self, mc_store_attach_async, operation, cancellable, callback, user_data);
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
  Operation *operation = operation_new (attach);

  operation->bytes = g_bytes_ref (bytes);
  operation->name = g_strdup (name);
  operation->now_us = now_us;
  start (self, mc_store_attach_async, operation, cancellable, callback, user_data);
}

McEvidence *
mc_store_attach_finish (McStore       *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  return finish_result (self, result, mc_store_attach_async, error);
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
  Operation *operation = operation_new (get_evidence_path);

  operation->id = g_strdup (sha256);
  start (self, mc_store_get_evidence_path_async, operation, cancellable, callback, user_data);
}

char *
mc_store_get_evidence_path_finish (McStore       *self,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  return finish_result (self, result, mc_store_get_evidence_path_async, error);
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
  Operation *operation = operation_new (run_func);

  operation->run = func;
  operation->run_data = data;
  operation->run_data_free = data_free;
  operation->result_free = result_free;
  start (self, mc_store_run_async, operation, cancellable, callback, user_data);
}

gpointer
mc_store_run_finish (McStore       *self,
                     GAsyncResult  *result,
                     GError       **error)
{
  return finish_result (self, result, mc_store_run_async, error);
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
