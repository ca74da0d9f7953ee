/* mc-about.c: what this program is, and whose
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libadwaita's own catalogue has no Vietnamese for this window: what it leaves in English is said in our words.
 */

#include "mc-about.h"

#include <glib/gi18n.h>

static const struct
{
  const char *theirs;
  const char *ours;
} words[] = {
  { "_Details", N_("_Details") },
  { "Details", N_("Details") },
  { "_Credits", N_("_Credits") },
  { "Credits", N_("Credits") },
  { "_Legal", N_("_Legal") },
  { "Legal", N_("Legal") },
  { "Translated by", N_("Translated by") },
  { "About", N_("About") },
  { "Back", N_("Back") },
};

/* (nullable) NULL = leave it */
static const char *
translate (const char *text)
{
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].theirs, text))
      return _(words[i].ours);

  return NULL;
}

static void
translate_label (GtkLabel *label)
{
  const char *text = translate (gtk_label_get_label (label));

  if (text != NULL)
    gtk_label_set_label (label, text);
  else if (g_str_has_prefix (gtk_label_get_text (label), "This application comes with absolutely no warranty."))
    gtk_label_set_markup (label, _("This program comes without any warranty. The terms are those of the "
                                   "<a href=\"https://www.gnu.org/licenses/gpl-3.0.html\">GNU General Public License</a>, "
                                   "version 3 or later."));
}

static void
translate_all (GtkWidget *widget)
{
  const char *text;

  if (ADW_IS_PREFERENCES_ROW (widget) && (text = translate (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)))) != NULL)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), text);
  if (ADW_IS_WINDOW_TITLE (widget) && (text = translate (adw_window_title_get_title (ADW_WINDOW_TITLE (widget)))) != NULL)
    adw_window_title_set_title (ADW_WINDOW_TITLE (widget), text);
  if (ADW_IS_PREFERENCES_GROUP (widget) && (text = translate (adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (widget)))) != NULL)
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (widget), text);
  if ((text = translate (gtk_widget_get_tooltip_text (widget))) != NULL)
    gtk_widget_set_tooltip_text (widget, text);
  if (GTK_IS_LABEL (widget))
    translate_label (GTK_LABEL (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    translate_all (child);
}

void
mc_about_show (GtkWindow *parent)
{
  GtkWidget *window = g_object_new (ADW_TYPE_ABOUT_WINDOW,
                                    "title", _("About Minh Chứng"),
                                    "application-name", "Minh Chứng",
                                    "application-icon", MC_APP_ID,
                                    "version", MC_VERSION,
                                    "developer-name", _("The Minh Chứng team"),
                                    "comments", _("Evidence for the administrative-reform index, kept offline and synced to the district."),
                                    "license-type", GTK_LICENSE_GPL_3_0,
                                    "translator-credits", _("translator-credits"),
                                    "transient-for", parent,
                                    NULL);

  translate_all (window);
  gtk_window_present (GTK_WINDOW (window));
}
