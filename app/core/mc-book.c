/* mc-book.c: a register as a book: what its year adds up to, closing it and opening it again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-book.h"

#include <string.h>

#include "core/mc-edit-private.h"
#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-journal-private.h"
#include "core/mc-sandbox.h"
#include "core/mc-text.h"

static void
volume_free (gpointer data)
{
  McVolume *volume = data;

  g_free (volume->first_on);
  g_clear_object (&volume->record);
  g_free (volume);
}

void
mc_book_free (McBook *self)
{
  g_ptr_array_unref (self->volumes);
  g_array_unref (self->twice);
  g_free (self->closed_on);
  g_free (self->closed_by);
  g_free (self->closed_at);
  g_free (self);
}

/* which volumes are closed */

static int
year_of (const char *date)
{
  return date != NULL && strlen (date) >= 4 ? (int) g_ascii_strtoll (date, NULL, 10) : 0;
}

/* A volume belongs to the year in which it was opened: it may be closed in the first days of the next. */
static GArray *
list_closings (McJournal     *journal,
               McRecordType  *type,
               const char    *log,
               GError       **error)
{
  g_autoptr(GArray) closings = g_array_new (FALSE, TRUE, sizeof (McClosing));
  g_autoptr(McStmt) stmt = mc_db_prepare (journal->db, "SELECT coalesce(json_extract(body, '$.volume'), 1),"
                                          " coalesce(json_extract(body, '$.opened_on'), json_extract(body, '$.closed_on')),"
                                          " coalesce(json_extract(body, '$.closed_on'), '')"
                                          " FROM record WHERE type = ? AND pack = ? AND log = ? AND flags & 1 = 0 ORDER BY 2", error);
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  mc_stmt_bind_text (stmt, 1, type->book);
  mc_stmt_bind_text (stmt, 2, mc_pack_get_id (journal->pack));
  mc_stmt_bind_text (stmt, 3, log);
  while (TRUE)
    {
      McClosing closing = { 0 };

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&closings);
      closing.volume = mc_stmt_get_int64 (stmt, 0);
      closing.year = year_of (mc_stmt_get_text (stmt, 1));
      closing.is_closed = *mc_stmt_get_text (stmt, 2) != '\0';
      if (closing.year > 0)
        g_array_append_val (closings, closing);
    }
}

/* A volume without a record of its own is closed when the year is: all that there are are closed. */
gboolean
mc_closings_have (GArray *closings,
                  int     year,
                  gint64  volume)
{
  gboolean is_known = FALSE, is_one_closed = FALSE, are_all_closed = TRUE, is_year_known = FALSE;

  for (guint i = 0; i < closings->len; i++)
    {
      McClosing *closing = &g_array_index (closings, McClosing, i);

      if (closing->year != year)
        continue;
      is_year_known = TRUE;
      are_all_closed &= closing->is_closed;
      if (closing->volume == volume)
        {
          is_known = TRUE;
          is_one_closed |= closing->is_closed;
        }
    }

  return is_known ? is_one_closed : is_year_known && are_all_closed;
}

gboolean
mc_closings_have_year (GArray *closings,
                       int     year)
{
  gboolean is_open = FALSE, is_known = FALSE;

  for (guint i = 0; i < closings->len; i++)
    {
      McClosing *closing = &g_array_index (closings, McClosing, i);

      if (closing->year != year)
        continue;
      is_known = TRUE;
      is_open |= !mc_closings_have (closings, year, closing->volume);
    }

  return is_known && !is_open;
}

GArray *
mc_book_list_closings (McJournal     *journal,
                       McRecordType  *type,
                       GError       **error)
{
  return list_closings (journal, type, journal->log, error);
}

/**
 * mc_book_list_closed:
 * @journal: a journal with a pack
 * @type: a type with a book
 * @error: return location for an error
 *
 * Returns: (transfer full) (element-type int): the own unit's years whose volumes are all closed, ascending
 */
