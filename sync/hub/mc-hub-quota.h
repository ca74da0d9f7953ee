/* mc-hub-quota.h: how much of the hub's disk one device and one unit may take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings "quota-log-bytes" (a device) and "quota-evidence-bytes" (a unit) say it; without them MC_QUOTA_….
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

guint64  mc_hub_get_log_quota      (McHub  *self);   /* bytes a device */
guint64  mc_hub_get_evidence_quota (McHub  *self);   /* bytes a unit */
/* Counts @bytes more for @device; MC_STORE_ERROR_NO_SPACE with a reason, and nothing counted, if they are too many. */
gboolean mc_hub_charge        (McHub       *self,
                               const char  *device,
                               guint64      bytes,
                               GError     **error);
/* What was counted since may have been rolled back. */
void     mc_hub_forget_usage  (McHub       *self);
/* Keeps room for a file of @total bytes that @log names; MC_STORE_ERROR_NO_SPACE if there is none. */
gboolean mc_hub_reserve_file  (McHub       *self,
                               const char  *log,
                               const char  *sha256,
                               guint64      total,
                               GError     **error);

G_END_DECLS
