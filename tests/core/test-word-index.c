/* test-word-index.c: the index of words follows what is saved
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/book-fixture.h"

static gint64
ask (Fixture    *fixture,
     const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (fixture->journal), sql, &error);
  gboolean has_row;

  g_assert_no_error (error);
  g_assert_true (mc_stmt_next (stmt, &has_row, &error));
  g_assert_true (has_row);

  return mc_stmt_get_int64 (stmt, 0);
}

static gint64
count_due (Fixture *fixture)
{
  return ask (fixture, "SELECT count(*) FROM words_due");
}

static guint
count_found (Fixture    *fixture,
             const char *words)
{
  McQuery query = { .type = "certified-copy", .search = words };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) found = mc_journal_query (fixture->journal, &query, &error);

  g_assert_no_error (error);

  return found->len;
}

static void
delete_line (Fixture    *fixture,
             const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McRecord) record = mc_journal_get (fixture->journal, id, &error);
  g_autoptr(McEdit) edit = mc_edit_new ();

  mc_edit_delete (edit, record);
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
  g_assert_no_error (error);
}

/* A save only notes what is due, whoever searches finds it all the same, and then nothing is due any more. */
static void
test_found (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *id = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL);

  g_assert_true (book_edit_line (fixture, id, "document", "Giấy khai sinh"));
  g_assert_cmpint (count_due (fixture), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM record_text"), ==, 0);
  g_assert_cmpuint (count_found (fixture, "khai sinh"), ==, 1);
  g_assert_cmpint (count_due (fixture), ==, 0);

  g_assert_true (book_edit_line (fixture, id, "document", "Giấy chứng tử"));
  g_assert_cmpuint (count_found (fixture, "khai sinh"), ==, 0);
  g_assert_cmpuint (count_found (fixture, "chung tu"), ==, 1);

  delete_line (fixture, id);
  g_assert_cmpuint (count_found (fixture, "chung tu"), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM record_text"), ==, 0);
}

/* What is due outlives the program, and a program without a criteria set leaves it for one that has it. */
static void
test_reopened (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *id = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL);

  g_assert_true (book_edit_line (fixture, id, "document", "Giấy khai sinh"));
  mc_journal_close (g_steal_pointer (&fixture->journal));
  book_open_store (fixture, NULL);
  g_assert_cmpuint (count_found (fixture, "khai sinh"), ==, 0);
  g_assert_cmpint (count_due (fixture), ==, 1);
  mc_journal_close (g_steal_pointer (&fixture->journal));
  book_open_store (fixture, fixture->pack);
  g_assert_cmpuint (count_found (fixture, "khai sinh"), ==, 1);
  g_assert_cmpint (count_due (fixture), ==, 0);
}

/* However many are saved and never searched for, few are due. */
static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  for (int i = 1; i <= 150; i++)
    {
      g_autofree char *id = book_add_line (fixture, i, 1, "2021-01-04", 3, NULL);

      g_assert_nonnull (id);
      g_assert_cmpint (count_due (fixture), <, 64);
    }
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM record_text"), ==, 128);
  g_assert_true (mc_journal_index_due (fixture->journal, &error));
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM record_text"), ==, 150);
}

/* The row of a record that is gone may be another's by then. */
static void
test_row_of_another (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *id = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (book_edit_line (fixture, id, "document", "Giấy khai sinh"));
  book_run_sql (fixture, "INSERT INTO words_due SELECT max(number) + 1 FROM record");
  g_assert_cmpuint (count_found (fixture, "khai sinh"), ==, 1);
  g_assert_cmpint (count_due (fixture), ==, 0);
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM record_text"), ==, 1);
}

/* Where the index cannot be written, what is in it is found. */
static void
test_not_writable (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *first = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *second = NULL;

  g_assert_true (book_edit_line (fixture, first, "document", "Giấy khai sinh"));
  g_assert_cmpuint (count_found (fixture, "khai sinh"), ==, 1);
  second = book_add_line (fixture, 2, 1, "2021-01-05", 3, NULL);
  g_assert_nonnull (second);
  book_run_sql (fixture, "PRAGMA query_only = 1");
  g_assert_cmpuint (count_found (fixture, "khai sinh"), ==, 1);
  g_assert_cmpint (count_due (fixture), ==, 1);
  book_run_sql (fixture, "PRAGMA query_only = 0");
  g_assert_cmpuint (count_found (fixture, "khai sinh"), ==, 1);
  g_assert_cmpint (count_due (fixture), ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, book_set_up, func, book_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/word-index/found", test_found);
  ADD ("/word-index/reopened", test_reopened);
  ADD ("/word-index/many", test_many);
  ADD ("/word-index/row-of-another", test_row_of_another);
  ADD ("/word-index/not-writable", test_not_writable);

  return g_test_run ();
}
