/* mc-session-answer.c: what a hub says in one answer, frame by frame
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-session-private.h"

#include <string.h>

#include "core/mc-error.h"
#include "wire/mc-message.h"
#include "wire/mc-sync-error.h"

gboolean
mc_session_take_hello (Session  *self,
                       GBytes   *payload,
                       GError  **error)
{
  g_autoptr(GBytes) message = NULL;
  McHubHello hello;

  if (!mc_decode_hub_hello (payload, &hello, NULL))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_NOT_A_HUB, "%s answers, and is no hub", self->account->address);
      return FALSE;
    }
  message = mc_message_hub_hello (hello.hub_id, hello.epoch, hello.time_us, self->nonce, self->account->device);
  if (memcmp (hello.hub_id, self->account->hub.id, MC_ID_BYTES) != 0 ||
      !mc_verify (self->account->hub.key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), hello.signature))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_WRONG_KEY, "%s is another hub than the one this device was enrolled at",
                   self->account->address);
      return FALSE;
    }
  self->report->clock_off_us = (gint64) hello.time_us - g_get_real_time ();

  return mc_journal_note_epoch (self->journal, hello.epoch, error);
}

void
mc_session_count_verdicts (Session       *self,
                           McStreamFrame *frame)
{
  for (guint i = 0; i < frame->verdicts->len; i++)
    {
      McVerdict *verdict = &g_array_index (frame->verdicts, McVerdict, i);
      guint count = verdict->n_last - verdict->n_first + 1;

      self->report->n_sent += count;
      if (verdict->kind == MC_VERDICT_REJECTED || verdict->kind == MC_VERDICT_HELD)
        self->report->n_refused += count;
      if (verdict->kind == MC_VERDICT_CONFLICT)
        self->report->n_conflicts += count;
    }
}

/* Two machines share one identity, or this one went back: a new incarnation, ids unchanged.  Beside the store a file names it,
 * so that the disk is waited for. */
static gboolean
leave_incarnation (Session  *self,
                   GError  **error)
{
  self->moved = self->forked = self->more = TRUE;

  return mc_db_set_waiting (mc_journal_get_db (self->journal), TRUE, error) &&
         mc_journal_new_incarnation (self->journal, error);
}

static gboolean
take_stream (Session  *self,
             GBytes   *payload,
             GError  **error)
{
  McStreamFrame frame = { 0 };
  gboolean done;

  done = mc_decode_stream (payload, &frame, error);
  if (done && frame.fork)
    {
      done = leave_incarnation (self, error);
    }
  else if (done)
    {
      McStreamHead stream;

      done = mc_journal_apply_verdicts (self->journal, frame.log, mc_journal_get_incarnation (self->journal),
                                        frame.verdicts, error) &&
             mc_journal_get_stream (self->journal, frame.log, &stream, error);
      if (done && frame.n < stream.hub_n)
        done = mc_journal_set_hub_n (self->journal, frame.log, frame.n, error);
      self->moved = self->moved || frame.verdicts->len > 0 || (done && frame.n != stream.hub_n);
      mc_session_count_verdicts (self, &frame);
    }
  mc_stream_frame_clear (&frame);

  return done;
}

/* What the hub says that a log is, it has signed. */
gboolean
mc_session_check_head (Session     *self,
                       McLogFrame  *frame,
                       GError     **error)
{
  g_autoptr(GBytes) message = mc_message_log_head (self->account->hub.id, frame->head.epoch, frame->log, frame->head.seq,
                                                   &frame->head.chain);

  if (mc_verify (self->account->hub.key, g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                 g_bytes_get_data (frame->head.signature, NULL)))
    return TRUE;
  g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The hub's signature of %s does not hold", frame->log);

  return FALSE;
}

/* Own rows of which only the places came, and with what is here at those places the page is not what the hub signed: another
 * machine wrote there.  The hub has not seen it, since nothing from there on was brought yet. */
