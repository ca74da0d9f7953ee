/* mc-json-schema.c: the part of JSON Schema 2020-12 that our schemas use
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * https://json-schema.org/draft/2020-12.  A schema with a keyword that is not known here is refused:
 * silently checking less than a schema says would be worse than not checking at all.
 */

#include "core/mc-json-schema.h"

#include <string.h>

#include "core/mc-json.h"
#include "core/mc-pack.h"

typedef struct
{
  JsonObject *root;
  GString *path;
  GError **error;
} Context;

static gboolean validate (Context *context, JsonNode *schema, JsonNode *instance);

static gboolean
refuse (Context    *context,
        const char *format,
        ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (Context    *context,
        const char *format,
        ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (context->error, MC_PACK_ERROR, MC_PACK_ERROR_SCHEMA, "%s: %s",
               context->path->len > 0 ? context->path->str : "(the whole)", text);

  return FALSE;
}

static const char *
type_name (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return "object";
    case JSON_NODE_ARRAY:
      return "array";
    case JSON_NODE_NULL:
      return "null";
    case JSON_NODE_VALUE:
      break;
    }

  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return "string";
    case G_TYPE_BOOLEAN:
      return "boolean";
    case G_TYPE_INT64:
      return "integer";
    default:
      return "number";
    }
}

static gboolean
is_type (JsonNode   *node,
         const char *wanted)
{
  const char *name = type_name (node);

  return g_str_equal (name, wanted) || (g_str_equal (wanted, "number") && g_str_equal (name, "integer"));
}

static gboolean
check_type (Context  *context,
            JsonNode *value,
            JsonNode *instance)
{
  g_autoptr(GString) wanted = g_string_new (NULL);

  if (!JSON_NODE_HOLDS_ARRAY (value))
    {
      g_string_append (wanted, json_node_get_string (value));
      if (is_type (instance, wanted->str))
        return TRUE;
    }
  else
    for (guint i = 0; i < json_array_get_length (json_node_get_array (value)); i++)
      {
        const char *one = json_array_get_string_element (json_node_get_array (value), i);

        if (is_type (instance, one))
          return TRUE;
        g_string_append_printf (wanted, "%s%s", i > 0 ? " or " : "", one);
      }

  return refuse (context, "is %s, should be %s", type_name (instance), wanted->str);
}

static gboolean
check_required (Context  *context,
                JsonNode *value,
                JsonNode *instance)
{
  JsonArray *names = json_node_get_array (value);

  for (guint i = 0; JSON_NODE_HOLDS_OBJECT (instance) && i < json_array_get_length (names); i++)
    if (!json_object_has_member (json_node_get_object (instance), json_array_get_string_element (names, i)))
      return refuse (context, "“%s” is missing", json_array_get_string_element (names, i));

  return TRUE;
}

/* Validates @node under @schema at a place below the present one. */
static gboolean
descend (Context    *context,
         JsonNode   *schema,
         JsonNode   *node,
         const char *member,
         int         index)
{
  gsize length = context->path->len;
  gboolean fits;

  if (member != NULL)
    g_string_append_printf (context->path, "%s%s", length > 0 ? "." : "", member);
  else
    g_string_append_printf (context->path, "[%d]", index);

  fits = validate (context, schema, node);
  g_string_truncate (context->path, length);

  return fits;
}

static gboolean
check_members (Context    *context,
               JsonObject *schema,
               JsonNode   *instance)
{
  JsonObject *properties = json_object_has_member (schema, "properties")
    ? json_object_get_object_member (schema, "properties") : NULL;
  JsonNode *additional = json_object_get_member (schema, "additionalProperties");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!JSON_NODE_HOLDS_OBJECT (instance) || (properties == NULL && additional == NULL))
    return TRUE;

  json_object_iter_init (&iter, json_node_get_object (instance));
  while (json_object_iter_next (&iter, &name, &node))
    {
      if (properties != NULL && json_object_has_member (properties, name))
        {
          if (!descend (context, json_object_get_member (properties, name), node, name, -1))
            return FALSE;
        }
      else if (additional != NULL && json_node_get_value_type (additional) == G_TYPE_BOOLEAN)
        {
          if (!json_node_get_boolean (additional))
            return refuse (context, "“%s” is not known here", name);
        }
      else if (additional != NULL && !descend (context, additional, node, name, -1))
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_items (Context  *context,
             JsonNode *value,
             JsonNode *instance)
{
  if (!JSON_NODE_HOLDS_ARRAY (instance))
    return TRUE;

  for (guint i = 0; i < json_array_get_length (json_node_get_array (instance)); i++)
    if (!descend (context, value, json_array_get_element (json_node_get_array (instance), i), NULL, i))
      return FALSE;

  return TRUE;
}

static gboolean
check_enum (Context  *context,
            JsonNode *value,
            JsonNode *instance)
{
  JsonArray *allowed = json_node_get_array (value);
  g_autoptr(GString) list = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (allowed); i++)
    {
      g_autofree char *text = mc_json_to_text (json_array_get_element (allowed, i), FALSE);

      if (json_node_equal (json_array_get_element (allowed, i), instance))
        return TRUE;
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", text);
    }

  return refuse (context, "should be one of %s", list->str);
}

