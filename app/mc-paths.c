/* mc-paths.c: where things lie
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-paths.h"

char *
mc_paths_dup_data_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "minhchung", NULL);
}

/* A folder that was asked for keeps its preferences with it: demonstrations do not touch the person's own. */
char *
mc_paths_dup_settings (const char *data_dir)
{
  if (data_dir != NULL)
    return g_build_filename (data_dir, "settings.ini", NULL);

  return g_build_filename (g_get_user_config_dir (), "minhchung", "settings.ini", NULL);
}

char *
mc_paths_dup_autostart (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", MC_APP_ID ".desktop", NULL);
}

/* A path beside this program, or NULL if there is nothing: where it was built, not where it is installed. */
static char *
find_built (const char *path)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *bin = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *built = bin != NULL ? g_build_filename (bin, path, NULL) : NULL;

  return built != NULL && g_file_test (built, G_FILE_TEST_EXISTS) ? g_steal_pointer (&built) : NULL;
}

char *
mc_paths_dup_locale (void)
{
  g_autofree char *catalogue = find_built ("../po/vi/LC_MESSAGES/" GETTEXT_PACKAGE ".mo");

  return catalogue != NULL ? find_built ("../po") : g_strdup (LOCALEDIR);
}

char *
mc_paths_dup_pdf_program (void)
{
  char *built = find_built ("minhchung-pdf");

  return built != NULL ? built : g_strdup (LIBEXECDIR "/minhchung-pdf");
}
