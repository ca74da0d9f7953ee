/* mc-setting.c: single values by name, as stores and hubs keep them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-setting.h"

char *
mc_setting_get (McDb       *db,
                const char *name)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, "SELECT value FROM setting WHERE name = ?", NULL);
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  mc_stmt_bind_text (stmt, 1, name);

  return mc_stmt_next (stmt, &has_row, NULL) && has_row ? g_strdup (mc_stmt_get_text (stmt, 0)) : NULL;
}

gboolean
mc_setting_set (McDb        *db,
                const char  *name,
                const char  *value,
                GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (db, "INSERT INTO setting (name, value) VALUES (?, ?)"
                              " ON CONFLICT (name) DO UPDATE SET value = excluded.value", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, name);
  mc_stmt_bind_text (stmt, 2, value);

  return mc_stmt_exec (stmt, error);
}
