/* test-stories-time.c: stories of pasts that came back, and of clocks, power and programs that were not what they should
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "core/mc-id.h"
#include "stories/story.h"
#include "wire/mc-sync-error.h"
#include "mc-test.h"

#define N_HUGE 2600

/* Puts the hub's store back to what it was in @backup, as somebody does who knows nothing of `restore`. */
static void
put_back (Story      *story,
          const char *backup)
{
  g_autofree char *old = g_build_filename (backup, "hub.db", NULL), *now = g_build_filename (story->ends.hub_dir, "hub.db", NULL);
  g_autofree char *wal = g_strconcat (now, "-wal", NULL), *shm = g_strconcat (now, "-shm", NULL);

  stop_hub (&story->ends, SIGTERM);
  g_remove (wal);
  g_remove (shm);
  copy_tree (old, now);
  start_hub (&story->ends);
}

/* A hub that went back to an older backup is given again what it no longer has, also what a PC had sent that is lost
 * since; nobody is asked. */
static void
test_02_server_restored (Story *story, gconstpointer data)
{
  g_autoptr(McAccount) other = new_device (&story->ends, "b", TOWN, "commune");
  g_autoptr(McJournal) at_other = open_journal (&story->ends, other);
  g_autofree char *backup = g_build_filename (story->ends.dir, "backup", NULL);
  McSyncReport report;

  g_free (save_copy (&story->ends, story->journal, 1));
  g_assert_true (try_sync (story, NULL));
  g_free (run_hub (&story->ends, "backup", backup, NULL));
  for (int i = 2; i <= 4; i++)
    g_free (save_copy (&story->ends, story->journal, i));
  g_assert_true (try_sync (story, NULL));
  g_free (save_copy (&story->ends, at_other, 5));
  run_sync (at_other, other, &report);

  put_back (story, backup);
  /* The first PC is never seen again: only the other one has its records. */
  run_sync (at_other, other, &report);
  g_assert_cmpuint (count_pending (at_other), ==, 0);
  g_assert_cmpuint (count_rows (at_other, "certified-copy"), ==, 5);
  assert_at_district (story, 5);
}

static void
reopen (Story *story)
{
  g_clear_pointer (&story->journal, mc_journal_close);
  story->journal = open_journal (&story->ends, story->account);
}

/* A PC that was set back to an old copy goes on: what it writes now is not taken for what it wrote then, and what it
 * had sent since the copy comes back to it. */
static void
test_03_client_restored (Story *story, gconstpointer data)
{
  g_autofree char *copy = g_build_filename (story->ends.dir, "copy", NULL);

  g_free (save_copy (&story->ends, story->journal, 1));
  g_assert_true (try_sync (story, NULL));
  g_clear_pointer (&story->journal, mc_journal_close);
  copy_tree (story->account->dir, copy);
  story->journal = open_journal (&story->ends, story->account);
  g_free (save_copy (&story->ends, story->journal, 2));
  g_free (save_copy (&story->ends, story->journal, 3));
  g_assert_true (try_sync (story, NULL));

  g_clear_pointer (&story->journal, mc_journal_close);
  mc_test_remove_tree (story->account->dir);
  copy_tree (copy, story->account->dir);
  story->journal = open_journal (&story->ends, story->account);
  g_assert_cmpuint (count_rows (story->journal, "certified-copy"), ==, 1);
  g_free (save_copy (&story->ends, story->journal, 4));
  g_free (save_copy (&story->ends, story->journal, 5));
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_rows (story->journal, "certified-copy"), ==, 5);
  assert_at_district (story, 5);
}

/* One disk image on three PCs that all write: every record of each arrives once, and all three end with the same. */
static void
test_03_image_deployed (Story *story, gconstpointer data)
{
  McAccount *accounts[3];
  McJournal *journals[3];
  McSyncReport report;

  g_free (save_copy (&story->ends, story->journal, 1));
  g_assert_true (try_sync (story, NULL));
  g_clear_pointer (&story->journal, mc_journal_close);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("image-%d", i), *dir = g_build_filename (story->ends.dir, name, NULL);

      copy_tree (story->account->dir, dir);
      accounts[i] = mc_account_load (dir, NULL);
      journals[i] = open_journal (&story->ends, accounts[i]);
      for (int k = 0; k < 3; k++)
        g_free (save_copy (&story->ends, journals[i], 10 * (i + 1) + k));
    }
  for (int round = 0; round < 3; round++)
    for (int i = 0; i < 3; i++)
      run_sync (journals[i], accounts[i], &report);
  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpuint (count_rows (journals[i], "certified-copy"), ==, 10);
      g_assert_cmpuint (count_pending (journals[i]), ==, 0);
      mc_journal_close (journals[i]);
      mc_account_free (accounts[i]);
    }
  reopen (story);
  g_assert_true (try_sync (story, NULL));
  assert_at_district (story, 10);
}

