/* mc-waiting.c: what is shown in place of an enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-waiting.h"

#include <glib/gi18n.h>

#include "mc-error-text.h"

static GtkWidget *
new_window (GtkApplication *application,
            GtkWidget      *page)
{
  GtkWidget *window = adw_application_window_new (application), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 640, 480);
  gtk_window_set_title (GTK_WINDOW (window), "Minh Chứng");

  return window;
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

  return new_window (application, page);
}
