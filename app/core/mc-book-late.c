/* mc-book-late.c: lines of a closed book that whoever closed it cannot have counted, and those that come after it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A closing is a change like any other, so the unit log says what came behind it.  What came before it in the log may still
 * have been unknown to whoever closed: then its number is beyond the last that was counted.
 */

#include "core/mc-book.h"

#include <string.h>

#include "core/mc-journal-private.h"

/* When a volume was closed: its place in the unit log, or how many changes had arrived here before it is in there. */
typedef struct
{
  gint64 volume, last_number;
  gint64 seq;      /* G_MAXINT64 = waits still */
  gint64 arrived;
} Closed;

static gboolean
find_closing (McJournal  *journal,
              McVolume   *volume,
              Closed     *out,
              GError    **error)
{
  GPtrArray *heads = mc_record_get_heads (volume->record, "closed_on");
  g_autoptr(McStmt) stmt = mc_db_prepare (journal->db, "SELECT number, seq FROM change WHERE record = ? AND short = ?", error);
  gboolean has_row;

  out->volume = volume->volume;
  out->last_number = mc_record_get_int (volume->record, "last_number", 0);
  out->seq = out->arrived = G_MAXINT64;
  if (stmt == NULL)
    return FALSE;
  if (heads == NULL || heads->len == 0)
    return TRUE;
  mc_stmt_bind_text (stmt, 1, mc_record_get_id (volume->record));
  mc_stmt_bind_text (stmt, 2, ((McHead *) heads->pdata[0])->short_id);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    {
      out->arrived = mc_stmt_get_int64 (stmt, 0);
      if (!mc_stmt_is_null (stmt, 1))
        out->seq = mc_stmt_get_int64 (stmt, 1);
    }

  return TRUE;
}

/* What the district says of a line is no line that came late. */
static gboolean
touches_line (GBytes *bytes)
{
  g_autoptr(McChange) change = mc_change_parse (bytes, NULL);
  const char * const *fields = change != NULL ? mc_change_get_fields (change) : NULL;

  for (guint i = 0; fields != NULL && fields[i] != NULL; i++)
    if (!g_str_has_prefix (fields[i], "review."))
      return TRUE;

  return FALSE;
}

/* How the changes of a line lie to the closing: whether the first is behind it, or any that touches the line. */
static gboolean
judge (McJournal   *journal,
       const char  *line,
       Closed      *closed,
       McBookLate  *out,
       GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (journal->db, "SELECT number, seq, bytes FROM change WHERE record = ? AND state IN (0, 1)"
                                          " ORDER BY number", error);
  gboolean has_row, is_first = TRUE;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, line);
  while (mc_stmt_next (stmt, &has_row, error))
    {
      gboolean is_behind;
      g_autoptr(GBytes) bytes = NULL;

      if (!has_row)
        return TRUE;
      is_behind = closed->seq == G_MAXINT64 ? mc_stmt_get_int64 (stmt, 0) > closed->arrived
                : mc_stmt_is_null (stmt, 1) || mc_stmt_get_int64 (stmt, 1) > closed->seq;
      if (is_behind && is_first)
        *out = MC_BOOK_LATE_ADDED;
      else if (is_behind && *out == MC_BOOK_NOT_LATE && touches_line (bytes = mc_stmt_dup_bytes (stmt, 2)))
        *out = MC_BOOK_LATE_EDITED;
      is_first = FALSE;
    }

  return FALSE;
}

/* Most lines have no change behind the closing: the database leaves them out. */
static McStmt *
select_lines (McJournal     *journal,
              McRecordType  *type,
              int            year,
              Closed        *closed,
              GError       **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT id, coalesce(json_extract(body, '$.number'), 0) > ?5 FROM record"
                                          " WHERE type = ?1 AND pack = ?2 AND log = ?3 AND flags & 1 = 0"
                                          " AND substr(json_extract(body, '$.%s'), 1, 4) = ?8"
                                          " AND coalesce(json_extract(body, '$.volume'), 1) = ?4"
                                          " AND (coalesce(json_extract(body, '$.number'), 0) > ?5 OR EXISTS (SELECT 1 FROM change"
                                          " WHERE change.record = record.id AND state IN (0, 1)"
                                          " AND iif(?6 IS NULL, change.number > ?7, seq IS NULL OR seq > ?6)))",
                                          type->book_date);
  g_autofree char *year_text = g_strdup_printf ("%04d", year);
  McStmt *stmt = mc_db_prepare (journal->db, sql, error);

  if (stmt == NULL)
    return NULL;
  mc_stmt_bind_text (stmt, 1, type->id);
  mc_stmt_bind_text (stmt, 2, mc_pack_get_id (journal->pack));
  mc_stmt_bind_text (stmt, 3, journal->log);
  mc_stmt_bind_int64 (stmt, 4, closed->volume);
  mc_stmt_bind_int64 (stmt, 5, closed->last_number);
  if (closed->seq == G_MAXINT64)
    mc_stmt_bind_null (stmt, 6);
  else
    mc_stmt_bind_int64 (stmt, 6, closed->seq);
  mc_stmt_bind_int64 (stmt, 7, closed->arrived);
  mc_stmt_bind_text (stmt, 8, year_text);

  return stmt;
}

