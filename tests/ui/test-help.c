/* test-help.c: the handbook, opened from a page
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <string.h>

#include "mc-ui.h"
#include "mc-window.h"
#include "ui/ui-fixture.h"

#define CHAPTERS "/vn/minhchung/MinhChung/help/"

static GtkWindow *
find_window (const char *title)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr(GtkWindow) window = g_list_model_get_item (windows, i);

      if (g_strcmp0 (gtk_window_get_title (window), title) == 0)
        return window;
    }

  return NULL;
}

/* (transfer full) the first line of a chapter of the handbook, (nullable) if there is no such chapter */
static char *
heading (const char *chapter)
{
  g_autofree char *path = g_strdup_printf (CHAPTERS "%s.md", chapter);
  g_autoptr(GBytes) bytes = g_resources_lookup_data (path, 0, NULL);
  const char *text = bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL;

  return text != NULL && g_str_has_prefix (text, "# ") ? g_strndup (text + 2, strcspn (text + 2, "\n")) : NULL;
}

static void
show_section (GtkWidget *window,
              int        number)
{
  g_assert_true (gtk_widget_activate_action (window, "win.page", "i", number));
}

/* F1 opens a chapter of its own on each page that the window has, not the list of chapters. */
static void
test_each (UiFixture     *fixture,
           gconstpointer  data)
{
  GtkWidget *window = mc_window_new (NULL, fixture->context);
  g_autoptr(GHashTable) opened = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  McPage *last = NULL;

  gtk_window_present (GTK_WINDOW (window));
  show_section (window, 0);
  for (int i = 1; mc_window_get_page (MC_WINDOW (window)) != last; i++)
    {
      char *title;

      last = mc_window_get_page (MC_WINDOW (window));
      g_test_message ("%s", mc_page_get_title (last));
      g_assert_cmpstr (mc_page_get_help (last), !=, "index");
      title = heading (mc_page_get_help (last));
      g_assert_nonnull (title);
      g_assert_null (find_window (title));
      g_assert_true (gtk_widget_activate_action (window, "win.help", NULL));
      g_assert_nonnull (find_window (title));
      gtk_window_destroy (find_window (title));
      g_assert_true (g_hash_table_add (opened, title));
      show_section (window, i);
    }
  /* As many as there are keys for, Alt+1 to Alt+7. */
  g_assert_cmpuint (g_hash_table_size (opened), ==, 7);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  mc_ui_init ();
  g_test_add ("/help/each", UiFixture, NULL, ui_set_up, test_each, ui_tear_down);

  return g_test_run ();
}