GArray *
mc_book_list_closed (McJournal     *journal,
                     McRecordType  *type,
                     GError       **error)
{
  g_autoptr(GArray) closings = list_closings (journal, type, journal->log, error);
  g_autoptr(GArray) years = g_array_new (FALSE, FALSE, sizeof (int));

  if (closings == NULL)
    return NULL;
  for (guint i = 0; i < closings->len; i++)
    {
      int year = g_array_index (closings, McClosing, i).year;

      if (mc_closings_have_year (closings, year) && (years->len == 0 || g_array_index (years, int, years->len - 1) != year))
        g_array_append_val (years, year);
    }

  return g_steal_pointer (&years);
}

/* holding edits against it */

static gboolean
refuse (int      year,
        GError **error)
{
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CLOSED, "The register of %d is closed: open it again to change it", year);

  return FALSE;
}

/* What the reviewers say, and bringing a deleted line back, change nothing that was closed. */
static gboolean
touches_lines (McEditPart *part)
{
  JsonObjectIter iter;
  const char *field;
  JsonNode *value;

  json_object_iter_init (&iter, part->set);
  while (json_object_iter_next (&iter, &field, &value))
    if (!g_str_has_prefix (field, "review.") &&
        !(g_str_equal (field, "deleted") && !(JSON_NODE_HOLDS_VALUE (value) && json_node_get_boolean (value))))
      return TRUE;

  return FALSE;
}

static const char *
text_after (McEditPart *part,
            McRecord   *now,
            const char *field)
{
  JsonNode *value = json_object_get_member (part->set, field);

  if (value == NULL)
    return mc_record_get_text (now, field);

  return JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING ? json_node_get_string (value) : "";
}

static gint64
volume_after (McEditPart *part,
              McRecord   *now)
{
  JsonNode *value = json_object_get_member (part->set, "volume");

  if (value == NULL)
    return mc_record_get_int (now, "volume", 1);

  return JSON_NODE_HOLDS_VALUE (value) ? json_node_get_int (value) : 1;
}

static gboolean
allows_part (McJournal     *journal,
             McRecordType  *type,
             McEditPart    *part,
             GError       **error)
{
  g_autoptr(GArray) closings = list_closings (journal, type, mc_record_get_log (part->shown), error);
  g_autoptr(McRecord) now = NULL;
  int before, after;

  if (closings == NULL)
    return FALSE;
  if (closings->len == 0)
    return TRUE;
  /* The line may be another by now than the form showed. */
  if (!(now = mc_journal_get_or_new (journal, mc_record_get_id (part->shown), type->id, NULL, error)))
    return FALSE;
  before = year_of (mc_record_get_text (now, type->book_date));
  after = year_of (text_after (part, now, type->book_date));
  if (mc_closings_have (closings, before, mc_record_get_int (now, "volume", 1)))
    return refuse (before, error);
  if (mc_closings_have (closings, after, volume_after (part, now)))
    return refuse (after, error);

  return TRUE;
}

gboolean
mc_book_allows (McJournal  *journal,
                McEdit     *edit,
                GError    **error)
{
  GPtrArray *parts = mc_edit_get_parts (edit);

  for (guint i = 0; journal->pack != NULL && i < parts->len; i++)
    {
      McEditPart *part = parts->pdata[i];
      McRecordType *type = mc_pack_find_type (journal->pack, mc_record_get_type_id (part->shown));

      if (type == NULL || type->book == NULL || !g_str_equal (mc_record_get_pack (part->shown), mc_pack_get_id (journal->pack)))
        continue;
      if (touches_lines (part) && !allows_part (journal, type, part, error))
        return FALSE;
    }

  return TRUE;
}

/* reading a year */

