/* mc-change.c: one saved edit of one record, immutable
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-change-private.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-json.h"

G_DEFINE_BOXED_TYPE (McChange, mc_change, mc_change_ref, mc_change_unref)

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

  return mc_change_check_json (self, error) && mc_change_read (self, error) ? g_steal_pointer (&self) : NULL;
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
    return mc_change_check_json (self, error) && mc_change_read (self, error) ? g_steal_pointer (&self) : NULL;

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

  if (self->id == NULL && !mc_change_read (self, &error))
    g_error ("%s", error->message);
}

static void
find_parts (McChange *self)
{
  JsonNode *seen = json_object_get_member (self->object, "seen");

  self->set = json_object_get_object_member (self->object, "set");
  self->seen = seen != NULL ? json_node_get_object (seen) : NULL;
}

/* What was scanned is known to be whole: only the tree is missing. */
static void
ensure_tree (McChange *self)
{
  g_autoptr(GError) error = NULL;

  ensure_read (self);
  if (self->root != NULL)
    return;
  if (!mc_change_read_tree (self, &error))
    g_error ("%s", error->message);
  find_parts (self);
}

/**
 * mc_change_new:
 * @id: a new UUID
 * @record: the record it edits
 * @type: its record type
 * @pack: pack id with version
 * @at: the author's time, RFC 3339
 * @by: name and position of the author
 * @set: field → value; NFC text; not to be altered afterwards
 * @seen: (nullable): field → list of the heads the author's form showed; not to be altered afterwards
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
  g_autoptr(McChange) self = NULL;
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
  text = mc_json_to_text (node, FALSE);
  bytes = g_bytes_new_take (text, strlen (text));

  if (!(self = mc_change_scan (bytes, error)))
    return NULL;
  /* What was scanned has the tree at hand that its bytes were written from. */
  if (self->root == NULL)
    {
      self->root = g_steal_pointer (&node);
      self->object = object;
      find_parts (self);
    }

  return g_steal_pointer (&self);
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
