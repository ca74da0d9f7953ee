/* mc-copies-close.c: closing the register of certified copies at the end of a year, and opening it again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sums are read twice: for the question, and once more for the answer, when others may have written.
 */

#include "mc-copies-close.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/mc-check.h"
#include "core/mc-text.h"
#include "mc-copies-totals.h"
#include "mc-dialogs.h"

#define JOB "mc-job"
#define MAX_NUMBERS 8

typedef struct
{
  GtkWidget *parent;    /* (owned) */
  McContext *context;   /* (owned) */
  int year;
  gboolean is_closing;
  char **texts;         /* (owned) (nullable) what was answered */
} Job;

/* What the worker reads. */
typedef struct
{
  McBook *book;         /* (owned) */
  guint n_wrong;        /* lines of which a check says that they are wrong */
  char *signer, *signer_title;   /* (owned) (nullable) of the last line */
} Reading;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_object_unref (job->parent);
  g_object_unref (job->context);
  g_strfreev (job->texts);
  g_free (job);
}

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->book, mc_book_free);
  g_free (reading->signer);
  g_free (reading->signer_title);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static gboolean
read_wrong (Reading       *reading,
            McSandbox     *sandbox,
            McRecordType  *type,
            const char    *log,
            GError       **error)
{
  g_autoptr(GPtrArray) faults = mc_check_log (sandbox, type, log, error);
  g_autoptr(GHashTable) wrong = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *sql = g_strdup_printf ("SELECT record FROM \"%s\" WHERE unit = ?1 AND coalesce(void, 0)", MC_COPIES_TYPE);
  g_autoptr(GPtrArray) voids = mc_sandbox_select (sandbox, MC_COPIES_TYPE, sql, log, error);

  for (guint i = 0; faults != NULL && i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];

      if (mc_fault_is_error (fault))
        g_hash_table_add (wrong, fault->record);
    }
  /* A number that was used up by mistake need not have all that a line has. */
  for (guint i = 0; voids != NULL && i < voids->len; i++)
    g_hash_table_remove (wrong, ((GPtrArray *) voids->pdata[i])->pdata[0]);
  reading->n_wrong = g_hash_table_size (wrong);

  return faults != NULL && voids != NULL;
}

static gboolean
read_signer (Reading     *reading,
             McSandbox   *sandbox,
             const char  *log,
             int          year,
             GError     **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT signer, signer_title FROM \"%s\" WHERE unit = '%s'"
                                          " AND substr(certified_on, 1, 4) = ?1 ORDER BY number DESC LIMIT 1", MC_COPIES_TYPE, log);
  g_autofree char *text = g_strdup_printf ("%04d", year);
  g_autoptr(GPtrArray) rows = mc_sandbox_select (sandbox, MC_COPIES_TYPE, sql, text, error);

  if (rows != NULL && rows->len > 0)
    {
      reading->signer = g_strdup (((GPtrArray *) rows->pdata[0])->pdata[0]);
      reading->signer_title = g_strdup (((GPtrArray *) rows->pdata[0])->pdata[1]);
    }

  return rows != NULL;
}

static gpointer
read_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  int year = GPOINTER_TO_INT (data);
  McPack *pack = mc_journal_get_pack (journal);
  McRecordType *type = mc_pack_find_type (pack, MC_COPIES_TYPE);
  g_autoptr(Reading) reading = g_new0 (Reading, 1);
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (journal)), pack, error);

  if (sandbox == NULL || !(reading->book = mc_book_read (journal, type, year, g_get_real_time (), error)) ||
      !read_wrong (reading, sandbox, type, mc_journal_get_log (journal), error) ||
      !read_signer (reading, sandbox, mc_journal_get_log (journal), year, error))
    return NULL;

  return g_steal_pointer (&reading);
}

static void
save (Job    *job,
      McBook *book)
{
  McEdit *edit = mc_edit_new ();
  g_autofree char *today = mc_context_today (job->context);

  if (job->is_closing)
    mc_book_close (book, edit, job->texts[0], job->texts[1], job->texts[2], mc_context_get_person (job->context));
  else
    mc_book_reopen (book, edit, today, job->texts[0]);
  mc_context_save (job->context, edit, job->is_closing ? _("closing the register") : _("opening the register again"));
}

static void start (Job *job);

static void
asked_cb (const char * const *texts,
          gpointer            user_data)
{
  Job *job = g_object_steal_data (user_data, JOB);

  job->texts = g_strdupv ((char **) texts);
  start (job);
}

/* At most so many that the question stays one. */
static char *
list_numbers (GArray *numbers)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (numbers->len, MAX_NUMBERS); i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", g_array_index (numbers, gint64, i));
  if (numbers->len > MAX_NUMBERS)
    g_string_append (text, ", …");

  return g_string_free (text, FALSE);
}

