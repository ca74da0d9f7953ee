/* test-two-ends.c: real devices against a real minhchung-hub over TLS on loopback
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>

#include "client/mc-enrol.h"
#include "client/mc-session.h"
#include "client/mc-sync.h"
#include "core/mc-id.h"
#include "core/mc-spared.h"
#include "mc-test.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

/* What a commune saved is at the hub and at the district, names sealed; its second sync is one small turn. */
static void
test_there_and_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McAccount) district = new_device (fixture, "district", DISTRICT, "district");
  g_autoptr(McJournal) journal = open_journal (fixture, town), above = open_journal (fixture, district);
  g_autofree char *id = save_copy (fixture, journal, 1), *verified = NULL, *log = NULL;
  g_autoptr(McRecord) record = NULL;
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  g_free (save_copy (fixture, journal, 2));
  g_assert_cmpuint (count_pending (journal), ==, 2);
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.n_sent, ==, 2);
  g_assert_cmpuint (count_pending (journal), ==, 0);

  run_sync (journal, town, &report);
  g_test_message ("empty sync: %u turn, %" G_GUINT64_FORMAT " + %" G_GUINT64_FORMAT " bytes", report.turns,
                  report.bytes_sent, report.bytes_received);
  g_assert_cmpuint (report.turns, ==, 1);
  g_assert_cmpuint (report.bytes_sent + report.bytes_received, <=, 600);

  run_sync (above, district, &report);
  record = mc_journal_get (above, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mc_record_get_int (record, "number", 0), ==, 1);
  g_assert_cmpstr (mc_record_get_text (record, "requester"), ==, "");
  assert_nowhere (fixture->hub_dir, "Thành");
  log = g_build_filename (fixture->dir, "hub.log", NULL);
  assert_nowhere (log, "Thành");

  verified = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (verified, "2 rows in 1 logs"));
}

/* Ten edits among many are one turn of at most 3 KiB. */
static void
test_ten_edits (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  McSyncReport report;

  for (int i = 0; i < 100; i++)
    g_ptr_array_add (ids, save_copy (fixture, journal, i));
  run_sync (journal, town, &report);
  for (int i = 0; i < 10; i++)
    {
      g_autoptr(McRecord) record = mc_journal_get (journal, ids->pdata[i * 7], NULL);
      g_autoptr(McEdit) edit = mc_edit_new ();

      mc_edit_set_int (edit, record, "copies", i + 2);
      g_assert_true (mc_journal_save (journal, edit, NOW, NULL, NULL));
    }
  run_sync (journal, town, &report);
  g_test_message ("ten edits: %u turn, %" G_GUINT64_FORMAT " + %" G_GUINT64_FORMAT " bytes", report.turns,
                  report.bytes_sent, report.bytes_received);
  g_assert_cmpuint (report.n_sent, ==, 10);
  g_assert_cmpuint (report.turns, ==, 1);
  g_assert_cmpuint (report.bytes_sent + report.bytes_received, <=, 3072);
}

/* Two PCs of one commune edit one field apart: both values stand until somebody decides. */
static void
test_conflict (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) a = new_device (fixture, "a", TOWN, "commune"), b = new_device (fixture, "b", TOWN, "commune");
  g_autoptr(McJournal) at_a = open_journal (fixture, a), at_b = open_journal (fixture, b);
  g_autofree char *id = save_copy (fixture, at_a, 1);
  g_autoptr(McRecord) shown_a = NULL, shown_b = NULL, both = NULL, settled = NULL;
  g_autoptr(McEdit) edit_a = mc_edit_new (), edit_b = mc_edit_new (), settle = mc_edit_new ();
  McSyncReport report;

  run_sync (at_a, a, &report);
  run_sync (at_b, b, &report);
  shown_a = mc_journal_get (at_a, id, NULL);
  shown_b = mc_journal_get (at_b, id, NULL);
  mc_edit_set_int (edit_a, shown_a, "fee", 6000);
  mc_edit_set_int (edit_b, shown_b, "fee", 7000);
  g_assert_true (mc_journal_save (at_a, edit_a, NOW, NULL, NULL));
  g_assert_true (mc_journal_save (at_b, edit_b, NOW, NULL, NULL));
  run_sync (at_a, a, &report);
  g_assert_cmpuint (report.n_conflicts, ==, 0);
  run_sync (at_b, b, &report);
  g_assert_cmpuint (report.n_conflicts, ==, 1);

  both = mc_journal_get (at_b, id, NULL);
  g_assert_true (mc_record_has_conflict (both, "fee"));
  g_assert_cmpint (mc_record_get_int (both, "fee", 0), ==, 6000);
  mc_edit_set_int (settle, both, "fee", 7000);
  g_assert_true (mc_journal_save (at_b, settle, NOW, NULL, NULL));
  run_sync (at_b, b, &report);
  g_assert_cmpuint (report.n_conflicts, ==, 0);
  run_sync (at_a, a, &report);
  settled = mc_journal_get (at_a, id, NULL);
  g_assert_false (mc_record_has_conflict (settled, "fee"));
  g_assert_cmpint (mc_record_get_int (settled, "fee", 0), ==, 7000);
}

