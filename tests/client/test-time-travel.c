/* test-time-travel.c: hub or PC goes back in time: nothing is lost, nothing doubled, nobody is asked, the hub verifies
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One long history, so that whatever goes back does so behind all that went back before.  The hub is the real program, for
 * `verify`, `backup` and `restore`, too; the PCs are what minhchungctl is made of, with their stores opened anew for each thing
 * they do.  test-time-travel.sh tells the short of it with minhchungctl itself.
 */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "hub/mc-hub.h"
#include "mc-test.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

#define N_IMAGES 10

typedef struct
{
  McAccount *account;
  McJournal *journal;
} Pc;

/* PC @name with its store open, as a program that has just been started has it. */
static void
pc_open (Fixture    *fixture,
         const char *name,
         Pc         *out)
{
  g_autofree char *dir = g_build_filename (fixture->dir, name, NULL);
  g_autoptr(GError) error = NULL;

  out->account = mc_account_load (dir, &error);
  g_assert_no_error (error);
  out->journal = open_journal (fixture, out->account);
}

static void
pc_close (Pc *self)
{
  mc_journal_close (self->journal);
  mc_account_free (self->account);
}

static void
enrol (Fixture    *fixture,
       const char *name,
       const char *unit,
       const char *role)
{
  mc_account_free (new_device (fixture, name, unit, role));
}

static void
save (Fixture    *fixture,
      const char *name,
      int         number)
{
  Pc pc;

  pc_open (fixture, name, &pc);
  g_free (save_copy (fixture, pc.journal, number));
  pc_close (&pc);
}

/* The PCs named in @names, with blanks between, sync one after another. */
static void
sync_all (Fixture    *fixture,
          const char *names)
{
  g_auto(GStrv) list = g_strsplit (names, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      McSyncReport report;
      Pc pc;

      g_test_message ("%s syncs", list[i]);
      pc_open (fixture, list[i], &pc);
      run_sync (pc.journal, pc.account, &report);
      pc_close (&pc);
    }
}

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  gint64 left = *(const gint64 *) a, right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

