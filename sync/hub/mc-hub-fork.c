/* mc-hub-fork.c: devices that are two computers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub.h"

#include "core/mc-limits.h"

gboolean
mc_hub_note_fork (McHub       *self,
                  const char  *device,
                  const char  *incarnation,
                  gint64       now_us,
                  GError     **error)
{
  g_autofree char *detail = g_strconcat (device, " ", incarnation, NULL);
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT 1 FROM audit WHERE what = 'fork' AND detail = ?", error);
  gboolean known;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, detail);
  if (!mc_stmt_next (stmt, &known, error))
    return FALSE;
  if (known)
    return TRUE;
  g_message ("device %s: two computers share it, or it was put back; each goes on under an incarnation of its own", device);

  return mc_hub_audit (self, now_us, "fork", detail, error);
}

/* Under which incarnation @device spoke last; %NULL = it never did, or a hub from before this was noted heard it. */
static gboolean
find_last (McHub       *self,
           const char  *device,
           char       **out_incarnation,
           GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT incarnation FROM device WHERE id = ?", error);
  gboolean has_row;

  *out_incarnation = NULL;
  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, device);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row && !mc_stmt_is_null (stmt, 0))
    *out_incarnation = g_strdup (mc_stmt_get_text (stmt, 0));

  return TRUE;
}

/* Runs @sql on @device and @incarnation; whether it gave a row goes to @out_row. */
static gboolean
run (McHub       *self,
     const char  *sql,
     const char  *device,
     const char  *incarnation,   /* (nullable) */
     gboolean    *out_row,
     GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, sql, error);

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, device);
  if (incarnation != NULL)
    mc_stmt_bind_text (stmt, 2, incarnation);

  return mc_stmt_next (stmt, out_row, error);
}

gboolean
mc_hub_note_spoken (McHub       *self,
                    const char  *device,
                    const char  *incarnation,
                    gint64       now_us,
                    GError     **error)
{
  g_autofree char *last = NULL;
  gboolean was_left, has_row;

  if (!find_last (self, device, &last, error))
    return FALSE;
  if (g_strcmp0 (last, incarnation) == 0)
    return TRUE;
  if (!run (self, "SELECT 1 FROM left_incarnation WHERE device = ? AND incarnation = ?", device, incarnation, &was_left, error) ||
      (was_left && !mc_hub_note_fork (self, device, incarnation, now_us, error)))
    return FALSE;
  if (last != NULL &&
      (!run (self, "INSERT OR IGNORE INTO left_incarnation (device, incarnation) VALUES (?, ?)", device, last, &has_row, error) ||
       !run (self, "DELETE FROM left_incarnation WHERE device = ?1 AND number NOT IN (SELECT number FROM left_incarnation"
             " WHERE device = ?1 ORDER BY number DESC LIMIT " G_STRINGIFY (MC_INCARNATIONS_MAX) ")", device, NULL, &has_row, error)))
    return FALSE;

  return run (self, "UPDATE device SET incarnation = ?2 WHERE id = ?1", device, incarnation, &has_row, error);
}
