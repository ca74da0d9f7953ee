/* mc-hub-restore.h: a hub that went back, on purpose or not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Beside the database lies `head`: the epoch and how many rows there were at the last commit.  A database that is behind
 * it, or of another epoch, was restored by somebody; the hub then takes a new epoch before it answers anyone.
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

/* After a commit that added rows. */
void      mc_hub_note_head    (McHub         *self);
/* At opening: takes a new epoch if the database went back. */
gboolean  mc_hub_check_head   (McHub         *self,
                               gint64         now_us,
                               GError       **error);
/* A device showed a head of @epoch that is not in any log here: a new epoch, unless that one was left before. */
gboolean  mc_hub_leave_epoch  (McHub         *self,
                               const guint8   epoch[MC_ID_BYTES],
                               gint64         now_us,
                               GError       **error);
/* Who was shut out is also written into `revoked` beside the database: going back lets nobody in again. */
gboolean  mc_hub_note_revoked (McHub         *self,
                               const char    *device,
                               gint64         now_us,
                               GError       **error);
/* Whoever was let in again with a new line. */
gboolean  mc_hub_forget_revoked (McHub       *self,
                                 const char  *device,
                                 GError     **error);
gboolean  mc_hub_apply_revoked (McHub        *self,
                                GError      **error);
/**
 * mc_hub_restore:
 * @dir: folder of the hub; made if missing
 * @backup: a folder that mc_hub_backup() made
 * @now_us: the time
 * @out_report: (out): what was done, in English
 * @error: return location for an error; then @dir is as it was
 *
 * Puts the store of @backup in place of that of @dir, under a new epoch.  Refuses a backup without the hub's key, one of
 * another hub, and a hub that is serving.  What was there before is kept beside it, in `before-…`.
 */
gboolean  mc_hub_restore      (const char    *dir,
                               const char    *backup,
                               gint64         now_us,
                               char         **out_report,
                               GError       **error);
/* Held while a hub is serving; −1 with an error when another process holds it. */
int       mc_hub_lock         (const char    *dir,
                               GError       **error);

G_END_DECLS
