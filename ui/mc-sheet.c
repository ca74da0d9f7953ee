/* mc-sheet.c: records as lines, fields as columns, typed like a spreadsheet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-sheet-private.h"

#include <glib/gi18n.h>

#include "mc-sideways.h"

enum
{
  SIGNAL_PREPARE,
  SIGNAL_DETAILS,
  SIGNAL_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McSheet, mc_sheet, GTK_TYPE_WIDGET)

static void
computed_free (gpointer data)
{
  McSheetComputed *computed = data;

  g_free (computed->title);
  g_free (computed);
}

static void
line_free (gpointer data)
{
  McSheetLine *line = data;

  g_object_unref (line->record);
  g_free (line->title);
  g_ptr_array_unref (line->editors);
  g_ptr_array_unref (line->computed);
  g_free (line);
}

static void
mc_sheet_dispose (GObject *object)
{
  McSheet *self = MC_SHEET (object);

  g_clear_pointer (&self->lines, g_ptr_array_unref);
  self->grid = NULL;
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_pointer (&self->said, gtk_widget_unparent);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->computed, g_ptr_array_unref);
  g_clear_pointer (&self->heading, g_free);

  G_OBJECT_CLASS (mc_sheet_parent_class)->dispose (object);
}

static void
mc_sheet_finalize (GObject *object)
{
  McSheet *self = MC_SHEET (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_sheet_parent_class)->finalize (object);
}

static void
mc_sheet_class_init (McSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_sheet_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_sheet_finalize;
  signals[SIGNAL_PREPARE] = g_signal_new ("prepare", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_POINTER, MC_TYPE_RECORD);
  signals[SIGNAL_DETAILS] = g_signal_new ("details", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, MC_TYPE_RECORD);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
mc_sheet_init (McSheet *self)
{
  self->fields = g_ptr_array_new ();
  self->computed = g_ptr_array_new_with_free_func (computed_free);
  self->lines = g_ptr_array_new_with_free_func (line_free);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 2);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 6);
  gtk_widget_add_css_class (self->grid, "sheet");
  self->scrolled = mc_sideways_new (self->grid);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  mc_sheet_make_said (self);
}

GtkWidget *
mc_sheet_new (McContext          *context,
              McRecordType       *type,
              const char         *heading,
              const char * const *fields)
{
  McSheet *self = g_object_new (MC_TYPE_SHEET, NULL);

  self->context = g_object_ref (context);
  self->type = type;
  self->heading = g_strdup (heading);
  for (guint i = 0; fields[i] != NULL; i++)
    g_ptr_array_add (self->fields, mc_record_type_find_field (type, fields[i]));

  return GTK_WIDGET (self);
}

void
mc_sheet_set_more (McSheet         *self,
                   McSheetMoreFunc  func,
                   gpointer         user_data)
{
  self->more = func;
  self->more_data = user_data;
}

void
mc_sheet_set_word_chars (McSheet *self,
                         int      chars)
{
  self->word_chars = chars;
}

void
mc_sheet_hide_titles (McSheet *self)
{
  self->hides_titles = TRUE;
}

void
mc_sheet_add_computed (McSheet     *self,
                       const char  *title,
                       McSheetFunc  func,
                       gpointer     user_data)
{
  McSheetComputed *computed = g_new0 (McSheetComputed, 1);

  computed->title = g_strdup (title);
  computed->func = func;
  computed->user_data = user_data;
  g_ptr_array_add (self->computed, computed);
}

static void
prepare_cb (gpointer  source,
            gpointer  edit,
            McRecord *record,
            McSheet  *self)
{
  g_signal_emit (self, signals[SIGNAL_PREPARE], 0, edit, record);
}

static void
details_cb (GtkButton *button,
            McSheet   *self)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      McSheetLine *line = self->lines->pdata[i];

      if (line->details == GTK_WIDGET (button))
        {
          g_signal_emit (self, signals[SIGNAL_DETAILS], 0, line->record);
          return;
        }
    }
}

static void
label_cell (McSheetLine          *line,
            McFieldEditor *editor)
{
  g_autofree char *label = g_strdup_printf ("%s, %s", line->title, mc_field_editor_get_field (editor)->short_title);

  mc_field_editor_set_label (editor, label);
}

static GtkWidget *
make_cell (McSheet *self,
           McSheetLine    *line,
           McField *field)
{
  McFieldEditor *editor = mc_field_editor_new (self->context, field, MC_LOOK_CELL);
  GtkWidget *widget = mc_field_editor_get_widget (editor);

  g_signal_connect (editor, "prepare", G_CALLBACK (prepare_cb), self);
  mc_sheet_watch_cell (self, editor);
  mc_sheet_say_faults_of (self, editor);
  label_cell (line, editor);
  if (field->type == MC_FIELD_TEXT || field->type == MC_FIELD_PERSON)
    {
      gtk_widget_set_hexpand (widget, TRUE);
      if (gtk_editable_get_width_chars (GTK_EDITABLE (widget)) < self->word_chars)
        gtk_editable_set_width_chars (GTK_EDITABLE (widget), self->word_chars);
    }
  g_ptr_array_add (line->editors, editor);

  return widget;
}

static GtkWidget *
header (const char *text,
        gboolean    is_number,
        const char *tooltip)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), is_number ? 1 : 0);
  gtk_label_set_justify (GTK_LABEL (label), is_number ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_LEFT);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 10);
  gtk_widget_set_valign (label, GTK_ALIGN_END);
  gtk_widget_set_tooltip_text (label, tooltip);
  gtk_widget_add_css_class (label, "caption-heading");

  return label;
}

static void
make_headers (McSheet *self)
{
  int column = 1;

  if (!self->hides_titles)
    gtk_grid_attach (GTK_GRID (self->grid), header (self->heading, FALSE, NULL), 0, 0, 1, 1);
  for (guint i = 0; i < self->fields->len; i++)
    {
      McField *field = self->fields->pdata[i];
      gboolean is_number = field->type == MC_FIELD_INTEGER || field->type == MC_FIELD_DECIMAL;

      gtk_grid_attach (GTK_GRID (self->grid), header (field->short_title, is_number, field->title), column++, 0, 1, 1);
    }
  for (guint i = 0; i < self->computed->len; i++)
    {
      GtkWidget *label = header (((McSheetComputed *) self->computed->pdata[i])->title, TRUE, NULL);

      /* As long as nothing is computed, nothing else keeps the column wide enough for two words beside each other. */
      gtk_label_set_wrap (GTK_LABEL (label), FALSE);
      gtk_grid_attach (GTK_GRID (self->grid), label, column++, 0, 1, 1);
    }
}

