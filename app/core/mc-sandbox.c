/* mc-sandbox.c: SQL expressions of a pack, evaluated where they can do no harm
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-sandbox.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "core/mc-db-private.h"
#include "core/mc-error.h"
#include "core/mc-limits.h"

struct _McSandbox
{
  sqlite3 *handle;
  McPack *pack;             /* (owned) */
  const char *type;         /* (nullable) whose expression is being prepared */
  char *inner;              /* (owned) the view below all others, by a name that no expression can know */
  GPtrArray *former;        /* (owned) (nullable) */
  guint steps;
};

#define ANY_COLUMNS 0

static const char * const functions[] = {
  "abs", "avg", "coalesce", "count", "date", "glob", "ifnull", "iif", "instr", "julianday", "length", "like", "lower",
  "max", "min", "nullif", "replace", "round", "strftime", "substr", "substring", "sum", "total", "trim", "typeof", "upper",
  "json_extract", NULL
};

/* What would say another thing tomorrow, or on a PC of another time zone: the same records must give the same points. */
#define CLOCK "(?i)['\"`\\[](now|localtime|utc|subsec|subsecond)['\"`\\]]|\\b(date|julianday)\\s*\\(\\s*\\)|\\bstrftime\\s*\\(\\s*'[^']*'\\s*\\)"

static int
authorize_cb (void       *user_data,
              int         action,
              const char *first,
              const char *second,
              const char *database,
              const char *view)
{
  McSandbox *self = user_data;

  if (self->type == NULL)
    return SQLITE_OK;

  switch (action)
    {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return action == SQLITE_SELECT ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
      return g_strv_contains (functions, second) ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_READ:
      /* The view of the type and the scope by name, the record table only through the inner view: SQLite says "view" of a
       * WITH as well, so that an expression could take the name of any view that it knows. */
      if (g_strcmp0 (database, "temp") == 0 &&
          (g_str_equal (first, self->type) || g_str_equal (first, "scope") ||
           (g_str_equal (first, self->inner) && g_strcmp0 (view, self->type) == 0)))
        return SQLITE_OK;
      if (g_strcmp0 (first, "record") == 0 && g_strcmp0 (view, self->inner) == 0)
        return SQLITE_OK;
      /* Of a table of which only the rows are counted SQLite does not say in which database it is. */
      return database == NULL && g_strcmp0 (first, "scope") == 0 ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
    }
}

static int
progress_cb (void *user_data)
{
  McSandbox *self = user_data;

  return ++self->steps > MC_SQL_MAX_STEPS;
}

static gboolean
set_error (McSandbox   *self,
           const char  *place,
           GError     **error)
{
  int rc = sqlite3_errcode (self->handle) & 0xff;

  /* No expression can do that: the file is damaged, and whoever reads this has to hear so. */
  if (rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB)
    mc_db_set_error (self->handle, rc, place, error);
  else
    g_set_error (error, MC_PACK_ERROR, MC_PACK_ERROR_EXPRESSION, "%s: %s", place, sqlite3_errmsg (self->handle));

  return FALSE;
}

static gboolean
exec (McSandbox   *self,
      const char  *sql,
      GError     **error)
{
  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK || set_error (self, "sandbox", error);
}

static gboolean
add_inner (McSandbox  *self,
           GError    **error)
{
  char *sql;
  gboolean done;

  self->inner = g_uuid_string_random ();
  sql = sqlite3_mprintf ("CREATE TEMP VIEW \"%w\" AS SELECT log, id, parent, type, body FROM main.record"
                         " WHERE pack = %Q AND flags & 1 = 0", self->inner, mc_pack_get_id (self->pack));
  done = exec (self, sql, error);
  sqlite3_free (sql);

  return done;
}

