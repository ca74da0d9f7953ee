/* mc-hub-unit.c: the administrative units, and who reads and writes whose log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-reads.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "core/mc-text.h"

/* the table */

static const char * const kinds[] = { "province", "city", "district", "town", "commune", "ward", NULL };

/* (nullable): what is blank or no text at @name in @unit, where that is neither left out nor null. */
static const char *
find_no_text (JsonObject         *unit,
              const char * const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      JsonNode *node = json_object_get_member (unit, names[i]);

      if (node != NULL && !JSON_NODE_HOLDS_NULL (node) && *mc_json_get_text (unit, names[i], "") == '\0')
        return names[i];
    }

  return NULL;
}

/* Code and date are the name of the unit's log, which stands in paths and lists. */
static gboolean
check_unit (JsonObject  *unit,
            GError     **error)
{
  static const char * const texts[] = { "valid_to", "parent", "name", "kind", NULL };
  const char *code = mc_json_get_text (unit, "code", ""), *from = mc_json_get_text (unit, "valid_from", "");
  const char *to = mc_json_get_text (unit, "valid_to", NULL), *kind = mc_json_get_text (unit, "kind", "");
  const char *wrong = find_no_text (unit, texts);

  if (*code == '\0' || strlen (code) > MC_UNIT_CODE_MAX_BYTES ||
      strspn (code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") != strlen (code))
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is no code of letters and digits, at most %d", code,
                 MC_UNIT_CODE_MAX_BYTES);
  else if (!mc_text_is_date (from))
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is no date such as 2004-07-08 (valid_from)", from);
  else if (wrong != NULL)
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s@%s: “%s” is no text, or a blank one", code, from, wrong);
  else if (to != NULL && !mc_text_is_date (to))
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s@%s: “%s” is no date such as 2025-06-30 (valid_to)", code, from, to);
  else if (to != NULL && strcmp (to, from) < 0)
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s@%s: it ends on %s, before it begins", code, from, to);
  else if (mc_json_get_text (unit, "name", NULL) == NULL)
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s@%s has no name", code, from);
  else if (!g_strv_contains (kinds, kind))
    {
      g_autofree char *known = g_strjoinv (", ", (char **) kinds);

      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s@%s: “%s” is no kind of unit; there are %s", code, from, kind, known);
    }
  else
    return TRUE;

  return FALSE;
}

/* What @sql finds in the table of units as a whole is wrong: its first two columns go into @message. */
static gboolean
finds_none (McHub       *self,
            const char  *sql,
            const char  *message,
            GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, sql, error);
  gboolean has_row;

  if (stmt == NULL || !mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s: %s %s", mc_stmt_get_text (stmt, 0), message,
                 mc_stmt_get_text (stmt, 1));

  return !has_row;
}

#define NAMED "WITH named (log, parent) AS MATERIALIZED (SELECT code || '@' || valid_from, parent FROM unit) "

/* Who reads whose log is decided by the table as a whole. */
static gboolean
check_table (McHub   *self,
             GError **error)
{
  return finds_none (self, "SELECT a.code || '@' || a.valid_from, b.code || '@' || b.valid_from FROM unit AS a JOIN unit AS b"
                     " ON a.code = b.code AND a.valid_from < b.valid_from AND coalesce (a.valid_to, '9999') >= b.valid_from LIMIT 1",
                     "it ends (valid_to) only after the beginning of", error) &&
         finds_none (self, NAMED "SELECT log, parent FROM named WHERE parent IS NOT NULL"
                     " AND parent NOT IN (SELECT log FROM named) LIMIT 1", "its parent is no unit of the table:", error) &&
         finds_none (self, NAMED "SELECT unit, heir FROM successor WHERE heir NOT IN (SELECT log FROM named) LIMIT 1",
                     "its successor is no unit of the table:", error) &&
         finds_none (self, "WITH RECURSIVE named (log, parent) AS MATERIALIZED (SELECT code || '@' || valid_from, parent FROM unit),"
                     " up (log, above) AS (SELECT log, parent FROM named WHERE parent IS NOT NULL UNION SELECT up.log, named.parent"
                     " FROM up JOIN named ON named.log = up.above WHERE named.parent IS NOT NULL)"
                     " SELECT log, above FROM up WHERE log = above LIMIT 1", "it lies below itself:", error);
}

