/* mc-page.c: what the window needs to know of a page
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-page.h"

G_DEFINE_INTERFACE (McPage, mc_page, GTK_TYPE_WIDGET)

static void
mc_page_default_init (McPageInterface *iface)
{
}

/* What a page of @type will be called: its title does not depend on what it shows. */
const char *
mc_page_type_get_title (GType type)
{
  g_autoptr(GTypeClass) klass = g_type_class_ref (type);
  McPageInterface *iface = g_type_interface_peek (klass, MC_TYPE_PAGE);

  return iface->get_title (NULL);
}

const char *
mc_page_type_get_icon_name (GType type)
{
  g_autoptr(GTypeClass) klass = g_type_class_ref (type);
  McPageInterface *iface = g_type_interface_peek (klass, MC_TYPE_PAGE);

  return iface->get_icon_name (NULL);
}

const char *
mc_page_get_title (McPage *self)
{
  return MC_PAGE_GET_IFACE (self)->get_title (self);
}

const char *
mc_page_get_icon_name (McPage *self)
{
  return MC_PAGE_GET_IFACE (self)->get_icon_name (self);
}

const char *
mc_page_get_help (McPage *self)
{
  McPageInterface *iface = MC_PAGE_GET_IFACE (self);

  return iface->get_help != NULL ? iface->get_help (self) : "index";
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
