/* mc-pane.h: a page with the details of one record beside it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The details have a title, the history of the record, and a way to close them.
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_PANE (mc_pane_get_type ())
G_DECLARE_FINAL_TYPE (McPane, mc_pane, MC, PANE, GtkWidget)

/* @details is an McForm. */
GtkWidget *mc_pane_new          (McContext  *context,
                                 GtkWidget  *content,
                                 GtkWidget  *details);
/* Another McForm in place of the one that is there. */
void       mc_pane_set_details  (McPane     *self,
                                 GtkWidget  *details);
void       mc_pane_show_details (McPane     *self,
                                 const char *title);
/* Without opening what somebody closed. */
void       mc_pane_set_title    (McPane     *self,
                                 const char *title);
void       mc_pane_hide_details (McPane     *self);

G_END_DECLS
