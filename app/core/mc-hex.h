/* mc-hex.h: bytes as hexadecimal digits
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char     *mc_hex   (gconstpointer data,
                    gsize         size) G_GNUC_WARN_UNUSED_RESULT;
gboolean  mc_unhex (const char *hex,
                    gpointer    out,
                    gsize       size);

G_END_DECLS
