/* main.c: minhchung-hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "core/mc-error.h"
#include "core/mc-file.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "core/mc-text.h"
#include "hub/mc-hub-bundle.h"
#include "hub/mc-hub-files.h"
#include "hub/mc-hub-late.h"
#include "hub/mc-hub-quota.h"
#include "hub/mc-hub-restore.h"
#include "hub/mc-hub-segment.h"
#include "hub/mc-hub-server.h"

#define DRAIN_SECONDS 10

static char *opt_data, *opt_address, *opt_unit, *opt_role, *opt_output, *opt_port_file;
static char *opt_reply, *opt_listen, *opt_flatpak, *opt_flatpak_port_file;
static int opt_port = 8443, opt_flatpak_port = 8080, opt_days = 30;
static gboolean opt_version;
static gboolean is_unreadable;   /* the hub in opt_data is */
static char **opt_rest;

static const GOptionEntry entries[] = {
  { "data", 'd', 0, G_OPTION_ARG_FILENAME, &opt_data, "Folder of the hub", "DIR" },
  { "address", 0, 0, G_OPTION_ARG_STRING, &opt_address, "Where devices reach it", "https://HOST:PORT" },
  { "listen", 0, 0, G_OPTION_ARG_STRING, &opt_listen, "IP address to listen on (0.0.0.0)", "IP" },
  { "port", 'p', 0, G_OPTION_ARG_INT, &opt_port, "Port to listen on (8443); 0 = any free one", "N" },
  { "port-file", 0, 0, G_OPTION_ARG_FILENAME, &opt_port_file, "Write the port there once it is open", "FILE" },
  { "flatpak", 0, 0, G_OPTION_ARG_FILENAME, &opt_flatpak, "Hand out the updates in that folder under http://HOST:PORT/flatpak/", "DIR" },
  { "flatpak-port", 0, 0, G_OPTION_ARG_INT, &opt_flatpak_port, "Port for them (8080); 0 = any free one", "N" },
  { "flatpak-port-file", 0, 0, G_OPTION_ARG_FILENAME, &opt_flatpak_port_file, "Write that port there once it is open", "FILE" },
  { "unit", 0, 0, G_OPTION_ARG_STRING, &opt_unit, "Unit of the new device: CODE or CODE@VALID-FROM", "UNIT" },
  { "role", 0, 0, G_OPTION_ARG_STRING, &opt_role, "commune, district or auditor (commune)", "ROLE" },
  { "days", 0, 0, G_OPTION_ARG_INT, &opt_days, "How long the line is good for (30)", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output, "Also write the line as a .mcenrol file", "FILE" },
  { "reply", 0, 0, G_OPTION_ARG_FILENAME, &opt_reply, "Folder for the answers to bundles", "FOLDER" },
  { "version", 0, 0, G_OPTION_ARG_NONE, &opt_version, "Print the version", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &opt_rest, NULL, NULL },
  { NULL }
};

static int
fail (const char *what)
{
  g_printerr ("minhchung-hub: %s\n", what);

  return 1;
}

/* A word that is none of a command's own is not passed over: whoever mistypes "revoke" must not believe it done. */
static gboolean
usage (const char  *message,
       GError     **error)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);

  return FALSE;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

/* A listener that runs out of descriptors never comes back. */
static void
raise_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static gboolean
write_port (const char  *path,
            guint        port,
            GError     **error)
{
  g_autofree char *text = g_strdup_printf ("%u\n", port);

  return path == NULL || g_file_set_contents (path, text, -1, error);
}

