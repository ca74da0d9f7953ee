/* mc-hub-session.c: one request of POST /v1/sync
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-session-private.h"

#include "core/mc-error.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-quota.h"
#include "wire/mc-sync-error.h"

static void
verdict_clear (gpointer data)
{
  g_free (((McVerdict *) data)->problem);
}

static void
log_free (gpointer data)
{
  SessionLog *log = data;

  mc_cursor_frame_clear (&log->cursor);
  mc_hub_stream_clear (&log->stream);
  g_array_unref (log->verdicts);
  g_clear_pointer (&log->places, g_array_unref);
  g_array_unref (log->taken);
  g_free (log);
}

SessionLog *
mc_hub_session_add_log (McHubSession *self)
{
  SessionLog *log = g_new0 (SessionLog, 1);

  log->verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  g_array_set_clear_func (log->verdicts, verdict_clear);
  log->taken = g_array_new (FALSE, TRUE, sizeof (McHubTaken));
  g_ptr_array_add (self->logs, log);

  return log;
}

McHubSession *
mc_hub_session_new (McHub  *hub,
                    gint64  now_us)
{
  McHubSession *self = g_new0 (McHubSession, 1);

  self->hub = hub;
  self->now_us = now_us;
  self->reader = mc_frame_reader_new ();
  self->logs = g_ptr_array_new_with_free_func (log_free);
  self->needs = g_array_new (FALSE, TRUE, sizeof (McNeed));
  g_mutex_init (&self->lock);
  g_cond_init (&self->picked_up);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->echo = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  return self;
}

void
mc_hub_session_set_bundle (McHubSession *self)
{
  self->is_bundle = TRUE;
}

void
mc_hub_session_free (McHubSession *self)
{
  mc_hub_session_settle (self);
  if (self->taken_source != NULL)
    g_source_destroy (self->taken_source);
  g_clear_pointer (&self->taken_source, g_source_unref);
  g_ptr_array_unref (self->waiting);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->picked_up);
  mc_frame_reader_free (self->reader);
  mc_hello_clear (&self->hello);
  g_clear_pointer (&self->device, mc_hub_device_free);
  g_ptr_array_unref (self->logs);
  g_array_unref (self->needs);
  g_ptr_array_unref (self->echo);
  g_clear_pointer (&self->quiet, g_bytes_unref);
  g_free (self->detail);
  g_free (self);
}

gboolean
mc_hub_session_refuse (McHubSession *self,
                       const char   *problem,
                       const char   *detail)
{
  if (self->problem == NULL)
    {
      self->problem = problem;
      self->detail = g_strdup (detail);
    }

  return FALSE;
}

SessionLog *
mc_hub_session_find_log (McHubSession *self,
                         const char   *name)
{
  for (guint i = 0; i < self->logs->len; i++)
    if (g_str_equal (((SessionLog *) self->logs->pdata[i])->cursor.log, name))
      return self->logs->pdata[i];

  return NULL;
}

void
mc_hub_session_note_error (McHubSession *self,
                           GError       *error)
{
  mc_hub_forget_usage (self->hub);
  if (g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE))
    mc_hub_session_refuse (self, "hub-full", error->message);
  else if (g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY))
    mc_hub_session_refuse (self, "not-ready", error->message);
  else if (error->domain == MC_SYNC_ERROR)
    mc_hub_session_refuse (self, error->code == MC_SYNC_ERROR_REJECTED ? "bad-signature" : "protocol", error->message);
  else
    mc_hub_session_refuse (self, "internal", error->message);
}

/* Two requests of one device could be about the same places of its stream: what came first is judged first. */
static void
settle_others (McHubSession *self)
{
  if (self->hub->unsettled != NULL && self->hub->unsettled != self)
    mc_hub_session_settle (self->hub->unsettled);
}

void
mc_hub_session_push (McHubSession  *self,
                     gconstpointer  data,
                     gsize          size)
{
  guint8 kind;

  settle_others (self);
  if (self->problem != NULL)
    return;
  self->received += size;
  if (self->received > MC_REQUEST_MAX_BYTES && !self->is_bundle)
    {
      mc_hub_session_refuse (self, "too-large", "The request is larger than 64 MiB");
      return;
    }

  if (self->device == NULL && self->received > MC_STRANGER_MAX_BYTES + size)
    {
      mc_hub_session_refuse (self, "protocol", "The first frame must be HELLO");
      return;
    }

  mc_frame_reader_push (self->reader, data, size);
  while (self->problem == NULL)
    {
      g_autoptr(GBytes) payload = NULL;
      g_autoptr(GError) error = NULL;

      if (!mc_frame_reader_next (self->reader, &kind, &payload, &error))
        {
          if (error != NULL)
            mc_hub_session_note_error (self, error);
          return;
        }
      if (!mc_hub_session_take_frame (self, kind, payload, &error) && error != NULL)
        mc_hub_session_note_error (self, error);
      if (self->is_bundle && (kind == MC_FRAME_HELLO || kind == MC_FRAME_CURSOR))
        g_ptr_array_add (self->echo, g_bytes_ref (payload));
    }
}

gboolean
mc_hub_session_note_seen (McHubSession  *self,
                          GError       **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (self->is_seen)
    return TRUE;
  if (!self->is_bundle && !mc_hub_note_spoken (self->hub, self->device->id, self->hello.incarnation, self->now_us, error))
    return FALSE;
  if (!(stmt = mc_db_prepare (self->hub->db, "UPDATE device SET seen_us = ? WHERE id = ?", error)))
    return FALSE;
  self->is_seen = TRUE;
  mc_stmt_bind_int64 (stmt, 1, self->now_us);
  mc_stmt_bind_text (stmt, 2, self->device->id);

  return mc_stmt_exec (stmt, error);
}

/* What of the request makes an answer impossible. */
static gboolean
is_refused (McHubSession *self)
{
  settle_others (self);
  mc_hub_session_take_rest (self);
  if (self->problem == NULL && !mc_frame_reader_has_ended (self->reader))
    mc_hub_session_refuse (self, "protocol", "The request has no END");

  return self->problem != NULL;
}

GBytes *
mc_hub_session_finish (McHubSession *self)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(GError) error = NULL;

  if (is_refused (self))
    return NULL;
  if (!mc_hub_session_put_answer (self, writer, &error))
    {
      mc_hub_session_note_error (self, error);
      return NULL;
    }
  mc_hub_session_note_seen (self, NULL);

  return mc_frame_writer_take (writer);
}

gboolean
mc_hub_session_finish_all (McHubSession    *self,
                           guint64          max_bytes,
                           McHubPieceFunc   func,
                           gpointer         user_data,
                           GError         **error)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();

  if (is_refused (self))
    return FALSE;
  self->max_bytes = max_bytes;
  self->func = func;
  self->user_data = user_data;
  if (!mc_hub_session_put_answer (self, writer, error) || !mc_hub_session_flush (self, writer, error))
    return FALSE;
  mc_hub_session_note_seen (self, NULL);

  return TRUE;
}

const char *
mc_hub_session_get_problem (McHubSession *self)
{
  return self->problem;
}

const char *
mc_hub_session_get_detail (McHubSession *self)
{
  return self->detail;
}

const char *
mc_hub_session_get_device (McHubSession *self)
{
  return self->device != NULL ? self->device->id : NULL;
}

void
mc_hub_session_get_counts (McHubSession *self,
                           guint        *out_changes,
                           guint        *out_refused,
                           guint64      *out_evidence_bytes)
{
  *out_changes = self->n_changes;
  *out_refused = self->n_refused;
  *out_evidence_bytes = self->evidence_bytes;
}