/* Whose work goes on in which units: those that the table of units names now. */
static gboolean
import_successors (McHub       *self,
                   JsonObject  *unit,
                   GError     **error)
{
  JsonArray *heirs = mc_json_get_list (unit, "successors");
  g_autofree char *log = g_strdup_printf ("%s@%s", mc_json_get_text (unit, "code", ""), mc_json_get_text (unit, "valid_from", ""));
  g_autoptr(McStmt) forget = mc_db_prepare (self->db, "DELETE FROM successor WHERE unit = ?", error);

  if (forget == NULL)
    return FALSE;
  mc_stmt_bind_text (forget, 1, log);
  if (!mc_stmt_exec (forget, error))
    return FALSE;
  for (guint i = 0; heirs != NULL && i < json_array_get_length (heirs); i++)
    {
      JsonNode *node = json_array_get_element (heirs, i);
      const char *heir = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      g_autoptr(McStmt) stmt = NULL;

      if (heir == NULL || strchr (heir, '@') == NULL || g_str_equal (heir, log))
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "successors[%u] is no other unit such as 21609@2025-07-01", i);
          return FALSE;
        }
      if (!(stmt = mc_db_prepare (self->db, "INSERT OR IGNORE INTO successor (unit, heir) VALUES (?, ?)", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, log);
      mc_stmt_bind_text (stmt, 2, heir);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
import_unit (McHub       *self,
             JsonObject  *unit,
             GError     **error)
{
  static const char * const names[] = { "code", "valid_from", "valid_to", "name", "kind", "parent" };
  g_autoptr(McStmt) stmt = NULL;

  if (!check_unit (unit, error) ||
      !(stmt = mc_db_prepare (self->db, "INSERT INTO unit (code, valid_from, valid_to, name, kind, parent)"
                              " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (code, valid_from) DO UPDATE SET"
                              " valid_to = excluded.valid_to, name = excluded.name, kind = excluded.kind,"
                              " parent = excluded.parent", error)))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = mc_json_get_text (unit, names[i], NULL);

      if (value != NULL)
        mc_stmt_bind_text (stmt, i + 1, value);
      else
        mc_stmt_bind_null (stmt, i + 1);
    }

  return mc_stmt_exec (stmt, error) && import_successors (self, unit, error);
}

/* The object with a list “units” that @json is. */
static JsonNode *
read_units (const char  *json,
            GError     **error)
{
  g_autoptr(JsonNode) root = NULL;
  gsize size = strlen (json);

  if (size > MC_UNITS_MAX_BYTES || !g_utf8_validate (json, size, NULL) || mc_json_depth (json, size) > MC_UNITS_MAX_DEPTH ||
      !mc_json_is_one (json, size))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "It is not one JSON object of UTF-8 text, at most %d MiB and"
                   " nested at most %d deep", MC_UNITS_MAX_BYTES / 1024 / 1024, MC_UNITS_MAX_DEPTH);
      return NULL;
    }
  if (!(root = json_from_string (json, error)))
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root) || mc_json_get_list (json_node_get_object (root), "units") == NULL)
    {
      g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "There is no list “units” in it");
      return NULL;
    }

  return g_steal_pointer (&root);
}

/**
 * mc_hub_import_units:
 * @self: a hub
 * @json: {"units":[{code, name, kind, parent, valid_from, valid_to, successors}…]}
 * @out_count: (out): how many there were
 * @error: return location for an error; then none is imported
 */
