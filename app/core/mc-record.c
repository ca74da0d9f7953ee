/* mc-record.c: what the changes of one record add up to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written to the record table as two JSON texts.  `body` is field → value in place, what SQL reads.
 * `heads` is {"c":[[short,by,at,device,pending]…],"h":{field:[index into c…]},"v":{field:[values…]}}:
 * most records come from a few changes, so each change is named once, and values are repeated only
 * where several stand side by side.
 */

#include "core/mc-record.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-journal.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "core/mc-record-private.h"

struct _McRecord
{
  GObject parent_instance;

  char *id;              /* (owned) */
  char *log;             /* (owned) */
  char *type;            /* (owned) */
  char *pack;            /* (owned) */
  char *parent;          /* (owned) (nullable) */
  GHashTable *fields;    /* (owned) (element-type utf8 GPtrArray<McHead>) */
  GHashTable *together;  /* (owned) (nullable) (element-type utf8 JsonNode) field → the files of all its values */
  GPtrArray *refusals;   /* (owned) (element-type McRefusal) */
  GHashTable *drafts;    /* (owned) (nullable) (element-type utf8 utf8) field → typed text that is no value of it */
  McRecordFlags flags;
  gboolean exists;
  gint64 updated_us;
};

G_DEFINE_FINAL_TYPE (McRecord, mc_record, G_TYPE_OBJECT)

static void
head_free (gpointer data)
{
  McHead *head = data;

  g_free (head->short_id);
  g_clear_pointer (&head->value, json_node_unref);
  g_free (head->by);
  g_free (head->at);
  g_free (head->device);
  g_free (head);
}

McHead *
mc_head_new (const char *short_id,
             JsonNode   *value,
             const char *by,
             const char *at,
             const char *device)
{
  McHead *head = g_new0 (McHead, 1);

  head->short_id = g_strdup (short_id);
  head->value = value;
  head->by = g_strdup (by);
  head->at = g_strdup (at);
  head->device = g_strdup (device);

  return head;
}

static void
refusal_free (gpointer data)
{
  McRefusal *refusal = data;

  g_free (refusal->change_id);
  g_free (refusal->field);
  g_clear_pointer (&refusal->value, json_node_unref);
  g_free (refusal->verdict);
  g_free (refusal);
}

static void
mc_record_finalize (GObject *object)
{
  McRecord *self = MC_RECORD (object);

  g_free (self->id);
  g_free (self->log);
  g_free (self->type);
  g_free (self->pack);
  g_free (self->parent);
  g_hash_table_unref (self->fields);
  g_clear_pointer (&self->together, g_hash_table_unref);
  g_ptr_array_unref (self->refusals);
  g_clear_pointer (&self->drafts, g_hash_table_unref);

  G_OBJECT_CLASS (mc_record_parent_class)->finalize (object);
}

static void
mc_record_class_init (McRecordClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mc_record_finalize;
}

static void
mc_record_init (McRecord *self)
{
  self->fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->refusals = g_ptr_array_new_with_free_func (refusal_free);
}

/**
 * mc_record_new_empty:
 * @id: its UUID
 * @log: unit log it belongs to
 * @type: record type
 * @pack: pack id without version
 * @parent: (nullable): record that it is a part of
 *
 * Returns: (transfer full): a snapshot of a record that nobody has written anything in
 */
McRecord *
mc_record_new_empty (const char *id,
                     const char *log,
                     const char *type,
                     const char *pack,
                     const char *parent)
{
  McRecord *self = g_object_new (MC_TYPE_RECORD, NULL);

  self->id = g_strdup (id);
  self->log = g_strdup (log);
  self->type = g_strdup (type);
  self->pack = g_strdup (pack);
  self->parent = g_strdup (parent);

  return self;
}

const char *
mc_record_get_id (McRecord *self)
{
  return self->id;
}

const char *
mc_record_get_log (McRecord *self)
{
  return self->log;
}

const char *
mc_record_get_type_id (McRecord *self)
{
  return self->type;
}

const char *
mc_record_get_pack (McRecord *self)
{
  return self->pack;
}

const char *
mc_record_get_parent (McRecord *self)
{
  return self->parent;
}

McRecordFlags
mc_record_get_flags (McRecord *self)
{
  return self->flags;
}

gint64
mc_record_get_updated_us (McRecord *self)
{
  return self->updated_us;
}

gboolean
mc_record_exists (McRecord *self)
{
  return self->exists;
}

GPtrArray *
mc_record_get_heads (McRecord   *self,
                     const char *field)
{
  return g_hash_table_lookup (self->fields, field);
}

JsonNode *
mc_record_get (McRecord   *self,
               const char *field)
{
  GPtrArray *heads = mc_record_get_heads (self, field);
  McHead *head = heads != NULL && heads->len > 0 ? heads->pdata[0] : NULL;
  JsonNode *together = self->together != NULL ? g_hash_table_lookup (self->together, field) : NULL;

  if (together != NULL)
    return together;

  return head == NULL || JSON_NODE_HOLDS_NULL (head->value) ? NULL : head->value;
}

