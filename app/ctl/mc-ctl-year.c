/* mc-ctl-year.c: what is done once a year: closing a register, a plan that begins with last year's
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include <string.h>

#include "core/mc-book.h"
#include "core/mc-id.h"
#include "core/mc-last-year.h"
#include "core/mc-text.h"

static McBook *
read_book (McCtl   *self,
           GError **error)
{
  McRecordType *type = mc_ctl_find_type (self, error);
  gint64 year = 0;

  if (type == NULL)
    return NULL;
  if (type->book == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no register that is closed", type->id);
      return NULL;
    }
  if (self->arguments[1] == NULL || !mc_text_parse_integer (self->arguments[1], &year, error) || year < 1000 || year > 9999)
    {
      g_clear_error (error);
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "A year has four figures");
      return NULL;
    }

  return mc_book_read (self->journal, type, (int) year, g_get_real_time (), error);
}

static gboolean
print_book (McCtl   *self,
            McBook  *book,
            GError **error)
{
  McRecordType *type = mc_ctl_find_type (self, error);
  g_autoptr(GHashTable) late = type != NULL ? mc_book_list_late (book, self->journal, type, error) : NULL;
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(GList) ids = NULL;
  JsonArray *array;

  if (late == NULL)
    return FALSE;
  if (!self->json)
    {
      g_print ("%d: %" G_GINT64_FORMAT " lines, %" G_GINT64_FORMAT " of them void, %" G_GINT64_FORMAT " copies, fees %" G_GINT64_FORMAT
               ", %" G_GINT64_FORMAT " numbers missing, %s%s%s%s%s\n", book->year, book->n_lines, book->n_lines - book->n_valid, book->copies,
               book->fees, book->n_missing, book->is_closed ? "closed on " : "open", book->is_closed ? book->closed_on : "",
               book->is_closed ? " by " : "", book->is_closed ? book->closed_by : "",
               g_hash_table_size (late) > 0 ? "; lines were written after the closing" : "");
      return TRUE;
    }
  json_object_set_int_member (object, "year", book->year);
  json_object_set_int_member (object, "lines", book->n_lines);
  json_object_set_int_member (object, "void", book->n_lines - book->n_valid);
  json_object_set_int_member (object, "copies", book->copies);
  json_object_set_int_member (object, "fees", book->fees);
  json_object_set_int_member (object, "missing", book->n_missing);
  json_object_set_string_member (object, "closed_on", book->is_closed ? book->closed_on : "");
  json_object_set_string_member (object, "closed_by", book->is_closed ? book->closed_by : "");
  array = json_array_new ();
  ids = g_list_sort (g_hash_table_get_keys (late), (GCompareFunc) strcmp);
  for (GList *one = ids; one != NULL; one = one->next)
    json_array_add_string_element (array, one->data);
  json_object_set_array_member (object, "late", array);
  mc_ctl_print_json (object);

  return TRUE;
}

static gboolean
book (McCtl   *self,
      GError **error)
{
  g_autoptr(McBook) read = read_book (self, error);

  return read != NULL && print_book (self, read, error);
}

static gboolean
save_book (McCtl   *self,
           McEdit  *edit,
           GError **error)
{
  g_autoptr(McBook) after = NULL;

  if (!mc_journal_save (self->journal, edit, g_get_real_time (), NULL, error) || !(after = read_book (self, error)))
    return FALSE;

  return print_book (self, after, error);
}

static gboolean
close_book (McCtl   *self,
            GError **error)
{
  g_autoptr(McBook) before = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *date = NULL;

  if (g_strv_length (self->arguments) < 4)
    return mc_ctl_usage (error, "--type TYPE close YEAR DATE SIGNER [TITLE]");
  if (!(before = read_book (self, error)) || !(date = mc_text_parse_date (self->arguments[2], before->year, error)))
    return FALSE;
  if (before->n_lines == 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "The register of %d has no line to close with", before->year);
      return FALSE;
    }
  mc_book_close (before, edit, date, self->arguments[3], self->arguments[4] != NULL ? self->arguments[4] : "", self->account->by);

  return save_book (self, edit, error);
}

static gboolean
reopen_book (McCtl   *self,
             GError **error)
{
  g_autoptr(McBook) before = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *today = mc_text_format_moment (g_get_real_time (), "%Y-%m-%d"), *reason = NULL;

  if (g_strv_length (self->arguments) < 3)
    return mc_ctl_usage (error, "--type TYPE reopen YEAR REASON");
  reason = mc_text_normalize (self->arguments[2]);
  if (*reason == '\0')
    return mc_ctl_usage (error, "--type TYPE reopen YEAR REASON: why is it opened again?");
  if (!(before = read_book (self, error)))
    return FALSE;
  mc_book_reopen (before, edit, today, reason);

  return save_book (self, edit, error);
}

/* The plan of this year, or one to be. */
static McRecord *
get_plan (McCtl   *self,
          GError **error)
{
  McQuery query = { .type = "plan", .order = MC_ORDER_SORT_ASCENDING, .limit = 1 };
  g_autoptr(GArray) numbers = mc_journal_query (self->journal, &query, error);
  g_autoptr(GPtrArray) plans = NULL;
  g_autofree char *id = NULL;

  if (numbers == NULL || !(plans = mc_journal_fetch (self->journal, (const gint64 *) numbers->data, numbers->len, error)))
    return NULL;
  if (plans->len > 0)
    return mc_journal_get (self->journal, mc_record_get_id (plans->pdata[0]), error);
  id = mc_id_new (g_get_real_time ());

  return mc_record_new_empty (id, mc_journal_get_log (self->journal), "plan", mc_pack_get_id (self->pack), NULL);
}

static gboolean
last_plan (McCtl   *self,
           GError **error)
{
  g_autoptr(McLastYear) last = NULL;
  g_autoptr(McRecord) plan = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GArray) numbers = NULL;
  g_autoptr(GPtrArray) present = NULL;
  McQuery query = { .type = "plan-task", .order = MC_ORDER_SORT_ASCENDING };
  guint n_copied;

  if (!mc_last_year_read (self->journal, &last, error) || !(plan = get_plan (self, error)))
    return FALSE;
  if (last == NULL)
    {
      if (self->json)
        mc_ctl_print_count ("copied", 0);
      else
        g_print ("There is no plan of an earlier year here\n");
      return TRUE;
    }
  query.parent = mc_record_get_id (plan);
  if (!(numbers = mc_journal_query (self->journal, &query, error)) ||
      !(present = mc_journal_fetch (self->journal, (const gint64 *) numbers->data, numbers->len, error)))
    return FALSE;
  n_copied = mc_last_year_copy (last, self->pack, edit, plan, present, g_get_real_time ());
  if (!mc_journal_save (self->journal, edit, g_get_real_time (), NULL, error))
    return FALSE;
  if (self->json)
    mc_ctl_print_count ("copied", n_copied);
  else
    g_print ("%u of %u tasks of %d copied\n", n_copied, last->tasks->len, last->year);

  return TRUE;
}

const McCtlCommand mc_ctl_year_commands[] = {
  { "book", "YEAR", "What a register adds up to (--type)", MC_CTL_NEEDS_JOURNAL, book },
  { "close", "YEAR DATE SIGNER [TITLE]", "Close a register's year (--type)", MC_CTL_NEEDS_WRITER, close_book },
  { "reopen", "YEAR REASON", "Open it again (--type)", MC_CTL_NEEDS_WRITER, reopen_book },
  { "last-plan", NULL, "Begin the plan with last year's tasks", MC_CTL_NEEDS_WRITER, last_plan },
  { NULL }
};
