/* mc-hub-lost.h: evidence files that are gone from the hub's folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A disk check, a person or another program may have taken one.  The hub looks in passing, a few files with each sync and
 * a few every now and then, so that it asks for what is gone while somebody still has it.
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

#define MC_HUB_LOOK_FILES   64   /* with each sync, and … */
#define MC_HUB_LOOK_SECONDS 10   /* … so often without one */

/* Looks whether the next @max_files of the files that came whole are there and as long as they were, after those of the last
 * call, and from the first on again after the last.  Of what is not it is forgotten that it came, so that devices are asked
 * for it; each is told to the log and in `audit`.  Blocks for so many looks into the file system. */
gboolean  mc_hub_look_at_files  (McHub       *self,
                                 guint        max_files,
                                 gint64       now_us,
                                 guint       *out_lost,
                                 GError     **error);
/* The same of one file. */
gboolean  mc_hub_look_at_file   (McHub       *self,
                                 const char  *sha256,
                                 gint64       now_us,
                                 gboolean    *out_lost,
                                 GError     **error);
/* In an open transaction, or alone: that the file came is forgotten; @why stands in `audit`. */
gboolean  mc_hub_forget_file    (McHub       *self,
                                 const char  *sha256,
                                 const char  *why,
                                 gint64       now_us,
                                 GError     **error);

G_END_DECLS
