/* mc-window.h: the window of one enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"
#include "mc-page.h"

G_BEGIN_DECLS

#define MC_TYPE_WINDOW (mc_window_get_type ())
G_DECLARE_FINAL_TYPE (McWindow, mc_window, MC, WINDOW, AdwApplicationWindow)

GtkWidget *mc_window_new       (GtkApplication *application,
                                McContext      *context);
McContext *mc_window_get_context (McWindow     *self);
/* By the name of the page: overview, criteria, plan, documents, copies, … */
void       mc_window_show_page (McWindow       *self,
                                const char     *name);
McPage    *mc_window_get_page  (McWindow       *self);   /* the one on screen */
void       mc_window_toast     (McWindow       *self,
                                const char     *text);

G_END_DECLS