/* Each of @names shows just the copies numbered in @want, each once. */
static void
assert_show (Fixture    *fixture,
             const char *want,
             const char *names)
{
  g_auto(GStrv) list = g_strsplit (names, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    {
      McQuery query = { .type = "certified-copy", .log = "*" };
      g_autoptr(GString) have = g_string_new (NULL);
      g_autoptr(GArray) shown = g_array_new (FALSE, FALSE, sizeof (gint64)), numbers = NULL;
      g_autoptr(GPtrArray) records = NULL;
      g_autoptr(GError) error = NULL;
      Pc pc;

      pc_open (fixture, list[i], &pc);
      numbers = mc_journal_query (pc.journal, &query, &error);
      g_assert_no_error (error);
      records = mc_journal_fetch (pc.journal, (const gint64 *) numbers->data, numbers->len, &error);
      g_assert_no_error (error);
      for (guint j = 0; j < records->len; j++)
        {
          gint64 number = mc_record_get_int (records->pdata[j], "number", -1);

          g_array_append_val (shown, number);
        }
      g_array_sort (shown, compare_numbers);
      for (guint j = 0; j < shown->len; j++)
        g_string_append_printf (have, j == 0 ? "%" G_GINT64_FORMAT : " %" G_GINT64_FORMAT, g_array_index (shown, gint64, j));
      pc_close (&pc);
      g_test_message ("%s shows %s", list[i], have->str);
      g_assert_cmpstr (have->str, ==, want);
    }
}

static void
assert_verified (Fixture *fixture,
                 guint    n_rows)
{
  g_autofree char *said = run_hub (fixture, "verify", NULL), *want = g_strdup_printf ("%u rows", n_rows);

  g_test_message ("%s", said);
  g_assert_true (g_str_has_prefix (said, want));
}

static char *
path_of (Fixture    *fixture,
         const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

/* Folder @to becomes what folder @from is, both below the fixture's. */
static void
put_back (Fixture    *fixture,
          const char *from,
          const char *to)
{
  g_autofree char *source = path_of (fixture, from), *target = path_of (fixture, to);

  mc_test_remove_tree (target);
  copy_tree (source, target);
}

/* The database @file of folder @to, alone and with what belongs to it, becomes that of folder @from. */
static void
put_back_database (Fixture    *fixture,
                   const char *from,
                   const char *to,
                   const char *file)
{
  static const char * const parts[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *name = g_strconcat (file, parts[i], NULL), *source = g_build_filename (fixture->dir, from, name, NULL);
      g_autofree char *target = g_build_filename (fixture->dir, to, name, NULL);

      g_remove (target);
      if (g_file_test (source, G_FILE_TEST_EXISTS))
        copy_tree (source, target);
    }
}

static void
back_up (Fixture    *fixture,
         const char *name)
{
  g_autofree char *path = path_of (fixture, name);

  g_free (run_hub (fixture, "backup", path, NULL));
}

static void
restore (Fixture    *fixture,
         const char *name)
{
  g_autofree char *path = path_of (fixture, name);

  g_free (run_hub (fixture, "restore", path, NULL));
}

static void
refuse_restore (Fixture    *fixture,
                const char *name,
                const char *text)
{
  g_autofree char *path = path_of (fixture, name);

  hub_refuses (fixture, text, "restore", path, NULL);
}

/* A town with two PCs and its district work, and two backups are taken on the way.  One more PC comes, works and is lost for good:
 * what it wrote lives on its colleagues' PCs alone once the hub has gone back. */
static void
work (Fixture *fixture)
{
  Pc lost;

  enrol (fixture, "a", TOWN, "commune");
  enrol (fixture, "b", TOWN, "commune");
  enrol (fixture, "d", DISTRICT, "district");
  save (fixture, "a", 1);
  sync_all (fixture, "a b d");
  back_up (fixture, "backup-1");
  save (fixture, "a", 2);
  save (fixture, "b", 3);
  sync_all (fixture, "a b d");
  back_up (fixture, "backup-2");

  enrol (fixture, "e", TOWN, "commune");
  save (fixture, "e", 4);
  sync_all (fixture, "e a b d");
  pc_open (fixture, "e", &lost);
  g_free (save_file (fixture, lost.journal, 2000));
  pc_close (&lost);
  sync_all (fixture, "e a b d");
  save (fixture, "a", 6);
  sync_all (fixture, "a b d");
  {
    g_autofree char *path = path_of (fixture, "e");

    mc_test_remove_tree (path);
  }
  /* Five copies, and the plan with its file. */
  assert_verified (fixture, 6);
}

/* What is no backup of this hub, and a hub that runs, is left alone. */
static void
refuse (Fixture *fixture)
{
  g_autofree char *other_dir = path_of (fixture, "other"), *bad_key = g_build_filename (fixture->dir, "backup-bad", "hub.key", NULL);
  g_autofree char *other_key = g_build_filename (other_dir, "hub.key", NULL);
  Fixture other = { .dir = fixture->dir, .hub_dir = other_dir };
  g_autoptr(GError) error = NULL;

  refuse_restore (fixture, "backup-1", "A hub is running");
  stop_hub (fixture, SIGTERM);
  put_back (fixture, "backup-1", "backup-bad");
  g_assert_cmpint (g_remove (bad_key), ==, 0);
  refuse_restore (fixture, "backup-bad", "There is no hub.key");
  g_assert_true (mc_hub_init (other_dir, NULL, &error));
  g_assert_no_error (error);
  copy_tree (other_key, bad_key);
  refuse_restore (fixture, "backup-bad", "is not the one that this store was made with");
  back_up (&other, "backup-other");
  refuse_restore (fixture, "backup-other", "backup of another hub");
  assert_verified (fixture, 6);
}

/* Either backup is restored: one colleague's PC gives back all that the hub had, of the PC that is lost, too. */
static void
restore_hub (Fixture *fixture)
{
  static const char * const backups[] = { "backup-2", "backup-1" };

  for (guint i = 0; i < G_N_ELEMENTS (backups); i++)
    {
      restore (fixture, backups[i]);
      start_hub (fixture);
      sync_all (fixture, "b");
      assert_verified (fixture, 6);
      /* One of these the older backup does not know. */
      sync_all (fixture, "a d b");
      assert_show (fixture, "1 2 3 4 6", "a b d");
      assert_verified (fixture, 6);
      stop_hub (fixture, SIGTERM);
    }
}

/* The store is copied back behind the hub's back; then the whole machine goes back, with what the hub keeps outside its store. */
static void
copy_hub_back (Fixture *fixture)
{
  g_autofree char *head = g_build_filename (fixture->hub_dir, "head", NULL), *text = NULL;

  put_back_database (fixture, "backup-1", "hub", "hub.db");
  start_hub (fixture);
  sync_all (fixture, "d a b");
  assert_verified (fixture, 6);
  stop_hub (fixture, SIGTERM);

  g_assert_true (g_file_get_contents (head, &text, NULL, NULL));
  g_assert_cmpstr (text, !=, "");
  put_back (fixture, "hub", "hub-then");
  start_hub (fixture);
  save (fixture, "a", 7);
  sync_all (fixture, "a b d");
  stop_hub (fixture, SIGTERM);
  put_back (fixture, "hub-then", "hub");
  start_hub (fixture);
  sync_all (fixture, "b a d");
  assert_verified (fixture, 7);
  assert_show (fixture, "1 2 3 4 6 7", "a b d");
}

/* A PC goes back: its whole folder, and its database alone. */
static void
put_pc_back (Fixture *fixture)
{
  put_back (fixture, "a", "a-then");
  save (fixture, "a", 8);
  sync_all (fixture, "a b");
  put_back (fixture, "a-then", "a");
  save (fixture, "a", 9);
  sync_all (fixture, "a b d a");
  assert_show (fixture, "1 2 3 4 6 7 8 9", "a b d");
  assert_verified (fixture, 9);

  save (fixture, "a", 10);
  sync_all (fixture, "a b");
  put_back_database (fixture, "a-then", "a", "store.db");
  save (fixture, "a", 11);
  sync_all (fixture, "a b d a");
  assert_show (fixture, "1 2 3 4 6 7 8 9 10 11", "a b d");
  assert_verified (fixture, 11);
}

/* A PC is cloned, and both go on. */
static void
clone_pc (Fixture *fixture)
{
  put_back (fixture, "b", "b2");
  save (fixture, "b", 12);
  save (fixture, "b2", 13);
  sync_all (fixture, "b b2 b b2 d");
  save (fixture, "b", 14);
  save (fixture, "b2", 15);
  sync_all (fixture, "b2 b b2 d a");
  assert_show (fixture, "1 2 3 4 6 7 8 9 10 11 12 13 14 15", "a b b2 d");
  assert_verified (fixture, 15);
}

/* A disk image with an enrolled PC on it is given to ten. */
static void
deploy_image (Fixture *fixture)
{
  g_autoptr(GString) pcs = g_string_new (NULL), want = g_string_new ("1 2 3 4 6 7 8 9 10 11 12 13 14 15 16");
  g_autofree char *all = NULL, *twice = NULL;
  Pc last;

  save (fixture, "a", 16);
  for (guint i = 0; i < N_IMAGES; i++)
    {
      g_autofree char *name = g_strdup_printf ("pc%u", i);

      put_back (fixture, "a", name);
      g_string_append_printf (pcs, i == 0 ? "%s" : " %s", name);
    }
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < N_IMAGES; i++)
        {
          g_autofree char *name = g_strdup_printf ("pc%u", i);
          int number = (round == 0 ? 20 : 30) + i;

          save (fixture, name, number);
          g_string_append_printf (want, " %d", number);
        }
      if (round == 0)
        sync_all (fixture, pcs->str);
    }
  twice = g_strdup_printf ("%s %s d", pcs->str, pcs->str);
  sync_all (fixture, twice);
  all = g_strconcat (pcs->str, " d", NULL);
  assert_show (fixture, want->str, all);
  assert_verified (fixture, 36);
  pc_open (fixture, "pc9", &last);
  g_assert_cmpuint (count_pending (last.journal), ==, 0);
  pc_close (&last);
}

