/* bench-window.c: the application itself, from its start to its first frame
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <locale.h>

#include "bench-frame.h"
#include "mc-application.h"
#include "mc-paths.h"
#include "mc-window.h"

int
main (int    argc,
      char **argv)
{
  g_autofree char *settings_path = NULL;
  g_autoptr(McSettings) settings = NULL;
  g_autoptr(McApplication) application = NULL;

  if (argc != 2)
    {
      g_printerr ("usage: bench-window FOLDER (of bench-fill)\n");
      return 2;
    }
  setlocale (LC_ALL, "C.UTF-8");
  settings_path = mc_paths_dup_settings (argv[1]);
  settings = mc_settings_new (settings_path);
  application = mc_application_new (argv[1], NULL, FALSE, settings);
  bench_frame_watch (GTK_APPLICATION (application), MC_TYPE_WINDOW);

  return g_application_run (G_APPLICATION (application), 1, argv);
}
