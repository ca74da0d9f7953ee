/* mc-db-private.h: what connection and statements have in common
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-db.h"

G_BEGIN_DECLS

/* Fills in @error from @rc, the latest result on @handle (nullable). */
void mc_db_set_error (sqlite3     *handle,
                      int          rc,
                      const char  *doing,
                      GError     **error);

G_END_DECLS