/* What tells that the folder @dir is at home stands beside its store: as if it had been copied to another machine. */
static void
make_homeless (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "identity", NULL);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static gboolean
is_said_to_be_two (Story      *story,
                   const char *device)
{
  g_autofree char *list = run_hub (&story->ends, "device", "list", NULL);
  g_auto(GStrv) lines = g_strsplit (list, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], device))
      return strstr (lines[i], "TWO COMPUTERS SHARE IT") != NULL;
  g_assert_not_reached ();
}

/* A PC's folder that goes on on another machine is one computer still; where the old one is used as well, the hub says
 * that there are two, also though each writes a stream of its own and nothing forks. */
static void
test_03_cloned_elsewhere (Story *story, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (story->ends.dir, "clone", NULL);
  g_autoptr(McAccount) clone = NULL;
  g_autoptr(McJournal) at_clone = NULL;
  McSyncReport report;

  g_free (save_copy (&story->ends, story->journal, 1));
  g_assert_true (try_sync (story, NULL));
  g_clear_pointer (&story->journal, mc_journal_close);
  copy_tree (story->account->dir, dir);
  make_homeless (dir);
  clone = mc_account_load (dir, NULL);
  at_clone = open_journal (&story->ends, clone);
  for (int i = 2; i <= 3; i++)
    {
      g_free (save_copy (&story->ends, at_clone, i));
      run_sync (at_clone, clone, &report);
    }
  g_assert_false (is_said_to_be_two (story, clone->device));

  reopen (story);
  g_assert_true (try_sync (story, NULL));
  g_assert_true (is_said_to_be_two (story, clone->device));
  g_free (save_copy (&story->ends, story->journal, 4));
  g_assert_true (try_sync (story, NULL));
  run_sync (at_clone, clone, &report);
  g_assert_cmpuint (count_rows (at_clone, "certified-copy"), ==, 4);
  assert_at_district (story, 4);
}

/* The first sync of a new PC over a line that is cut again and again goes on after the last page that came whole, shows
 * what it has, and costs no more than a page for each cut. */
static void
test_14_huge_first_sync (Story *story, gconstpointer data)
{
  g_autoptr(McAccount) fresh = NULL;
  g_autoptr(McJournal) journal = NULL;
  RelayPlan none = RELAY_PLAN_NONE, cut = RELAY_PLAN_NONE;
  guint64 up, down, whole, total = 0;
  guint connections, n_cuts = 0, n_before = 0;
  McSyncReport report;

  for (int i = 1; i <= N_HUGE; i++)
    g_free (save_copy (&story->ends, story->journal, i));
  g_assert_true (try_sync (story, NULL));
  {
    g_autoptr(McAccount) account = new_device (&story->ends, "uncut", DISTRICT, "district");
    g_autoptr(McJournal) uncut = open_journal (&story->ends, account);

    point_at (account, relay_get_port (story->relay));
    relay_take_counts (story->relay, &up, &down, &connections);
    run_sync (uncut, account, &report);
    relay_take_counts (story->relay, &up, &whole, &connections);
  }

  fresh = new_device (&story->ends, "fresh", DISTRICT, "district");
  journal = open_journal (&story->ends, fresh);
  point_at (fresh, relay_get_port (story->relay));
  /* A page is a quarter of a million bytes before it is packed: here there are four. */
  cut.cut_down = whole / 2;
  relay_set_plan (story->relay, &cut);
  while (!mc_session_run (journal, fresh, &report, NULL, NULL, NULL, NULL) && n_cuts < 30)
    {
      guint n_now = count_rows (journal, "certified-copy");

      g_assert_cmpuint (n_now, >=, n_before);
      n_before = n_now;
      n_cuts++;
    }
  relay_take_counts (story->relay, &up, &total, &connections);
  g_test_message ("%" G_GUINT64_FORMAT " bytes down uncut, %" G_GUINT64_FORMAT " over %u connections", whole, total, connections);
  g_assert_cmpuint (count_rows (journal, "certified-copy"), ==, N_HUGE);
  g_assert_cmpuint (connections, >, 1);
  g_assert_cmpuint (total, <=, whole + (connections - 1) * whole / 2 + 64 * 1024);
  relay_set_plan (story->relay, &none);
}

