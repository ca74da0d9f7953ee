/* sim-rights.c: who may read and write what, and who is shut out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of a device that was shut out stays what had left it; nothing of it comes from itself any more, and it keeps the rest.
 * Nobody has a row of a log that he may not read, and no row is of somebody who may not write there.
 */

#include "sim/sim-world.h"

#include <string.h>

#include "wire/mc-sync-error.h"

void
sim_rights_begin (SimWorld *world)
{
  world->rights = TRUE;
}

void
sim_rights_merge (SimWorld *world)
{
  static const char units[] =
    "{\"units\":[{\"code\":\"21610\",\"name\":\"Xã\",\"kind\":\"commune\",\"parent\":\"" SIM_DISTRICT "\",\"valid_from\":\"2004-07-08\","
    "\"successors\":[\"" SIM_TOWN "\"]}]}";
  g_autoptr(GError) error = NULL;
  guint count;

  world->merged = TRUE;
  g_assert_true (mc_hub_import_units (world->hub, units, &count, &error));
  g_assert_no_error (error);
}

/* Of two of the town one was enrolled before that, and the hub has to tell it. */
static void
give_heir (SimDevice *device)
{
  static const char * const heir[] = { SIM_TOWN, SIM_COMMUNE, SIM_SHARED, NULL };

  g_strfreev (device->reads);
  device->reads = g_strdupv ((char **) heir);
  if (device->seat % 4 != 0)
    return;
  g_strfreev (device->account->read);
  device->account->read = g_strdupv ((char **) heir);
}

void
sim_rights_give (SimDevice *device)
{
  static const char * const all[] = { SIM_DISTRICT, SIM_SHARED, SIM_TOWN, SIM_COMMUNE, NULL };
  McAccount *account = device->account;

  if (device->world->merged && g_str_equal (account->log, SIM_TOWN))
    give_heir (device);
  if (!device->world->rights)
    return;
  if (device->seat == 2)
    {
      g_free (account->log);
      g_free (account->role);
      g_strfreev (account->read);
      g_strfreev (device->reads);
      account->log = g_strdup (SIM_DISTRICT);
      account->role = g_strdup ("auditor");
      account->read = g_strdupv ((char **) all);
      device->reads = g_strdupv ((char **) all);
    }
  /* A program that somebody has changed. */
  if (device->seat == 0 || device->seat == 3)
    {
      g_strfreev (account->read);
      account->read = g_strdupv ((char **) all);
    }
}

/* shutting out */

gboolean
sim_is_shut_out (SimDevice *device)
{
  return g_hash_table_contains (device->world->shut_out, device->account->device);
}

static void
note_left (SimWorld   *world,
           SimDevice  *device,
           GHashTable *ids)
{
  GHashTableIter iter;
  gpointer id;

  sim_add_ids (world->hub->db, "SELECT id FROM change UNION ALL SELECT id FROM refused", ids);
  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *other = world->devices->pdata[i];

      if (!g_str_equal (other->account->device, device->account->device))
        sim_add_ids (mc_journal_get_db (other->journal), "SELECT id FROM change", ids);
    }
  g_hash_table_iter_init (&iter, world->been_at_hub);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_hash_table_add (ids, g_strdup (id));
}

/* What has left it by now, and no more, may be at the hub from here on. */
static void
note_shut_out (SimDevice *device)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  note_left (device->world, device, ids);
  g_hash_table_add (device->world->once_out, g_strdup (device->account->device));
  g_hash_table_insert (device->world->shut_out, g_strdup (device->account->device), ids);
}

void
sim_rights_shut_out (SimWorld *world)
{
  SimDevice *device = world->devices->pdata[sim_random_below (&world->chance, world->devices->len)];
  g_autoptr(McHubDevice) known = mc_hub_find_device (world->hub, device->account->device, NULL);
  g_autoptr(GError) error = NULL;
  guint left = 0;

  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *other = world->devices->pdata[i];

      left += !sim_is_shut_out (other) && !g_str_equal (other->account->device, device->account->device);
    }
  /* Whom the hub does not know at the moment the administrator does not see. */
  if (known == NULL || left == 0 || sim_is_shut_out (device))
    return;
  sim_hub_make_room (world);
  note_shut_out (device);
  g_assert_true (mc_hub_revoke (world->hub, device->account->device, world->now_us, &error));
  g_assert_no_error (error);
  sim_say (world, "hub: shuts %s out", device->name);
}

