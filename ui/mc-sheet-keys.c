/* mc-sheet-keys.c: walking over the cells of a sheet, and pasting a block of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-sheet-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/mc-field.h"
#include "core/mc-text.h"

gboolean
mc_sheet_find_cell (McSheet   *self,
                    GtkWidget *widget,
                    guint     *out_row,
                    guint     *out_column)
{
  for (guint row = 0; row < self->lines->len; row++)
    {
      McSheetLine *line = self->lines->pdata[row];

      for (guint column = 0; column < line->editors->len; column++)
        if (mc_field_editor_get_widget (line->editors->pdata[column]) == widget)
          {
            *out_row = row;
            *out_column = column;
            return TRUE;
          }
    }

  return FALSE;
}

gboolean
mc_sheet_focus_cell (McSheet *self,
                     int      row,
                     int      column)
{
  McSheetLine *line;

  if (row < 0 || column < 0 || (guint) row >= self->lines->len || (guint) column >= self->fields->len)
    return FALSE;
  line = self->lines->pdata[row];

  return gtk_widget_grab_focus (mc_field_editor_get_widget (line->editors->pdata[column]));
}

/* pasting */

#define MAX_NEW_LINES 200   /* at once: more are a whole file, or a mistake */

/* TRUE if a line of a block has anything for the fields from @column on. */
static gboolean
has_value (McSheet            *self,
           guint               column,
           const char * const *cells)
{
  gboolean has = FALSE;

  for (guint c = 0; !has && cells[c] != NULL && column + c < self->fields->len; c++)
    {
      g_autoptr(JsonNode) value = mc_field_parse (self->fields->pdata[column + c], cells[c], mc_context_get_year (self->context), NULL);

      has = value != NULL && !JSON_NODE_HOLDS_NULL (value);
    }

  return has;
}

/* A line of a block: the cells that can be read go into @edit; returns how many could not. */
static guint
paste_line (McSheet            *self,
            McSheetLine        *line,
            guint               column,
            const char * const *cells,
            McEdit             *edit)
{
  guint n_bad = 0;

  if (has_value (self, column, cells) && mc_context_wants_key (self->context, line->record))
    g_signal_emit_by_name (self, "prepare", edit, line->record);
  for (guint c = 0; cells[c] != NULL && column + c < line->editors->len; c++)
    n_bad += !mc_field_editor_put_text (line->editors->pdata[column + c], edit, cells[c]);

  return n_bad;
}

/* A line below the last one; FALSE if there can be none. */
static gboolean
paste_more (McSheet            *self,
            guint               i,
            guint               column,
            const char * const *cells,
            McEdit             *edit,
            guint              *n_bad)
{
  g_autoptr(McRecord) record = self->more != NULL ? self->more (edit, i, self->more_data) : NULL;

  if (record == NULL)
    return FALSE;
  for (guint c = 0; cells[c] != NULL && column + c < self->fields->len; c++)
    {
      McField *field = self->fields->pdata[column + c];
      JsonNode *value = mc_field_parse (field, cells[c], mc_context_get_year (self->context), NULL);

      if (value != NULL)
        mc_edit_set (edit, record, field->name, value);
      else
        *n_bad += 1;
    }

  return TRUE;
}

static void
tell_pasted (McSheet *self,
             guint    n_bad,
             guint    n_left_out)
{
  g_autofree char *text = NULL;

  if (n_bad > 0)
    text = g_strdup_printf (ngettext ("%u cell could not be read and was not saved; it is marked.",
                                      "%u cells could not be read and were not saved; they are marked.", n_bad), n_bad);
  else if (n_left_out > 0)
    text = g_strdup_printf (ngettext ("The table ends here: %u line was left out.", "The table ends here: %u lines were left out.",
                                      n_left_out), n_left_out);
  if (text != NULL)
    mc_context_toast (self->context, text);
}

/* How many lines of a block would come below the last one. */
static guint
count_new (const char * const *rows,
           guint               n_room)
{
  guint count = 0;

  for (guint r = 0; rows[r] != NULL; r++)
    count += r >= n_room && *rows[r] != '\0' && *rows[r] != '\r';

  return count;
}

/* TRUE, and says so, if one cell of a block is longer than a field takes. */
static gboolean
refuses_long (McSheet            *self,
              const char * const *rows)
{
  for (guint r = 0; rows[r] != NULL; r++)
    {
      g_auto(GStrv) cells = g_strsplit (rows[r], "\t", -1);

      for (guint c = 0; cells[c] != NULL; c++)
        if (mc_field_editor_refuses_long (self->context, g_utf8_strlen (cells[c], -1)))
          return TRUE;
    }

  return FALSE;
}

static void
tell_too_many (McSheet *self,
               guint    n_new)
{
  g_autofree char *lines = mc_text_format_integer (n_new), *most = mc_text_format_integer (MAX_NEW_LINES);
  /* Translators: number of lines that were copied; most new lines at once. */
  g_autofree char *text = g_strdup_printf (_("Nothing was pasted: %s new lines, and a table takes %s at once. Copy fewer lines."), lines,
                                           most);

  mc_context_toast_refused (self->context, text);
}