/* Who was shut out stays so, whatever backup is restored; what he had sent before stays, too, is counted as late, and listed. */
static void
shut_out (Fixture *fixture)
{
  g_autofree char *device = NULL, *said = NULL, *late = NULL, *of_device = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GError) error = NULL;
  McSyncReport report;
  Pc pc;

  pc_open (fixture, "b", &pc);
  device = g_strdup (pc.account->device);
  g_free (run_hub (fixture, "device", "revoke", device, NULL));
  stop_hub (fixture, SIGTERM);
  restore (fixture, "backup-1");
  start_hub (fixture);
  g_assert_false (mc_session_run (pc.journal, pc.account, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REVOKED);
  pc_close (&pc);

  sync_all (fixture, "pc0 d");
  assert_verified (fixture, 36);
  said = run_hub (fixture, "verify", NULL);
  g_assert_nonnull (strstr (said, "came after their device was shut out"));
  late = run_hub (fixture, "device", "late", NULL);
  of_device = g_strdup_printf ("device %s ", device);
  lines = g_strsplit (late, "\n", -1);
  g_assert_nonnull (lines[0]);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_nonnull (strstr (lines[i], of_device));
}

static void
test_history (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *what;
    void (*func) (Fixture *fixture);
  } chapters[] = {
    { "a town and its district work", work },
    { "what is no backup of this hub is refused", refuse },
    { "the hub is restored", restore_hub },
    { "the hub is copied back", copy_hub_back },
    { "a PC goes back", put_pc_back },
    { "a PC is cloned", clone_pc },
    { "an image of a PC is given to ten", deploy_image },
    { "who was shut out stays so", shut_out },
  };

  for (guint i = 0; i < G_N_ELEMENTS (chapters); i++)
    {
      g_test_message ("%s", chapters[i].what);
      chapters[i].func (fixture);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/time-travel/history", Fixture, NULL, set_up, test_history, tear_down);

  return g_test_run ();
}