static gboolean
is_unseen_fork (Session      *self,
                McLogFrame   *frame,
                const GError *error)
{
  McStreamHead stream;
  gboolean own = FALSE;

  if (self->met_fork || !g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID) ||
      !mc_journal_get_stream (self->journal, frame->log, &stream, NULL))
    return FALSE;
  for (guint i = 0; i < frame->rows->len; i++)
    {
      McLogRow *row = frame->rows->pdata[i];

      if (row->group != NULL)
        continue;
      if (!g_str_equal (row->incarnation, mc_journal_get_incarnation (self->journal)) || row->n + row->count - 1 > stream.n)
        return FALSE;
      own = TRUE;
    }

  return own;
}

static gboolean
take_log (Session  *self,
          GBytes   *payload,
          GError  **error)
{
  McLogFrame frame = { 0 };
  g_autoptr(GError) local_error = NULL;
  gboolean done;
  guint count = 0;

  done = mc_decode_log (payload, &frame, error) && mc_session_check_head (self, &frame, error);
  if (done && !mc_journal_apply_page (self->journal, frame.log, frame.rows, &frame.head, &count, &local_error))
    {
      done = is_unseen_fork (self, &frame, local_error);
      self->met_fork = TRUE;
      if (done)
        done = leave_incarnation (self, error);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
    }
  else if (done)
    {
      self->moved = TRUE;
      for (guint i = 0; i < frame.rows->len; i++)
        if (((McLogRow *) frame.rows->pdata[i])->group != NULL)
          self->report->n_received++;
    }
  mc_log_frame_clear (&frame);

  return done;
}

static gboolean
take_needs (Session  *self,
            GBytes   *payload,
            GError  **error)
{
  g_autoptr(GArray) needs = mc_decode_needs (payload, error);
  g_autoptr(GArray) states = needs != NULL ? mc_journal_list_evidence_to_send (self->journal, mc_session_files_of (self), error) : NULL;
  guint64 before;

  if (states == NULL)
    return FALSE;

  before = self->report->evidence_done;
  for (guint i = 0; i < needs->len; i++)
    {
      McNeed *need = &g_array_index (needs, McNeed, i);

      for (guint k = 0; k < states->len; k++)
        {
          McEvidenceState *state = &g_array_index (states, McEvidenceState, k);

          if (!g_str_equal (state->sha256, need->sha256))
            continue;
          if (need->complete || need->offset != (guint64) state->hub_bytes)
            self->moved = TRUE;
          if (need->offset > (guint64) state->hub_bytes)
            self->report->evidence_done += need->offset - state->hub_bytes;
          self->report->files_done += need->complete;
          if (!mc_journal_set_evidence_state (self->journal, need->sha256, need->offset, need->complete, error))
            return FALSE;
          /* What was sent did not help: perhaps it is not the file any more, and would be sent for ever. */
          if (self->report->turns > 1 && !need->complete && need->offset <= (guint64) state->hub_bytes &&
              !mc_journal_check_evidence (self->journal, need->sha256, error))
            return FALSE;
        }
    }

  mc_pace_note_arrived (&self->pace, self->report->evidence_done - before);

  return TRUE;
}

gboolean
mc_session_take_frame (Session  *self,
                       guint8    kind,
                       GBytes   *payload,
                       GError  **error)
{
  switch (kind)
    {
    case MC_FRAME_HUB_STREAM:
      return take_stream (self, payload, error);
    case MC_FRAME_HUB_LOG:
      return take_log (self, payload, error);
    case MC_FRAME_HUB_NEED:
      return take_needs (self, payload, error);
    case MC_FRAME_HUB_FAR:
      return mc_session_take_far (self, payload, error);
    case MC_FRAME_HUB_DICTIONARY:
      return mc_session_note_dictionary (self, mc_decode_dictionaries (payload), error);
    case MC_FRAME_HUB_READS:
      return mc_session_take_reads (self, payload, error);
    case MC_FRAME_HUB_KNOWS:
      self->told_runs = mc_knows (payload, MC_FRAME_RUN);
      self->takes_branches = mc_knows (payload, MC_FRAME_BRANCH);
      self->told_quiet = mc_knows (payload, MC_FRAME_QUIET);
      return TRUE;
    default:
      return mc_session_take_healing (self, kind, payload, error);
    }
}
