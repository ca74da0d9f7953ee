/* mc-session-request.c: what a device says in one request
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-session-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/mc-id.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "wire/mc-message-quiet.h"
#include "wire/mc-message.h"

#define FILES_A_TURN 512
#define PIECE_BYTES  (16 * 1024)   /* of a file: what is cut off in the middle of a piece is sent again */

/* A bundle takes the frames as they come: memory stays small whatever waits. */
gboolean
mc_session_flush (Session        *self,
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

  if (self->ahead != NULL && g_str_equal (self->ahead->log, log))
    {
      cursor.seq = self->ahead->seq;
      cursor.chain = self->ahead->chain;
      stream->hub_n = self->ahead->hub_n;
    }
  frame.seq = cursor.seq;
  frame.seq_chain = cursor.chain;
  frame.n = stream->n;
  frame.n_chain = stream->chain;
  mc_frame_writer_add_array (writer, MC_FRAME_CURSOR, mc_encode_cursor (&frame));

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
      done = mc_session_flush (self, writer, error);
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
  g_autoptr(GArray) states = mc_journal_list_evidence_to_send (self->journal, mc_session_files_of (self), error);
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
  text = mc_json_to_text (self->account->certificate, FALSE);
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
  g_autoptr(GByteArray) quiet = g_byte_array_new ();

  if (!mc_journal_get_stream (self->journal, self->account->log, &(McStreamHead) { 0 }, error) ||
      !mc_session_mark_quiet (self, quiet, error))
    return FALSE;
  session_end_clear (&self->end);
  put_introduction (self, writer);
  put_hello (self, writer);
  mc_frame_writer_add_array (writer, MC_FRAME_DICTIONARY, mc_encode_dictionaries ());
  for (guint i = 0; i < self->logs->len; i++)
    {
      SessionLog *log = self->logs->pdata[i];
      McStreamHead stream;

      if (!(log->is_quiet ? mc_journal_get_stream (self->journal, log->name, &stream, error)
                          : put_cursor (self, writer, log->name, &stream, error)))
        return FALSE;
      g_array_append_val (streams, stream);
    }
  if (quiet->len > 0)
    mc_frame_writer_add_array (writer, MC_FRAME_QUIET, mc_encode_quiet (quiet));
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

      if (self->transport != NULL && self->transport->request_bytes > 0)
        self->budget = mc_frame_writer_get_size (writer) + self->transport->request_bytes;
      if (!mc_session_put_groups (self, writer, log->name, &g_array_index (streams, McStreamHead, i), error))
        return FALSE;
    }
  if (self->held_back == 0 &&
      (self->files != NULL ? !put_files_of_part (self, writer, error) : !put_evidence (self, writer, error)))
    return FALSE;
  mc_frame_writer_end (writer, MC_FRAME_END, 0);

  return mc_session_flush (self, writer, error);
}