static gboolean
check_pattern (Context  *context,
               JsonNode *value,
               JsonNode *instance)
{
  if (json_node_get_value_type (instance) == G_TYPE_STRING &&
      !g_regex_match_simple (json_node_get_string (value), json_node_get_string (instance), 0, 0))
    return refuse (context, "“%s” is not of the form %s", json_node_get_string (instance), json_node_get_string (value));

  return TRUE;
}

/* minLength, maxLength, minItems, maxItems, minimum, maximum */
static gboolean
check_bound (Context    *context,
             const char *keyword,
             gint64      bound,
             JsonNode   *instance)
{
  gboolean is_min = g_str_has_prefix (keyword, "min");
  gint64 actual;

  if (g_str_has_suffix (keyword, "Length") && json_node_get_value_type (instance) == G_TYPE_STRING)
    actual = g_utf8_strlen (json_node_get_string (instance), -1);
  else if (g_str_has_suffix (keyword, "Items") && JSON_NODE_HOLDS_ARRAY (instance))
    actual = json_array_get_length (json_node_get_array (instance));
  else if (g_str_has_suffix (keyword, "imum") && json_node_get_value_type (instance) == G_TYPE_INT64)
    actual = json_node_get_int (instance);
  else
    return TRUE;

  if (is_min ? actual < bound : actual > bound)
    return refuse (context, "%s is %" G_GINT64_FORMAT ", %s %" G_GINT64_FORMAT " are allowed",
                   g_str_has_suffix (keyword, "imum") ? "it" : keyword + 3, actual, is_min ? "at least" : "at most", bound);

  return TRUE;
}

static JsonNode *
follow (Context    *context,
        const char *reference)
{
  if (!g_str_has_prefix (reference, "#/$defs/") || !json_object_has_member (context->root, "$defs"))
    return NULL;

  return json_object_get_member (json_object_get_object_member (context->root, "$defs"), reference + strlen ("#/$defs/"));
}

/* The branch fits where @schema is tried without an error being kept. */
static gboolean
fits (Context  *context,
      JsonNode *schema,
      JsonNode *instance)
{
  g_autoptr(GError) ignored = NULL;
  Context trial = { context->root, context->path, &ignored };

  return validate (&trial, schema, instance);
}

static gboolean
check_keyword (Context    *context,
               JsonObject *schema,
               const char *keyword,
               JsonNode   *value,
               JsonNode   *instance)
{
  static const char * const ignored[] =
  { "$schema", "$id", "$defs", "title", "description", "examples", "properties", "additionalProperties", "then", "else", NULL };
  static const char * const bounds[] =
  { "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", NULL };

  if (g_strv_contains (ignored, keyword))
    return TRUE;
  if (g_strv_contains (bounds, keyword))
    return check_bound (context, keyword, json_node_get_int (value), instance);
  if (g_str_equal (keyword, "type"))
    return check_type (context, value, instance);
  if (g_str_equal (keyword, "required"))
    return check_required (context, value, instance);
  if (g_str_equal (keyword, "items"))
    return check_items (context, value, instance);
  if (g_str_equal (keyword, "enum"))
    return check_enum (context, value, instance);
  if (g_str_equal (keyword, "pattern"))
    return check_pattern (context, value, instance);
  if (g_str_equal (keyword, "$ref"))
    {
      JsonNode *target = follow (context, json_node_get_string (value));

      return target != NULL ? validate (context, target, instance)
                            : refuse (context, "the schema points to %s, which is not there", json_node_get_string (value));
    }
  if (g_str_equal (keyword, "const"))
    {
      g_autofree char *text = mc_json_to_text (value, FALSE);

      return json_node_equal (value, instance) || refuse (context, "should be %s", text);
    }
  if (g_str_equal (keyword, "allOf"))
    {
      for (guint i = 0; i < json_array_get_length (json_node_get_array (value)); i++)
        if (!validate (context, json_array_get_element (json_node_get_array (value), i), instance))
          return FALSE;
      return TRUE;
    }
  if (g_str_equal (keyword, "if"))
    {
      const char *branch = fits (context, value, instance) ? "then" : "else";

      return !json_object_has_member (schema, branch) ||
             validate (context, json_object_get_member (schema, branch), instance);
    }

  return refuse (context, "the schema uses “%s”, which is not known", keyword);
}

static gboolean
validate (Context  *context,
          JsonNode *schema,
          JsonNode *instance)
{
  JsonObject *object;
  JsonObjectIter iter;
  const char *keyword;
  JsonNode *value;

  if (json_node_get_value_type (schema) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (schema) || refuse (context, "nothing is allowed here");

  object = json_node_get_object (schema);
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &keyword, &value))
    if (!check_keyword (context, object, keyword, value, instance))
      return FALSE;

  return check_members (context, object, instance);
}

/**
 * mc_json_schema_validate:
 * @schema: a schema, one of ours
 * @instance: what is to be checked
 * @error: return location for %MC_PACK_ERROR_SCHEMA
 *
 * Returns: %TRUE if @instance fits; else @error names the first place where it does not
 */
gboolean
mc_json_schema_validate (JsonNode  *schema,
                         JsonNode  *instance,
                         GError   **error)
{
  g_autoptr(GString) path = g_string_new (NULL);
  Context context = { json_node_get_object (schema), path, error };

  return validate (&context, schema, instance);
}
