/* mc-schema.h: brings a database file up to the schema this program knows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-db.h"

G_BEGIN_DECLS

gboolean mc_schema_upgrade (McDb        *db,
                            GResource   *resource,
                            const char  *script_dir,
                            GError     **error);

/* %MC_STORE_ERROR_TOO_NEW if a newer program wrote the file; nothing is changed. */
gboolean mc_schema_check   (McDb        *db,
                            GResource   *resource,
                            const char  *script_dir,
                            GError     **error);

G_END_DECLS
