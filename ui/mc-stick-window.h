/* mc-stick-window.h: a sync that is carried on a USB stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* Asks for a folder or a stick, writes what waits there, and says when the stick may be taken out. */
void mc_stick_window_write (GtkWidget  *parent,
                            McContext  *context);
/* Takes the district's answer; @path (nullable): asks for it. */
void mc_stick_window_read  (GtkWidget  *parent,
                            McContext  *context,
                            const char *path);

G_END_DECLS
