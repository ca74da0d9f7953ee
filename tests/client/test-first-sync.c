/* test-first-sync.c: a new device of a unit that has worked for years
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With -m slow the unit has 100,000 records, and the times are those to look at.
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "client/mc-stick.h"
#include "core/mc-id.h"
#include "faults/relay.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

#define A_SAVE 200

static guint
count_wanted (void)
{
  return g_test_slow () ? 100000 : 14000;
}

/* The commune's old machine and its hub, with everything there is. */
static McAccount *
fill (Fixture *fixture)
{
  g_autoptr(McAccount) old = new_device (fixture, "old", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, old);
  g_autoptr(GError) error = NULL;
  gint64 started_us = g_get_monotonic_time ();
  McSyncReport report;

  mc_db_exec (mc_journal_get_db (journal), "PRAGMA synchronous = OFF", NULL);
  for (guint i = 0; i < count_wanted (); i += A_SAVE)
    {
      g_autoptr(McEdit) edit = mc_edit_new ();

      for (guint k = 0; k < A_SAVE; k++)
        {
          g_autofree char *id = mc_id_new (NOW + (i + k) * G_TIME_SPAN_MINUTE), *document = g_strdup_printf ("Bằng tốt nghiệp số %u", i + k);
          g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", mc_pack_get_id (fixture->pack), NULL);

          mc_edit_set_int (edit, record, "number", 1 + (i + k) % 9999);
          mc_edit_set_text (edit, record, "document", document);
          mc_edit_set_text (edit, record, "requester", "Đinh Văn Thành");
        }
      g_assert_true (mc_journal_save (journal, edit, NOW + i * G_TIME_SPAN_MINUTE, NULL, &error));
      g_assert_no_error (error);
    }
  run_sync (journal, old, &report);
  g_test_message ("%u records made and sent in %.1f s", report.n_sent, (g_get_monotonic_time () - started_us) / 1e6);
  g_assert_cmpuint (report.n_sent, ==, count_wanted ());

  return g_steal_pointer (&old);
}

static void
report_rate (const char         *what,
             const McSyncReport *report,
             gint64              started_us)
{
  double seconds = (g_get_monotonic_time () - started_us) / 1e6;

  g_test_message ("%s: %u records, %u turns, %.1f MB, %.1f s, %.0f records a second", what, count_wanted (), report->turns,
                  report->bytes_received / 1e6, seconds, count_wanted () / seconds);
}

static void
assert_no_segments (McAccount *account)
{
  g_autoptr(GDir) dir = g_dir_open (account->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    g_assert_false (g_str_has_suffix (name, ".segment"));
}

/* A new machine of the commune and one of the district get everything in a few long stretches, and then work on. */
static void
test_network (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) old = fill (fixture), town = new_device (fixture, "new", TOWN, "commune");
  g_autoptr(McAccount) district = new_device (fixture, "district", DISTRICT, "district");
  g_autoptr(McJournal) before = open_journal (fixture, old), journal = open_journal (fixture, town), above = open_journal (fixture, district);
  g_autofree char *verified = NULL;
  gint64 started_us = g_get_monotonic_time ();
  McSyncReport report;

  run_sync (journal, town, &report);
  report_rate ("commune", &report, started_us);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, count_wanted ());
  g_assert_cmpuint (report.turns, <=, 15 + count_wanted () / 5000);
  assert_no_segments (town);
  started_us = g_get_monotonic_time ();
  run_sync (above, district, &report);
  report_rate ("district", &report, started_us);
  g_assert_cmpuint (count_rows (above, "certified-copy"), ==, count_wanted ());

  /* It holds the log like any other. */
  g_free (save_copy (fixture, journal, 77));
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.turns, ==, 1);
  run_sync (before, old, &report);
  g_assert_cmpuint (count_rows (before, "certified-copy"), ==, count_wanted () + 1);
  verified = run_hub (fixture, "verify", NULL);
  g_test_message ("%s", verified);
}

