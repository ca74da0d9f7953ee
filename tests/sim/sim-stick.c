/* sim-stick.c: bundles that are written, carried and read, in any order and any number of times, beside the network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "client/mc-stick.h"
#include "hub/mc-hub-bundle.h"
#include "hub/mc-hub-segment.h"
#include "wire/mc-sync-error.h"

#define MAX_STICKS 16

void
sim_stick_free (SimStick *stick)
{
  g_free (stick->path);
  g_free (stick->device);
  g_free (stick);
}

static char *
new_path (SimWorld *world)
{
  g_autofree char *stem = sim_new_folder (world, "stick");

  return g_strconcat (stem, ".mcbundle", NULL);
}

static void
add (SimWorld     *world,
     McBundleKind  kind,
     const char   *path,
     const char   *device)
{
  SimStick *stick = g_new0 (SimStick, 1);

  stick->kind = kind;
  stick->path = g_strdup (path);
  stick->device = g_strdup (device);
  if (world->sticks->len >= MAX_STICKS)
    g_ptr_array_remove_index (world->sticks, 0);
  g_ptr_array_add (world->sticks, stick);
}

/* Any of @kind that lies about. */
static SimStick *
choose (SimWorld     *world,
        McBundleKind  kind)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < world->sticks->len; i++)
    if (((SimStick *) world->sticks->pdata[i])->kind == kind)
      g_ptr_array_add (all, world->sticks->pdata[i]);

  return all->len == 0 ? NULL : all->pdata[sim_random_below (&world->chance, all->len)];
}

/* A copy in which one byte is another. */
static char *
damage (SimWorld   *world,
        const char *path)
{
  char *bad = new_path (world);
  g_autofree char *content = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  content[sim_random_below (&world->chance, size)] ^= 1 << sim_random_below (&world->chance, 8);
  g_assert_true (g_file_set_contents (bad, content, size, NULL));

  return bad;
}

static void
write_request (SimDevice *device)
{
  SimWorld *world = device->world;
  g_autofree char *path = new_path (world);
  g_autoptr(McStickReport) report = NULL;
  g_autoptr(GError) error = NULL;
  gboolean done;

  sim_device_tempt (device, 10, 10);
  done = mc_stick_write (device->journal, device->account, path, 0, &report, NULL, NULL, NULL, &error);
  sim_say (world, "%s: writes %s: %s, %u changes, %u files", device->name, strrchr (path, '/') + 1, done ? "done" : error->message,
           report->n_changes, report->n_files);
  if (!sim_device_settle (device) && !done)
    return;
  if (done)
    add (world, MC_BUNDLE_REQUEST, path, device->account->device);
  else
    sim_fail (world, "%s cannot write a bundle: %s", device->name, error->message);
}

/* The hub reads a request, and may lose its power over it. */
static void
carry (SimWorld *world,
       SimStick *stick,
       gboolean  calm)
{
  g_autofree char *reply = new_path (world);
  McHubBundleReport report;
  g_autoptr(GError) error = NULL;
  gboolean done;

  world->hub_failed = FALSE;
  if (!calm && sim_random_is (&world->chance, 15))
    world->hub_commits_left = sim_random_below (&world->chance, 4);
  else if (!calm && sim_random_is (&world->chance, 10))
    world->hub_fails_in = sim_random_below (&world->chance, 4);
  done = mc_hub_read_bundle (world->hub, stick->path, reply, G_MAXUINT64, world->now_us, NULL, &report, &error);
  sim_say (world, "hub: reads %s: %s, %u changes, %u refused", strrchr (stick->path, '/') + 1, done ? "done" : error->message,
           report.n_changes, report.n_refused);
  if (done)
    {
      sim_rights_check_answer (world, report.device);
      add (world, MC_BUNDLE_REPLY, reply, stick->device);
    }
  else if (!world->hub_crashed && !world->hub_failed && !world->hub_full &&
           !g_hash_table_contains (world->shut_out, stick->device))
    sim_fail (world, "the hub does not take a bundle: %s", error->message);
  mc_hub_bundle_report_clear (&report);
  world->hub_fails_in = -1;
  if (world->hub_crashed)
    sim_hub_restart (world);
  world->hub_commits_left = -1;
}

static void
carry_damaged (SimWorld *world,
               SimStick *stick)
{
  g_autofree char *bad = damage (world, stick->path), *reply = new_path (world);
  McHubBundleReport report;

  if (mc_hub_read_bundle (world->hub, bad, reply, G_MAXUINT64, world->now_us, NULL, &report, NULL))
    sim_fail (world, "the hub takes a bundle that was changed");
  mc_hub_bundle_report_clear (&report);
}

