/* mc-lately.c: what was saved last, for edits of records that were read before that
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-lately.h"

#include "core/mc-edit-private.h"
#include "core/mc-id.h"
#include "core/mc-limits.h"

#define MAX_SAVES 64

typedef struct
{
  char *record;       /* (owned) */
  char *short_id;     /* (owned) of the change */
  JsonObject *set;    /* (owned) */
} Save;

struct _McLately
{
  GQueue saves;   /* (element-type Save) the newest first */
};

static void
save_free (gpointer data)
{
  Save *save = data;

  g_free (save->record);
  g_free (save->short_id);
  json_object_unref (save->set);
  g_free (save);
}

McLately *
mc_lately_new (void)
{
  McLately *self = g_new0 (McLately, 1);

  g_queue_init (&self->saves);

  return self;
}

void
mc_lately_free (McLately *self)
{
  g_queue_clear_full (&self->saves, save_free);
  g_free (self);
}

static void
add_seen (JsonObject *seen,
          const char *name,
          const char *short_id)
{
  JsonArray *names;

  if (!json_object_has_member (seen, name))
    json_object_set_array_member (seen, name, json_array_new ());
  names = json_object_get_array_member (seen, name);
  for (guint i = 0; i < json_array_get_length (names); i++)
    if (g_str_equal (json_array_get_string_element (names, i), short_id))
      return;
  if (json_array_get_length (names) < MC_CHANGE_MAX_SEEN)
    json_array_add_string_element (names, short_id);
}

static void
name_save (McEditPart *part,
           Save       *save)
{
  JsonObjectIter iter;
  const char *field;

  json_object_iter_init (&iter, save->set);
  while (json_object_iter_next (&iter, &field, NULL))
    if (json_object_has_member (part->set, field))
      add_seen (part->seen, field, save->short_id);
  /* A deletion names all that it saw. */
  if (json_object_has_member (part->seen, "*"))
    add_seen (part->seen, "*", save->short_id);
}

void
mc_lately_name (McLately *self,
                McEdit   *edit)
{
  GPtrArray *parts = mc_edit_get_parts (edit);

  for (guint i = 0; i < parts->len; i++)
    {
      McEditPart *part = parts->pdata[i];

      for (GList *at = self->saves.head; at != NULL; at = at->next)
        if (g_str_equal (((Save *) at->data)->record, mc_record_get_id (part->shown)))
          name_save (part, at->data);
    }
}

void
mc_lately_note (McLately   *self,
                McEdit     *edit,
                const char *change_id)
{
  GPtrArray *parts = mc_edit_get_parts (edit);
  McEditPart *part = parts->pdata[0];
  Save *save;

  if (parts->len != 1)
    return;
  save = g_new0 (Save, 1);
  save->record = g_strdup (mc_record_get_id (part->shown));
  save->short_id = mc_id_to_short (change_id);
  save->set = json_object_ref (part->set);
  g_queue_push_head (&self->saves, save);
  if (self->saves.length > MAX_SAVES)
    save_free (g_queue_pop_tail (&self->saves));
}
