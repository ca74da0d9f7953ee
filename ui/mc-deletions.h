/* mc-deletions.h: the question whether what others deleted, many at once, is to go here too
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

typedef struct _McDeletions McDeletions;

/* In the store's thread: what waits for an answer, also if that is nothing. */
McDeletions *mc_deletions_load    (McJournal    *journal,
                                   GError      **error) G_GNUC_WARN_UNUSED_RESULT;
void         mc_deletions_free    (McDeletions  *self);
/* (nullable) the question and its two buttons, NULL = there is nothing to ask */
GtkWidget   *mc_deletions_to_rows (McDeletions  *self,
                                   McContext    *context);
/* (transfer full) (nullable) the same as long as mc_deletions_to_rows() would say the same; NULL where it would give none. */
char        *mc_deletions_to_key  (McDeletions  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McDeletions, mc_deletions_free)

G_END_DECLS
