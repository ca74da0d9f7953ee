/* mc-change-read.c: what the bytes of a change say
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parsing is strict: what a stranger's program wrote is either exactly a change or an error that says
 * where it is not.  Members this program does not know are kept, because the bytes are.
 */

#include "core/mc-change-private.h"

#include <math.h>
#include <string.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-json.h"

static gboolean
refuse (GError     **error,
        const char  *format,
        ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError     **error,
        const char  *format,
        ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "Not a change: %s", text);

  return FALSE;
}

static gboolean
get_string (JsonObject  *object,
            const char  *member,
            gsize        max_bytes,
            const char **out_value,
            GError     **error)
{
  JsonNode *node = json_object_get_member (object, member);
  const char *value;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (error, "“%s” is missing or no text", member);

  value = json_node_get_string (node);
  if (strlen (value) > max_bytes)
    return refuse (error, "“%s” is longer than %" G_GSIZE_FORMAT " bytes", member, max_bytes);

  *out_value = value;

  return TRUE;
}

static gboolean
is_field_name (const char *name)
{
  gsize length = strlen (name);

  return length > 0 && length <= 64 && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_.-*") == length;
}

/* json-glib reads 1e999 as infinity, and writes that as what no parser takes. */
static gboolean
is_finite (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        if (!is_finite (json_array_get_element (array, i)))
          return FALSE;
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        if (!is_finite (member))
          return FALSE;
    }

  return json_node_get_value_type (node) != G_TYPE_DOUBLE || isfinite (json_node_get_double (node));
}

static gboolean
check_fields (JsonObject  *set,
              GError     **error)
{
  JsonObjectIter iter;
  JsonNode *value;
  const char *name;

  if (json_object_get_size (set) > MC_CHANGE_MAX_FIELDS)
    return refuse (error, "more than %d fields", MC_CHANGE_MAX_FIELDS);

  json_object_iter_init (&iter, set);
  while (json_object_iter_next (&iter, &name, &value))
    if (!is_field_name (name))
      return refuse (error, "“%s” is no field name", name);
    else if (!is_finite (value))
      return refuse (error, "“%s” is no finite number", name);

  return TRUE;
}

static gboolean
check_seen (JsonObject  *seen,
            GError     **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (json_object_get_size (seen) > MC_CHANGE_MAX_FIELDS + 1)
    return refuse (error, "more than %d fields in “seen”", MC_CHANGE_MAX_FIELDS);

  json_object_iter_init (&iter, seen);
  while (json_object_iter_next (&iter, &name, &node))
    {
      JsonArray *heads;
      /* A deletion names every head of the record and its parts under "*". */
      guint max = g_str_equal (name, "*") ? MC_CHANGE_MAX_SEEN * MC_CHANGE_MAX_FIELDS : MC_CHANGE_MAX_SEEN;

      if (!is_field_name (name) || !JSON_NODE_HOLDS_ARRAY (node))
        return refuse (error, "seen.%s is no list", name);

      heads = json_node_get_array (node);
      if (json_array_get_length (heads) > max)
        return refuse (error, "seen.%s names more than %u changes", name, max);
      for (guint i = 0; i < json_array_get_length (heads); i++)
        {
          JsonNode *head = json_array_get_element (heads, i);

          if (json_node_get_value_type (head) != G_TYPE_STRING ||
              strlen (json_node_get_string (head)) != MC_SHORT_LENGTH)
            return refuse (error, "seen.%s[%u] names no change", name, i);
        }
    }

  return TRUE;
}

static gboolean
read_group (McChange  *self,
            GError   **error)
{
  JsonNode *node = json_object_get_member (self->object, "group");
  JsonArray *group;
  gint64 k, m;

  self->group_k = 0;
  self->group_m = 1;
  if (node == NULL)
    return TRUE;

  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) != 2)
    return refuse (error, "“group” is not [k, m]");

  group = json_node_get_array (node);
  if (json_node_get_value_type (json_array_get_element (group, 0)) != G_TYPE_INT64 ||
      json_node_get_value_type (json_array_get_element (group, 1)) != G_TYPE_INT64)
    return refuse (error, "“group” is not [k, m]");

  k = json_array_get_int_element (group, 0);
  m = json_array_get_int_element (group, 1);
  if (m < 1 || m > MC_GROUP_MAX_CHANGES || k < 0 || k >= m)
    return refuse (error, "“group” is out of range");

  self->group_k = k;
  self->group_m = m;

  return TRUE;
}