static gboolean
serve (McHub   *hub,
       GError **error)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(McHubServer) server = NULL;
  g_autoptr(McHubFiles) files = NULL;
  const char *listen = opt_listen != NULL ? opt_listen : "0.0.0.0";

  /* Before anybody can know that it listens: whoever stops it at once stops it in order, too. */
  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_unix_signal_add (SIGINT, quit_cb, loop);
  raise_limit ();
  /* Held until the process ends: a restore must not pull the store from under it. */
  if (mc_hub_lock (opt_data, error) < 0)
    return FALSE;
  if (!(server = mc_hub_server_new (hub, listen, opt_port, error)))
    return FALSE;
  /* A service that is told its options by variables says "none" with an empty one. */
  if (opt_flatpak != NULL && *opt_flatpak != '\0' &&
      (!(files = mc_hub_files_new (opt_flatpak, listen, opt_flatpak_port, error)) ||
       !write_port (opt_flatpak_port_file, mc_hub_files_get_port (files), error)))
    return FALSE;
  if (!write_port (opt_port_file, mc_hub_server_get_port (server), error))
    return FALSE;
  g_message ("serve listen=%s port=%u flatpak_port=%u version=" MC_VERSION, listen, mc_hub_server_get_port (server),
             files != NULL ? mc_hub_files_get_port (files) : 0);
  g_main_loop_run (loop);
  /* What is being committed is committed, and its device told. */
  mc_hub_listener_drain (mc_hub_server_get_listener (server), DRAIN_SECONDS);
  g_message ("serve outcome=stopped");

  return TRUE;
}

static gboolean
enrol (McHub   *hub,
       GError **error)
{
  gint64 now_us = g_get_real_time ();
  g_autofree char *today = mc_text_format_moment (now_us, "%Y-%m-%d"), *log = NULL, *line = NULL, *file = NULL;

  if (opt_unit == NULL)
    return usage ("Say which unit: --unit CODE", error);
  if (opt_days < 1)
    return usage ("A line is good for one day at least", error);
  if (!(log = mc_hub_find_log (hub, opt_unit, today, error)) ||
      !(line = mc_hub_enrol (hub, log, opt_role != NULL ? opt_role : "commune", opt_address, opt_days,
                             now_us, error)))
    return FALSE;

  g_print ("%s\n", line);
  if (opt_output == NULL)
    return TRUE;
  file = g_strdup_printf ("# Minh Chứng: tệp ghi danh cho %s (dùng một lần)\n%s\n", log, line);

  return g_file_set_contents_full (opt_output, file, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* unit [list] | unit import FILE */
static gboolean
unit (McHub       *hub,
      const char  *what,
      const char  *path,
      GError     **error)
{
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) units = NULL;
  guint count;
  gsize size;

  if (g_strcmp0 (what, "import") == 0 && path != NULL)
    {
      if (!mc_file_read (path, MC_UNITS_MAX_BYTES, &text, &size, error))
        return FALSE;
      if (strlen (text) != size)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s: It is no text", path);
          return FALSE;
        }
      if (!mc_hub_import_units (hub, text, &count, error))
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
      g_print ("%u units\n", count);
      return TRUE;
    }
  if (what != NULL && !g_str_equal (what, "list"))
    return usage ("say: unit list, or unit import FILE", error);
  if (!(units = mc_hub_units_to_json (hub, error)))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (units)); i++)
    {
      JsonObject *object = json_array_get_object_element (json_node_get_array (units), i);

      g_print ("%s@%s  %s  %s\n", json_object_get_string_member (object, "code"), json_object_get_string_member (object, "valid_from"),
               mc_json_get_text (object, "kind", ""), json_object_get_string_member (object, "name"));
    }

  return TRUE;
}

