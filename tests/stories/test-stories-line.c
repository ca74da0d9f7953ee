/* test-stories-line.c: stories of failure that lines and servers tell, and that ours does not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each test bears the name of a way in which a system of this kind has failed its users, and shows with the real
 * programs that ours does not fail so.
 */

#include <glib/gstdio.h>
#include <signal.h>

#include "core/mc-id.h"
#include "faults/relay.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

typedef struct
{
  Fixture ends;
  Relay *relay;            /* (owned) */
  McAccount *account;      /* (owned) behind the relay */
  McJournal *journal;      /* (owned) */
} Story;

static void
begin (Story         *story,
       gconstpointer  data)
{
  set_up (&story->ends, NULL);
  story->relay = data != NULL ? relay_new_inside (story->ends.port, story->ends.hub_dir) : relay_new (story->ends.port);
  story->account = new_device (&story->ends, "town", TOWN, "commune");
  point_at (story->account, relay_get_port (story->relay));
  story->journal = open_journal (&story->ends, story->account);
}

static void
end (Story         *story,
     gconstpointer  data)
{
  mc_journal_close (story->journal);
  mc_account_free (story->account);
  relay_free (story->relay);
  tear_down (&story->ends, NULL);
}

static gboolean
try_sync (Story   *story,
          GError **error)
{
  McSyncReport report;

  return mc_session_run (story->journal, story->account, &report, NULL, NULL, NULL, error);
}

/* What the hub proves and a fresh district sees: @n certified copies, not one twice. */
static void
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
save_long_copy (Story *story,
                int    number)
{
  g_autofree char *id = mc_id_new (NOW), *text = NULL;
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", mc_pack_get_id (story->ends.pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  guint8 noise[2250];

  mc_random_bytes (noise, sizeof noise);
  text = g_base64_encode (noise, sizeof noise);
  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_text (edit, record, "document", text);
  g_assert_true (mc_journal_save (story->journal, edit, NOW + number, NULL, NULL));
}

/* The same for text alone: a hundred records that never fit one connection all arrive, each once. */
static void
test_06_big_text (Story *story, gconstpointer data)
{
  RelayPlan none = RELAY_PLAN_NONE, cut = RELAY_PLAN_NONE;
  guint64 up, down, total = 0;
  guint connections, n_connections = 0;

  for (int i = 1; i <= 100; i++)
    save_long_copy (story, i);
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

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, inside, func) g_test_add ("/stories/" name, Story, inside, begin, func, end)
  ADD ("01-lost-answer", "inside", test_01_lost_answer);
  ADD ("01-duplicate-delivery", "inside", test_01_duplicate_delivery);
  ADD ("06-big-record-never-finishes", NULL, test_06_big_record);
  ADD ("06-big-text-never-finishes", NULL, test_06_big_text);
  ADD ("16-captive-portal", "inside", test_16_captive_portal);

  return g_test_run ();
}
