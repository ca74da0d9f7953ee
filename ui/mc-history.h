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

GtkWidget *mc_history_button_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