const char *
mc_record_get_text (McRecord   *self,
                    const char *field)
{
  JsonNode *node = mc_record_get (self, field);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

gint64
mc_record_get_int (McRecord   *self,
                   const char *field,
                   gint64      fallback)
{
  JsonNode *node = mc_record_get (self, field);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : fallback;
}

gboolean
mc_record_get_boolean (McRecord   *self,
                       const char *field)
{
  JsonNode *node = mc_record_get (self, field);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

gboolean
mc_record_is_blank (McRecord   *self,
                    const char *field)
{
  JsonNode *node = mc_record_get (self, field);

  if (node == NULL)
    return TRUE;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return *json_node_get_string (node) == '\0';

  return JSON_NODE_HOLDS_ARRAY (node) && json_array_get_length (json_node_get_array (node)) == 0;
}

gboolean
mc_record_has_conflict (McRecord   *self,
                        const char *field)
{
  GPtrArray *heads = mc_record_get_heads (self, field);

  for (guint i = 1; heads != NULL && i < heads->len; i++)
    if (!json_node_equal (((McHead *) heads->pdata[0])->value, ((McHead *) heads->pdata[i])->value))
      return TRUE;

  return FALSE;
}

static int
compare_strings (gconstpointer a,
                 gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

/* Names of the fields that anybody has written, sorted. */
char **
mc_record_list_fields (McRecord *self)
{
  guint n;
  char **keys = (char **) g_hash_table_get_keys_as_array (self->fields, &n);

  for (guint i = 0; i < n; i++)
    keys[i] = g_strdup (keys[i]);
  qsort (keys, n, sizeof *keys, compare_strings);

  return keys;
}

const char *
mc_record_get_draft (McRecord   *self,
                     const char *field)
{
  return self->drafts != NULL ? g_hash_table_lookup (self->drafts, field) : NULL;
}

void
mc_record_add_draft (McRecord   *self,
                     const char *field,
                     const char *text)
{
  if (self->drafts == NULL)
    self->drafts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_replace (self->drafts, g_strdup (field), g_strdup (text));
}

GPtrArray *
mc_record_get_refusals (McRecord *self)
{
  return self->refusals;
}

JsonArray *
mc_record_name_shown (McRecord   *self,
                      const char *field)
{
  JsonArray *list = json_array_new ();
  GPtrArray *heads = mc_record_get_heads (self, field);

  for (guint i = 0; heads != NULL && i < heads->len; i++)
    json_array_add_string_element (list, ((McHead *) heads->pdata[i])->short_id);
  for (guint i = 0; i < self->refusals->len && json_array_get_length (list) < MC_CHANGE_MAX_SEEN; i++)
    {
      McRefusal *refusal = self->refusals->pdata[i];

      if (refusal->held && g_str_equal (refusal->field, field))
        {
          g_autofree char *name = mc_id_to_short (refusal->change_id);

          json_array_add_string_element (list, name);
        }
    }

  return list;
}

/* Files that two people attach apart do not exclude each other: all count until somebody decides, and whoever attaches a third
 * adds it to all of them.  NULL where any of the values is something else. */
static JsonNode *
put_together (GPtrArray *heads)
{
  g_autoptr(JsonArray) all = json_array_new ();

  for (guint i = 0; i < heads->len; i++)
    {
      JsonNode *value = ((McHead *) heads->pdata[i])->value;

      if (JSON_NODE_HOLDS_NULL (value))
        continue;
      if (!JSON_NODE_HOLDS_ARRAY (value))
        return NULL;
      for (guint k = 0; k < json_array_get_length (json_node_get_array (value)); k++)
        {
          JsonNode *file = json_array_get_element (json_node_get_array (value), k);
          const char *sha256 = JSON_NODE_HOLDS_OBJECT (file) ? mc_json_get_text (json_node_get_object (file), "sha256", NULL) : NULL;

          if (sha256 == NULL)
            return NULL;
          if (!mc_evidence_is_listed (all, sha256))
            json_array_add_element (all, json_node_copy (file));
        }
    }

  return json_node_init_array (json_node_alloc (), all);
}

void
mc_record_take_heads (McRecord   *self,
                      const char *field,
                      GPtrArray  *heads)
{
  JsonNode *together;

  g_ptr_array_set_free_func (heads, head_free);
  g_hash_table_insert (self->fields, g_strdup (field), heads);

  if (!mc_record_has_conflict (self, field))
    return;
  self->flags |= MC_RECORD_CONFLICT;
  if (!(together = put_together (heads)))
    return;
  if (self->together == NULL)
    self->together = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_node_unref);
  g_hash_table_insert (self->together, g_strdup (field), together);
}

void
mc_record_add_flags (McRecord      *self,
                     McRecordFlags  flags)
{
  self->flags |= flags;
}

void
mc_record_remove_flags (McRecord      *self,
                        McRecordFlags  flags)
{
  self->flags &= ~flags;
}

void
mc_record_set_meta (McRecord *self,
                    gboolean  exists,
                    gint64    updated_us)
{
  self->exists = exists;
  self->updated_us = updated_us;
}

void
mc_record_set_parent (McRecord   *self,
                      const char *parent)
{
  g_free (self->parent);
  self->parent = g_strdup (parent);
}

void
mc_record_add_refusal (McRecord  *self,
                       McRefusal *refusal)
{
  g_ptr_array_add (self->refusals, refusal);
}

/* writing down */

static char *
object_to_text (JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);

  return mc_json_to_text (node, FALSE);
}

char *
mc_record_dup_body (McRecord *self)
{
  g_autoptr(JsonObject) body = json_object_new ();
  g_auto(GStrv) fields = mc_record_list_fields (self);

  for (gsize i = 0; fields[i] != NULL; i++)
    {
      JsonNode *value = mc_record_get (self, fields[i]);

      if (value != NULL)
        json_object_set_member (body, fields[i], json_node_copy (value));
    }

  return object_to_text (body);
}

/* Index of the change of @head in @changes, which grows when it is new. */
static guint
index_of_change (JsonArray  *changes,
                 GHashTable *indexes,
                 McHead     *head)
{
  gpointer known;
  JsonArray *change;

  if (g_hash_table_lookup_extended (indexes, head->short_id, NULL, &known))
    return GPOINTER_TO_UINT (known);

  change = json_array_new ();
  json_array_add_string_element (change, head->short_id);
  json_array_add_string_element (change, head->by);
  json_array_add_string_element (change, head->at);
  json_array_add_string_element (change, head->device != NULL ? head->device : "");
  json_array_add_array_element (changes, change);
  g_hash_table_insert (indexes, head->short_id, GUINT_TO_POINTER (json_array_get_length (changes) - 1));

  return json_array_get_length (changes) - 1;
}

char *
mc_record_dup_heads (McRecord *self)
{
  g_autoptr(JsonObject) root = json_object_new ();
  g_autoptr(GHashTable) indexes = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto(GStrv) fields = mc_record_list_fields (self);
  JsonArray *changes = json_array_new ();
  JsonObject *by_field = json_object_new (), *values = json_object_new ();

  for (gsize i = 0; fields[i] != NULL; i++)
    {
      GPtrArray *heads = mc_record_get_heads (self, fields[i]);
      JsonArray *list = json_array_new ();

      for (guint k = 0; k < heads->len; k++)
        json_array_add_int_element (list, index_of_change (changes, indexes, heads->pdata[k]));
      json_object_set_array_member (by_field, fields[i], list);

      if (heads->len > 1)
        {
          JsonArray *beside = json_array_new ();

          for (guint k = 0; k < heads->len; k++)
            json_array_add_element (beside, json_node_copy (((McHead *) heads->pdata[k])->value));
          json_object_set_array_member (values, fields[i], beside);
        }
    }

  json_object_set_array_member (root, "c", changes);
  json_object_set_object_member (root, "h", by_field);
  json_object_set_object_member (root, "v", values);

  return object_to_text (root);
}

/* reading back */

static void
load_field (McRecord   *self,
            const char *field,
            JsonArray  *indexes,
            JsonArray  *changes,
            JsonArray  *values,
            JsonObject *body)
{
  GPtrArray *heads = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (indexes); i++)
    {
      JsonArray *change = json_array_get_array_element (changes, json_array_get_int_element (indexes, i));
      JsonNode *value = values != NULL ? json_array_get_element (values, i) : json_object_get_member (body, field);

      g_ptr_array_add (heads, mc_head_new (json_array_get_string_element (change, 0),
                                           value != NULL ? json_node_copy (value) : json_node_new (JSON_NODE_NULL),
                                           json_array_get_string_element (change, 1),
                                           json_array_get_string_element (change, 2),
                                           json_array_get_string_element (change, 3)));
    }

  mc_record_take_heads (self, field, heads);
}

/* Fills @self from the two columns that this file wrote. */
gboolean
mc_record_load (McRecord    *self,
                const char  *body,
                const char  *heads,
                GError     **error)
{
  g_autoptr(JsonNode) body_node = json_from_string (body, error);
  g_autoptr(JsonNode) heads_node = body_node != NULL ? json_from_string (heads, error) : NULL;
  JsonObject *root, *by_field, *values;
  JsonObjectIter iter;
  const char *field;
  JsonNode *node;

  if (heads_node == NULL)
    {
      g_prefix_error (error, "Record %s: ", self->id);
      return FALSE;
    }

  root = json_node_get_object (heads_node);
  by_field = json_object_get_object_member (root, "h");
  values = json_object_get_object_member (root, "v");

  json_object_iter_init (&iter, by_field);
  while (json_object_iter_next (&iter, &field, &node))
    load_field (self, field, json_node_get_array (node), json_object_get_array_member (root, "c"),
                json_object_has_member (values, field) ? json_object_get_array_member (values, field) : NULL,
                json_node_get_object (body_node));

  return TRUE;
}
