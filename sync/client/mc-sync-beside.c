/* mc-sync-beside.c: what goes on beside the sync that runs: one file that is fetched, a stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-sync-private.h"

#include "client/mc-fetch.h"
#include "core/mc-worker.h"

#define PROGRESS_US (100 * 1000)

/* one file */

static void
fetch_in_thread (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  McSync *self = source_object;
  g_autoptr(McAccount) account = NULL;
  g_autoptr(McJournal) journal = NULL;
  g_autoptr(GError) error = NULL;

  if ((journal = mc_sync_open_journal (self, &account, &error)) &&
      mc_fetch_evidence (journal, account, task_data, NULL, NULL, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
mc_sync_fetch_evidence_async (McSync              *self,
                              const char          *sha256,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (MC_IS_SYNC (self));

  g_task_set_source_tag (task, mc_sync_fetch_evidence_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (sha256), g_free);
  mc_worker_run_apart (task, fetch_in_thread);
}

gboolean
mc_sync_fetch_evidence_finish (McSync        *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, mc_sync_fetch_evidence_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* by stick */

typedef struct
{
  char *path;                /* (owned) */
  McSyncProgress progress;   /* (nullable) */
  gpointer progress_data;
  gint64 told_us;
  McSyncReport report;
  char *reply;               /* (owned) (nullable) where the answer to somebody else's bundle is */
} Stick;

static void
stick_free (gpointer data)
{
  Stick *stick = data;

  g_free (stick->path);
  g_free (stick->reply);
  g_free (stick);
}

typedef struct
{
  GTask *task;               /* (owned) */
  McSyncReport report;
} StickProgress;

static gboolean
stick_progress_in_main_cb (gpointer user_data)
{
  StickProgress *progress = user_data;
  Stick *stick = g_task_get_task_data (progress->task);

  if (!g_task_get_completed (progress->task))
    stick->progress (&progress->report, stick->progress_data);

  return G_SOURCE_REMOVE;
}

static void
stick_progress_free (gpointer user_data)
{
  StickProgress *progress = user_data;

  g_object_unref (progress->task);
  g_free (progress);
}

/* Ten times a second is enough for an eye. */
static void
stick_progress_cb (const McSyncReport *report,
                   gpointer            user_data)
{
  Stick *stick = g_task_get_task_data (user_data);
  gint64 now = g_get_monotonic_time ();
  StickProgress *progress;

  if (stick->progress == NULL || now - stick->told_us < PROGRESS_US)
    return;
  stick->told_us = now;
  progress = g_new0 (StickProgress, 1);
  progress->task = g_object_ref (user_data);
  progress->report = *report;
  g_main_context_invoke_full (g_task_get_context (user_data), G_PRIORITY_DEFAULT, stick_progress_in_main_cb, progress,
                              stick_progress_free);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  McSync *self = source_object;
  Stick *stick = task_data;
  g_autoptr(McAccount) account = NULL;
  g_autoptr(McJournal) journal = NULL;
  g_autoptr(McStickReport) report = NULL;
  g_autoptr(GError) error = NULL;

  if ((journal = mc_sync_open_journal (self, &account, &error)) &&
      mc_stick_write (journal, account, stick->path, 0, &report, stick_progress_cb, task, cancellable, &error))
    g_task_return_pointer (task, g_steal_pointer (&report), (GDestroyNotify) mc_stick_report_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
read_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  McSync *self = source_object;
  Stick *stick = task_data;
  g_autoptr(McAccount) account = NULL;
  g_autoptr(McJournal) journal = NULL;
  g_autoptr(GError) error = NULL;

  if ((journal = mc_sync_open_journal (self, &account, &error)) &&
      (mc_stick_is_request (stick->path)
       ? (stick->reply = mc_stick_forward (account, stick->path, stick_progress_cb, task, cancellable, &error)) != NULL
       : mc_stick_read (journal, account, stick->path, &stick->report, stick_progress_cb, task, cancellable, &error)))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
run_stick (McSync              *self,
           gpointer             tag,
           const char          *path,
           McSyncProgress       progress,
           gpointer             progress_data,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data,
           GTaskThreadFunc      func)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Stick *stick = g_new0 (Stick, 1);

  stick->path = g_strdup (path);
  stick->progress = progress;
  stick->progress_data = progress_data;
  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, stick, stick_free);
  mc_worker_run_apart (task, func);
}

/**
 * mc_sync_write_bundle_async:
 * @self: a sync
 * @target: a folder, or the name of the file
 * @progress: (nullable): called in the main thread as it goes on, at most ten times a second, and not after the end
 * @progress_data: for @progress
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when the stick may be drawn, or it went wrong
 * @user_data: for @callback
 *
 * Writes what waits as a bundle for the hub; see mc_stick_write().
 */
void
mc_sync_write_bundle_async (McSync              *self,
                            const char          *target,
                            McSyncProgress       progress,
                            gpointer             progress_data,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_return_if_fail (MC_IS_SYNC (self));

  run_stick (self, mc_sync_write_bundle_async, target, progress, progress_data, cancellable, callback, user_data, write_in_thread);
}

McStickReport *
mc_sync_write_bundle_finish (McSync        *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, mc_sync_write_bundle_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* As mc_stick_read(), or for what goes to the hub as mc_stick_forward(); ::changed is emitted when records may have changed. */
void
mc_sync_read_bundle_async (McSync              *self,
                           const char          *path,
                           McSyncProgress       progress,
                           gpointer             progress_data,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_return_if_fail (MC_IS_SYNC (self));

  run_stick (self, mc_sync_read_bundle_async, path, progress, progress_data, cancellable, callback, user_data, read_in_thread);
}

gboolean
mc_sync_read_bundle_finish (McSync        *self,
                            GAsyncResult  *result,
                            McSyncReport  *out_report,
                            char         **out_reply,
                            GError       **error)
{
  Stick *stick;
  gboolean done;

  g_return_val_if_fail (g_async_result_is_tagged (result, mc_sync_read_bundle_async), FALSE);

  stick = g_task_get_task_data (G_TASK (result));
  *out_report = stick->report;
  *out_reply = g_steal_pointer (&stick->reply);
  done = g_task_propagate_boolean (G_TASK (result), error);
  mc_sync_note_read (self, done && *out_reply == NULL);

  return done;
}
