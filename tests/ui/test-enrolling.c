/* test-enrolling.c: the file that an enrolment line is taken from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "mc-first-run.h"
#include "mc-ui.h"
#include "ui/ui-fixture.h"

#define LINE "MC1-a-line"

static gboolean
is_line (GtkWidget  *widget,
         const char *text)
{
  GtkTextIter start, end;
  g_autofree char *typed = NULL;

  if (!GTK_IS_TEXT_VIEW (widget))
    return FALSE;
  gtk_text_buffer_get_bounds (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), &start, &end);
  typed = gtk_text_buffer_get_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), &start, &end, FALSE);

  return g_str_equal (typed, text);
}

static void
read_file (GtkWidget  *first,
           const char *dir,
           const char *bytes,
           gssize      size)
{
  g_autofree char *path = g_build_filename (dir, "xa.mcenrol", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (path, bytes, size, NULL));
  mc_first_run_read_file (MC_FIRST_RUN (first), file);
}

/* A file that is empty, no text or far too large is told as such and leaves the line alone; one that is right takes the words away. */
static void
test_file (void)
{
  static const char * const units[] = { "Xã An Hưng", NULL };
  GtkWidget *first = mc_first_run_new (NULL, units);
  g_autofree char *dir = g_dir_make_tmp ("minhchung-enrolling-XXXXXX", NULL), *large = g_strnfill (1000 * 1000, 'x');
  g_autofree char *path = g_build_filename (dir, "xa.mcenrol", NULL);
  const struct { const char *bytes; gssize size; } wrong[] = { { "", 0 }, { " \n\n", 3 }, { "\xff\xfe\x00", 3 }, { large, -1 } };

  gtk_window_present (GTK_WINDOW (first));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      read_file (first, dir, wrong[i].bytes, wrong[i].size);
      UI_WAIT_FOR (ui_find (first, ui_is_label, "cannot be read as an enrolment file") != NULL);
      g_assert_nonnull (ui_find (first, is_line, ""));
      read_file (first, dir, LINE "\n", -1);
      UI_WAIT_FOR (ui_find (first, is_line, LINE) != NULL);
      g_assert_null (ui_find (first, ui_is_label, "cannot be read as an enrolment file"));
      mc_first_run_set_line (MC_FIRST_RUN (first), "");
    }
  gtk_window_destroy (GTK_WINDOW (first));
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  mc_ui_init ();
  g_test_add_func ("/enrolling/file", test_file);

  return g_test_run ();
}
