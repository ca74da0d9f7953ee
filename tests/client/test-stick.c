/* test-stick.c: syncs carried on a USB stick between real devices and a real hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "client/mc-stick.h"
#include "client/mc-sync.h"
#include "core/mc-receipts.h"
#include "mc-test.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

static char *
write_stick (Fixture    *fixture,
             McJournal  *journal,
             McAccount  *account,
             const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr(McStickReport) report = NULL;
  g_autoptr(GError) error = NULL;

  mc_stick_write (journal, account, path, 0, &report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (report->paths), ==, 1);
  g_assert_cmpstr (report->paths[0], ==, path);

  return g_steal_pointer (&path);
}

/* The hub takes @path; where its answer is. */
static char *
take_to_hub (Fixture    *fixture,
             const char *path)
{
  g_autofree char *said = run_hub (fixture, "bundle", "read", path, "--reply", fixture->dir, NULL);
  const char *answer = strstr (said, "answer: ");

  g_assert_nonnull (answer);

  return g_strchomp (g_strdup (answer + strlen ("answer: ")));
}

static void
read_stick (McJournal    *journal,
            McAccount    *account,
            const char   *path,
            McSyncReport *report)
{
  g_autoptr(GError) error = NULL;

  mc_stick_read (journal, account, path, report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_verified (Fixture    *fixture,
                 const char *text)
{
  g_autofree char *verified = run_hub (fixture, "verify", NULL);

  g_assert_cmpstr (verified, !=, "");
  g_test_message ("%s", verified);
  g_assert_true (g_str_has_prefix (verified, text));
}

static guint
count_evidence_waiting (McJournal *journal)
{
  McJournalSummary summary;

  g_assert_true (mc_journal_get_summary (journal, &summary, NULL));

  return summary.n_evidence_waiting;
}

/* Whether one receipt of the hub is here, for so many changes and files. */
static void
assert_receipt (McJournal *journal,
                guint      n_items)
{
  g_autoptr(GPtrArray) receipts = mc_journal_list_receipts (journal, NULL);

  g_assert_nonnull (receipts);
  g_assert_cmpuint (receipts->len, ==, 1);
  g_assert_cmpuint (((McReceipt *) receipts->pdata[0])->items->len, ==, n_items);
}

/* A machine that never has a network: records and files reach the hub, the verdicts come back with the hub's receipt, and the
 * stick tells nothing. */
static void
test_there_and_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), district = new_device (fixture, "district", DISTRICT, "district");
  g_autoptr(McJournal) journal = open_journal (fixture, town), above = open_journal (fixture, district);
  g_autofree char *sha256 = save_file (fixture, journal, 300000), *path = NULL, *reply = NULL;
  McSyncReport report;

  stop_hub (fixture, SIGTERM);
  g_free (save_copy (fixture, journal, 1));
  g_free (save_copy (fixture, journal, 2));
  path = write_stick (fixture, journal, town, "a.mcbundle");
  g_assert_cmpuint (count_pending (journal), ==, 3);
  assert_nowhere (path, "certified-copy");
  assert_nowhere (path, "Bằng tốt nghiệp");

  reply = take_to_hub (fixture, path);
  assert_nowhere (reply, "accepted");
  g_assert_true (is_at_hub (fixture, sha256));
  g_assert_cmpuint (count_pending (journal), ==, 3);
  read_stick (journal, town, reply, &report);
  g_assert_cmpuint (report.n_sent, ==, 3);
  g_assert_cmpuint (report.files_done, ==, 1);
  g_assert_cmpuint (count_pending (journal), ==, 0);
  g_assert_cmpuint (count_evidence_waiting (journal), ==, 0);
  assert_receipt (journal, 4);

  start_hub (fixture);
  run_sync (above, district, &report);
  g_assert_cmpuint (count_rows (above, "certified-copy"), ==, 2);
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.turns, ==, 1);
  g_assert_cmpuint (report.n_sent, ==, 0);
  assert_verified (fixture, "3 rows in 1 logs");
}

