/* story.c: what the stories of failure begin with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stories/story.h"

#include <sqlite3.h>

void
story_begin (Story         *story,
             gconstpointer  data)
{
  set_up (&story->ends, NULL);
  story->relay = data != NULL ? relay_new_inside (story->ends.port, story->ends.hub_dir) : relay_new (story->ends.port);
  story->account = new_device (&story->ends, "town", TOWN, "commune");
  point_at (story->account, relay_get_port (story->relay));
  story->journal = open_journal (&story->ends, story->account);
}

void
story_end (Story         *story,
           gconstpointer  data)
{
  g_clear_pointer (&story->journal, mc_journal_close);
  mc_account_free (story->account);
  relay_free (story->relay);
  tear_down (&story->ends, NULL);
}

gboolean
try_sync (Story   *story,
          GError **error)
{
  McSyncReport report;

  return mc_session_run (story->journal, story->account, &report, NULL, NULL, NULL, error);
}

void
assert_at_district (Story *story,
                    guint  n)
{
  g_autofree char *verified = run_hub (&story->ends, "verify", NULL), *rows = g_strdup_printf ("%u rows", n);
  g_autoptr(McAccount) account = new_device (&story->ends, "district", DISTRICT, "district");
  g_autoptr(McJournal) journal = open_journal (&story->ends, account);
  McSyncReport report;

  g_assert_true (g_str_has_prefix (verified, rows));
  run_sync (journal, account, &report);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, n);
}

char *
run_ctl (GStrv       env,
         const char *dir,
         gboolean   *out_done,
         const char *first,
         ...)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "app", "minhchungctl", NULL);
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  char *said = NULL;
  va_list words;

  g_ptr_array_add (argv, program);
  g_ptr_array_add (argv, (char *) "--data-dir");
  g_ptr_array_add (argv, (char *) dir);
  g_ptr_array_add (argv, (char *) "--json");
  va_start (words, first);
  for (const char *word = first; word != NULL; word = va_arg (words, const char *))
    g_ptr_array_add (argv, (char *) word);
  va_end (words);
  g_ptr_array_add (argv, NULL);
  for (gsize i = 0; env != NULL && env[i] != NULL; i++)
    {
      g_auto(GStrv) pair = g_strsplit (env[i], "=", 2);

      g_subprocess_launcher_setenv (launcher, pair[0], pair[1], TRUE);
    }

  process = g_subprocess_launcher_spawnv (launcher, (const char * const *) argv->pdata, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &said, NULL, &error));
  g_assert_no_error (error);
  *out_done = g_subprocess_get_successful (process);

  return said;
}

guint
count_waiting_files (McJournal *journal)
{
  McJournalSummary summary;

  g_assert_true (mc_journal_get_summary (journal, &summary, NULL));

  return summary.n_evidence_waiting;
}

gint64
ask (const char *dir,
     const char *name,
     const char *sql)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  gint64 answer = -1;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 30000);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    answer = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return answer;
}
