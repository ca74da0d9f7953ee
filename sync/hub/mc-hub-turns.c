/* mc-hub-turns.c: how many requests of one device are under way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-turns.h"

#include "core/mc-limits.h"

struct _McHubTurns
{
  McHubListener *listener;
  GHashTable *devices;   /* (owned) (element-type utf8 GQueue) device → its messages, the oldest first */
};

typedef struct
{
  McHubTurns *turns;
  char *device;          /* (owned) */
} Turn;

static const char turn_key[] = "mc-hub-turn";

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  g_free (turn->device);
  g_free (turn);
}

/* The message is at its end; it is no longer to be looked at. */
static void
ended_cb (gpointer  data,
          GObject  *was)
{
  Turn *turn = data;
  GQueue *messages = g_hash_table_lookup (turn->turns->devices, turn->device);

  g_queue_remove (messages, was);
  if (g_queue_is_empty (messages))
    g_hash_table_remove (turn->turns->devices, turn->device);
  turn_free (turn);
}

McHubTurns *
mc_hub_turns_new (void)
{
  McHubTurns *self = g_new0 (McHubTurns, 1);

  self->devices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);

  return self;
}

static void
forget (gpointer message,
        gpointer user_data)
{
  Turn *turn = g_object_get_data (message, turn_key);

  g_object_weak_unref (message, ended_cb, turn);
  g_object_set_data (message, turn_key, NULL);
  turn_free (turn);
}

void
mc_hub_turns_free (McHubTurns *self)
{
  GHashTableIter iter;
  gpointer messages;

  g_hash_table_iter_init (&iter, self->devices);
  while (g_hash_table_iter_next (&iter, NULL, &messages))
    g_queue_foreach (messages, forget, NULL);
  g_hash_table_unref (self->devices);
  g_free (self);
}

void
mc_hub_turns_set_listener (McHubTurns    *self,
                           McHubListener *listener)
{
  self->listener = listener;
}

void
mc_hub_turns_take (McHubTurns        *self,
                   const char        *device,
                   SoupServerMessage *message)
{
  GQueue *messages = g_hash_table_lookup (self->devices, device);
  Turn *turn;

  if (g_object_get_data (G_OBJECT (message), turn_key) != NULL)
    return;
  if (messages == NULL)
    {
      messages = g_queue_new ();
      g_hash_table_insert (self->devices, g_strdup (device), messages);
    }
  turn = g_new0 (Turn, 1);
  turn->turns = self;
  turn->device = g_strdup (device);
  g_object_set_data (G_OBJECT (message), turn_key, turn);
  g_object_weak_ref (G_OBJECT (message), ended_cb, turn);
  g_queue_push_tail (messages, message);
  if (messages->length > MC_TURNS_MAX)
    {
      g_message ("sync device=%s outcome=too-many", device);
      mc_hub_listener_drop (self->listener, g_queue_peek_nth (messages, messages->length - 1 - MC_TURNS_MAX));
    }
}
