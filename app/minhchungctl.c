/* minhchungctl.c: the same core and sync without a screen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <locale.h>
#include <string.h>

#include "client/mc-session.h"
#include "core/mc-error.h"
#include "ctl/mc-ctl.h"
#include "wire/mc-sync-error.h"

static McCtl ctl = { .seed = 2021 };

static gboolean is_version;

static const GOptionEntry entries[] = {
  { "data-dir", 'd', 0, G_OPTION_ARG_FILENAME, &ctl.dir, "Folder of the enrolment", "DIR" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &ctl.json, "Answer in JSON", NULL },
  { "by", 0, 0, G_OPTION_ARG_STRING, &ctl.by, "Name and position of who works here", "TEXT" },
  { "type", 't', 0, G_OPTION_ARG_STRING, &ctl.type, "Record type, such as document-month", "ID" },
  { "field", 'f', 0, G_OPTION_ARG_STRING, &ctl.field, "Field that files are attached to (files)", "NAME" },
  { "log", 0, 0, G_OPTION_ARG_STRING, &ctl.log, "Unit log to list; * = all (the own one)", "LOG" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &ctl.seed, "Seed of made-up records (2021)", "N" },
  { "search", 's', 0, G_OPTION_ARG_STRING, &ctl.search, "Only records with these words", "WORDS" },
  { "verify", 0, 0, G_OPTION_ARG_NONE, &ctl.verify, "Check the hub's signatures of receipts", NULL },
  { "export", 0, 0, G_OPTION_ARG_FILENAME, &ctl.output, "Write what is in no log there", "FILE" },
  { "version", 0, 0, G_OPTION_ARG_NONE, &is_version, "Print the version", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &ctl.arguments, NULL, NULL },
  { NULL }
};

static const McCtlCommand * const families[] = {
  mc_ctl_sync_commands,
  mc_ctl_bundle_commands,
  mc_ctl_data_commands,
  mc_ctl_proof_commands,
  mc_ctl_score_commands,
  mc_ctl_demo_commands,
  mc_ctl_backup_commands,
  mc_ctl_frames_commands,
  mc_ctl_pack_commands,
  mc_ctl_year_commands,
};

static const McCtlCommand *
find_command (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    for (const McCtlCommand *command = families[i]; command->name != NULL; command++)
      if (g_str_equal (command->name, name))
        return command;

  return NULL;
}

/* How many words may follow it: one that is passed over might be what somebody wanted done. */
static guint
count_words (const McCtlCommand *command)
{
  g_auto(GStrv) words = g_strsplit (command->usage != NULL ? command->usage : "", " ", -1);
  guint n = 0;

  while (words[n] != NULL && !g_str_has_prefix (words[n], "[--"))
    if (strstr (words[n++], "…") != NULL)
      return G_MAXINT;

  return n;
}

static char *
describe_commands (void)
{
  GString *text = g_string_new ("Commands:\n");

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    for (const McCtlCommand *command = families[i]; command->name != NULL; command++)
      {
        g_autofree char *call = g_strjoin (" ", command->name, command->usage, NULL);

        /* printf() counts bytes, and usages have dots of three. */
        g_string_append_printf (text, "  %s%*s%s\n", call, (int) MAX (32 - g_utf8_strlen (call, -1), 1), "", command->summary);
      }

  return g_string_free (text, FALSE);
}

static gboolean
open_journal (gboolean   with_line,
              GError   **error)
{
  g_autoptr(GError) local_error = NULL;

  if (!(ctl.account = mc_account_load (ctl.dir, &local_error)))
    {
      if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                     "No device is enrolled in %s; enrol one with: minhchungctl --data-dir %s enrol LINE", ctl.dir, ctl.dir);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  /* The hub is far away: all else is done before it has said a word. */
  if (with_line)
    ctl.line = mc_session_call (ctl.account);
  if (!(ctl.pack = mc_pack_get_builtin (NULL, error)) ||
      !(ctl.journal = mc_account_open_journal (ctl.account, ctl.pack, error)))
    return FALSE;
  if (ctl.by != NULL)
    mc_journal_set_by (ctl.journal, ctl.by);

  return TRUE;
}

static gboolean
may_write (GError **error)
{
  if (!g_str_equal (ctl.account->role, "auditor"))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "This is an auditor's computer: it reads everything and writes nothing");

  return FALSE;
}

static void
close_journal (void)
{
  if (ctl.line != NULL)
    ctl.line->free (ctl.line);
  ctl.line = NULL;
  g_clear_pointer (&ctl.journal, mc_journal_close);
  g_clear_pointer (&ctl.pack, mc_pack_unref);
  g_clear_pointer (&ctl.account, mc_account_free);
}

static gboolean
run (GError **error)
{
  const McCtlCommand *command;
  gboolean done;
  guint n_words;

  if (ctl.arguments == NULL)
    return mc_ctl_usage (error, "Say what to do; see --help");
  if (!(command = find_command (ctl.arguments[0])))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no command; see --help", ctl.arguments[0]);
      return FALSE;
    }
  n_words = count_words (command);
  if (g_strv_length (ctl.arguments) > n_words + 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” takes %s%s after it, but “%s” is there; see --help",
                   command->name, n_words > 0 ? "only " : "nothing", n_words > 0 ? command->usage : "", ctl.arguments[n_words + 1]);
      return FALSE;
    }

  if (ctl.dir == NULL && command->needs != MC_CTL_NEEDS_NOTHING)
    ctl.dir = g_build_filename (g_get_user_data_dir (), "minhchung", NULL);
  done = (command->needs < MC_CTL_NEEDS_JOURNAL || open_journal (command->needs == MC_CTL_NEEDS_LINE, error)) &&
         (command->needs != MC_CTL_NEEDS_WRITER || may_write (error)) && command->run (&ctl, error);
  close_journal ();

  return done;
}

static int
fail (GError *error)
{
  const char *slug = error->domain == MC_SYNC_ERROR ? mc_sync_error_get_slug (error->code) : NULL;

  if (ctl.json)
    {
      g_autoptr(JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "error", slug != NULL ? slug : "failed");
      json_object_set_string_member (object, "message", error->message);
      mc_ctl_print_json (object);
    }
  g_printerr ("minhchungctl: %s%s%s%s\n", error->message, slug != NULL ? " [" : "", slug != NULL ? slug : "", slug != NULL ? "]" : "");

  if (g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT) ||
      g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_DATABASE))
    g_printerr ("minhchungctl: nothing was changed; bring a backup back with “restore FOLDER”, or enrol anew: what was synced is at the hub\n");

  return error->domain == G_OPTION_ERROR ? 2 : 1;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GOptionContext) context = g_option_context_new ("COMMAND");
  g_autofree char *commands = describe_commands ();
  g_autoptr(GError) error = NULL;
  gboolean is_json;

  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Minh Chứng without a screen.");
  g_option_context_set_description (context, commands);
  is_json = g_strv_contains ((const char * const *) argv, "--json");
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      /* Options that came before a wrong one are as if they had not been there. */
      ctl.json = is_json;
      return fail (error);
    }
  if (is_version)
    g_print ("minhchungctl %s\n", MC_VERSION);
  else if (!run (&error))
    return fail (error);

  return 0;
}
