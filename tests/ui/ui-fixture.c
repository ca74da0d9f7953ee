/* ui-fixture.c: a window on a store of its own, for tests of what is in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ui/ui-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "client/mc-account.h"
#include "mc-test.h"

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  McStore **out_store = user_data;
  g_autoptr(GError) error = NULL;

  *out_store = mc_store_open_finish (result, &error);
  g_assert_no_error (error);
}

McStore *
ui_open_store_of (const char *dir,
                  const char *log,
                  const char *role)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  g_autoptr(McAccount) account = mc_account_new (dir, log, role, "Đinh Thị Hà, Văn thư");
  McJournalConfig config;
  McStore *store = NULL;

  g_assert_no_error (error);
  mc_account_fill_config (account, pack, &config);
  mc_store_open_async (&config, NULL, opened_cb, &store);
  while (store == NULL)
    g_main_context_iteration (NULL, TRUE);

  return store;
}

McStore *
ui_open_store (const char *dir)
{
  return ui_open_store_of (dir, UI_LOG, "commune");
}

void
ui_set_up (UiFixture     *fixture,
           gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("minhchung-place-XXXXXX", NULL);
  fixture->store = ui_open_store (fixture->dir);
  fixture->context = mc_context_new (fixture->store, NULL, "Xã An Hưng", "commune", "Đinh Thị Hà, Văn thư");
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 700);
}

void
ui_tear_down (UiFixture     *fixture,
              gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", fixture->dir);

  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_unref (fixture->context);
  mc_test_finalize (fixture->store);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->dir);
}

void
ui_save (UiFixture *fixture,
         McEdit    *edit)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  mc_store_save_async (fixture->store, edit, g_get_real_time (), NULL, mc_test_result_cb, &result);
  mc_test_wait (&result);
  g_assert_true (mc_store_save_finish (fixture->store, result, NULL, &error));
  g_assert_no_error (error);
}

McRecord *
ui_get (UiFixture  *fixture,
        const char *id)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  McRecord *record;

  mc_store_get_async (fixture->store, id, NULL, NULL, NULL, mc_test_result_cb, &result);
  mc_test_wait (&result);
  record = mc_store_get_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return record;
}

GtkWidget *
ui_find (GtkWidget  *root,
         UiTest      test,
         const char *text)
{
  if (test (root, text))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = ui_find (child, test, text);

      if (found != NULL)
        return found;
    }

  return NULL;
}

gboolean
ui_is_cell (GtkWidget  *widget,
            const char *text)
{
  return GTK_IS_INSCRIPTION (widget) && g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (widget)), text) == 0;
}

gboolean
ui_is_label (GtkWidget  *widget,
             const char *text)
{
  return GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

void
ui_show (UiFixture *fixture,
         GtkWidget *page)
{
  adw_window_set_content (ADW_WINDOW (fixture->window), page);
  gtk_window_present (GTK_WINDOW (fixture->window));
}
