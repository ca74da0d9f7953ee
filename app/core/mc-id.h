/* mc-id.h: identifiers: UUIDv7 for what is new, UUIDv8 for what its key identifies, short names of changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MC_SHORT_LENGTH 11  /* base64url of 8 bytes */

char     *mc_id_new            (gint64              now_us) G_GNUC_WARN_UNUSED_RESULT;
char     *mc_id_new_from_key   (const char         *log,
                                const char         *type,
                                const char         *pack,
                                const char * const *key) G_GNUC_WARN_UNUSED_RESULT;
char     *mc_id_to_short       (const char         *change_id) G_GNUC_WARN_UNUSED_RESULT;
gboolean  mc_id_is_valid       (const char         *id);
gboolean  mc_id_to_bytes       (const char         *id,
                                guint8              out_bytes[16]);
char     *mc_id_from_bytes     (const guint8        bytes[16]) G_GNUC_WARN_UNUSED_RESULT;
void      mc_random_bytes      (gpointer            data,
                                gsize               size);

G_END_DECLS
