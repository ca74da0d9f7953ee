/* mc-attention.h: what a person has to settle: two values of one field, refused edits, edits after a deletion
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* Opens the list beside the window of @parent.  Nothing waits for it: everything else goes on. */
void mc_attention_show (GtkWidget *parent,
                        McContext *context);

G_END_DECLS
