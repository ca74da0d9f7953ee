/* mc-edit.c: one save
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `seen` is taken from the snapshot that the form showed when the edit began, never from the store at
 * the time of saving: what came in between was not before anybody's eyes.
 */

#include "core/mc-edit.h"

#include "core/mc-edit-private.h"
#include "core/mc-text.h"

struct _McEdit
{
  GPtrArray *parts;  /* (owned) (element-type McEditPart) */
  char *instead;     /* (owned) (nullable) */
};

static void
part_free (gpointer data)
{
  McEditPart *part = data;

  g_object_unref (part->shown);
  json_object_unref (part->set);
  json_object_unref (part->seen);
  g_free (part);
}

McEdit *
mc_edit_new (void)
{
  McEdit *self = g_atomic_rc_box_new0 (McEdit);

  self->parts = g_ptr_array_new_with_free_func (part_free);

  return self;
}

McEdit *
mc_edit_ref (McEdit *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  McEdit *self = data;

  g_ptr_array_unref (self->parts);
  g_free (self->instead);
}

void
mc_edit_free (McEdit *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static McEditPart *
ensure_part (McEdit   *self,
             McRecord *shown)
{
  McEditPart *part;

  for (guint i = 0; i < self->parts->len; i++)
    {
      part = self->parts->pdata[i];
      if (g_str_equal (mc_record_get_id (part->shown), mc_record_get_id (shown)))
        return part;
    }

  part = g_new0 (McEditPart, 1);
  part->shown = g_object_ref (shown);
  part->set = json_object_new ();
  part->seen = json_object_new ();
  g_ptr_array_add (self->parts, part);

  return part;
}

/* In @seen, what @shown shows of @field. */
static void
note_shown (JsonObject *seen,
            McRecord   *shown,
            const char *field)
{
  JsonArray *names = mc_record_name_shown (shown, field);

  if (json_array_get_length (names) > 0)
    json_object_set_array_member (seen, field, names);
  else
    {
      json_object_remove_member (seen, field);
      json_array_unref (names);
    }
}

static gboolean
is_blank_node (JsonNode *value)
{
  return value == NULL || JSON_NODE_HOLDS_NULL (value) ||
         (json_node_get_value_type (value) == G_TYPE_STRING && *json_node_get_string (value) == '\0');
}

static gboolean
is_in_place (McRecord   *shown,
             const char *field,
             JsonNode   *value)
{
  JsonNode *old = mc_record_get (shown, field);

  if (is_blank_node (value))
    return is_blank_node (old);

  return old != NULL && json_node_equal (old, value);
}

void
mc_edit_set (McEdit     *self,
             McRecord   *shown,
             const char *field,
             JsonNode   *value)
{
  g_autoptr(JsonNode) taken = value;
  McEditPart *part;

  if (!mc_record_has_conflict (shown, field) && is_in_place (shown, field, taken))
    return;

  part = ensure_part (self, shown);
  json_object_set_member (part->set, field,
                          is_blank_node (taken) ? json_node_new (JSON_NODE_NULL) : g_steal_pointer (&taken));
  note_shown (part->seen, shown, field);
}

void
mc_edit_set_as_seen (McEdit     *self,
                     McRecord   *shown,
                     const char *field,
                     JsonNode   *value,
                     JsonArray  *seen)
{
  McEditPart *part = ensure_part (self, shown);

  json_object_set_member (part->set, field, value);
  if (json_array_get_length (seen) > 0)
    json_object_set_array_member (part->seen, field, seen);
  else
    json_array_unref (seen);
}

void
mc_edit_part_look_again (McEditPart *part,
                         McRecord   *now)
{
  g_autoptr(GList) fields = json_object_get_members (part->set);

  for (GList *at = fields; at != NULL; at = at->next)
    note_shown (part->seen, now, at->data);
}

void
mc_edit_set_text (McEdit     *self,
                  McRecord   *shown,
                  const char *field,
                  const char *text)
{
  g_autofree char *normal = mc_text_normalize (text);

  mc_edit_set (self, shown, field, json_node_init_string (json_node_alloc (), normal));
}

void
mc_edit_set_int (McEdit     *self,
                 McRecord   *shown,
                 const char *field,
                 gint64      value)
{
  mc_edit_set (self, shown, field, json_node_init_int (json_node_alloc (), value));
}

void
mc_edit_set_boolean (McEdit     *self,
                     McRecord   *shown,
                     const char *field,
                     gboolean    value)
{
  mc_edit_set (self, shown, field, json_node_init_boolean (json_node_alloc (), value));
}

/**
 * mc_edit_delete:
 * @self: an edit
 * @shown: the record to delete
 *
 * The deletion names every head that @shown shows; a value it does not name keeps the record alive.
 * mc_journal_save() adds the parts of the record, and their heads, by itself.
 */
void
mc_edit_delete (McEdit   *self,
                McRecord *shown)
{
  McEditPart *part = ensure_part (self, shown);
  g_auto(GStrv) fields = mc_record_list_fields (shown);
  JsonArray *all = json_array_new ();

  for (gsize i = 0; fields[i] != NULL; i++)
    {
      g_autoptr(JsonArray) names = mc_record_name_shown (shown, fields[i]);

      for (guint k = 0; k < json_array_get_length (names); k++)
        json_array_add_string_element (all, json_array_get_string_element (names, k));
    }

  json_object_set_boolean_member (part->set, "deleted", TRUE);
  json_object_set_array_member (part->seen, "*", all);
  note_shown (part->seen, shown, "deleted");
}

/* A change of @shown that sets nothing: with `instead` it withdraws what was refused. */
void
mc_edit_touch (McEdit   *self,
               McRecord *shown)
{
  ensure_part (self, shown);
}

void
mc_edit_set_instead (McEdit     *self,
                     const char *change_id)
{
  g_free (self->instead);
  self->instead = g_strdup (change_id);
}

/* A deletion says all of its record. */
static gboolean
says (McEditPart *part,
      const char *record,
      const char *field)
{
  return g_str_equal (mc_record_get_id (part->shown), record) &&
         (json_object_has_member (part->set, field) || json_object_has_member (part->set, "deleted"));
}

gboolean
mc_edit_says (McEdit     *self,
              const char *record,
              const char *field)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (says (self->parts->pdata[i], record, field))
      return TRUE;

  return FALSE;
}

/**
 * mc_edit_give_way:
 * @self: an edit that could not be saved
 * @later: what is to be saved after it
 *
 * Takes out of @self what @later says of the same fields: who typed it had the first one before his eyes, and yet @later cannot name
 * it as seen.  What is left may be empty.
 */
void
mc_edit_give_way (McEdit *self,
                  McEdit *later)
{
  for (guint i = self->parts->len; i-- > 0;)
    {
      McEditPart *part = self->parts->pdata[i];
      g_autoptr(GList) fields = json_object_get_members (part->set);

      for (GList *at = fields; at != NULL; at = at->next)
        if (mc_edit_says (later, mc_record_get_id (part->shown), at->data))
          {
            json_object_remove_member (part->seen, at->data);
            json_object_remove_member (part->set, at->data);
          }
      if (fields != NULL && json_object_get_size (part->set) == 0)
        g_ptr_array_remove_index (self->parts, i);
    }
}

gboolean
mc_edit_is_empty (McEdit *self)
{
  return self->parts->len == 0 && self->instead == NULL;
}

GPtrArray *
mc_edit_get_parts (McEdit *self)
{
  return self->parts;
}

const char *
mc_edit_get_instead (McEdit *self)
{
  return self->instead;
}