static guint
count_shown (McJournal *journal)
{
  McQuery query = { .type = "certified-copy" };
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, NULL);

  return numbers->len;
}

static void
delete_all (McJournal *journal)
{
  McQuery query = { .type = "certified-copy" };
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, NULL);
  g_autoptr(GPtrArray) records = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, NULL);

  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr(McRecord) record = mc_journal_get (journal, mc_record_get_id (records->pdata[i]), NULL);
      g_autoptr(McEdit) edit = mc_edit_new ();

      mc_edit_delete (edit, record);
      g_assert_true (mc_journal_save (journal, edit, NOW, NULL, NULL));
    }
}

/* When others delete a whole register, it stays in sight until a person says yes, and comes back for all if he says no. */
static void
test_many_deleted (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) a = new_device (fixture, "a", TOWN, "commune"), b = new_device (fixture, "b", TOWN, "commune");
  g_autoptr(McJournal) at_a = open_journal (fixture, a), at_b = open_journal (fixture, b);
  g_autoptr(GPtrArray) spared = NULL, none = NULL;
  McSyncReport report;

  for (guint i = 1; i <= 60; i++)
    g_free (save_copy (fixture, at_a, i));
  run_sync (at_a, a, &report);
  run_sync (at_b, b, &report);
  delete_all (at_a);
  run_sync (at_a, a, &report);
  run_sync (at_b, b, &report);
  g_assert_cmpuint (count_shown (at_a), ==, 0);
  g_assert_cmpuint (count_shown (at_b), ==, 60);
  spared = mc_journal_list_spared (at_b, NULL);
  g_assert_cmpuint (spared->len, ==, 60);

  g_assert_true (mc_journal_revive_spared (at_b, NOW, NULL));
  run_sync (at_b, b, &report);
  run_sync (at_a, a, &report);
  g_assert_cmpuint (count_shown (at_a), ==, 60);

  delete_all (at_a);
  run_sync (at_a, a, &report);
  run_sync (at_b, b, &report);
  g_assert_cmpuint (count_shown (at_b), ==, 60);
  g_assert_true (mc_journal_hide_spared (at_b, NULL));
  g_assert_cmpuint (count_shown (at_b), ==, 0);
  none = mc_journal_list_spared (at_b, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

/* A hub that is stopped the moment it listens ends in order, as at any other time. */
static void
test_stopped_at_once (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 20; i++)
    {
      stop_hub (fixture, SIGTERM);
      start_hub (fixture);
    }
}

/* With the hub gone nothing is lost, and it is said that it cannot be reached; when it is back all goes through. */
static void
test_hub_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  stop_hub (fixture, SIGKILL);
  for (int i = 0; i < 3; i++)
    g_free (save_copy (fixture, journal, i));
  g_assert_false (mc_session_run (journal, town, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNREACHABLE);
  g_assert_cmpuint (count_pending (journal), ==, 3);

  start_hub (fixture);
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.n_sent, ==, 3);
  g_assert_cmpuint (count_pending (journal), ==, 0);
}

