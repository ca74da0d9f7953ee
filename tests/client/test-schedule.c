/* test-schedule.c: what a sync does by itself: after a failure, at the network's return, on a line that costs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network monitor is one of ours, so that the network can go, come back and cost.
 */

#include <signal.h>

#include "client/mc-sync.h"
#include "core/mc-sync-log.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

/* a network that does as it is told */

typedef struct
{
  GObject parent_instance;

  gboolean available, metered;
} TestMonitor;

typedef GObjectClass TestMonitorClass;

enum
{
  PROP_AVAILABLE = 1,
  PROP_METERED,
  PROP_CONNECTIVITY,
};

static GType test_monitor_get_type (void);
static void test_monitor_iface_init (GNetworkMonitorInterface *iface);
static void test_monitor_initable_init (GInitableIface *iface);

G_DEFINE_TYPE_WITH_CODE (TestMonitor, test_monitor, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, test_monitor_initable_init)
                         G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR, test_monitor_iface_init))

static void
test_monitor_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  TestMonitor *self = (TestMonitor *) object;

  if (id == PROP_AVAILABLE)
    g_value_set_boolean (value, self->available);
  else if (id == PROP_METERED)
    g_value_set_boolean (value, self->metered);
  else
    g_value_set_enum (value, self->available ? G_NETWORK_CONNECTIVITY_FULL : G_NETWORK_CONNECTIVITY_LOCAL);
}

