/* mc-lines-window.c: a window over another with lines to be read: what was changed, synced, received
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-lines-window.h"

#include "mc-dialogs.h"

static GtkWidget *
make_list (const char *title)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_valign (list, GTK_ALIGN_START);

  return list;
}

GtkWidget *
mc_lines_window_new (GtkWidget   *parent,
                     const char  *title,
                     int          width,
                     int          height,
                     GtkWidget  **out_header,
                     GtkWidget  **out_list)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new (), *list = make_list (title);

  gtk_widget_add_css_class (scrolled, "page");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  adw_window_set_content (ADW_WINDOW (window), box);
  mc_dialogs_close_on_escape (GTK_WINDOW (window));
  if (out_header != NULL)
    *out_header = header;
  *out_list = list;

  return window;
}

void
mc_lines_window_set_empty (GtkWidget  *list,
                           const char *text)
{
  GtkWidget *empty = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (empty), TRUE);
  gtk_widget_set_margin_top (empty, 24);
  gtk_widget_set_margin_bottom (empty, 24);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (list), empty);
}
