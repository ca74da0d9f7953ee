/* test-book.c: the register as a book: its sums, closing a year, what is refused then, opening it again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/book-fixture.h"
#include "core/mc-error.h"
#include "core/mc-id.h"
#include "report/mc-import.h"

static void
undo (Fixture    *fixture,
      const char *change)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (mc_journal_revert (fixture->journal, change, NOW, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_closed (Fixture *fixture,
               int      expected) /* the only closed year; 0 = none is */
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) years = mc_book_list_closed (fixture->journal, fixture->type, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (years->len, ==, expected != 0);
  if (expected != 0)
    g_assert_cmpint (g_array_index (years, int, 0), ==, expected);
}

/* Void lines keep their number and count in no sum; gaps and numbers given twice are seen; other years are other books. */
static void
test_sums (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *a = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *b = book_add_line (fixture, 2, 1, "2021-01-05", 9, "ghi nhầm");
  g_autofree char *c = book_add_line (fixture, 5, 1, "2021-02-01", 2, NULL), *d = book_add_line (fixture, 5, 2, "2021-02-01", 1, NULL);
  g_autofree char *e = book_add_line (fixture, 1, 1, "2022-01-03", 7, NULL);
  g_autoptr(McBook) book = book_read (fixture, 2021), next = book_read (fixture, 2022);
  McVolume *first = book->volumes->pdata[0];

  g_assert_cmpuint (book->volumes->len, ==, 2);
  g_assert_cmpint (book->n_lines, ==, 4);
  g_assert_cmpint (book->n_valid, ==, 3);
  g_assert_cmpint (book->copies, ==, 6);
  g_assert_cmpint (book->fees, ==, 12000);
  g_assert_cmpint (book->last_number, ==, 5);
  g_assert_cmpint (book->n_missing, ==, 2);
  g_assert_cmpint (book->first_missing, ==, 3);
  g_assert_cmpuint (book->twice->len, ==, 1);
  g_assert_cmpint (g_array_index (book->twice, gint64, 0), ==, 5);
  g_assert_cmpint (first->n_lines, ==, 3);
  g_assert_cmpstr (first->first_on, ==, "2021-01-04");
  g_assert_false (book->is_closed);
  g_assert_cmpint (next->n_lines, ==, 1);
  g_assert_cmpint (next->n_missing, ==, 0);
  assert_closed (fixture, 0);
}

/* Once the year is closed none of its lines is added, edited, voided, moved into or out of it, or deleted; those of the
 * next year are.  The sums stand in the volume's record. */
static void
test_closed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *line = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *other = NULL, *refused = NULL, *change = NULL;
  g_autofree char *spoilt = book_add_line (fixture, 2, 1, "2021-03-04", 4, "ghi nhầm");
  g_autoptr(McBook) book = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McRecord) record = NULL;
  g_autoptr(GError) error = NULL;
  McVolume *volume;

  change = book_close_year (fixture, 2021, "2021-12-31");
  assert_closed (fixture, 2021);
  g_assert_null (refused = book_add_line (fixture, 3, 1, "2021-12-31", 1, NULL));
  g_assert_null (refused = book_add_line (fixture, 3, 4, "2021-12-31", 1, NULL));
  g_assert_false (book_edit_line (fixture, line, "document", "Giấy khai sinh"));
  g_assert_false (book_edit_line (fixture, line, "void_reason", "nhầm"));
  g_assert_false (book_edit_line (fixture, line, "certified_on", "2022-01-04"));
  g_assert_false (book_edit_line (fixture, line, "certified_on", ""));
  g_assert_nonnull (other = book_add_line (fixture, 1, 1, "2022-01-04", 1, NULL));
  g_assert_false (book_edit_line (fixture, other, "certified_on", "2021-12-30"));
  g_assert_true (book_edit_line (fixture, other, "certified_on", "2022-01-05"));
  g_assert_true (book_edit_line (fixture, line, "review.remark", "đã xem"));
  record = mc_journal_get (fixture->journal, line, &error);
  mc_edit_delete (edit, record);
  g_assert_false (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CLOSED);

  book = book_read (fixture, 2021);
  volume = book->volumes->pdata[0];
  g_assert_true (book->is_closed);
  g_assert_cmpstr (book->closed_on, ==, "2021-12-31");
  g_assert_cmpint (book->closed_valid, ==, 1);
  g_assert_cmpint (book->n_lines, ==, 2);
  g_assert_cmpint (mc_record_get_int (volume->record, "rows_total", -1), ==, 1);
  g_assert_cmpint (mc_record_get_int (volume->record, "copies_total", -1), ==, 3);
  g_assert_cmpint (mc_record_get_int (volume->record, "fees_total", -1), ==, 6000);
  g_assert_cmpint (mc_record_get_int (volume->record, "last_number", -1), ==, 2);
  g_assert_cmpstr (mc_record_get_text (volume->record, "opened_on"), ==, "2021-01-04");
  g_assert_cmpstr (mc_record_get_text (volume->record, "signer"), ==, "Trần Văn Ký");
}

