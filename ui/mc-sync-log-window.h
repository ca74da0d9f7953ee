/* mc-sync-log-window.h: what each sync did, for people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

void mc_sync_log_window_show (GtkWidget *parent,
                              McContext *context);

G_END_DECLS
