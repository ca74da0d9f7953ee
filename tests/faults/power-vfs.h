/* power-vfs.h: a layer under SQLite that knows what has reached the disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything goes through to the real files at once, as into a page cache.  At the chosen moment a copy of the folder is
 * made as the disk would have it if the power went then: what was synced, and of the rest any sectors or none.  The program
 * goes on; what it promises after that moment nobody has heard.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes it SQLite's own for every file opened from now on. */
void     power_vfs_install (void);
/* The power goes before the @ops-th write, cut or sync of a file in @dir; what is left of it is copied to @to. */
void     power_vfs_arm     (const char *dir,
                            const char *to,
                            guint       ops,
                            guint32     seed);
gboolean power_vfs_is_cut  (void);
/* It goes now, unless it went before. */
void     power_vfs_cut     (void);

G_END_DECLS
