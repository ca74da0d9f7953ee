/* mc-cells.c: the cells of a long list of records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-cells.h"

#include <glib/gi18n.h>

#include "core/mc-field.h"
#include "core/mc-record-list.h"
#include "mc-record-text.h"

#define RECORD_SIGNALS "mc-record-signals"
#define WORDS_WIDTH 110

void
mc_cells_follow (GtkListItem *item,
                 void       (*show) (GtkListItem *item))
{
  GSignalGroup *signals = g_signal_group_new (MC_TYPE_RECORD_ITEM);

  g_signal_group_connect_swapped (signals, "notify::record", G_CALLBACK (show), item);
  g_object_set_data_full (G_OBJECT (item), RECORD_SIGNALS, signals, g_object_unref);
}

void
mc_cells_bind (GtkListItem *item)
{
  g_signal_group_set_target (g_object_get_data (G_OBJECT (item), RECORD_SIGNALS), gtk_list_item_get_item (item));
}

/* By now GTK may have taken the item away. */
void
mc_cells_unbind (GtkListItem *item)
{
  g_signal_group_set_target (g_object_get_data (G_OBJECT (item), RECORD_SIGNALS), NULL);
}

/* What a column needs. */
typedef struct
{
  McField *field;
  McMarkFunc mark;   /* (nullable) */
  gpointer mark_data;
} Column;

/* A note says first what the line itself does not: that it is void, or what the page marks. */
static char *
note_of (Column   *column,
         McRecord *record,
         char     *note)    /* (transfer full) */
{
  g_autofree char *text = note, *mark = column->mark != NULL ? column->mark (record, column->mark_data) : NULL;
  gboolean is_void = mc_record_get_boolean (record, "void");
  g_autofree char *said = is_void ? g_strdup_printf (_("Void: %s"), mc_record_get_text (record, "void_reason")) : g_strdup (text);

  if (mark == NULL)
    return g_steal_pointer (&said);

  return *said != '\0' ? g_strdup_printf ("%s · %s", mark, said) : g_strdup (mark);
}

static void
show_item (GtkListItem *item)
{
  McRecordItem *record_item = gtk_list_item_get_item (item);
  McRecord *record = record_item != NULL ? mc_record_item_get_record (record_item) : NULL;
  Column *column = g_object_get_data (G_OBJECT (item), "column");
  McField *field = column->field;
  GtkInscription *cell = GTK_INSCRIPTION (gtk_list_item_get_child (item));
  gboolean is_void = record != NULL && mc_record_get_boolean (record, "void"), is_note = g_str_equal (field->name, "note");
  JsonNode *value = record != NULL ? mc_record_get (record, field->name) : NULL;
  g_autofree char *text = mc_record_value_is_sealed (value) ? mc_record_value_text (field, value) : mc_field_format (field, value);

  if (record != NULL && field->type == MC_FIELD_FILES)
    {
      g_autoptr(GPtrArray) files = mc_field_parse_files (mc_record_get (record, field->name));

      g_free (text);
      text = files->len > 0 ? g_strdup_printf ("%u", files->len) : g_strdup ("");
    }
  if (record != NULL && is_note)
    text = note_of (column, record, g_steal_pointer (&text));
  gtk_inscription_set_text (cell, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (cell), is_note && *text != '\0' ? text : NULL);
  if (is_void && !is_note)
    gtk_widget_add_css_class (GTK_WIDGET (cell), "void");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (cell), "void");
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          Column                   *column)
{
  McField *field = column->field;
  GtkWidget *cell = gtk_inscription_new (NULL);
  gboolean is_number = field->type == MC_FIELD_INTEGER || field->type == MC_FIELD_DECIMAL;

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell), GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), is_number ? 1 : 0);
  if (is_number)
    gtk_widget_add_css_class (cell, "numeric");
  g_object_set_data (G_OBJECT (item), "column", column);
  g_object_set_data (G_OBJECT (cell), "item", item);
  gtk_list_item_set_child (item, cell);
  mc_cells_follow (item, show_item);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         Column                   *column)
{
  mc_cells_bind (item);
  show_item (item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           Column                   *column)
{
  mc_cells_unbind (item);
}

/* A heading stands over its figures; the column view itself has all of them at the left. */
static void
align_heading (GtkColumnView *view)
{
  GtkWidget *headings = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *heading = headings != NULL ? gtk_widget_get_last_child (headings) : NULL;
  GtkWidget *box = heading != NULL ? gtk_widget_get_first_child (heading) : NULL;

  if (box != NULL)
    gtk_widget_set_halign (box, GTK_ALIGN_END);
}

void
mc_cells_add_column (GtkColumnView *view,
                     McField       *field,
                     McMarkFunc     mark,
                     gpointer       user_data)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) column = NULL;
  Column *what = g_new0 (Column, 1);

  what->field = field;
  what->mark = mark;
  what->mark_data = user_data;
  g_object_set_data_full (G_OBJECT (factory), "column", what, g_free);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), what);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), what);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), what);
  column = gtk_column_view_column_new (field->short_title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  if (field->type == MC_FIELD_TEXT || field->type == MC_FIELD_PERSON)
    {
      /* Beside the details a heading alone is narrower than any words. */
      gtk_column_view_column_set_fixed_width (column, WORDS_WIDTH);
      gtk_column_view_column_set_expand (column, TRUE);
    }
  else
    gtk_column_view_column_set_fixed_width (column, field->type == MC_FIELD_INTEGER ? 76 : 120);
  gtk_column_view_append_column (view, column);
  if (field->type == MC_FIELD_INTEGER || field->type == MC_FIELD_DECIMAL)
    align_heading (view);
}

void
mc_cells_show_again (GtkWidget *view)
{
  GtkListItem *item = g_object_get_data (G_OBJECT (view), "item");

  if (item != NULL)
    show_item (item);
  for (GtkWidget *child = gtk_widget_get_first_child (view); child != NULL; child = gtk_widget_get_next_sibling (child))
    mc_cells_show_again (child);
}

static GtkListItem *
find_item (GtkWidget *widget)
{
  GtkListItem *item = g_object_get_data (G_OBJECT (widget), "item");

  for (GtkWidget *child = gtk_widget_get_first_child (widget); item == NULL && child != NULL; child = gtk_widget_get_next_sibling (child))
    item = find_item (child);

  return item;
}

McRecord *
mc_cells_get_focused (GtkWidget *view)
{
  GtkRoot *root = gtk_widget_get_root (view);
  GtkWidget *line = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkListItem *item = line != NULL && gtk_widget_is_ancestor (line, view) ? find_item (line) : NULL;
  McRecordItem *record_item = item != NULL ? gtk_list_item_get_item (item) : NULL;

  return record_item != NULL ? mc_record_item_get_record (record_item) : NULL;
}
