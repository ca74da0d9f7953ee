/* mc-copies-totals.c: what the register of certified copies adds up to, and what its next line will be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-copies-totals.h"

#include <string.h>

#include "core/mc-sandbox.h"

/* A line without a date yet is of the year that is being written. */
#define OF_YEAR "coalesce(substr(certified_on, 1, 4), ?1) = ?1"

typedef struct
{
  char *fresh, *today, *otherwise;   /* (owned) */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->fresh);
  g_free (request->today);
  g_free (request->otherwise);
  g_free (request);
}

void
mc_copies_totals_free (McCopiesTotals *self)
{
  g_free (self->date);
  g_free (self->signer);
  g_free (self->signer_title);
  g_clear_object (&self->fresh);
  g_clear_pointer (&self->closed, g_array_unref);
  g_clear_pointer (&self->closings, g_array_unref);
  g_clear_pointer (&self->last_closed, mc_book_free);
  g_clear_pointer (&self->late, g_hash_table_unref);
  g_free (self);
}

static gint64
number_at (GPtrArray *row,
           guint      column)
{
  const char *text = row->pdata[column];

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

static int
year_of (const char *date)
{
  return (int) g_ascii_strtoll (date, NULL, 10);
}

static gboolean
is_closed (GArray *closed,
           int     year)
{
  for (guint i = 0; i < closed->len; i++)
    if (g_array_index (closed, int, i) == year)
      return TRUE;

  return FALSE;
}

/* After the closing the next line is one of a later year: today's if that is one, else the first day of the next. */
static char *
propose_date (Request *request,
              GArray  *closed,
              int      pack_year)
{
  int year = pack_year, today = year_of (request->today);

  if (!is_closed (closed, year))
    return g_strdup (today == year ? request->today : request->otherwise);
  while (is_closed (closed, year))
    year++;
  if (today >= year && !is_closed (closed, today))
    return g_strdup (request->today);

  return g_strdup_printf ("%04d-01-01", year);
}

static gboolean
read_sums (McSandbox       *sandbox,
           const char      *log,
           McCopiesTotals  *self,
           GError         **error)
{
  g_autofree char *month = g_strndup (self->date, 7), *year = g_strndup (self->date, 4);
  g_autofree char *sql = g_strdup_printf ("SELECT count(*), sum(copies), sum(substr(certified_on, 1, 7) = '%s'),"
                                          " sum(iif(substr(certified_on, 1, 7) = '%s', copies, 0)) FROM \"%s\""
                                          " WHERE unit = '%s' AND NOT coalesce(void, 0) AND " OF_YEAR,
                                          month, month, MC_COPIES_TYPE, log);
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, MC_COPIES_TYPE, sql, year, error);

  if (rows == NULL)
    return FALSE;
  self->rows = number_at (rows->pdata[0], 0);
  self->copies = number_at (rows->pdata[0], 1);
  self->month_rows = number_at (rows->pdata[0], 2);
  self->month_copies = number_at (rows->pdata[0], 3);

  return TRUE;
}

/* Whoever signed last proposes who signs next, in the first line of a year too. */
static gboolean
read_signer (McSandbox       *sandbox,
             const char      *log,
             McCopiesTotals  *self,
             const char      *fresh,
             GError         **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT signer, signer_title FROM \"%s\" WHERE unit = '%s' AND record <> ?1"
                                          " ORDER BY substr(certified_on, 1, 4) DESC, number DESC LIMIT 1", MC_COPIES_TYPE, log);
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, MC_COPIES_TYPE, sql, fresh, error);

  if (rows != NULL && rows->len > 0)
    {
      self->signer = g_strdup (((GPtrArray *) rows->pdata[0])->pdata[0]);
      self->signer_title = g_strdup (((GPtrArray *) rows->pdata[0])->pdata[1]);
    }

  return rows != NULL;
}

