/* mc-pane.c: a page with the details of one record beside it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-pane.h"

#include <glib/gi18n.h>

#include "mc-form.h"
#include "mc-history.h"
#include "mc-present.h"

#define DETAILS_WIDTH 400

struct _McPane
{
  GtkWidget parent_instance;

  McContext *context;   /* (owned) */
  GtkWidget *flap;
  GtkWidget *form;
  GtkWidget *title;
  GtkWidget *scrolled;
};

G_DEFINE_FINAL_TYPE (McPane, mc_pane, GTK_TYPE_WIDGET)

static void
close_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  mc_pane_hide_details (MC_PANE (widget));
}

static void
history_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  McPane *self = MC_PANE (widget);
  McRecord *record = mc_form_get_record (MC_FORM (self->form));

  if (record != NULL)
    mc_history_show (widget, self->context, record);
}

static void
mc_pane_dispose (GObject *object)
{
  McPane *self = MC_PANE (object);

  g_clear_pointer (&self->flap, gtk_widget_unparent);

  G_OBJECT_CLASS (mc_pane_parent_class)->dispose (object);
}

static void
mc_pane_finalize (GObject *object)
{
  McPane *self = MC_PANE (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_pane_parent_class)->finalize (object);
}

static void
mc_pane_class_init (McPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mc_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_pane_finalize;
  gtk_widget_class_install_action (widget_class, "pane.close", NULL, close_cb);
  gtk_widget_class_install_action (widget_class, "pane.history", NULL, history_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
mc_pane_init (McPane *self)
{
}

static GtkWidget *
close_button (void)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Close the details"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Close the details"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "pane.close");

  return button;
}

static GtkWidget *
make_details (McPane *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *history = mc_history_button_new ();

  self->scrolled = gtk_scrolled_window_new ();
  self->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->title, TRUE);
  gtk_widget_add_css_class (self->title, "heading");
  gtk_widget_add_css_class (bar, "details-bar");
  gtk_box_append (GTK_BOX (bar), self->title);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (history), "pane.history");
  gtk_box_append (GTK_BOX (bar), history);
  gtk_box_append (GTK_BOX (bar), close_button ());
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_vexpand (self->scrolled, TRUE);
  gtk_widget_add_css_class (self->form, "details");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->form);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), self->scrolled);
  gtk_widget_set_size_request (box, DETAILS_WIDTH, -1);
  /* Whatever is typed in it, the room belongs to the page. */
  gtk_widget_set_hexpand (box, FALSE);
  gtk_widget_add_css_class (box, "background");

  return box;
}

GtkWidget *
mc_pane_new (McContext *context,
             GtkWidget *content,
             GtkWidget *details)
{
  McPane *self = g_object_new (MC_TYPE_PANE, NULL);

  self->context = g_object_ref (context);
  self->form = details;
  self->flap = adw_flap_new ();
  adw_flap_set_flap_position (ADW_FLAP (self->flap), GTK_PACK_END);
  adw_flap_set_content (ADW_FLAP (self->flap), content);
  adw_flap_set_flap (ADW_FLAP (self->flap), make_details (self));
  adw_flap_set_separator (ADW_FLAP (self->flap), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  adw_flap_set_reveal_flap (ADW_FLAP (self->flap), FALSE);
  /* Else a window that gets wider opens it. */
  adw_flap_set_locked (ADW_FLAP (self->flap), TRUE);
  adw_flap_set_swipe_to_open (ADW_FLAP (self->flap), FALSE);
  mc_present_flap (ADW_FLAP (self->flap), adw_flap_get_flap (ADW_FLAP (self->flap)));
  gtk_widget_set_parent (self->flap, GTK_WIDGET (self));

  return GTK_WIDGET (self);
}

void
mc_pane_set_details (McPane    *self,
                     GtkWidget *details)
{
  mc_form_commit (MC_FORM (self->form));
  self->form = details;
  gtk_widget_add_css_class (details, "details");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), details);
}

void
mc_pane_set_title (McPane     *self,
                   const char *title)
{
  gtk_label_set_text (GTK_LABEL (self->title), title);
}

void
mc_pane_show_details (McPane     *self,
                      const char *title)
{
  mc_pane_set_title (self, title);
  adw_flap_set_reveal_flap (ADW_FLAP (self->flap), TRUE);
}

void
mc_pane_hide_details (McPane *self)
{
  mc_form_commit (MC_FORM (self->form));
  adw_flap_set_reveal_flap (ADW_FLAP (self->flap), FALSE);
}
