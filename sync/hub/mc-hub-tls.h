/* mc-hub-tls.h: the certificate that a hub makes for itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean mc_hub_tls_make (const char  *dir,
                          GError     **error);

G_END_DECLS
