/* mc-page.h: what the window needs to know of a page
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MC_TYPE_PAGE (mc_page_get_type ())
G_DECLARE_INTERFACE (McPage, mc_page, MC, PAGE, GtkWidget)

struct _McPageInterface
{
  GTypeInterface parent_iface;

  const char *title;           /* msgid; of the type, not of what a page shows */
  const char *icon_name;
  const char *help;            /* (nullable) page of the handbook that F1 opens */
  /* Turned to by a key: puts the cursor where work begins, FALSE as long as that is not there yet.  (nullable) NULL = what comes first */
  gboolean    (*take_focus)    (McPage     *self);
  /* Ctrl+F: puts the cursor into the page's own search, FALSE if it has none. */
  gboolean    (*start_search)  (McPage     *self);
  /* Turns what is being typed into changes: called when the page is left, before a sync and at the end. */
  void        (*commit)        (McPage     *self);
  /* TRUE if the page can show @record and now does. */
  gboolean    (*show_record)   (McPage     *self,
                                const char *record,
                                const char *type);
};

const char *mc_page_type_get_title     (GType  type);
const char *mc_page_type_get_icon_name (GType  type);
const char *mc_page_get_title     (McPage     *self);
const char *mc_page_get_help      (McPage     *self);
gboolean    mc_page_take_focus    (McPage     *self);
gboolean    mc_page_start_search  (McPage     *self);
void        mc_page_commit        (McPage     *self);
gboolean    mc_page_show_record   (McPage     *self,
                                   const char *record,
                                   const char *type);

G_END_DECLS
