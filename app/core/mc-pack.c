/* mc-pack.c: a criteria set for one year
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Strings belong to JSON trees, which live as long as the pack.
 */

#include "core/mc-pack-private.h"

G_DEFINE_QUARK (mc-pack-error-quark, mc_pack_error)

McPack *
mc_pack_ref (McPack *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
mc_pack_unref (McPack *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->periods, g_ptr_array_unref);
  g_clear_pointer (&self->types, g_ptr_array_unref);
  g_clear_pointer (&self->measures, g_ptr_array_unref);
  g_clear_pointer (&self->domains, g_ptr_array_unref);
  g_clear_pointer (&self->criteria, g_ptr_array_unref);
  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_pointer (&self->strvs, g_ptr_array_unref);
  g_clear_pointer (&self->type_ids, g_ptr_array_unref);
  g_clear_pointer (&self->type_places, g_array_unref);
  g_clear_pointer (&self->trees, g_ptr_array_unref);
  g_clear_pointer (&self->root, json_node_unref);
  g_mutex_clear (&self->lock);
  g_free (self->full_id);
  g_free (self);
}

GBytes *
mc_pack_get_bytes (McPack *self)
{
  return self->bytes;
}

const char *
mc_pack_get_id (McPack *self)
{
  return text_of (json_node_get_object (self->root), "id");
}

const char *
mc_pack_get_full_id (McPack *self)
{
  return self->full_id;
}

int
mc_pack_get_year (McPack *self)
{
  return json_object_get_int_member (json_node_get_object (self->root), "year");
}

const char *
mc_pack_get_title (McPack *self)
{
  return text_of (json_node_get_object (self->root), "title");
}

const char *
mc_pack_get_status_text (McPack *self)
{
  return text_of (json_node_get_object (self->root), "status_text");
}

const char *
mc_pack_get_from (McPack *self)
{
  return text_of (json_object_get_object_member (json_node_get_object (self->root), "period"), "from");
}

const char *
mc_pack_get_to (McPack *self)
{
  return text_of (json_object_get_object_member (json_node_get_object (self->root), "period"), "to");
}

GPtrArray *
mc_pack_get_periods (McPack *self)
{
  return self->periods;
}

GPtrArray *
mc_pack_get_types (McPack *self)
{
  for (guint i = 0; i < self->types->len; i++)
    mc_pack_read_type (self, i);

  return self->types;
}

GPtrArray *
mc_pack_get_measures (McPack *self)
{
  mc_pack_read_rest (self);

  return self->measures;
}

GPtrArray *
mc_pack_get_domains (McPack *self)
{
  mc_pack_read_rest (self);

  return self->domains;
}

GPtrArray *
mc_pack_get_criteria (McPack *self)
{
  mc_pack_read_rest (self);

  return self->criteria;
}

GPtrArray *
mc_pack_get_targets (McPack *self)
{
  mc_pack_read_rest (self);

  return self->targets;
}

McRecordType *
mc_pack_find_type (McPack     *self,
                   const char *id)
{
  for (guint i = 0; id != NULL && i < self->type_ids->len; i++)
    if (g_str_equal (self->type_ids->pdata[i], id))
      return mc_pack_read_type (self, i);

  return NULL;
}

McMeasure *
mc_pack_find_measure (McPack     *self,
                      const char *id)
{
  mc_pack_read_rest (self);
  for (guint i = 0; id != NULL && i < self->measures->len; i++)
    if (g_str_equal (((McMeasure *) self->measures->pdata[i])->id, id))
      return self->measures->pdata[i];

  return NULL;
}

McCriterion *
mc_pack_find_criterion (McPack     *self,
                        const char *code)
{
  mc_pack_read_rest (self);
  for (guint i = 0; code != NULL && i < self->criteria->len; i++)
    if (g_str_equal (((McCriterion *) self->criteria->pdata[i])->code, code))
      return self->criteria->pdata[i];

  return NULL;
}

McField *
mc_record_type_find_field (McRecordType *type,
                           const char   *name)
{
  for (guint i = 0; i < type->fields->len; i++)
    if (g_str_equal (((McField *) type->fields->pdata[i])->name, name))
      return type->fields->pdata[i];

  return NULL;
}

/* The title of an enum value; the id itself if the pack does not know it. */
const char *
mc_field_get_choice_title (McField    *field,
                           const char *id)
{
  for (guint i = 0; i < field->values->len; i++)
    if (g_str_equal (g_array_index (field->values, McChoice, i).id, id))
      return g_array_index (field->values, McChoice, i).title;

  return id;
}