/* However often the line breaks, what has come is not fetched again: at most 128 KiB a cut. */
static void
test_cut (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) old = fill (fixture), town = new_device (fixture, "new", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autoptr(Relay) relay = relay_new (fixture->port);
  RelayPlan plan = RELAY_PLAN_NONE;
  guint64 up, down, total = 0, whole;
  guint n_cuts = 0, n_connections;
  McSyncReport report;

  /* What it costs in one piece. */
  {
    g_autoptr(McAccount) other = new_device (fixture, "other", TOWN, "commune");
    g_autoptr(McJournal) unbroken = open_journal (fixture, other);

    point_at (other, relay_get_port (relay));
    relay_set_plan (relay, &plan);
    run_sync (unbroken, other, &report);
    relay_take_counts (relay, &up, &whole, &n_connections);
  }

  point_at (town, relay_get_port (relay));
  plan.cut_down = 400000;
  relay_set_plan (relay, &plan);
  for (gboolean done = FALSE; !done;)
    {
      g_autoptr(GError) error = NULL;

      done = mc_session_run (journal, town, &report, NULL, NULL, NULL, &error);
      g_test_message ("%s: turns %u, %" G_GUINT64_FORMAT " bytes", done ? "done" : error->message, report.turns, report.bytes_received);
      g_assert_true (done || error->domain == MC_SYNC_ERROR);
      relay_take_counts (relay, &up, &down, &n_connections);
      total += down;
      n_cuts += !done;
      g_assert_cmpuint (n_cuts, <, 2 + whole / 250000);
    }
  g_test_message ("in one piece %.2f MB, with %u cuts %.2f MB", whole / 1e6, n_cuts, total / 1e6);
  g_assert_cmpuint (n_cuts, >=, 2);
  g_assert_cmpuint (total, <=, whole + n_cuts * 128 * 1024);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, count_wanted ());
  assert_no_segments (town);
}

/* On a stick: only the unit's own devices can open it, a damaged one changes nothing, what waits stays, and the next sync
 * has nothing to fetch. */
static void
test_stick (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) old = fill (fixture), town = new_device (fixture, "new", TOWN, "commune");
  g_autoptr(McAccount) stranger = new_device (fixture, "stranger", "21610@2004-07-08", "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town), elsewhere = open_journal (fixture, stranger);
  g_autofree char *path = g_build_filename (fixture->dir, "an-lao.mcbundle", NULL), *bad = g_build_filename (fixture->dir, "bad.mcbundle", NULL);
  g_autofree char *said = run_hub (fixture, "snapshot", TOWN, path, NULL), *content = NULL;
  g_autoptr(GError) error = NULL;
  McSyncReport report;
  gint64 started_us;
  gsize size;

  g_test_message ("%s", said);
  g_assert_nonnull (strstr (said, "sealed for 2 devices"));
  assert_nowhere (path, "Bằng tốt nghiệp");
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_true (g_file_set_contents (bad, content, size - 1000, NULL));
  g_assert_false (mc_stick_read_snapshot (journal, town, bad, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_DAMAGED);
  g_clear_error (&error);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, 0);
  g_assert_false (mc_stick_read_snapshot (elsewhere, stranger, path, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN);
  g_clear_error (&error);

  g_free (save_copy (fixture, journal, 55));
  started_us = g_get_monotonic_time ();
  g_assert_true (mc_stick_read_snapshot (journal, town, path, &report, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  report_rate ("stick", &report, started_us);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, count_wanted () + 1);
  g_assert_cmpuint (count_pending (journal), ==, 1);
  g_assert_true (mc_stick_read_snapshot (journal, town, path, &report, NULL, NULL, NULL, &error));
  g_assert_cmpuint (report.n_received, ==, 0);

  run_sync (journal, town, &report);
  g_assert_cmpuint (report.turns, <=, 2);
  g_assert_cmpuint (report.bytes_received, <, 4096);
  g_assert_cmpuint (count_pending (journal), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/first-sync/network", test_network);
  ADD ("/first-sync/cut", test_cut);
  ADD ("/first-sync/stick", test_stick);

  return g_test_run ();
}
