/* mc-hub-crowd.c: when there are too many, who comes in next and who has to go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nobody has more than his share while others wait: connections of one neighbourhood are counted together.  An office
 * has a dozen of them; who has hundreds, and keeps each alive by a byte now and then, stands in his own way alone.
 */

#include "hub/mc-hub-listener-private.h"

typedef struct
{
  guint n, n_shaking;
  guint n_waiting;       /* for their turn, and longer than they should */
} Count;

/* For its turn: it has said something. */
static gboolean
is_waiting (McHubConnection *connection)
{
  return connection->state == MC_HUB_KNOCKING && connection->knock_source == NULL;
}

/* (transfer full): neighbourhood → Count. */
static GHashTable *
count_all (McHubListener *self)
{
  GHashTable *counts = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < self->connections->len; i++)
    {
      McHubConnection *connection = self->connections->pdata[i];
      Count *count = g_hash_table_lookup (counts, &connection->neighbourhood);

      if (count == NULL)
        {
          count = g_new0 (Count, 1);
          g_hash_table_insert (counts, &connection->neighbourhood, count);
        }
      count->n++;
      count->n_shaking += connection->state == MC_HUB_SHAKING;
      count->n_waiting += is_waiting (connection) &&
                          now_us - connection->since_us >= self->limits.welcome_seconds * G_TIME_SPAN_SECOND;
    }

  return counts;
}

/* How much moves of a request a second. */
static gint64
rate_of (McHubConnection *connection,
         gint64           now_us)
{
  return (mc_hub_pipe_get_moved (connection->pipe) - connection->since_moved) * G_TIME_SPAN_SECOND /
         MAX (now_us - connection->since_us, 1);
}

/* The one that has rested longest; NULL if none rests. */
static McHubConnection *
find_resting (McHubListener *self)
{
  McHubConnection *victim = NULL;

  for (guint i = 0; i < self->connections->len; i++)
    {
      McHubConnection *connection = self->connections->pdata[i];

      if (connection->state == MC_HUB_RESTING && (victim == NULL || connection->since_us < victim->since_us))
        victim = connection;
    }

  return victim;
}

/* Of the fullest neighbourhood who has been longest without a request; or, where it has more than an eighth of all, the
 * slowest of those at work. */
static McHubConnection *
find_of_fullest (McHubListener *self,
                 gint64         now_us)
{
  g_autoptr(GHashTable) counts = count_all (self);
  McHubConnection *idle = NULL, *slow = NULL;
  GHashTableIter iter;
  gpointer count;
  guint most = 0;

  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, NULL, &count))
    most = MAX (most, ((Count *) count)->n);
  for (guint i = 0; i < self->connections->len; i++)
    {
      McHubConnection *connection = self->connections->pdata[i];
      gint64 seconds = (now_us - connection->since_us) / G_TIME_SPAN_SECOND;

      if (((Count *) g_hash_table_lookup (counts, &connection->neighbourhood))->n < most)
        continue;
      if (connection->state == MC_HUB_BUSY)
        {
          if (seconds >= self->limits.work_seconds && (slow == NULL || rate_of (connection, now_us) < rate_of (slow, now_us)))
            slow = connection;
        }
      else if (connection->state != MC_HUB_LEAVING && seconds >= self->limits.welcome_seconds &&
               (idle == NULL || connection->since_us < idle->since_us))
        idle = connection;
    }
  if (idle != NULL)
    return idle;

  return most > self->limits.max_connections / 8 ? slow : NULL;
}

gboolean
mc_hub_crowd_make_room (McHubListener *self)
{
  McHubConnection *victim;

  if (self->connections->len < self->limits.max_connections)
    return TRUE;
  victim = find_resting (self);
  if (victim == NULL)
    victim = find_of_fullest (self, g_get_monotonic_time ());
  if (victim != NULL)
    mc_hub_connection_cut (victim, "full");

  return FALSE;
}

/* Shaking hands takes one of the few threads of GLib, and whoever does not answer keeps it for a while. */
McHubConnection *
mc_hub_crowd_find_next (McHubListener *self)
{
  g_autoptr(GHashTable) counts = count_all (self);
  McHubConnection *next = NULL;
  guint n_shaking = 0;

  for (guint i = 0; i < self->connections->len; i++)
    {
      McHubConnection *connection = self->connections->pdata[i];
      Count *count = g_hash_table_lookup (counts, &connection->neighbourhood);

      n_shaking += connection->state == MC_HUB_SHAKING;
      if (is_waiting (connection) && count->n_shaking < self->limits.max_shaking / 4 &&
          (next == NULL || connection->since_us < next->since_us))
        next = connection;
    }

  return n_shaking < self->limits.max_shaking ? next : NULL;
}

/* Who hangs in a handshake holds a turn that a whole office behind one address shares. */
void
mc_hub_crowd_hurry (McHubListener *self)
{
  g_autoptr(GHashTable) counts = count_all (self);
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = self->connections->len; i > 0; i--)
    {
      McHubConnection *connection = self->connections->pdata[i - 1];
      Count *count = g_hash_table_lookup (counts, &connection->neighbourhood);

      if (connection->state != MC_HUB_SHAKING || count->n_waiting == 0 ||
          now_us - connection->since_us < self->limits.hurry_seconds * G_TIME_SPAN_SECOND)
        continue;
      count->n_waiting--;
      mc_hub_connection_cut (connection, "no-handshake");
    }
}
