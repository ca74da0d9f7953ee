/* mc-take-over.c: a restored backup takes the place of the folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-take-over.h"

#include "client/mc-backup.h"
#include "core/mc-error.h"
#include "core/mc-worker.h"

#define WAIT_SECONDS 60
#define PAUSE_US (100 * 1000)

/* Waits until nothing of this program, nor another, has the store open. */
static void
take_over_in_thread (GTask        *task,
                     gpointer      source,
                     gpointer      task_data,
                     GCancellable *cancellable)
{
  const char *dir = task_data;
  gint64 end = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;
  g_autoptr(GError) error = NULL;
  char *aside = NULL;

  while (!mc_backup_take_over (dir, g_get_real_time (), &aside, &error))
    {
      if (!g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY) || g_get_monotonic_time () > end)
        {
          mc_backup_forget (dir);
          g_task_return_error (task, g_steal_pointer (&error));
          return;
        }
      g_clear_error (&error);
      g_usleep (PAUSE_US);
    }
  g_task_return_pointer (task, aside, g_free);
}

/**
 * mc_take_over_run:
 * @task: a task of the caller
 * @dir: the folder that a backup was prepared for
 *
 * Waits in a thread, up to a minute, until nobody has the store open, and lets the backup take its place.  @task returns the
 * path of the folder that keeps what was there before, %NULL if there was nothing, or the error of mc_backup_take_over();
 * after one the prepared backup is gone and everything is as it was.
 */
void
mc_take_over_run (GTask      *task,
                  const char *dir)
{
  g_task_set_task_data (task, g_strdup (dir), g_free);
  mc_worker_run_apart (task, take_over_in_thread);
}
