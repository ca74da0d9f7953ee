/* test-fetch.c: evidence files, to a real hub and from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "client/mc-fetch.h"
#include "client/mc-session.h"
#include "core/mc-id.h"
#include "core/mc-receipts.h"
#include "two-ends.h"

static char *
path_at_hub (Fixture    *fixture,
             const char *sha256)
{
  char folder[3] = { sha256[0], sha256[1], '\0' };

  return g_build_filename (fixture->hub_dir, "evidence", folder, sha256, NULL);
}

static void
fetch (McJournal *journal,
       McAccount *account,
       guint      fetched,
       guint      missing)
{
  g_autoptr(GError) error = NULL;
  guint n_fetched, n_missing;

  mc_fetch_all_evidence (journal, account, 0, &n_fetched, &n_missing, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_fetched, ==, fetched);
  g_assert_cmpuint (n_missing, ==, missing);
}

/* A file that has rotted at the hub is not taken, and keeps none of the others from coming; whole again, it comes. */
static void
test_rotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) author = new_device (fixture, "author", TOWN, "commune"), reader = new_device (fixture, "reader", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, author), other = open_journal (fixture, reader);
  g_autofree char *small = save_file (fixture, journal, 20000), *large = save_file (fixture, journal, 300000);
  g_autofree char *path = path_at_hub (fixture, small), *content = NULL, *here = NULL;
  McSyncReport report;
  gsize size;

  run_sync (journal, author, &report);
  run_sync (other, reader, &report);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  content[100] ^= 1;
  g_assert_true (g_file_set_contents (path, content, size, NULL));
  fetch (other, reader, 1, 1);
  here = mc_journal_get_evidence_path (other, large, NULL);
  g_assert_true (mc_evidence_is_whole (here, large));
  g_assert_null (mc_journal_get_evidence_path (other, small, NULL));

  content[100] ^= 1;
  g_assert_true (g_file_set_contents (path, content, size, NULL));
  fetch (other, reader, 1, 0);
}

/* What came of a file before it was mended at the hub is no part of it: it begins again at once. */
static void
test_mended (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) author = new_device (fixture, "author", TOWN, "commune"), reader = new_device (fixture, "reader", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, author), other = open_journal (fixture, reader);
  g_autofree char *sha256 = save_file (fixture, journal, 20000), *name = g_strconcat ("coming-", sha256, NULL);
  g_autofree char *path = g_build_filename (reader->dir, "evidence", name, NULL), *here = NULL;
  McSyncReport report;

  run_sync (journal, author, &report);
  run_sync (other, reader, &report);
  g_assert_true (g_file_set_contents (path, "what it was when the line broke", -1, NULL));
  fetch (other, reader, 1, 0);
  here = mc_journal_get_evidence_path (other, sha256, NULL);
  g_assert_true (mc_evidence_is_whole (here, sha256));
}

static void
damage_at_hub (Fixture    *fixture,
               const char *sha256,
               gboolean    is_cut)
{
  g_autofree char *path = path_at_hub (fixture, sha256);

  if (is_cut)
    spoil_file (path, path, 100, -1);
  else
    g_assert_cmpint (g_unlink (path), ==, 0);
}

/* What somebody deleted in the hub's folder by hand, or cut short, is back after the next sync of a device that has it:
 * nobody has to run anything. */
static void
test_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) account = new_device (fixture, "ha", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, account);
  g_autofree char *gone = save_file (fixture, journal, 5000), *cut = save_file (fixture, journal, 7000), *audit = NULL;
  McSyncReport report;

  run_sync (journal, account, &report);
  g_assert_true (is_at_hub (fixture, gone) && is_at_hub (fixture, cut));
  damage_at_hub (fixture, gone, FALSE);
  damage_at_hub (fixture, cut, TRUE);
  g_assert_false (is_at_hub (fixture, gone));

  run_sync (journal, account, &report);
  g_assert_true (is_at_hub (fixture, gone) && is_at_hub (fixture, cut));
  audit = run_hub (fixture, "verify", NULL);
  g_assert_nonnull (strstr (audit, "2 evidence files"));
  /* … and is not sent again. */
  run_sync (journal, account, &report);
  g_assert_cmpuint (report.bytes_sent, <, 1000);
}

/* An evidence file arrives whole, under the same hash on both sides. */
static void
test_sent (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree guint8 *noise = g_malloc (700000);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(McEvidence) evidence = NULL;
  g_autofree char *id = mc_id_new (NOW), *path = NULL, *content = NULL, *hash = NULL;
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "plan", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(JsonArray) files = json_array_new ();
  McSyncReport report;
  gsize size;

  mc_random_bytes (noise, 700000);
  bytes = g_bytes_new (noise, 700000);
  evidence = mc_journal_attach_bytes (journal, bytes, "kế hoạch.pdf", NOW, NULL);
  json_array_add_element (files, mc_evidence_to_json (evidence));
  mc_edit_set (edit, record, "files", json_node_init_array (json_node_alloc (), files));
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, NULL));
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.files_done, ==, 1);

  path = path_at_hub (fixture, evidence->sha256);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) content, size);
  g_assert_cmpstr (hash, ==, evidence->sha256);
}

static guint
count_left (McJournal *journal,
            char     **hashes)
{
  guint left;

  g_assert_true (mc_journal_count_evidence_left (journal, (const char * const *) hashes, &left, NULL));

  return left;
}

/* Records are at the district before their files: both sides know how many of them have not come. */
static void
test_left (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), district = new_device (fixture, "district", DISTRICT, "district");
  g_autoptr(McJournal) journal = open_journal (fixture, town), above = open_journal (fixture, district);
  g_autoptr(GError) error = NULL;
  char *hashes[] = { save_file (fixture, journal, 3000), save_file (fixture, journal, 4000), save_file (fixture, journal, 5000), NULL };
  McSyncReport report;

  g_assert_cmpuint (count_left (journal, hashes), ==, 3);
  mc_session_run_on (journal, town, TRUE, &report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  run_sync (above, district, &report);
  g_assert_cmpuint (count_rows (above, "plan"), ==, 3);
  g_assert_cmpuint (count_left (journal, hashes), ==, 3);
  g_assert_cmpuint (count_left (above, hashes), ==, 3);

  run_sync (journal, town, &report);
  run_sync (above, district, &report);
  g_assert_cmpuint (count_left (journal, hashes), ==, 0);
  g_assert_cmpuint (count_left (above, hashes), ==, 0);
  for (guint i = 0; hashes[i] != NULL; i++)
    g_free (hashes[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/fetch/sent", Fixture, NULL, set_up, test_sent, tear_down);
  g_test_add ("/fetch/lost", Fixture, NULL, set_up, test_lost, tear_down);
  g_test_add ("/fetch/left", Fixture, NULL, set_up, test_left, tear_down);
  g_test_add ("/fetch/rotten", Fixture, NULL, set_up, test_rotten, tear_down);
  g_test_add ("/fetch/mended", Fixture, NULL, set_up, test_mended, tear_down);

  return g_test_run ();
}
