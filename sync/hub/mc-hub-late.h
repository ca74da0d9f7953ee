/* mc-hub-late.h: rows of devices that were shut out before they came
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

/* One line for each, the newest last; "" if there is none. */
char     *mc_hub_list_late  (McHub    *self,
                             GError  **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean  mc_hub_count_late (McHub    *self,
                             guint64  *out_count,
                             GError  **error);

G_END_DECLS
