/* test-db.c: a connection that is lent to a thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "core/mc-db.h"

#define N_ROWS 5000

typedef struct
{
  char *dir, *path;
  McDb *db;
  GThread *owner;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("mc-db-XXXXXX", &error);
  fixture->path = g_build_filename (fixture->dir, "store.db", NULL);
  fixture->db = mc_db_open (fixture->path, &error);
  mc_db_exec (fixture->db, "CREATE TABLE row (number INTEGER PRIMARY KEY)", &error);
  fixture->owner = g_thread_self ();
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->db, mc_db_close);
  g_unlink (fixture->path);
  g_rmdir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static void
write_rows (McDb     *db,
            gpointer  user_data)
{
  Fixture *fixture = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McTransaction) transaction = mc_db_begin (db, &error);

  g_assert_true (g_thread_self () != fixture->owner);
  for (guint i = 0; i < N_ROWS; i++)
    {
      g_autoptr(McStmt) stmt = mc_db_prepare (db, "INSERT INTO row (number) VALUES (NULL)", &error);

      g_assert_true (mc_stmt_exec (stmt, &error));
    }
  g_assert_true (mc_transaction_commit (g_steal_pointer (&transaction), &error));
}

static gint64
count_rows (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McStmt) stmt = mc_db_prepare (fixture->db, "SELECT count (*) FROM row", &error);
  gboolean has_row;

  g_assert_true (mc_stmt_next (stmt, &has_row, &error) && has_row);

  return mc_stmt_get_int64 (stmt, 0);
}

/* Whoever lent it and asks it next is told of all that was done meanwhile. */
static void
test_lent (Fixture *fixture, gconstpointer data)
{
  mc_db_lend (fixture->db, write_rows, fixture);
  g_assert_cmpint (count_rows (fixture), ==, N_ROWS);
}

/* It can be lent while it is lent, waited for without a question, and closed. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  mc_db_take_back (fixture->db);
  mc_db_lend (fixture->db, write_rows, fixture);
  mc_db_lend (fixture->db, write_rows, fixture);
  mc_db_take_back (fixture->db);
  mc_db_take_back (fixture->db);
  g_assert_cmpint (count_rows (fixture), ==, 2 * N_ROWS);
  mc_db_lend (fixture->db, write_rows, fixture);
  g_clear_pointer (&fixture->db, mc_db_close);
  fixture->db = mc_db_open (fixture->path, NULL);
  g_assert_cmpint (count_rows (fixture), ==, 3 * N_ROWS);
}

static gint64
ask (McDb       *db,
     const char *sql)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, sql, NULL);
  gboolean has_row;

  g_assert_true (mc_stmt_next (stmt, &has_row, NULL) && has_row);

  return mc_stmt_get_int64 (stmt, 0);
}

/* Pages are as large as they were made; who comes later does not change them, nor what is in them. */
static void
test_made (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strconcat (mc_db_get_path (fixture->db), "-made", NULL);
  g_autoptr(GError) error = NULL;

  for (guint round = 0; round < 2; round++)
    {
      McDb *db;

      g_assert_true (mc_db_make (path, 8192 >> round, &error));
      db = mc_db_open (path, &error);
      g_assert_no_error (error);
      mc_db_exec (db, "CREATE TABLE IF NOT EXISTS row (number INTEGER PRIMARY KEY); INSERT INTO row DEFAULT VALUES", &error);
      g_assert_no_error (error);
      g_assert_cmpint (ask (db, "PRAGMA page_size"), ==, 8192);
      g_assert_cmpint (ask (db, "SELECT count (*) FROM row"), ==, 1 + round);
      mc_db_close (db);
    }
  g_unlink (path);
  g_assert_false (mc_db_make ("/nowhere/store.db", 8192, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/db/made", Fixture, NULL, set_up, test_made, tear_down);
  g_test_add ("/db/lent", Fixture, NULL, set_up, test_lent, tear_down);
  g_test_add ("/db/lent-again", Fixture, NULL, set_up, test_again, tear_down);

  return g_test_run ();
}
