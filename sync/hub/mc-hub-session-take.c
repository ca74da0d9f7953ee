/* mc-hub-session-take.c: what a request says, frame by frame
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-session-private.h"

#include "core/mc-faults-private.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-back.h"
#include "hub/mc-hub-branch.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-heal.h"
#include "hub/mc-hub-restore.h"

static gboolean
take_hello (McHubSession  *self,
            GBytes        *payload,
            GError       **error)
{
  g_autoptr(GBytes) message = NULL;

  if (self->device != NULL || !mc_decode_hello (payload, &self->hello, error))
    return mc_hub_session_refuse (self, "protocol", "HELLO");
  if (self->hello.protocol != MC_PROTOCOL_VERSION)
    return mc_hub_session_refuse (self, "protocol", "This hub speaks version 1 of the protocol");
  if (!(self->device = mc_hub_find_device (self->hub, self->hello.device, error)))
    return *error == NULL && mc_hub_session_refuse (self, "unknown-device", "This device is not enrolled here");
  if (self->device->revoked)
    return mc_hub_session_refuse (self, "revoked", "This device was revoked");

  message = mc_message_hello (&self->hub->identity, self->hello.device, self->hello.incarnation, self->hello.nonce);
  if (!mc_verify (self->device->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                  self->hello.signature))
    return mc_hub_session_refuse (self, "bad-signature", "The signature of HELLO does not hold");

  return TRUE;
}

static gboolean
take_cursor (McHubSession  *self,
             GBytes        *payload,
             GError       **error)
{
  SessionLog *log = mc_hub_session_add_log (self);

  if (self->logs->len > MC_CURSORS_MAX || !mc_decode_cursor (payload, &log->cursor, error) ||
      mc_hub_session_find_log (self, log->cursor.log) != log)
    return mc_hub_session_refuse (self, "protocol", "CURSOR");
  /* Rights may have been lost since: what was written there is judged, what is there is not told. */
  log->readable = mc_hub_may_read (self->hub, self->device, log->cursor.log);
  if (!mc_hub_stream_load (self->hub, self->device->id, self->hello.incarnation, log->cursor.log, &log->stream, error))
    return FALSE;

  /* A larger n here, or another chain at the same one: two machines share one identity, or one went back. */
  log->fork = !(mc_faults & MC_FAULT_NO_HEAD_CHECK) &&
              (log->stream.n > log->cursor.n ||
               (log->stream.n == log->cursor.n && log->stream.n > 0 &&
                !mc_digest_equal (&log->stream.chain, &log->cursor.n_chain)));

  return TRUE;
}

/* GROUPS, or RUN. */
static gboolean
take_changes (McHubSession  *self,
              guint8         kind,
              GBytes        *payload,
              GError       **error)
{
  g_autoptr(GPtrArray) groups = NULL;
  g_autofree char *name = NULL;
  SessionLog *log;

  if (g_bytes_get_size (payload) > MC_GROUPS_MAX_BYTES)
    return mc_hub_session_refuse (self, "too-large", "GROUPS");
  /* As if it had not come: the answer names the dictionaries that are here, and how far the stream is. */
  if (mc_is_dictionary_missing (payload))
    return TRUE;
  groups = (kind == MC_FRAME_RUN ? mc_decode_run : mc_decode_groups) (payload, self->device->id, self->hello.incarnation,
                                                                      &name, error);
  if (groups == NULL)
    return mc_hub_session_refuse (self, "protocol", mc_frame_kind_name (kind));
  if (!(log = mc_hub_session_find_log (self, name)))
    return mc_hub_session_refuse (self, "protocol", "GROUPS before its CURSOR");

  return kind == MC_FRAME_RUN
         ? mc_hub_session_add_run (self, log, g_steal_pointer (&groups), g_bytes_get_size (payload), error)
         : mc_hub_session_take_groups (self, log, groups, error);
}

/* ROWS, or BRANCH. */
static gboolean
take_rows (McHubSession  *self,
           guint8         kind,
           GBytes        *payload,
           GError       **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  McRowsFrame frame = { 0 };
  guint taken = 0;
  gboolean done;
  SessionLog *log;

  done = mc_decode_rows (payload, &frame, error) || mc_hub_session_refuse (self, "protocol", mc_frame_kind_name (kind));
  log = done ? mc_hub_session_find_log (self, frame.log) : NULL;
  /* The own stream is as CURSOR said it is: it is brought by GROUPS alone. */
  if (log != NULL && log->readable)
    {
      done = (transaction = mc_db_begin (self->hub->db, error)) != NULL &&
             (kind == MC_FRAME_ROWS || mc_hub_name_branches (self->hub, frame.log, frame.groups, error)) &&
             mc_hub_take_rows (self->hub, frame.log, self->device->id, frame.groups, self->now_us, &self->unproven, &taken, error) &&
             mc_transaction_commit (g_steal_pointer (&transaction), error);
      if (done)
        mc_hub_note_head (self->hub);
      self->n_changes += taken;
    }
  mc_rows_frame_clear (&frame);

  return done;
}