static gboolean
add_view (McSandbox     *self,
          McRecordType  *type,
          GError       **error)
{
  g_autoptr(GString) sql = g_string_new (NULL);
  char *head = sqlite3_mprintf ("CREATE TEMP VIEW \"%w\" AS SELECT log AS unit, id AS record, parent", type->id);
  char *tail = sqlite3_mprintf (" FROM \"%w\" WHERE type = %Q", self->inner, type->id);

  g_string_append (sql, head);
  for (guint i = 0; i < type->fields->len; i++)
    {
      McField *field = type->fields->pdata[i];
      char *column;

      if (g_str_equal (field->name, "unit") || g_str_equal (field->name, "record") || g_str_equal (field->name, "parent"))
        continue;
      /* A blank text and an empty list of files are blank, as they are on screen.  So is a number that nobody can have typed
       * here: what one device of one unit writes must not keep all the others' from being added up. */
      if (field->type == MC_FIELD_INTEGER)
        column = sqlite3_mprintf (", CASE WHEN json_extract (body, '$.\"%w\"') BETWEEN %lld AND %lld THEN json_extract (body, '$.\"%w\"')"
                                  " END AS \"%w\"", field->name, -MC_NUMBER_MAX, MC_NUMBER_MAX, field->name, field->name);
      else
        column = sqlite3_mprintf (", nullif (nullif (json_extract (body, '$.\"%w\"'), ''), '[]') AS \"%w\"", field->name, field->name);
      g_string_append (sql, column);
      sqlite3_free (column);
    }
  g_string_append (sql, tail);
  sqlite3_free (head);
  sqlite3_free (tail);

  return exec (self, sql->str, error);
}

/**
 * mc_sandbox_new:
 * @db_path: the database of a store
 * @pack: the pack whose expressions are evaluated
 * @error: return location for %MC_PACK_ERROR_EXPRESSION; %MC_STORE_ERROR_CORRUPT or _NOT_DATABASE of a damaged file
 *
 * Returns: (transfer full) (nullable): a sandbox that sees what was committed
 */
