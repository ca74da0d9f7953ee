/* test-book-late.c: what whoever closed a year had not counted
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/book-fixture.h"

static int
lateness (GHashTable *late,
          const char *line)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (late, line));
}

/* What the unit log has behind the closing was not counted: a line of another device, an edit of one; what the district says
 * of a line is neither.  As long as the closing waits, what was there before it was counted. */
static void
test_late (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *first = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *second = book_add_line (fixture, 2, 1, "2021-02-04", 3, NULL);
  g_autofree char *third = book_add_line (fixture, 3, 1, "2021-03-04", 3, NULL), *change = NULL, *sql = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) before = NULL, after = NULL, reopened = NULL;
  g_autoptr(McBook) book = NULL, open = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();

  g_assert_true (book_edit_line (fixture, first, "document", "Giấy khai sinh"));
  change = book_close_year (fixture, 2021, "2021-12-31");
  g_assert_true (book_edit_line (fixture, second, "review.remark", "đã xem"));
  book = book_read (fixture, 2021);
  g_assert_cmpstr (book->closed_by, ==, "Đinh Thị Hà, Văn thư");
  g_assert_nonnull (book->closed_at);
  before = mc_book_list_late (book, fixture->journal, fixture->type, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (before), ==, 0);

  /* In the unit log the third line and the edit of the first stand behind the closing, as if another device had sent them. */
  book_run_sql (fixture, "UPDATE change SET state = 1, seq = number");
  sql = g_strdup_printf ("UPDATE change SET seq = number + 1000 WHERE record = '%s' OR (record = '%s' AND number >"
                         " (SELECT min(number) FROM change WHERE record = '%s'))", third, first, first);
  book_run_sql (fixture, sql);
  after = mc_book_list_late (book, fixture->journal, fixture->type, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (after), ==, 2);
  g_assert_cmpint (lateness (after, third), ==, MC_BOOK_LATE_ADDED);
  g_assert_cmpint (lateness (after, first), ==, MC_BOOK_LATE_EDITED);

  mc_book_reopen (book, edit, "2022-01-05", "hai dòng về sau");
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
  open = book_read (fixture, 2021);
  reopened = mc_book_list_late (open, fixture->journal, fixture->type, &error);
  g_assert_cmpuint (g_hash_table_size (reopened), ==, 0);
}

/* (transfer full): the late lines, had whoever closed 2021 counted @value as @field. */
static GHashTable *
list_late_had (Fixture    *fixture,
               const char *field,
               gint64      value)
{
  g_autoptr(McBook) book = book_read (fixture, 2021), counted = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;
  GHashTable *late;

  mc_edit_set_int (edit, ((McVolume *) book->volumes->pdata[0])->record, field, value);
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
  book_run_sql (fixture, "UPDATE change SET state = 1, seq = number");
  counted = book_read (fixture, 2021);
  late = mc_book_list_late (counted, fixture->journal, fixture->type, &error);
  g_assert_no_error (error);

  return late;
}

/* A line in front of the closing in the unit log, of which whoever closed had not heard, has a number that was not counted. */
static void
test_beyond (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *first = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *second = book_add_line (fixture, 2, 1, "2021-02-04", 3, NULL);
  g_autofree char *change = book_close_year (fixture, 2021, "2021-12-31");
  g_autoptr(GHashTable) late = list_late_had (fixture, "last_number", 1);

  g_assert_cmpuint (g_hash_table_size (late), ==, 1);
  g_assert_cmpint (lateness (late, second), ==, MC_BOOK_LATE_ADDED);
}

/* A number that two lines have, within what the closing counted: where the sum is another, both are named; where whoever closed
 * counted both, neither is. */
static void
test_twice (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *first = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *second = book_add_line (fixture, 2, 1, "2021-02-04", 3, NULL);
  g_autofree char *again = book_add_line (fixture, 1, 1, "2021-02-05", 1, NULL), *change = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GHashTable) counted = NULL, late = NULL;
  g_autoptr(McBook) book = NULL;

  change = book_close_year (fixture, 2021, "2021-12-31");
  book = book_read (fixture, 2021);
  counted = mc_book_list_late (book, fixture->journal, fixture->type, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (counted), ==, 0);

  /* Whoever closed had not heard of one of the two. */
  late = list_late_had (fixture, "rows_total", 2);
  g_assert_cmpuint (g_hash_table_size (late), ==, 2);
  g_assert_cmpint (lateness (late, first), ==, MC_BOOK_LATE_TWICE);
  g_assert_cmpint (lateness (late, again), ==, MC_BOOK_LATE_TWICE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/book-late/late", Fixture, NULL, book_set_up, test_late, book_tear_down);
  g_test_add ("/book-late/beyond", Fixture, NULL, book_set_up, test_beyond, book_tear_down);
  g_test_add ("/book-late/twice", Fixture, NULL, book_set_up, test_twice, book_tear_down);

  return g_test_run ();
}
