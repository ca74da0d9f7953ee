/* mc-session.c: one sync, from the first turn to the last
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A turn is one request: cursors, own groups from the hub's n on, evidence from the hub's offset on.  Its answer
 * says how far the hub is.  Nothing here remembers "uploading": a turn that failed is simply not known.
 */

#include "client/mc-session-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "client/mc-http.h"
#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "core/mc-parallel.h"
#include "core/mc-sync-log.h"
#include "wire/mc-buffer.h"
#include "wire/mc-message.h"
#include "wire/mc-sync-error.h"

#define GROUPS_PACKED_BYTES   (96 * 1024)
#define GROUPS_LEAST_RAW_BYTES (16 * 1024)
#define IDLE_TURNS    3
#define FILES_A_TURN  512
#define PIECE_BYTES   (16 * 1024)   /* of a file: what is cut off in the middle of a piece is sent again */

#define SETTING_DICTIONARY "hub_dictionary"
#define SETTING_RUNS       "hub_runs"

static SessionLog *
session_log_new (const char *name)
{
  SessionLog *log = g_new0 (SessionLog, 1);

  log->name = g_strdup (name);

  return log;
}

SessionLog *
mc_session_find_log (Session    *self,
                     const char *name)
{
  for (guint i = 0; i < self->logs->len; i++)
    if (g_str_equal (((SessionLog *) self->logs->pdata[i])->name, name))
      return self->logs->pdata[i];

  return NULL;
}

/* what the hub has beyond the first version, by what it said last; an older one is simply sent none of it */

static void
recall_hub (Session *self)
{
  g_autofree char *hex = mc_journal_get_setting (self->journal, SETTING_DICTIONARY);
  guint8 name[MC_DICTIONARY_NAME_BYTES];

  g_autofree char *runs = mc_journal_get_setting (self->journal, SETTING_RUNS);

  self->dictionary = hex != NULL && mc_unhex (hex, name, sizeof name) ? mc_dictionary_find (name) : NULL;
  self->runs = g_strcmp0 (runs, "1") == 0;
}

static gboolean
note_runs (Session   *self,
           gboolean   runs,
           GError   **error)
{
  if (runs == self->runs)
    return TRUE;
  self->runs = runs;

  return mc_journal_set_setting (self->journal, SETTING_RUNS, runs ? "1" : "", error);
}

static gboolean
note_dictionary (Session             *self,
                 const McDictionary  *dictionary,
                 GError             **error)
{
  g_autofree char *hex = dictionary != NULL ? mc_hex (mc_dictionary_get_name (dictionary), MC_DICTIONARY_NAME_BYTES)
                                            : g_strdup ("");

  if (dictionary == self->dictionary)
    return TRUE;
  self->dictionary = dictionary;

  return mc_journal_set_setting (self->journal, SETTING_DICTIONARY, hex, error);
}

/* the request */

/* A bundle takes the frames as they come: memory stays small whatever waits. */
static gboolean
flush (Session        *self,
       McFrameWriter  *writer,
       GError        **error)
{
  g_autoptr(GBytes) bytes = NULL;

  if (self->flush == NULL)
    return TRUE;
  bytes = mc_frame_writer_take (writer);

  return self->flush (bytes, self->flush_data, error);
}

static void
put_hello (Session       *self,
           McFrameWriter *writer)
{
  McHello hello = { .protocol = MC_PROTOCOL_VERSION, .device = self->account->device,
                    .incarnation = (char *) mc_journal_get_incarnation (self->journal),
                    .program = (char *) "minhchung " MC_VERSION };
  g_autoptr(GBytes) message = NULL;

  mc_random_bytes (self->nonce, sizeof self->nonce);
  memcpy (hello.nonce, self->nonce, sizeof hello.nonce);
  message = mc_message_hello (&self->account->hub, hello.device, hello.incarnation, hello.nonce);
  mc_sign (&self->account->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), hello.signature);
  mc_frame_writer_add_array (writer, MC_FRAME_HELLO, mc_encode_hello (&hello));
}

