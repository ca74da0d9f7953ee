/* test-district.c: what a district sees: its whole index, with what its communes have entered
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The figures are those of the report of the People's Committee of huyện An Lão for 2021.
 */

#include <adwaita.h>

#include "client/mc-account.h"
#include "core/mc-pack.h"
#include "demo/mc-demo.h"
#include "mc-criteria-page.h"
#include "mc-documents-page.h"
#include "mc-overview-page.h"
#include "mc-page.h"
#include "mc-test.h"
#include "mc-ui.h"
#include "ui/ui-fixture.h"

/* A criterion that communes contribute nothing to. */
#define DISTRICT_ONLY "1.8  "

static void
fill (const char *dir)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  g_autoptr(McAccount) account = mc_account_new (dir, MC_DEMO_DISTRICT, "district", "Phòng Nội vụ");
  guint32 seed = g_test_rand_int ();
  McJournalConfig config;
  McJournal *journal;
  guint count;

  g_assert_no_error (error);
  g_test_message ("seed %u", seed);
  mc_account_fill_config (account, pack, &config);
  journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
  for (gsize i = 0; mc_demo_list_communes ()[i] != NULL; i++)
    g_assert_true (mc_demo_write (journal, mc_demo_list_communes ()[i], seed, &count, &error));
  g_assert_true (mc_demo_write (journal, MC_DEMO_DISTRICT, seed, &count, &error));
  g_assert_true (mc_demo_review (journal, &count, &error));
  g_assert_no_error (error);
  mc_journal_close (journal);
}

static void
set_up (UiFixture     *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("minhchung-district-XXXXXX", NULL);
  fill (fixture->dir);
  fixture->store = ui_open_store_of (fixture->dir, MC_DEMO_DISTRICT, "district");
  fixture->context = mc_context_new (fixture->store, NULL, "Huyện An Lão", "district", "Phòng Nội vụ");
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 700);
}

/* The overview forecasts the district's index from what communes and district have entered, as the report of that year says it. */
static void
test_forecast (UiFixture     *fixture,
               gconstpointer  data)
{
  ui_show (fixture, mc_overview_page_new (fixture->context));
  UI_WAIT_FOR (ui_find (fixture->window, ui_is_label, "84,31") != NULL);
}

static GtkWidget *
find_drop_down (GtkWidget *root)
{
  GtkWidget *found = NULL;

  if (GTK_IS_DROP_DOWN (root))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_drop_down (child);

  return found;
}

static void
filter (UiFixture  *fixture,
        const char *text)
{
  GtkDropDown *drop_down = GTK_DROP_DOWN (find_drop_down (fixture->window));
  GListModel *texts = gtk_drop_down_get_model (drop_down);
  guint i = 0;

  while (i < g_list_model_get_n_items (texts) && !g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (texts), i), text))
    i++;
  g_assert_cmpuint (i, <, g_list_model_get_n_items (texts));
  gtk_drop_down_set_selected (drop_down, i);
}

/* It begins with every criterion, and says "communes" only where it means them: 1.8 is the district's alone, 7.1 everybody's. */
static void
test_filter (UiFixture     *fixture,
             gconstpointer  data)
{
  ui_show (fixture, mc_criteria_page_new (fixture->context));
  /* That there is none is not said while nobody knows yet. */
  while (ui_find (fixture->window, ui_is_label, "7.1  ") == NULL)
    {
      g_assert_null (ui_find (fixture->window, ui_is_label, "No criterion is in this state."));
      g_main_context_iteration (NULL, FALSE);
    }
  UI_WAIT_FOR (ui_find (fixture->window, ui_is_label, DISTRICT_ONLY) != NULL && ui_find (fixture->window, ui_is_label, "7.1  ") != NULL);
  filter (fixture, "What communes contribute to");
  UI_WAIT_FOR (ui_find (fixture->window, ui_is_label, DISTRICT_ONLY) == NULL);
  g_assert_nonnull (ui_find (fixture->window, ui_is_label, "7.1  "));
  filter (fixture, "Answered");
  UI_WAIT_FOR (ui_find (fixture->window, ui_is_label, DISTRICT_ONLY) != NULL);
  g_assert_null (ui_find (fixture->window, ui_is_label, "district"));
}

/* A page with the district's own records says so, a commune's does not. */
static void
test_own (UiFixture     *fixture,
          gconstpointer  data)
{
  g_autoptr(McContext) commune = mc_context_new (fixture->store, NULL, "Xã An Hưng", "commune", "Văn phòng");
  GtkWidget *page = mc_documents_page_new (fixture->context), *other = mc_documents_page_new (commune);

  ui_show (fixture, page);
  UI_WAIT_FOR (ui_find (page, ui_is_label, "Only what Huyện An Lão itself enters") != NULL && ui_find (page, ui_is_label, "Month 12") != NULL);
  /* Work does not begin with that. */
  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  g_assert_true (mc_page_take_focus (MC_PAGE (page)));
  g_assert_true (GTK_IS_TEXT (gtk_window_get_focus (GTK_WINDOW (fixture->window))));
  ui_show (fixture, other);
  UI_WAIT_FOR (ui_find (other, ui_is_label, "Month 12") != NULL);
  g_assert_null (ui_find (other, ui_is_label, "Only what"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  mc_ui_init ();
  g_test_add ("/district/forecast", UiFixture, NULL, set_up, test_forecast, ui_tear_down);
  g_test_add ("/district/own", UiFixture, NULL, set_up, test_own, ui_tear_down);
  g_test_add ("/district/filter", UiFixture, NULL, set_up, test_filter, ui_tear_down);

  return g_test_run ();
}