/* A line lets one device in; used again, mistyped and of another hub it is refused in its own words. */
static void
test_enrolment (Fixture *fixture, gconstpointer data)
{
  g_autofree char *line = new_line (fixture, TOWN, "commune"), *other_dir = NULL, *revoked = NULL, *list = NULL;
  g_autofree char *first_dir = g_build_filename (fixture->dir, "one", NULL), *second_dir = g_build_filename (fixture->dir, "two", NULL);
  g_autoptr(McAccount) first = NULL, second = NULL;
  g_autoptr(McJournal) journal = NULL;
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  first = mc_enrol (first_dir, line, "A", NULL, &error);
  g_assert_no_error (error);
  second = mc_enrol (second_dir, line, "B", NULL, &error);
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_SECRET_USED);
  g_clear_error (&error);
  g_assert_null (second);
  g_assert_false (g_file_test (second_dir, G_FILE_TEST_EXISTS));

  journal = open_journal (fixture, first);
  first->hub.tls_pin[0] ^= 1;
  g_assert_false (mc_session_run (journal, first, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_WRONG_KEY);
  g_clear_error (&error);
  first->hub.tls_pin[0] ^= 1;

  revoked = run_hub (fixture, "device", "revoke", first->device, NULL);
  g_free (save_copy (fixture, journal, 1));
  g_assert_false (mc_session_run (journal, first, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REVOKED);
  g_assert_cmpuint (count_pending (journal), ==, 1);
}

/* Made-up data of a trial never become a unit's own: no line is used up on them, and they stay what they are. */
static void
test_trial (Fixture *fixture, gconstpointer data)
{
  g_autofree char *line = new_line (fixture, TOWN, "commune"), *dir = g_build_filename (fixture->dir, "trial", NULL);
  g_autofree char *real_dir = g_build_filename (fixture->dir, "real", NULL);
  g_autoptr(McAccount) trial = mc_account_new (dir, TOWN, "commune", "A"), still = NULL, real = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (mc_account_save (trial, &error));
  g_assert_null (mc_enrol (dir, line, "A", NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BAD_LINE);
  g_clear_error (&error);
  still = mc_account_load (dir, &error);
  g_assert_no_error (error);
  g_assert_true (mc_account_is_trial (still));
  real = mc_enrol (real_dir, line, "A", NULL, &error);
  g_assert_no_error (error);
}

/* The district has a wholly new hub, and each PC comes to it with a new line: it is given all, and what others wrote nobody tries to
 * prove there, since that was signed for the one before. */
static void
test_new_hub (Fixture *fixture, gconstpointer data)
{
  static const char * const names[] = { "town", "second" };
  McAccount *accounts[2];
  McJournal *journals[2];
  g_autofree char *aside = g_build_filename (fixture->dir, "hub-before", NULL), *units = NULL, *verified = NULL;
  McSyncReport report;

  for (guint i = 0; i < 2; i++)
    {
      accounts[i] = new_device (fixture, names[i], TOWN, "commune");
      journals[i] = open_journal (fixture, accounts[i]);
      for (int k = 0; k < 50; k++)
        g_free (save_copy (fixture, journals[i], k));
      run_sync (journals[i], accounts[i], &report);
    }
  run_sync (journals[0], accounts[0], &report);
  g_assert_cmpuint (count_rows (journals[0], "certified-copy"), ==, 100);
  stop_hub (fixture, SIGTERM);
  g_rename (fixture->hub_dir, aside);
  g_free (run_hub (fixture, "init", NULL));
  units = g_test_build_filename (G_TEST_DIST, "..", "resources", "units", "an-lao.json", NULL);
  g_free (run_hub (fixture, "unit", "import", units, NULL));
  start_hub (fixture);

  for (guint i = 0; i < 2; i++)
    {
      mc_account_free (accounts[i]);
      accounts[i] = new_device (fixture, names[i], TOWN, "commune");
      run_sync (journals[i], accounts[i], &report);
      g_test_message ("%s: %u turns, %" G_GUINT64_FORMAT " bytes", names[i], report.turns, report.bytes_sent);
      g_assert_cmpuint (report.n_sent, ==, 50);
      g_assert_cmpuint (report.turns, <=, 6);
      g_assert_cmpuint (count_pending (journals[i]), ==, 0);
    }
  run_sync (journals[0], accounts[0], &report);
  g_assert_cmpuint (report.turns, ==, 1);
  verified = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (verified, "100 rows in 1 logs"));
  for (guint i = 0; i < 2; i++)
    {
      run_sync (journals[i], accounts[i], &report);
      g_assert_cmpuint (report.turns, ==, 1);
      g_assert_cmpuint (report.bytes_sent + report.bytes_received, <=, 600);
      g_assert_cmpuint (count_rows (journals[i], "certified-copy"), ==, 100);
      mc_journal_close (journals[i]);
      mc_account_free (accounts[i]);
    }
}

/* A copied folder and its original both go on: nothing is lost, nothing doubled, both end with the same records. */
static void
test_clone (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), clone = NULL;
  g_autoptr(McJournal) journal = open_journal (fixture, town), copy = NULL;
  g_autofree char *clone_dir = g_build_filename (fixture->dir, "clone", NULL), *verified = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) ours = NULL, theirs = NULL;
  McQuery query = { .type = "certified-copy" };
  const char *argv[] = { "cp", "-a", town->dir, clone_dir, NULL };
  McSyncReport report;

  g_free (save_copy (fixture, journal, 1));
  g_clear_pointer (&journal, mc_journal_close);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  clone = mc_account_load (clone_dir, &error);
  g_assert_no_error (error);
  journal = open_journal (fixture, town);
  copy = open_journal (fixture, clone);

  g_free (save_copy (fixture, journal, 2));
  g_free (save_copy (fixture, copy, 3));
  run_sync (journal, town, &report);
  run_sync (copy, clone, &report);
  run_sync (journal, town, &report);

  ours = mc_journal_query (journal, &query, NULL);
  theirs = mc_journal_query (copy, &query, NULL);
  g_assert_cmpuint (ours->len, ==, 3);
  g_assert_cmpuint (theirs->len, ==, 3);
  verified = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (verified, "3 rows"));
}

