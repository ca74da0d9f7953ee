/* mc-rows.c: the rows of a list box, kept while what they show changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-rows.h"

#define KEY "mc-row-key"

static gboolean
has_key (GtkListBoxRow *row,
         const char    *key)
{
  return g_strcmp0 (g_object_get_data (G_OBJECT (row), KEY), key) == 0;
}

static GtkListBoxRow *
find_from (GtkListBox *list,
           int         place,
           const char *key)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, place++)) != NULL)
    if (has_key (row, key))
      return row;

  return NULL;
}

/* The row that the focus is in, and the widget that has it. */
static GtkListBoxRow *
find_focus (GtkListBox  *list,
            GtkWidget  **out_widget)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (list));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (list)))
    return NULL;
  *out_widget = focus;

  return GTK_LIST_BOX_ROW (gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BOX_ROW));
}

/* Takes the row to @place, from further down or from where it is made. */
static void
put (GtkListBox *list,
     int         place,
     const char *key,
     McRowFunc   make,
     gpointer    user_data)
{
  GtkListBoxRow *found = find_from (list, place, key);
  g_autoptr(GtkWidget) row = NULL;

  if (found != NULL && gtk_list_box_row_get_index (found) == place)
    return;
  if (found != NULL)
    {
      row = g_object_ref (GTK_WIDGET (found));
      gtk_list_box_remove (list, row);
    }
  else
    {
      row = g_object_ref_sink (make (key, (guint) place, user_data));
      g_object_set_data_full (G_OBJECT (row), KEY, g_strdup (key), g_free);
    }
  gtk_list_box_insert (list, row, place);
}

static void
remove_others (GtkListBox         *list,
               const char * const *keys)
{
  GtkListBoxRow *row;
  int place = 0;

  while ((row = gtk_list_box_get_row_at_index (list, place)) != NULL)
    if (g_strv_contains (keys, g_object_get_data (G_OBJECT (row), KEY)))
      place++;
    else
      gtk_list_box_remove (list, GTK_WIDGET (row));
}

void
mc_rows_set (GtkListBox         *list,
             const char * const *keys,
             McRowFunc           make,
             gpointer            user_data)
{
  GtkWidget *focus = NULL;
  GtkListBoxRow *focused = find_focus (list, &focus), *row;
  int place = focused != NULL ? gtk_list_box_row_get_index (focused) : 0, n_rows = (int) g_strv_length ((char **) keys);
  g_autoptr(GtkWidget) kept = focused != NULL ? g_object_ref (focus) : NULL;

  /* First what goes, so that what stays need not be moved. */
  remove_others (list, keys);
  for (int i = 0; i < n_rows; i++)
    put (list, i, keys[i], make, user_data);
  while ((row = gtk_list_box_get_row_at_index (list, n_rows)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
  if (kept == NULL)
    return;
  /* GTK itself lets go of a focus that has gone only when it draws, and then moves it to wherever it pleases. */
  if (!gtk_widget_is_ancestor (kept, GTK_WIDGET (list)))
    row = gtk_list_box_get_row_at_index (list, MIN (place, n_rows - 1));
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
  else if (gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (list))) != kept)
    gtk_widget_grab_focus (kept);
}
