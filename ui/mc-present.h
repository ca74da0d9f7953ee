/* mc-present.h: screen readers are told what is on screen, and only that
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GTK 4.8 offers the pages of a stack that are not shown, and what a flap has put away, as if they were visible.
 * Later ones do not name the items of a menu.
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Keeps all children of @stack but the shown one out of the accessible tree, those that come later too. */
void mc_present_stack (GtkStack *stack);
/* Keeps @flap_child out of it while @flap does not reveal it. */
void mc_present_flap  (AdwFlap   *flap,
                       GtkWidget *flap_child);
/* Names the items of the menu of @button, which from GTK 4.10 on have none of their own. */
void mc_present_menu  (GtkMenuButton *button);
/* Names @drop_down, and its inner button, which has the keyboard and no name of its own: that one tells what is chosen too. */
void mc_present_drop_down (GtkDropDown *drop_down,
                           const char  *label);

G_END_DECLS
