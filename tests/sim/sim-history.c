/* sim-history.c: what happens, step by step, until everything is at rest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

#define MAX_ROUNDS 12

static SimDevice *
choose_device (SimWorld *world)
{
  return world->devices->pdata[sim_random_below (&world->chance, world->devices->len)];
}

static void
deliver_old (SimWorld *world)
{
  GBytes *request;
  const char *problem;
  GBytes *answer;

  if (world->old_requests->len == 0)
    return;
  request = world->old_requests->pdata[sim_random_below (&world->chance, world->old_requests->len)];
  sim_say (world, "line: an old request of %" G_GSIZE_FORMAT " bytes arrives", g_bytes_get_size (request));
  answer = sim_hub_deliver (world, request, g_bytes_get_size (request), &problem);
  g_clear_pointer (&answer, g_bytes_unref);
}

/* The disk fills up; or the clock is set, ten years off or right again, by an hour or by a jump of the time itself. */
static void
change_weather (SimDevice *device)
{
  SimWorld *world = device->world;
  SimRandom *chance = &world->chance;
  static const gint64 offs[] = { 0, -10 * 365 * G_TIME_SPAN_DAY, 10 * 365 * G_TIME_SPAN_DAY, G_TIME_SPAN_HOUR, -G_TIME_SPAN_HOUR };

  if (sim_random_is (chance, 40))
    {
      sim_db_fill (mc_journal_get_db (device->journal));
      device->full = TRUE;
      sim_say (world, "%s: its disk is full", device->name);
      return;
    }
  device->clock_off_us = offs[sim_random_below (chance, G_N_ELEMENTS (offs))];
  if (sim_random_is (chance, 30))
    world->now_us -= G_TIME_SPAN_HOUR;
  sim_say (world, "%s: its clock is set", device->name);
}

/* What goes by stick and not by wire, what is fetched, what is asked. */
static void
step_aside (SimDevice *device)
{
  SimRandom *chance = &device->world->chance;
  guint what = sim_random_below (chance, 100);

  if (what < 60)
    sim_stick_step (device);
  else if (what < 85)
    sim_files_fetch (device, FALSE);
  else
    sim_purge_answer (device);
}

static void
step (SimWorld *world)
{
  SimRandom *chance = &world->chance;
  SimDevice *device = choose_device (world);
  guint what = sim_random_below (chance, 100);

  world->now_us += G_TIME_SPAN_SECOND * (1 + sim_random_below (chance, 3600));
  if (what < 40)
    sim_edit (device);
  else if (what < 68)
    sim_device_sync (device, FALSE);
  else if (what < 78)
    step_aside (device);
  else if (what < 81)
    deliver_old (world);
  else if (what < 84)
    sim_device_crash (device);
  else if (what < 87)
    sim_hub_backup (world);
  else if (what < 90 && world->backups->len > 0)
    {
      /* What took the hub may take a PC too: what that one had written lives on the others alone. */
      if (sim_random_is (chance, 40) && world->devices->len > 1)
        sim_device_lose (device);
      sim_hub_restore (world);
    }
  else if (what < 92)
    sim_device_keep (device);
  else if (what < 94 && device->copies->len > 0)
    sim_device_restore (device);
  else if (what < 95)
    sim_files_damage (device);
  else if (what < 96)
    change_weather (device);
  else if (what < 97 && world->devices->len < 8)
    sim_device_clone (device);
  else if (what < 98 && world->devices->len > 1)
    sim_device_lose (device);
  else if (world->seats_taken < SIM_SEATS && world->devices->len < 8)
    sim_device_new (world);
}

static void
sync_all (SimWorld *world)
{
  for (guint i = 0; i < 2 * world->devices->len; i++)
    sim_device_sync (world->devices->pdata[i % world->devices->len], FALSE);
}

/* A PC goes back to before something of it was refused. */
static void
forget_refused (SimWorld *world)
{
  SimDevice *device = choose_device (world);

  sim_device_keep (device);
  sim_edit_refused (device);
  sim_device_sync (device, FALSE);
  sim_device_sync (device, FALSE);
  sim_device_restore (device);
}

/* In some histories a fire takes the hub and a PC: there is a backup from before, and a PC that came after it. */
static void
burn (SimWorld *world,
      guint     at,
      guint     steps)
{
  SimDevice *lost;

  if (at == steps / 4)
    {
      sim_hub_backup (world);
      if (world->seats_taken < SIM_SEATS && world->devices->len < 8)
        sim_device_new (world);
    }
  if (at == steps / 2)
    forget_refused (world);
  if (at != steps * 3 / 4 || world->devices->len < 2)
    return;

  lost = choose_device (world);
  sim_edit_refused (lost);
  sync_all (world);
  sim_device_lose (lost);
  sim_hub_restore (world);
}

/* In some histories something is refused, more is written on the same record, and in the end it is put right. */
static void
mend (SimWorld *world,
      guint     at,
      guint     steps)
{
  SimDevice *device = choose_device (world);

  if (at != steps / 2)
    return;
  sim_edit_held (device);
  sim_device_sync (device, FALSE);
  sim_device_sync (device, FALSE);
  sim_edit_mend (device);
  sim_device_sync (device, FALSE);
}

/* In some histories a whole register is deleted at once, and those who see it go are asked. */
static void
purge (SimWorld *world,
       guint     at,
       guint     steps)
{
  SimDevice *device = choose_device (world);

  if (at == steps / 3)
    sim_purge_prepare (device);
  if (at == steps / 2)
    {
      sync_all (world);
      sim_purge (choose_device (world));
    }
}

