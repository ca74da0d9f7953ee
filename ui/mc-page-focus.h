/* mc-page-focus.h: brings the keyboard into a page that was turned to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _McPageFocus McPageFocus;

/* @sections: the list from which pages are chosen; neither it nor @window is owned. */
McPageFocus *mc_page_focus_new   (GtkWindow   *window,
                                  GtkListBox  *sections) G_GNUC_WARN_UNUSED_RESULT;
/* To the first widget of @page that can have it, as soon as there is one: records come a moment later.  Until then it is on the
 * section; whoever goes elsewhere meanwhile stays there. */
void         mc_page_focus_bring (McPageFocus *self,
                                  GtkWidget   *page);
void         mc_page_focus_free  (McPageFocus *self);

G_END_DECLS
