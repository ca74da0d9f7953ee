/* mc-history.h: who changed what in a record, when, on which machine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

void mc_history_show (GtkWidget *parent,
                      McContext *context,
                      McRecord  *record);

G_END_DECLS
