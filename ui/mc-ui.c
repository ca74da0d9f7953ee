/* mc-ui.c: making the widgets ready for use
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-ui.h"

#include <gtk/gtk.h>

#include "core/mc-worker.h"
#include "mc-ui-resources.h"

void
mc_ui_init (void)
{
  mc_ui_register_resource ();
}

static void
read_icons_in_thread (GTask        *task,
                      gpointer      source,
                      gpointer      icons,
                      GCancellable *cancellable)
{
  g_task_return_boolean (task, gtk_icon_theme_has_icon (icons, "open-menu-symbolic"));
}

/**
 * mc_ui_read_icons:
 *
 * libadwaita adds icons of its own, and GTK forgets the theme that it has just read.  Lookups may be done in any thread
 * (“Threading” in gtkicontheme.c): one of ours reads the theme again while the window is made.  Call it after GTK has
 * started; does nothing without a display.
 */
void
mc_ui_read_icons (void)
{
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr(GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  if (display == NULL)
    return;
  g_task_set_source_tag (task, mc_ui_read_icons);
  g_task_set_task_data (task, g_object_ref (gtk_icon_theme_get_for_display (display)), g_object_unref);
  mc_worker_run_apart (task, read_icons_in_thread);
}