static gint64
number_at (GPtrArray *row,
           guint      column)
{
  const char *text = row->pdata[column];

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static McVolume *
ensure_volume (McBook    *self,
               McJournal *journal,
               gint64     number)
{
  McVolume *volume;

  for (guint i = 0; i < self->volumes->len; i++)
    if (((McVolume *) self->volumes->pdata[i])->volume == number)
      return self->volumes->pdata[i];
  volume = g_new0 (McVolume, 1);
  volume->volume = number;
  g_ptr_array_add (self->volumes, volume);

  return volume;
}

static gboolean
read_volumes (McBook        *self,
              McJournal     *journal,
              McSandbox     *sandbox,
              McRecordType  *type,
              const char    *year,
              GError       **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT coalesce(volume, 1), min(number), max(number), count(*), sum(NOT coalesce(void, 0)),"
                                          " sum(iif(coalesce(void, 0), 0, copies)), sum(iif(coalesce(void, 0), 0, fee)), min(%s)"
                                          " FROM \"%s\" WHERE unit = '%s' AND substr(%s, 1, 4) = ?1 GROUP BY 1 ORDER BY 1",
                                          type->book_date, type->id, journal->log, type->book_date);
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, type->id, sql, year, error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      GPtrArray *row = rows->pdata[i];
      McVolume *volume = ensure_volume (self, journal, number_at (row, 0));

      volume->first_number = number_at (row, 1);
      volume->last_number = number_at (row, 2);
      volume->n_lines = number_at (row, 3);
      volume->n_valid = number_at (row, 4);
      volume->copies = number_at (row, 5);
      volume->fees = number_at (row, 6);
      volume->first_on = g_strdup (row->pdata[7]);
      self->n_lines += volume->n_lines;
      self->n_valid += volume->n_valid;
      self->copies += volume->copies;
      self->fees += volume->fees;
      self->last_number = MAX (self->last_number, volume->last_number);
    }

  return rows != NULL;
}

/* The law wants no number left out; which ones are is said before the book is closed. */
static gboolean
read_gaps (McBook        *self,
           McJournal     *journal,
           McSandbox     *sandbox,
           McRecordType  *type,
           const char    *year,
           GError       **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT number, count(*) FROM \"%s\" WHERE unit = '%s' AND substr(%s, 1, 4) = ?1"
                                          " AND number >= 1 GROUP BY 1 ORDER BY 1", type->id, journal->log, type->book_date);
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, type->id, sql, year, error);
  gint64 next = 1;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      gint64 number = number_at (rows->pdata[i], 0);

      if (number > next && self->first_missing == 0)
        self->first_missing = next;
      self->n_missing += number - next;
      if (number_at (rows->pdata[i], 1) > 1)
        g_array_append_val (self->twice, number);
      next = number + 1;
    }

  return rows != NULL;
}

static void
note_closer (McBook   *self,
             McRecord *record)
{
  McHead *head = mc_record_get_heads (record, "closed_on")->pdata[0];

  g_free (self->closed_by);
  g_free (self->closed_at);
  self->closed_by = g_strdup (head->by);
  self->closed_at = g_strdup (head->at);
}

static gboolean
read_records (McBook        *self,
              McJournal     *journal,
              McRecordType  *type,
              gint64         now_us,
              GError       **error)
{
  McQuery query = { .type = type->book, .order = MC_ORDER_SORT_ASCENDING };
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, error);
  g_autoptr(GPtrArray) records = NULL;

  if (numbers == NULL || !(records = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error)))
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    {
      McRecord *light = records->pdata[i];
      const char *opened = mc_record_get_text (light, "opened_on"), *closed = mc_record_get_text (light, "closed_on");
      McVolume *volume;

      if (year_of (*opened != '\0' ? opened : closed) != self->year)
        continue;
      volume = ensure_volume (self, journal, mc_record_get_int (light, "volume", 1));
      /* Of two records of one volume the closed one counts, as it does for edits. */
      if (volume->record != NULL && *closed == '\0')
        continue;
      g_clear_object (&volume->record);
      if (!(volume->record = mc_journal_get (journal, mc_record_get_id (light), error)))
        return FALSE;
      if (strcmp (closed, self->closed_on != NULL ? self->closed_on : "") > 0)
        {
          g_free (self->closed_on);
          self->closed_on = g_strdup (closed);
          note_closer (self, volume->record);
        }
      if (*closed != '\0')
        self->closed_valid += mc_record_get_int (volume->record, "rows_total", 0);
    }
  for (guint i = 0; i < self->volumes->len; i++)
    {
      McVolume *volume = self->volumes->pdata[i];
      g_autofree char *id = NULL;

      if (volume->record != NULL)
        continue;
      id = mc_id_new (now_us);
      volume->record = mc_record_new_empty (id, journal->log, type->book, mc_pack_get_id (journal->pack), NULL);
    }

  return TRUE;
}

