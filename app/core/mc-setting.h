/* mc-setting.h: single values by name, as stores and hubs keep them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-db.h"

G_BEGIN_DECLS

char     *mc_setting_get (McDb        *db,
                          const char  *name) G_GNUC_WARN_UNUSED_RESULT; /* (nullable): NULL if it was never set */
gboolean  mc_setting_set (McDb        *db,
                          const char  *name,
                          const char  *value,
                          GError     **error);

G_END_DECLS
