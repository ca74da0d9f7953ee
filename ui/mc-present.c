/* mc-present.c: screen readers are told what is on screen, and only that
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-present.h"

static void
set_hidden (GtkWidget *widget,
            gboolean   is_hidden)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN, is_hidden, -1);
}

static void
stack_cb (GtkStack *stack)
{
  GtkWidget *shown = gtk_stack_get_visible_child (stack);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child != NULL; child = gtk_widget_get_next_sibling (child))
    set_hidden (child, child != shown);
}

void
mc_present_stack (GtkStack *stack)
{
  g_autoptr(GtkSelectionModel) pages = gtk_stack_get_pages (stack);

  g_signal_connect (stack, "notify::visible-child", G_CALLBACK (stack_cb), NULL);
  g_signal_connect_object (pages, "items-changed", G_CALLBACK (stack_cb), stack, G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (stack), "mc-pages", g_steal_pointer (&pages), g_object_unref);
  stack_cb (stack);
}

static void
flap_cb (AdwFlap    *flap,
         GParamSpec *pspec,
         GtkWidget  *flap_child)
{
  set_hidden (flap_child, !adw_flap_get_reveal_flap (flap));
}

void
mc_present_flap (AdwFlap   *flap,
                 GtkWidget *flap_child)
{
  g_signal_connect_object (flap, "notify::reveal-flap", G_CALLBACK (flap_cb), flap_child, 0);
  flap_cb (flap, NULL, flap_child);
}

/* The items are widgets that GTK keeps to itself: their text can be asked for, and their name set, all the same. */
static void
name_items (GtkWidget *widget)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkModelButton"))
    {
      g_autofree char *text = NULL;

      g_object_get (widget, "text", &text, NULL);
      gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
      if (text != NULL)
        gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_items (child);
}

void
mc_present_menu (GtkMenuButton *button)
{
  GtkPopover *popover = gtk_menu_button_get_popover (button);

  g_return_if_fail (popover != NULL);

  g_signal_connect (popover, "map", G_CALLBACK (name_items), NULL);
}

static void
name_button_cb (GtkDropDown *drop_down)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (drop_down));
  GObject *chosen = gtk_drop_down_get_selected_item (drop_down);
  const char *label = g_object_get_data (G_OBJECT (drop_down), "mc-label");
  g_autofree char *text = chosen != NULL ? g_strdup_printf ("%s: %s", label, gtk_string_object_get_string (GTK_STRING_OBJECT (chosen)))
                                         : g_strdup (label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

void
mc_present_drop_down (GtkDropDown *drop_down,
                      const char  *label)
{
  if (g_object_get_data (G_OBJECT (drop_down), "mc-label") == NULL)
    g_signal_connect (drop_down, "notify::selected-item", G_CALLBACK (name_button_cb), NULL);
  g_object_set_data_full (G_OBJECT (drop_down), "mc-label", g_strdup (label), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  name_button_cb (drop_down);
}
