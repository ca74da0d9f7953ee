/* mc-reload.c: when a page fetches its records again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-reload.h"

#define DELAY_MS 20

struct _McReload
{
  GtkWidget *widget;   /* owns this */
  McStore *store;      /* (owned) */
  void (*func) (gpointer user_data);
  gpointer user_data;
  gulong changed_handler, map_handler;
  GdkFrameClock *clock;  /* (owned) (nullable) until its window has been drawn */
  guint source;
  gboolean is_stale;   /* something changed since the last fetch began */
  gboolean is_running;
};

static gboolean
run_cb (gpointer user_data)
{
  McReload *self = user_data;

  self->source = 0;
  if (self->is_running || !self->is_stale || !gtk_widget_get_mapped (self->widget))
    return G_SOURCE_REMOVE;

  self->is_stale = FALSE;
  self->is_running = TRUE;
  self->func (self->user_data);

  return G_SOURCE_REMOVE;
}

void
mc_reload_queue (McReload *self)
{
  self->is_stale = TRUE;
  if (self->source == 0)
    self->source = g_timeout_add (DELAY_MS, run_cb, self);
}

/* The clock of a window that goes has let go of its handlers already. */
static void
forget_clock (McReload *self)
{
  if (self->clock != NULL)
    g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_object (&self->clock);
}

static void
drawn_cb (McReload *self)
{
  forget_clock (self);
  if (self->is_stale)
    run_cb (self);
}

/* A window that has never been drawn is drawn first: what is fetched would take the processor away from it. */
static void
mapped_cb (McReload *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (self->widget);

  if (!self->is_stale || self->clock != NULL)
    return;
  if (clock == NULL || gdk_frame_clock_get_frame_counter (clock) >= 0)
    {
      run_cb (self);
      return;
    }
  self->clock = g_object_ref (clock);
  g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (drawn_cb), self);
}

McReload *
mc_reload_new (GtkWidget *widget,
               McStore   *store,
               void     (*func) (gpointer user_data),
               gpointer   user_data)
{
  McReload *self = g_new0 (McReload, 1);

  self->widget = widget;
  self->store = g_object_ref (store);
  self->func = func;
  self->user_data = user_data;
  self->is_stale = TRUE;
  self->changed_handler = g_signal_connect_swapped (store, "changed", G_CALLBACK (mc_reload_queue), self);
  self->map_handler = g_signal_connect_data (widget, "map", G_CALLBACK (mapped_cb), self, NULL,
                                             G_CONNECT_SWAPPED | G_CONNECT_AFTER);

  return self;
}

void
mc_reload_free (McReload *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_signal_handler (&self->changed_handler, self->store);
  g_clear_signal_handler (&self->map_handler, self->widget);
  forget_clock (self);
  g_object_unref (self->store);
  g_free (self);
}

void
mc_reload_done (McReload *self)
{
  self->is_running = FALSE;
  if (self->is_stale)
    mc_reload_queue (self);
}