static gboolean
put_cursor (Session        *self,
            McFrameWriter  *writer,
            const char     *log,
            McStreamHead   *stream,
            GError        **error)
{
  McCursorFrame frame = { .log = (char *) log };
  McCursor cursor;

  if (!mc_journal_get_cursor (self->journal, log, &cursor, error) ||
      !mc_journal_get_stream (self->journal, log, stream, error))
    return FALSE;
  g_clear_pointer (&cursor.signature, g_bytes_unref);

  frame.seq = cursor.seq;
  frame.seq_chain = cursor.chain;
  frame.n = stream->n;
  frame.n_chain = stream->chain;
  mc_frame_writer_add_array (writer, MC_FRAME_CURSOR, mc_encode_cursor (&frame));

  return TRUE;
}

typedef struct
{
  const McSigningKey *key;
  GPtrArray *groups;
  GPtrArray *messages;   /* (owned) (element-type GBytes) what each group's signature is over */
} Signing;

static void
sign_one (guint    index,
          gpointer user_data)
{
  Signing *signing = user_data;
  McGroup *group = signing->groups->pdata[index];
  GBytes *message = signing->messages->pdata[index];
  guint8 signature[MC_SIGNATURE_BYTES];

  if (group->signature != NULL)
    return;
  mc_sign (signing->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  group->signature = g_bytes_new (signature, sizeof signature);
}

static void
unref_bytes (gpointer bytes)
{
  g_clear_pointer (&bytes, g_bytes_unref);
}

/* Signs the groups that have no signature yet, or of a run the last alone; @chain is that before the first of them, and
 * goes on to the last. */
void
mc_session_sign_groups (Session    *self,
                        const char *log,
                        GPtrArray  *groups,
                        gboolean    is_run,
                        McDigest   *chain)
{
  g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func (unref_bytes);
  Signing signing = { &self->account->key, groups, messages };

  for (guint i = 0; i < groups->len; i++)
    {
      McGroup *group = groups->pdata[i];

      for (guint k = 0; k < group->changes->len; k++)
        mc_chain_step (chain, mc_change_get_hash (group->changes->pdata[k]));
      g_ptr_array_add (messages, is_run && i < groups->len - 1 ? NULL :
                       mc_message_stream (self->account->hub.id, self->account->device, group->incarnation, log,
                                          group->n + group->changes->len - 1, chain));
    }
  if (is_run)
    sign_one (groups->len - 1, &signing);
  else
    mc_parallel_for (groups->len, sign_one, &signing);
}

static gboolean
put_groups (Session        *self,
            McFrameWriter  *writer,
            const char     *log,
            McStreamHead   *stream,
            GError        **error)
{
  const McDictionary *packing = self->pace.is_fast ? mc_dictionary_quick (self->dictionary) : self->dictionary;
  guint64 next = stream->hub_n + 1;
  gsize aim = MC_GROUPS_RAW_BYTES, room;
  McDigest chain;

  if (next > stream->n)
    return TRUE;
  if (!mc_journal_get_stream_chain (self->journal, log, stream->hub_n, &chain, error))
    return FALSE;

  while (next <= stream->n && mc_frame_writer_get_size (writer) < self->budget)
    {
      g_autoptr(GPtrArray) groups = mc_journal_get_groups (self->journal, log, next, aim, error);
      g_autoptr(GBytes) payload = NULL;
      McGroup *last;

      if (groups == NULL)
        return FALSE;
      if (groups->len == 0)
        break;
      mc_session_sign_groups (self, log, groups, self->runs, &chain);
      payload = (self->runs ? mc_encode_run : mc_encode_groups) (packing, log, groups);
      mc_frame_writer_add (writer, self->runs ? MC_FRAME_RUN : MC_FRAME_GROUPS, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
      /* Text packs well: so many changes make the next frame that it is what a cut may cost, and no more, and that the
       * request stays what the line was found to bear. */
      room = self->budget - MIN (mc_frame_writer_get_size (writer), self->budget);
      aim = CLAMP (aim * MIN (GROUPS_PACKED_BYTES, room) / g_bytes_get_size (payload), GROUPS_LEAST_RAW_BYTES,
                   MC_RUN_RAW_BYTES);
      last = groups->pdata[groups->len - 1];
      next = last->n + last->changes->len;
      if (!flush (self, writer, error))
        return FALSE;
    }

  return TRUE;
}

static void
put_piece (McFrameWriter   *writer,
           McEvidenceState *state,
           guint64          offset,
           const guint8    *data,
           gsize            size)
{
  mc_frame_writer_add_array (writer, MC_FRAME_EVIDENCE, mc_encode_evidence (state->sha256, offset, state->size, data, size));
}

/* Pieces of one file until the budget is used.  A file that cannot be read is left where it is: the rest goes on. */
static gboolean
put_file (Session          *self,
          McFrameWriter    *writer,
          McEvidenceState  *state,
          GError          **error)
{
  g_autofree char *path = mc_journal_get_evidence_path (self->journal, state->sha256, NULL);
  g_autofree guint8 *buffer = g_malloc (PIECE_BYTES);
  guint64 offset = MIN (state->hub_bytes, state->size);
  gboolean done = TRUE;
  int fd = path != NULL ? g_open (path, O_RDONLY | O_CLOEXEC, 0) : -1;

  if (fd < 0)
    return mc_journal_check_evidence (self->journal, state->sha256, error);
  do
    {
      ssize_t got = pread (fd, buffer, PIECE_BYTES, offset);

      put_piece (writer, state, offset, buffer, MAX (got, 0));
      if (got <= 0)
        break;
      offset += got;
      done = flush (self, writer, error);
    }
  while (done && offset < (guint64) state->size && mc_frame_writer_get_size (writer) < self->budget);
  close (fd);

  return done;
}

/* Whole files that are in no part yet, until the part is full; at least one. */
static gboolean
put_files_of_part (Session        *self,
                   McFrameWriter  *writer,
                   GError        **error)
{
  for (guint first = self->next_file; self->next_file < self->files->len; self->next_file++)
    {
      McEvidenceState *state = &g_array_index (self->files, McEvidenceState, self->next_file);
      guint64 left = state->size - MIN (state->hub_bytes, state->size);

      /* Each piece of 64 KiB has a head, and is sealed. */
      if (self->next_file > first && mc_frame_writer_get_size (writer) + left + left / 512 >= self->part_bytes)
        break;
      if (!put_file (self, writer, state, error))
        return FALSE;
      self->report->files_done++;
      self->report->evidence_done += left;
    }

  return TRUE;
}

static gboolean
put_evidence (Session        *self,
              McFrameWriter  *writer,
              GError        **error)
{
  g_autoptr(GArray) states = mc_journal_list_evidence_to_send (self->journal, error);
  gboolean asks = self->report->turns == 0;

  if (states == NULL)
    return FALSE;

  self->report->files_total = self->report->files_done + states->len;
  self->report->evidence_total = self->report->evidence_done;
  for (guint i = 0; i < states->len; i++)
    {
      McEvidenceState *state = &g_array_index (states, McEvidenceState, i);
      guint64 left = state->size - MIN (state->hub_bytes, state->size);

      self->report->evidence_total += left;
      if (i >= FILES_A_TURN || self->files_wait)
        continue;
      if (mc_frame_writer_get_size (writer) + (asks ? left : 0) < self->budget)
        {
          if (!put_file (self, writer, state, error))
            return FALSE;
        }
      else if (asks)
        put_piece (writer, state, MIN (state->hub_bytes, state->size), NULL, 0);
    }

  return TRUE;
}

/* To a hub that does not know this device any more: its own word on who this is. */
static void
put_introduction (Session       *self,
                  McFrameWriter *writer)
{
  g_autofree char *text = NULL;

  if (!self->introduce)
    return;
  text = json_to_string (self->account->certificate, FALSE);
  mc_frame_writer_add (writer, MC_FRAME_CERTIFICATE, text, strlen (text));
}

static void
put_taken (Session       *self,
           McFrameWriter *writer)
{
  if (self->taken->len == 0)
    return;
  mc_frame_writer_add_array (writer, MC_FRAME_TAKEN, mc_encode_taken (self->taken));
  g_array_set_size (self->taken, 0);
}

gboolean
mc_session_write_request (Session        *self,
                          McFrameWriter  *writer,
                          GError        **error)
{
  g_autoptr(GArray) streams = g_array_new (FALSE, TRUE, sizeof (McStreamHead));

  if (!mc_journal_get_stream (self->journal, self->account->log, &(McStreamHead) { 0 }, error))
    return FALSE;
  put_introduction (self, writer);
  put_hello (self, writer);
  mc_frame_writer_add_array (writer, MC_FRAME_DICTIONARY, mc_encode_dictionaries ());
  for (guint i = 0; i < self->logs->len; i++)
    {
      SessionLog *log = self->logs->pdata[i];
      McStreamHead stream;

      if (!put_cursor (self, writer, log->name, &stream, error))
        return FALSE;
      g_array_append_val (streams, stream);
    }
  for (guint i = 0; i < self->logs->len && self->held_back < 2; i++)
    if (!mc_session_put_healing (self, self->logs->pdata[i], writer, error))
      return FALSE;
  put_taken (self, writer);
  /* Once a session: a hub that went back may have lost files that were confirmed long ago. */
  if (self->report->turns == 0)
    mc_frame_writer_add_array (writer, MC_FRAME_ASK, mc_encode_ask (MC_ASK_LACKS, ""));
  for (guint i = 0; i < self->logs->len && self->held_back < 2; i++)
    {
      SessionLog *log = self->logs->pdata[i];

      if (!put_groups (self, writer, log->name, &g_array_index (streams, McStreamHead, i), error))
        return FALSE;
    }
  if (self->held_back == 0 &&
      (self->files != NULL ? !put_files_of_part (self, writer, error) : !put_evidence (self, writer, error)))
    return FALSE;
  mc_frame_writer_end (writer, MC_FRAME_END, 0);

  return flush (self, writer, error);
}

/* the answer */

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

  return mc_journal_note_epoch (self->journal, hello.epoch, &(gboolean) { FALSE }, error);
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
      /* Two machines share one identity, or this one went back: a new incarnation, ids unchanged. */
      self->moved = self->forked = self->more = TRUE;
      done = mc_journal_new_incarnation (self->journal, error);
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

static gboolean
take_log (Session  *self,
          GBytes   *payload,
          GError  **error)
{
  McLogFrame frame = { 0 };
  gboolean done;
  guint count = 0;

  done = mc_decode_log (payload, &frame, error) && mc_session_check_head (self, &frame, error) &&
         mc_journal_apply_page (self->journal, frame.log, frame.rows, &frame.head, &count, error);
  if (done)
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
  g_autoptr(GArray) states = needs != NULL ? mc_journal_list_evidence_to_send (self->journal, error) : NULL;
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
      return note_dictionary (self, mc_decode_dictionaries (payload), error);
    case MC_FRAME_HUB_KNOWS:
      self->told_runs = mc_knows (payload, MC_FRAME_RUN);
      return TRUE;
    default:
      return mc_session_take_healing (self, kind, payload, error);
    }
}

/* All frames of a whole answer, and that it is whole and from our hub. */
static GPtrArray *
read_answer (Session  *self,
             GBytes   *answer,
             GArray   *kinds,
             GError  **error)
{
  g_autoptr(GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(GError) local_error = NULL;
  GBytes *payload;
  guint8 kind;

  mc_frame_reader_push (reader, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  while (mc_frame_reader_next (reader, &kind, &payload, &local_error))
    {
      g_ptr_array_add (frames, payload);
      g_array_append_val (kinds, kind);
    }

  if (frames->len == 0 || g_array_index (kinds, guint8, 0) != MC_FRAME_HUB_HELLO)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_NOT_A_HUB, "%s answers, and is no hub", self->account->address);
      return NULL;
    }
  if (!mc_session_take_hello (self, frames->pdata[0], error))
    return NULL;
  if ((local_error != NULL || !mc_frame_reader_has_ended (reader)) && !(mc_faults & MC_FAULT_IGNORE_END))
    {
      g_set_error (error, MC_SYNC_ERROR, local_error != NULL ? MC_SYNC_ERROR_PROTOCOL : MC_SYNC_ERROR_CUT, "The hub's answer is cut%s%s",
                   local_error != NULL ? ": " : "", local_error != NULL ? local_error->message : "");
      return NULL;
    }
  self->more = mc_frame_reader_get_end_number (reader) != 0;

  return g_steal_pointer (&frames);
}

/* Once a session, a hub that does not know this device is shown the certificate that it gave. */
static gboolean
may_introduce (Session *self,
               GError  *error)
{
  if (self->introduce || self->account->certificate == NULL ||
      !g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE))
    return FALSE;
  self->introduce = TRUE;

  return TRUE;
}

