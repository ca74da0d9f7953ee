/* test-sideways.c: a table that is wider than its window shows its last line whole
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "mc-sideways.h"
#include "ui/ui-fixture.h"

#define TABLE_WIDTH 800
#define TABLE_HEIGHT 40

static GtkWidget *
get_bar (GtkWidget *sideways)
{
  return gtk_scrolled_window_get_hscrollbar (GTK_SCROLLED_WINDOW (sideways));
}

/* Where @widget ends, from the top of @sideways. */
static double
get_bottom (GtkWidget *widget,
            GtkWidget *sideways)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, sideways, &bounds));

  return bounds.origin.y + bounds.size.height;
}

static void
test_last_line (void)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *table = gtk_label_new ("…"), *sideways = mc_sideways_new (table);
  graphene_rect_t bar;

  gtk_widget_set_size_request (table, TABLE_WIDTH, TABLE_HEIGHT);
  gtk_box_append (GTK_BOX (box), sideways);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), TABLE_WIDTH / 2, 300);
  gtk_window_present (GTK_WINDOW (window));

  UI_WAIT_FOR (gtk_widget_get_mapped (get_bar (sideways)) && gtk_widget_get_height (sideways) > TABLE_HEIGHT);
  g_assert_true (gtk_widget_compute_bounds (get_bar (sideways), sideways, &bar));
  g_assert_cmpfloat (get_bottom (table, sideways), <=, bar.origin.y);

  /* With room for all of it there is no bar, and no room is kept for one. */
  gtk_window_set_default_size (GTK_WINDOW (window), TABLE_WIDTH * 3 / 2, 300);
  UI_WAIT_FOR (!gtk_widget_get_mapped (get_bar (sideways)) && gtk_widget_get_height (sideways) == TABLE_HEIGHT);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/sideways/last-line", test_last_line);

  return g_test_run ();
}
