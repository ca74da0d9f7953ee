/* mc-hub-session-take.c: what a request says, frame by frame
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-session-private.h"

#include "core/mc-faults-private.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-batch.h"
#include "hub/mc-hub-branch.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-heal.h"
#include "hub/mc-hub-judge.h"
#include "hub/mc-hub-refused.h"
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

/* For the receipt: the rows that @group has just become. */
static void
note_new (SessionLog *log,
          McGroup    *group,
          McVerdict  *verdict)
{
  for (guint i = 0; i < group->changes->len; i++)
    {
      McHubTaken taken = { group->n + i, verdict->seq_first + i, TRUE, *mc_change_get_hash (group->changes->pdata[i]) };

      g_array_append_val (log->taken, taken);
    }
}

static gboolean
take_group (McHubSession  *self,
            SessionLog    *log,
            McGroup       *group,
            McHubChecked  *checked,
            GError       **error)
{
  McVerdict verdict;

  if (log->verdicts->len >= MC_ANSWER_VERDICTS_MAX)
    {
      self->more = TRUE;
      return TRUE;
    }
  if (group->n <= log->stream.n)
    {
      /* Groups are judged whole: one that goes past what was judged is not the one that was. */
      if (group->n + group->changes->len - 1 > log->stream.n)
        log->fork = TRUE;
      return log->fork ||
             mc_hub_repeat_group (self->hub, self->device, &log->stream, group, self->now_us, log->verdicts, &log->fork,
                                  error);
    }
  /* A gap: STREAM will say where to begin. */
  if (group->n != log->stream.n + 1)
    return TRUE;

  if (!mc_hub_take_group (self->hub, self->device, &log->stream, group, checked, self->now_us, &verdict, &log->fork,
                          error))
    return FALSE;
  if (log->fork)
    return TRUE;
  self->n_changes += group->changes->len;
  if (verdict.kind == MC_VERDICT_ACCEPTED || verdict.kind == MC_VERDICT_CONFLICT)
    note_new (log, group, &verdict);
  if (verdict.kind == MC_VERDICT_REJECTED || verdict.kind == MC_VERDICT_HELD)
    self->n_refused += group->changes->len;
  mc_hub_add_verdict (log->verdicts, &verdict);

  return TRUE;
}

static gboolean
judge_all (McHubSession  *self,
           SessionLog    *log,
           GPtrArray     *groups,
           GError       **error)
{
  g_autoptr(GArray) checked = mc_hub_check_groups (self->hub, self->device, &log->stream, groups);

  if (!mc_hub_batch_begin (self->hub, self->device->id, log->cursor.log, error))
    return FALSE;
  for (guint i = 0; i < groups->len && !log->fork; i++)
    if (!take_group (self, log, groups->pdata[i], &g_array_index (checked, McHubChecked, i), error))
      {
        mc_hub_batch_drop (self->hub);
        return FALSE;
      }
  if (!mc_hub_batch_end (self->hub, error))
    return FALSE;

  return mc_hub_stream_save (self->hub, &log->stream, error);
}

static gboolean
take_groups (McHubSession  *self,
             SessionLog    *log,
             GPtrArray     *groups,
             GError       **error)
{
  g_autoptr(McTransaction) transaction = mc_db_begin (self->hub->db, error);

  if (transaction == NULL || !judge_all (self, log, groups, error) ||
      !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  mc_hub_note_head (self->hub);

  return TRUE;
}

/* What is taken back where a run is declined. */
typedef struct
{
  guint n_verdicts, n_changes, n_refused, n_taken;
  guint64 n_last;       /* of the last verdict, which may have grown */
} Before;

static void
remember (McHubSession  *self,
          SessionLog    *log,
          Before        *out)
{
  out->n_changes = self->n_changes;
  out->n_refused = self->n_refused;
  out->n_taken = log->taken->len;
  out->n_verdicts = log->verdicts->len;
  out->n_last = out->n_verdicts > 0 ? g_array_index (log->verdicts, McVerdict, out->n_verdicts - 1).n_last : 0;
}

/* As if the run had not come.  Its device is not told in this answer that runs are taken, and signs each group. */
static gboolean
decline_run (McHubSession  *self,
             SessionLog    *log,
             const Before  *before,
             GError       **error)
{
  self->declines_runs = TRUE;
  self->n_changes = before->n_changes;
  self->n_refused = before->n_refused;
  g_array_set_size (log->verdicts, before->n_verdicts);
  g_array_set_size (log->taken, before->n_taken);
  if (before->n_verdicts > 0)
    g_array_index (log->verdicts, McVerdict, before->n_verdicts - 1).n_last = before->n_last;
  mc_hub_stream_clear (&log->stream);

  return mc_hub_stream_load (self->hub, self->device->id, self->hello.incarnation, log->cursor.log, &log->stream, error);
}

/* All of a run or nothing: its signature is at its end.  Where that end gets no row, the rows before it would stand here
 * without a signature after them; if their author were lost, nobody who holds them could prove them to a hub that went
 * back. */
static gboolean
take_run (McHubSession  *self,
          SessionLog    *log,
          GPtrArray     *groups,
          GError       **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  Before before;

  if (log->verdicts->len > 0 && log->verdicts->len + groups->len > MC_ANSWER_VERDICTS_MAX)
    {
      self->more = TRUE;
      return TRUE;
    }
  remember (self, log, &before);
  if (!(transaction = mc_db_begin (self->hub->db, error)) || !judge_all (self, log, groups, error))
    return FALSE;
  if (log->stream.holes->len > 0 && !log->fork)
    {
      g_clear_pointer (&transaction, mc_transaction_abandon);
      return decline_run (self, log, &before, error);
    }
  if (!mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  mc_hub_note_head (self->hub);

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

  return (kind == MC_FRAME_RUN ? take_run : take_groups) (self, log, groups, error);
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
             mc_hub_take_rows (self->hub, frame.log, self->device->id, frame.groups, self->now_us, &taken, error) &&
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
