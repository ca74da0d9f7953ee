/* mc-shortcuts.h: which keys do what
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void mc_shortcuts_show (GtkApplicationWindow *window);

G_END_DECLS