static gboolean
list_of_volume (McJournal     *journal,
                McRecordType  *type,
                McBook        *book,
                McVolume      *volume,
                GHashTable    *late,
                GError       **error)
{
  g_autoptr(McStmt) stmt = NULL;
  Closed closed;
  gboolean has_row;

  if (!find_closing (journal, volume, &closed, error) || !(stmt = select_lines (journal, type, book->year, &closed, error)))
    return FALSE;
  while (mc_stmt_next (stmt, &has_row, error))
    {
      McBookLate how = MC_BOOK_NOT_LATE;

      if (!has_row)
        return TRUE;
      if (!judge (journal, mc_stmt_get_text (stmt, 0), &closed, &how, error))
        return FALSE;
      /* In a volume that nobody knew of when the year was closed, too. */
      if (mc_stmt_get_int64 (stmt, 1))
        how = MC_BOOK_LATE_ADDED;
      if (how != MC_BOOK_NOT_LATE)
        g_hash_table_insert (late, g_strdup (mc_stmt_get_text (stmt, 0)), GINT_TO_POINTER (how));
    }

  return FALSE;
}

/* Whoever closed counted one line of a number, and another device had given the number, too: of its changes nothing need be behind
 * the closing. */
static gboolean
list_twice (McJournal     *journal,
            McRecordType  *type,
            McBook        *book,
            McVolume      *volume,
            GHashTable    *late,
            GError       **error)
{
  g_autofree char *of_year = g_strdup_printf ("FROM record WHERE type = ?1 AND pack = ?2 AND log = ?3 AND flags & 1 = 0"
                                              " AND substr(json_extract(body, '$.%s'), 1, 4) = ?4", type->book_date);
  g_autofree char *sql = g_strdup_printf ("SELECT id %s AND coalesce(json_extract(body, '$.volume'), 1) = ?5"
                                          " AND json_extract(body, '$.number') IN (SELECT json_extract(body, '$.number') %s"
                                          " GROUP BY 1 HAVING count(*) > 1)", of_year, of_year);
  g_autofree char *year = g_strdup_printf ("%04d", book->year);
  g_autoptr(McStmt) stmt = mc_db_prepare (journal->db, sql, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, type->id);
  mc_stmt_bind_text (stmt, 2, mc_pack_get_id (journal->pack));
  mc_stmt_bind_text (stmt, 3, journal->log);
  mc_stmt_bind_text (stmt, 4, year);
  mc_stmt_bind_int64 (stmt, 5, volume->volume);
  while (mc_stmt_next (stmt, &has_row, error))
    {
      if (!has_row)
        return TRUE;
      if (!g_hash_table_contains (late, mc_stmt_get_text (stmt, 0)))
        g_hash_table_insert (late, g_strdup (mc_stmt_get_text (stmt, 0)), GINT_TO_POINTER (MC_BOOK_LATE_TWICE));
    }

  return FALSE;
}

/* A closing that counted all lines there are counted those with one number, too. */
static gboolean
has_other_count (McVolume *volume)
{
  return !mc_record_is_blank (volume->record, "rows_total") && mc_record_get_int (volume->record, "rows_total", 0) != volume->n_valid;
}

/**
 * mc_book_list_late:
 * @self: a book as it is now
 * @journal: the journal that it was read from
 * @type: its type
 * @error: return location for an error
 *
 * The lines of its closed volumes that were written or edited by somebody who did not know of the closing, and those among which
 * one must be that was not counted.  Blocks: reads every line of those volumes.
 *
 * Returns: (transfer full) (element-type utf8 McBookLate): by record id
 */
GHashTable *
mc_book_list_late (McBook        *self,
                   McJournal     *journal,
                   McRecordType  *type,
                   GError       **error)
{
  g_autoptr(GHashTable) late = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->volumes->len; i++)
    {
      McVolume *volume = self->volumes->pdata[i];

      if (!self->is_closed && mc_record_is_blank (volume->record, "closed_on"))
        continue;
      if (!list_of_volume (journal, type, self, volume, late, error) ||
          (self->twice->len > 0 && has_other_count (volume) && !list_twice (journal, type, self, volume, late, error)))
        return NULL;
    }

  return g_steal_pointer (&late);
}

/* A rule about the date and nothing else. */
static gboolean
is_about_date (McFault      *fault,
               McRecordType *type)
{
  return fault->rule != NULL && fault->rule->fields != NULL && g_strcmp0 (fault->rule->fields[0], type->book_date) == 0 &&
         fault->rule->fields[1] == NULL;
}

static gboolean
read_year (McJournal     *journal,
           McRecordType  *type,
           const char    *line,
           int           *out_year,
           GError       **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT substr(json_extract(body, '$.%s'), 1, 4) FROM record WHERE id = ?", type->book_date);
  g_autoptr(McStmt) stmt = mc_db_prepare (journal->db, sql, error);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, line);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_year = has_row && !mc_stmt_is_null (stmt, 0) ? (int) g_ascii_strtoll (mc_stmt_get_text (stmt, 0), NULL, 10) : 0;

  return TRUE;
}

gboolean
mc_book_excuse (McJournal     *journal,
                McRecordType  *type,
                GPtrArray     *faults,
                GError       **error)
{
  g_autoptr(GArray) closings = NULL;

  if (type->book == NULL)
    return TRUE;
  if (!(closings = mc_book_list_closings (journal, type, error)))
    return FALSE;
  for (guint i = faults->len; closings->len > 0 && i > 0; i--)
    {
      McFault *fault = faults->pdata[i - 1];
      int year;

      if (!is_about_date (fault, type))
        continue;
      if (!read_year (journal, type, fault->record, &year, error))
        return FALSE;
      if (year > mc_pack_get_year (journal->pack) && mc_closings_have_year (closings, year - 1))
        g_ptr_array_remove_index (faults, i - 1);
    }

  return TRUE;
}