static GStrv
power_env (const char *dir)
{
  g_autofree char *library = g_test_build_filename (G_TEST_BUILT, "libpower.so", NULL);
  g_autofree char *preload = g_strconcat ("LD_PRELOAD=", library, NULL), *where = g_strconcat ("MC_POWER_DIR=", dir, NULL);
  const char *env[] = { preload, where, "MC_POWER_CUT=exit", "MC_POWER_SEED=7", NULL };

  return g_strdupv ((char **) env);
}

/* What was acknowledged is on the disk: the power goes the moment after, at the commune and at the hub. */
static void
test_12_not_durable (Story *story, gconstpointer data)
{
  g_auto(GStrv) at_home = power_env (story->account->dir);
  g_autofree char *sha256 = NULL;
  gboolean done;

  g_clear_pointer (&story->journal, mc_journal_close);
  for (int i = 1; i <= 4; i++)
    {
      g_autofree char *number = g_strdup_printf ("number=%d", i);
      g_autofree char *said = run_ctl (at_home, story->account->dir, &done, "--type", "certified-copy", "set", number, NULL);

      g_assert_nonnull (strstr (said, "\"id\":"));
      g_assert_cmpint (ask (story->account->dir, "store.db", "SELECT count (*) FROM change"), ==, i);
    }
  reopen (story);
  sha256 = save_file (&story->ends, story->journal, 700 * 1000);

  stop_hub (&story->ends, SIGTERM);
  story->ends.hub_env = power_env (story->ends.hub_dir);
  start_hub (&story->ends);
  g_assert_true (try_sync (story, NULL));
  g_subprocess_send_signal (story->ends.process, SIGTERM);
  g_subprocess_wait (story->ends.process, NULL, NULL);
  g_clear_object (&story->ends.process);
  g_clear_pointer (&story->ends.hub_env, g_strfreev);
  g_assert_cmpint (ask (story->ends.hub_dir, "hub.db", "SELECT count (*) FROM change"), ==, 5);
  g_assert_true (is_at_hub (&story->ends, sha256));
  start_hub (&story->ends);
}

/* A field that only a later program knows is kept, sent and given back as it was; a store of a later program is left
 * alone with its unsent work. */
static void
test_13_schema_upgrade (Story *story, gconstpointer data)
{
  g_autofree char *id = mc_id_new (NOW), *said = NULL;
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", mc_pack_get_id (story->ends.pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McAccount) other = new_device (&story->ends, "b", TOWN, "commune");
  g_autoptr(McJournal) at_other = open_journal (&story->ends, other);
  g_autoptr(McRecord) there = NULL;
  McSyncReport report;
  gboolean done;
  gint64 version;

  mc_edit_set_int (edit, record, "number", 1);
  mc_edit_set_text (edit, record, "field_of_2031", "giữ nguyên");
  g_assert_true (mc_journal_save (story->journal, edit, NOW, NULL, NULL));
  g_assert_true (try_sync (story, NULL));
  run_sync (at_other, other, &report);
  there = mc_journal_get (at_other, id, NULL);
  g_assert_cmpstr (mc_record_get_text (there, "field_of_2031"), ==, "giữ nguyên");

  g_free (save_copy (&story->ends, story->journal, 2));
  g_clear_pointer (&story->journal, mc_journal_close);
  version = ask (story->account->dir, "store.db", "PRAGMA user_version");
  ask (story->account->dir, "store.db", "PRAGMA user_version = 999");
  said = run_ctl (NULL, story->account->dir, &done, "sync", NULL);
  g_test_message ("%s", said);
  g_assert_false (done);
  g_assert_nonnull (strstr (said, "format 999"));
  g_assert_cmpint (ask (story->account->dir, "store.db", "PRAGMA user_version"), ==, 999);
  g_assert_cmpint (ask (story->account->dir, "store.db", "SELECT count (*) FROM change WHERE state = 0"), ==, 1);

  {
    g_autofree char *back = g_strdup_printf ("PRAGMA user_version = %d", (int) version);

    ask (story->account->dir, "store.db", back);
  }
  reopen (story);
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
}

