/* mc-search-window.h: one search over everything
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

void mc_search_window_show (GtkWidget *parent,
                            McContext *context);

G_END_DECLS
