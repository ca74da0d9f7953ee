/* mc-hub-batch.c: what is the same for all groups that one transaction takes, read and written once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A first push is ten thousand groups of one device for one log.  Each of them moves the head of that log, asks for the
 * quota and whether anything is refused: answers that only the transaction itself can change.
 */

#include "hub/mc-hub-batch.h"

struct _McHubBatch
{
  char *device, *log;        /* (owned) */
  guint64 seq;               /* head of the log */
  McDigest chain;
  gboolean is_moved;
  gboolean any_refused;      /* of anybody … */
  gboolean device_refused;   /* … and of the device */
  guint64 quota;
};

static gboolean
find_refused (McHub       *self,
              McHubBatch  *batch,
              GError     **error)
{
  g_autoptr(McStmt) any = mc_db_prepare (self->db, "SELECT 1 FROM refused LIMIT 1", error), own = NULL;

  if (any == NULL || !mc_stmt_next (any, &batch->any_refused, error))
    return FALSE;
  if (!batch->any_refused)
    return TRUE;
  if (!(own = mc_db_prepare (self->db, "SELECT 1 FROM refused WHERE device = ? LIMIT 1", error)))
    return FALSE;
  mc_stmt_bind_text (own, 1, batch->device);

  return mc_stmt_next (own, &batch->device_refused, error);
}

gboolean
mc_hub_batch_begin (McHub       *self,
                    const char  *device,
                    const char  *log,
                    GError     **error)
{
  McHubBatch *batch = g_new0 (McHubBatch, 1);

  g_assert (self->batch == NULL);
  batch->device = g_strdup (device);
  batch->log = g_strdup (log);
  /* Only then is it asked from: until it is filled the store answers. */
  if (!mc_hub_get_head (self, log, &batch->seq, &batch->chain, error) || !find_refused (self, batch, error))
    {
      self->batch = batch;
      mc_hub_batch_drop (self);
      return FALSE;
    }
  self->batch = batch;

  return TRUE;
}

void
mc_hub_batch_drop (McHub *self)
{
  McHubBatch *batch = g_steal_pointer (&self->batch);

  if (batch == NULL)
    return;
  g_free (batch->device);
  g_free (batch->log);
  g_free (batch);
}

gboolean
mc_hub_batch_end (McHub   *self,
                  GError **error)
{
  McHubBatch *batch = self->batch;
  gboolean done = !batch->is_moved || mc_hub_write_head (self, batch->log, batch->seq, &batch->chain, error);

  mc_hub_batch_drop (self);

  return done;
}

gboolean
mc_hub_batch_get_head (McHub       *self,
                       const char  *log,
                       guint64     *out_seq,
                       McDigest    *out_chain)
{
  McHubBatch *batch = self->batch;

  if (batch == NULL || !g_str_equal (batch->log, log))
    return FALSE;
  *out_seq = batch->seq;
  *out_chain = batch->chain;

  return TRUE;
}

gboolean
mc_hub_batch_set_head (McHub          *self,
                       const char     *log,
                       guint64         seq,
                       const McDigest *chain)
{
  McHubBatch *batch = self->batch;

  if (batch == NULL || !g_str_equal (batch->log, log))
    return FALSE;
  batch->seq = seq;
  batch->chain = *chain;
  batch->is_moved = TRUE;

  return TRUE;
}

gboolean
mc_hub_batch_none_refused (McHub      *self,
                           const char *device)
{
  McHubBatch *batch = self->batch;

  if (batch == NULL)
    return FALSE;

  return !batch->any_refused || (device != NULL && g_str_equal (batch->device, device) && !batch->device_refused);
}

void
mc_hub_batch_note_refused (McHub *self)
{
  if (self->batch != NULL)
    self->batch->any_refused = self->batch->device_refused = TRUE;
}

guint64
mc_hub_batch_get_quota (McHub *self)
{
  return self->batch != NULL ? self->batch->quota : 0;
}

void
mc_hub_batch_set_quota (McHub   *self,
                        guint64  bytes)
{
  if (self->batch != NULL)
    self->batch->quota = bytes;
}