static gboolean
read_any (SimDevice   *device,
          McBundleKind kind,
          const char  *path,
          GError     **error)
{
  McSyncReport report;

  return kind == MC_BUNDLE_REPLY ? mc_stick_read (device->journal, device->account, path, &report, NULL, NULL, NULL, error)
                                 : mc_stick_read_snapshot (device->journal, device->account, path, &report, NULL, NULL, NULL, error);
}

/* Whether the bundle is for @device. */
static gboolean
is_for (SimStick  *stick,
        SimDevice *device)
{
  return g_str_equal (stick->device, stick->kind == MC_BUNDLE_REPLY ? device->account->device : device->account->log);
}

static void
read_bundle (SimDevice *device,
             SimStick  *stick,
             gboolean   calm)
{
  SimWorld *world = device->world;
  g_autofree char *bad = !calm && sim_random_is (&world->chance, 10) ? damage (world, stick->path) : NULL;
  g_autoptr(GError) error = NULL;
  gboolean done, whole;

  if (calm)
    sim_device_make_room (device);
  else
    sim_device_tempt (device, 15, 10);
  done = read_any (device, stick->kind, bad != NULL ? bad : stick->path, &error);
  sim_say (world, "%s: reads %s%s: %s", device->name, strrchr (stick->path, '/') + 1, bad != NULL ? ", changed" : "",
           done ? "done" : error->message);
  whole = sim_device_settle (device);
  if (done && (bad != NULL || (stick->kind == MC_BUNDLE_REPLY && !is_for (stick, device))))
    sim_fail (world, "%s takes a bundle that was changed, or is for another", device->name);
  /* One that came later than a snapshot was written cannot open it. */
  if (!done && whole && bad == NULL && is_for (stick, device) && stick->kind == MC_BUNDLE_REPLY)
    sim_fail (world, "%s does not take its reply: %s", device->name, error->message);
}

static void
write_snapshot (SimDevice *device)
{
  SimWorld *world = device->world;
  g_autofree char *path = new_path (world);
  g_autoptr(GError) error = NULL;
  guint64 rows;
  guint devices;

  sim_hub_make_room (world);
  if (!mc_hub_write_snapshot (world->hub, device->account->log, path, &rows, &devices, &error))
    {
      sim_say (world, "hub: no snapshot: %s", error->message);
      return;
    }
  sim_say (world, "hub: writes %s of %s", strrchr (path, '/') + 1, device->account->log);
  add (world, MC_BUNDLE_SNAPSHOT, path, device->account->log);
}

void
sim_stick_exchange (SimDevice *device)
{
  SimWorld *world = device->world;
  g_autofree char *path = new_path (world), *reply = new_path (world);
  g_autoptr(McStickReport) report = NULL;
  g_autoptr(GError) error = NULL;
  McHubBundleReport taken;
  McSyncReport read;

  g_assert_true (mc_stick_write (device->journal, device->account, path, 0, &report, NULL, NULL, NULL, &error));
  g_assert_true (mc_hub_read_bundle (world->hub, path, reply, G_MAXUINT64, world->now_us, NULL, &taken, &error));
  mc_hub_bundle_report_clear (&taken);
  g_assert_true (mc_stick_read (device->journal, device->account, reply, &read, NULL, NULL, NULL, &error));
  sim_say (world, "%s: by stick: %u sent, %u received", device->name, read.n_sent, read.n_received);
}

void
sim_stick_step (SimDevice *device)
{
  SimWorld *world = device->world;
  guint what = sim_random_below (&world->chance, 100);
  SimStick *stick = choose (world, what < 65 ? MC_BUNDLE_REQUEST : what < 92 ? MC_BUNDLE_REPLY : MC_BUNDLE_SNAPSHOT);

  if (what < 35 || (stick == NULL && what < 92))
    write_request (device);
  else if (what < 40)
    carry_damaged (world, stick);
  else if (what < 65)
    carry (world, stick, FALSE);
  else if (stick == NULL)
    write_snapshot (device);
  else
    {
      /* Mostly whom it is for, or a clone of it. */
      for (guint i = 0; i < world->devices->len && !is_for (stick, device); i++)
        if (is_for (stick, world->devices->pdata[i]) && sim_random_is (&world->chance, 60))
          device = world->devices->pdata[i];
      read_bundle (device, stick, FALSE);
    }
}

void
sim_stick_carry_all (SimWorld *world)
{
  for (guint i = world->sticks->len; i > 0 && world->failure == NULL; i--)
    {
      SimStick *request = choose (world, MC_BUNDLE_REQUEST), *reply;

      if (request != NULL)
        carry (world, request, TRUE);
      reply = choose (world, MC_BUNDLE_REPLY);
      for (guint k = 0; reply != NULL && k < world->devices->len; k++)
        if (is_for (reply, world->devices->pdata[k]))
          read_bundle (world->devices->pdata[k], reply, TRUE);
    }
}
