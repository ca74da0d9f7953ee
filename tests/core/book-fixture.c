/* book-fixture.c: a store with a register, whose years are closed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/book-fixture.h"

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "mc-test.h"

void
book_open_store (Fixture *fixture,
                 McPack  *pack)
{
  McJournalConfig config = { .device = "0190a000-0000-7000-8000-000000000001", .log = LOG, .by = "Đinh Thị Hà, Văn thư", .machine = "" };
  g_autoptr(GError) error = NULL;

  config.dir = fixture->dir;
  config.pack = pack;
  fixture->journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
}

void
book_set_up (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("minhchung-book-XXXXXX", NULL);
  fixture->pack = mc_pack_get_builtin (NULL, &error);
  g_assert_no_error (error);
  fixture->type = mc_pack_find_type (fixture->pack, "certified-copy");
  book_open_store (fixture, fixture->pack);
}

void
book_tear_down (Fixture       *fixture,
                gconstpointer  data)
{
  mc_journal_close (fixture->journal);
  mc_pack_unref (fixture->pack);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

McRecord *
book_new_record (Fixture    *fixture,
                 const char *type)
{
  g_autofree char *id = mc_id_new (NOW);

  return mc_record_new_empty (id, LOG, type, mc_pack_get_id (fixture->pack), NULL);
}

char *
book_add_line (Fixture    *fixture,
               int         number,
               int         volume,
               const char *date,
               int         copies,
               const char *void_reason)
{
  g_autoptr(McRecord) record = book_new_record (fixture, fixture->type->id);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_int (edit, record, "volume", volume);
  mc_edit_set_text (edit, record, "certified_on", date);
  mc_edit_set_int (edit, record, "copies", copies);
  mc_edit_set_int (edit, record, "fee", copies * 2000);
  if (void_reason != NULL)
    {
      mc_edit_set_boolean (edit, record, "void", TRUE);
      mc_edit_set_text (edit, record, "void_reason", void_reason);
    }
  if (mc_journal_save (fixture->journal, edit, NOW, NULL, &error))
    return g_strdup (mc_record_get_id (record));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CLOSED);

  return NULL;
}

gboolean
book_edit_line (Fixture    *fixture,
                const char *id,
                const char *field,
                const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McRecord) record = mc_journal_get (fixture->journal, id, &error);
  g_autoptr(McEdit) edit = mc_edit_new ();

  g_assert_no_error (error);
  mc_edit_set_text (edit, record, field, text);
  if (mc_journal_save (fixture->journal, edit, NOW, NULL, &error))
    return TRUE;
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CLOSED);

  return FALSE;
}

McBook *
book_read (Fixture *fixture,
           int      year)
{
  g_autoptr(GError) error = NULL;
  McBook *book = mc_book_read (fixture->journal, fixture->type, year, NOW, &error);

  g_assert_no_error (error);

  return book;
}

char *
book_close_year (Fixture    *fixture,
                 int         year,
                 const char *date)
{
  g_autoptr(McBook) book = book_read (fixture, year);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;
  char *change = NULL;

  mc_book_close (book, edit, date, "Trần Văn Ký", "Chủ tịch", "Đinh Thị Hà");
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, &change, &error));
  g_assert_no_error (error);
  g_assert_nonnull (change);

  return change;
}

void
book_run_sql (Fixture    *fixture,
              const char *sql)
{
  g_autoptr(GError) error = NULL;

  mc_db_exec (mc_journal_get_db (fixture->journal), sql, &error);
  g_assert_no_error (error);
}