static void
tell (Session *self)
{
  mc_sync_report_estimate (self->report, g_get_monotonic_time () - self->started_us);
  if (self->progress != NULL)
    self->progress (self->report, self->progress_data);
}

static void
sent_cb (guint64  bytes,
         gpointer user_data)
{
  Session *self = user_data;

  self->report->sending = MIN (bytes, self->report->sending_total);
  tell (self);
}

/* Posts @request, telling how much of it has gone, and learns from that what the line bears. */
static GBytes *
post (Session  *self,
      GBytes   *request,
      GError  **error)
{
  gint64 started_us = g_get_monotonic_time ();
  GBytes *answer;

  self->report->sending = 0;
  self->report->sending_total = g_bytes_get_size (request);
  answer = self->transport->post (self->transport, request, self->cancellable, error);
  if (answer != NULL)
    {
      self->report->bytes_sent += g_bytes_get_size (request);
      mc_pace_note_turn (&self->pace, g_bytes_get_size (request), g_get_monotonic_time () - started_us);
      self->budget = self->pace.budget;
    }
  else
    {
      self->report->unheard = self->report->sending;
      if (self->transport->came != NULL)
        mc_session_take_part (self, self->transport->came);
    }
  self->report->sending = self->report->sending_total = 0;

  return answer;
}