/* A hub that went back to an older backup is given again what it no longer has, and nobody is asked. */
static void
test_hub_restored (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McAccount) district = new_device (fixture, "district", DISTRICT, "district");
  g_autoptr(McJournal) journal = open_journal (fixture, town), above = open_journal (fixture, district);
  g_autofree char *backup = g_build_filename (fixture->dir, "backup", NULL), *old = g_build_filename (backup, "hub.db", NULL);
  g_autofree char *now = g_build_filename (fixture->hub_dir, "hub.db", NULL), *verified = NULL;
  g_autofree char *wal = g_strconcat (now, "-wal", NULL), *shm = g_strconcat (now, "-shm", NULL);
  g_autoptr(GFile) from = g_file_new_for_path (old), to = g_file_new_for_path (now);
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) at_district = NULL;
  McQuery query = { .type = "certified-copy", .log = "*" };
  McSyncReport report;

  g_free (save_copy (fixture, journal, 1));
  run_sync (journal, town, &report);
  g_free (run_hub (fixture, "backup", backup, NULL));
  for (int i = 2; i <= 4; i++)
    g_free (save_copy (fixture, journal, i));
  run_sync (journal, town, &report);
  run_sync (above, district, &report);

  stop_hub (fixture, SIGTERM);
  g_remove (wal);
  g_remove (shm);
  g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  start_hub (fixture);

  g_free (save_copy (fixture, journal, 5));
  run_sync (journal, town, &report);
  g_assert_cmpuint (count_pending (journal), ==, 0);
  verified = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (verified, "5 rows in 1 logs"));
  run_sync (above, district, &report);
  at_district = mc_journal_query (above, &query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (at_district->len, ==, 5);
}

static void
wait_until_idle (McSync *sync)
{
  while (mc_sync_get_state (sync) == MC_SYNC_WORKING)
    g_main_context_iteration (NULL, TRUE);
}

