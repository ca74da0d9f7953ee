/* mc-field-widgets.c: which widget a field is typed into, in a table and in a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-field-editor-private.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "mc-words-row.h"

#define WORD_CHARS 7    /* at least: words take what room there is */
#define NUMBER_CHARS 5
#define LONG_CHARS 24
#define DATE_CHARS 12   /* at most */

/* What can be saved, three bytes a letter, and with the rest of a change: more would stop the window for minutes as well. */
#define MAX_CHARS 16000

gboolean
mc_field_editor_refuses_long (McContext *context,
                              glong      n_chars)
{
  g_autofree char *most = NULL, *said = NULL;

  if (n_chars <= MAX_CHARS)
    return FALSE;
  most = mc_text_format_integer (MAX_CHARS);
  /* Translators: number of letters. */
  said = g_strdup_printf (_("Nothing was put in: that is too long for one field, which takes %s letters. Attach it as a file instead."), most);
  mc_context_toast_refused (context, said);

  return TRUE;
}

static gboolean
is_too_long (McFieldEditor *self,
             glong          n_there,
             const char    *text,
             int            length)
{
  return !self->is_updating && mc_field_editor_refuses_long (self->context, n_there + g_utf8_strlen (text, length));
}

static void
insert_in_buffer_cb (GtkTextBuffer *buffer,
                     GtkTextIter   *place,
                     const char    *text,
                     int            length,
                     McFieldEditor *self)
{
  if (is_too_long (self, gtk_text_buffer_get_char_count (buffer), text, length))
    g_signal_stop_emission_by_name (buffer, "insert-text");
}

static void
insert_in_text_cb (GtkEditable   *editable,
                   const char    *text,
                   int            length,
                   int           *position,
                   McFieldEditor *self)
{
  if (is_too_long (self, g_utf8_strlen (gtk_editable_get_text (editable), -1), text, length))
    g_signal_stop_emission_by_name (editable, "insert-text");
}

/* How many letters are there that a paste does not take the place of. */
static glong
count_kept (McFieldEditor *self)
{
  GtkTextIter start, end;
  int from, to;

  if (self->editable != NULL)
    {
      glong n_there = g_utf8_strlen (gtk_editable_get_text (self->editable), -1);

      return gtk_editable_get_selection_bounds (self->editable, &from, &to) ? n_there - (to - from) : n_there;
    }
  gtk_text_buffer_get_selection_bounds (self->buffer, &start, &end);

  return gtk_text_buffer_get_char_count (self->buffer) - (gtk_text_iter_get_offset (&end) - gtk_text_iter_get_offset (&start));
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GtkWidget) widget = user_data;
  McFieldEditor *self = g_object_get_data (G_OBJECT (widget), "mc-field-editor");
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (gtk_widget_get_root (widget) == NULL || text == NULL || is_too_long (self, count_kept (self), text, -1))
    return;
  self->is_pasting = TRUE;
  g_signal_emit_by_name (self->text_view != NULL ? (gpointer) self->text_view : gtk_editable_get_delegate (self->editable), "paste-clipboard");
  self->is_pasting = FALSE;
}

/* What is selected goes only when it is known that something comes in its place. */
static void
paste_cb (GtkWidget     *text,
          McFieldEditor *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (text);

  if (self->is_pasting)
    return;
  g_signal_stop_emission_by_name (text, "paste-clipboard");
  if (gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard), G_TYPE_STRING))
    gdk_clipboard_read_text_async (clipboard, NULL, read_cb, g_object_ref (self->widget));
  else
    mc_context_toast (self->context, _("There is no text to paste. Pictures and files go to the evidence."));
}

static GtkStringList *
choices (McField *field)
{
  GtkStringList *list = gtk_string_list_new (NULL);

  gtk_string_list_append (list, _("not chosen"));
  if (field->type == MC_FIELD_BOOLEAN)
    {
      gtk_string_list_append (list, _("Yes"));
      gtk_string_list_append (list, _("No"));
    }
  for (guint i = 0; field->type == MC_FIELD_ENUM && i < field->values->len; i++)
    gtk_string_list_append (list, g_array_index (field->values, McChoice, i).title);

  return list;
}

/* Fields that hold paragraphs, not a line. */
static gboolean
is_long (McField *field)
{
  static const char * const names[] = { "bases", "explanation", "content", "note", "review.reason", NULL };

  return field->type == MC_FIELD_TEXT && g_strv_contains (names, field->name);
}

/* “Văn bản mật (văn bản)” says the same twice, and long titles lose their end. */
static gboolean
names_unit (McField *field)
{
  g_autofree char *title = g_utf8_casefold (field->title, -1), *unit = g_utf8_casefold (field->unit, -1);
  g_autofree char *pattern = g_regex_escape_string (unit, -1), *word = g_strdup_printf ("(?<!\\w)%s(?!\\w)", pattern);

  return g_regex_match_simple (word, title, 0, 0);
}

static char *
row_title (McField *field)
{
  g_autofree char *title = field->unit != NULL && !names_unit (field) ? g_strdup_printf ("%s (%s)", field->title, field->unit)
                                                                      : g_strdup (field->title);

  return g_markup_escape_text (title, -1);
}

