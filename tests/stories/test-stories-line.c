/* test-stories-line.c: stories of lines, proxies and servers that fail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <signal.h>
#include <string.h>

#include "core/mc-id.h"
#include "stories/story.h"
#include "wire/mc-sync-error.h"

/* When the answer is lost after the hub has committed, the next sync brings the verdict, and nothing is there twice. */
static void
test_01_lost_answer (Story *story, gconstpointer data)
{
  RelayPlan none = RELAY_PLAN_NONE, lose = RELAY_PLAN_NONE;

  lose.lose_answer = TRUE;
  relay_set_plan (story->relay, &lose);
  for (int i = 1; i <= 5; i++)
    {
      g_autoptr(GError) error = NULL;

      g_free (save_copy (&story->ends, story->journal, i));
      g_assert_false (try_sync (story, &error));
      g_assert_nonnull (error);
      g_assert_cmpuint (count_pending (story->journal), ==, i);
    }

  relay_set_plan (story->relay, &none);
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  assert_at_district (story, 5);
}

/* A request that a bad line delivers ten times, and once more a week later, is in the log once. */
static void
test_01_duplicate_delivery (Story *story, gconstpointer data)
{
  RelayPlan none = RELAY_PLAN_NONE, twice = RELAY_PLAN_NONE;
  g_autoptr(GBytes) old = NULL, answer = NULL;

  twice.copies = 10;
  relay_set_plan (story->relay, &twice);
  for (int i = 1; i <= 3; i++)
    g_free (save_copy (&story->ends, story->journal, i));
  g_assert_true (try_sync (story, NULL));
  old = relay_dup_request (story->relay);
  g_assert_nonnull (old);
  relay_set_plan (story->relay, &none);
  g_free (save_copy (&story->ends, story->journal, 4));
  g_assert_true (try_sync (story, NULL));

  answer = relay_replay (story->relay, old);
  g_assert_nonnull (answer);
  g_free (save_copy (&story->ends, story->journal, 5));
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  assert_at_district (story, 5);
}

/* Whoever sends over a line that ends after every 150 kB gets through, and each cut costs at most 128 KiB. */
static void
test_06_big_record (Story *story, gconstpointer data)
{
  RelayPlan none = RELAY_PLAN_NONE, cut = RELAY_PLAN_NONE;
  const gsize size = 1024 * 1024;
  g_autofree char *sha256 = save_file (&story->ends, story->journal, size);
  guint64 up, down, total = 0;
  guint connections, n_connections = 0;

  cut.cut_up = 150 * 1000;
  relay_set_plan (story->relay, &cut);
  relay_take_counts (story->relay, &up, &down, &connections);
  while (!is_at_hub (&story->ends, sha256) && n_connections < 60)
    {
      try_sync (story, NULL);
      relay_take_counts (story->relay, &up, &down, &connections);
      total += up;
      n_connections += connections;
    }
  g_test_message ("%u connections, %" G_GUINT64_FORMAT " bytes for a file of %" G_GSIZE_FORMAT, n_connections, total, size);
  g_assert_true (is_at_hub (&story->ends, sha256));
  g_assert_cmpuint (total, <=, size + (guint64) n_connections * 128 * 1024);

  relay_set_plan (story->relay, &none);
  g_assert_true (try_sync (story, NULL));
}

