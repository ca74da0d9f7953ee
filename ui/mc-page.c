/* mc-page.c: what the window needs to know of a page
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-page.h"

#include <glib/gi18n.h>

#include "mc-own-note.h"

G_DEFINE_INTERFACE (McPage, mc_page, GTK_TYPE_WIDGET)

static void
mc_page_default_init (McPageInterface *iface)
{
}

/* Also before there is a page of @type. */
static McPageInterface *
peek (GType type)
{
  g_autoptr(GTypeClass) klass = g_type_class_ref (type);

  return g_type_interface_peek (klass, MC_TYPE_PAGE);
}

const char *
mc_page_type_get_title (GType type)
{
  return _(peek (type)->title);
}

const char *
mc_page_type_get_icon_name (GType type)
{
  return peek (type)->icon_name;
}

const char *
mc_page_get_title (McPage *self)
{
  return _(MC_PAGE_GET_IFACE (self)->title);
}

const char *
mc_page_get_help (McPage *self)
{
  McPageInterface *iface = MC_PAGE_GET_IFACE (self);

  return iface->help != NULL ? iface->help : "index";
}

gboolean
mc_page_take_focus (McPage *self)
{
  McPageInterface *iface = MC_PAGE_GET_IFACE (self);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  gboolean is_taken;

  if (iface->take_focus != NULL)
    return iface->take_focus (self);
  is_taken = gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
  if (is_taken && mc_own_note_has (gtk_window_get_focus (window)))
    return gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);

  return is_taken;
}

gboolean
mc_page_start_search (McPage *self)
{
  McPageInterface *iface = MC_PAGE_GET_IFACE (self);

  return iface->start_search != NULL && iface->start_search (self);
}

void
mc_page_commit (McPage *self)
{
  McPageInterface *iface = MC_PAGE_GET_IFACE (self);

  if (iface->commit != NULL)
    iface->commit (self);
}

gboolean
mc_page_show_record (McPage     *self,
                     const char *record,
                     const char *type)
{
  McPageInterface *iface = MC_PAGE_GET_IFACE (self);

  return iface->show_record != NULL && iface->show_record (self, record, type);
}