/* Closing is one step to undo, and is opened again with a reason, which stays in the volume's note. */
static void
test_reopened (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *line = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *second = book_add_line (fixture, 2, 2, "2021-05-04", 3, NULL);
  g_autofree char *change = book_close_year (fixture, 2021, "2021-12-31"), *again = NULL;
  g_autoptr(McBook) book = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  g_assert_false (book_edit_line (fixture, second, "document", "Bằng tốt nghiệp"));
  undo (fixture, change);
  assert_closed (fixture, 0);
  g_assert_true (book_edit_line (fixture, second, "document", "Bằng tốt nghiệp"));

  again = book_close_year (fixture, 2021, "2022-01-03");
  assert_closed (fixture, 2021);
  book = book_read (fixture, 2021);
  mc_book_reopen (book, edit, "2022-01-05", "sót một việc ngày 31/12");
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
  g_assert_no_error (error);
  assert_closed (fixture, 0);
  g_assert_true (book_edit_line (fixture, line, "document", "Giấy khai sinh"));
  g_clear_pointer (&book, mc_book_free);
  book = book_read (fixture, 2021);
  g_assert_cmpuint (book->volumes->len, ==, 2);
  g_assert_cmpstr (mc_record_get_text (((McVolume *) book->volumes->pdata[0])->record, "note"), ==,
                   "Mở lại sổ ngày 05/01/2022: sót một việc ngày 31/12");
}

/* A full volume is closed within the year: its lines are shut, those of the next volume are not. */
static void
test_volumes (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *first = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *second = book_add_line (fixture, 2, 2, "2021-07-04", 3, NULL);
  g_autoptr(GError) error = NULL;

  for (int volume = 1; volume <= 2; volume++)
    {
      g_autoptr(McRecord) record = book_new_record (fixture, "certified-copy-book");
      g_autoptr(McEdit) edit = mc_edit_new ();

      mc_edit_set_int (edit, record, "volume", volume);
      mc_edit_set_text (edit, record, "opened_on", volume == 1 ? "2021-01-04" : "2021-07-01");
      if (volume == 1)
        mc_edit_set_text (edit, record, "closed_on", "2021-06-30");
      g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
      g_assert_no_error (error);
    }
  assert_closed (fixture, 0);
  g_assert_false (book_edit_line (fixture, first, "document", "Giấy khai sinh"));
  g_assert_true (book_edit_line (fixture, second, "document", "Giấy khai sinh"));
}

