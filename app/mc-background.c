/* mc-background.c: whether the desktop starts the program when the person logs in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-background.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "mc-paths.h"
#include "mc-portal.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define REQUEST "org.freedesktop.portal.Request"

/* the file */

/* A word of an Exec line: quoted, with no field code in it. */
static char *
quote (const char *word)
{
  GString *quoted = g_string_new ("\"");

  for (const char *p = word; *p != '\0'; p++)
    {
      if (strchr ("\"`$\\", *p) != NULL)
        g_string_append_c (quoted, '\\');
      if (*p == '%')
        g_string_append_c (quoted, '%');
      g_string_append_c (quoted, *p);
    }
  g_string_append_c (quoted, '"');

  return g_string_free (quoted, FALSE);
}

/**
 * mc_background_write_autostart:
 * @path: the file, in the person's autostart folder
 * @program: path of this program
 * @error: return location
 *
 * Writes the file from which every desktop starts the program, without a window, at login.  Blocks for as long as one small
 * file takes.  After an error the file is as it was.
 */
gboolean
mc_background_write_autostart (const char  *path,
                               const char  *program,
                               GError     **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *dir = g_path_get_dirname (path), *word = quote (program), *line = g_strconcat (word, " --background", NULL);

  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, "Application");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, "Minh Chứng");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_COMMENT, _("Syncs in the background"));
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, MC_APP_ID);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, line);
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", dir, g_strerror (errno));
      return FALSE;
    }

  return g_key_file_save_to_file (file, path, error);
}

/* That it is not there already is as good. */
gboolean
mc_background_drop_autostart (const char  *path,
                              GError     **error)
{
  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", path, g_strerror (errno));

  return FALSE;
}

static void
ask_file (GTask    *task,
          gboolean  is_on)
{
  g_autofree char *path = mc_paths_dup_autostart (), *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr(GError) error = NULL;

  if (is_on ? mc_background_write_autostart (path, program != NULL ? program : "minhchung", &error)
            : mc_background_drop_autostart (path, &error))
    g_task_return_int (task, is_on ? MC_BACKGROUND_STARTS : MC_BACKGROUND_STAYS);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* the portal */

typedef struct
{
  gboolean is_on;
  GDBusConnection *bus;   /* (owned) (nullable) */
  guint subscription;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_clear_object (&asking->bus);
  g_free (asking);
}

/* Ends the subscription, which holds the task, and with it the asking. */
static void
stop_listening (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);
  guint subscription = asking->subscription;

  asking->subscription = 0;
  if (subscription != 0)
    g_dbus_connection_signal_unsubscribe (asking->bus, subscription);
}

static void
response_cb (GDBusConnection *bus,
             const char      *sender,
             const char      *path,
             const char      *interface,
             const char      *signal,
             GVariant        *parameters,
             gpointer         user_data)
{
  g_autoptr(GTask) task = g_object_ref (user_data);
  g_autoptr(GVariant) results = NULL;
  guint response;
  gboolean stays = FALSE, starts = FALSE;

  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "background", "b", &stays);
  g_variant_lookup (results, "autostart", "b", &starts);
  stop_listening (task);
  g_task_return_int (task, response != 0 || !stays ? MC_BACKGROUND_REFUSED : starts ? MC_BACKGROUND_STARTS : MC_BACKGROUND_STAYS);
}

static void
called_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return;   /* the answer comes as a signal */
  g_message ("The desktop starts nothing at login: %s", error->message);
  stop_listening (task);
  g_task_return_int (task, MC_BACKGROUND_STAYS);
}

static GVariant *
make_options (gboolean    is_on,
              const char *token)
{
  const char *command[] = { "minhchung", "--background", NULL };
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "handle_token", "s", token);
  g_variant_dict_insert (&options, "reason", "s", _("To sync with the district while no window is open"));
  g_variant_dict_insert (&options, "autostart", "b", is_on);
  g_variant_dict_insert_value (&options, "commandline", g_variant_new_strv (command, -1));

  return g_variant_dict_end (&options);
}

static void
bus_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autofree char *sender = NULL, *path = NULL, *token = NULL;

  asking->bus = g_bus_get_finish (result, NULL);
  if (asking->bus == NULL)
    {
      g_task_return_int (task, MC_BACKGROUND_STAYS);
      return;
    }
  token = g_strdup_printf ("minhchung%u", g_random_int ());
  sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (asking->bus) + 1), ".", '_');
  path = g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
  asking->subscription = g_dbus_connection_signal_subscribe (asking->bus, PORTAL, REQUEST, "Response", path, NULL,
                                                             G_DBUS_SIGNAL_FLAGS_NONE, response_cb,
                                                             g_object_ref (task), g_object_unref);
  g_dbus_connection_call (asking->bus, PORTAL, PORTAL_PATH, "org.freedesktop.portal.Background", "RequestBackground",
                          g_variant_new ("(s@a{sv})", "", make_options (asking->is_on, token)), G_VARIANT_TYPE ("(o)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, called_cb, g_object_ref (task));
}

/**
 * mc_background_ask_async:
 * @is_on: whether to start at login and stay without a window
 * @callback: called in the main context
 * @user_data: for @callback
 *
 * Asks the desktop.  Inside a sandbox the desktop may ask the person; where it has no such service the program may stay, but
 * is not started.
 */
void
mc_background_ask_async (gboolean             is_on,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Asking *asking = g_new0 (Asking, 1);

  asking->is_on = is_on;
  g_task_set_task_data (task, asking, asking_free);
  if (mc_portal_is_needed ())
    g_bus_get (G_BUS_TYPE_SESSION, NULL, bus_cb, g_object_ref (task));
  else
    ask_file (task, is_on);
}

/* What the desktop answered; %MC_BACKGROUND_REFUSED with @error set if the file could not be written or removed. */
McBackgroundAnswer
mc_background_ask_finish (GAsyncResult  *result,
                          GError       **error)
{
  gssize answer = g_task_propagate_int (G_TASK (result), error);

  return answer < 0 ? MC_BACKGROUND_REFUSED : (McBackgroundAnswer) answer;
}