static void
test_monitor_class_init (TestMonitorClass *klass)
{
  klass->get_property = test_monitor_get_property;
  g_object_class_override_property (klass, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (klass, PROP_METERED, "network-metered");
  g_object_class_override_property (klass, PROP_CONNECTIVITY, "connectivity");
}

static void
test_monitor_init (TestMonitor *self)
{
  self->available = TRUE;
}

static void
test_monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

static gboolean
test_monitor_initable (GInitable     *initable,
                       GCancellable  *cancellable,
                       GError       **error)
{
  return TRUE;
}

static void
test_monitor_initable_init (GInitableIface *iface)
{
  iface->init = test_monitor_initable;
}

static void
set_network (gboolean available,
             gboolean metered)
{
  TestMonitor *monitor = (TestMonitor *) g_network_monitor_get_default ();

  monitor->available = available;
  monitor->metered = metered;
  g_object_notify (G_OBJECT (monitor), "network-metered");
  g_signal_emit_by_name (monitor, "network-changed", available);
}

/* the tests */

typedef struct
{
  Fixture ends;
  McAccount *account;      /* (owned) */
  McJournal *journal;      /* (owned) */
  McSync *sync;            /* (owned) */
} Schedule;

static void
begin (Schedule *self, gconstpointer data)
{
  set_network (TRUE, FALSE);
  set_up (&self->ends, NULL);
  self->account = new_device (&self->ends, "town", TOWN, "commune");
  self->journal = open_journal (&self->ends, self->account);
  self->sync = mc_sync_new (self->account->dir, self->ends.pack);
}

static void
end (Schedule *self, gconstpointer data)
{
  g_object_unref (self->sync);
  mc_journal_close (self->journal);
  mc_account_free (self->account);
  tear_down (&self->ends, NULL);
}

/* Runs until a sync has begun and ended. */
static void
wait_for_sync (Schedule *self)
{
  while (mc_sync_get_state (self->sync) != MC_SYNC_WORKING)
    g_main_context_iteration (NULL, TRUE);
  while (mc_sync_get_state (self->sync) == MC_SYNC_WORKING)
    g_main_context_iteration (NULL, TRUE);
}

/* A sync that failed without a network goes by itself when the network is back. */
static void
test_return (Schedule *self, gconstpointer data)
{
  stop_hub (&self->ends, SIGKILL);
  set_network (FALSE, FALSE);
  g_free (save_copy (&self->ends, self->journal, 1));
  mc_sync_run (self->sync);
  wait_for_sync (self);
  g_assert_error (mc_sync_get_error (self->sync), MC_SYNC_ERROR, MC_SYNC_ERROR_UNREACHABLE);

  start_hub (&self->ends);
  set_network (TRUE, FALSE);
  wait_for_sync (self);
  g_assert_no_error (mc_sync_get_error (self->sync));
  g_assert_cmpuint (count_pending (self->journal), ==, 0);
}

/* A hub that was away for a moment is tried again by itself. */
static void
test_retry (Schedule *self, gconstpointer data)
{
  stop_hub (&self->ends, SIGKILL);
  g_free (save_copy (&self->ends, self->journal, 1));
  mc_sync_run (self->sync);
  wait_for_sync (self);
  g_assert_error (mc_sync_get_error (self->sync), MC_SYNC_ERROR, MC_SYNC_ERROR_UNREACHABLE);

  start_hub (&self->ends);
  wait_for_sync (self);
  g_assert_no_error (mc_sync_get_error (self->sync));
  g_assert_cmpuint (count_pending (self->journal), ==, 0);
}

/* Over a line that costs by the byte text goes and files wait, until another line is there or a person says otherwise. */
static void
test_metered (Schedule *self, gconstpointer data)
{
  g_autofree char *file = save_file (&self->ends, self->journal, 100000), *second = NULL;

  set_network (TRUE, TRUE);
  mc_sync_run (self->sync);
  wait_for_sync (self);
  g_assert_no_error (mc_sync_get_error (self->sync));
  g_assert_cmpuint (count_pending (self->journal), ==, 0);
  g_assert_true (mc_sync_get_report (self->sync)->files_wait);
  g_assert_false (is_at_hub (&self->ends, file));

  set_network (TRUE, FALSE);
  wait_for_sync (self);
  g_assert_true (is_at_hub (&self->ends, file));
  g_assert_false (mc_sync_get_report (self->sync)->files_wait);

  set_network (TRUE, TRUE);
  mc_sync_set_spares_metered (self->sync, FALSE);
  second = save_file (&self->ends, self->journal, 100000);
  mc_sync_run (self->sync);
  wait_for_sync (self);
  g_assert_true (is_at_hub (&self->ends, second));
}

/* The log says of each sync when it was, what went, and how it ended. */
static void
test_log (Schedule *self, gconstpointer data)
{
  g_autofree char *file = save_file (&self->ends, self->journal, 100000);
  g_autoptr(GPtrArray) entries = NULL;
  McSyncLogEntry *ok, *failed;

  stop_hub (&self->ends, SIGKILL);
  mc_sync_run (self->sync);
  wait_for_sync (self);
  start_hub (&self->ends);
  mc_sync_run (self->sync);
  wait_for_sync (self);

  entries = mc_journal_list_sync_log (self->journal, 10, NULL);
  g_assert_cmpuint (entries->len, ==, 2);
  ok = entries->pdata[0];
  failed = entries->pdata[1];
  g_assert_cmpstr (failed->outcome, ==, "unreachable");
  g_assert_cmpstr (ok->outcome, ==, "ok");
  g_assert_cmpuint (ok->changes_sent, ==, 1);
  g_assert_cmpuint (ok->files_done, ==, 1);
  g_assert_cmpuint (ok->files_total, ==, 1);
  g_assert_cmpuint (ok->bytes_sent, >, 100000);
  g_assert_cmpint (ok->started_us, >=, failed->ended_us);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_setenv ("GIO_USE_NETWORK_MONITOR", "told", TRUE);
  g_test_init (&argc, &argv, NULL);
  /* The extension point is there once the default has been looked for; ours is registered before that. */
  g_type_ensure (G_TYPE_NETWORK_MONITOR);
  g_io_extension_point_register (G_NETWORK_MONITOR_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME, test_monitor_get_type (), "told", 1000);

#define ADD(name, func) g_test_add (name, Schedule, NULL, begin, func, end)
  ADD ("/schedule/return", test_return);
  ADD ("/schedule/retry", test_retry);
  ADD ("/schedule/metered", test_metered);
  ADD ("/schedule/log", test_log);

  return g_test_run ();
}
