/* test-backup.c: a backup brings back what was there, and never costs what is here
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "client/mc-account.h"
#include "client/mc-backup.h"
#include "core/mc-error.h"
#include "core/mc-id.h"
#include "mc-test.h"

#define TOWN "21609@2004-07-08"
#define NOW  G_GINT64_CONSTANT (1638340443120000)
#define LATER (NOW + 60 * G_TIME_SPAN_SECOND)

typedef struct
{
  char *dir;            /* everything */
  char *town;           /* the enrolment */
  char *stick;
  McPack *pack;
  McAccount *account;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("mc-backup-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->town = g_build_filename (fixture->dir, "town", NULL);
  fixture->stick = g_build_filename (fixture->dir, "stick của huyện", NULL);
  g_assert_cmpint (g_mkdir (fixture->stick, 0700), ==, 0);
  fixture->pack = mc_pack_get_builtin (NULL, &error);
  g_assert_no_error (error);
  fixture->account = mc_account_new (fixture->town, TOWN, "commune", "Đinh Thị Hà, Văn thư");
  g_assert_true (mc_account_save (fixture->account, &error));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mc_test_remove_tree (fixture->dir);
  mc_account_free (fixture->account);
  mc_pack_unref (fixture->pack);
  g_free (fixture->town);
  g_free (fixture->stick);
  g_free (fixture->dir);
}

static McJournal *
open_journal (Fixture *fixture)
{
  g_autoptr(McAccount) account = NULL;
  g_autoptr(GError) error = NULL;
  McJournal *journal;

  account = mc_account_load (fixture->town, &error);
  g_assert_no_error (error);
  journal = mc_account_open_journal (account, fixture->pack, &error);
  g_assert_no_error (error);

  return journal;
}

/* A plan with a file of @size bytes; the hash of the file. */
static char *
save_plan (Fixture   *fixture,
           McJournal *journal,
           gsize      size)
{
  g_autofree guint8 *noise = g_malloc (size);
  g_autofree char *id = mc_id_new (NOW);
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "plan", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(JsonArray) files = json_array_new ();
  g_autoptr(McEvidence) evidence = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;

  mc_random_bytes (noise, size);
  bytes = g_bytes_new (noise, size);
  evidence = mc_journal_attach_bytes (journal, bytes, "kế hoạch.pdf", NOW, &error);
  g_assert_no_error (error);
  json_array_add_element (files, mc_evidence_to_json (evidence));
  mc_edit_set (edit, record, "files", json_node_init_array (json_node_alloc (), files));
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, &error));
  g_assert_no_error (error);

  return g_strdup (evidence->sha256);
}

static guint
count_plans (McJournal *journal)
{
  McQuery query = { .type = "plan" };
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, NULL);

  return numbers->len;
}

static void
back_up (Fixture *fixture,
         gint64   now_us)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McBackup) backup = mc_backup_write (fixture->town, fixture->stick, now_us, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (backup);
}

static McBackup *
find (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  McBackup *backup = mc_backup_find (fixture->stick, &error);

  g_assert_no_error (error);

  return backup;
}

static char *
path_on_stick (McBackup   *backup,
               const char *sha256)
{
  char folder[3] = { sha256[0], sha256[1], '\0' };

  return g_build_filename (backup->path, "evidence", folder, sha256, NULL);
}

/* Turns one byte of a file round. */
static void
damage (const char *path)
{
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  data[size / 2] ^= 0x20;
  g_assert_true (g_file_set_contents (path, data, size, NULL));
}

typedef struct
{
  guint64 done, total;
} Seen;

static void
seen_cb (guint64  done,
         guint64  total,
         gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpuint (done, >=, seen->done);
  g_assert_cmpuint (done, <=, total);
  seen->done = done;
  seen->total = total;
}