/* Only a machine that was put back whole may have forgotten it: then its list is what the backup says.  A backup of after a
 * revocation that was forgotten meanwhile brings it again. */
void
sim_rights_go_back (SimWorld *world,
                    gboolean  whole)
{
  g_autofree char *path = g_build_filename (world->hub_dir, "revoked", NULL), *text = NULL;
  GHashTableIter iter;
  gpointer id;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    text = g_strdup ("");
  g_hash_table_iter_init (&iter, world->shut_out);
  while (whole && g_hash_table_iter_next (&iter, &id, NULL))
    if (strstr (text, id) == NULL)
      {
        sim_say (world, "hub: does not know any more that %s was shut out", (char *) id);
        g_hash_table_iter_remove (&iter);
      }
  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *device = world->devices->pdata[i];
      g_autoptr(McHubDevice) known = mc_hub_find_device (world->hub, device->account->device, NULL);

      if (!g_hash_table_contains (world->once_out, device->account->device) || sim_is_shut_out (device) ||
          ((known == NULL || !known->revoked) && strstr (text, device->account->device) == NULL))
        continue;
      note_shut_out (device);
      sim_say (world, "hub: knows again that %s was shut out", device->name);
    }
}

void
sim_rights_check_answer (SimWorld   *world,
                         const char *device)
{
  if (device != NULL && g_hash_table_contains (world->shut_out, device))
    sim_fail (world, "the hub answers %s, which was shut out", device);
}

/* at rest */

gboolean
sim_is_at_home (SimWorld   *world,
                const char *own,
                const char *log)
{
  return g_str_equal (own, log) || (world->merged && g_str_equal (own, SIM_TOWN) && g_str_equal (log, SIM_COMMUNE));
}

static void
check_rows (SimWorld *world)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (world->hub->db, "SELECT change.device, change.id, change.log, device.log, role FROM change"
                                          " JOIN device ON device.id = change.device", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      const char *author = mc_stmt_get_text (stmt, 0), *id = mc_stmt_get_text (stmt, 1), *log = mc_stmt_get_text (stmt, 2);
      GHashTable *left = g_hash_table_lookup (world->shut_out, author);
      const char *role = mc_stmt_get_text (stmt, 4);

      if (left != NULL && !g_hash_table_contains (left, id))
        sim_fail (world, "the hub has %s, which had not left its device when that was shut out", id);
      if (g_str_equal (role, "auditor") || (g_str_equal (role, "commune") && !sim_is_at_home (world, mc_stmt_get_text (stmt, 3), log)))
        sim_fail (world, "the hub has %s in %s, of a device that may not write there", id, log);
    }
}

/* A row of another unit, or a record of one. */
static void
check_reads (SimDevice *device)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (device->journal), "SELECT DISTINCT log FROM change WHERE own = 0"
                                          " UNION SELECT log FROM cursor WHERE seq > 0", NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    if (!g_strv_contains ((const char * const *) device->reads, mc_stmt_get_text (stmt, 0)))
      sim_fail (device->world, "%s has rows of %s, which it may not read", device->name, mc_stmt_get_text (stmt, 0));
}

/* It is told why, and keeps what it has. */
static void
check_kept (SimDevice *device)
{
  SimWorld *world = device->world;
  g_autoptr(GHashTable) before = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) after = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  McTransport *line = sim_line_new (device, TRUE);
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  sim_device_make_room (device);
  sim_add_ids (mc_journal_get_db (device->journal), "SELECT id FROM change", before);
  if (mc_session_run_over (device->journal, device->account, line, &report, NULL, NULL, NULL, &error) ||
      !g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REVOKED))
    sim_fail (world, "%s was shut out and is not told: %s", device->name, error != NULL ? error->message : "it syncs");
  line->free (line);
  sim_add_ids (mc_journal_get_db (device->journal), "SELECT id FROM change", after);
  if (g_hash_table_size (before) != g_hash_table_size (after))
    sim_fail (world, "%s was shut out and does not have any more what it had", device->name);
}

void
sim_rights_check (SimWorld *world)
{
  check_rows (world);
  for (guint i = 0; i < world->devices->len; i++)
    {
      check_reads (world->devices->pdata[i]);
      if (sim_is_shut_out (world->devices->pdata[i]))
        check_kept (world->devices->pdata[i]);
    }
}
