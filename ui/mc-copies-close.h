/* mc-copies-close.h: closing the register of certified copies at the end of a year, and opening it again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nghị định 23/2015/NĐ-CP, Điều 13: at the end of the year the book is closed with its total, and that is signed.
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* Says what the year adds up to and what is not right in it, asks who closes it, and saves that as one step to undo. */
void mc_copies_close_year  (GtkWidget  *parent,
                            McContext  *context,
                            int         year);
/* Asks why. */
void mc_copies_reopen_year (GtkWidget  *parent,
                            McContext  *context,
                            int         year);

G_END_DECLS
