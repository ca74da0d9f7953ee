/* mc-sideways.h: a wide table in a window that may be narrow
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @table, scrolled sideways where there is no room for all of it: a bar that stays says then that there is more at the right. */
GtkWidget *mc_sideways_new (GtkWidget *table) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