/* In some histories a PC goes back as a whole to before what others have read of it, the hub does too, and the PC writes first. */
static void
fork_stream (SimWorld *world,
             guint     at,
             guint     steps)
{
  SimDevice *device = choose_device (world);

  if (at != steps / 2)
    return;
  sim_device_keep (device);
  sim_hub_backup (world);
  sim_edit (device);
  sim_edit (device);
  sync_all (world);
  sim_device_put_back (device);
  sim_edit (device);
  sim_hub_restore (world);
  sim_device_sync (device, FALSE);
}

/* In some histories that happens to one PC again and again, always back to the same day. */
static void
fork_often (SimWorld *world,
            guint     at,
            guint     steps)
{
  SimDevice *device = choose_device (world);

  if (at != steps * 3 / 4)
    return;
  sim_device_keep (device);
  sim_hub_backup (world);
  for (guint i = 0; i < 3 && world->failure == NULL; i++)
    {
      sim_edit (device);
      sim_edit_refused (device);
      sim_edit (device);
      sync_all (world);
      sim_device_put_back (device);
      if (sim_random_is (&world->chance, 60))
        sim_hub_restore (world);
    }
}

/* In some histories files of the hub are deleted by hand, or rot. */
static void
lose_files (SimWorld *world,
            guint     at,
            guint     steps)
{
  if (at == steps / 3)
    {
      sim_edit_with_file (choose_device (world));
      sync_all (world);
    }
  if (at >= steps / 3 && at % 4 == 3)
    sim_files_lose (world);
}

/* In some histories one audits, some write and ask where they may not, and some are shut out, also just before the hub goes
 * back, or just after it. */
static void
use_rights (SimWorld *world,
            guint     at,
            guint     steps)
{
  SimRandom *chance = &world->chance;

  if (at % 5 == 1)
    sim_edit_elsewhere (choose_device (world));
  if (at != steps / 2 && at != steps * 3 / 4)
    return;
  if (sim_random_is (chance, 50))
    sim_edit (choose_device (world));
  if (sim_random_is (chance, 50) && world->backups->len > 0)
    sim_hub_restore (world);
  sim_rights_shut_out (world);
  if (sim_random_is (chance, 40))
    sim_hub_backup (world);
  if (sim_random_is (chance, 50) && world->backups->len > 0)
    sim_hub_restore (world);
}

/* Those that the hub lets in, until each of them in turn finds nothing to send and nothing new. */
static void
come_to_rest (SimWorld *world)
{
  guint idle = 0;

  sim_say (world, "---- the line is good from here on");
  sim_hub_make_room (world);
  sim_files_read (world);
  for (guint i = 0; idle < world->devices->len && world->failure == NULL; i++)
    {
      SimDevice *device = world->devices->pdata[i % world->devices->len];

      if (i > MAX_ROUNDS * world->devices->len)
        sim_fail (world, "it does not come to rest");
      if (!sim_is_shut_out (device))
        sim_device_sync (device, TRUE);
      idle = device->idle || sim_is_shut_out (device) ? idle + 1 : 0;
    }
}

/* Whoever is asked answers now; what they say has still to go round. */
static gboolean
answer_all (SimWorld *world)
{
  gboolean any = FALSE;

  for (guint i = 0; i < world->devices->len; i++)
    {
      if (sim_is_shut_out (world->devices->pdata[i]))
        continue;
      sim_files_fetch (world->devices->pdata[i], TRUE);
      any = sim_purge_answer (world->devices->pdata[i]) || any;
    }

  return any;
}

char *
sim_run_history (guint64         seed,
                 const SimOften *often,
                 gboolean        trace)
{
  SimWorld *world = sim_world_new (seed, trace);
  guint steps = 8 + sim_random_below (&world->chance, 24);
  guint devices = 2 + sim_random_below (&world->chance, 3);
  gboolean burns = sim_random_is (&world->chance, 30), purges = sim_random_is (&world->chance, 8);
  gboolean mends = sim_random_is (&world->chance, 20);
  /* By a chance of its own: the other histories stay what they were. */
  SimRandom kinds = { seed ^ G_GUINT64_CONSTANT (0xf0e1d2c3b4a59687) };
  gboolean forks = sim_random_is (&kinds, often->forks), loses = sim_random_is (&kinds, 15);
  gboolean rights = sim_random_is (&kinds, 15), forks_often = sim_random_is (&kinds, 5);
  char *failure;

  world->little = sim_random_is (&kinds, often->little);
  world->lies = often->lies > 0 && sim_random_is (&kinds, often->lies);
  /* Who writes where he may not would be at home there. */
  if (sim_random_is (&kinds, often->mergers) && !rights)
    sim_rights_merge (world);
  if (rights)
    sim_rights_begin (world);
  for (guint i = 0; i < devices; i++)
    sim_device_new (world);
  for (guint i = 0; i < steps && world->failure == NULL; i++)
    {
      step (world);
      if (burns && world->failure == NULL)
        burn (world, i, steps);
      if (purges && world->failure == NULL)
        purge (world, i, steps);
      if (mends && world->failure == NULL)
        mend (world, i, steps);
      if (forks && world->failure == NULL)
        fork_stream (world, i, steps);
      if (forks_often && world->failure == NULL)
        fork_often (world, i, steps);
      if (loses && world->failure == NULL)
        lose_files (world, i, steps);
      if (rights && world->failure == NULL)
        use_rights (world, i, steps);
    }
  if (world->failure == NULL && sim_random_is (&world->chance, 30))
    sim_stick_carry_all (world);
  do
    if (world->failure == NULL)
      come_to_rest (world);
  while (world->failure == NULL && answer_all (world));
  if (world->failure == NULL)
    sim_check_rest (world);
  failure = g_steal_pointer (&world->failure);
  sim_world_free (world);

  return failure;
}
