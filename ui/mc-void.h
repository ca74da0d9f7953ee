/* mc-void.h: numbers of a register that were used up by mistake
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A register leaves no number out: a line that was written by mistake stays in it, void, with the reason.
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* Whether lines of @type can be void. */
gboolean    mc_void_is_known  (McRecordType *type);
/* Asks why, then saves; @record as it is shown, with all that it holds. */
void        mc_void_ask       (GtkWidget    *parent,
                               McContext    *context,
                               McRecord     *record);
void        mc_void_take_back (McContext    *context,
                               McRecord     *record);

G_END_DECLS