/* What was typed before the closing and is no change yet waits, holds nothing else up, and is there when the book is opened. */
static void
test_drafts (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *line = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *change = NULL;
  g_autoptr(McRecord) record = mc_journal_get (fixture->journal, line, NULL), plan = book_new_record (fixture, "plan");
  g_autoptr(McRecord) later = NULL;
  g_autoptr(GError) error = NULL;
  guint n_records = 0;

  g_assert_true (mc_journal_set_draft (fixture->journal, record, "document", json_node_init_string (json_node_alloc (), "Giấy kh"),
                                       NOW, &error));
  g_assert_true (mc_journal_set_draft (fixture->journal, plan, "number", json_node_init_string (json_node_alloc (), "15"), NOW, &error));
  g_assert_no_error (error);
  change = book_close_year (fixture, 2021, "2021-12-31");
  g_assert_true (mc_journal_commit_drafts (fixture->journal, NULL, NOW, &n_records, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_records, ==, 1);
  undo (fixture, change);
  g_assert_true (mc_journal_commit_drafts (fixture->journal, NULL, NOW, &n_records, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_records, ==, 1);
  later = mc_journal_get (fixture->journal, line, &error);
  g_assert_cmpstr (mc_record_get_text (later, "document"), ==, "Giấy kh");
}

static guint
count_faults (Fixture    *fixture,
              const char *line,
              const char *rule)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (fixture->journal)), fixture->pack, &error);
  g_autoptr(GPtrArray) faults = mc_check_log (sandbox, fixture->type, LOG, &error);
  guint count = 0;

  g_assert_no_error (error);
  g_assert_true (mc_book_excuse (fixture->journal, fixture->type, faults, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];

      count += fault->rule != NULL && g_str_equal (fault->rule->id, rule) && g_str_equal (fault->record, line);
    }

  return count;
}

/* A date of the next year is a mistake until the year before it is closed; one of an earlier year, or two years on, stays one. */
static void
test_next_year (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *line = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *next = book_add_line (fixture, 1, 1, "2022-01-04", 1, NULL);
  g_autofree char *early = book_add_line (fixture, 2, 1, "2020-01-04", 1, NULL), *far = book_add_line (fixture, 3, 1, "2023-01-04", 1, NULL);
  g_autofree char *change = NULL;

  g_assert_cmpuint (count_faults (fixture, line, "in-year"), ==, 0);
  g_assert_cmpuint (count_faults (fixture, next, "in-year"), ==, 1);
  change = book_close_year (fixture, 2021, "2021-12-31");
  g_assert_cmpuint (count_faults (fixture, next, "in-year"), ==, 0);
  g_assert_cmpuint (count_faults (fixture, early, "in-year"), ==, 1);
  g_assert_cmpuint (count_faults (fixture, far, "in-year"), ==, 1);
  undo (fixture, change);
  g_assert_cmpuint (count_faults (fixture, next, "in-year"), ==, 1);
}

/* The builtin pack with another name for its register: nothing but the pack says which type is a book. */
static McPack *
rename_register (McPack *builtin)
{
  g_autoptr(GError) error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (mc_pack_get_bytes (builtin), &size);
  g_autofree char *text = g_strndup (data, size);
  g_auto(GStrv) parts = g_strsplit (text, "certified-copy", -1);
  g_autofree char *joined = g_strjoinv ("attested-copy", parts);
  g_autoptr(GBytes) renamed = g_bytes_new (joined, strlen (joined));
  McPack *pack = mc_pack_new_from_bytes (renamed, &error);

  g_assert_no_error (error);

  return pack;
}

static void
assert_order (Fixture            *fixture,
              const char * const *expected,
              guint               n_expected)
{
  McQuery query = { .type = fixture->type->id, .order = MC_ORDER_SORT_DESCENDING };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) numbers = mc_journal_query (fixture->journal, &query, &error);
  g_autoptr(GPtrArray) records = mc_journal_fetch (fixture->journal, (gint64 *) numbers->data, numbers->len, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, n_expected);
  for (guint i = 0; i < records->len; i++)
    g_assert_cmpstr (mc_record_get_id (records->pdata[i]), ==, expected[i]);
}

static void
reopen (Fixture *fixture,
        McPack  *pack)
{
  mc_journal_close (fixture->journal);
  book_open_store (fixture, pack);
}

/* A store of format 2 has lines sorted by their number alone: they are sorted anew with the first pack that it is opened with, of
 * whichever type the pack says that it is a book. */