static McSheetLine *
make_line (McSheet    *self,
           McRecord   *record,
           const char *title,
           int         row)
{
  McSheetLine *line = g_new0 (McSheetLine, 1);
  int column = 0;

  line->record = g_object_ref (record);
  line->title = g_strdup (title);
  line->editors = g_ptr_array_new ();
  line->computed = g_ptr_array_new ();
  line->label = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (line->label), 0);
  gtk_widget_set_visible (line->label, !self->hides_titles);
  gtk_grid_attach (GTK_GRID (self->grid), line->label, column++, row, 1, 1);
  for (guint i = 0; i < self->fields->len; i++)
    gtk_grid_attach (GTK_GRID (self->grid), make_cell (self, line, self->fields->pdata[i]), column++, row, 1, 1);
  for (guint i = 0; i < self->computed->len; i++)
    {
      GtkWidget *label = gtk_label_new (NULL);

      gtk_label_set_xalign (GTK_LABEL (label), 1);
      gtk_widget_add_css_class (label, "numeric");
      gtk_widget_set_margin_start (label, 6);
      gtk_grid_attach (GTK_GRID (self->grid), label, column++, row, 1, 1);
      g_ptr_array_add (line->computed, label);
    }
  line->details = gtk_button_new_with_label ("");
  gtk_widget_add_css_class (line->details, "flat");
  g_signal_connect (line->details, "clicked", G_CALLBACK (details_cb), self);
  gtk_grid_attach (GTK_GRID (self->grid), line->details, column, row, 1, 1);

  return line;
}

static void
show_title (McSheetLine       *line,
            const char *title)
{
  if (g_str_equal (line->title, title))
    return;
  g_free (line->title);
  line->title = g_strdup (title);
  gtk_label_set_text (GTK_LABEL (line->label), title);
  for (guint i = 0; i < line->editors->len; i++)
    label_cell (line, line->editors->pdata[i]);
}

static void
show_line (McSheet    *self,
           McSheetLine       *line,
           McRecord   *record,
           const char *title)
{
  g_set_object (&line->record, record);
  show_title (line, title);
  for (guint i = 0; i < line->editors->len; i++)
    mc_field_editor_set_record (line->editors->pdata[i], record);
  for (guint i = 0; i < line->computed->len; i++)
    {
      McSheetComputed *computed = self->computed->pdata[i];
      g_autofree char *text = computed->func (record, computed->user_data);

      gtk_label_set_text (GTK_LABEL (line->computed->pdata[i]), text);
    }
  mc_sheet_show_details (self, line, NULL);
}

/* lines that stay, come and go */

typedef void (*WidgetFunc) (GtkWidget *widget, McSheet *self, int row);

static void
foreach_widget (McSheet     *self,
                McSheetLine *line,
                WidgetFunc   func,
                int          row)
{
  func (line->label, self, row);
  for (guint i = 0; i < line->editors->len; i++)
    func (mc_field_editor_get_widget (line->editors->pdata[i]), self, row);
  for (guint i = 0; i < line->computed->len; i++)
    func (line->computed->pdata[i], self, row);
  func (line->details, self, row);
}

