/* mc-json.c: JSON of strangers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-json.h"

#include <string.h>

/* Of a JSON text, seen from outside its quotes. */
typedef struct
{
  guint depth, deepest;
  guint count;
  guint roots;         /* bracketed values beside each other */
  gboolean outside;    /* there is more than blanks beside them */
} Shape;

static void
measure (Shape      *shape,
         const char *data,
         gsize       size)
{
  gboolean quoted = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      if (quoted)
        {
          if (data[i] == '\\')
            i++;
          else if (data[i] == '"')
            quoted = FALSE;
        }
      else if (data[i] == '"')
        {
          quoted = TRUE;
          shape->outside = shape->outside || shape->depth == 0;
        }
      else if (data[i] == '{' || data[i] == '[')
        {
          shape->roots += shape->depth == 0;
          shape->depth++;
          shape->count++;
          shape->deepest = MAX (shape->deepest, shape->depth);
        }
      else if (data[i] == ',')
        shape->count++;
      else if ((data[i] == '}' || data[i] == ']') && shape->depth > 0)
        shape->depth--;
      else if (shape->depth == 0 && strchr (" \t\r\n", data[i]) == NULL)
        shape->outside = TRUE;
    }
}

guint
mc_json_depth (const char *data,
               gsize       size)
{
  Shape shape = { 0 };

  measure (&shape, data, size);

  return shape.deepest;
}

guint
mc_json_count (const char *data,
               gsize       size)
{
  Shape shape = { 0 };

  measure (&shape, data, size);

  return shape.count;
}

gboolean
mc_json_is_one (const char *data,
                gsize       size)
{
  Shape shape = { 0 };

  measure (&shape, data, size);

  return shape.roots == 1 && !shape.outside;
}

/**
 * mc_json_read:
 * @data: (array length=size): what a stranger sent
 * @size: its length
 * @max_depth: how deep it may be nested
 *
 * Returns: (transfer full) (nullable): the object that @data is; %NULL if it is not UTF-8, no JSON, no object,
 *   or deeper
 */
JsonNode *
mc_json_read (const char *data,
              gsize       size,
              guint       max_depth)
{
  g_autoptr(JsonParser) parser = NULL;
  g_autoptr(JsonNode) root = NULL;

  if (size == 0 || memchr (data, '\0', size) != NULL || !g_utf8_validate (data, size, NULL) ||
      mc_json_depth (data, size) > max_depth || !mc_json_is_one (data, size))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, data, size, NULL))
    return NULL;
  root = json_parser_steal_root (parser);

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? g_steal_pointer (&root) : NULL;
}

const char *
mc_json_get_text (JsonObject *object,
                  const char *member,
                  const char *fallback)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : fallback;
}

gint64
mc_json_get_int (JsonObject *object,
                 const char *member,
                 gint64      fallback)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : fallback;
}

JsonArray *
mc_json_get_list (JsonObject *object,
                  const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}
