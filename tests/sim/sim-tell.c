/* sim-tell.c: what is in the stores when something went wrong, for whoever reads a history
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

static void
tell_rows (SimWorld   *world,
           McDb       *db,
           const char *title,
           const char *sql)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, sql, NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  sim_say (world, "  %s", title);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    {
      g_autoptr(GString) line = g_string_new (NULL);

      for (int i = 0; i < sqlite3_column_count (stmt); i++)
        {
          const char *text = mc_stmt_get_text (stmt, i);

          g_string_append_printf (line, " %s", text != NULL ? text : "-");
        }
      sim_say (world, "   %s", line->str);
    }
}

void
sim_tell_stores (SimWorld *world)
{
  McDb *hub = world->hub->db;

  if (!world->trace)
    return;
  sim_say (world, "hub:");
  tell_rows (world, hub, "rows: log seq id device incarnation n k/m signed holes", "SELECT substr (log, 1, 12), seq, substr (id, 1, 23),"
             " substr (device, 8, 1), substr (incarnation, 1, 8), n, k || '/' || m, signature IS NOT NULL, length (holes) / 32"
             " FROM change ORDER BY log, seq");
  tell_rows (world, hub, "refused: log id device incarnation n k/m held settled", "SELECT substr (log, 1, 12), substr (id, 1, 23),"
             " substr (device, 8, 1), substr (incarnation, 1, 8), n, k || '/' || m, held, settled FROM refused ORDER BY number");
  tell_rows (world, hub, "streams: log device incarnation n holes", "SELECT substr (log, 1, 12), substr (device, 8, 1),"
             " substr (incarnation, 1, 8), n, length (holes) / 32 FROM stream ORDER BY log, device");
  tell_rows (world, hub, "wanted: log device incarnation n", "SELECT substr (log, 1, 12), substr (device, 8, 1),"
             " substr (incarnation, 1, 8), n FROM wanted");
  for (guint i = 0; i < world->devices->len; i++)
    {
      SimDevice *device = world->devices->pdata[i];
      McDb *db = mc_journal_get_db (device->journal);

      sim_say (world, "%s, incarnation %.8s:", device->name, mc_journal_get_incarnation (device->journal));
      tell_rows (world, db, "changes: number log id device incarnation n k/m state seq own in the log as, signed, receipt",
                 "SELECT number, substr (log, 1, 12), substr (id, 1, 23), substr (device, 8, 1), substr (incarnation, 1, 8), n,"
                 " k || '/' || m, state, seq, own, substr (log_incarnation, 1, 8), log_n, signature IS NOT NULL,"
                 " EXISTS (SELECT 1 FROM receipt_item AS i WHERE i.kind = 1 AND i.hash = change.hash)"
                 " FROM change ORDER BY log, seq IS NULL, seq, number");
      tell_rows (world, db, "places: log device incarnation n", "SELECT substr (log, 1, 12), substr (device, 8, 1),"
                 " substr (incarnation, 1, 8), n FROM place");
      tell_rows (world, db, "streams: log incarnation n hub_n", "SELECT substr (log, 1, 12), substr (incarnation, 1, 8), n, hub_n"
                 " FROM stream ORDER BY log");
      tell_rows (world, db, "cursors: log seq", "SELECT substr (log, 1, 12), seq FROM cursor");
    }
}
