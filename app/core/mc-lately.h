/* mc-lately.h: what was saved last, for edits of records that were read before that
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who goes on typing has what was typed last before his eyes, also where the record that the form shows has not been read again
 * since.  So an edit names it as seen: nobody is to be in conflict with himself.
 */

#pragma once

#include "core/mc-edit.h"

G_BEGIN_DECLS

typedef struct _McLately McLately;

McLately *mc_lately_new    (void) G_GNUC_WARN_UNUSED_RESULT;
void      mc_lately_free   (McLately   *self);
/* Before @edit is saved. */
void      mc_lately_name   (McLately   *self,
                            McEdit     *edit);
/* @edit was saved as @change_id.  Of an edit of several records nothing is remembered. */
void      mc_lately_note   (McLately   *self,
                            McEdit     *edit,
                            const char *change_id);

G_END_DECLS
