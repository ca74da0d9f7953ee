/* bench-empty.c: an empty window, to measure ours against
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "bench-frame.h"

static void
activate_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 720);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(AdwApplication) application = adw_application_new ("vn.minhchung.Empty", 0);

  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);
  bench_frame_watch (GTK_APPLICATION (application), ADW_TYPE_APPLICATION_WINDOW);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
