/* mc-hub-rot.h: evidence files whose bytes have changed on the disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file that has rotted is as long as it was, and looks whole: who reads it learns of it, and by then nobody may have
 * another.  So the hub reads its files one after the other, slowly, and asks for what is not what its name says.
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

#define MC_HUB_ROT_MS 10000   /* a file so often: 8,640 a day */

typedef enum
{
  MC_HUB_FILE_WHOLE,
  MC_HUB_FILE_ROTTEN,
  MC_HUB_FILE_UNREAD,   /* gone, not to be read at the moment, or it was told to end */
} McHubFileState;

typedef struct _McHubRot McHubRot;

/* Reads one file every @interval_ms of the calling thread's main context, in a thread of the lowest priority: at most one at a time,
 * 64 KiB in memory, about 25 MB a second.  Begins at a place by chance, so that all have their turn however often the hub is started.
 * What is rotten when read twice is put away: mc_hub_put_rotten_away(). */
McHubRot       *mc_hub_rot_new         (McHub         *hub,
                                        guint          interval_ms) G_GNUC_WARN_UNUSED_RESULT;
/* Ends within one piece of 64 KiB. */
void            mc_hub_rot_free        (McHubRot      *self);

/* In any thread; blocks for as long as it takes to read the file @sha256 of the hub's folder @dir.  @pause_us: rest after each 256 KiB. */
McHubFileState  mc_hub_read_file       (const char    *dir,
                                        const char    *sha256,
                                        gulong         pause_us,
                                        GCancellable  *cancellable);   /* (nullable) */
/* Moves a file that is rotten to `rotten` beside the store, in case nobody has another, and forgets that it came, so that devices
 * are asked for it; told to the log and in `audit`.  After an error it is still where it was, or will be missed there. */
gboolean        mc_hub_put_rotten_away (McHub         *self,
                                        const char    *sha256,
                                        gint64         now_us,
                                        GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHubRot, mc_hub_rot_free)

G_END_DECLS
