/* mc-schema.h: brings a database file up to the schema this program knows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-db.h"

G_BEGIN_DECLS

#define MC_SCHEMA_STORE 0x4d437374   /* "MCst": application_id of a device's store … */
#define MC_SCHEMA_HUB   0x4d436862   /* "MChb": … and of a hub's */

/* %MC_STORE_ERROR_CORRUPT if the file at @path, to which something was written, has lost everything: SQLite takes it for a new one, and
 * throws its write-ahead log away. */
gboolean mc_schema_check_emptied (const char  *path,
                                  GError     **error);
gboolean mc_schema_look    (const char  *path,
                            guint32      application_id,
                            GError     **error);
gboolean mc_schema_upgrade (McDb        *db,
                            GResource   *resource,
                            const char  *script_dir,
                            guint32      application_id,
                            GError     **error);

/* %MC_STORE_ERROR_TOO_NEW if a newer program wrote the file; nothing is changed. */
gboolean mc_schema_check   (McDb        *db,
                            GResource   *resource,
                            const char  *script_dir,
                            GError     **error);

G_END_DECLS
