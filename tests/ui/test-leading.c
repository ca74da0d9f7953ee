/* test-leading.c: what leads from one page to another
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "mc-criterion-form.h"
#include "mc-ui.h"
#include "mc-window.h"
#include "ui/ui-fixture.h"

/* Presses all of a criterion's buttons that lead somewhere, each from the list of criteria; how many there are. */
static guint
press_all (GtkWidget  *root,
           McWindow   *window,
           const char *code)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      const char *label = GTK_IS_BUTTON (child) ? gtk_button_get_label (GTK_BUTTON (child)) : NULL;
      McPage *from;

      if (label == NULL || !g_str_has_prefix (label, "Open: "))
        {
          n += press_all (child, window, code);
          continue;
        }
      g_test_message ("%s: %s", code, label);
      mc_window_show_page (window, "criteria");
      from = mc_window_get_page (window);
      g_signal_emit_by_name (child, "clicked");
      g_assert_true (mc_window_get_page (window) != from);
      n++;
    }

  return n;
}

/* Each button of each criterion that says what it opens opens it: none is there that leads nowhere. */
static void
test_criteria (UiFixture     *fixture,
               gconstpointer  data)
{
  GtkWidget *window = mc_window_new (NULL, fixture->context);
  GPtrArray *criteria = mc_pack_get_criteria (mc_context_get_pack (fixture->context));
  guint n = 0;

  for (guint i = 0; i < criteria->len; i++)
    {
      McCriterion *criterion = criteria->pdata[i];
      GtkWidget *form = g_object_ref_sink (mc_criterion_form_new (fixture->context, criterion));

      n += press_all (form, MC_WINDOW (window), criterion->code);
      g_object_unref (form);
    }
  g_assert_cmpuint (n, >, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  mc_ui_init ();
  g_test_add ("/leading/criteria", UiFixture, NULL, ui_set_up, test_criteria, ui_tear_down);

  return g_test_run ();
}
