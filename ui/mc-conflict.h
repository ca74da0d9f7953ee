/* mc-conflict.h: two people edited the same: the values, who wrote them, and one click to settle it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* Settles the conflict of @field in @record, as it is on screen, with the value of its @head. */
void mc_conflict_choose (McContext *context,
                         McRecord  *record,
                         McField   *field,
                         guint      head);
/* Settles it with the files of all its heads. */
void mc_conflict_keep_all (McContext *context,
                           McRecord  *record,
                           McField   *field);
void mc_conflict_show   (McContext *context,
                         McRecord  *record,
                         McField   *field,
                         GtkWidget *beside);

G_END_DECLS