/* A record whose text alone is long: 3,000 characters that do not compress. */
static void
save_long_copy (McJournal *journal,
                int        number)
{
  g_autofree char *id = mc_id_new (NOW), *text = NULL;
  g_autoptr(McRecord) record = mc_record_new_empty (id, mc_journal_get_log (journal), "certified-copy",
                                                    mc_pack_get_id (mc_journal_get_pack (journal)), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  guint8 noise[2250];

  mc_random_bytes (noise, sizeof noise);
  text = g_base64_encode (noise, sizeof noise);
  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_text (edit, record, "document", text);
  g_assert_true (mc_journal_save (journal, edit, NOW + number, NULL, NULL));
}

/* The same for text alone: a hundred records that never fit one connection all arrive, each once. */
static void
test_06_big_text (Story *story, gconstpointer data)
{
  RelayPlan none = RELAY_PLAN_NONE, cut = RELAY_PLAN_NONE;
  guint64 up, down, total = 0;
  guint connections, n_connections = 0;

  for (int i = 1; i <= 100; i++)
    save_long_copy (story->journal, i);
  cut.cut_up = 120 * 1000;
  relay_set_plan (story->relay, &cut);
  relay_take_counts (story->relay, &up, &down, &connections);
  while (!try_sync (story, NULL) && n_connections < 60)
    {
      relay_take_counts (story->relay, &up, &down, &connections);
      total += up;
      n_connections += connections;
    }
  g_test_message ("%u connections, %" G_GUINT64_FORMAT " bytes for 100 records", n_connections, total);
  g_assert_cmpuint (n_connections, >, 0);
  g_assert_cmpuint (count_pending (story->journal), ==, 0);

  relay_set_plan (story->relay, &none);
  assert_at_district (story, 100);
}

/* The same downwards: a district whose line ends within every answer keeps the pages that came whole, and gets all in the end. */
static void
test_06_big_answer (Story *story, gconstpointer data)
{
  static const char * const units[] = { TOWN, "21610@2004-07-08", "21613@2004-07-08" };
  g_autoptr(McAccount) district = new_device (&story->ends, "above", DISTRICT, "district");
  g_autoptr(McJournal) journal = open_journal (&story->ends, district);
  RelayPlan cut = RELAY_PLAN_NONE;
  guint n_cut = 0;
  gboolean done = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autofree char *name = g_strdup_printf ("commune-%u", i);
      g_autoptr(McAccount) commune = new_device (&story->ends, name, units[i], "commune");
      g_autoptr(McJournal) theirs = open_journal (&story->ends, commune);
      McSyncReport report;

      for (int k = 1; k <= 40; k++)
        save_long_copy (theirs, k);
      run_sync (theirs, commune, &report);
    }

  point_at (district, relay_get_port (story->relay));
  cut.cut_down = 150 * 1000;
  relay_set_plan (story->relay, &cut);
  for (guint i = 0; i < 10 && !done; i++)
    {
      g_autoptr(GError) error = NULL;
      McSyncReport report;

      done = mc_session_run (journal, district, &report, NULL, NULL, NULL, &error);
      n_cut += !done;
      g_test_message ("%u records are here", count_rows (journal, "certified-copy"));
    }
  g_assert_true (done);
  g_assert_cmpuint (n_cut, >, 0);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, 120);
}

/* Whatever a portal, a proxy or a stranger answers, it is not taken for the hub, and nothing is taken for sent. */
static void
test_16_captive_portal (Story *story, gconstpointer data)
{
  static const char * const answers[] = {
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<html>Xin chào</html>",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/login\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad",
    "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nshort",
    "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/problem+json\r\nContent-Length: 2\r\n\r\n{}",
  };
  RelayPlan none = RELAY_PLAN_NONE, plan = RELAY_PLAN_NONE;

  g_free (save_copy (&story->ends, story->journal, 1));
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr(GError) error = NULL;

      plan.answer = answers[i];
      relay_set_plan (story->relay, &plan);
      g_assert_false (try_sync (story, &error));
      g_test_message ("%.30s: %s", answers[i], error->message);
      g_assert_true (error->domain == MC_SYNC_ERROR);
      g_assert_cmpuint (count_pending (story->journal), ==, 1);
    }

  relay_set_plan (story->relay, &none);
  g_assert_true (try_sync (story, NULL));
  assert_at_district (story, 1);
}