/* Bundles and answers in any order, twice, late, and beside syncs over the network: nothing is lost, nothing is double. */
static void
test_any_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), second = new_device (fixture, "second", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town), other = open_journal (fixture, second);
  g_autofree char *first = NULL, *later = NULL, *last = NULL, *first_reply = NULL, *later_reply = NULL, *last_reply = NULL;
  McSyncReport report;

  g_free (save_copy (fixture, journal, 1));
  first = write_stick (fixture, journal, town, "1.mcbundle");
  g_free (save_copy (fixture, journal, 2));
  later = write_stick (fixture, journal, town, "2.mcbundle");
  g_free (save_copy (fixture, other, 7));
  run_sync (other, second, &report);

  later_reply = take_to_hub (fixture, later);
  first_reply = take_to_hub (fixture, first);
  g_free (take_to_hub (fixture, first));
  g_free (save_copy (fixture, journal, 3));
  read_stick (journal, town, later_reply, &report);
  g_assert_cmpuint (count_pending (journal), ==, 1);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, 4);
  read_stick (journal, town, first_reply, &report);
  g_assert_cmpuint (report.n_sent, ==, 0);
  read_stick (journal, town, later_reply, &report);
  g_assert_cmpuint (report.n_sent, ==, 0);
  g_assert_cmpuint (report.n_received, ==, 0);
  g_assert_cmpuint (count_pending (journal), ==, 1);

  last = write_stick (fixture, journal, town, "3.mcbundle");
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.n_sent, ==, 1);
  last_reply = take_to_hub (fixture, last);
  read_stick (journal, town, last_reply, &report);
  read_stick (journal, town, first_reply, &report);
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.n_sent, ==, 0);
  g_assert_cmpuint (count_pending (journal), ==, 0);
  assert_verified (fixture, "4 rows in 1 logs");
}