/* What is restored is what was backed up, under a new incarnation; what was here since is aside, whole. */
static void
test_round (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McJournal) journal = open_journal (fixture);
  g_autofree char *sha256 = save_plan (fixture, journal, 700000), *incarnation = g_strdup (mc_journal_get_incarnation (journal));
  g_autofree char *aside = NULL, *path = NULL, *store = NULL;
  g_autoptr(McBackup) backup = NULL;
  g_autoptr(GError) error = NULL;
  Seen seen = { 0 };

  mc_backup_free (mc_backup_write (fixture->town, fixture->stick, NOW, seen_cb, &seen, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (seen.total, >, 700000);
  g_assert_cmpuint (seen.done, ==, seen.total);
  g_free (save_plan (fixture, journal, 1000));
  g_clear_pointer (&journal, mc_journal_close);

  backup = find (fixture);
  g_assert_cmpstr (backup->log, ==, TOWN);
  g_assert_cmpuint (backup->n_records, ==, 1);
  g_assert_cmpuint (backup->n_files, ==, 1);
  g_assert_true (mc_backup_restore (backup, fixture->town, NULL, NULL, NULL, &error));
  g_assert_true (mc_backup_take_over (fixture->town, LATER, &aside, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (backup->n_missing, ==, 0);

  journal = open_journal (fixture);
  g_assert_cmpuint (count_plans (journal), ==, 1);
  g_assert_cmpstr (mc_journal_get_incarnation (journal), !=, incarnation);
  path = mc_journal_get_evidence_path (journal, sha256, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  store = g_build_filename (aside, "store.db", NULL);
  g_assert_true (mc_journal_check_store (store, &error));
  g_assert_no_error (error);
  /* A second start finds nothing more to do. */
  g_clear_pointer (&aside, g_free);
  g_assert_true (mc_backup_take_over (fixture->town, LATER, &aside, &error));
  g_assert_null (aside);
}

/* What ends a trial: the folder is as on the first day, and what was in it is aside, whole; not while somebody works with it. */
static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McJournal) journal = open_journal (fixture);
  g_autofree char *aside = NULL, *store = NULL, *account = g_build_filename (fixture->town, "account.json", NULL);
  g_autoptr(GError) error = NULL;

  g_free (save_plan (fixture, journal, 100));
  g_assert_true (mc_backup_prepare_empty (fixture->town, &error));
  g_assert_no_error (error);
  g_assert_false (mc_backup_take_over (fixture->town, LATER, &aside, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY);
  g_clear_error (&error);
  g_clear_pointer (&journal, mc_journal_close);
  g_assert_true (mc_backup_take_over (fixture->town, LATER, &aside, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (fixture->town, G_FILE_TEST_IS_DIR));
  g_assert_false (g_file_test (account, G_FILE_TEST_EXISTS));
  store = g_build_filename (aside, "store.db", NULL);
  g_assert_true (mc_journal_check_store (store, &error));
  g_assert_no_error (error);
}

/* A second backup brings what is new; until it is whole the first one is what there is. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McJournal) journal = open_journal (fixture);
  g_autofree char *first = save_plan (fixture, journal, 5000), *second = NULL, *keys = g_build_filename (fixture->town, "account.json", NULL);
  g_autofree char *first_path = NULL, *hidden = g_strconcat (keys, ".hidden", NULL), *lost = NULL, *store = NULL;
  g_autoptr(McBackup) before = NULL, still = NULL, after = NULL, refused = NULL;
  g_autoptr(GError) error = NULL;
  GStatBuf old, new;

  back_up (fixture, NOW);
  before = find (fixture);
  first_path = path_on_stick (before, first);
  g_assert_cmpint (g_stat (first_path, &old), ==, 0);

  second = save_plan (fixture, journal, 6000);
  lost = mc_journal_get_evidence_path (journal, second, NULL);
  g_assert_cmpint (g_rename (lost, hidden), ==, 0);
  refused = mc_backup_write (fixture->town, fixture->stick, LATER, NULL, NULL, NULL, &error);
  g_assert_null (refused);
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  still = find (fixture);
  g_assert_cmpint (still->made_us, ==, NOW);
  g_assert_true (mc_backup_restore (still, fixture->town, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  mc_backup_forget (fixture->town);

  g_assert_cmpint (g_rename (hidden, lost), ==, 0);
  back_up (fixture, LATER + G_TIME_SPAN_SECOND);
  after = find (fixture);
  g_assert_cmpuint (after->n_files, ==, 2);
  g_assert_cmpint (g_stat (first_path, &new), ==, 0);
  g_assert_cmpuint (new.st_ino, ==, old.st_ino);
  store = g_build_filename (before->path, before->store, NULL);
  g_assert_false (g_file_test (store, G_FILE_TEST_EXISTS));
}

/* A damaged database is refused and changes nothing; a damaged or missing file costs that file alone, and is counted. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McJournal) journal = open_journal (fixture);
  g_autofree char *one = save_plan (fixture, journal, 3000), *two = save_plan (fixture, journal, 3000), *three = save_plan (fixture, journal, 3000);
  g_autofree char *store = NULL, *prepared = g_strconcat (fixture->town, ".restored", NULL), *path = NULL, *gone = NULL, *whole = NULL;
  g_autofree char *damaged = NULL;
  g_autoptr(McBackup) backup = NULL;
  g_autoptr(GError) error = NULL;

  back_up (fixture, NOW);
  g_clear_pointer (&journal, mc_journal_close);
  backup = find (fixture);
  damaged = path_on_stick (backup, one);
  damage (damaged);
  gone = path_on_stick (backup, two);
  g_assert_cmpint (g_unlink (gone), ==, 0);
  g_assert_true (mc_backup_restore (backup, fixture->town, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (backup->n_missing, ==, 2);
  g_assert_true (mc_backup_take_over (fixture->town, LATER, NULL, &error));
  journal = open_journal (fixture);
  g_assert_cmpuint (count_plans (journal), ==, 3);
  g_assert_null (mc_journal_get_evidence_path (journal, one, NULL));
  whole = mc_journal_get_evidence_path (journal, three, NULL);
  g_assert_nonnull (whole);

  store = g_build_filename (backup->path, backup->store, NULL);
  damage (store);
  g_assert_false (mc_backup_restore (backup, fixture->town, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT);
  g_assert_false (g_file_test (prepared, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_plans (journal), ==, 3);
}

/* While a program works with the data nothing is put in its place; once it has ended, it is. */
static void
test_busy (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McJournal) journal = open_journal (fixture);
  g_autoptr(McBackup) backup = NULL;
  g_autoptr(GError) error = NULL;

  g_free (save_plan (fixture, journal, 100));
  back_up (fixture, NOW);
  g_free (save_plan (fixture, journal, 100));
  backup = find (fixture);
  g_assert_true (mc_backup_restore (backup, fixture->town, NULL, NULL, NULL, &error));
  g_assert_false (mc_backup_take_over (fixture->town, LATER, NULL, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpuint (count_plans (journal), ==, 2);
  g_clear_pointer (&journal, mc_journal_close);
  g_assert_true (mc_backup_take_over (fixture->town, LATER, NULL, &error));
  journal = open_journal (fixture);
  g_assert_cmpuint (count_plans (journal), ==, 1);
}

/* A backup of a newer program, and one whose list leads elsewhere, are refused. */
static void
test_strange (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McJournal) journal = open_journal (fixture);
  g_autofree char *store = NULL, *manifest = NULL, *text = NULL, *hash = NULL, *elsewhere = NULL, *contents = NULL;
  g_autoptr(McBackup) backup = NULL, none = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) parts = NULL;
  g_autoptr(McDb) db = NULL;
  gsize size;

  none = mc_backup_find (fixture->stick, &error);
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  back_up (fixture, NOW);
  backup = find (fixture);
  store = g_build_filename (backup->path, backup->store, NULL);
  db = mc_db_open (store, &error);
  g_assert_no_error (error);
  g_assert_true (mc_db_exec (db, "PRAGMA user_version = 99", &error));
  g_clear_pointer (&db, mc_db_close);
  g_assert_true (g_file_get_contents (store, &contents, &size, NULL));
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) contents, size);
  g_free (backup->store_sha256);
  backup->store_sha256 = g_strdup (hash);
  g_assert_false (mc_backup_restore (backup, fixture->town, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_TOO_NEW);
  g_clear_error (&error);

  manifest = g_build_filename (backup->path, "backup.json", NULL);
  g_assert_true (g_file_get_contents (manifest, &text, NULL, NULL));
  parts = g_strsplit (text, backup->store, -1);
  elsewhere = g_strjoinv ("../../../etc/passwd", parts);
  g_assert_true (g_file_set_contents (manifest, elsewhere, -1, NULL));
  none = mc_backup_find (fixture->stick, &error);
  g_assert_null (none);
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT);
}

static void
cancel_cb (guint64  done,
           guint64  total,
           gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* Cancelled half way, a backup leaves no new one behind, and a restore nothing to take over. */
static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McJournal) journal = open_journal (fixture);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *prepared = g_strconcat (fixture->town, ".restored", NULL);
  g_autoptr(McBackup) backup = NULL;
  g_autoptr(GError) error = NULL;

  g_free (save_plan (fixture, journal, 900000));
  g_assert_null (mc_backup_write (fixture->town, fixture->stick, NOW, cancel_cb, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (mc_backup_find (fixture->stick, NULL));
  back_up (fixture, NOW);
  backup = find (fixture);
  g_assert_false (mc_backup_restore (backup, fixture->town, cancel_cb, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (prepared, G_FILE_TEST_EXISTS));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/backup/round", test_round);
  ADD ("/backup/again", test_again);
  ADD ("/backup/empty", test_empty);
  ADD ("/backup/damaged", test_damaged);
  ADD ("/backup/busy", test_busy);
  ADD ("/backup/strange", test_strange);
  ADD ("/backup/cancelled", test_cancelled);

  return g_test_run ();
}