/* A sync that is killed in the middle leaves nothing stuck: no lock, no "uploading"; the next one goes through at once. */
static void
test_10_stuck_after_crash (Story *story, gconstpointer data)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "app", "minhchungctl", NULL);
  g_autofree char *sha256 = save_file (&story->ends, story->journal, 500 * 1000);
  RelayPlan none = RELAY_PLAN_NONE, stall = RELAY_PLAN_NONE;
  guint64 up, down;
  guint connections;

  stall.stall_up = 120 * 1000;
  relay_set_plan (story->relay, &stall);
  for (int i = 1; i <= 3; i++)
    {
      g_autoptr(GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, program, "--data-dir",
                                                         story->account->dir, "sync", NULL);

      g_free (save_copy (&story->ends, story->journal, i));
      /* In the middle of it is once bytes have passed. */
      do
        {
          g_usleep (20000);
          relay_take_counts (story->relay, &up, &down, &connections);
        }
      while (up == 0);
      g_subprocess_send_signal (process, SIGKILL);
      g_subprocess_wait (process, NULL, NULL);
      g_assert_cmpuint (count_waiting_files (story->journal), ==, 1);
    }

  relay_set_plan (story->relay, &none);
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  g_assert_true (is_at_hub (&story->ends, sha256));
}

/* Wherever an answer is cut, the cursor never runs ahead of the rows that are here, and in the end all are here. */
static void
test_11_cursor_ahead (Story *story, gconstpointer data)
{
  static const char gap[] = "SELECT coalesce ((SELECT seq FROM cursor WHERE log = '" TOWN "'), 0)"
                            " - (SELECT count (*) FROM change WHERE log = '" TOWN "' AND seq IS NOT NULL)";
  g_autoptr(McAccount) above = new_device (&story->ends, "district", DISTRICT, "district");
  g_autoptr(McJournal) journal = open_journal (&story->ends, above);
  RelayPlan none = RELAY_PLAN_NONE, cut = RELAY_PLAN_NONE;
  McSyncReport report;
  guint n_failed = 0;

  for (int i = 1; i <= 60; i++)
    g_free (save_copy (&story->ends, story->journal, i));
  g_assert_true (try_sync (story, NULL));

  point_at (above, relay_get_port (story->relay));
  for (cut.cut_down = 0; cut.cut_down < 6000; cut.cut_down += 250)
    {
      relay_set_plan (story->relay, &cut);
      n_failed += !mc_session_run (journal, above, &report, NULL, NULL, NULL, NULL);
      g_assert_cmpint (ask (above->dir, "store.db", gap), ==, 0);
    }
  g_assert_cmpuint (n_failed, >, 5);
  relay_set_plan (story->relay, &none);
  run_sync (journal, above, &report);
  g_assert_cmpint (ask (above->dir, "store.db", gap), ==, 0);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, 60);
}

/* Everything goes over one connection at a time, and a slow line that keeps moving is never given up. */
static void
test_15_parallel_uploads (Story *story, gconstpointer data)
{
  RelayPlan slow = RELAY_PLAN_NONE;
  guint64 up, down;
  guint connections;
  McSyncReport report;

  for (int i = 0; i < 8; i++)
    g_free (save_file (&story->ends, story->journal, 100 * 1000));
  slow.delay_ms = 20;
  relay_set_plan (story->relay, &slow);
  relay_take_counts (story->relay, &up, &down, &connections);
  run_sync (story->journal, story->account, &report);
  relay_take_counts (story->relay, &up, &down, &connections);
  g_test_message ("%u turns, %u connections, %" G_GUINT64_FORMAT " bytes up", report.turns, connections, up);
  g_assert_cmpuint (connections, ==, 1);
  g_assert_cmpuint (up, <=, 800 * 1000 * 105 / 100 + 64 * 1024);
  g_assert_cmpuint (count_waiting_files (story->journal), ==, 0);
}