gboolean
mc_hub_import_units (McHub       *self,
                     const char  *json,
                     guint       *out_count,
                     GError     **error)
{
  g_autoptr(JsonNode) root = read_units (json, error);
  g_autoptr(McTransaction) transaction = NULL;
  JsonArray *units;

  if (root == NULL || !(transaction = mc_db_begin (self->db, error)))
    return FALSE;
  units = mc_json_get_list (json_node_get_object (root), "units");
  *out_count = json_array_get_length (units);
  for (guint i = 0; i < *out_count; i++)
    if (!JSON_NODE_HOLDS_OBJECT (json_array_get_element (units, i)) ||
        !import_unit (self, json_array_get_object_element (units, i), error))
      {
        if (error != NULL && *error == NULL)
          g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "not an object");
        g_prefix_error (error, "units[%u]: ", i);
        return FALSE;
      }

  /* A parent that is named by its code alone is the one that was there when the unit began. */
  if (!mc_db_exec (self->db, "UPDATE unit SET parent = coalesce ((SELECT above.code || '@' || above.valid_from FROM unit AS above"
                   " WHERE above.code = unit.parent AND above.valid_from <= unit.valid_from"
                   " ORDER BY above.valid_from DESC LIMIT 1), parent) WHERE parent NOT LIKE '%@%'", error) ||
      !check_table (self, error))
    return FALSE;

  mc_hub_forget_reads (self);

  return mc_transaction_commit (g_steal_pointer (&transaction), error);
}

JsonNode *
mc_hub_units_to_json (McHub   *self,
                      GError **error)
{
  static const char * const names[] = { "code", "valid_from", "valid_to", "name", "kind", "parent" };
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(JsonArray) units = json_array_new ();
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT code, valid_from, valid_to, name, kind, parent FROM unit"
                              " ORDER BY code, valid_from", error)))
    return NULL;

  while (TRUE)
    {
      JsonObject *unit;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return json_node_init_array (json_node_alloc (), units);
      unit = json_object_new ();
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (!mc_stmt_is_null (stmt, i))
          json_object_set_string_member (unit, names[i], mc_stmt_get_text (stmt, i));
      json_array_add_object_element (units, unit);
    }
}

/* Of @unit there is none, or none on @today: which there are. */
static void
refuse_unit (McHub       *self,
             const char  *unit,
             const char  *today,
             GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT group_concat (code || '@' || valid_from, ', ') FROM unit WHERE code = ?", error);
  gboolean has_row;

  if (stmt == NULL)
    return;
  mc_stmt_bind_text (stmt, 1, unit);
  if (!mc_stmt_next (stmt, &has_row, error))
    return;
  if (mc_stmt_is_null (stmt, 0))
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "There is no unit %s; see: minhchung-hub unit list", unit);
  else
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "No unit %s is valid today (%s); say which one is meant: %s",
                 unit, today, mc_stmt_get_text (stmt, 0));
}

/* The log of @unit, a code or code@valid_from; a bare code means the unit that is valid on @today. */
char *
mc_hub_find_log (McHub       *self,
                 const char  *unit,
                 const char  *today,
                 GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT code || '@' || valid_from FROM unit WHERE code || '@' || valid_from = ?1"
                              " OR (code = ?1 AND valid_from <= ?2 AND coalesce (valid_to, '9999') >= ?2) LIMIT 1", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, unit);
  mc_stmt_bind_text (stmt, 2, today);
  if (!mc_stmt_next (stmt, &has_row, error))
    return NULL;
  if (has_row)
    return g_strdup (mc_stmt_get_text (stmt, 0));
  refuse_unit (self, unit, today, error);

  return NULL;
}

