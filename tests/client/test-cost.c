/* test-cost.c: what a sync costs a device that holds much
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counted in steps of SQLite's machine, which no other work on this computer changes.
 */

#include <sys/syscall.h>
#include <unistd.h>

#include "core/mc-id.h"
#include "two-ends.h"

/* Stands before libc's: how often the log of a device's store was waited for. */
static guint n_waits;

int
fdatasync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd), *path = g_file_read_link (link, NULL);

  n_waits += path != NULL && g_str_has_suffix (path, "store.db-wal");

  return syscall (SYS_fdatasync, fd);
}

static int
count_cb (void *user_data)
{
  ++*(guint64 *) user_data;

  return 0;
}

static void
save_many (Fixture   *fixture,
           McJournal *journal,
           guint      count)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *id = mc_id_new (NOW);
      g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", mc_pack_get_id (fixture->pack), NULL);

      mc_edit_set_int (edit, record, "number", 1 + i);
    }
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, &error));
  g_assert_no_error (error);
}

/* The steps of a sync that brings ten edits to the hub. */
static guint64
sync_ten (Fixture   *fixture,
          McJournal *journal,
          McAccount *account)
{
  sqlite3 *handle = mc_db_get_handle (mc_journal_get_db (journal));
  McSyncReport report;
  guint64 steps = 0;

  save_many (fixture, journal, 10);
  sqlite3_progress_handler (handle, 1, count_cb, &steps);
  run_sync (journal, account, &report);
  sqlite3_progress_handler (handle, 0, NULL, NULL);
  g_assert_cmpuint (report.n_sent, ==, 10);
  g_assert_cmpuint (report.turns, ==, 1);

  return steps;
}

/* Ten edits cost a device that holds thousands of records what they cost one that holds hardly any. */
static void
test_held (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  McSyncReport report;
  guint64 few, many;

  save_many (fixture, journal, 10);
  run_sync (journal, town, &report);
  few = sync_ten (fixture, journal, town);
  for (guint i = 0; i < 10; i++)
    save_many (fixture, journal, 200);
  run_sync (journal, town, &report);
  many = sync_ten (fixture, journal, town);
  g_test_message ("%" G_GUINT64_FORMAT " steps with 20 records, %" G_GUINT64_FORMAT " with 2,030", few, many);
  g_assert_cmpuint (few, >, 100);
  g_assert_cmpuint (many, <, few + few / 10);
}

/* An answer that says no more than that all was accepted is waited for once, whatever it brings. */
static void
test_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  McSyncReport report;

  for (guint i = 0; i < 3; i++)
    {
      save_many (fixture, journal, 10);
      n_waits = 0;
      run_sync (journal, town, &report);
      g_assert_cmpuint (report.n_sent, ==, 10);
      g_test_message ("%u waits in %u turns", n_waits, report.turns);
      /* With the first answer it is written down which hub this is. */
      g_assert_cmpuint (n_waits, ==, report.turns + (i == 0));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/cost/held", Fixture, NULL, set_up, test_held, tear_down);

  g_test_add ("/cost/waits", Fixture, NULL, set_up, test_waits, tear_down);

  return g_test_run ();
}
