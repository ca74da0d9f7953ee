/* test-schema.c: an older store is brought up to date with a copy kept, a newer one is left alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "core/mc-error.h"
#include "core/mc-schema.h"
#include "mc-test-resources.h"

#define OLD "/vn/minhchung/test/old/"      /* one script */
#define NEW "/vn/minhchung/test/new/"      /* the same and two more */
#define BROKEN "/vn/minhchung/test/broken/" /* the same and one that fails */

#define OURS 0x4d437374

typedef struct
{
  char *dir;
  char *path;
} Fixture;

/* A store of the old format with two rows in it. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = NULL;

  fixture->dir = g_dir_make_tmp ("mc-schema-XXXXXX", &error);
  fixture->path = g_build_filename (fixture->dir, "store.db", NULL);
  db = mc_db_open (fixture->path, &error);
  g_assert_true (mc_schema_upgrade (db, mc_test_get_resource (), OLD, OURS, &error));
  g_assert_true (mc_db_exec (db, "INSERT INTO note (text) VALUES ('một'), ('hai')", &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static gint64
ask (McDb       *db,
     const char *sql)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, sql, NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  g_assert_true (mc_stmt_next (stmt, &has_row, NULL) && has_row);

  return mc_stmt_get_int64 (stmt, 0);
}

/* The same question to a file that this program opens as it is. */
static gint64
ask_file (const char *path,
          const char *sql)
{
  g_autoptr(McDb) db = mc_db_open (path, NULL);

  g_assert_nonnull (db);

  return ask (db, sql);
}

static char *
copy_path (Fixture *fixture)
{
  return g_strconcat (fixture->path, ".format-1", NULL);
}

/* Nothing is copied for a store that is new or up to date; an old one is copied as it was, then upgraded. */
static void
test_upgrade (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = mc_db_open (fixture->path, &error);
  g_autofree char *copy = copy_path (fixture);
  GStatBuf info;

  g_assert_true (mc_schema_upgrade (db, mc_test_get_resource (), OLD, OURS, &error));
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
  g_assert_true (mc_schema_upgrade (db, mc_test_get_resource (), NEW, OURS, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask (db, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (ask (db, "SELECT count (*) FROM note WHERE mark = 0"), ==, 2);
  g_assert_cmpint (ask_file (copy, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (ask_file (copy, "SELECT count (*) FROM note"), ==, 2);
  g_assert_cmpint (g_stat (copy, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

/* An upgrade that fails leaves the store as it was, readable by the program that wrote it. */
static void
test_broken (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = mc_db_open (fixture->path, &error);

  g_assert_false (mc_schema_upgrade (db, mc_test_get_resource (), BROKEN, OURS, &error));
  g_assert_nonnull (g_strstr_len (error->message, -1, "0002-broken.sql"));
  g_clear_error (&error);
  g_assert_true (mc_schema_upgrade (db, mc_test_get_resource (), OLD, OURS, &error));
  g_assert_cmpint (ask (db, "SELECT count (*) FROM note"), ==, 2);
}

/* Where no copy can be made, nothing is upgraded. */
static void
test_no_copy (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = mc_db_open (fixture->path, &error);
  g_autofree char *copy = copy_path (fixture), *part = g_strconcat (copy, ".part", NULL), *inside = g_build_filename (part, "in-the-way", NULL);

  g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
  g_assert_false (mc_schema_upgrade (db, mc_test_get_resource (), NEW, OURS, &error));
  g_assert_nonnull (g_strstr_len (error->message, -1, "no copy"));
  g_assert_cmpint (ask (db, "PRAGMA user_version"), ==, 1);
  g_rmdir (inside);
  g_rmdir (part);
}

/* A store that a newer program wrote is refused by its own name, and not a byte of it is changed. */
static void
test_newer (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr(McDb) db = mc_db_open (fixture->path, &error);
  gsize size, size_after;

  g_assert_true (mc_schema_upgrade (db, mc_test_get_resource (), NEW, OURS, &error));
  g_clear_pointer (&db, mc_db_close);
  g_assert_true (g_file_get_contents (fixture->path, &before, &size, NULL));
  db = mc_db_open (fixture->path, &error);
  g_assert_false (mc_schema_check (db, mc_test_get_resource (), OLD, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_TOO_NEW);
  g_clear_error (&error);
  g_assert_false (mc_schema_upgrade (db, mc_test_get_resource (), OLD, OURS, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_TOO_NEW);
  g_clear_pointer (&db, mc_db_close);
  g_assert_true (g_file_get_contents (fixture->path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size, after, size_after);
}

static void
assert_refused (Fixture *fixture, const char *by)
{
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = NULL;
  gsize size, size_after;

  g_test_message ("%s", by);
  g_assert_true (g_file_get_contents (fixture->path, &before, &size, NULL));
  if (mc_schema_look (fixture->path, OURS, &error))
    {
      db = mc_db_open (fixture->path, &error);
      g_assert_no_error (error);
      g_assert_false (mc_schema_upgrade (db, mc_test_get_resource (), OLD, OURS, &error));
      g_clear_pointer (&db, mc_db_close);
    }
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_DATABASE);
  g_assert_true (g_file_get_contents (fixture->path, &after, &size_after, NULL));
  g_assert_cmpmem (before, size, after, size_after);
}

/* Our files say whose they are, those of before do so once they were opened; a file of another program is refused, and not a
 * byte of it is changed. */
static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  static const char * const made[] = {
    "CREATE TABLE moz_places (id INTEGER)", "PRAGMA user_version = 3; CREATE TABLE a (b); PRAGMA application_id = 252006673",
    "PRAGMA user_version = -1; CREATE TABLE a (b)", "PRAGMA journal_mode = WAL; CREATE TABLE moz_places (id INTEGER)",
    "PRAGMA journal_mode = WAL; PRAGMA user_version = -7; CREATE TABLE a (b)",
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = mc_db_open (fixture->path, &error);

  g_assert_cmpint (ask (db, "PRAGMA application_id"), ==, OURS);
  g_assert_true (mc_db_exec (db, "PRAGMA application_id = 0", &error));
  g_assert_true (mc_schema_upgrade (db, mc_test_get_resource (), OLD, OURS, &error));
  g_assert_cmpint (ask (db, "PRAGMA application_id"), ==, OURS);
  g_assert_cmpint (ask (db, "SELECT count (*) FROM note"), ==, 2);
  g_clear_pointer (&db, mc_db_close);
  g_assert_true (mc_schema_look (fixture->path, OURS, &error));

  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    {
      sqlite3 *handle = NULL;

      g_unlink (fixture->path);
      g_assert_cmpint (sqlite3_open (fixture->path, &handle), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_exec (handle, made[i], NULL, NULL, NULL), ==, SQLITE_OK);
      sqlite3_close (handle);
      assert_refused (fixture, made[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/schema/upgrade", test_upgrade);
  ADD ("/schema/broken", test_broken);
  ADD ("/schema/no-copy", test_no_copy);
  ADD ("/schema/newer", test_newer);
  ADD ("/schema/foreign", test_foreign);

  return g_test_run ();
}