static char *
describe (Reading *reading)
{
  McBook *book = reading->book;
  GString *text = g_string_new (NULL);
  g_autofree char *lines = mc_text_format_integer (book->n_valid), *copies = mc_text_format_integer (book->copies);
  g_autofree char *fees = mc_text_format_integer (book->fees), *missing = mc_text_format_integer (book->n_missing);
  gint64 n_void = book->n_lines - book->n_valid;

  g_string_append_printf (text, _("The year adds up to %s entries, %s copies and %s đ of fees."), lines, copies, fees);
  if (n_void > 0)
    g_string_append_printf (text, ngettext (" %d number is void.", " %d numbers are void.", n_void), (int) n_void);
  if (book->n_missing > 0)
    g_string_append_printf (text, _("\n⚠ %s numbers are missing, the first of them %d."), missing, (int) book->first_missing);
  if (book->twice->len > 0)
    {
      g_autofree char *numbers = list_numbers (book->twice);

      /* Translators: numbers, with commas between them. */
      g_string_append_printf (text, ngettext ("\n⚠ %u number is there twice: %s.", "\n⚠ %u numbers are there twice: %s.", book->twice->len),
                              book->twice->len, numbers);
    }
  if (reading->n_wrong > 0)
    g_string_append_printf (text, ngettext ("\n⚠ %u line is not right yet.", "\n⚠ %u lines are not right yet.", reading->n_wrong),
                            reading->n_wrong);
  g_string_append_printf (text, _("\nAfter that no line of %d can be added or changed, and the numbers of the next year begin with 01."),
                          book->year);

  return g_string_free (text, FALSE);
}

static char *
propose_date (Job *job)
{
  char *today = mc_context_today (job->context);

  if (g_ascii_strtoll (today, NULL, 10) == job->year)
    return today;
  g_free (today);

  return g_strdup_printf ("%04d-12-31", job->year);
}

static void
ask (Job     *job,
     Reading *reading)
{
  g_autoptr(GObject) holder = g_object_new (G_TYPE_OBJECT, NULL);
  g_autofree char *heading = NULL, *body = NULL, *date = propose_date (job);
  McAsk closing[] = {
    { .label = _("Closed on"), .text = date, .kind = MC_ASK_DATE },
    { .label = _("Who signs the closing"), .text = reading->signer },
    { .label = _("Position of who signs"), .text = reading->signer_title, .may_be_blank = TRUE },
  };
  McAsk reopening[] = { { .label = _("Why it is opened again") } };

  g_object_set_data_full (holder, JOB, job, job_free);
  if (job->is_closing)
    {
      heading = g_strdup_printf (_("Close the register of %d?"), job->year);
      body = describe (reading);
      mc_dialogs_ask (job->parent, heading, body, _("C_lose the register"), closing, G_N_ELEMENTS (closing), job->year, asked_cb, holder);
    }
  else
    {
      heading = g_strdup_printf (_("Open the register of %d again?"), job->year);
      mc_dialogs_ask (job->parent, heading,
                      _("Its lines can then be added and changed. The reason is kept with the book; close it again afterwards."),
                      _("_Open again"), reopening, G_N_ELEMENTS (reopening), job->year, asked_cb, holder);
    }
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(Reading) reading = mc_store_run_finish (MC_STORE (source), result, &error);

  if (reading == NULL)
    {
      mc_context_toast_error (job->context, error);
    }
  else if (job->texts != NULL)
    save (job, reading->book);
  else if (job->is_closing && reading->book->n_lines == 0)
    mc_context_toast (job->context, _("That year has no line in the register."));
  /* The page may have gone meanwhile. */
  else if (gtk_widget_get_root (job->parent) != NULL)
    {
      ask (job, reading);
      return;
    }
  job_free (job);
}

static void
start (Job *job)
{
  mc_store_run_async (mc_context_get_store (job->context), read_in_worker, GINT_TO_POINTER (job->year), NULL, reading_free, NULL,
                      read_cb, job);
}

static void
begin (GtkWidget *parent,
       McContext *context,
       int        year,
       gboolean   is_closing)
{
  Job *job = g_new0 (Job, 1);

  job->parent = g_object_ref (parent);
  job->context = g_object_ref (context);
  job->year = year;
  job->is_closing = is_closing;
  start (job);
}

void
mc_copies_close_year (GtkWidget *parent,
                      McContext *context,
                      int        year)
{
  begin (parent, context, year, TRUE);
}

void
mc_copies_reopen_year (GtkWidget *parent,
                       McContext *context,
                       int        year)
{
  begin (parent, context, year, FALSE);
}
