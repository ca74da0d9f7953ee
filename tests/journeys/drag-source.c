/* drag-source.c: a window with a file to drag out of it, as the files program has; for a journey
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 * usage: drag-source FILE…
 */

#include <gtk/gtk.h>

static gboolean is_open = TRUE;

static GdkContentProvider *
prepare_cb (GtkDragSource *source,
            double         x,
            double         y,
            GSList        *files)
{
  return gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, files);
}

static gboolean
close_cb (GtkWindow *window)
{
  is_open = FALSE;

  return GDK_EVENT_PROPAGATE;
}

int
main (int   argc,
      char *argv[])
{
  GtkWidget *window, *label;
  GtkDragSource *source;
  GSList *files = NULL;

  gtk_init ();
  for (int i = argc - 1; i > 0; i--)
    files = g_slist_prepend (files, g_file_new_for_path (argv[i]));
  window = gtk_window_new ();
  label = gtk_label_new ("Kéo từ đây");
  source = gtk_drag_source_new ();
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_cb), files);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (source));
  g_signal_connect (window, "close-request", G_CALLBACK (close_cb), NULL);
  gtk_window_set_title (GTK_WINDOW (window), "Tệp để kéo");
  gtk_window_set_default_size (GTK_WINDOW (window), 200, 200);
  gtk_window_set_child (GTK_WINDOW (window), label);
  gtk_window_present (GTK_WINDOW (window));
  while (is_open)
    g_main_context_iteration (NULL, TRUE);
  g_slist_free_full (files, g_object_unref);

  return 0;
}
