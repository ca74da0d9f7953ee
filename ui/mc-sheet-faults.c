/* mc-sheet-faults.c: what is not right in a sheet: in its cells, at the end of its lines, and in words under the table
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A colour and a tooltip say nothing to whoever has no mouse: the words of the cell that has the focus stand under the table.
 */

#include "mc-sheet-private.h"

#include <glib/gi18n.h>

#include "core/mc-field.h"
#include "mc-fault-text.h"

#define MARK "⚠ "

/* Its room is kept while the focus goes over the cells: what is below does not jump. */
static void
say (McSheet *self)
{
  GtkWidget *focus = gtk_widget_get_focus_child (self->grid);
  guint row, column;
  g_autofree char *text = NULL;

  if (focus != NULL && mc_sheet_find_cell (self, focus, &row, &column))
    {
      McSheetLine *line = self->lines->pdata[row];
      McFieldEditor *editor = line->editors->pdata[column];
      const char *fault = mc_field_editor_get_fault (editor);

      if (fault != NULL)
        text = g_strdup_printf ("⚠ %s, %s: %s", line->title, mc_field_editor_get_field (editor)->short_title, fault);
    }
  gtk_label_set_text (GTK_LABEL (self->said), text != NULL ? text : "");
  gtk_widget_set_visible (self->said, text != NULL || self->has_faults);
}

void
mc_sheet_make_said (McSheet *self)
{
  self->said = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->said), 0);
  gtk_label_set_wrap (GTK_LABEL (self->said), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->said), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_visible (self->said, FALSE);
  gtk_widget_set_parent (self->said, GTK_WIDGET (self));
}

static void
focus_cb (McSheet *self)
{
  if (self->grid != NULL)
    say (self);
}

void
mc_sheet_say_faults_of (McSheet       *self,
                        McFieldEditor *editor)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (focus, "enter", G_CALLBACK (focus_cb), self);
  gtk_widget_add_controller (mc_field_editor_get_widget (editor), focus);
}

/* the end of a line */

static guint
count_files (McSheetLine *line,
             McSheet     *self)
{
  guint count = 0;

  for (guint i = 0; i < self->type->fields->len; i++)
    {
      McField *field = self->type->fields->pdata[i];
      g_autoptr(GPtrArray) files = NULL;

      if (field->type != MC_FIELD_FILES)
        continue;
      files = mc_field_parse_files (mc_record_get (line->record, field->name));
      count += files->len;
    }

  return count;
}

void
mc_sheet_show_details (McSheet     *self,
                       McSheetLine *line,
                       GPtrArray   *faults)
{
  guint n_files = count_files (line, self);
  guint n_errors = mc_fault_count (faults, mc_record_get_id (line->record), TRUE);
  g_autofree char *texts = mc_fault_texts (faults, mc_record_get_id (line->record));
  g_autofree char *label = g_strdup_printf (ngettext ("%u file", "%u files", n_files), n_files);
  g_autofree char *said = g_strdup_printf (_("%s: evidence and details (%s)"), line->title, label);
  g_autofree char *shown = g_strdup_printf ("%s%s", n_errors > 0 ? MARK : "", label);

  gtk_button_set_label (GTK_BUTTON (line->details), shown);
  /* A mark that comes moves no column: it and the space behind it are less than two letters wide. */
  gtk_label_set_width_chars (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (line->details))), (int) g_utf8_strlen (label, -1) + 1);
  gtk_widget_set_tooltip_text (line->details, texts != NULL ? texts : _("Evidence and details of this line"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->details), GTK_ACCESSIBLE_PROPERTY_LABEL, said,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, texts != NULL ? texts : "", -1);
}

/* all cells */

void
mc_sheet_set_faults (McSheet   *self,
                     GPtrArray *faults)
{
  self->has_faults = faults != NULL && faults->len > 0;
  for (guint i = 0; i < self->lines->len; i++)
    {
      McSheetLine *line = self->lines->pdata[i];

      for (guint k = 0; k < line->editors->len; k++)
        {
          McFieldEditor *editor = line->editors->pdata[k];
          gboolean is_error = FALSE;
          g_autofree char *text = mc_fault_text_of_field (faults, mc_record_get_id (line->record),
                                                          mc_field_editor_get_field (editor)->name, &is_error);

          mc_field_editor_set_fault (editor, text, is_error);
        }
      mc_sheet_show_details (self, line, faults);
    }
  say (self);
}