/* Sends a request and waits for the answer.  A hub that does not know what a dictionary is, because it was put back to
 * an older program, refuses what is packed with one: it is asked once more without. */
static GBytes *
exchange (Session  *self,
          GError  **error)
{
  for (gboolean again = FALSE;; again = TRUE)
    {
      g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
      g_autoptr(GBytes) request = NULL;
      g_autoptr(GError) local_error = NULL;
      GBytes *answer;

      if (!mc_session_write_request (self, writer, error))
        return NULL;
      request = mc_frame_writer_take (writer);
      if ((answer = post (self, request, &local_error)))
        return answer;
      if (may_introduce (self, local_error))
        continue;
      if (again || self->dictionary == NULL || !g_error_matches (local_error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      if (!note_dictionary (self, NULL, error))
        return NULL;
    }
}

static gboolean
run_turn (Session  *self,
          GError  **error)
{
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GArray) kinds = g_array_new (FALSE, FALSE, sizeof (guint8));
  g_autoptr(GPtrArray) frames = NULL;

  if (!(answer = exchange (self, error)))
    return FALSE;
  self->report->turns++;
  self->report->bytes_received += g_bytes_get_size (answer);

  if (!(frames = read_answer (self, answer, kinds, error)))
    return FALSE;
  self->moved = self->forked = self->told_runs = FALSE;
  /* First what proves that things came: a verdict that is here without its receipt would never be asked for again. */
  for (guint i = 1; i < frames->len; i++)
    if (g_array_index (kinds, guint8, i) == MC_FRAME_HUB_RECEIPT && !mc_session_take_receipt (self, frames->pdata[i], error))
      return FALSE;
  /* After a fork the rest speaks of places that are no more; the next turn asks anew. */
  for (guint i = 1; i < frames->len && !self->forked; i++)
    if (!mc_session_take_frame (self, g_array_index (kinds, guint8, i), frames->pdata[i], error))
      return FALSE;

  return self->forked || note_runs (self, self->told_runs, error);
}

static gboolean
has_work (Session   *self,
          gboolean  *out_work,
          GError   **error)
{
  g_autoptr(GArray) states = mc_journal_list_evidence_to_send (self->journal, error);

  if (states == NULL)
    return FALSE;
  self->report->files_wait = states->len > 0 && self->files_wait;
  *out_work = self->more || (states->len > 0 && !self->files_wait && self->held_back == 0) || self->taken->len > 0;
  for (guint i = 0; i < self->logs->len && !*out_work && self->held_back < 2; i++)
    {
      SessionLog *log = self->logs->pdata[i];
      McStreamHead stream;
      guint n_again;

      if (!mc_journal_offer_again (self->journal, log->name, &n_again, error) ||
          !mc_journal_get_stream (self->journal, log->name, &stream, error) ||
          !mc_session_has_healing (self, log, out_work, error))
        return FALSE;
      *out_work = *out_work || stream.hub_n < stream.n;
    }

  return TRUE;
}

static GPtrArray *
list_logs (McJournal  *journal,
           McAccount  *account,
           GError    **error)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_session_log_free);
  g_auto(GStrv) known = mc_journal_list_logs (journal, error);

  for (gsize i = 0; known != NULL && account->read[i] != NULL; i++)
    g_ptr_array_add (all, session_log_new (account->read[i]));
  for (gsize i = 0; known != NULL && known[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) account->read, known[i]))
      g_ptr_array_add (all, session_log_new (known[i]));

  return all;
}

