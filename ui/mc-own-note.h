/* mc-own-note.h: whose records a page shows, where that is not plain
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* At a district says that what is in @box is its own alone, and leads to where what its communes sent counts; nothing at a commune,
 * which has no other. */
void     mc_own_note_append (GtkBox    *box,
                             McContext *context);
/* Whether @widget (nullable) lies in such a note: work does not begin there. */
gboolean mc_own_note_has    (GtkWidget *widget);

G_END_DECLS