/* A bundle that is cut, changed, another hub's or none at all says what it is, and changes nothing on either side. */
static void
test_bad (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), second = new_device (fixture, "second", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town), other = open_journal (fixture, second);
  g_autofree char *bad = g_build_filename (fixture->dir, "bad.mcbundle", NULL), *renamed = g_build_filename (fixture->dir, "ảnh.jpg", NULL);
  g_autofree char *path = NULL, *reply = NULL, *sha256 = save_file (fixture, journal, 200000);
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  g_free (save_copy (fixture, journal, 1));
  path = write_stick (fixture, journal, town, "a.mcbundle");
  spoil_file (path, bad, 150000, -1);
  hub_refuses (fixture, "cut", "bundle", "read", bad, NULL);
  spoil_file (path, bad, -1, 180000);
  hub_refuses (fixture, "changed", "bundle", "read", bad, NULL);
  spoil_file (path, bad, -1, 12);
  hub_refuses (fixture, "another hub", "bundle", "read", bad, NULL);
  g_assert_true (g_file_set_contents (bad, "không phải gói dữ liệu, chỉ là một tệp văn bản", -1, NULL));
  hub_refuses (fixture, "no bundle", "bundle", "read", bad, NULL);
  assert_verified (fixture, "0 rows");
  g_assert_false (is_at_hub (fixture, sha256));

  g_rename (path, renamed);
  g_free (run_hub (fixture, "bundle", "read", renamed, "--reply", fixture->dir, NULL));
  reply = g_build_filename (fixture->dir, "ảnh.jpg.reply.mcbundle", NULL);
  hub_refuses (fixture, "not for here", "bundle", "read", reply, NULL);

  spoil_file (reply, bad, 200, -1);
  g_assert_false (mc_stick_read (journal, town, bad, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_DAMAGED);
  g_clear_error (&error);
  spoil_file (reply, bad, -1, 300);
  g_assert_false (mc_stick_read (journal, town, bad, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_DAMAGED);
  g_clear_error (&error);
  g_assert_false (mc_stick_read (journal, town, renamed, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_OTHER);
  g_clear_error (&error);
  g_assert_false (mc_stick_read (other, second, reply, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN);
  g_clear_error (&error);
  g_assert_cmpuint (count_pending (journal), ==, 2);
  g_assert_cmpuint (count_rows (other, "certified-copy"), ==, 0);

  read_stick (journal, town, reply, &report);
  g_assert_cmpuint (count_pending (journal), ==, 0);
}

/* What does not fit one file goes into several; they may arrive in any order, and each brings what is in it. */
static void
test_parts (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *path = g_build_filename (fixture->dir, "nhiều.mcbundle", NULL);
  g_autoptr(McStickReport) written = NULL;
  g_autoptr(GError) error = NULL;
  char *files[7];
  McSyncReport report;
  guint n_parts;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    files[i] = save_file (fixture, journal, 300000 + i);
  mc_stick_write (journal, town, path, 2 * 1024 * 1024, &written, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (written->n_changes, ==, 7);
  g_assert_cmpuint (written->n_files, ==, 7);
  n_parts = g_strv_length (written->paths);
  g_assert_cmpuint (n_parts, ==, 3);
  for (guint i = 0; i < n_parts; i++)
    {
      GStatBuf info;

      g_assert_cmpint (g_stat (written->paths[i], &info), ==, 0);
      g_assert_cmpint (info.st_size, <=, 2 * 1024 * 1024);
    }

  for (guint i = n_parts; i > 0; i--)
    {
      g_autofree char *reply = take_to_hub (fixture, written->paths[i - 1]);

      read_stick (journal, town, reply, &report);
      g_assert_cmpuint (count_pending (journal), ==, 0);
    }
  g_assert_cmpuint (count_evidence_waiting (journal), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_assert_true (is_at_hub (fixture, files[i]));
      g_free (files[i]);
    }
}

/* A hub that was put back to an old backup gets everything again from a machine that only ever uses a stick. */
static void
test_hub_restored (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *backup = g_build_filename (fixture->dir, "backup", NULL);
  McSyncReport report;

  stop_hub (fixture, SIGTERM);
  for (int i = 1; i <= 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d.mcbundle", i), *path = NULL, *reply = NULL;

      g_free (save_copy (fixture, journal, i));
      path = write_stick (fixture, journal, town, name);
      reply = take_to_hub (fixture, path);
      read_stick (journal, town, reply, &report);
      g_assert_cmpuint (count_pending (journal), ==, 0);
      if (i == 1)
        g_free (run_hub (fixture, "backup", backup, NULL));
    }
  g_free (run_hub (fixture, "restore", backup, NULL));
  assert_verified (fixture, "1 rows in 1 logs");

  g_free (save_copy (fixture, journal, 5));
  for (int i = 5; i <= 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d.mcbundle", i), *path = write_stick (fixture, journal, town, name);
      g_autofree char *reply = take_to_hub (fixture, path);

      read_stick (journal, town, reply, &report);
    }
  g_assert_cmpuint (count_pending (journal), ==, 0);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, 5);
  assert_verified (fixture, "5 rows in 1 logs");
}

/* Two machines with one identity: the stick finds it out too, and both go on under names of their own. */
static void
test_clone (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), twin = NULL;
  g_autoptr(McJournal) journal = open_journal (fixture, town), copied = NULL;
  g_autofree char *from = g_build_filename (fixture->dir, "town", NULL), *to = g_build_filename (fixture->dir, "twin", NULL);
  McAccount *accounts[2];
  McJournal *journals[2];
  McSyncReport report;

  g_free (save_copy (fixture, journal, 1));
  g_clear_pointer (&journal, mc_journal_close);
  copy_tree (from, to);
  twin = mc_account_load (to, NULL);
  accounts[0] = town;
  accounts[1] = twin;
  journal = open_journal (fixture, town);
  copied = open_journal (fixture, twin);
  journals[0] = journal;
  journals[1] = copied;
  g_free (save_copy (fixture, journal, 2));
  g_free (save_copy (fixture, copied, 3));
  /* Each may find the other's answer on the stick: what it says was taken is not what this one wrote. */
  {
    g_autofree char *path = write_stick (fixture, journal, town, "first.mcbundle"), *reply = take_to_hub (fixture, path);

    read_stick (copied, twin, reply, &report);
    g_assert_cmpuint (count_pending (copied), ==, 2);
  }
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < 2; i++)
      {
        g_autofree char *name = g_strdup_printf ("%u-%u.mcbundle", round, i), *path = write_stick (fixture, journals[i], accounts[i], name);
        g_autofree char *reply = take_to_hub (fixture, path);

        read_stick (journals[i], accounts[i], reply, &report);
      }
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (count_pending (journals[i]), ==, 0);
      g_assert_cmpuint (count_rows (journals[i], "certified-copy"), ==, 3);
    }
  assert_verified (fixture, "3 rows in 1 logs");
}

