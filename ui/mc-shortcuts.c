/* mc-shortcuts.c: which keys do what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GTK would make this window at every start, if its file lay where GTK looks for one; it is made when somebody asks.
 */

#include "mc-shortcuts.h"

#include <glib/gi18n.h>

/* GTK's own catalogue leaves the heading in English, and nobody has named the button beside it. */
static void
name_shortcuts (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), "Shortcuts"))
    gtk_label_set_text (GTK_LABEL (widget), _("Keyboard shortcuts"));
  if (GTK_IS_TOGGLE_BUTTON (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search the shortcuts"), -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_shortcuts (child);
}

static GtkShortcutsWindow *
make (GtkApplicationWindow *window)
{
  g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource ("/vn/minhchung/MinhChung/ui/mc-shortcuts.ui");
  GtkShortcutsWindow *shortcuts = GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_application_window_set_help_overlay (window, shortcuts);
  gtk_window_set_title (GTK_WINDOW (shortcuts), _("Keyboard shortcuts"));
  if (gtk_window_get_titlebar (GTK_WINDOW (shortcuts)) != NULL)
    name_shortcuts (gtk_window_get_titlebar (GTK_WINDOW (shortcuts)));

  return shortcuts;
}

void
mc_shortcuts_show (GtkApplicationWindow *window)
{
  GtkShortcutsWindow *shortcuts = gtk_application_window_get_help_overlay (window);

  gtk_window_present (GTK_WINDOW (shortcuts != NULL ? shortcuts : make (window)));
}
