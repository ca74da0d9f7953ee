/* mc-pack-builtin.c: the packs that come with the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Their tests hold them against the schema and their parts against each other; no start has to do it again.  Most
 * starts need two record types of thirty and no criterion: each type is read when somebody asks for it, and so is the rest.
 */

#include "core/mc-pack-private.h"

#include <string.h>

#include "core/mc-json.h"
#include "mc-core-resources.h"

#define DEFAULT_PACK "binh-dinh-2878-2021"
#define TYPES        "record_types"

typedef struct
{
  const char *data;
  gsize size;
} Place;

static const char * const rest_members[] = { "measures", "domains", "criteria", "targets" };

static gboolean
is_name (const McJsonParts *parts,
         const char        *name)
{
  return parts->name_size == strlen (name) && memcmp (parts->name, name, parts->name_size) == 0;
}

static gboolean
is_rest (const McJsonParts *parts)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rest_members); i++)
    if (is_name (parts, rest_members[i]))
      return TRUE;

  return FALSE;
}

/* (nullable) */
static JsonNode *
read_tree (const char *data,
           gsize       size)
{
  g_autoptr(JsonParser) parser = json_parser_new ();

  return json_parser_load_from_data (parser, data, size, NULL) ? json_parser_steal_root (parser) : NULL;
}

/* (nullable): the members that are read with the rest, or those that are not, but for the record types
 * @out_types: (nullable): where these are */
static JsonNode *
read_members (McPack   *self,
              gboolean  rest,
              Place    *out_types)
{
  g_autoptr(GString) text = g_string_new ("{");
  gsize size;
  const char *data = g_bytes_get_data (self->bytes, &size);
  McJsonParts parts;

  mc_json_parts_init (&parts, data, size);
  while (mc_json_parts_next (&parts))
    {
      if (is_name (&parts, TYPES) && out_types != NULL)
        *out_types = (Place) { parts.value, parts.size };
      if (is_name (&parts, TYPES) || is_rest (&parts) != rest)
        continue;
      if (text->len > 1)
        g_string_append_c (text, ',');
      g_string_append_c (text, '"');
      g_string_append_len (text, parts.name, parts.name_size);
      g_string_append (text, "\":");
      g_string_append_len (text, parts.value, parts.size);
    }
  g_string_append_c (text, '}');

  return read_tree (text->str, text->len);
}

/* Each has its id, and before anything long. */
static char *
read_id (const char *data,
         gsize       size)
{
  McJsonParts parts;

  mc_json_parts_init (&parts, data, size);
  while (mc_json_parts_next (&parts))
    if (is_name (&parts, "id"))
      return g_strndup (parts.value + 1, parts.size - 2);

  g_assert_not_reached ();
}

static void
find_types (McPack      *self,
            const Place *types)
{
  McJsonParts items;

  self->type_places = g_array_new (FALSE, FALSE, sizeof (Place));
  mc_json_parts_init (&items, types->data, types->size);
  while (mc_json_parts_next (&items))
    {
      Place place = { items.value, items.size };

      g_array_append_val (self->type_places, place);
      g_ptr_array_add (self->type_ids, read_id (items.value, items.size));
    }
  g_ptr_array_set_size (self->types, self->type_ids->len);
}

McRecordType *
mc_pack_read_type (McPack *self,
                   guint   at)
{
  McRecordType *type = g_atomic_pointer_get (&self->types->pdata[at]);
  g_autoptr(GMutexLocker) locker = NULL;

  if (type != NULL)
    return type;

  locker = g_mutex_locker_new (&self->lock);
  type = self->types->pdata[at];
  if (type == NULL)
    {
      Place *place = &g_array_index (self->type_places, Place, at);
      JsonNode *tree = read_tree (place->data, place->size);

      g_assert (tree != NULL);
      g_ptr_array_add (self->trees, tree);
      type = mc_pack_build_type (self, json_node_get_object (tree));
      g_atomic_pointer_set (&self->types->pdata[at], type);
    }

  return type;
}

void
mc_pack_read_rest (McPack *self)
{
  if (g_once_init_enter (&self->rest_read))
    {
      g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
      JsonNode *tree = read_members (self, TRUE, NULL);
      gboolean linked;

      g_assert (tree != NULL);
      g_ptr_array_add (self->trees, tree);
      mc_pack_build_rest (self, json_node_get_object (tree));
      linked = mc_pack_link (self, json_node_get_object (tree), NULL);
      g_assert (linked);
      g_once_init_leave (&self->rest_read, 1);
    }
}

static McPack *
open_builtin (const char *id)
{
  g_autofree char *path = g_strconcat (MC_PACK_DIR, id, ".json", NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data (mc_core_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr(McPack) self = bytes != NULL ? mc_pack_new (bytes) : NULL;
  Place types = { NULL };

  if (self == NULL || !(self->root = read_members (self, FALSE, &types)) || !JSON_NODE_HOLDS_OBJECT (self->root) ||
      g_strcmp0 (text_of (json_node_get_object (self->root), "id"), id) != 0)
    return NULL;

  self->full_id = mc_pack_name (json_node_get_object (self->root));
  mc_pack_build_periods (self, json_node_get_object (self->root));
  find_types (self, &types);

  return g_steal_pointer (&self);
}

/**
 * mc_pack_get_builtin:
 * @id: (nullable): id of a pack that ships with the program; %NULL = the default one
 * @error: return location for %MC_PACK_ERROR_REFERENCE
 *
 * One a process, kept for good.  Little of it is read now, the rest by whoever asks for it first:
 * what must not wait then asks for it before, from any thread.
 *
 * Returns: (transfer full) (nullable): the pack
 */
McPack *
mc_pack_get_builtin (const char  *id,
                     GError     **error)
{
  static GHashTable *kept = NULL;
  static GMutex mutex;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&mutex);
  const char *wanted = id != NULL ? id : DEFAULT_PACK;
  McPack *self;

  if (kept == NULL)
    kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) mc_pack_unref);
  if ((self = g_hash_table_lookup (kept, wanted)) == NULL)
    {
      if ((self = open_builtin (wanted)) == NULL)
        {
          mc_pack_fail (error, MC_PACK_ERROR_REFERENCE, "No pack “%s” comes with this program", wanted);
          return NULL;
        }
      g_hash_table_insert (kept, g_strdup (wanted), self);
    }

  return mc_pack_ref (self);
}
