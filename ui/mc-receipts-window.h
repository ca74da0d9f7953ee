/* mc-receipts-window.h: what the district's hub has signed for, and when
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

void mc_receipts_window_show (GtkWidget *parent,
                              McContext *context);

G_END_DECLS
