/* mc-change.c: one saved edit of one record, immutable
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parsing is strict: what a stranger's program wrote is either exactly a change or an error that says
 * where it is not.  Members this program does not know are kept, because the bytes are.
 */

#include "core/mc-change.h"

#include <math.h>
#include <string.h>

#include "core/mc-change-scan.h"
#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-json.h"

struct _McChange
{
  gatomicrefcount ref_count;

  GBytes *bytes;       /* (owned) */
  McDigest hash;
  McChangeScan scan;   /* (owned) of one that was only scanned */
  char *short_id;      /* (owned) (nullable) until somebody asks */
  JsonNode *root;      /* (owned) keeps all below alive */
  JsonObject *object;
  JsonObject *set;
  JsonObject *seen;    /* (nullable) */
  const char *id;
  const char *record;
  const char *type;
  const char *pack;
  const char *at;
  const char *by;
  const char *instead; /* (nullable) */
  guint group_k;
  guint group_m;
  GPtrArray *fields;   /* (owned) (element-type utf8), NULL-terminated; until somebody asks NULL */
  GPtrArray *evidence; /* (owned) (element-type utf8), NULL-terminated, strings of the root */
};

G_DEFINE_BOXED_TYPE (McChange, mc_change, mc_change_ref, mc_change_unref)

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

