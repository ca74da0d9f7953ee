/* test-autostart.c: what the desktop is given to start at login, and what it is told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gdesktopappinfo.h>
#include <glib/gstdio.h>

#include "mc-background.h"
#include "mc-notices.h"

typedef struct
{
  char *dir;
  char *path;
} Folder;

static void
set_up (Folder *folder, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  folder->dir = g_dir_make_tmp ("minhchung-background-XXXXXX", &error);
  g_assert_no_error (error);
  folder->path = g_build_filename (folder->dir, "autostart", "program.desktop", NULL);
}

static void
tear_down (Folder *folder, gconstpointer data)
{
  g_autofree char *autostart = g_path_get_dirname (folder->path);

  g_unlink (folder->path);
  g_rmdir (autostart);
  g_rmdir (folder->dir);
  g_free (folder->path);
  g_free (folder->dir);
}

/* A desktop that reads the file starts the program with one argument, wherever it lies. */
static void
test_starts (Folder *folder, gconstpointer data)
{
  static const char * const names[] = { "minhchung", "Minh Chứng", "a \"$HOME\" `id` \\ it's" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *program = g_build_filename (folder->dir, names[i], NULL), *said = g_strconcat (program, ".said", NULL);
      g_autofree char *text = NULL;
      g_autoptr(GDesktopAppInfo) info = NULL;
      g_autoptr(GError) error = NULL;
      gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

      g_assert_true (g_file_set_contents_full (program, "#!/bin/sh\necho \"$#\" \"$1\" >\"$0.part\"\nmv \"$0.part\" \"$0.said\"\n", -1,
                                               G_FILE_SET_CONTENTS_NONE, 0700, &error));
      g_assert_true (mc_background_write_autostart (folder->path, program, &error));
      g_assert_no_error (error);
      info = g_desktop_app_info_new_from_filename (folder->path);
      g_assert_nonnull (info);
      g_assert_cmpstr (g_app_info_get_name (G_APP_INFO (info)), ==, "Minh Chứng");
      g_assert_true (g_app_info_launch (G_APP_INFO (info), NULL, NULL, &error));
      g_assert_no_error (error);
      while (!g_file_get_contents (said, &text, NULL, NULL) && g_get_monotonic_time () < end)
        g_usleep (10000);
      g_assert_cmpstr (text, ==, "1 --background\n");
      g_unlink (said);
      g_unlink (program);
    }
}

/* Turned off the file is gone, also when it was gone before; what cannot be written is an error. */
static void
test_drops (Folder *folder, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *below = NULL;

  g_assert_true (mc_background_drop_autostart (folder->path, &error));
  g_assert_true (mc_background_write_autostart (folder->path, "/usr/bin/minhchung", &error));
  g_assert_true (g_file_test (folder->path, G_FILE_TEST_EXISTS));
  below = g_build_filename (folder->path, "below", NULL);
  g_assert_false (mc_background_write_autostart (below, "/usr/bin/minhchung", &error));
  g_assert_nonnull (strstr (error->message, folder->path));
  g_clear_error (&error);
  g_assert_true (mc_background_drop_autostart (folder->path, &error));
  g_assert_false (g_file_test (folder->path, G_FILE_TEST_EXISTS));
  g_assert_true (mc_background_drop_autostart (folder->path, &error));
  g_assert_no_error (error);
}

/* Only what is more to settle than before is news. */
static void
test_worse (void)
{
  const McJournalSummary none = { 0 }, waits = { .n_pending_records = 3, .n_evidence_waiting = 2 };
  const McJournalSummary refused = { .n_refused_records = 1 }, both = { .n_refused_records = 1, .n_conflict_records = 2 };
  const McJournalSummary spared = { .n_spared_records = 1 };

  g_assert_false (mc_notices_is_worse (&none, &none));
  g_assert_false (mc_notices_is_worse (&none, &waits));
  g_assert_true (mc_notices_is_worse (&waits, &refused));
  g_assert_true (mc_notices_is_worse (&refused, &both));
  g_assert_true (mc_notices_is_worse (&both, &spared));
  g_assert_false (mc_notices_is_worse (&both, &both));
  g_assert_false (mc_notices_is_worse (&both, &refused));
  g_assert_false (mc_notices_is_worse (&refused, &none));
}

/* A period is near from three days before its figures are due to that day, and at no other time. */
static void
test_due (void)
{
  const McPackPeriod period = { .id = "half", .title = "6 tháng", .cutoff = "2024-03-01" };
  static const struct { const char *today; gboolean is_near; } cases[] = {
    { "2024-02-26", FALSE }, { "2024-02-27", TRUE }, { "2024-02-29", TRUE }, { "2024-03-01", TRUE }, { "2024-03-02", FALSE },
    { "2023-03-01", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *title = mc_notices_due_title (&period, cases[i].today);

      g_test_message ("%s: %s", cases[i].today, title);
      g_assert_cmpint (title != NULL, ==, cases[i].is_near);
    }
}

/* What was told is remembered by the next start as well; the list does not grow for ever. */
static void
test_told (Folder *folder, gconstpointer data)
{
  g_autoptr(McSettings) settings = mc_settings_new (folder->path);

  g_assert_true (mc_settings_note_told (settings, "pack/first;half"));
  g_assert_false (mc_settings_note_told (settings, "pack/first;half"));
  for (int i = 0; i < 120; i++)
    {
      g_autofree char *what = g_strdup_printf ("pack/%d", i);
      g_autoptr(McSettings) next = mc_settings_new (folder->path);

      g_assert_true (mc_settings_note_told (next, what));
      g_assert_false (mc_settings_note_told (next, what));
    }
  {
    g_autoptr(McSettings) last = mc_settings_new (folder->path);

    g_assert_false (mc_settings_note_told (last, "pack/119"));
    g_assert_true (mc_settings_note_told (last, "pack/0"));
    g_assert_true (mc_settings_get_notifies (last));
    g_assert_false (mc_settings_get_background (last));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/background/starts", Folder, NULL, set_up, test_starts, tear_down);
  g_test_add ("/background/drops", Folder, NULL, set_up, test_drops, tear_down);
  g_test_add_func ("/notices/worse", test_worse);
  g_test_add_func ("/notices/due", test_due);
  g_test_add ("/notices/told", Folder, NULL, set_up, test_told, tear_down);

  return g_test_run ();
}