/**
 * mc_book_read:
 * @journal: a journal with a pack
 * @type: a type with a book
 * @year: which year's lines, by their date
 * @now_us: the time, for the ids of records that are not there yet
 * @error: return location for an error
 *
 * What the year of the own unit's register adds up to.  Blocks: reads every line of the year.
 */
McBook *
mc_book_read (McJournal     *journal,
              McRecordType  *type,
              int            year,
              gint64         now_us,
              GError       **error)
{
  g_autoptr(McBook) self = g_new0 (McBook, 1);
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (mc_db_get_path (journal->db), journal->pack, error);
  g_autoptr(GArray) closings = list_closings (journal, type, journal->log, error);
  g_autofree char *text = g_strdup_printf ("%04d", year);

  self->year = year;
  self->volumes = g_ptr_array_new_with_free_func (volume_free);
  self->twice = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (sandbox == NULL || closings == NULL ||
      !read_volumes (self, journal, sandbox, type, text, error) ||
      !read_gaps (self, journal, sandbox, type, text, error) ||
      !read_records (self, journal, type, now_us, error))
    return NULL;
  self->is_closed = mc_closings_have_year (closings, year);
  if (!self->is_closed)
    g_clear_pointer (&self->closed_on, g_free);

  return g_steal_pointer (&self);
}

/* closing and opening */

static void
set_if_blank (McEdit     *edit,
              McRecord   *record,
              const char *field,
              const char *text)
{
  if (mc_record_is_blank (record, field))
    mc_edit_set_text (edit, record, field, text);
}

void
mc_book_close (McBook     *self,
               McEdit     *edit,
               const char *closed_on,
               const char *signer,
               const char *signer_title,
               const char *holder)
{
  for (guint i = 0; i < self->volumes->len; i++)
    {
      McVolume *volume = self->volumes->pdata[i];
      McRecord *record = volume->record;
      g_autofree char *first_day = g_strdup_printf ("%04d-01-01", self->year);

      if (!mc_record_is_blank (record, "closed_on"))
        continue;
      mc_edit_set_int (edit, record, "volume", volume->volume);
      set_if_blank (edit, record, "symbol", "SCT/BS");
      set_if_blank (edit, record, "holder", holder);
      set_if_blank (edit, record, "opened_on", volume->first_on != NULL ? volume->first_on : first_day);
      if (volume->n_lines > 0)
        {
          mc_edit_set_int (edit, record, "first_number", volume->first_number);
          mc_edit_set_int (edit, record, "last_number", volume->last_number);
        }
      mc_edit_set_int (edit, record, "rows_total", volume->n_valid);
      mc_edit_set_int (edit, record, "copies_total", volume->copies);
      mc_edit_set_int (edit, record, "fees_total", volume->fees);
      mc_edit_set_text (edit, record, "signer", signer);
      mc_edit_set_text (edit, record, "signer_title", signer_title);
      mc_edit_set_text (edit, record, "closed_on", closed_on);
    }
}

void
mc_book_reopen (McBook     *self,
                McEdit     *edit,
                const char *today,
                const char *reason)
{
  g_autofree char *date = mc_text_format_date (today);

  for (guint i = 0; i < self->volumes->len; i++)
    {
      McRecord *record = ((McVolume *) self->volumes->pdata[i])->record;
      const char *before = mc_record_get_text (record, "note");
      g_autofree char *note = NULL;

      if (mc_record_is_blank (record, "closed_on"))
        continue;
      /* The note is printed in the book: it is in its language, whatever that of the window. */
      note = g_strdup_printf ("%s%sMở lại sổ ngày %s: %s", before, *before != '\0' ? "\n" : "", date, reason);
      mc_edit_set_text (edit, record, "note", note);
      mc_edit_set_text (edit, record, "closed_on", "");
    }
}