static gboolean
take_places (McHubSession  *self,
             GBytes        *payload,
             GError       **error)
{
  McPlacesFrame frame = { 0 };
  gboolean done = mc_decode_places (payload, &frame, error) || mc_hub_session_refuse (self, "protocol", "PLACES");
  SessionLog *log = done ? mc_hub_session_find_log (self, frame.log) : NULL;

  if (log != NULL && log->readable)
    {
      g_clear_pointer (&log->places, g_array_unref);
      log->places = g_steal_pointer (&frame.places);
      done = frame.head.signature == NULL ||
             mc_hub_look_at_head (self->hub, log->cursor.log, &frame.head, self->now_us, error);
    }
  mc_places_frame_clear (&frame);

  return done;
}

static gboolean
take_taken (McHubSession  *self,
            GBytes        *payload,
            GError       **error)
{
  g_autoptr(GArray) numbers = mc_decode_taken (payload, error);
  g_autoptr(McTransaction) transaction = NULL;

  if (numbers == NULL)
    return mc_hub_session_refuse (self, "protocol", "TAKEN");

  return (transaction = mc_db_begin (self->hub->db, error)) != NULL &&
         mc_hub_note_given (self->hub, self->device->id, self->hello.incarnation, numbers, error) &&
         mc_transaction_commit (g_steal_pointer (&transaction), error);
}

static gboolean
take_ask (McHubSession  *self,
          GBytes        *payload,
          GError       **error)
{
  g_autofree char *name = NULL;
  guint what;
  SessionLog *log;

  if (!mc_decode_ask (payload, &what, &name, error))
    return mc_hub_session_refuse (self, "protocol", "ASK");
  if (what == MC_ASK_STREAMS && (log = mc_hub_session_find_log (self, name)) != NULL)
    log->asks_streams = TRUE;
  else if (what == MC_ASK_LACKS)
    self->asks_lacks = TRUE;

  return TRUE;
}

static gboolean
take_evidence (McHubSession  *self,
               GBytes        *payload,
               GError       **error)
{
  char sha256[65];
  guint64 offset, total;
  g_autoptr(GBytes) data = NULL;
  McNeed need;

  if (!mc_decode_evidence (payload, sha256, &offset, &total, &data, error))
    return mc_hub_session_refuse (self, "protocol", "EVIDENCE");
  if (!mc_hub_take_evidence (self->hub, self->device, sha256, offset, total, data, self->now_us, &need, error))
    return FALSE;
  self->evidence_bytes += g_bytes_get_size (data);

  for (guint i = 0; i < self->needs->len; i++)
    if (g_str_equal (g_array_index (self->needs, McNeed, i).sha256, sha256))
      {
        g_array_index (self->needs, McNeed, i) = need;
        return TRUE;
      }
  if (self->needs->len < MC_NEEDS_MAX)
    g_array_append_val (self->needs, need);

  return TRUE;
}

gboolean
mc_hub_session_take_frame (McHubSession  *self,
                           guint8         kind,
                           GBytes        *payload,
                           GError       **error)
{
  /* After the end the answer is written, which waits for the disk once itself. */
  if (kind != MC_FRAME_RUN && kind != MC_FRAME_END)
    mc_hub_session_settle (self);
  if (self->problem != NULL)
    return FALSE;
  if (kind == MC_FRAME_HELLO)
    return take_hello (self, payload, error);
  /* A device that this hub does not know any more shows who it is before it says hello. */
  if (kind == MC_FRAME_CERTIFICATE)
    return mc_hub_take_certificate (self->hub, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), error);
  if (self->device == NULL)
    return mc_hub_session_refuse (self, "protocol", "The first frame must be HELLO");

  switch (kind)
    {
    case MC_FRAME_CURSOR:
      return take_cursor (self, payload, error);
    case MC_FRAME_GROUPS:
    case MC_FRAME_RUN:
      return take_changes (self, kind, payload, error);
    case MC_FRAME_EVIDENCE:
      return take_evidence (self, payload, error);
    case MC_FRAME_DICTIONARY:
      self->dictionary = mc_decode_dictionaries (payload);
      self->is_asked = TRUE;
      return TRUE;
    case MC_FRAME_ROWS:
    case MC_FRAME_BRANCH:
      return take_rows (self, kind, payload, error);
    case MC_FRAME_QUIET:
      g_clear_pointer (&self->quiet, g_bytes_unref);
      self->quiet = g_bytes_ref (payload);
      return TRUE;
    case MC_FRAME_PLACES:
      return take_places (self, payload, error);
    case MC_FRAME_ASK:
      return take_ask (self, payload, error);
    case MC_FRAME_TAKEN:
      return take_taken (self, payload, error);
    default:
      /* From a newer program: part of the hash, and of no meaning here. */
      return TRUE;
    }
}
