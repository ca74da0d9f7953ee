/* mc-let-in.c: a device that the hub does not take any more comes with a new line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-let-in.h"

#include "client/mc-account.h"
#include "client/mc-enrol.h"
#include "core/mc-worker.h"
#include "wire/mc-sync-error.h"

gboolean
mc_let_in_helps (McSync *sync)
{
  const GError *error = sync != NULL ? mc_sync_get_error (sync) : NULL;

  return g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REVOKED) ||
         g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_WRONG_KEY) ||
         g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE) ||
         g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_NOT_A_HUB);
}

typedef struct
{
  char *dir, *line;   /* (owned) */
} LetIn;

static void
let_in_free (gpointer data)
{
  LetIn *self = data;

  g_free (self->dir);
  g_free (self->line);
  g_free (self);
}

static void
let_in_thread (GTask        *task,
               gpointer      source,
               gpointer      task_data,
               GCancellable *cancellable)
{
  LetIn *self = task_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McAccount) before = mc_account_load (self->dir, &error), account = NULL;

  if (before != NULL)
    account = mc_enrol (self->dir, self->line, before->by, cancellable, &error);
  if (account != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * mc_let_in_run:
 * @task: a task of the caller
 * @dir: the folder of the enrolment
 * @line: what a .mcenrol file says
 *
 * Enrols the device of @dir once more, in a thread; it keeps its keys and its work.  @task returns %TRUE or the error of
 * mc_enrol(), after which everything is as it was.
 */
void
mc_let_in_run (GTask      *task,
               const char *dir,
               const char *line)
{
  LetIn *self = g_new0 (LetIn, 1);

  self->dir = g_strdup (dir);
  self->line = g_strdup (line);
  g_task_set_task_data (task, self, let_in_free);
  mc_worker_run_apart (task, let_in_thread);
}