static gboolean
read_evidence (McChange  *self,
               GError   **error)
{
  JsonNode *node = json_object_get_member (self->object, "evidence");
  JsonArray *list;
  McDigest digest;

  self->evidence = g_ptr_array_new ();
  if (node != NULL)
    {
      if (!JSON_NODE_HOLDS_ARRAY (node))
        return refuse (error, "“evidence” is no list");

      list = json_node_get_array (node);
      if (json_array_get_length (list) > MC_CHANGE_MAX_FIELDS)
        return refuse (error, "“evidence” names more than %d files", MC_CHANGE_MAX_FIELDS);
      for (guint i = 0; i < json_array_get_length (list); i++)
        {
          JsonNode *hash = json_array_get_element (list, i);

          if (json_node_get_value_type (hash) != G_TYPE_STRING ||
              !mc_digest_from_hex (&digest, json_node_get_string (hash)))
            return refuse (error, "evidence[%u] is no SHA-256", i);
          g_ptr_array_add (self->evidence, (gpointer) json_node_get_string (hash));
        }
    }
  g_ptr_array_add (self->evidence, NULL);

  return TRUE;
}

/* Reads the members of @self->object, which is what the bytes hold. */
static gboolean
read_members (McChange  *self,
              GError   **error)
{
  JsonNode *set = json_object_get_member (self->object, "set");
  JsonNode *seen = json_object_get_member (self->object, "seen");

  if (!get_string (self->object, "id", 36, &self->id, error) ||
      !get_string (self->object, "record", 36, &self->record, error) ||
      !get_string (self->object, "type", 64, &self->type, error) ||
      !get_string (self->object, "pack", 96, &self->pack, error) ||
      !get_string (self->object, "at", 40, &self->at, error) ||
      !get_string (self->object, "by", 400, &self->by, error))
    return FALSE;

  if (!mc_id_is_valid (self->id))
    return refuse (error, "“id” is no UUID");
  if (!mc_id_is_valid (self->record))
    return refuse (error, "“record” is no UUID");
  if (json_object_has_member (self->object, "instead") &&
      (!get_string (self->object, "instead", 36, &self->instead, error) || !mc_id_is_valid (self->instead)))
    return error != NULL && *error != NULL ? FALSE : refuse (error, "“instead” is no UUID");

  if (set == NULL || !JSON_NODE_HOLDS_OBJECT (set))
    return refuse (error, "“set” is missing");
  self->set = json_node_get_object (set);

  if (seen != NULL && !JSON_NODE_HOLDS_OBJECT (seen))
    return refuse (error, "“seen” is no object");
  self->seen = seen != NULL ? json_node_get_object (seen) : NULL;

  return check_fields (self->set, error) &&
         (self->seen == NULL || check_seen (self->seen, error)) &&
         read_group (self, error) &&
         read_evidence (self, error);
}

gboolean
mc_change_read_tree (McChange  *self,
                     GError   **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autoptr(GError) json_error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (self->bytes, &size);

  if (!json_parser_load_from_data (parser, data, size, &json_error))
    return refuse (error, "%s", json_error->message);

  self->root = json_parser_steal_root (parser);
  if (self->root == NULL || !JSON_NODE_HOLDS_OBJECT (self->root))
    return refuse (error, "it is no JSON object");
  self->object = json_node_get_object (self->root);

  return TRUE;
}

gboolean
mc_change_read (McChange  *self,
                GError   **error)
{
  gsize size;
  const char *data = g_bytes_get_data (self->bytes, &size);

  if (size == 0 || size > MC_CHANGE_MAX_BYTES)
    return refuse (error, "%" G_GSIZE_FORMAT " bytes, where 1 to %d are allowed", size, MC_CHANGE_MAX_BYTES);
  if (memchr (data, '\n', size) != NULL || memchr (data, '\0', size) != NULL || !g_utf8_validate (data, size, NULL))
    return refuse (error, "it is not one line of UTF-8");
  if (mc_json_depth (data, size) > MC_CHANGE_MAX_DEPTH)
    return refuse (error, "nested deeper than %d", MC_CHANGE_MAX_DEPTH);
  if (mc_json_count (data, size) > MC_CHANGE_MAX_VALUES)
    return refuse (error, "more than %d values", MC_CHANGE_MAX_VALUES);

  if (!mc_change_read_tree (self, error) || !read_members (self, error))
    return FALSE;
  self->short_id = mc_id_to_short (self->id);

  return TRUE;
}

gboolean
mc_change_check_json (McChange  *self,
                      GError   **error)
{
  gsize size;
  const char *data = g_bytes_get_data (self->bytes, &size);

  /* What is too large is refused as such. */
  return size > MC_CHANGE_MAX_BYTES || mc_json_is_one (data, size) || refuse (error, "it is no JSON object");
}