#define HEIR "21699@2022-01-01"

/* HEIR beside TOWN; @merged: it took over TOWN's work. */
static void
import_heir (Fixture  *fixture,
             gboolean  merged)
{
  g_autofree char *path = g_build_filename (fixture->dir, "table.json", NULL), *text = NULL;

  text = g_strdup_printf ("{\"units\":[{\"code\":\"21609\",\"valid_from\":\"2004-07-08\",\"valid_to\":\"2025-06-30\",\"name\":\"An Lão\","
                          "\"kind\":\"town\",\"parent\":\"" DISTRICT "\"%s},{\"code\":\"21699\",\"valid_from\":\"2022-01-01\","
                          "\"name\":\"Xã mới\",\"kind\":\"commune\",\"parent\":\"" DISTRICT "\"}]}",
                          merged ? ",\"successors\":[\"" HEIR "\"]" : "");
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_free (run_hub (fixture, "unit", "import", path, NULL));
}

/* One stick there and back. */
static void
exchange (Fixture      *fixture,
          McJournal    *journal,
          McAccount    *account,
          const char   *name,
          McSyncReport *report)
{
  g_autofree char *path = write_stick (fixture, journal, account, name), *reply = take_to_hub (fixture, path);

  read_stick (journal, account, reply, report);
}

/* A merger that was declared after the heir's machine was enrolled reaches it by stick alone: the answer says which log is its own
 * now, and brings it; it goes on with the next. */
static void
test_merged (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), heir = NULL;
  g_autoptr(McJournal) journal = open_journal (fixture, town), at_heir = NULL;
  g_autofree char *id = save_copy (fixture, journal, 1), *path = NULL, *late = NULL;
  g_autoptr(McRecord) theirs = NULL, ours = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  McSyncReport report;

  exchange (fixture, journal, town, "1.mcbundle", &report);
  import_heir (fixture, FALSE);
  heir = new_device (fixture, "heir", HEIR, "commune");
  at_heir = open_journal (fixture, heir);
  exchange (fixture, at_heir, heir, "a.mcbundle", &report);
  g_assert_cmpuint (count_rows (at_heir, "certified-copy"), ==, 0);
  path = write_stick (fixture, at_heir, heir, "b.mcbundle");

  import_heir (fixture, TRUE);
  late = take_to_hub (fixture, path);
  read_stick (at_heir, heir, late, &report);
  g_assert_cmpuint (count_rows (at_heir, "certified-copy"), ==, 1);
  read_stick (at_heir, heir, late, &report);
  g_assert_cmpuint (report.n_received, ==, 0);

  g_free (save_copy (fixture, journal, 2));
  exchange (fixture, journal, town, "2.mcbundle", &report);
  theirs = mc_journal_get (at_heir, id, NULL);
  mc_edit_set_int (edit, theirs, "copies", 7);
  g_assert_true (mc_journal_save (at_heir, edit, NOW, NULL, NULL));
  exchange (fixture, at_heir, heir, "c.mcbundle", &report);
  g_assert_cmpuint (report.n_sent, ==, 1);
  g_assert_cmpuint (report.n_refused, ==, 0);
  g_assert_cmpuint (count_rows (at_heir, "certified-copy"), ==, 2);
  exchange (fixture, journal, town, "3.mcbundle", &report);
  ours = mc_journal_get (journal, id, NULL);
  g_assert_cmpint (mc_record_get_int (ours, "copies", 0), ==, 7);

  run_sync (at_heir, heir, &report);
  g_assert_cmpuint (report.turns, ==, 1);
  g_assert_cmpuint (report.n_received, ==, 0);
  assert_verified (fixture, "3 rows in 1 logs");
}

