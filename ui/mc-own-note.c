/* mc-own-note.c: whose records a page shows, where that is not plain
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-own-note.h"

#include <glib/gi18n.h>

#define CRITERIA_PAGE 1   /* of the window's sections */
#define CSS_CLASS "mc-note"

void
mc_own_note_append (GtkBox    *box,
                    McContext *context)
{
  GtkWidget *note, *label, *button;
  g_autofree char *text = NULL;

  if (mc_context_is_commune (context))
    return;
  /* Translators: name of the district. */
  text = g_strdup_printf (_("Only what %s itself enters stands here. What the communes sent counts in the points of each criterion."),
                          mc_context_get_unit_name (context));
  note = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  label = gtk_label_new (text);
  button = gtk_button_new_with_mnemonic (_("See the _criteria"));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.page");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", CRITERIA_PAGE);
  gtk_widget_add_css_class (note, CSS_CLASS);
  gtk_box_append (GTK_BOX (note), label);
  gtk_box_append (GTK_BOX (note), button);
  gtk_box_append (box, note);
}

gboolean
mc_own_note_has (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (gtk_widget_has_css_class (widget, CSS_CLASS))
      return TRUE;

  return FALSE;
}
