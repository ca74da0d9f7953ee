/* mc-units.c: the table of units that a device was given at its enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-units.h"

#include <string.h>

#include "core/mc-json.h"

#define DEPTH_MAX 8   /* a ring in a bad table must not catch us */

/* (transfer full) (element-type utf8 JsonObject): log → unit, in @parents what is a parent of any */
static GHashTable *
read_table (JsonNode   *units,
            GHashTable *parents)
{
  GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *list = units != NULL && JSON_NODE_HOLDS_ARRAY (units) ? json_node_get_array (units) : NULL;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      JsonObject *unit = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (unit == NULL)
        continue;
      g_hash_table_insert (table, g_strdup_printf ("%s@%s", mc_json_get_text (unit, "code", ""), mc_json_get_text (unit, "valid_from", "")),
                           unit);
      g_hash_table_add (parents, (char *) mc_json_get_text (unit, "parent", ""));
    }

  return table;
}

static gboolean
is_below (GHashTable *table,
          JsonObject *unit,
          const char *log)
{
  for (int depth = 0; unit != NULL && depth < DEPTH_MAX; depth++)
    {
      const char *parent = mc_json_get_text (unit, "parent", "");

      if (g_str_equal (parent, log))
        return TRUE;
      unit = g_hash_table_lookup (table, parent);
    }

  return FALSE;
}

static gboolean
is_valid (JsonObject *unit,
          const char *day)
{
  return strcmp (mc_json_get_text (unit, "valid_from", ""), day) <= 0 && strcmp (day, mc_json_get_text (unit, "valid_to", "9999")) <= 0;
}

gboolean
mc_units_add_below (JsonNode    *units,
                    const char  *log,
                    const char  *day,
                    GPtrArray   *out,
                    GPtrArray   *former)
{
  g_autoptr(GHashTable) parents = g_hash_table_new (g_str_hash, g_str_equal), table = read_table (units, parents);
  GHashTableIter iter;
  gpointer name, unit;

  g_hash_table_iter_init (&iter, table);
  while (g_hash_table_iter_next (&iter, &name, &unit))
    if (!g_hash_table_contains (parents, name) && is_below (table, unit, log))
      g_ptr_array_add (is_valid (unit, day) ? out : former, g_strdup (name));

  return g_hash_table_contains (parents, log) || !g_hash_table_contains (table, log);
}
