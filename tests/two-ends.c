/* two-ends.c: a real minhchung-hub and devices enrolled at it, for every test that needs both ends
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include "two-ends.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "client/mc-enrol.h"
#include "core/mc-id.h"
#include "hub/mc-hub.h"
#include "mc-test.h"

/* minhchung-hub with @first, the words after it, and @flags of what to hear. */
static GSubprocess *
spawn_hub (Fixture          *fixture,
           GSubprocessFlags  flags,
           const char       *first,
           va_list           words)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "sync", "hub", "minhchung-hub", NULL);
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  GSubprocess *process;

  g_ptr_array_add (argv, program);
  g_ptr_array_add (argv, (char *) "--data");
  g_ptr_array_add (argv, fixture->hub_dir);
  for (const char *word = first; word != NULL; word = va_arg (words, const char *))
    g_ptr_array_add (argv, (char *) word);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char * const *) argv->pdata, flags, &error);
  g_assert_no_error (error);

  return process;
}

char *
run_hub (Fixture    *fixture,
         const char *first,
         ...)
{
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  char *out = NULL;
  va_list words;

  va_start (words, first);
  process = spawn_hub (fixture, G_SUBPROCESS_FLAGS_STDOUT_PIPE, first, words);
  va_end (words);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));

  return g_strchomp (out);
}

void
hub_refuses (Fixture    *fixture,
             const char *text,
             const char *first,
             ...)
{
  g_autoptr(GSubprocess) process = NULL;
  g_autofree char *said = NULL;
  g_autoptr(GError) error = NULL;
  va_list words;

  va_start (words, first);
  process = spawn_hub (fixture, G_SUBPROCESS_FLAGS_STDERR_PIPE, first, words);
  va_end (words);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, &error));
  g_assert_no_error (error);
  g_test_message ("%s", said);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
  g_assert_nonnull (strstr (said, text));
}

/* A test that fails leaves no hub behind. */
static void
end_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

gboolean
try_start_hub (Fixture *fixture)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "sync", "hub", "minhchung-hub", NULL);
  g_autofree char *port_file = g_build_filename (fixture->dir, "port", NULL), *port = g_strdup_printf ("%u", fixture->port);
  g_autofree char *log = g_build_filename (fixture->dir, "hub.log", NULL), *text = NULL;
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr(GError) error = NULL;

  g_remove (port_file);
  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_setenv (launcher, "G_DEBUG", "fatal-criticals", TRUE);
  for (gsize i = 0; fixture->hub_env != NULL && fixture->hub_env[i] != NULL; i++)
    {
      g_auto(GStrv) pair = g_strsplit (fixture->hub_env[i], "=", 2);

      g_subprocess_launcher_setenv (launcher, pair[0], pair[1], TRUE);
    }
  fixture->process = g_subprocess_launcher_spawn (launcher, &error, program, "serve", "--data", fixture->hub_dir,
                                                  "--listen", "127.0.0.1", "--port", port, "--port-file", port_file, NULL);
  g_assert_no_error (error);
  for (int i = 0; i < 30000 && !g_file_get_contents (port_file, &text, NULL, NULL) &&
       g_subprocess_get_identifier (fixture->process) != NULL; i++)
    g_usleep (1000);
  if (text == NULL)
    {
      g_subprocess_wait (fixture->process, NULL, NULL);
      g_clear_object (&fixture->process);
      return FALSE;
    }
  fixture->port = atoi (text);

  return TRUE;
}

/* What the hub said before it failed goes away with its folder. */
static void
show_log (Fixture *fixture)
{
  g_autofree char *log = g_build_filename (fixture->dir, "hub.log", NULL), *text = NULL;

  if (g_file_get_contents (log, &text, NULL, NULL))
    g_test_message ("%s", text);
}

void
start_hub (Fixture *fixture)
{
  gboolean started = try_start_hub (fixture);

  if (!started)
    show_log (fixture);
  g_assert_true (started);
}

void
stop_hub (Fixture *fixture,
          int      signal)
{
  g_subprocess_send_signal (fixture->process, signal);
  g_subprocess_wait (fixture->process, NULL, NULL);
  if (signal == SIGTERM && !g_subprocess_get_successful (fixture->process))
    {
      show_log (fixture);
      g_test_message ("hub's wait status: %d", g_subprocess_get_status (fixture->process));
      g_assert_true (g_subprocess_get_successful (fixture->process));
    }
  g_clear_object (&fixture->process);
}

/* As minhchung-hub init and unit import do it, without starting it twice for every test: test-ctl.sh starts these. */
static void
make_hub (const char *dir)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", "units", "an-lao.json", NULL), *units = NULL;
  g_autoptr(GError) error = NULL;
  McHub *hub;
  guint count;

  g_assert_true (g_file_get_contents (path, &units, NULL, &error));
  g_assert_true (mc_hub_init (dir, NULL, &error));
  g_assert_no_error (error);
  hub = mc_hub_open (dir, &error);
  g_assert_no_error (error);
  g_assert_true (mc_hub_import_units (hub, units, &count, &error));
  g_assert_no_error (error);
  mc_hub_close (hub);
}

void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  guint tries = 0;

  fixture->dir = g_dir_make_tmp ("mc-two-ends-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->hub_dir = g_build_filename (fixture->dir, "hub", NULL);
  fixture->pack = mc_pack_get_builtin (NULL, &error);
  g_assert_no_error (error);
  make_hub (fixture->hub_dir);
  /* None of those that the system hands out: nobody else may come by it between a stop and the next start. */
  do
    fixture->port = g_random_int_range (15000, 32000);
  while (!try_start_hub (fixture) && ++tries < 10);
  g_assert_nonnull (fixture->process);
}

