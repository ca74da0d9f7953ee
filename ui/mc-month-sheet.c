/* mc-month-sheet.c: the twelve months of a record type, with the details of one of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-month-sheet.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mc-fault-text.h"
#include "mc-form.h"
#include "mc-load.h"
#include "mc-own-note.h"
#include "mc-pane.h"
#include "mc-reload.h"

#define MONTHS 12
#define MAX_FAULTS 4

struct _McMonthSheet
{
  GtkWidget parent_instance;

  McContext *context;     /* (owned) */
  McRecordType *type;     /* the pack's */
  char *second_field;     /* (owned) (nullable) */
  char *second_key;       /* (owned) (nullable) */
  GtkWidget *pane;        /* McPane: the sheet, and details beside it */
  GtkWidget *box;
  GtkWidget *sheet;
  GtkWidget *faults;      /* label under the table: what is not right yet, in words */
  GtkWidget *form;
  McReload *reload;       /* (owned) */
  char *shown;            /* (owned) (nullable) record in the details */
  char *wanted;           /* (owned) (nullable) record to show once it is here */
};

enum
{
  SIGNAL_LOADED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McMonthSheet, mc_month_sheet, GTK_TYPE_WIDGET)

static void
mc_month_sheet_dispose (GObject *object)
{
  McMonthSheet *self = MC_MONTH_SHEET (object);

  g_clear_pointer (&self->reload, mc_reload_free);
  g_clear_pointer (&self->pane, gtk_widget_unparent);
  g_clear_pointer (&self->second_field, g_free);
  g_clear_pointer (&self->second_key, g_free);
  g_clear_pointer (&self->shown, g_free);
  g_clear_pointer (&self->wanted, g_free);

  G_OBJECT_CLASS (mc_month_sheet_parent_class)->dispose (object);
}

static void
mc_month_sheet_finalize (GObject *object)
{
  McMonthSheet *self = MC_MONTH_SHEET (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_month_sheet_parent_class)->finalize (object);
}

static void
mc_month_sheet_class_init (McMonthSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_month_sheet_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_month_sheet_finalize;
  signals[SIGNAL_LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
mc_month_sheet_init (McMonthSheet *self)
{
}

static char *
month_name (McMonthSheet *self,
            int           month)
{
  return g_strdup_printf ("%04d-%02d", mc_context_get_year (self->context), month + 1);
}

static char *
month_id (McMonthSheet *self,
          int           month)
{
  g_autofree char *name = month_name (self, month);
  const char *key[] = { name, self->second_key, NULL };

  return mc_context_id_of_key (self->context, self->type->id, key);
}

static char *
month_title (McMonthSheet *self,
             int           month)
{
  /* Translators: a month by its number, as the heading of a line. */
  return g_strdup_printf (_("Month %d"), month + 1);
}

/* The key goes in with the first field that is typed. */
static void
prepare_cb (gpointer      source,
            McEdit       *edit,
            McRecord     *record,
            McMonthSheet *self)
{
  for (int i = 0; i < MONTHS; i++)
    {
      g_autofree char *id = month_id (self, i), *name = month_name (self, i);

      if (!g_str_equal (id, mc_record_get_id (record)))
        continue;
      mc_edit_set_text (edit, record, "month", name);
      if (self->second_field != NULL)
        mc_edit_set_text (edit, record, self->second_field, self->second_key);
    }
}

static void
show_details (McMonthSheet *self,
              McRecord     *record,
              int           month)
{
  g_autofree char *title = month_title (self, month);

  g_free (self->shown);
  self->shown = g_strdup (mc_record_get_id (record));
  mc_form_set_record (MC_FORM (self->form), record);
  mc_pane_show_details (MC_PANE (self->pane), title);
}

static void
details_cb (McSheet      *sheet,
            McRecord     *record,
            McMonthSheet *self)
{
  for (int i = 0; i < MONTHS; i++)
    {
      g_autofree char *id = month_id (self, i);

      if (g_str_equal (id, mc_record_get_id (record)))
        show_details (self, record, i);
    }
  mc_reload_queue (self->reload);
}

/* Months that have not begun yet. */
static gboolean
is_ahead (McMonthSheet *self,
          int           month)
{
  g_autofree char *today = mc_context_today (self->context), *name = month_name (self, month);

  return strncmp (name, today, 7) > 0;
}

/* Mistakes of all months, each with its month; at most so many that the page stays one. */
static void
show_faults (McMonthSheet *self,
             McLoad       *load)
{
  g_autoptr(GString) text = g_string_new (NULL);
  guint n_lines = 0, n_more = 0;

  for (guint i = 0; load->faults != NULL && i < load->faults->len; i++)
    {
      McFault *fault = load->faults->pdata[i];
      g_autofree char *said = mc_fault_text (fault), *month = NULL;

      if (!mc_fault_is_error (fault))
        continue;
      if (n_lines++ >= MAX_FAULTS)
        {
          n_more++;
          continue;
        }
      for (int m = 0; m < MONTHS && month == NULL; m++)
        if (g_strcmp0 (mc_record_get_id (load->records->pdata[m]), fault->record) == 0)
          month = month_title (self, m);
      g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", month != NULL ? month : "", said);
    }
  if (n_more > 0)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("and %u more", "and %u more", n_more), n_more);

      g_string_append_printf (text, "\n%s", more);
    }
  gtk_label_set_text (GTK_LABEL (self->faults), text->str);
  gtk_widget_set_visible (self->faults, text->len > 0);
}