/* A device that is refused in the middle of its work keeps all of it, and can show it. */
static void
test_17_refused_in_the_middle (Story *story, gconstpointer data)
{
  g_autofree char *sha256 = NULL, *path = NULL, *said = NULL;
  g_autoptr(GError) error = NULL;
  gboolean done;

  g_free (save_copy (&story->ends, story->journal, 1));
  g_assert_true (try_sync (story, NULL));
  g_free (save_copy (&story->ends, story->journal, 2));
  sha256 = save_file (&story->ends, story->journal, 5000);
  g_free (run_hub (&story->ends, "device", "revoke", story->account->device, NULL));
  for (int i = 0; i < 3; i++)
    {
      g_assert_false (try_sync (story, &error));
      g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REVOKED);
      g_clear_error (&error);
    }
  g_assert_cmpuint (count_pending (story->journal), ==, 2);
  g_assert_cmpuint (count_rows (story->journal, "certified-copy"), ==, 2);
  path = mc_journal_get_evidence_path (story->journal, sha256, NULL);
  g_assert_nonnull (path);
  said = run_ctl (NULL, story->account->dir, &done, "--type", "certified-copy", "export", NULL);
  g_assert_true (done);
  g_assert_nonnull (strstr (said, "Bằng tốt nghiệp"));
}

static char *
find_faketime (void)
{
  static const char * const places[] = {
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_file_test (places[i], G_FILE_TEST_EXISTS))
      return g_strconcat ("LD_PRELOAD=", places[i], NULL);

  return NULL;
}

/* Clocks ten years off, at PCs and at the hub, decide nothing: all arrives, and who saw the other's value wins. */
static void
test_18_clock_wrong (Story *story, gconstpointer data)
{
  static const char * const offs[] = { "FAKETIME=-3650d", "FAKETIME=+3650d" };
  g_autofree char *preload = find_faketime (), *id = NULL;
  g_autoptr(McRecord) record = NULL;
  gboolean done;

  if (preload == NULL)
    {
      g_test_skip ("libfaketime is not installed");
      return;
    }
  id = save_copy (&story->ends, story->journal, 1);
  for (int i = 0; i < 4; i++)
    {
      const char *env[] = { preload, offs[i % 2], "FAKETIME_DONT_FAKE_MONOTONIC=1", NULL };
      g_autofree char *fee = g_strdup_printf ("fee=%d", 1000 * (i + 1)), *number = g_strdup_printf ("number=%d", 10 + i);

      /* The hub's clock is off the other way, now and then. */
      stop_hub (&story->ends, SIGTERM);
      if (i > 1)
        {
          const char *hub_env[] = { preload, offs[(i + 1) % 2], "FAKETIME_DONT_FAKE_MONOTONIC=1", NULL };

          story->ends.hub_env = g_strdupv ((char **) hub_env);
        }
      start_hub (&story->ends);
      g_clear_pointer (&story->ends.hub_env, g_strfreev);
      g_free (run_ctl ((GStrv) env, story->account->dir, &done, "set", id, fee, NULL));
      g_assert_true (done);
      g_free (run_ctl ((GStrv) env, story->account->dir, &done, "--type", "certified-copy", "set", number, NULL));
      g_assert_true (done);
      {
        g_autofree char *said = run_ctl ((GStrv) env, story->account->dir, &done, "sync", NULL);

        g_test_message ("%s, hub %s: %s", offs[i % 2], i > 1 ? offs[(i + 1) % 2] : "right", said);
        g_assert_true (done);
      }
    }
  stop_hub (&story->ends, SIGTERM);
  start_hub (&story->ends);
  record = mc_journal_get (story->journal, id, NULL);
  g_assert_cmpint (mc_record_get_int (record, "fee", 0), ==, 4000);
  g_assert_false (mc_record_has_conflict (record, "fee"));
  {
    g_autoptr(McAccount) above = new_device (&story->ends, "district", DISTRICT, "district");
    g_autoptr(McJournal) district = open_journal (&story->ends, above);
    g_autoptr(McRecord) there = NULL;
    McSyncReport report;

    run_sync (district, above, &report);
    there = mc_journal_get (district, id, NULL);
    g_assert_cmpint (mc_record_get_int (there, "fee", 0), ==, 4000);
    g_assert_cmpuint (count_rows (district, "certified-copy"), ==, 5);
  }
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD_STORY ("02-server-restored", NULL, test_02_server_restored);
  ADD_STORY ("03-client-restored", NULL, test_03_client_restored);
  ADD_STORY ("03-image-deployed", NULL, test_03_image_deployed);
  ADD_STORY ("03-cloned-elsewhere", NULL, test_03_cloned_elsewhere);
  ADD_STORY ("12-acknowledged-but-not-durable", NULL, test_12_not_durable);
  ADD_STORY ("13-schema-upgrade-with-unsent-data", NULL, test_13_schema_upgrade);
  ADD_STORY ("14-huge-first-sync", NULL, test_14_huge_first_sync);
  ADD_STORY ("17-refused-in-the-middle", NULL, test_17_refused_in_the_middle);
  ADD_STORY ("18-clock-wrong", NULL, test_18_clock_wrong);

  return g_test_run ();
}