void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->process != NULL)
    stop_hub (fixture, SIGTERM);
  mc_pack_unref (fixture->pack);
  g_strfreev (fixture->hub_env);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->hub_dir);
}

char *
new_line (Fixture    *fixture,
          const char *unit,
          const char *role)
{
  g_autofree char *address = g_strdup_printf ("https://127.0.0.1:%u", fixture->port);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *today = g_date_time_format (now, "%Y-%m-%d"), *log = NULL;
  g_autoptr(GError) error = NULL;
  McHub *hub = mc_hub_open (fixture->hub_dir, &error);
  char *line;

  g_assert_no_error (error);
  log = mc_hub_find_log (hub, unit, today, &error);
  g_assert_no_error (error);
  line = mc_hub_enrol (hub, log, role, address, 30, g_get_real_time (), &error);
  g_assert_no_error (error);
  mc_hub_close (hub);

  return line;
}

McAccount *
new_device (Fixture    *fixture,
            const char *name,
            const char *unit,
            const char *role)
{
  g_autofree char *line = new_line (fixture, unit, role), *dir = g_build_filename (fixture->dir, name, NULL);
  g_autoptr(GError) error = NULL;
  McAccount *account = mc_enrol (dir, line, "Đinh Thị Hà, Tư pháp", NULL, &error);

  g_assert_no_error (error);

  return account;
}

void
point_at (McAccount *account,
          guint      port)
{
  g_autoptr(GError) error = NULL;

  g_free (account->address);
  account->address = g_strdup_printf ("https://127.0.0.1:%u", port);
  g_assert_true (mc_account_save (account, &error));
  g_assert_no_error (error);
}

McHttp *
http_to (McAccount *account,
         guint      port)
{
  g_autofree char *address = g_strdup_printf ("https://127.0.0.1:%u", port);

  return mc_http_new (address, &account->hub);
}

GBytes *
noise_new (gsize size)
{
  guint8 *noise = g_malloc (size);

  mc_random_bytes (noise, size);

  return g_bytes_new_take (noise, size);
}

McJournal *
open_journal (Fixture   *fixture,
              McAccount *account)
{
  g_autoptr(GError) error = NULL;
  McJournal *journal = mc_account_open_journal (account, fixture->pack, &error);

  g_assert_no_error (error);

  return journal;
}

char *
save_copy (Fixture   *fixture,
           McJournal *journal,
           int        number)
{
  g_autofree char *id = mc_id_new (NOW);
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_text (edit, record, "document", "Bằng tốt nghiệp");
  mc_edit_set_text (edit, record, "requester", "Đinh Văn Thành");
  g_assert_true (mc_journal_save (journal, edit, NOW + number, NULL, &error));
  g_assert_no_error (error);

  return g_steal_pointer (&id);
}

char *
save_file (Fixture   *fixture,
           McJournal *journal,
           gsize      size)
{
  g_autofree char *id = mc_id_new (NOW);
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "plan", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(JsonArray) files = json_array_new ();
  g_autofree guint8 *noise = g_malloc (size);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(McEvidence) evidence = NULL;
  g_autoptr(GError) error = NULL;

  mc_random_bytes (noise, size);
  bytes = g_bytes_new (noise, size);
  evidence = mc_journal_attach_bytes (journal, bytes, "kế hoạch.pdf", NOW, &error);
  g_assert_no_error (error);
  json_array_add_element (files, mc_evidence_to_json (evidence));
  mc_edit_set (edit, record, "files", json_node_init_array (json_node_alloc (), files));
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, &error));
  g_assert_no_error (error);

  return g_strdup (evidence->sha256);
}

void
run_sync (McJournal    *journal,
          McAccount    *account,
          McSyncReport *report)
{
  g_autoptr(GError) error = NULL;

  mc_session_run (journal, account, report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

guint
count_pending (McJournal *journal)
{
  McJournalSummary summary;

  g_assert_true (mc_journal_get_summary (journal, &summary, NULL));

  return summary.n_pending_records;
}

/* Records of @type that are here, of every unit. */
guint
count_rows (McJournal  *journal,
            const char *type)
{
  McQuery query = { .type = type, .log = "*" };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, &error);

  g_assert_no_error (error);

  return numbers->len;
}

gboolean
is_at_hub (Fixture    *fixture,
           const char *sha256)
{
  char folder[3] = { sha256[0], sha256[1], '\0' };
  g_autofree char *path = g_build_filename (fixture->hub_dir, "evidence", folder, sha256, NULL);
  g_autofree char *content = NULL, *hash = NULL;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, NULL))
    return FALSE;
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) content, size);
  g_assert_cmpstr (hash, ==, sha256);

  return TRUE;
}

void
assert_nowhere (const char *path,
                const char *needle)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree char *content = NULL;
  const char *name;
  gsize size;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      assert_nowhere (child, needle);
    }
  if (dir == NULL && g_file_get_contents (path, &content, &size, NULL))
    g_assert_null (memmem (content, size, needle, strlen (needle)));
}


void
copy_tree (const char *from,
           const char *to)
{
  const char *argv[] = { "cp", "-a", from, to, NULL };
  g_autoptr(GError) error = NULL;
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

void
spoil_file (const char *from,
            const char *to,
            gssize      size,
            gssize      turned)
{
  g_autofree char *data = NULL;
  gsize whole;

  g_assert_true (g_file_get_contents (from, &data, &whole, NULL));
  if (turned >= 0)
    data[turned] ^= 4;
  g_assert_true (g_file_set_contents (to, data, size >= 0 ? (gsize) size : whole, NULL));
}
