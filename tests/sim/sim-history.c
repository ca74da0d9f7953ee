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

static void
step (SimWorld *world)
{
  SimRandom *chance = &world->chance;
  SimDevice *device = choose_device (world);
  guint what = sim_random_below (chance, 100);

  world->now_us += G_TIME_SPAN_SECOND * (1 + sim_random_below (chance, 3600));
  if (what < 45)
    sim_edit (device);
  else if (what < 78)
    sim_device_sync (device, FALSE);
  else if (what < 81)
    deliver_old (world);
  else if (what < 84)
    sim_device_crash (device);
  else if (what < 87)
    sim_hub_backup (world);
  else if (what < 90 && world->backups->len > 0)
    sim_hub_restore (world);
  else if (what < 93)
    sim_device_keep (device);
  else if (what < 96 && device->copies->len > 0)
    sim_device_restore (device);
  else if (what < 98 && world->devices->len < 8)
    sim_device_clone (device);
  else if (world->seats_taken < SIM_SEATS && world->devices->len < 8)
    sim_device_new (world);
}

/* All that there is to compare: when a round changes none of it, nothing moves any more. */
static char *
describe (SimWorld *world)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i <= world->devices->len; i++)
    {
      SimDevice *device = i > 0 ? world->devices->pdata[i - 1] : NULL;
      g_autoptr(McStmt) stmt = NULL;
      gboolean has_row;

      stmt = device != NULL
        ? mc_db_prepare (mc_journal_get_db (device->journal), "SELECT log, seq, hex (chain) FROM cursor UNION ALL"
                         " SELECT incarnation || log, n, hub_n FROM stream UNION ALL"
                         " SELECT '', state, count (*) FROM change GROUP BY state", NULL)
        : mc_db_prepare (world->hub->db, "SELECT name, seq, hex (chain) FROM log UNION ALL"
                         " SELECT device || incarnation || log, n, hex (chain) FROM stream UNION ALL"
                         " SELECT id, held, settled FROM refused", NULL);
      g_assert_nonnull (stmt);
      while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
        g_string_append_printf (text, "%s %s %s\n", mc_stmt_get_text (stmt, 0), mc_stmt_get_text (stmt, 1), mc_stmt_get_text (stmt, 2));
    }

  return g_string_free (text, FALSE);
}

static void
come_to_rest (SimWorld *world)
{
  g_autofree char *before = describe (world);

  sim_say (world, "---- the line is good from here on");
  for (guint round = 0; round < MAX_ROUNDS && world->failure == NULL; round++)
    {
      g_autofree char *after = NULL;

      for (guint i = 0; i < world->devices->len && world->failure == NULL; i++)
        sim_device_sync (world->devices->pdata[i], TRUE);
      after = describe (world);
      if (g_str_equal (before, after))
        return;
      g_free (before);
      before = g_steal_pointer (&after);
    }
  if (world->failure == NULL)
    sim_fail (world, "it does not come to rest");
}

char *
sim_run_history (guint64  seed,
                 gboolean trace)
{
  SimWorld *world = sim_world_new (seed, trace);
  guint steps = 10 + sim_random_below (&world->chance, 30);
  guint devices = 2 + sim_random_below (&world->chance, 3);
  char *failure;

  for (guint i = 0; i < devices; i++)
    sim_device_new (world);
  for (guint i = 0; i < steps && world->failure == NULL; i++)
    step (world);
  if (world->failure == NULL)
    come_to_rest (world);
  if (world->failure == NULL)
    sim_check_rest (world);
  failure = g_steal_pointer (&world->failure);
  sim_world_free (world);

  return failure;
}
