/* test-fetch.c: files of others, fetched from a real hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <string.h>

#include "client/mc-fetch.h"
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/fetch/rotten", Fixture, NULL, set_up, test_rotten, tear_down);
  g_test_add ("/fetch/mended", Fixture, NULL, set_up, test_mended, tear_down);

  return g_test_run ();
}