static void
remove_widget (GtkWidget *widget,
               McSheet   *self,
               int        row)
{
  gtk_grid_remove (GTK_GRID (self->grid), widget);
}

/* Behind all others too: they are read aloud in that order. */
static void
move_widget (GtkWidget *widget,
             McSheet   *self,
             int        row)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (self->grid);

  gtk_grid_layout_child_set_row (GTK_GRID_LAYOUT_CHILD (gtk_layout_manager_get_layout_child (layout, widget)), row);
  gtk_widget_insert_before (widget, self->grid, NULL);
}

static McSheetLine *
steal_line (GPtrArray  *lines,
            const char *record)
{
  for (guint i = 0; i < lines->len; i++)
    if (g_str_equal (mc_record_get_id (((McSheetLine *) lines->pdata[i])->record), record))
      return g_ptr_array_steal_index (lines, i);

  return NULL;
}

static gboolean
is_same (McSheet   *self,
         GPtrArray *records)
{
  for (guint i = 0; i < self->lines->len; i++)
    if (i >= records->len ||
        !g_str_equal (mc_record_get_id (((McSheetLine *) self->lines->pdata[i])->record), mc_record_get_id (records->pdata[i])))
      return FALSE;

  return self->lines->len == records->len;
}

static void
remove_lines (McSheet   *self,
              GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    {
      McSheetLine *line = lines->pdata[i];

      for (guint k = 0; k < line->editors->len; k++)
        mc_field_editor_commit (line->editors->pdata[k]);
      foreach_widget (self, line, remove_widget, 0);
    }
}

/* Whoever types in a line keeps it, wherever others come in or go. */
static void
arrange_lines (McSheet            *self,
               GPtrArray          *records,
               const char * const *titles)
{
  GtkWidget *focus = gtk_widget_get_focus_child (self->grid);
  guint row = 0, column = 0;
  gboolean has_focus = focus != NULL && mc_sheet_find_cell (self, focus, &row, &column);
  g_autoptr(GPtrArray) before = g_steal_pointer (&self->lines);

  self->lines = g_ptr_array_new_with_free_func (line_free);
  for (guint i = 0; i < records->len; i++)
    {
      McSheetLine *line = steal_line (before, mc_record_get_id (records->pdata[i]));

      if (line != NULL)
        foreach_widget (self, line, move_widget, (int) i + 1);
      else
        line = make_line (self, records->pdata[i], titles[i], (int) i + 1);
      g_ptr_array_add (self->lines, line);
    }
  remove_lines (self, before);
  /* Where the line was that has gone. */
  if (has_focus && self->lines->len > 0 && gtk_widget_get_focus_child (self->grid) == NULL)
    mc_sheet_focus_cell (self, (int) MIN (row, self->lines->len - 1), (int) column);
}

void
mc_sheet_set_rows (McSheet            *self,
                   GPtrArray          *records,
                   const char * const *titles)
{
  if (gtk_widget_get_first_child (self->grid) == NULL)
    make_headers (self);
  if (!is_same (self, records))
    arrange_lines (self, records, titles);
  for (guint i = 0; i < records->len; i++)
    show_line (self, self->lines->pdata[i], records->pdata[i], titles[i]);
}

void
mc_sheet_set_dim (McSheet  *self,
                  guint     row,
                  gboolean  is_dim)
{
  McSheetLine *line = self->lines->pdata[row];

  if (is_dim)
    gtk_widget_add_css_class (line->label, "dim-label");
  else
    gtk_widget_remove_css_class (line->label, "dim-label");
  for (guint i = 0; i < line->editors->len; i++)
    {
      GtkWidget *widget = mc_field_editor_get_widget (line->editors->pdata[i]);

      if (is_dim)
        gtk_widget_add_css_class (widget, "dim-label");
      else
        gtk_widget_remove_css_class (widget, "dim-label");
    }
}

void
mc_sheet_set_proposal (McSheet    *self,
                       guint       row,
                       const char *field,
                       const char *text)
{
  McSheetLine *line = self->lines->pdata[row];

  for (guint i = 0; i < self->fields->len; i++)
    if (g_str_equal (((McField *) self->fields->pdata[i])->name, field))
      mc_field_editor_set_placeholder (line->editors->pdata[i], text);
}

void
mc_sheet_commit (McSheet *self)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      McSheetLine *line = self->lines->pdata[i];

      for (guint k = 0; k < line->editors->len; k++)
        mc_field_editor_commit (line->editors->pdata[k]);
    }
}

gboolean
mc_sheet_focus (McSheet    *self,
                const char *record,
                const char *field)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      McSheetLine *line = self->lines->pdata[i];

      if (!g_str_equal (mc_record_get_id (line->record), record))
        continue;
      for (guint k = 0; k < self->fields->len; k++)
        if (field == NULL || g_str_equal (((McField *) self->fields->pdata[k])->name, field))
          return mc_sheet_focus_cell (self, i, k);
    }

  return FALSE;
}
