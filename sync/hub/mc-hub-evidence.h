/* mc-hub-evidence.h: evidence files on their way in and at rest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

gboolean mc_hub_take_evidence     (McHub        *self,
                                   McHubDevice  *device,
                                   const char   *sha256,
                                   guint64       offset,
                                   guint64       total,
                                   GBytes       *data,
                                   gint64        now_us,
                                   McNeed       *out_need,
                                   GError      **error);
/* (element-type McNeed): files that logs name which @device may read, and that are not whole; at most MC_NEEDS_MAX, then
 * *out_whole is FALSE.  Those that lie here all the same are not lacking from now on. */
GArray  *mc_hub_list_lacks        (McHub        *self,
                                   McHubDevice  *device,
                                   gint64        now_us,
                                   gboolean     *out_whole,
                                   GError      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Forgets the beginnings of files that nobody went on with for 90 days. */
void     mc_hub_drop_old_partials (McHub       *self,
                                   gint64       now_us);
/* (transfer full): where a file that came whole lies in the hub's folder @dir. */
char    *mc_hub_evidence_path     (const char   *dir,
                                   const char   *sha256);
/* NULL without an error: not here, or not for this device. */
char    *mc_hub_find_evidence     (McHub        *self,
                                   McHubDevice  *device,
                                   const char   *sha256) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
