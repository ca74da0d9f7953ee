/* mc-fold.c: the pure function from the changes of a record to the record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is shown does not depend on the order of the entries; only which of several values side by side
 * stands in place does.  No clock and no log position is looked at.
 */

#include "core/mc-fold.h"

#include <string.h>

#include "core/mc-faults-private.h"
#include "core/mc-record-private.h"

typedef struct
{
  const McFoldEntry *entry;
  const char *short_id;
} Standing;

/* One field while its changes are gone through. */
typedef struct
{
  GArray *standing;        /* (owned) (element-type Standing) */
  GHashTable *replaced_by; /* (owned) (element-type utf8 utf8): short id → the first change that named it */
} Register;

static void
register_free (gpointer data)
{
  Register *reg = data;

  g_array_unref (reg->standing);
  g_hash_table_unref (reg->replaced_by);
  g_free (reg);
}

static Register *
ensure_register (GHashTable *registers,
                 const char *field)
{
  Register *reg = g_hash_table_lookup (registers, field);

  if (reg == NULL)
    {
      reg = g_new0 (Register, 1);
      reg->standing = g_array_new (FALSE, FALSE, sizeof (Standing));
      reg->replaced_by = g_hash_table_new (g_str_hash, g_str_equal);
      g_hash_table_insert (registers, (gpointer) field, reg);
    }

  return reg;
}

/* Takes away what @change names; the place of the first of them, or -1 if none stood. */
static int
remove_named (Register   *reg,
              McChange   *change,
              const char *field)
{
  int place = -1;

  for (guint i = 0; i < reg->standing->len;)
    if (mc_change_has_seen (change, field, g_array_index (reg->standing, Standing, i).short_id))
      {
        if (place < 0)
          place = i;
        g_array_remove_index (reg->standing, i);
      }
    else
      i++;

  return place;
}

static void
note_named (Register   *reg,
            McChange   *change,
            const char *field)
{
  JsonObject *seen = mc_change_get_seen (change);
  JsonArray *heads;

  if (seen == NULL || !json_object_has_member (seen, field))
    return;

  heads = json_object_get_array_member (seen, field);
  for (guint i = 0; i < json_array_get_length (heads); i++)
    {
      const char *named = json_array_get_string_element (heads, i);

      if (!g_hash_table_contains (reg->replaced_by, named))
        g_hash_table_insert (reg->replaced_by, (gpointer) named, (gpointer) mc_change_get_short (change));
    }
}

/* The change that stands for @short_id in the end, or NULL. */
static const char *
last_replacement (Register   *reg,
                  const char *short_id)
{
  const char *next = g_hash_table_lookup (reg->replaced_by, short_id);

  /* Hostile changes can name each other in a ring. */
  for (guint steps = g_hash_table_size (reg->replaced_by); next != NULL && steps > 0; steps--)
    {
      const char *further = g_hash_table_lookup (reg->replaced_by, next);

      if (further == NULL)
        return next;
      next = further;
    }

  return NULL;
}

static void
move_standing (Register   *reg,
               const char *short_id,
               guint       place)
{
  for (guint i = 0; i < reg->standing->len; i++)
    {
      Standing standing = g_array_index (reg->standing, Standing, i);

      if (g_str_equal (standing.short_id, short_id))
        {
          g_array_remove_index (reg->standing, i);
          g_array_insert_val (reg->standing, MIN (place, reg->standing->len), standing);
          return;
        }
    }
}

static void
apply (Register          *reg,
       const McFoldEntry *entry,
       const char        *field)
{
  Standing standing = { entry, mc_change_get_short (entry->change) };
  int place;

  note_named (reg, entry->change, field);
  place = remove_named (reg, entry->change, field);

  if (!g_hash_table_contains (reg->replaced_by, standing.short_id))
    {
      guint at = place < 0 ? reg->standing->len : MIN ((guint) place, reg->standing->len);

      g_array_insert_val (reg->standing, at, standing);
    }
  else if (place >= 0)
    {
      /* It was replaced before it came: its replacement takes the place it would have had. */
      const char *replacement = last_replacement (reg, standing.short_id);

      if (replacement != NULL)
        move_standing (reg, replacement, place);
    }
}

static gboolean
is_sealed (JsonNode *value)
{
  return JSON_NODE_HOLDS_OBJECT (value) &&
         json_object_has_member (json_node_get_object (value), "sealed") &&
         json_object_has_member (json_node_get_object (value), "key");
}

static JsonNode *
open_value (McSealer   *sealer,
            const char *record,
            const char *field,
            JsonNode   *value)
{
  if (sealer != NULL && is_sealed (value))
    {
      JsonNode *plain = sealer->open (sealer, record, field, value, NULL);

      if (plain != NULL)
        return plain;
    }

  return json_node_copy (value);
}

static void
fill_field (McRecord   *record,
            const char *field,
            Register   *reg,
            McSealer   *sealer)
{
  GPtrArray *heads = g_ptr_array_new ();

  for (guint i = 0; i < reg->standing->len; i++)
    {
      Standing *standing = &g_array_index (reg->standing, Standing, i);
      McChange *change = standing->entry->change;
      JsonNode *value = json_object_get_member (mc_change_get_set (change), field);

      g_ptr_array_add (heads, mc_head_new (standing->short_id,
                                           open_value (sealer, mc_record_get_id (record), field, value),
                                           mc_change_get_by (change), mc_change_get_at (change),
                                           standing->entry->device));
    }

  mc_record_take_heads (record, field, heads);
}

/* deletion */

