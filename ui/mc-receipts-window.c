/* mc-receipts-window.c: what the district's hub has signed for, and when
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proof that something was handed in before a deadline, to look at and to print; also while the files are on their way.
 */

#include "mc-receipts-window.h"

#include <glib/gi18n.h>

#include "core/mc-receipts.h"
#include "core/mc-text.h"
#include "mc-lines-window.h"
#include "mc-print.h"
#include "mc-record-text.h"

#define MAX_ROWS 500   /* on the screen; all are printed */
#define MAX_FIELDS 4

typedef struct
{
  char *at;       /* (owned) */
  char *what;     /* (owned) */
  char *about;    /* (owned) (nullable) which fields, or of which record the file is */
  char *detail;   /* (owned) */
  char *number;   /* (owned) of the receipt */
} Line;

typedef struct
{
  McContext *context;   /* (owned) */
  GtkWidget *window;    /* owns this */
  GtkWidget *list;
  GtkWidget *print;
  GPtrArray *lines;     /* (owned) (nullable) (element-type Line) */
} Receipts;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->at);
  g_free (line->what);
  g_free (line->about);
  g_free (line->detail);
  g_free (line->number);
  g_free (line);
}

static void
receipts_free (gpointer data)
{
  Receipts *self = data;

  g_object_unref (self->context);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_free (self);
}

/* in the store's thread */

/* What was handed in, where the record alone does not say it: several edits of one record, one file of several records. */
static char *
describe (McPack        *pack,
          McReceiptLine *from,
          const char    *record_text)
{
  McRecordType *type = from->type != NULL ? mc_pack_find_type (pack, from->type) : NULL;
  const char *titles[MAX_FIELDS + 2] = { NULL };
  guint count = 0;

  if (from->kind == MC_RECEIPT_FILE)
    return g_strdup (record_text);
  for (guint i = 0; type != NULL && from->fields != NULL && from->fields[i] != NULL && count <= MAX_FIELDS; i++)
    {
      McField *field = mc_record_type_find_field (type, from->fields[i]);
      const char *title = field != NULL ? field->short_title : g_str_equal (from->fields[i], "deleted") ? _("Deleted") : NULL;

      if (title != NULL)
        {
          titles[count] = count < MAX_FIELDS ? title : "…";
          count++;
        }
    }

  return count > 0 ? g_strjoinv (", ", (char **) titles) : NULL;
}

static Line *
read_line (McJournal     *journal,
           McPack        *pack,
           McReceiptLine *from)
{
  Line *line = g_new0 (Line, 1);
  g_autoptr(McRecord) record = from->record != NULL ? mc_journal_get (journal, from->record, NULL) : NULL;
  g_autofree char *text = record != NULL ? mc_record_text (pack, record) : NULL;
  g_autofree char *size = mc_text_format_size (from->size);

  line->at = mc_text_format_moment (from->at_us, "%d/%m/%Y %H:%M:%S");
  line->number = g_strdup_printf ("%" G_GINT64_FORMAT, from->receipt);
  if (from->kind == MC_RECEIPT_FILE)
    line->what = g_strdup_printf (_("File “%s”, %s, whole"), from->name != NULL ? from->name : "?", size);
  else
    line->what = g_strdup (text != NULL ? text : _("An edit"));
  line->about = describe (pack, from, text);
  line->detail = g_strdup (from->hash);

  return line;
}

static gpointer
read_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr(GPtrArray) from = mc_journal_list_receipt_lines (journal, NULL, 0, error);
  GPtrArray *lines;

  if (from == NULL)
    return NULL;
  lines = g_ptr_array_new_with_free_func (line_free);
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (lines, read_line (journal, data, from->pdata[i]));

  return lines;
}

/* in the window */

static void
print_cb (GtkButton *button,
          Receipts  *self)
{
  McPrintTable *table = mc_print_table_new (_("RECEIPT OF WHAT THE DISTRICT'S SERVER HAS"));
  g_autofree char *unit = g_strdup_printf (_("Unit: %s"), mc_context_get_unit_name (self->context));
  g_autofree char *person = g_strdup_printf (_("Printed by: %s"), mc_context_get_person (self->context));

  mc_print_table_add_line (table, unit);
  mc_print_table_add_line (table, person);
  mc_print_table_add_line (table, _("Each line is covered by a signature of the server, kept on this computer under the number of "
                                    "its receipt; the code is the SHA-256 of what was handed in."));
  mc_print_table_add_column (table, _("Receipt no."), 9);
  mc_print_table_add_column (table, _("Received at"), 17);
  mc_print_table_add_column (table, _("What"), 40);
  mc_print_table_add_column (table, _("Code"), 37);
  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      g_autofree char *what = line->about != NULL ? g_strdup_printf ("%s – %s", line->what, line->about) : g_strdup (line->what);

      mc_print_table_add_row (table, (const char *[]) { line->number, line->at, what, line->detail, NULL });
    }
  mc_print_table_run (table, GTK_WIDGET (self->window), self->context);
}

static GtkWidget *
make_row (Line *line)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (line->what, -1);
  /* Translators: a time, the number of a receipt, the beginning of a code. */
  g_autofree char *proof = g_strdup_printf (_("Received %s · receipt %s · code %.16s…"), line->at, line->number, line->detail);
  g_autofree char *subtitle = line->about != NULL ? g_strdup_printf ("%s\n%s", line->about, proof) : g_strdup (proof);
  g_autofree char *subtitle_markup = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle_markup);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "emblem-ok-symbolic");

  return row;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GtkWidget) window = user_data;
  Receipts *self = g_object_get_data (G_OBJECT (window), "receipts");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) lines = mc_store_run_finish (MC_STORE (source), result, &error);

  if (lines == NULL)
    {
      mc_context_toast_error (self->context, error);
      return;
    }
  for (guint i = 0; i < MIN (lines->len, MAX_ROWS); i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (lines->pdata[i]));
  mc_lines_window_set_empty (self->list, _("No receipt yet. The district's server gives one with every sync."));
  gtk_widget_set_sensitive (self->print, lines->len > 0);
  self->lines = g_steal_pointer (&lines);
}

void
mc_receipts_window_show (GtkWidget *parent,
                         McContext *context)
{
  Receipts *self = g_new0 (Receipts, 1);
  GtkWidget *header;

  self->context = g_object_ref (context);
  self->window = mc_lines_window_new (parent, _("Receipts"), 680, 560, &header, &self->list);
  self->print = gtk_button_new_with_mnemonic (_("_Print…"));
  gtk_widget_set_sensitive (self->print, FALSE);
  g_signal_connect (self->print, "clicked", G_CALLBACK (print_cb), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->print);
  g_object_set_data_full (G_OBJECT (self->window), "receipts", self, receipts_free);
  mc_store_run_async (mc_context_get_store (context), read_in_worker, mc_pack_ref (mc_context_get_pack (context)),
                      (GDestroyNotify) mc_pack_unref, (GDestroyNotify) g_ptr_array_unref, NULL, read_cb, g_object_ref (self->window));
  gtk_window_present (GTK_WINDOW (self->window));
}