static void
show (McMonthSheet *self,
      McLoad       *load)
{
  const char *titles[MONTHS + 1] = { NULL };

  for (int i = 0; i < MONTHS; i++)
    titles[i] = month_title (self, i);
  mc_sheet_set_rows (MC_SHEET (self->sheet), load->records, titles);
  mc_sheet_set_faults (MC_SHEET (self->sheet), load->faults);
  show_faults (self, load);
  for (int i = 0; i < MONTHS; i++)
    {
      McRecord *record = load->records->pdata[i];

      mc_sheet_set_dim (MC_SHEET (self->sheet), i, is_ahead (self, i));
      if (g_strcmp0 (self->wanted, mc_record_get_id (record)) == 0)
        show_details (self, record, i);
      if (g_strcmp0 (self->shown, mc_record_get_id (record)) == 0)
        {
          mc_form_set_record (MC_FORM (self->form), record);
          mc_form_set_faults (MC_FORM (self->form), load->faults);
        }
      g_free ((char *) titles[i]);
    }
  g_clear_pointer (&self->wanted, g_free);
  g_signal_emit (self, signals[SIGNAL_LOADED], 0, load->records);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(McMonthSheet) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McLoad) load = mc_load_finish (MC_STORE (source), result, &error);

  if (self->reload == NULL)
    return;
  if (load == NULL)
    mc_context_toast_error (self->context, error);
  else
    show (self, load);
  mc_reload_done (self->reload);
}

static void
load (gpointer user_data)
{
  McMonthSheet *self = user_data;
  char *ids[MONTHS + 1] = { NULL };
  McLoadRequest request = { .type = self->type->id, .ids = (const char * const *) ids, .with_faults = TRUE };

  for (int i = 0; i < MONTHS; i++)
    ids[i] = month_id (self, i);
  mc_load_async (mc_context_get_store (self->context), &request, loaded_cb, g_object_ref (self));
  for (int i = 0; i < MONTHS; i++)
    g_free (ids[i]);
}

GtkWidget *
mc_month_sheet_new (McContext          *context,
                    const char         *type,
                    const char * const *fields,
                    const char         *second_field,
                    const char         *second_key)
{
  McMonthSheet *self = g_object_new (MC_TYPE_MONTH_SHEET, NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->context = g_object_ref (context);
  self->type = mc_pack_find_type (mc_context_get_pack (context), type);
  self->second_field = g_strdup (second_field);
  self->second_key = g_strdup (second_key);

  self->sheet = mc_sheet_new (context, self->type, _("Month"), fields);
  g_signal_connect (self->sheet, "prepare", G_CALLBACK (prepare_cb), self);
  g_signal_connect (self->sheet, "details", G_CALLBACK (details_cb), self);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_add_css_class (self->box, "page");
  mc_own_note_append (GTK_BOX (self->box), context);
  gtk_box_append (GTK_BOX (self->box), self->sheet);
  self->faults = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->faults), 0);
  gtk_label_set_wrap (GTK_LABEL (self->faults), TRUE);
  gtk_widget_add_css_class (self->faults, "error");
  gtk_box_append (GTK_BOX (self->box), self->faults);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->box);

  self->form = mc_form_new (context, self->type);
  mc_form_add_group (MC_FORM (self->form), NULL, NULL);
  g_signal_connect (self->form, "prepare", G_CALLBACK (prepare_cb), self);
  self->pane = mc_pane_new (context, scrolled, self->form);
  gtk_widget_set_parent (self->pane, GTK_WIDGET (self));
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), load, self);

  return GTK_WIDGET (self);
}

McSheet *
mc_month_sheet_get_sheet (McMonthSheet *self)
{
  return MC_SHEET (self->sheet);
}

void
mc_month_sheet_set_below (McMonthSheet *self,
                          GtkWidget    *widget)
{
  gtk_box_append (GTK_BOX (self->box), widget);
}

void
mc_month_sheet_commit (McMonthSheet *self)
{
  mc_sheet_commit (MC_SHEET (self->sheet));
  mc_form_commit (MC_FORM (self->form));
}

gboolean
mc_month_sheet_show_record (McMonthSheet *self,
                            const char   *record)
{
  for (int i = 0; i < MONTHS; i++)
    {
      g_autofree char *id = month_id (self, i);

      if (!g_str_equal (id, record))
        continue;
      g_free (self->wanted);
      self->wanted = g_strdup (record);
      mc_reload_queue (self->reload);
      return TRUE;
    }

  return FALSE;
}