static gboolean
read_tree (McChange  *self,
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

/* Reads the bytes, once. */
static gboolean
read_bytes (McChange  *self,
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

  if (!read_tree (self, error) || !read_members (self, error))
    return FALSE;
  self->short_id = mc_id_to_short (self->id);

  return TRUE;
}

/* Only of what comes from outside: what is stored was taken when it came. */
static gboolean
check_json (McChange  *self,
            GError   **error)
{
  gsize size;
  const char *data = g_bytes_get_data (self->bytes, &size);

  /* What is too large is refused as such. */
  return size > MC_CHANGE_MAX_BYTES || mc_json_is_one (data, size) || refuse (error, "it is no JSON object");
}

static McChange *
new_unread (GBytes *bytes)
{
  McChange *self = g_new0 (McChange, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->bytes = g_bytes_ref (bytes);
  mc_digest_of_bytes (&self->hash, bytes);

  return self;
}

/**
 * mc_change_parse:
 * @bytes: one line of JSON, without a line feed
 * @error: return location for %MC_STORE_ERROR_INVALID, which says what is wrong
 *
 * Returns: (transfer full) (nullable): the change; it keeps @bytes as they are
 */
McChange *
mc_change_parse (GBytes  *bytes,
                 GError **error)
{
  g_autoptr(McChange) self = new_unread (bytes);

  return check_json (self, error) && read_bytes (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * mc_change_scan:
 * @bytes: one line of JSON, without a line feed
 * @error: return location for %MC_STORE_ERROR_INVALID, which says what is wrong
 *
 * As mc_change_parse(), for one that is passed on: “set” and “seen” are read when somebody asks for them.  Until then the
 * change belongs to one thread.
 *
 * Returns: (transfer full) (nullable): the change; it keeps @bytes as they are
 */
McChange *
mc_change_scan (GBytes  *bytes,
                GError **error)
{
  g_autoptr(McChange) self = new_unread (bytes);

  if (!mc_change_scan_read (&self->scan, bytes))
    return check_json (self, error) && read_bytes (self, error) ? g_steal_pointer (&self) : NULL;

  self->id = self->scan.id;
  self->record = self->scan.record;
  self->type = self->scan.type;
  self->pack = self->scan.pack;
  self->at = self->scan.at;
  self->by = self->scan.by;
  self->instead = self->scan.instead;
  self->group_k = self->scan.group_k;
  self->group_m = self->scan.group_m;
  self->fields = g_steal_pointer (&self->scan.fields);
  self->evidence = g_steal_pointer (&self->scan.evidence);

  return g_steal_pointer (&self);
}

/**
 * mc_change_new_stored:
 * @bytes: a change that was parsed before it was stored
 * @hash: what was stored as its hash
 * @error: return location for %MC_STORE_ERROR_CORRUPT
 *
 * As mc_change_parse(), for bytes of the own store: they are read when somebody asks for more than bytes and hash,
 * which sending them does not.  Until then the change belongs to one thread.
 *
 * Returns: (transfer full) (nullable): the change; %NULL if the bytes are no longer what was stored
 */
McChange *
mc_change_new_stored (GBytes          *bytes,
                      const McDigest  *hash,
                      GError         **error)
{
  g_autoptr(McChange) self = new_unread (bytes);

  if (!mc_digest_equal (&self->hash, hash))
    {
      g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "A change in the store is damaged");
      return NULL;
    }

  return g_steal_pointer (&self);
}

static void
ensure_read (McChange *self)
{
  g_autoptr(GError) error = NULL;

  if (self->id == NULL && !read_bytes (self, &error))
    g_error ("%s", error->message);
}

/* What was scanned is known to be whole: only the tree is missing. */
static void
ensure_tree (McChange *self)
{
  g_autoptr(GError) error = NULL;
  JsonNode *seen;

  ensure_read (self);
  if (self->root != NULL)
    return;
  if (!read_tree (self, &error))
    g_error ("%s", error->message);
  self->set = json_object_get_object_member (self->object, "set");
  seen = json_object_get_member (self->object, "seen");
  self->seen = seen != NULL ? json_node_get_object (seen) : NULL;
}

/**
 * mc_change_new:
 * @id: a new UUID
 * @record: the record it edits
 * @type: its record type
 * @pack: pack id with version
 * @at: the author's time, RFC 3339
 * @by: name and position of the author
 * @set: field → value; NFC text
 * @seen: (nullable): field → list of the heads the author's form showed
 * @group_k: place in its group, from 0
 * @group_m: size of the group
 * @instead: (nullable): first change of the rejected group that this one corrects
 * @evidence: (nullable) (array zero-terminated=1): SHA-256 of the files that @set refers to
 * @error: return location for %MC_STORE_ERROR_INVALID
 *
 * Writes the bytes of a change, once and for ever.
 *
 * Returns: (transfer full) (nullable): the change; %NULL if it would break a limit, such as
 *   %MC_CHANGE_MAX_BYTES
 */
McChange *
mc_change_new (const char         *id,
               const char         *record,
               const char         *type,
               const char         *pack,
               const char         *at,
               const char         *by,
               JsonObject         *set,
               JsonObject         *seen,
               guint               group_k,
               guint               group_m,
               const char         *instead,
               const char * const *evidence,
               GError            **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr(GBytes) bytes = NULL;
  char *text;

  json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "record", record);
  json_object_set_string_member (object, "type", type);
  json_object_set_string_member (object, "pack", pack);
  json_object_set_string_member (object, "at", at);
  json_object_set_string_member (object, "by", by);
  if (group_m > 1)
    {
      JsonArray *group = json_array_new ();

      json_array_add_int_element (group, group_k);
      json_array_add_int_element (group, group_m);
      json_object_set_array_member (object, "group", group);
    }
  if (instead != NULL)
    json_object_set_string_member (object, "instead", instead);
  if (evidence != NULL && evidence[0] != NULL)
    {
      JsonArray *list = json_array_new ();

      for (gsize i = 0; evidence[i] != NULL; i++)
        json_array_add_string_element (list, evidence[i]);
      json_object_set_array_member (object, "evidence", list);
    }
  json_object_set_object_member (object, "set", json_object_ref (set));
  if (seen != NULL && json_object_get_size (seen) > 0)
    json_object_set_object_member (object, "seen", json_object_ref (seen));

  json_node_set_object (node, object);
  text = json_to_string (node, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));

  return mc_change_parse (bytes, error);
}

McChange *
mc_change_ref (McChange *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
mc_change_unref (McChange *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->root, json_node_unref);
  g_clear_pointer (&self->evidence, g_ptr_array_unref);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  mc_change_scan_clear (&self->scan);
  g_free (self->short_id);
  g_free (self);
}

GBytes *
mc_change_get_bytes (McChange *self)
{
  return self->bytes;
}

const McDigest *
mc_change_get_hash (McChange *self)
{
  return &self->hash;
}

const char *
mc_change_get_id (McChange *self)
{
  ensure_read (self);

  return self->id;
}

const char *
mc_change_get_short (McChange *self)
{
  ensure_read (self);
  if (self->short_id == NULL)
    self->short_id = mc_id_to_short (self->id);

  return self->short_id;
}

const char *
mc_change_get_record (McChange *self)
{
  ensure_read (self);

  return self->record;
}

const char *
mc_change_get_type_id (McChange *self)
{
  ensure_read (self);

  return self->type;
}

const char *
mc_change_get_pack (McChange *self)
{
  ensure_read (self);

  return self->pack;
}

const char *
mc_change_get_at (McChange *self)
{
  ensure_read (self);

  return self->at;
}

const char *
mc_change_get_by (McChange *self)
{
  ensure_read (self);

  return self->by;
}

static void
list_fields (McChange *self)
{
  JsonObjectIter iter;
  const char *name;

  ensure_tree (self);
  self->fields = g_ptr_array_new ();
  json_object_iter_init (&iter, self->set);
  while (json_object_iter_next (&iter, &name, NULL))
    g_ptr_array_add (self->fields, (char *) name);
  g_ptr_array_add (self->fields, NULL);
}

const char * const *
mc_change_get_fields (McChange *self)
{
  if (self->fields == NULL)
    list_fields (self);

  return (const char * const *) self->fields->pdata;
}

JsonObject *
mc_change_get_set (McChange *self)
{
  ensure_tree (self);

  return self->set;
}

JsonObject *
mc_change_get_seen (McChange *self)
{
  ensure_tree (self);

  return self->seen;
}

/* Whether the author's form showed the value of @short_id in @field. */
gboolean
mc_change_has_seen (McChange   *self,
                    const char *field,
                    const char *short_id)
{
  JsonArray *heads;

  ensure_tree (self);
  if (self->seen == NULL || !json_object_has_member (self->seen, field))
    return FALSE;

  heads = json_object_get_array_member (self->seen, field);
  for (guint i = 0; i < json_array_get_length (heads); i++)
    if (g_str_equal (json_array_get_string_element (heads, i), short_id))
      return TRUE;

  return FALSE;
}

void
mc_change_get_group (McChange *self,
                     guint    *out_k,
                     guint    *out_m)
{
  ensure_read (self);
  *out_k = self->group_k;
  *out_m = self->group_m;
}

const char *
mc_change_get_instead (McChange *self)
{
  ensure_read (self);

  return self->instead;
}

const char * const *
mc_change_get_evidence (McChange *self)
{
  ensure_read (self);

  return (const char * const *) self->evidence->pdata;
}