static gboolean
read_last (McSandbox       *sandbox,
           const char      *log,
           McCopiesTotals  *self,
           const char      *fresh,
           GError         **error)
{
  g_autofree char *year = g_strndup (self->date, 4);
  g_autofree char *sql = g_strdup_printf ("SELECT number, volume FROM \"%s\" WHERE unit = '%s'"
                                          " AND record <> '%s' AND " OF_YEAR " ORDER BY number DESC LIMIT 1",
                                          MC_COPIES_TYPE, log, fresh);
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, MC_COPIES_TYPE, sql, year, error);

  if (rows == NULL)
    return FALSE;
  self->next_number = 1;
  self->volume = 1;
  if (rows->len > 0)
    {
      GPtrArray *row = rows->pdata[0];

      self->next_number = number_at (row, 0) + 1;
      self->volume = MAX (number_at (row, 1), 1);
    }
  /* A full volume is closed within the year: what comes next goes into the next one. */
  while (mc_closings_have (self->closings, year_of (self->date), self->volume))
    self->volume++;

  return TRUE;
}

static gboolean
add_late (McCopiesTotals  *self,
          McBook          *book,
          McJournal       *journal,
          McRecordType    *type,
          GError         **error)
{
  g_autoptr(GHashTable) late = mc_book_list_late (book, journal, type, error);
  GHashTableIter iter;
  gpointer record, how;

  if (late == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, late);
  while (g_hash_table_iter_next (&iter, &record, &how))
    {
      g_hash_table_iter_steal (&iter);
      g_hash_table_insert (self->late, record, how);
    }

  return TRUE;
}

/* The year that was closed last, and years of which only a volume is. */
static gboolean
read_closed (McJournal       *journal,
             McRecordType    *type,
             McCopiesTotals  *self,
             GError         **error)
{
  int last = 0;

  if (!(self->closed = mc_book_list_closed (journal, type, error)) ||
      !(self->closings = mc_book_list_closings (journal, type, error)))
    return FALSE;
  self->late = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (self->closed->len > 0)
    {
      last = g_array_index (self->closed, int, self->closed->len - 1);
      if (!(self->last_closed = mc_book_read (journal, type, last, 0, error)) ||
          !add_late (self, self->last_closed, journal, type, error))
        return FALSE;
    }
  for (guint i = 0; i < self->closings->len; i++)
    {
      McClosing *closing = &g_array_index (self->closings, McClosing, i);
      g_autoptr(McBook) book = NULL;

      if (!closing->is_closed || closing->year == last || is_closed (self->closed, closing->year))
        continue;
      last = closing->year;
      if (!(book = mc_book_read (journal, type, closing->year, 0, error)) || !add_late (self, book, journal, type, error))
        return FALSE;
    }

  return TRUE;
}

static gpointer
read_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Request *request = data;
  McPack *pack = mc_journal_get_pack (journal);
  const char *log = mc_journal_get_log (journal);
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (journal)), pack, error);
  g_autoptr(McCopiesTotals) self = g_new0 (McCopiesTotals, 1);

  if (sandbox == NULL || !read_closed (journal, mc_pack_find_type (pack, MC_COPIES_TYPE), self, error))
    return NULL;
  self->date = propose_date (request, self->closed, mc_pack_get_year (pack));
  if (!read_sums (sandbox, log, self, error) || !read_last (sandbox, log, self, request->fresh, error) ||
      !read_signer (sandbox, log, self, request->fresh, error) ||
      !(self->fresh = mc_journal_get_or_new (journal, request->fresh, MC_COPIES_TYPE, NULL, error)))
    return NULL;

  return g_steal_pointer (&self);
}

void
mc_copies_totals_async (McStore             *store,
                        const char          *fresh,
                        const char          *today,
                        const char          *otherwise,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  Request *request = g_new0 (Request, 1);

  request->fresh = g_strdup (fresh);
  request->today = g_strdup (today);
  request->otherwise = g_strdup (otherwise);
  mc_store_run_async (store, read_in_worker, request, request_free, (GDestroyNotify) mc_copies_totals_free, NULL, callback, user_data);
}

McCopiesTotals *
mc_copies_totals_finish (McStore       *store,
                         GAsyncResult  *result,
                         GError       **error)
{
  return mc_store_run_finish (store, result, error);
}
