/* sim-deletion.c: which records are deleted, by definition
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A deletion that no other change of the field has seen hides its record if every word of the unit on it, and on its
 * parts, is among what its author had seen: the changes it names, those that these name, and so on.
 */

#include "sim/sim-world.h"

struct _SimDeletions
{
  GPtrArray *changes;   /* (owned) (element-type McChange) */
  GHashTable *by_short; /* (owned) */
};

SimDeletions *
sim_deletions_new (void)
{
  SimDeletions *self = g_new0 (SimDeletions, 1);

  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  self->by_short = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
sim_deletions_free (SimDeletions *self)
{
  g_hash_table_unref (self->by_short);
  g_ptr_array_unref (self->changes);
  g_free (self);
}

void
sim_deletions_add (SimDeletions *self,
                   McChange     *change)
{
  g_ptr_array_add (self->changes, mc_change_ref (change));
  g_hash_table_insert (self->by_short, (gpointer) mc_change_get_short (change), change);
}

static void
walk (SimDeletions *self,
      McChange     *change,
      GHashTable   *seen)
{
  JsonObject *named = mc_change_get_seen (change);
  JsonObjectIter iter;
  JsonNode *node;

  if (named == NULL)
    return;
  json_object_iter_init (&iter, named);
  while (json_object_iter_next (&iter, NULL, &node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      {
        const char *id = json_array_get_string_element (json_node_get_array (node), i);
        McChange *next = g_hash_table_lookup (self->by_short, id);

        if (g_hash_table_add (seen, (gpointer) id) && next != NULL)
          walk (self, next, seen);
      }
}

static gboolean
is_part_of (SimDeletions *self,
            const char   *record,
            const char   *whole)
{
  if (g_str_equal (record, whole))
    return TRUE;
  for (guint i = 0; i < self->changes->len; i++)
    {
      McChange *change = self->changes->pdata[i];

      if (g_str_equal (mc_change_get_record (change), record) &&
          g_strcmp0 (json_object_get_string_member_with_default (mc_change_get_set (change), "parent", NULL), whole) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_word_of_unit (McChange *change)
{
  g_autoptr(GList) fields = json_object_get_members (mc_change_get_set (change));

  for (GList *at = fields; at != NULL; at = at->next)
    if (!g_str_equal (at->data, "deleted") && !g_str_has_prefix (at->data, "review."))
      return TRUE;

  return FALSE;
}

static gboolean
stands (SimDeletions *self,
        McChange     *deletion)
{
  for (guint i = 0; i < self->changes->len; i++)
    {
      McChange *change = self->changes->pdata[i];

      if (json_object_has_member (mc_change_get_set (change), "deleted") &&
          mc_change_has_seen (change, "deleted", mc_change_get_short (deletion)))
        return FALSE;
    }

  return TRUE;
}

gboolean
sim_deletions_hide (SimDeletions *self,
                    const char   *record)
{
  for (guint i = 0; i < self->changes->len; i++)
    {
      McChange *deletion = self->changes->pdata[i];
      g_autoptr(GHashTable) seen = NULL;
      gboolean covers = TRUE;

      if (!g_str_equal (mc_change_get_record (deletion), record) ||
          !json_object_get_boolean_member_with_default (mc_change_get_set (deletion), "deleted", FALSE) ||
          !stands (self, deletion))
        continue;
      seen = g_hash_table_new (g_str_hash, g_str_equal);
      walk (self, deletion, seen);
      for (guint k = 0; k < self->changes->len && covers; k++)
        {
          McChange *change = self->changes->pdata[k];

          covers = !is_word_of_unit (change) || g_hash_table_contains (seen, mc_change_get_short (change)) ||
                   !is_part_of (self, mc_change_get_record (change), record);
        }
      if (covers)
        return TRUE;
    }

  return FALSE;
}