static void
count_cb (gpointer source, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* The button's sync goes through beside an open store, soon after a save too, and says why when it cannot. */
static void
test_button (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  McSync *sync = mc_sync_new (town->dir, fixture->pack);
  guint changed = 0;

  g_signal_connect (sync, "changed", G_CALLBACK (count_cb), &changed);
  g_free (save_copy (fixture, journal, 1));
  mc_sync_run (sync);
  g_assert_cmpint (mc_sync_get_state (sync), ==, MC_SYNC_WORKING);
  g_free (save_copy (fixture, journal, 2));
  mc_sync_run (sync);
  wait_until_idle (sync);
  g_assert_no_error (mc_sync_get_error (sync));
  g_assert_cmpuint (changed, ==, 2);
  g_assert_cmpuint (count_pending (journal), ==, 0);
  g_assert_cmpint (mc_sync_get_last_us (sync), >, 0);

  g_free (save_copy (fixture, journal, 3));
  mc_sync_note_change (sync);
  while (changed < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_pending (journal), ==, 0);

  stop_hub (fixture, SIGTERM);
  mc_sync_run (sync);
  wait_until_idle (sync);
  g_assert_error (mc_sync_get_error (sync), MC_SYNC_ERROR, MC_SYNC_ERROR_UNREACHABLE);

  mc_sync_run (sync);
  mc_sync_cancel (sync);
  wait_until_idle (sync);
  g_assert_nonnull (mc_sync_get_error (sync));
  mc_test_finalize (sync);
}

/* Together more than a megabyte, the smallest share. */
#define N_LONG 40

static void
save_long (Fixture   *fixture,
           McJournal *journal,
           guint      number)
{
  g_autofree char *id = mc_id_new (NOW), *text = g_strnfill (30000, 'a' + number % 26);
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();

  mc_edit_set_int (edit, record, "number", 100 + number);
  mc_edit_set_text (edit, record, "document", text);
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, NULL));
}

/* Whoever has used his share of the hub is told so, keeps what waits, and still gets what others wrote; his text goes through
 * while only his files are too many; with a larger share all goes on. */
static void
test_share (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), second = new_device (fixture, "second", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town), other = open_journal (fixture, second);
  g_autofree char *sha256 = save_file (fixture, journal, 3 * 1024 * 1024);
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  g_free (run_hub (fixture, "quota", "evidence", "1", NULL));
  g_free (save_copy (fixture, other, 7));
  run_sync (other, second, &report);
  g_assert_false (mc_session_run (journal, town, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_HUB_FULL);
  g_clear_error (&error);
  g_assert_cmpuint (count_pending (journal), ==, 0);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, 1);
  g_assert_false (is_at_hub (fixture, sha256));

  /* The text, too, is more than the share. */
  g_free (run_hub (fixture, "quota", "log", "1", NULL));
  for (guint i = 0; i < N_LONG; i++)
    save_long (fixture, journal, i);
  g_free (save_copy (fixture, other, 8));
  run_sync (other, second, &report);
  g_assert_false (mc_session_run (journal, town, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_HUB_FULL);
  g_assert_cmpuint (count_pending (journal), >, 0);
  g_assert_cmpuint (report.n_received, >=, 1);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, 2 + N_LONG);

  g_free (run_hub (fixture, "quota", "log", "512", NULL));
  g_free (run_hub (fixture, "quota", "evidence", "512", NULL));
  run_sync (journal, town, &report);
  g_assert_cmpuint (count_pending (journal), ==, 0);
  g_assert_true (is_at_hub (fixture, sha256));
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/two-ends/there-and-on", test_there_and_on);
  ADD ("/two-ends/ten-edits", test_ten_edits);
  ADD ("/two-ends/conflict", test_conflict);
  ADD ("/two-ends/many-deleted", test_many_deleted);
  ADD ("/two-ends/hub-stopped", test_hub_stopped);
  ADD ("/two-ends/stopped-at-once", test_stopped_at_once);
  ADD ("/two-ends/enrolment", test_enrolment);
  ADD ("/two-ends/trial", test_trial);
  ADD ("/two-ends/new-hub", test_new_hub);
  ADD ("/two-ends/clone", test_clone);
  ADD ("/two-ends/hub-restored", test_hub_restored);
  ADD ("/two-ends/button", test_button);
  ADD ("/two-ends/share", test_share);

  return g_test_run ();
}