/* A district has units below it and a commune none: as the other one, a device could send nothing that counts. */
gboolean
mc_hub_check_role (McHub       *self,
                   const char  *log,
                   const char  *role,
                   GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!g_str_equal (role, "commune") && !g_str_equal (role, "district") && !g_str_equal (role, "auditor"))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "There is no role “%s”: commune, district or auditor", role);
      return FALSE;
    }
  if (!(stmt = mc_db_prepare (self->db, "SELECT 1 FROM unit WHERE parent = ? LIMIT 1", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (g_str_equal (role, "auditor") || has_row == g_str_equal (role, "district"))
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, has_row ? "%s has units below it: say --role district"
                                                                      : "%s has no units below it: say --role commune", log);

  return FALSE;
}

static char *
parent_of (McHub      *self,
           const char *log)
{
  const char *at = strchr (log, '@');
  g_autofree char *code = at != NULL ? g_strndup (log, at - log) : NULL;
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  /* By the key of the table: this is asked for every log of a request. */
  if (code == NULL || !(stmt = mc_db_prepare (self->db, "SELECT parent FROM unit WHERE code = ? AND valid_from = ?", NULL)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, code);
  mc_stmt_bind_text (stmt, 2, at + 1);

  return mc_stmt_next (stmt, &has_row, NULL) && has_row ? g_strdup (mc_stmt_get_text (stmt, 0)) : NULL;
}

static gboolean
has_heirs (McHub      *self,
           const char *unit)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT 1 FROM successor WHERE unit = ? LIMIT 1", NULL);
  gboolean has_row;

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, unit);

  return mc_stmt_next (stmt, &has_row, NULL) && has_row;
}

/* Whether the work of @unit goes on in @heir, maybe by way of others: a log is never closed, but whoever wrote it may be gone. */
static gboolean
inherits (McHub      *self,
          const char *heir,
          const char *unit)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  /* Few units have: of all others it is known by one look, and each new device asks it of all. */
  if (unit == NULL || !has_heirs (self, unit) ||
      !(stmt = mc_db_prepare (self->db, "WITH RECURSIVE later (log) AS (SELECT heir FROM successor WHERE unit = ?1"
                              " UNION SELECT heir FROM later JOIN successor ON unit = log) SELECT 1 FROM later WHERE log = ?2", NULL)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, unit);
  mc_stmt_bind_text (stmt, 2, heir);

  return mc_stmt_next (stmt, &has_row, NULL) && has_row;
}

static gboolean
is_below (McHub      *self,
          const char *log,
          const char *ancestor)
{
  g_autofree char *at = g_strdup (log);

  /* Units are at most a handful of levels deep; a ring in a bad table must not catch us. */
  for (int depth = 0; at != NULL && depth < 8; depth++)
    {
      char *parent = parent_of (self, at);

      g_free (at);
      at = parent;
      if (g_strcmp0 (at, ancestor) == 0 || inherits (self, ancestor, at))
        return TRUE;
    }

  return FALSE;
}

/* rights */

static char *
without_shared (const char *log)
{
  return g_str_has_suffix (log, "/shared") ? g_strndup (log, strlen (log) - strlen ("/shared")) : g_strdup (log);
}

gboolean
mc_hub_is_at_home (McHub       *self,
                   McHubDevice *device,
                   const char  *log)
{
  g_autofree char *unit = without_shared (log);

  return g_str_equal (unit, device->log) || inherits (self, device->log, unit);
}

gboolean
mc_hub_may_read (McHub       *self,
                 McHubDevice *device,
                 const char  *log)
{
  g_autofree char *unit = without_shared (log);

  if (mc_hub_is_at_home (self, device, log) || (mc_faults & MC_FAULT_TELL_ALL))
    return TRUE;
  if (g_str_has_suffix (log, "/shared"))
    return is_below (self, device->log, unit) || is_below (self, unit, device->log);

  return !g_str_equal (device->role, "commune") && is_below (self, unit, device->log);
}

/* Whether it may write there at all; which fields is looked at change by change. */
gboolean
mc_hub_may_write (McHub       *self,
                  McHubDevice *device,
                  const char  *log)
{
  g_autofree char *unit = without_shared (log);

  if (mc_faults & MC_FAULT_WRITE_ALL)
    return TRUE;
  if (g_str_equal (device->role, "auditor"))
    return FALSE;
  if (mc_hub_is_at_home (self, device, log))
    return !g_str_has_suffix (log, "/shared") || g_str_equal (device->role, "district");

  return g_str_equal (device->role, "district") && is_below (self, unit, device->log);
}
