/* mc-worker.c: a thread that runs GTasks one after the other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * g_task_run_in_thread() shares one process-wide pool and promises no order.
 * A store needs both: always the same thread, because the SQLite connection
 * belongs to it, and first come, first served, because a read must see the
 * write queued before it.  An exclusive pool of one thread is exactly that.
 */

#include "mc-worker.h"

struct _McWorker
{
  GThreadPool *pool;
};

typedef struct
{
  GTask *task;  /* (owned) */
  GTaskThreadFunc func;
} Job;

static gboolean
remove_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* Drops a reference in the main context that waits for @task.  If the worker
 * dropped the last one, the source object could be finalized in its own worker
 * thread, and would wait there for that thread to end. */
static void
release_in_owner_context (GTask *task)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (task));
  g_source_set_callback (source, remove_cb, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
run_job (gpointer data,
         gpointer user_data)
{
  g_autofree Job *job = data;
  GTask *task = job->task;

  if (!g_task_return_error_if_cancelled (task))
    job->func (task, g_task_get_source_object (task), g_task_get_task_data (task),
               g_task_get_cancellable (task));

  release_in_owner_context (task);
}

McWorker *
mc_worker_new (const char *name)
{
  McWorker *self = g_new0 (McWorker, 1);
  g_autoptr(GError) error = NULL;

  self->pool = g_thread_pool_new (run_job, NULL, 1, TRUE, &error);
  if (self->pool == NULL)
    g_error ("Could not start thread %s: %s", name, error->message);

  return self;
}

/* Finishes the queued jobs first: an accepted write is never dropped. */
void
mc_worker_free (McWorker *self)
{
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_free (self);
}

/**
 * mc_worker_queue:
 * @self: a worker
 * @task: (transfer full): a task
 * @func: does the work in the worker thread and calls `g_task_return_…()`
 *
 * Queues @task.  One that was cancelled while waiting is not started.
 */
void
mc_worker_queue (McWorker        *self,
                 GTask           *task,
                 GTaskThreadFunc  func)
{
  Job *job = g_new (Job, 1);

  job->task = task;
  job->func = func;

  g_thread_pool_push (self->pool, job, NULL);
}

/**
 * mc_worker_run_apart:
 * @task: a task
 * @func: does the work in some thread and calls `g_task_return_…()`
 *
 * As g_task_run_in_thread(), but for one thing: what @task and its source object hold is let go in the context that waits
 * for it.  There the last reference can fall in the thread, and a widget, or what the program's end waits for, would be
 * taken down behind the main thread's back.
 */
void
mc_worker_run_apart (GTask           *task,
                     GTaskThreadFunc  func)
{
  static GThreadPool *pool;
  Job *job = g_new (Job, 1);

  job->task = g_object_ref (task);
  job->func = func;
  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, g_thread_pool_new (run_job, NULL, -1, FALSE, NULL));
  g_thread_pool_push (pool, job, NULL);
}

void
mc_worker_return (GTask          *task,
                  gpointer        made,
                  GDestroyNotify  free_made,
                  GError         *error)
{
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, made, free_made);
}
