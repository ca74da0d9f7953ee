/* test-leaving.c: a window that goes while its page still fetches
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <glib/gstdio.h>

#include "mc-copies-page.h"
#include "mc-criteria-page.h"
#include "mc-documents-page.h"
#include "mc-months-page.h"
#include "mc-overview-page.h"
#include "mc-plan-page.h"
#include "mc-records-page.h"
#include "mc-test.h"
#include "ui/ui-fixture.h"

#define DRAWN_FRAMES 3

static gpointer
wait_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  GMutex *busy = data;

  g_mutex_lock (busy);
  g_mutex_unlock (busy);

  return NULL;
}

static void
waited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_assert_null (mc_store_run_finish (MC_STORE (source), result, NULL));
}

/* The page is shown, and goes with its window before that is drawn; or asks for its records, and goes before they come. */
static void
leave (const char *dir,
       GtkWidget *(*make) (McContext *context),
       gboolean     drawn)
{
  McStore *store = ui_open_store (dir);
  McContext *context = mc_context_new (store, NULL, "Xã An Hưng", "commune", "Đinh Thị Hà, Văn thư");
  GtkWidget *window = adw_window_new ();
  GMutex busy;

  g_mutex_init (&busy);
  g_mutex_lock (&busy);
  mc_store_run_async (store, wait_in_worker, &busy, NULL, NULL, NULL, waited_cb, NULL);
  adw_window_set_content (ADW_WINDOW (window), make (context));
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (window) ||
         (drawn && gdk_frame_clock_get_frame_counter (gtk_widget_get_frame_clock (window)) < DRAWN_FRAMES))
    {
      if (drawn)
        gtk_widget_queue_draw (window);
      g_main_context_iteration (NULL, TRUE);
    }
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_add_weak_pointer (G_OBJECT (context), (gpointer *) &context);
  g_object_unref (context);

  /* What the overview asked for still comes, and finds all that it works with; after that nothing is left of them. */
  if (drawn && make == mc_overview_page_new)
    g_assert_nonnull (context);
  g_mutex_unlock (&busy);
  mc_test_finalize (store);
  g_assert_null (context);
  g_mutex_clear (&busy);
}

/* Whatever page is on screen, a window may go while the page fetches its records: nothing is used after it is freed. */
static void
test_pages (void)
{
  GtkWidget *(*const pages[]) (McContext *) = {
    mc_overview_page_new, mc_criteria_page_new, mc_plan_page_new, mc_documents_page_new, mc_copies_page_new,
    mc_months_page_new, mc_records_page_new,
  };
  g_autofree char *dir = g_dir_make_tmp ("minhchung-leaving-XXXXXX", NULL);
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", dir);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      leave (dir, pages[i], FALSE);
      leave (dir, pages[i], TRUE);
    }
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/leaving/pages", test_pages);

  return g_test_run ();
}
