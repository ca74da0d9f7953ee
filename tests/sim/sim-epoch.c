/* sim-epoch.c: under one name the hub signs one log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A hub that was put back with all that it keeps cannot know.  A device that holds a head of the hub's epoch which is not in
 * its log can tell: once that device was through, the hub has another epoch.
 */

#include "sim/sim-world.h"

#include <string.h>

#include "client/mc-session-private.h"
#include "hub/mc-hub-log.h"

typedef struct
{
  char *log;          /* (owned) */
  McCursor cursor;
} Head;

static void
head_free (gpointer data)
{
  Head *head = data;

  g_free (head->log);
  g_clear_pointer (&head->cursor.signature, g_bytes_unref);
  g_free (head);
}

/* Whether the hub signed @head under the epoch it has now, and its log does not bear it out. */
static gboolean
is_contradicted (SimWorld *world,
                 Head     *head)
{
  McDigest chain;
  guint64 seq;

  if (head->cursor.signature == NULL || memcmp (head->cursor.epoch, world->hub->epoch, MC_ID_BYTES) != 0)
    return FALSE;
  g_assert_true (mc_hub_get_head (world->hub, head->log, &seq, &chain, NULL));
  if (head->cursor.seq > seq)
    return TRUE;
  g_assert_true (mc_hub_get_chain (world->hub, head->log, head->cursor.seq, &chain, NULL));

  return !mc_digest_equal (&head->cursor.chain, &chain);
}

GPtrArray *
sim_epoch_look (SimDevice *device)
{
  GPtrArray *heads = g_ptr_array_new_with_free_func (head_free);

  for (gsize i = 0; device->reads[i] != NULL; i++)
    {
      Head *head = g_new0 (Head, 1);

      head->log = g_strdup (device->reads[i]);
      g_assert_true (mc_session_get_head (device->journal, head->log, &head->cursor, NULL));
      g_ptr_array_add (heads, head);
    }

  return heads;
}

void
sim_epoch_check (SimDevice *device,
                 GPtrArray *heads)
{
  for (guint i = 0; i < heads->len; i++)
    if (is_contradicted (device->world, heads->pdata[i]))
      sim_fail (device->world, "the hub goes on with the epoch of a head that %s has and its log has not", device->name);
}
