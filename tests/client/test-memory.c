/* test-memory.c: what device and hub keep in memory of a large backlog
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "two-ends.h"

#define FILES      30
#define FILE_BYTES (4 * 1024 * 1024)
#define RECORDS    1500

/* A sync by the real program; its largest resident size in KiB. */
static long
measure_sync (McAccount *account)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "app", "minhchungctl", NULL);
  const char *argv[] = { program, "--data-dir", account->dir, "--json", "sync", NULL };
  g_autoptr(GError) error = NULL;
  struct rusage usage;
  GPid pid;
  int status;

  g_assert_true (g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &pid, &error));
  g_assert_no_error (error);
  g_assert_cmpint (wait4 (pid, &status, 0, &usage), ==, pid);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  g_assert_no_error (error);

  return usage.ru_maxrss;
}

/* The hub's largest resident size so far, in KiB. */
static long
measure_hub (Fixture *fixture)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (fixture->process)), *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "VmHWM:");
  g_assert_nonnull (line);

  return strtol (line + strlen ("VmHWM:"), NULL, 10);
}

/* 120 MiB of files and 1,500 records cost neither end more memory than a few requests do. */
static void
test_backlog (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), above = new_device (fixture, "above", DISTRICT, "district");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  long small, large, down, hub_small, hub_large;

  g_free (save_copy (fixture, journal, 0));
  small = measure_sync (town);
  hub_small = measure_hub (fixture);
  for (guint i = 0; i < FILES; i++)
    g_ptr_array_add (files, save_file (fixture, journal, FILE_BYTES));
  for (guint i = 1; i <= RECORDS; i++)
    g_free (save_copy (fixture, journal, i));
  large = measure_sync (town);
  down = measure_sync (above);
  hub_large = measure_hub (fixture);

  g_test_message ("device %ld KiB with little, %ld with much, district %ld; hub %ld KiB, then %ld", small, large, down, hub_small,
                  hub_large);
  for (guint i = 0; i < FILES; i++)
    g_assert_true (is_at_hub (fixture, files->pdata[i]));
  g_assert_cmpint (large, <, small + 40 * 1024);
  g_assert_cmpint (down, <, small + 40 * 1024);
  g_assert_cmpint (hub_large, <, 64 * 1024);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/memory/backlog", Fixture, NULL, set_up, test_backlog, tear_down);

  return g_test_run ();
}
