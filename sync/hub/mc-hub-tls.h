/* mc-hub-tls.h: the certificate that a hub makes for itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean mc_hub_tls_make (const char  *dir,
                          GError     **error);
gboolean mc_hub_tls_get_pin (const char  *dir,
                             guint8       out[32],
                             GError     **error);
GTlsCertificate *mc_hub_tls_load (const char  *dir,
                                  GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
