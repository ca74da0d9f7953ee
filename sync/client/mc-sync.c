/* mc-sync.c: sync as the window sees it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-sync-private.h"

#include "client/mc-pace.h"
#include "core/mc-worker.h"

#define SOON_SECONDS 3

struct _McSync
{
  GObject parent_instance;

  char *dir;                   /* (owned) */
  McPack *pack;                /* (owned) */
  GNetworkMonitor *monitor;
  GCancellable *cancellable;   /* (owned) (nullable) of the sync that runs */
  gboolean again;
  McSyncReport report;
  GError *error;               /* (owned) (nullable) */
  gint64 last_us;
  guint attempts;              /* that have failed in a row */
  gboolean spares_metered;
  guint soon_source;
  guint retry_source;
  guint interval_source;
  gulong network_handler;
  gulong metered_handler;
};

enum
{
  SIGNAL_STATE_CHANGED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McSync, mc_sync, G_TYPE_OBJECT)

static void
mc_sync_dispose (GObject *object)
{
  McSync *self = MC_SYNC (object);

  g_clear_handle_id (&self->soon_source, g_source_remove);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_clear_handle_id (&self->interval_source, g_source_remove);
  g_clear_signal_handler (&self->network_handler, self->monitor);
  g_clear_signal_handler (&self->metered_handler, self->monitor);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (mc_sync_parent_class)->dispose (object);
}

static void
mc_sync_finalize (GObject *object)
{
  McSync *self = MC_SYNC (object);

  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_clear_pointer (&self->pack, mc_pack_unref);
  g_free (self->dir);

  G_OBJECT_CLASS (mc_sync_parent_class)->finalize (object);
}

