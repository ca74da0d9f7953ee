/* main.c: the desktop application
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <glib/gi18n.h>
#include <locale.h>

#include "mc-application.h"
#include "mc-paths.h"

/* gettext translates nothing in the locale "C", and from glibc 2.39 on nothing in "C.UTF-8" either: whatever the machine
 * speaks, its messages are then in one of the locales that nearly every machine has. */
static void
let_gettext_translate (void)
{
  static const char * const locales[] = { "vi_VN.UTF-8", "en_US.UTF-8", "en_GB.UTF-8", "C.UTF-8" };
  const char *now = setlocale (LC_MESSAGES, NULL);

  if (!g_str_equal (now, "C") && !g_str_equal (now, "POSIX") && !g_str_has_prefix (now, "C."))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (locales); i++)
    if (setlocale (LC_MESSAGES, locales[i]) != NULL)
      return;
}

/* Vietnamese unless the person chose English, whatever the machine speaks. */
static void
set_language (McSettings *settings)
{
  g_autofree char *locale = mc_paths_dup_locale ();

  g_setenv ("LANGUAGE", mc_settings_get_language (settings), TRUE);
  if (setlocale (LC_ALL, "") == NULL || g_str_equal (setlocale (LC_CTYPE, NULL), "C"))
    setlocale (LC_ALL, "C.UTF-8");
  let_gettext_translate ();
  /* Figures are written and read by the program itself; a decimal point in CSS or JSON stays a point. */
  setlocale (LC_NUMERIC, "C");
  gtk_disable_setlocale ();
  bindtextdomain (GETTEXT_PACKAGE, locale);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_dir = NULL, *page = NULL, *settings_path = NULL;
  gboolean is_version = FALSE, is_quiet = FALSE, is_service = FALSE;
  const GOptionEntry entries[] = {
    { "background", 'b', 0, G_OPTION_ARG_NONE, &is_quiet, "Sync without a window", NULL },
    { "data-dir", 'd', 0, G_OPTION_ARG_FILENAME, &data_dir, "Folder of the enrolment", "DIR" },
    { "page", 'p', 0, G_OPTION_ARG_STRING, &page, "Page to show first", "NAME" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &is_version, "Print the version", NULL },
    /* As GApplication calls it: this is what the session's bus starts. */
    { "gapplication-service", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &is_service, NULL, NULL },
    { NULL }
  };
  g_autoptr(GOptionContext) options = g_option_context_new ("[FILE.mcenrol]");
  g_autoptr(McSettings) settings = NULL;
  g_autoptr(McApplication) application = NULL;
  g_autoptr(GError) error = NULL;

  /* libsoup's HTTP/2 and the pinned connection of a hub do not go together. */
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    {
      g_printerr ("minhchung: %s\n", error->message);
      return 2;
    }
  if (is_version)
    {
      g_print ("minhchung %s\n", MC_VERSION);
      return 0;
    }

  settings_path = mc_paths_dup_settings (data_dir);
  settings = mc_settings_new (settings_path);
  set_language (settings);
  g_set_application_name ("Minh Chứng");
  application = mc_application_new (data_dir, page, is_quiet, settings);
  if (is_service)
    g_application_set_flags (G_APPLICATION (application),
                             g_application_get_flags (G_APPLICATION (application)) | G_APPLICATION_IS_SERVICE);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
