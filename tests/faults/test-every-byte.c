/* test-every-byte.c: a line that is cut at one place after the other, and stores that somebody else holds
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * EVERY_BYTE_STEP says how far the places are from each other; 1 is every byte.
 */

#include <sqlite3.h>
#include <stdlib.h>

#include "stories/story.h"
#include "wire/mc-sync-error.h"

#define STEP 211

static guint
get_step (void)
{
  const char *text = g_getenv ("EVERY_BYTE_STEP");

  return text != NULL ? MAX (atoi (text), 1) : STEP;
}

/* A record and a small file, over a line that ends after byte k of one way; then in peace. */
static gboolean
sync_cut_at (Story  *story,
             int     number,
             gint64  k,
             gboolean is_up)
{
  RelayPlan none = RELAY_PLAN_NONE, cut = RELAY_PLAN_NONE;
  g_autofree char *sha256 = NULL;
  g_autoptr(GError) error = NULL;
  gboolean through;

  g_free (save_copy (&story->ends, story->journal, number));
  sha256 = save_file (&story->ends, story->journal, 2000);
  if (is_up)
    cut.cut_up = k;
  else
    cut.cut_down = k;
  cut.reset = number % 2;
  relay_set_plan (story->relay, &cut);
  through = try_sync (story, NULL);
  relay_set_plan (story->relay, &none);
  g_assert_true (try_sync (story, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  g_assert_cmpuint (count_waiting_files (story->journal), ==, 0);
  g_assert_true (is_at_hub (&story->ends, sha256));

  return through;
}

/* Wherever a request, or an answer, is cut, with an end or a reset: the next sync brings everything, once. */
static void
test_every_byte (Story *story, gconstpointer data)
{
  guint n = 0, n_through = 0;

  for (int way = 0; way < 2; way++)
    for (gint64 k = 0; k < 8000; k += get_step ())
      {
        if (!sync_cut_at (story, ++n, k, way == 0))
          n_through = 0;
        else if (++n_through >= 3)
          break;   /* it is over before the cut */
      }
  g_test_message ("%u cuts", n);
  g_assert_cmpuint (n, >, 20);
  g_free (run_hub (&story->ends, "verify", NULL));
  g_assert_cmpint (ask (story->ends.hub_dir, "hub.db", "SELECT count (*) FROM change"), ==, 2 * n);
  g_assert_cmpint (ask (story->ends.hub_dir, "hub.db", "SELECT count (DISTINCT record) FROM change"), ==, 2 * n);
}

static sqlite3 *
hold (const char *dir,
      const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_exec (db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);

  return db;
}

/* A hub whose store somebody holds says that it cannot work now; the device keeps all, and goes on when it is free. */
static void
test_held_hub (Story *story, gconstpointer data)
{
  sqlite3 *db = NULL;
  g_autoptr(GError) error = NULL;

  g_free (save_copy (&story->ends, story->journal, 1));
  db = hold (story->ends.hub_dir, "hub.db");
  g_assert_false (try_sync (story, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNAVAILABLE);
  g_assert_cmpuint (count_pending (story->journal), ==, 1);
  sqlite3_close (db);
  g_assert_true (try_sync (story, NULL));
  assert_at_district (story, 1);
}

/* A store that another program holds for too long is said to be busy, nothing of the save is there, and it can be
 * repeated. */
static void
test_held_store (Story *story, gconstpointer data)
{
  sqlite3 *db = NULL;
  g_autofree char *said = NULL, *again = NULL;
  gboolean done;

  g_free (save_copy (&story->ends, story->journal, 1));
  db = hold (story->account->dir, "store.db");
  said = run_ctl (NULL, story->account->dir, &done, "--type", "certified-copy", "set", "number=2", NULL);
  g_test_message ("%s", said);
  g_assert_false (done);
  sqlite3_close (db);
  g_assert_cmpuint (count_rows (story->journal, "certified-copy"), ==, 1);
  again = run_ctl (NULL, story->account->dir, &done, "--type", "certified-copy", "set", "number=2", NULL);
  g_assert_true (done);
  g_assert_true (try_sync (story, NULL));
  assert_at_district (story, 2);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/faults/" name, Story, NULL, story_begin, func, story_end)
  ADD ("every-byte", test_every_byte);
  ADD ("held-hub", test_held_hub);
  ADD ("held-store", test_held_store);

  return g_test_run ();
}