static void
mc_sync_class_init (McSyncClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = mc_sync_dispose;
  object_class->finalize = mc_sync_finalize;

  signals[SIGNAL_STATE_CHANGED] = g_signal_new ("state-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                                0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* The cable is back in: what waits goes by itself. */
static void
network_changed_cb (GNetworkMonitor *monitor,
                    gboolean         is_available,
                    gpointer         user_data)
{
  McSync *self = user_data;

  if (!is_available || self->error == NULL)
    return;
  self->attempts = 0;
  mc_sync_note_change (self);
}

/* From the telephone's line to the office's: the files go now. */
static void
metered_changed_cb (GNetworkMonitor *monitor,
                    GParamSpec      *pspec,
                    gpointer         user_data)
{
  McSync *self = user_data;

  if (self->report.files_wait && !g_network_monitor_get_network_metered (monitor))
    mc_sync_note_change (self);
}

static void
mc_sync_init (McSync *self)
{
  self->spares_metered = TRUE;
  self->monitor = g_network_monitor_get_default ();
  self->network_handler = g_signal_connect (self->monitor, "network-changed", G_CALLBACK (network_changed_cb), self);
  self->metered_handler = g_signal_connect (self->monitor, "notify::network-metered", G_CALLBACK (metered_changed_cb), self);
}

/**
 * mc_sync_new:
 * @dir: folder of the enrolment
 * @pack: the pack in force
 *
 * Returns: (transfer full): a sync that has not begun yet
 */
McSync *
mc_sync_new (const char *dir,
             McPack     *pack)
{
  McSync *self = g_object_new (MC_TYPE_SYNC, NULL);

  self->dir = g_strdup (dir);
  self->pack = mc_pack_ref (pack);

  return self;
}

/* in the thread */

/* What the thread is given. */
typedef struct
{
  McSyncReport report;
  gboolean is_costly;
} Run;

typedef struct
{
  GWeakRef sync;
  McSyncReport report;
} Progress;

static gboolean
progress_in_main_cb (gpointer user_data)
{
  Progress *progress = user_data;
  g_autoptr(McSync) self = g_weak_ref_get (&progress->sync);

  if (self != NULL && self->cancellable != NULL)
    {
      self->report = progress->report;
      g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
    }

  return G_SOURCE_REMOVE;
}

static void
progress_free (gpointer user_data)
{
  Progress *progress = user_data;

  g_weak_ref_clear (&progress->sync);
  g_free (progress);
}

static void
progress_cb (const McSyncReport *report,
             gpointer            user_data)
{
  GTask *task = user_data;
  Progress *progress = g_new0 (Progress, 1);

  g_weak_ref_init (&progress->sync, g_task_get_source_object (task));
  progress->report = *report;
  g_main_context_invoke_full (g_task_get_context (task), G_PRIORITY_DEFAULT, progress_in_main_cb, progress, progress_free);
}

McJournal *
mc_sync_open_journal (McSync     *self,
                      McAccount **out_account,
                      GError    **error)
{
  *out_account = mc_account_load (self->dir, error);

  return *out_account != NULL ? mc_account_open_journal (*out_account, self->pack, error) : NULL;
}

static void
run_in_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  McSync *self = source_object;
  Run *run = task_data;
  g_autoptr(McAccount) account = NULL;
  g_autoptr(McJournal) journal = NULL;
  g_autoptr(GError) error = NULL;

  if ((journal = mc_sync_open_journal (self, &account, &error)) &&
      mc_session_run_on (journal, account, run->is_costly, &run->report, progress_cb, task, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static gboolean
retry_cb (gpointer user_data)
{
  McSync *self = user_data;

  self->retry_source = 0;
  mc_sync_run (self);

  return G_SOURCE_REMOVE;
}

/* After a failure it is tried again by itself, later and later, and at once when the network comes back. */
static void
note_outcome (McSync *self)
{
  guint delay;

  g_clear_handle_id (&self->retry_source, g_source_remove);
  if (self->error == NULL)
    {
      self->attempts = 0;
      self->last_us = g_get_real_time ();
      return;
    }
  /* What got through before it failed shows that the line is not hopeless. */
  self->attempts = self->report.n_sent + self->report.n_received + self->report.evidence_done > 0 ? 1 : self->attempts + 1;
  delay = mc_pace_next_delay (self->attempts, self->error, g_random_double ());
  if (delay > 0)
    self->retry_source = g_timeout_add_seconds (delay, retry_cb, self);
}

static void
run_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  McSync *self = MC_SYNC (source);
  gboolean again = self->again && !g_cancellable_is_cancelled (self->cancellable);

  self->report = ((Run *) g_task_get_task_data (G_TASK (result)))->report;
  self->again = FALSE;
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_task_propagate_boolean (G_TASK (result), &self->error);
  note_outcome (self);

  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
  if (again)
    mc_sync_run (self);
}

void
mc_sync_run (McSync *self)
{
  g_autoptr(GTask) task = NULL;
  Run *run;

  g_return_if_fail (MC_IS_SYNC (self));

  if (self->cancellable != NULL)
    {
      self->again = TRUE;
      return;
    }

  g_clear_handle_id (&self->soon_source, g_source_remove);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  run = g_new0 (Run, 1);
  run->is_costly = self->spares_metered && g_network_monitor_get_network_metered (self->monitor);
  self->report = (McSyncReport) { .seconds_left = -1 };
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, run_cb, NULL);
  /* A cancelled sync says so itself once its thread is done with the store. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, run, g_free);
  mc_worker_run_apart (task, run_in_thread);
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

void
mc_sync_cancel (McSync *self)
{
  /* Whoever stops it wants the line for something else: what was saved meanwhile does not begin it anew. */
  g_clear_handle_id (&self->soon_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

/* by itself */

static gboolean
soon_cb (gpointer user_data)
{
  McSync *self = user_data;

  self->soon_source = 0;
  mc_sync_run (self);

  return G_SOURCE_REMOVE;
}

void
mc_sync_note_change (McSync *self)
{
  if (self->soon_source == 0)
    self->soon_source = g_timeout_add_seconds (SOON_SECONDS, soon_cb, self);
}

static gboolean
interval_cb (gpointer user_data)
{
  mc_sync_run (user_data);

  return G_SOURCE_CONTINUE;
}

void
mc_sync_set_interval (McSync *self,
                      guint   minutes)
{
  g_clear_handle_id (&self->interval_source, g_source_remove);
  if (minutes > 0)
    self->interval_source = g_timeout_add_seconds (minutes * 60, interval_cb, self);
}

void
mc_sync_set_spares_metered (McSync   *self,
                            gboolean  spares)
{
  self->spares_metered = spares;
}

/* what ran beside it */

void
mc_sync_note_read (McSync   *self,
                   gboolean  is_whole)
{
  if (is_whole)
    self->last_us = g_get_real_time ();
  /* What came before an error stays. */
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
}

McSyncState
mc_sync_get_state (McSync *self)
{
  return self->cancellable != NULL ? MC_SYNC_WORKING : MC_SYNC_IDLE;
}

const McSyncReport *
mc_sync_get_report (McSync *self)
{
  return &self->report;
}

const GError *
mc_sync_get_error (McSync *self)
{
  return self->error;
}

gint64
mc_sync_get_last_us (McSync *self)
{
  return self->last_us;
}