static void
make_text_row (McFieldEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *title = gtk_label_new (self->field->title);
  GtkWidget *row = adw_preferences_row_new ();

  self->text_view = gtk_text_view_new ();
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text_view));
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->text_view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->text_view), FALSE);
  gtk_widget_set_size_request (self->text_view, -1, 64);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text_view), GTK_ACCESSIBLE_PROPERTY_LABEL, self->field->title, -1);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "caption");
  gtk_widget_add_css_class (title, "dim-label");
  gtk_widget_add_css_class (self->text_view, "inline-text");
  gtk_widget_set_margin_top (box, 8);
  gtk_widget_set_margin_bottom (box, 8);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), self->text_view);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  g_signal_connect (self->buffer, "insert-text", G_CALLBACK (insert_in_buffer_cb), self);
  g_signal_connect (self->text_view, "paste-clipboard", G_CALLBACK (paste_cb), self);
  g_signal_connect_swapped (self->buffer, "changed", G_CALLBACK (mc_field_editor_typed), self);
  self->widget = row;
}

static int
width_of (McField *field)
{
  if (is_long (field))
    return LONG_CHARS;

  switch (field->type)
    {
    case MC_FIELD_INTEGER:
    case MC_FIELD_DECIMAL:
      return NUMBER_CHARS;
    case MC_FIELD_TEXT:
    case MC_FIELD_PERSON:
      return WORD_CHARS;
    case MC_FIELD_DATE:
    case MC_FIELD_MONTH:
    case MC_FIELD_DATETIME:
    case MC_FIELD_BOOLEAN:
    case MC_FIELD_ENUM:
    case MC_FIELD_FILES:
    case MC_FIELD_REFERENCE:
    case MC_FIELD_LIST:
    default:
      return MC_CELL_CHARS;
    }
}

/* libadwaita cuts the titles of its entry rows: the law's are long, and are to be read whole. */
static void
wrap_titles (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_label_get_ellipsize (GTK_LABEL (widget)) != PANGO_ELLIPSIZE_NONE)
    {
      gtk_label_set_ellipsize (GTK_LABEL (widget), PANGO_ELLIPSIZE_NONE);
      gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    wrap_titles (child);
}

static void
make_editable (McFieldEditor *self,
               McLook         look)
{
  gboolean is_number = self->field->type == MC_FIELD_INTEGER || self->field->type == MC_FIELD_DECIMAL;
  gboolean is_date = self->field->type == MC_FIELD_DATE || self->field->type == MC_FIELD_MONTH;

  if (look == MC_LOOK_ROW)
    {
      g_autofree char *title = row_title (self->field);

      self->widget = adw_entry_row_new ();
      wrap_titles (self->widget);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->widget), title);
      /* The keyboard is in the text inside, which has no name of its own for a screen reader. */
      gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_editable_get_delegate (GTK_EDITABLE (self->widget))),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, self->field->title, -1);
      g_signal_connect_swapped (self->widget, "entry-activated", G_CALLBACK (mc_field_editor_activated), self);
      if (is_number)
        adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (self->widget), GTK_INPUT_PURPOSE_NUMBER);
    }
  else
    {
      self->widget = gtk_entry_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (self->widget), width_of (self->field));
      gtk_editable_set_max_width_chars (GTK_EDITABLE (self->widget), is_number ? 7 : is_date ? DATE_CHARS : 40);
      if (is_number)
        gtk_editable_set_alignment (GTK_EDITABLE (self->widget), 1);
      gtk_widget_add_css_class (self->widget, "numeric");
      g_signal_connect_swapped (self->widget, "activate", G_CALLBACK (mc_field_editor_activated), self);
    }
  self->editable = GTK_EDITABLE (self->widget);
  g_signal_connect (gtk_editable_get_delegate (self->editable), "insert-text", G_CALLBACK (insert_in_text_cb), self);
  g_signal_connect (gtk_editable_get_delegate (self->editable), "paste-clipboard", G_CALLBACK (paste_cb), self);
  g_signal_connect_swapped (self->widget, "changed", G_CALLBACK (mc_field_editor_typed), self);
}

static void
make_choice (McFieldEditor *self,
             McLook         look)
{
  g_autoptr(GtkStringList) list = choices (self->field);

  if (look == MC_LOOK_CELL && self->field->type == MC_FIELD_BOOLEAN)
    {
      self->widget = gtk_check_button_new ();
      gtk_widget_set_halign (self->widget, GTK_ALIGN_CENTER);
      g_signal_connect_swapped (self->widget, "toggled", G_CALLBACK (mc_field_editor_chosen), self);
    }
  else if (look == MC_LOOK_CELL)
    {
      self->widget = gtk_drop_down_new (G_LIST_MODEL (g_steal_pointer (&list)), NULL);
      g_signal_connect_swapped (self->widget, "notify::selected", G_CALLBACK (mc_field_editor_chosen), self);
    }
  else
    {
      g_autofree char *title = row_title (self->field);

      self->widget = adw_combo_row_new ();
      adw_combo_row_set_model (ADW_COMBO_ROW (self->widget), G_LIST_MODEL (list));
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->widget), title);
      g_signal_connect_swapped (self->widget, "notify::selected", G_CALLBACK (mc_field_editor_chosen), self);
    }
}

void
mc_field_editor_make_widget (McFieldEditor *self,
                             McLook         look)
{
  if (look == MC_LOOK_ROW)
    g_set_weak_pointer (&self->words, mc_words_row_new ());
  if (self->field->type == MC_FIELD_ENUM || self->field->type == MC_FIELD_BOOLEAN)
    make_choice (self, look);
  else if (look == MC_LOOK_ROW && is_long (self->field))
    make_text_row (self);
  else
    make_editable (self, look);
}
