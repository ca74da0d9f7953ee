/* mc-context-private.h: what the files of the context share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* Until the end of what was begun, the window says that something is being saved, and does not close. */
void mc_context_begin_saving (McContext *self);
void mc_context_end_saving   (McContext *self,
                              GError    *error);  /* (nullable) shown, and kept until the next end */
/* What is being attached, the one on its way first; mc-context-attach.c's alone. */
GQueue *mc_context_get_attaching (McContext *self);

G_END_DECLS
