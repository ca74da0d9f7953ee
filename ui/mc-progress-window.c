/* mc-progress-window.c: how far something long has got, with a way to stop it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-progress-window.h"

#include <glib/gi18n.h>

#define REFRESH_MS 100

struct _McProgressWindow
{
  AdwWindow parent_instance;

  GtkWidget *status;
  GtkWidget *bar;
  GtkWidget *button;
  GCancellable *cancellable;   /* (owned) */
  int permille;                /* atomic, set in any thread */
  guint refresh_source;        /* 0 = the work has ended */
};

G_DEFINE_FINAL_TYPE (McProgressWindow, mc_progress_window, ADW_TYPE_WINDOW)

static gboolean
refresh_cb (gpointer user_data)
{
  McProgressWindow *self = user_data;

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), g_atomic_int_get (&self->permille) / 1000.0);

  return G_SOURCE_CONTINUE;
}

static gboolean
mc_progress_window_close_request (GtkWindow *window)
{
  McProgressWindow *self = MC_PROGRESS_WINDOW (window);

  if (self->refresh_source == 0)
    return GTK_WINDOW_CLASS (mc_progress_window_parent_class)->close_request (window);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_set_sensitive (self->button, FALSE);

  return GDK_EVENT_STOP;
}

static void
mc_progress_window_dispose (GObject *object)
{
  McProgressWindow *self = MC_PROGRESS_WINDOW (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (mc_progress_window_parent_class)->dispose (object);
}

static void
mc_progress_window_class_init (McProgressWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_progress_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = mc_progress_window_close_request;
}

static void
mc_progress_window_init (McProgressWindow *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);

  self->status = gtk_label_new (NULL);
  self->bar = gtk_progress_bar_new ();
  self->button = gtk_button_new_with_mnemonic (_("_Cancel"));
  gtk_label_set_wrap (GTK_LABEL (self->status), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->status), 0);
  gtk_widget_set_vexpand (self->status, TRUE);
  gtk_widget_set_halign (self->button, GTK_ALIGN_END);
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_box_append (GTK_BOX (box), self->status);
  gtk_box_append (GTK_BOX (box), self->bar);
  gtk_box_append (GTK_BOX (box), self->button);
  gtk_box_append (GTK_BOX (outer), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (outer), box);
  adw_window_set_content (ADW_WINDOW (self), outer);
  gtk_window_set_default_size (GTK_WINDOW (self), 480, 240);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (gtk_window_close), self);
  self->refresh_source = g_timeout_add (REFRESH_MS, refresh_cb, self);
}

McProgressWindow *
mc_progress_window_new (GtkWidget    *parent,
                        const char   *title,
                        const char   *text,
                        GCancellable *cancellable)
{
  McProgressWindow *self = g_object_new (MC_TYPE_PROGRESS_WINDOW, "title", title, NULL);
  GtkRoot *root = parent != NULL ? gtk_widget_get_root (parent) : NULL;

  self->cancellable = g_object_ref (cancellable);
  gtk_label_set_text (GTK_LABEL (self->status), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (root));
  gtk_window_present (GTK_WINDOW (self));

  return g_object_ref (self);
}

void
mc_progress_window_set_fraction (McProgressWindow *self,
                                 guint64           done,
                                 guint64           total)
{
  g_atomic_int_set (&self->permille, total > 0 ? (int) (done * 1000 / total) : 0);
}

void
mc_progress_window_finish (McProgressWindow *self,
                           const char       *title,
                           const char       *text)
{
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_label_set_text (GTK_LABEL (self->status), text);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), 1);
  gtk_button_set_label (GTK_BUTTON (self->button), _("_Close"));
  gtk_widget_set_sensitive (self->button, TRUE);
  gtk_widget_grab_focus (self->button);
}
