/* mc-stmt.c: values into a statement of a connection, and rows out of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-db-private.h"

/* Binding fails only for a wrong index or a statement that was not reset: both
 * are mistakes in this program, so they abort instead of cluttering the caller. */
void
mc_stmt_bind_text (McStmt     *stmt,
                   int         index,
                   const char *value)
{
  int rc = sqlite3_bind_text (stmt, index, value, -1, SQLITE_TRANSIENT);

  g_assert (rc == SQLITE_OK);
}

void
mc_stmt_bind_int64 (McStmt *stmt,
                    int     index,
                    gint64  value)
{
  int rc = sqlite3_bind_int64 (stmt, index, value);

  g_assert (rc == SQLITE_OK);
}

/**
 * mc_stmt_next:
 * @stmt: a statement
 * @out_has_row: (out): whether there is a row to read
 * @error: return location for an error in the %MC_STORE_ERROR domain, or
 *   %G_IO_ERROR_CANCELLED
 *
 * Moves to the next row.  The end of the rows is not an error.
 *
 * Returns: %FALSE on error
 */
gboolean
mc_stmt_next (McStmt    *stmt,
              gboolean  *out_has_row,
              GError   **error)
{
  int rc = sqlite3_step (stmt);

  *out_has_row = (rc == SQLITE_ROW);

  if (rc == SQLITE_ROW || rc == SQLITE_DONE)
    return TRUE;

  mc_db_set_error (sqlite3_db_handle (stmt), rc, "Could not read or write the database", error);
  return FALSE;
}

/* Runs a statement that returns no rows. */
gboolean
mc_stmt_exec (McStmt  *stmt,
              GError **error)
{
  gboolean has_row;

  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;

  g_assert (!has_row);

  return TRUE;
}

void
mc_stmt_release (McStmt *stmt)
{
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
}

void
mc_stmt_bind_null (McStmt *stmt,
                   int     index)
{
  int rc = sqlite3_bind_null (stmt, index);

  g_assert (rc == SQLITE_OK);
}

void
mc_stmt_bind_blob (McStmt        *stmt,
                   int            index,
                   gconstpointer  data,
                   gsize          size)
{
  int rc = sqlite3_bind_blob64 (stmt, index, data, size, SQLITE_TRANSIENT);

  g_assert (rc == SQLITE_OK);
}

/* What is lent is not copied: it stays as it is until @stmt is released. */
void
mc_stmt_lend_text (McStmt     *stmt,
                   int         index,
                   const char *value)
{
  int rc = sqlite3_bind_text (stmt, index, value, -1, SQLITE_STATIC);

  g_assert (rc == SQLITE_OK);
}

void
mc_stmt_lend_blob (McStmt        *stmt,
                   int            index,
                   gconstpointer  data,
                   gsize          size)
{
  int rc = sqlite3_bind_blob64 (stmt, index, data, size, SQLITE_STATIC);

  g_assert (rc == SQLITE_OK);
}

void
mc_stmt_bind_bytes (McStmt *stmt,
                    int     index,
                    GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  mc_stmt_bind_blob (stmt, index, data, size);
}

/* The text belongs to SQLite and lives until the next step or the release. */
const char *
mc_stmt_get_text (McStmt *stmt,
                  int     column)
{
  return (const char *) sqlite3_column_text (stmt, column);
}

gint64
mc_stmt_get_int64 (McStmt *stmt,
                   int     column)
{
  return sqlite3_column_int64 (stmt, column);
}

gboolean
mc_stmt_is_null (McStmt *stmt,
                 int     column)
{
  return sqlite3_column_type (stmt, column) == SQLITE_NULL;
}

GBytes *
mc_stmt_dup_bytes (McStmt *stmt,
                   int     column)
{
  gconstpointer data = sqlite3_column_blob (stmt, column);

  return g_bytes_new (data, sqlite3_column_bytes (stmt, column));
}
