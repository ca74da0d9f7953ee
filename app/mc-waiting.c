/* mc-waiting.c: what is shown in place of an enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-waiting.h"

#include <glib/gi18n.h>

#include "mc-error-text.h"

static GtkWidget *
new_window (GtkApplication *application,
            const char     *title,
            GtkWidget      *page)
{
  GtkWidget *window = adw_application_window_new (application), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();

  gtk_widget_set_vexpand (page, TRUE);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), adw_window_title_new ("Minh Chứng", ""));
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), page);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 480);
  gtk_window_set_title (GTK_WINDOW (window), title);

  return window;
}

/* Of one whose data is looked over first. */
GtkWidget *
mc_waiting_new_checking (GtkApplication *application)
{
  GtkWidget *page = adw_status_page_new (), *spinner = gtk_spinner_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (page), _("Checking the data…"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page),
                                   _("The computer or Minh Chứng was switched off in the middle of work. "
                                     "What was entered is still on this computer; the window opens when it has been looked over."));
  gtk_widget_set_size_request (spinner, 32, 32);
  gtk_spinner_start (GTK_SPINNER (spinner));
  adw_status_page_set_child (ADW_STATUS_PAGE (page), spinner);

  return new_window (application, _("Checking the data…"), page);
}

/* Of an enrolment that cannot be opened: why, and the way to a backup. */
GtkWidget *
mc_waiting_new_failure (GtkApplication *application,
                        const GError   *error)
{
  g_autofree char *text = mc_error_text (error);
  GtkWidget *page = adw_status_page_new (), *restore = gtk_button_new_with_label (_("_Restore a backup…"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "dialog-error-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _("The data could not be opened"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), text);
  adw_status_page_set_child (ADW_STATUS_PAGE (page), restore);
  gtk_button_set_use_underline (GTK_BUTTON (restore), TRUE);
  gtk_widget_set_halign (restore, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (restore), "app.restore");

  return new_window (application, "Minh Chứng", page);
}