/* A block from a spreadsheet, lines by newline, cells by tab: one change of everything, undone as one. */
static void
paste_block (McSheet    *self,
             guint       row,
             guint       column,
             const char *text)
{
  g_auto(GStrv) rows = g_strsplit (text, "\n", -1);
  guint n_lines = self->lines->len, n_bad = 0, n_left_out = 0, n_new;
  McEdit *edit;

  n_new = self->more != NULL ? count_new ((const char * const *) rows, n_lines - row) : 0;
  if (n_new > MAX_NEW_LINES)
    {
      tell_too_many (self, n_new);
      return;
    }
  if (refuses_long (self, (const char * const *) rows))
    return;
  edit = mc_edit_new ();
  for (guint r = 0; rows[r] != NULL; r++)
    {
      g_auto(GStrv) cells = g_strsplit (g_strchomp (rows[r]), "\t", -1);

      if (*rows[r] == '\0' && (rows[r + 1] == NULL || row + r >= n_lines))
        continue;
      if (row + r < n_lines)
        n_bad += paste_line (self, self->lines->pdata[row + r], column, (const char * const *) cells, edit);
      else if (!paste_more (self, row + r - n_lines, column, (const char * const *) cells, edit, &n_bad))
        n_left_out++;
    }
  mc_context_save (self->context, edit, _("pasting"));
  tell_pasted (self, n_bad, n_left_out);
}

typedef struct
{
  McSheet *self;       /* (owned) */
  GtkWidget *widget;   /* (owned) the cell that had the focus */
} Pasting;

static void
pasted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Pasting *pasting = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  guint row, column;

  if (text != NULL && pasting->self->grid != NULL && mc_sheet_find_cell (pasting->self, pasting->widget, &row, &column))
    {
      if (strpbrk (text, "\t\n") != NULL)
        paste_block (pasting->self, row, column, text);
      else if (GTK_IS_EDITABLE (pasting->widget))
        g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (pasting->widget)), "paste-clipboard");
    }
  g_object_unref (pasting->self);
  g_object_unref (pasting->widget);
  g_free (pasting);
}

/* walking */

static gboolean
is_at_end (GtkWidget *widget,
           guint      key)
{
  int position, length;

  if (!GTK_IS_EDITABLE (widget))
    return TRUE;
  position = gtk_editable_get_position (GTK_EDITABLE (widget));
  length = g_utf8_strlen (gtk_editable_get_text (GTK_EDITABLE (widget)), -1);

  return key == GDK_KEY_Left ? position == 0 : position == length;
}

/* As Enter does: to the line below, in the last one to the next cell, and out of the sheet. */
static void
go_on (McSheet *self,
       guint    row,
       guint    column)
{
  if (row + 1 < self->lines->len)
    mc_sheet_focus_cell (self, row + 1, column);
  else if (!mc_sheet_focus_cell (self, row, column + 1))
    g_signal_emit_by_name (self, "ended");
}

/* The list of a choice is open: keys are its own. */
static gboolean
is_choosing (GtkWidget *widget)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  return focus != NULL && gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL;
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  key,
        guint                  keycode,
        GdkModifierType        state,
        McSheet               *self)
{
  GtkWidget *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  guint row, column;

  if (is_choosing (widget) || !mc_sheet_find_cell (self, widget, &row, &column))
    return FALSE;
  if (key == GDK_KEY_v && (state & GDK_CONTROL_MASK) != 0 &&
      gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (gtk_widget_get_clipboard (widget)), G_TYPE_STRING))
    {
      Pasting *pasting = g_new0 (Pasting, 1);

      pasting->self = g_object_ref (self);
      pasting->widget = g_object_ref (widget);
      gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, pasted_cb, pasting);
      return TRUE;
    }
  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return FALSE;

  switch (key)
    {
    case GDK_KEY_Up:
      return GTK_IS_EDITABLE (widget) && mc_sheet_focus_cell (self, (int) row - 1, column);
    case GDK_KEY_Down:
      return GTK_IS_EDITABLE (widget) && mc_sheet_focus_cell (self, row + 1, column);
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      /* Else a choice would open: whoever types line after line would not get past it.  Space opens it. */
      if (!GTK_IS_EDITABLE (widget))
        go_on (self, row, column);
      return !GTK_IS_EDITABLE (widget);
    case GDK_KEY_Left:
      return is_at_end (widget, key) && mc_sheet_focus_cell (self, row, (int) column - 1);
    case GDK_KEY_Right:
      return is_at_end (widget, key) && mc_sheet_focus_cell (self, row, column + 1);
    default:
      return FALSE;
    }
}

static void
activated_cb (McFieldEditor *editor,
              McSheet       *self)
{
  guint row, column;

  if (mc_sheet_find_cell (self, mc_field_editor_get_widget (editor), &row, &column))
    go_on (self, row, column);
}

void
mc_sheet_watch_cell (McSheet       *self,
                     McFieldEditor *editor)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (mc_field_editor_get_widget (editor), keys);
  g_signal_connect (editor, "activated", G_CALLBACK (activated_cb), self);
}
