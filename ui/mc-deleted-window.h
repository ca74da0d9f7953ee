/* mc-deleted-window.h: what was deleted, and can be had back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* Newest first; one click brings an item back, for everybody.  Undo knows only what this window did itself. */
void mc_deleted_window_show (GtkWidget *parent,
                             McContext *context);

G_END_DECLS