gboolean
mc_session_init (Session       *self,
                 McJournal     *journal,
                 McAccount     *account,
                 McSyncReport  *report,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr(GError) local_error = NULL;

  *self = (Session) { .journal = journal, .account = account, .report = report, .cancellable = cancellable };
  *report = (McSyncReport) { .seconds_left = -1 };
  self->taken = g_array_new (FALSE, TRUE, sizeof (guint64));
  self->logs = list_logs (journal, account, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

void
mc_session_clear (Session *self)
{
  g_clear_pointer (&self->logs, g_ptr_array_unref);
  g_clear_pointer (&self->taken, g_array_unref);
  g_clear_pointer (&self->files, g_array_unref);
}

/* What the last request before this session had sent when it failed. */
static guint64
recall_unheard (McJournal *journal)
{
  g_autoptr(GPtrArray) last = mc_journal_list_sync_log (journal, 1, NULL);

  return last != NULL && last->len > 0 ? ((McSyncLogEntry *) last->pdata[0])->unheard : 0;
}

/* How much of the line at once, and who is told of it. */
static void
begin_line (Session     *self,
            McTransport *transport)
{
  self->transport = transport;
  self->files_wait = transport->is_costly;
  self->started_us = g_get_monotonic_time ();
  mc_pace_begin (&self->pace, recall_unheard (self->journal));
  self->budget = self->pace.budget;
  transport->sent = sent_cb;
  transport->sent_data = self;
}

/* A hub that is full still has what others wrote, and may have room for text: it is asked again for as much. */
static gboolean
hold_back (Session  *self,
           GError  **full,
           GError  **error)
{
  if (!g_error_matches (*error, MC_SYNC_ERROR, MC_SYNC_ERROR_HUB_FULL) || self->held_back >= 2)
    return FALSE;
  g_clear_error (full);
  *full = g_steal_pointer (error);
  self->held_back++;
  self->more = self->moved = TRUE;

  return TRUE;
}

/**
 * mc_session_run_over:
 * @journal: the store, of the calling thread
 * @account: its enrolment
 * @transport: carries the requests; stays the caller's
 * @out_report: (out caller-allocated): what went and came
 * @progress: (nullable): called after each turn and now and then during one, in this thread
 * @user_data: for @progress
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error of %MC_SYNC_ERROR or %MC_STORE_ERROR
 *
 * Sends what waits, takes what is new, until there is neither.  Blocking.  What was done before an error stays done,
 * the rest waits for the next time; either way a line is written to the sync log.
 *
 * Returns: %TRUE if everything went through
 */
gboolean
mc_session_run_over (McJournal       *journal,
                     McAccount       *account,
                     McTransport     *transport,
                     McSyncReport    *out_report,
                     McSyncProgress   progress,
                     gpointer         user_data,
                     GCancellable    *cancellable,
                     GError         **error)
{
  Session self;
  gint64 started_us = g_get_real_time ();
  g_autoptr(GError) local_error = NULL, full = NULL;
  g_autofree char *detail = NULL;
  gboolean work = TRUE, done;
  guint idle = 0;

  done = mc_session_init (&self, journal, account, out_report, cancellable, &local_error);
  begin_line (&self, transport);
  self.progress = progress;
  self.progress_data = user_data;
  recall_hub (&self);

  while (done && work && idle < IDLE_TURNS)
    {
      done = (run_turn (&self, &local_error) || hold_back (&self, &full, &local_error)) &&
             mc_session_fetch_far (&self, &local_error) && has_work (&self, &work, &local_error);
      idle = self.moved ? 0 : idle + 1;
      tell (&self);
    }
  transport->sent = NULL;
  if (done && full != NULL)
    {
      local_error = g_steal_pointer (&full);
      done = FALSE;
    }

  detail = mc_sync_report_to_json (out_report);
  mc_journal_add_sync_log (journal, started_us, g_get_real_time (),
                           done ? "ok" : local_error->domain == MC_SYNC_ERROR ? mc_sync_error_get_slug (local_error->code)
                           : local_error->domain == G_IO_ERROR ? "cancelled" : "local", detail, NULL);
  mc_session_clear (&self);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return done;
}

/* As mc_session_run_over(), over HTTPS to the hub of @account; on a line that @is_costly files wait. */
gboolean
mc_session_run_on (McJournal       *journal,
                   McAccount       *account,
                   gboolean         is_costly,
                   McSyncReport    *out_report,
                   McSyncProgress   progress,
                   gpointer         user_data,
                   GCancellable    *cancellable,
                   GError         **error)
{
  McTransport *transport;
  gboolean done;

  *out_report = (McSyncReport) { .seconds_left = -1 };
  if (mc_account_is_trial (account))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE, "This is a trial without a hub");
      return FALSE;
    }
  transport = mc_http_transport_new (account->address, &account->hub);
  transport->is_costly = is_costly;
  done = mc_session_run_over (journal, account, transport, out_report, progress, user_data, cancellable, error);
  transport->free (transport);

  return done;
}

gboolean
mc_session_run (McJournal       *journal,
                McAccount       *account,
                McSyncReport    *out_report,
                McSyncProgress   progress,
                gpointer         user_data,
                GCancellable    *cancellable,
                GError         **error)
{
  return mc_session_run_on (journal, account, FALSE, out_report, progress, user_data, cancellable, error);
}
