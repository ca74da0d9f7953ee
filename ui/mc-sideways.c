/* mc-sideways.c: a wide table in a window that may be narrow
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-sideways.h"

/* A bar that is there only at need gets no height of its own, and would lie over the last line; one that is always there does.
 * Not at once: this is told while sizes are given out. */
static gboolean
make_room_cb (gpointer user_data)
{
  GtkScrolledWindow *self = user_data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (self);
  gboolean is_wider = gtk_adjustment_get_upper (adjustment) > gtk_adjustment_get_page_size (adjustment);

  gtk_scrolled_window_set_policy (self, is_wider ? GTK_POLICY_ALWAYS : GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);

  return G_SOURCE_REMOVE;
}

static void
width_changed_cb (GtkScrolledWindow *self)
{
  g_idle_add_full (GDK_PRIORITY_REDRAW - 1, make_room_cb, g_object_ref (self), g_object_unref);
}

GtkWidget *
mc_sideways_new (GtkWidget *table)
{
  GtkWidget *self = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (self), FALSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self), table);
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self)), "changed",
                           G_CALLBACK (width_changed_cb), self, G_CONNECT_SWAPPED);

  return self;
}
