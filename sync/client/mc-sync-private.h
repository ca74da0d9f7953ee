/* mc-sync-private.h: what the files of McSync have in common
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-sync.h"

G_BEGIN_DECLS

/* In the thread of a task: an account and a connection of its own; NULL with an error. */
McJournal *mc_sync_open_journal (McSync      *self,
                                 McAccount  **out_account,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* Main thread: an answer was read from a stick, and to its end if @is_whole. */
void       mc_sync_note_read    (McSync      *self,
                                 gboolean     is_whole);

G_END_DECLS