static void
test_older_store (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(McPack) builtin = fixture->pack;
  g_autoptr(GError) error = NULL;

  fixture->pack = rename_register (builtin);
  fixture->type = mc_pack_find_type (fixture->pack, "attested-copy");
  reopen (fixture, fixture->pack);
  {
    g_autofree char *last = book_add_line (fixture, 2, 1, "2021-03-04", 3, NULL), *next = book_add_line (fixture, 1, 1, "2022-01-04", 1, NULL);
    g_autofree char *first = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *undated = book_add_line (fixture, 7, 1, "", 1, NULL);
    const char * const expected[] = { undated, next, last, first };

    assert_order (fixture, expected, G_N_ELEMENTS (expected));
    g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal), "UPDATE record SET sort = json_extract (body, '$.number')", &error));
    g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal), "DROP TABLE former; DROP TABLE words_due;"
                                                                         " PRAGMA user_version = 2", &error));
    g_assert_no_error (error);
    /* A program that shows nothing opens it first. */
    reopen (fixture, NULL);
    reopen (fixture, fixture->pack);
    assert_order (fixture, expected, G_N_ELEMENTS (expected));
    reopen (fixture, fixture->pack);
    assert_order (fixture, expected, G_N_ELEMENTS (expected));
  }
}

/* Number 1 of two years is two lines: in the order of the list, and for what is imported. */
static void
test_two_years (Fixture       *fixture,
                gconstpointer  data)
{
  static const char table[] = "number,certified_on,document\n1,4/1/2022,Hộ chiếu\n2,5/3/2021,Học bạ\n";
  g_autofree char *last = book_add_line (fixture, 2, 1, "2021-03-04", 3, NULL), *next = book_add_line (fixture, 1, 1, "2022-01-04", 1, NULL);
  g_autofree char *first = book_add_line (fixture, 1, 1, "2021-01-04", 3, NULL), *undated = book_add_line (fixture, 7, 1, "", 1, NULL);
  const char * const expected[] = { undated, next, last, first };
  g_autoptr(GError) error = NULL;
  g_autoptr(McImport) import = NULL;
  g_autoptr(McRecord) of_2021 = NULL, of_2022 = NULL, second = NULL, found = NULL;
  guint count;

  assert_order (fixture, expected, G_N_ELEMENTS (expected));
  import = mc_import_read (fixture->journal, fixture->type, FALSE, table, strlen (table), NOW, &error);
  g_assert_no_error (error);
  g_assert_true (mc_import_apply (fixture->journal, import, NOW, &count, &error));
  g_assert_no_error (error);
  of_2021 = mc_journal_get (fixture->journal, first, &error);
  of_2022 = mc_journal_get (fixture->journal, next, &error);
  second = mc_journal_get (fixture->journal, last, &error);
  g_assert_cmpstr (mc_record_get_text (second, "document"), ==, "Học bạ");
  g_assert_cmpstr (mc_record_get_text (second, "certified_on"), ==, "2021-03-05");
  g_assert_cmpstr (mc_record_get_text (of_2022, "document"), ==, "Hộ chiếu");
  g_assert_cmpstr (mc_record_get_text (of_2021, "document"), ==, "");
  g_assert_cmpstr (mc_record_get_text (of_2022, "certified_on"), ==, "2022-01-04");
  g_assert_cmpstr (mc_record_get_text (of_2021, "certified_on"), ==, "2021-01-04");

  found = mc_import_find_record (fixture->journal, fixture->type, (const char *[]) { "1", NULL }, NULL, NOW, &error);
  g_assert_cmpstr (mc_record_get_id (found), ==, first);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/book/sums", Fixture, NULL, book_set_up, test_sums, book_tear_down);
  g_test_add ("/book/closed", Fixture, NULL, book_set_up, test_closed, book_tear_down);
  g_test_add ("/book/reopened", Fixture, NULL, book_set_up, test_reopened, book_tear_down);
  g_test_add ("/book/volumes", Fixture, NULL, book_set_up, test_volumes, book_tear_down);
  g_test_add ("/book/drafts", Fixture, NULL, book_set_up, test_drafts, book_tear_down);
  g_test_add ("/book/next-year", Fixture, NULL, book_set_up, test_next_year, book_tear_down);
  g_test_add ("/book/two-years", Fixture, NULL, book_set_up, test_two_years, book_tear_down);
  g_test_add ("/book/older-store", Fixture, NULL, book_set_up, test_older_store, book_tear_down);

  return g_test_run ();
}
