/* mc-hub-late.c: rows of devices that were shut out before they came
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A device that was shut out brings nothing more itself.  Others hand back what they hold of it when the hub went back:
 * honest work for the most part, signed by its author.  When it was written its author alone says, so a person looks at it.
 */

#include "hub/mc-hub-late.h"

#define FROM_LATE " FROM change JOIN device ON device.id = change.device WHERE revoked_us IS NOT NULL AND taken_us > revoked_us"

char *
mc_hub_list_late (McHub   *self,
                  GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GString) out = g_string_new (NULL);
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT change.log, seq, device.id, datetime (taken_us / 1000000, 'unixepoch'),"
                              " datetime (revoked_us / 1000000, 'unixepoch'), record, change.bytes ->> 'at', change.bytes ->> 'by'"
                              FROM_LATE " ORDER BY taken_us, change.log, seq", error)))
    return NULL;
  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_string_free (g_steal_pointer (&out), FALSE);
      g_string_append_printf (out, "%s row %" G_GINT64_FORMAT "  device %s  came %sZ  shut out %sZ  record %s  says %s, %s\n",
                              mc_stmt_get_text (stmt, 0), mc_stmt_get_int64 (stmt, 1), mc_stmt_get_text (stmt, 2),
                              mc_stmt_get_text (stmt, 3), mc_stmt_get_text (stmt, 4), mc_stmt_get_text (stmt, 5),
                              mc_stmt_get_text (stmt, 6), mc_stmt_get_text (stmt, 7));
    }
}

gboolean
mc_hub_count_late (McHub    *self,
                   guint64  *out_count,
                   GError  **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT count(*)" FROM_LATE, error);
  gboolean has_row;

  if (stmt == NULL || !mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_count = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}