static void
count_cb (const McSyncReport *report,
          gpointer            user_data)
{
  g_assert_true (g_main_context_is_owner (NULL));
  (*(guint *) user_data)++;
}

/* From a window: written and read in the background, with progress; given up, nothing is left on the stick. */
static void
test_window (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  McSync *sync = mc_sync_new (town->dir, fixture->pack);
  g_autofree char *stick = g_build_filename (fixture->dir, "usb", NULL), *sha256 = save_file (fixture, journal, 3000000), *reply = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) written = NULL, given_up = NULL, read = NULL;
  g_autoptr(McStickReport) report = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = NULL;
  McSyncReport brought;
  g_autofree char *carried = NULL;
  guint n_told = 0;

  g_mkdir (stick, 0700);
  g_cancellable_cancel (cancellable);
  mc_sync_write_bundle_async (sync, stick, count_cb, &n_told, cancellable, mc_test_result_cb, &given_up);
  mc_test_wait (&given_up);
  g_assert_null (mc_sync_write_bundle_finish (sync, given_up, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  dir = g_dir_open (stick, 0, NULL);
  g_assert_null (g_dir_read_name (dir));

  mc_sync_write_bundle_async (sync, stick, count_cb, &n_told, NULL, mc_test_result_cb, &written);
  mc_test_wait (&written);
  report = mc_sync_write_bundle_finish (sync, written, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_told, >=, 1);
  g_assert_cmpuint (report->n_files, ==, 1);
  g_assert_true (g_str_has_prefix (report->paths[0], stick));

  g_free (run_hub (fixture, "bundle", "read", report->paths[0], "--reply", stick, NULL));
  report->paths[0][strlen (report->paths[0]) - strlen (".mcbundle")] = '\0';
  reply = g_strconcat (report->paths[0], ".reply.mcbundle", NULL);
  mc_sync_read_bundle_async (sync, reply, NULL, NULL, NULL, mc_test_result_cb, &read);
  mc_test_wait (&read);
  g_assert_true (mc_sync_read_bundle_finish (sync, read, &brought, &carried, &error));
  g_assert_no_error (error);
  g_assert_null (carried);
  g_assert_cmpuint (brought.files_done, ==, 1);
  g_assert_cmpint (mc_sync_get_last_us (sync), >, 0);
  g_assert_cmpuint (count_pending (journal), ==, 0);
  g_clear_object (&given_up);
  g_clear_object (&written);
  g_clear_object (&read);
  mc_test_finalize (sync);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/stick/there-and-back", test_there_and_back);
  ADD ("/stick/any-order", test_any_order);
  ADD ("/stick/bad", test_bad);
  ADD ("/stick/parts", test_parts);
  ADD ("/stick/hub-restored", test_hub_restored);
  ADD ("/stick/clone", test_clone);
  ADD ("/stick/merged", test_merged);
  ADD ("/stick/window", test_window);

  return g_test_run ();
}