/* Each failure ends with a status that is no success, a word to look up, and its line in the sync log. */
static void
test_20_success_shown (Story *story, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    gint64 cut_down;
    const char *slug;
  } failures[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", RELAY_NEVER, "not-a-hub" },
    { "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", RELAY_NEVER, "proxy" },
    { NULL, 300, "" },
    { NULL, 0, "" },
  };
  RelayPlan none = RELAY_PLAN_NONE, plan = RELAY_PLAN_NONE;
  g_autofree char *said = NULL;
  gboolean done;

  g_free (save_copy (&story->ends, story->journal, 1));
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autofree char *failed = NULL, *status = NULL;

      plan.answer = failures[i].answer;
      plan.cut_down = failures[i].cut_down;
      relay_set_plan (story->relay, &plan);
      failed = run_ctl (NULL, story->account->dir, &done, "sync", NULL);
      g_test_message ("%s", failed);
      g_assert_false (done);
      g_assert_nonnull (strstr (failed, "\"error\":\""));
      g_assert_nonnull (strstr (failed, failures[i].slug));
      status = run_ctl (NULL, story->account->dir, &done, "status", NULL);
      g_assert_nonnull (strstr (status, "\"pending_records\":1"));
      g_assert_cmpint (ask (story->account->dir, "store.db", "SELECT count (*) FROM sync_log WHERE outcome <> 'ok'"), ==, i + 1);
    }

  relay_set_plan (story->relay, &none);
  said = run_ctl (NULL, story->account->dir, &done, "sync", NULL);
  g_assert_true (done);
  g_assert_cmpint (ask (story->account->dir, "store.db", "SELECT count (*) FROM sync_log WHERE outcome = 'ok'"), ==, 1);
}

/* An old request that comes after newer ones changes nothing and holds nothing up. */
static void
test_21_out_of_order (Story *story, gconstpointer data)
{
  RelayPlan none = RELAY_PLAN_NONE, away = RELAY_PLAN_NONE;
  g_autoptr(GPtrArray) requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  /* Three requests that are under way for long: the device has not heard of them again. */
  away.answer = "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 4\r\n\r\nslow";
  relay_set_plan (story->relay, &away);
  for (int i = 1; i <= 3; i++)
    {
      g_free (save_copy (&story->ends, story->journal, i));
      g_assert_false (try_sync (story, NULL));
      g_ptr_array_add (requests, relay_dup_request (story->relay));
    }
  for (int i = 2; i >= 0; i--)
    g_bytes_unref (relay_replay (story->relay, requests->pdata[i]));

  relay_set_plan (story->relay, &none);
  g_free (save_copy (&story->ends, story->journal, 4));
  g_assert_true (try_sync (story, NULL));
  for (int i = 0; i < 3; i++)
    g_bytes_unref (relay_replay (story->relay, requests->pdata[i]));
  g_free (save_copy (&story->ends, story->journal, 5));
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  assert_at_district (story, 5);
}

/* Three hundred records and thirty small files are a handful of requests, not hundreds. */
static void
test_23_many_small_requests (Story *story, gconstpointer data)
{
  guint64 up, down;
  guint connections;
  McSyncReport report;

  for (int i = 1; i <= 300; i++)
    g_free (save_copy (&story->ends, story->journal, i));
  for (int i = 0; i < 30; i++)
    g_free (save_file (&story->ends, story->journal, 3000));
  relay_take_counts (story->relay, &up, &down, &connections);
  run_sync (story->journal, story->account, &report);
  relay_take_counts (story->relay, &up, &down, &connections);
  g_test_message ("%u turns, %u connections", report.turns, connections);
  g_assert_cmpuint (report.turns, <=, 4);
  g_assert_cmpuint (connections, <=, 4);
  g_assert_cmpuint (report.files_done, ==, 30);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD_STORY ("01-lost-answer", "inside", test_01_lost_answer);
  ADD_STORY ("01-duplicate-delivery", "inside", test_01_duplicate_delivery);
  ADD_STORY ("06-big-record-never-finishes", NULL, test_06_big_record);
  ADD_STORY ("06-big-text-never-finishes", NULL, test_06_big_text);
  ADD_STORY ("06-big-answer-never-finishes", NULL, test_06_big_answer);
  ADD_STORY ("10-stuck-after-crash", NULL, test_10_stuck_after_crash);
  ADD_STORY ("11-cursor-ahead-of-data", "inside", test_11_cursor_ahead);
  ADD_STORY ("15-parallel-uploads", NULL, test_15_parallel_uploads);
  ADD_STORY ("16-captive-portal", "inside", test_16_captive_portal);
  ADD_STORY ("20-success-shown-although-failed", "inside", test_20_success_shown);
  ADD_STORY ("21-out-of-order-chain", "inside", test_21_out_of_order);
  ADD_STORY ("23-many-small-requests", NULL, test_23_many_small_requests);

  return g_test_run ();
}
