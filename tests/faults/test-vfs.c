/* test-vfs.c: the store of a device and of a hub on a disk whose power goes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real store code in this process, over power-vfs.c; tests/faults/power.c does the same to whole programs.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-id.h"
#include "core/mc-journal.h"
#include "faults/power-vfs.h"
#include "hub/hub-fixture.h"
#include "hub/mc-hub-log.h"

#define ROUNDS  60
#define SAVES   12
#define MAX_OPS 90

static void
remove_all (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_unlink (child) != 0)
        remove_all (child);
    }
  g_rmdir (path);
}

static McJournal *
open_journal (const char *dir,
              GError    **error)
{
  McJournalConfig config = { .dir = dir, .device = "0190a000-0000-7000-8000-000000000001", .log = TOWN, .by = "Hà", .machine = "" };

  return mc_journal_open (&config, error);
}

static gboolean
is_whole (McDb *db)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, "PRAGMA integrity_check", NULL);
  gboolean has_row;

  return stmt != NULL && mc_stmt_next (stmt, &has_row, NULL) && has_row && g_str_equal (mc_stmt_get_text (stmt, 0), "ok");
}

/* How many of @promised are missing, or the store is not whole. */
static guint
count_lost (const char *dir,
            GPtrArray  *promised)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McJournal) journal = open_journal (dir, &error);
  guint lost = 0;

  if (journal == NULL || !is_whole (mc_journal_get_db (journal)))
    {
      g_test_message ("%s", error != NULL ? error->message : "the store is not whole");
      return promised->len + 1;
    }
  for (guint i = 0; i < promised->len; i++)
    {
      g_autoptr(GError) get_error = NULL;
      g_autoptr(McRecord) record = mc_journal_get (journal, promised->pdata[i], &get_error);

      lost += record == NULL;
    }

  return lost;
}

/* One evening's work at a device; what was lost when the power went. */
static guint
run_device (guint32  seed,
            gboolean careless)
{
  g_autofree char *base = g_dir_make_tmp ("mc-vfs-XXXXXX", NULL), *dir = g_build_filename (base, "store", NULL);
  g_autofree char *rest = g_build_filename (base, "rest", NULL);
  g_autoptr(GPtrArray) promised = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  g_autoptr(McJournal) journal = NULL;
  guint lost;

  journal = open_journal (dir, &error);
  g_assert_no_error (error);
  if (careless)
    g_assert_true (mc_db_exec (mc_journal_get_db (journal), "PRAGMA synchronous = OFF", NULL));
  power_vfs_arm (dir, rest, 1 + seed % MAX_OPS, seed);
  for (guint i = 0; i < SAVES && !power_vfs_is_cut (); i++)
    {
      g_autofree char *id = mc_id_new (NOW);
      g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", "p/1", NULL);
      g_autoptr(McEdit) edit = mc_edit_new ();

      mc_edit_set_int (edit, record, "number", i);
      g_assert_true (mc_journal_save (journal, edit, NOW, NULL, &error));
      if (!power_vfs_is_cut ())
        g_ptr_array_add (promised, g_strdup (id));
    }
  power_vfs_cut ();
  lost = count_lost (rest, promised);
  g_clear_pointer (&journal, mc_journal_close);
  remove_all (base);

  return lost;
}

/* What a person was told is saved is there when the power is back, whichever sectors had not been written. */
static void
test_device (void)
{
  guint32 seed = g_test_rand_int ();

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_test_message ("seed %u", seed + i);
      g_assert_cmpuint (run_device (seed + i, FALSE), ==, 0);
    }
}

/* The same work without a sync is found out: the rounds can fail. */
static void
test_careless (void)
{
  guint lost = 0;

  for (guint i = 0; i < ROUNDS && lost == 0; i++)
    lost = run_device (i, TRUE);
  g_assert_cmpuint (lost, >, 0);
}

/* What a hub has said it has is there when the power is back, and its chains hold. */
static void
test_hub (void)
{
  guint32 seed = g_test_rand_int ();

  for (guint i = 0; i < ROUNDS / 3; i++)
    {
      Fixture fixture = { 0 };
      g_autofree char *rest = NULL, *record = mc_id_new (NOW), *report = NULL;
      g_autoptr(Device) town = NULL;
      g_autoptr(GError) error = NULL;
      McHub *hub;
      guint64 promised = 0, head;
      McDigest chain;

      hub_set_up (&fixture, NULL);
      town = hub_device_new (&fixture, TOWN, "commune");
      rest = g_build_filename (fixture.dir, "rest", NULL);
      g_test_message ("seed %u", seed + i);
      power_vfs_arm (fixture.hub->dir, rest, 1 + (seed + i) % MAX_OPS, seed + i);
      for (guint k = 0; k < SAVES && !power_vfs_is_cut (); k++)
        {
          g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
          g_autoptr(GBytes) request = hub_request_new (town, groups);
          Answer answer = { 0 };

          hub_send (fixture.hub, request, 8192, &answer);
          g_assert_cmpstr (answer.problem, ==, NULL);
          if (!power_vfs_is_cut ())
            promised = answer.n;
          hub_answer_clear (&answer);
        }
      power_vfs_cut ();

      hub = mc_hub_open (rest, &error);
      g_assert_no_error (error);
      g_assert_true (is_whole (hub->db));
      g_assert_true (mc_hub_verify (hub, &report, &error));
      g_assert_true (mc_hub_get_head (hub, TOWN, &head, &chain, &error));
      g_assert_cmpuint (head, >=, promised);
      mc_hub_close (hub);
      hub_tear_down (&fixture, NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  power_vfs_install ();
  g_test_add_func ("/vfs/device", test_device);
  g_test_add_func ("/vfs/careless", test_careless);
  g_test_add_func ("/vfs/hub", test_hub);

  return g_test_run ();
}