/* device [list] | device late | device revoke ID */
static gboolean
device (McHub       *hub,
        const char  *what,
        const char  *id,
        GError     **error)
{
  g_autofree char *list = NULL;
  g_autoptr(GError) local_error = NULL;

  if (g_strcmp0 (what, "revoke") == 0 && id != NULL)
    return mc_hub_revoke (hub, id, g_get_real_time (), error);
  if (what != NULL && !g_str_equal (what, "list") && !g_str_equal (what, "late"))
    return usage ("say: device list, device late, or device revoke ID", error);
  list = g_strcmp0 (what, "late") == 0 ? mc_hub_list_late (hub, &local_error) : mc_hub_list_devices (hub, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_print ("%s", list);

  return TRUE;
}

/* Where the answer to @path goes: beside the others, under a name of its own.  Bundles of two devices may be named alike, and
 * the one's answer must not take the other's place. */
static char *
reply_path (const char *path)
{
  g_autofree char *base = g_path_get_basename (path), *stem = NULL;
  char *reply;

  if (opt_reply == NULL)
    return NULL;
  if (g_str_has_suffix (base, ".mcbundle"))
    base[strlen (base) - strlen (".mcbundle")] = '\0';
  stem = g_build_filename (opt_reply, base, NULL);
  reply = g_strconcat (stem, ".reply.mcbundle", NULL);
  for (guint i = 2; g_file_test (reply, G_FILE_TEST_EXISTS); i++)
    {
      g_free (reply);
      reply = g_strdup_printf ("%s-%u.reply.mcbundle", stem, i);
    }

  return reply;
}

/* Each file by itself: one that is bad does not keep the others out. */
static gboolean
read_bundles (McHub   *hub,
              char   **paths,
              GError **error)
{
  guint n_bad = 0;

  for (gsize i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *reply = reply_path (paths[i]);
      g_autoptr(GError) local_error = NULL;
      McHubBundleReport report;

      if (mc_hub_read_bundle (hub, paths[i], reply, G_MAXUINT64, g_get_real_time (), NULL, &report,
                              &local_error))
        g_print ("%s: device %s, %u changes, %u of them refused, %" G_GUINT64_FORMAT " bytes of files%s%s\n", paths[i], report.device,
                 report.n_changes, report.n_refused, report.evidence_bytes, reply != NULL ? "; answer: " : "", reply != NULL ? reply : "");
      else
        {
          g_printerr ("minhchung-hub: %s: %s\n", paths[i], local_error->message);
          n_bad++;
        }
      mc_hub_bundle_report_clear (&report);
    }
  if (n_bad > 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%u of %u bundles were not taken", n_bad, g_strv_length (paths));

  return n_bad == 0;
}

/* What a new device of @unit would fetch, as a file. */
static gboolean
snapshot (McHub       *hub,
          const char  *unit_name,
          const char  *path,
          GError     **error)
{
  g_autofree char *today = mc_text_format_moment (g_get_real_time (), "%Y-%m-%d"), *log = mc_hub_find_log (hub, unit_name, today, error);
  guint64 rows;
  guint devices;

  if (log == NULL || !mc_hub_write_snapshot (hub, log, path, &rows, &devices, error))
    return FALSE;
  g_print ("%s: %" G_GUINT64_FORMAT " rows, sealed for %u devices\n", log, rows, devices);

  return TRUE;
}

/* quota | quota log MIB | quota evidence MIB */
static gboolean
quota (McHub       *hub,
       const char  *what,
       const char  *size,
       GError     **error)
{
  g_autofree char *setting = what != NULL ? g_strdup_printf ("quota-%s-bytes", what) : NULL, *bytes = NULL;
  guint64 mib;

  if (what != NULL && ((!g_str_equal (what, "log") && !g_str_equal (what, "evidence")) || size == NULL ||
                       !g_ascii_string_to_unsigned (size, 10, 1, 1024 * 1024 * 1024, &mib, NULL)))
    return usage ("say: quota log MIB, or quota evidence MIB", error);
  if (what != NULL)
    {
      bytes = g_strdup_printf ("%" G_GUINT64_FORMAT, mib * 1024 * 1024);
      if (!mc_hub_set_setting (hub, setting, bytes, error))
        return FALSE;
    }
  g_print ("log       %" G_GUINT64_FORMAT " MiB a device\nevidence  %" G_GUINT64_FORMAT " MiB a unit\n",
           mc_hub_get_log_quota (hub) / (1024 * 1024), mc_hub_get_evidence_quota (hub) / (1024 * 1024));

  return TRUE;
}

/* How many words a command takes: "device revoke A B" must not look as if both were shut out. */
static gboolean
check_words (GError **error)
{
  static const struct
  {
    const char *command;
    guint n_words;
  } commands[] = { { "unit", 2 }, { "unit list", 1 }, { "device", 2 }, { "device list", 1 }, { "device late", 1 }, { "quota", 2 },
                   { "snapshot", 2 }, { "backup", 1 }, { "restore", 1 }, { "bundle", G_MAXUINT } };
  guint n_words = g_strv_length (opt_rest) - 1, allowed = 0;
  g_autofree char *both = g_strjoin (" ", opt_rest[0], opt_rest[1], NULL);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (opt_rest[0], commands[i].command) || g_str_equal (both, commands[i].command))
      allowed = commands[i].n_words;
  if (n_words <= allowed)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is one word too many; see --help", opt_rest[allowed + 1]);

  return FALSE;
}

/* libsoup would take the last 16 bits of what is no port. */
static gboolean
check_port (const char  *option,
            int          port,
            GError     **error)
{
  if (port >= 0 && port <= G_MAXUINT16)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s=%d: a port is a number from 0 to %d", option, port, G_MAXUINT16);

  return FALSE;
}

static gboolean
run (const char  *command,
     GError     **error)
{
  g_autoptr(McHub) hub = NULL;
  const char *first = opt_rest[0] != NULL ? opt_rest[1] : NULL, *second = first != NULL ? opt_rest[2] : NULL;
  g_autofree char *report = NULL;

  if (!check_words (error) || !check_port ("--port", opt_port, error) || !check_port ("--flatpak-port", opt_flatpak_port, error))
    return FALSE;
  if (g_str_equal (command, "init"))
    return mc_hub_init (opt_data, opt_address, error);
  if (g_str_equal (command, "restore") && first != NULL)
    {
      if (!mc_hub_restore (opt_data, first, g_get_real_time (), &report, error))
        return FALSE;
      g_print ("%s\n", report);
      return TRUE;
    }
  if (!(hub = mc_hub_open (opt_data, error)))
    {
      is_unreadable = TRUE;
      return FALSE;
    }
  if (g_str_equal (command, "serve"))
    return serve (hub, error);
  if (g_str_equal (command, "enrol"))
    return enrol (hub, error);
  if (g_str_equal (command, "unit"))
    return unit (hub, first, second, error);
  if (g_str_equal (command, "device"))
    return device (hub, first, second, error);
  if (g_str_equal (command, "bundle") && g_strcmp0 (first, "read") == 0 && second != NULL)
    return read_bundles (hub, opt_rest + 2, error);
  if (g_str_equal (command, "snapshot") && second != NULL)
    return snapshot (hub, first, second, error);
  if (g_str_equal (command, "backup") && first != NULL)
    return mc_hub_backup (hub, first, error);
  if (g_str_equal (command, "quota"))
    return quota (hub, first, second, error);
  if (g_str_equal (command, "verify"))
    {
      if (!mc_hub_verify (hub, &report, error))
        return FALSE;
      g_print ("%s\n", report);
      return TRUE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no command, or lacks its argument; see --help", command);

  return FALSE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GOptionContext) context = g_option_context_new ("init|serve|unit import FILE|unit list|enrol|device list|"
                                                            "device revoke ID|device late|quota [log|evidence MIB]|verify|bundle read FILE…|snapshot UNIT FILE|backup FOLDER|restore FOLDER");
  g_autoptr(GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "The server that stands between communes and their district.");
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail (error->message);
  if (opt_version)
    {
      g_print ("minhchung-hub %s\n", MC_VERSION);
      return 0;
    }
  if (opt_rest == NULL || opt_data == NULL)
    return fail ("say what to do and where: minhchung-hub serve --data DIR (see --help)");
  if (run (opt_rest[0], &error))
    return 0;
  fail (error->message);
  if (is_unreadable && (g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT) ||
                        g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_DATABASE)))
    fail ("nothing was changed; bring a backup back with: minhchung-hub restore FOLDER --data DIR");

  return 1;
}