static gboolean
sets_deleted (McChange *change)
{
  JsonNode *node = json_object_get_member (mc_change_get_set (change), "deleted");

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

/* Whether @change is a word of the unit itself, not of its reviewer and not a deletion. */
static gboolean
is_edit (McChange *change)
{
  JsonObjectIter iter;
  const char *field;

  json_object_iter_init (&iter, mc_change_get_set (change));
  while (json_object_iter_next (&iter, &field, NULL))
    if (!g_str_equal (field, "deleted") && !g_str_has_prefix (field, "review."))
      return TRUE;

  return FALSE;
}

static void
add_seen (GHashTable *seen,
          GQueue     *queue,
          McChange   *change)
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
        const char *short_id = json_array_get_string_element (json_node_get_array (node), i);

        if (g_hash_table_add (seen, (gpointer) short_id))
          g_queue_push_tail (queue, (gpointer) short_id);
      }
}

/* Everything the author of @deletion had before him: what it names, and what that had replaced. */
static GHashTable *
collect_seen (McChange   *deletion,
              GHashTable *by_short)
{
  GHashTable *seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GQueue) queue = g_queue_new ();
  const char *short_id;

  add_seen (seen, queue, deletion);
  while ((short_id = g_queue_pop_head (queue)) != NULL)
    {
      McChange *change = g_hash_table_lookup (by_short, short_id);

      if (change != NULL)
        add_seen (seen, queue, change);
    }

  return seen;
}

static gboolean
covers (GHashTable        *seen,
        const McFoldEntry *entries,
        gsize              n_entries)
{
  for (gsize i = 0; i < n_entries; i++)
    if (is_edit (entries[i].change) && !g_hash_table_contains (seen, mc_change_get_short (entries[i].change)))
      return FALSE;

  return TRUE;
}

static void
fold_deletion (McRecord          *record,
               Register          *reg,
               const McFoldEntry *entries,
               gsize              n_entries,
               const McFoldEntry *child_entries,
               gsize              n_child_entries)
{
  g_autoptr(GHashTable) by_short = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean has_deletion = FALSE;

  for (gsize i = 0; i < n_entries; i++)
    g_hash_table_insert (by_short, (gpointer) mc_change_get_short (entries[i].change), entries[i].change);
  for (gsize i = 0; i < n_child_entries; i++)
    g_hash_table_insert (by_short, (gpointer) mc_change_get_short (child_entries[i].change), child_entries[i].change);

  for (guint i = 0; i < reg->standing->len; i++)
    {
      McChange *change = g_array_index (reg->standing, Standing, i).entry->change;
      g_autoptr(GHashTable) seen = NULL;

      if (!sets_deleted (change))
        continue;

      has_deletion = TRUE;
      seen = collect_seen (change, by_short);
      if ((covers (seen, entries, n_entries) && covers (seen, child_entries, n_child_entries)) ||
          (mc_faults & MC_FAULT_DELETE_BLINDLY))
        {
          mc_record_add_flags (record, MC_RECORD_DELETED);
          return;
        }
    }

  if (has_deletion)
    mc_record_add_flags (record, MC_RECORD_EDITED_AFTER);
}

static void
note_meta (McRecord          *record,
           const McFoldEntry *entries,
           gsize              n_entries)
{
  gint64 updated_us = 0;

  for (gsize i = 0; i < n_entries; i++)
    {
      g_autoptr(GDateTime) at = g_date_time_new_from_iso8601 (mc_change_get_at (entries[i].change), NULL);

      if (at != NULL)
        updated_us = MAX (updated_us, g_date_time_to_unix (at) * G_USEC_PER_SEC + g_date_time_get_microsecond (at));
      if (entries[i].pending)
        mc_record_add_flags (record, MC_RECORD_PENDING);
    }

  mc_record_set_meta (record, n_entries > 0, updated_us);
}

/**
 * mc_fold:
 * @entries: (array length=n_entries): the changes of one record, at least one: unit log order, then set
 *   aside, then own pending
 * @n_entries: how many
 * @child_entries: (nullable) (array length=n_child_entries): the changes of its parts; only a deletion looks at them
 * @n_child_entries: how many
 * @log: unit log of the record
 * @sealer: (nullable): opens personal fields; without it, or without the key, they stay as they are
 *
 * Returns: (transfer full): the snapshot
 */
McRecord *
mc_fold (const McFoldEntry *entries,
         gsize              n_entries,
         const McFoldEntry *child_entries,
         gsize              n_child_entries,
         const char        *log,
         McSealer          *sealer)
{
  g_autoptr(GHashTable) registers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, register_free);
  McChange *first = entries[0].change;
  const char *slash = strchr (mc_change_get_pack (first), '/');
  g_autofree char *pack = g_strndup (mc_change_get_pack (first),
                                     slash != NULL ? (gsize) (slash - mc_change_get_pack (first))
                                                   : strlen (mc_change_get_pack (first)));
  McRecord *record = mc_record_new_empty (mc_change_get_record (first), log, mc_change_get_type_id (first), pack, NULL);
  GHashTableIter iter;
  gpointer field, reg;

  for (gsize i = 0; i < n_entries; i++)
    {
      JsonObjectIter fields;
      const char *name;

      json_object_iter_init (&fields, mc_change_get_set (entries[i].change));
      while (json_object_iter_next (&fields, &name, NULL))
        apply (ensure_register (registers, name), &entries[i], name);
    }

  g_hash_table_iter_init (&iter, registers);
  while (g_hash_table_iter_next (&iter, &field, &reg))
    fill_field (record, field, reg, sealer);

  if (!mc_record_is_blank (record, "parent"))
    mc_record_set_parent (record, mc_record_get_text (record, "parent"));

  reg = g_hash_table_lookup (registers, "deleted");
  if (reg != NULL)
    fold_deletion (record, reg, entries, n_entries, child_entries, n_child_entries);

  note_meta (record, entries, n_entries);

  return record;
}
