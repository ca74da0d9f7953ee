/* mc-ui.h: making the widgets ready for use
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Registers resources; call once, before the first widget.  A static library's own constructor would be dropped. */
void mc_ui_init       (void);

/* Reads GTK's icon theme in a thread; call after GTK has started. */
void mc_ui_read_icons (void);

G_END_DECLS
