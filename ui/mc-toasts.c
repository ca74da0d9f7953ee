/* mc-toasts.c: what is said in passing at the foot of a window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An overlay shows its toasts one after the other, each for as long as reading it takes: without care what was said of a cell
 * would stand there long after the cell was corrected, on another page.  So the queue is here, and the overlay has one at a time.
 */

#include "mc-toasts.h"

/* Longer than any of the overlay's animations that bring a toast. */
#define SHOWN_AFTER_US (700 * 1000)

typedef struct
{
  char *text;       /* (owned) */
  McToast kind;
  gpointer about;   /* (nullable) compared only */
} Said;

struct _McToasts
{
  AdwToastOverlay *overlay;
  GQueue waiting;     /* (element-type Said) */
  Said *shown;        /* (owned) (nullable) what @toast says */
  AdwToast *toast;    /* (nullable) weak */
  GtkWidget *widget;  /* (nullable) weak: what the overlay shows it by, as long as it comes */
  guint tick;         /* 0 = the toast is whole on screen */
  gint64 began_us;    /* 0 = not drawn yet; of the frame clock */
  gboolean is_late;
  gboolean is_of_no_use;
};

static void
said_free (gpointer data)
{
  Said *said = data;

  g_free (said->text);
  g_free (said);
}

McToasts *
mc_toasts_new (AdwToastOverlay *overlay)
{
  McToasts *self = g_new0 (McToasts, 1);

  self->overlay = overlay;
  g_queue_init (&self->waiting);

  return self;
}

static void
forget_shown (McToasts *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->overlay), self->tick);
  if (self->toast != NULL)
    g_signal_handlers_disconnect_by_data (self->toast, self);
  g_clear_weak_pointer (&self->toast);
  g_clear_weak_pointer (&self->widget);
  g_clear_pointer (&self->shown, said_free);
  self->tick = 0;
  self->began_us = 0;
  self->is_late = FALSE;
  self->is_of_no_use = FALSE;
}

void
mc_toasts_free (McToasts *self)
{
  forget_shown (self);
  g_queue_clear_full (&self->waiting, said_free);
  g_free (self);
}

/* Whether mouse and keys reach the cross of what is shown.  As dismissing it does, closing it has to wait until it has come. */
static void
set_closable (McToasts *self,
              gboolean  is_closable)
{
  if (self->widget == NULL)
    return;
  gtk_widget_set_can_target (self->widget, is_closable);
  gtk_widget_set_can_focus (self->widget, is_closable);
}

static gboolean
tick_cb (GtkWidget     *overlay,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  McToasts *self = user_data;
  gint64 now_us = gdk_frame_clock_get_frame_time (clock);

  if (self->began_us == 0)
    self->began_us = now_us;
  if (now_us - self->began_us < SHOWN_AFTER_US)
    return G_SOURCE_CONTINUE;
  /* The overlay's animation ends within the first frame that is so late, but after this. */
  if (!self->is_late)
    {
      self->is_late = TRUE;
      return G_SOURCE_CONTINUE;
    }
  self->tick = 0;
  set_closable (self, TRUE);
  if (self->is_of_no_use)
    adw_toast_dismiss (self->toast);

  return G_SOURCE_REMOVE;
}

static void show_next (McToasts *self);

/* Also by itself, when its time is over. */
static void
dismissed_cb (McToasts *self)
{
  forget_shown (self);
  show_next (self);
}

static void
show_next (McToasts *self)
{
  g_autofree char *markup = NULL;

  if (self->shown != NULL || (self->shown = g_queue_pop_head (&self->waiting)) == NULL)
    return;
  markup = g_markup_escape_text (self->shown->text, -1);
  g_set_weak_pointer (&self->toast, adw_toast_new (markup));
  /* A sentence stays as long as reading it takes who reads slowly: three seconds to see it, then ten letters a second. */
  adw_toast_set_timeout (self->toast, 3 + g_utf8_strlen (self->shown->text, -1) / 10);
  adw_toast_overlay_add_toast (self->overlay, self->toast);
  /* The one that still goes, if any, lies below. */
  g_set_weak_pointer (&self->widget, gtk_widget_get_last_child (GTK_WIDGET (self->overlay)));
  set_closable (self, FALSE);
  /* After the overlay's own: by then it has let go of this one. */
  g_signal_connect_swapped (self->toast, "dismissed", G_CALLBACK (dismissed_cb), self);
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->overlay), tick_cb, self, NULL);
}

/* libadwaita 1.2 frees a toast that is hidden while it still comes, and goes on bringing it: such a one is waited for. */
static void
drop_shown (McToasts *self)
{
  if (self->shown == NULL || self->is_of_no_use)
    return;
  self->is_of_no_use = TRUE;
  if (self->tick == 0)
    adw_toast_dismiss (self->toast);
}

/* An error stays until what it is about is over. */
static gboolean
is_over (Said     *said,
         gpointer  about)
{
  return about != NULL ? said->about == about : said->kind != MC_TOAST_ERROR;
}

static void
drop_passing (McToasts *self,
              gpointer  about)   /* (nullable) NULL = whatever it is about */
{
  for (GList *link = self->waiting.head, *next; link != NULL; link = next)
    {
      Said *said = link->data;

      next = link->next;
      if (!is_over (said, about))
        continue;
      g_queue_delete_link (&self->waiting, link);
      said_free (said);
    }
  if (self->shown != NULL && is_over (self->shown, about))
    drop_shown (self);
}

static gboolean
is_said (McToasts   *self,
         const char *text)
{
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    if (g_str_equal (((Said *) link->data)->text, text))
      return TRUE;

  return self->shown != NULL && !self->is_of_no_use && g_str_equal (self->shown->text, text);
}

void
mc_toasts_say (McToasts   *self,
               const char *text,
               McToast     kind,
               gpointer    about)
{
  Said *said;

  /* Of two files that could not be attached both are told; the same thing twice is told once. */
  if (kind == MC_TOAST_ERROR && is_said (self, text))
    return;
  drop_passing (self, NULL);
  said = g_new0 (Said, 1);
  said->text = g_strdup (text);
  said->kind = kind;
  said->about = about;
  g_queue_push_tail (&self->waiting, said);
  show_next (self);
}

void
mc_toasts_settle (McToasts *self,
                  gpointer  about)
{
  drop_passing (self, about);
}

void
mc_toasts_leave (McToasts *self)
{
  drop_passing (self, NULL);
}