McSandbox *
mc_sandbox_new (const char  *db_path,
                McPack      *pack,
                GError     **error)
{
  g_autoptr(McSandbox) self = g_new0 (McSandbox, 1);
  GPtrArray *types = mc_pack_get_types (pack);

  self->pack = mc_pack_ref (pack);
  if (sqlite3_open_v2 (db_path, &self->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      set_error (self, db_path, error);
      return NULL;
    }
  sqlite3_busy_timeout (self->handle, 5000);
  sqlite3_limit (self->handle, SQLITE_LIMIT_SQL_LENGTH, MC_SQL_MAX_BYTES);
  sqlite3_limit (self->handle, SQLITE_LIMIT_EXPR_DEPTH, MC_SQL_MAX_DEPTH);
  sqlite3_limit (self->handle, SQLITE_LIMIT_LENGTH, MC_SQL_MAX_VALUE);
  sqlite3_limit (self->handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MC_SQL_MAX_PATTERN);
  sqlite3_limit (self->handle, SQLITE_LIMIT_ATTACHED, 0);
  if (!exec (self, "PRAGMA temp_store = MEMORY; CREATE TEMP TABLE scope (unit TEXT PRIMARY KEY, is_unit INTEGER) WITHOUT ROWID", error) ||
      !add_inner (self, error))
    return NULL;
  for (guint i = 0; i < types->len; i++)
    if (!add_view (self, types->pdata[i], error))
      return NULL;
  sqlite3_set_authorizer (self->handle, authorize_cb, self);
  sqlite3_progress_handler (self->handle, MC_SQL_STEP_OPS, progress_cb, self);

  return g_steal_pointer (&self);
}

void
mc_sandbox_free (McSandbox *self)
{
  sqlite3_close (self->handle);
  g_clear_pointer (&self->pack, mc_pack_unref);
  g_clear_pointer (&self->former, g_ptr_array_unref);
  g_free (self->inner);
  g_free (self);
}

McPack *
mc_sandbox_get_pack (McSandbox *self)
{
  return self->pack;
}

void
mc_sandbox_set_former (McSandbox *self,
                       GPtrArray *logs)
{
  g_clear_pointer (&self->former, g_ptr_array_unref);
  self->former = g_ptr_array_ref (logs);
}

gboolean
mc_sandbox_set_scope (McSandbox           *self,
                      const char * const  *logs,
                      GError             **error)
{
  self->steps = 0;
  if (!exec (self, "DELETE FROM temp.scope", error))
    return FALSE;
  for (gsize i = 0; logs[i] != NULL; i++)
    {
      gboolean is_former = self->former != NULL && g_ptr_array_find_with_equal_func (self->former, logs[i], g_str_equal, NULL);
      char *sql = sqlite3_mprintf ("INSERT OR IGNORE INTO temp.scope VALUES (%Q, %d)", logs[i], !is_former);
      gboolean done = exec (self, sql, error);

      sqlite3_free (sql);
      if (!done)
        return FALSE;
    }

  return TRUE;
}

static sqlite3_stmt *
prepare_guarded (McSandbox   *self,
                 const char  *type,
                 const char  *place,
                 const char  *sql,
                 int          columns,
                 GError     **error)
{
  sqlite3_stmt *stmt = NULL;
  const char *rest = NULL;
  int rc;

  if (g_regex_match_simple (CLOCK, sql, 0, 0))
    {
      g_set_error (error, MC_PACK_ERROR, MC_PACK_ERROR_EXPRESSION, "%s: it asks what time it is, and would say another thing tomorrow",
                   place);
      return NULL;
    }
  self->type = type;
  self->steps = 0;
  rc = sqlite3_prepare_v2 (self->handle, sql, -1, &stmt, &rest);
  self->type = NULL;

  if (rc == SQLITE_OK && rest != NULL && *rest != '\0')
    {
      g_set_error (error, MC_PACK_ERROR, MC_PACK_ERROR_EXPRESSION, "%s: more than one statement", place);
      sqlite3_finalize (stmt);
      return NULL;
    }
  if (rc != SQLITE_OK)
    {
      set_error (self, place, error);
      return NULL;
    }
  /* "1), (2" between our brackets is two. */
  if (columns != ANY_COLUMNS && sqlite3_column_count (stmt) != columns)
    {
      g_set_error (error, MC_PACK_ERROR, MC_PACK_ERROR_EXPRESSION, "%s: it is not one expression", place);
      sqlite3_finalize (stmt);
      return NULL;
    }

  return stmt;
}

/* The two whole numbers that @sql (transfer full) says of @measure. */
static gboolean
read_two (McSandbox  *self,
          McMeasure  *measure,
          char       *sql,
          gint64     *out_first,
          gint64     *out_second,
          GError    **error)
{
  sqlite3_stmt *stmt = prepare_guarded (self, measure->type, measure->id, sql, 2, error);
  gboolean done;

  sqlite3_free (sql);
  if (stmt == NULL)
    return FALSE;
  done = sqlite3_step (stmt) == SQLITE_ROW || set_error (self, measure->id, error);
  if (done)
    {
      *out_first = sqlite3_column_int64 (stmt, 0);
      *out_second = sqlite3_column_int64 (stmt, 1);
    }
  sqlite3_finalize (stmt);

  return done;
}

static gboolean
count_units (McSandbox   *self,
             McMeasure   *measure,
             gint64      *out_numerator,
             gint64      *out_denominator,
             GError     **error)
{
  char *sql = sqlite3_mprintf ("SELECT (SELECT count(*) FROM (SELECT 1 FROM \"%w\" WHERE unit IN (SELECT unit FROM scope WHERE is_unit)"
                               " AND (%s) GROUP BY unit HAVING (%s))), (SELECT sum (is_unit) FROM scope)",
                               measure->type, measure->where != NULL ? measure->where : "1", measure->per_unit);

  return read_two (self, measure, sql, out_numerator, out_denominator, error);
}

gboolean
mc_sandbox_count_known (McSandbox  *self,
                        McMeasure  *measure,
                        gint64     *out_entered,
                        gint64     *out_known,
                        GError    **error)
{
  char *sql = sqlite3_mprintf ("SELECT count(*), count(known) FROM (SELECT (%s) AS known FROM \"%w\" WHERE unit IN"
                               " (SELECT unit FROM scope WHERE is_unit) AND (%s) GROUP BY unit)",
                               measure->per_unit, measure->type, measure->where != NULL ? measure->where : "1");

  return read_two (self, measure, sql, out_entered, out_known, error);
}

gboolean
mc_sandbox_count_entered (McSandbox  *self,
                          McMeasure  *measure,
                          gboolean    whatever,
                          gint64     *out_entered,
                          GError    **error)
{
  McRecordType *type = mc_pack_find_type (self->pack, measure->type);
  const char *nil = mc_record_type_find_field (type, MC_FIELD_NIL) != NULL ? "coalesce(\"" MC_FIELD_NIL "\", 0)" : "0";
  gint64 unused;
  char *sql = sqlite3_mprintf ("SELECT count(*), 0 FROM \"%w\" WHERE unit IN (SELECT unit FROM scope) AND ((%s) OR %s)",
                               measure->type, measure->where != NULL && !whatever ? measure->where : "1", nil);

  return read_two (self, measure, sql, out_entered, &unused, error);
}

gboolean
mc_sandbox_measure (McSandbox   *self,
                    McMeasure   *measure,
                    gint64      *out_numerator,
                    gint64      *out_denominator,
                    GError     **error)
{
  sqlite3_stmt *stmt;
  gboolean done;
  char *sql;

  if (measure->per_unit != NULL)
    return count_units (self, measure, out_numerator, out_denominator, error);

  sql = sqlite3_mprintf ("SELECT (%s), (%s) FROM \"%w\" WHERE unit IN (SELECT unit FROM scope) AND (%s)",
                         measure->numerator, measure->denominator, measure->type, measure->where != NULL ? measure->where : "1");
  stmt = prepare_guarded (self, measure->type, measure->id, sql, 2, error);
  sqlite3_free (sql);
  if (stmt == NULL)
    return FALSE;

  done = sqlite3_step (stmt) == SQLITE_ROW || set_error (self, measure->id, error);
  if (done && (sqlite3_column_type (stmt, 0) == SQLITE_FLOAT || sqlite3_column_type (stmt, 1) == SQLITE_FLOAT))
    {
      *out_numerator = llround (sqlite3_column_double (stmt, 0) * 100);
      *out_denominator = llround (sqlite3_column_double (stmt, 1) * 100);
    }
  else if (done)
    {
      *out_numerator = sqlite3_column_int64 (stmt, 0);
      *out_denominator = sqlite3_column_int64 (stmt, 1);
    }
  sqlite3_finalize (stmt);

  return done;
}

GPtrArray *
mc_sandbox_select (McSandbox   *self,
                   const char  *type,
                   const char  *sql,
                   const char  *argument,
                   GError     **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  sqlite3_stmt *stmt = prepare_guarded (self, type, "select", sql, ANY_COLUMNS, error);
  int rc;

  if (stmt == NULL)
    return NULL;
  if (argument != NULL)
    sqlite3_bind_text (stmt, 1, argument, -1, SQLITE_TRANSIENT);
  while ((rc = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      GPtrArray *row = g_ptr_array_new_with_free_func (g_free);

      for (int i = 0; i < sqlite3_column_count (stmt); i++)
        g_ptr_array_add (row, g_strdup ((const char *) sqlite3_column_text (stmt, i)));
      g_ptr_array_add (rows, row);
    }
  if (rc != SQLITE_DONE)
    {
      set_error (self, "select", error);
      g_clear_pointer (&rows, g_ptr_array_unref);
    }
  sqlite3_finalize (stmt);

  return g_steal_pointer (&rows);
}
