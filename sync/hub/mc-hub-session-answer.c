/* mc-hub-session-answer.c: what the hub says to a request
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-session-private.h"

#include <string.h>

#include "core/mc-limits.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-lost.h"
#include "hub/mc-hub-reads.h"
#include "hub/mc-hub-segment.h"
#include "wire/mc-buffer.h"
#include "wire/mc-message-quiet.h"

static void
put_hello (McHubSession  *self,
           McFrameWriter *writer)
{
  McHubHello hello = { .time_us = self->now_us };
  g_autoptr(GBytes) message = mc_message_hub_hello (self->hub->identity.id, self->hub->epoch, self->now_us,
                                                    self->hello.nonce, self->device->id);

  memcpy (hello.hub_id, self->hub->identity.id, MC_ID_BYTES);
  memcpy (hello.epoch, self->hub->epoch, MC_ID_BYTES);
  mc_sign (&self->hub->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), hello.signature);
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_HELLO, mc_encode_hub_hello (&hello));
}

/* Left out where there is nothing to say: an empty sync stays small. */
static void
put_stream (SessionLog    *log,
            McFrameWriter *writer)
{
  McStreamFrame frame = { log->cursor.log, log->stream.n, log->fork, log->verdicts };

  if (log->verdicts->len > 0 || log->fork || log->stream.n != log->cursor.n)
    mc_frame_writer_add_array (writer, MC_FRAME_HUB_STREAM, mc_encode_stream (&frame));
}

gboolean
mc_hub_session_flush (McHubSession   *self,
                      McFrameWriter  *writer,
                      GError        **error)
{
  g_autoptr(GBytes) piece = NULL;

  if (self->func == NULL)
    return TRUE;
  piece = mc_frame_writer_take (writer);

  return self->func (piece, self->user_data, error);
}

/* A row that is named to its author is one to be receipted, also if it was let in long after it was sent. */
static void
note_own_rows (SessionLog *log,
               McLogFrame *page)
{
  for (guint i = 0; i < page->rows->len; i++)
    {
      McLogRow *row = page->rows->pdata[i];

      for (guint k = 0; row->group == NULL && k < row->count && log->taken->len < MC_ANSWER_VERDICTS_MAX; k++)
        {
          McHubTaken taken = { .n = row->n + k, .seq = row->seq + k };

          g_array_append_val (log->taken, taken);
        }
    }
}

static gboolean
put_page (McHubSession   *self,
          SessionLog     *log,
          guint64         from,
          McFrameWriter  *writer,
          guint64        *out_seq,
          GError        **error)
{
  McLogFrame page;
  gboolean done;

  done = mc_hub_read_page (self->hub, log->cursor.log, from, log->fork ? NULL : &log->stream,
                             self->hub->page_bytes, &page, error) &&
         mc_hub_put_page (self->hub, &page, self->dictionary, writer, error);
  if (done)
    {
      *out_seq = page.head.seq;
      note_own_rows (log, &page);
    }
  mc_log_frame_clear (&page);

  return done && mc_hub_session_flush (self, writer, error);
}

/* A device that has so little of a log fetches the rest in long stretches. */
static void
put_far (SessionLog    *log,
         guint64        seq,
         McFrameWriter *writer)
{
  GByteArray *far = g_byte_array_new ();

  mc_put_name (far, log->cursor.log);
  mc_put_u64 (far, seq);
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_FAR, far);
}

static gboolean
put_log (McHubSession   *self,
         SessionLog     *log,
         McFrameWriter  *writer,
         GError        **error)
{
  guint64 seq, at = log->cursor.seq;
  gboolean parted;

  if (!log->readable)
    return TRUE;
  if (mc_frame_writer_get_size (writer) >= MAX (self->max_bytes, MC_PAGES_MAX_BYTES))
    {
      self->more = TRUE;
      return TRUE;
    }
  if (!mc_hub_session_is_parted (self, log, &seq, &parted, error))
    return FALSE;
  if (parted && !mc_hub_session_put_parting (self, log, writer, &at, error))
    return FALSE;
  if ((parted && !self->is_bundle) || (self->unsure && at < seq))
    {
      self->more = TRUE;
      return TRUE;
    }

  while (at < seq)
    {
      if (!put_page (self, log, at, writer, &at, error))
        return FALSE;
      if (mc_frame_writer_get_size (writer) >= self->max_bytes)
        break;
    }
  self->more = self->more || at < seq;
  if (at + self->hub->far_rows < seq && !self->is_bundle)
    put_far (log, seq, writer);

  return TRUE;
}

/* What this request brought is noted already, in the order of the verdicts. */
static void
note_accepted (SessionLog *log)
{
  guint n_noted = log->taken->len, n_new = 0, next = 0;

  while (n_new < n_noted && g_array_index (log->taken, McHubTaken, n_new).is_new)
    n_new++;
  /* Of a stream that parts from the device's nothing is signed for. */
  if (log->fork)
    g_array_remove_range (log->taken, 0, n_new);
  for (guint i = 0; i < log->verdicts->len && !log->fork; i++)
    {
      McVerdict *verdict = &g_array_index (log->verdicts, McVerdict, i);

      for (guint64 n = verdict->n_first; verdict->seq_first > 0 && n <= verdict->n_last; n++)
        {
          McHubTaken taken = { .n = n, .seq = verdict->seq_first + n - verdict->n_first };

          if (next < n_new && g_array_index (log->taken, McHubTaken, next).n == n)
            next++;
          else
            g_array_append_val (log->taken, taken);
        }
    }
}

static gboolean
put_receipt (McHubSession   *self,
             SessionLog     *log,
             GPtrArray      *files,
             McFrameWriter  *writer,
             GError        **error)
{
  McReceiptFrame frame = { 0 };
  gboolean any, done;

  done = mc_hub_write_receipt (self->hub, self->device->id, log->cursor.log, log->taken, files, self->now_us, &frame, &any,
                               error);
  if (done && any)
    mc_frame_writer_add_array (writer, MC_FRAME_HUB_RECEIPT, mc_encode_receipt (&frame));
  mc_receipt_frame_clear (&frame);

  return done;
}

/* A bundle may be late: that more is here by now says nothing of its device. */
static gboolean
is_fork (McHubSession *self,
         SessionLog   *log)
{
  return log->fork && !self->is_bundle;
}

/* What came, or is known to have come before, is signed for in one transaction with the note that the device was here. */
static gboolean
put_receipts (McHubSession   *self,
              McFrameWriter  *writer,
              GError        **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  g_autoptr(GPtrArray) files = g_ptr_array_new ();
  gboolean any;

  for (guint i = 0; i < self->needs->len; i++)
    if (g_array_index (self->needs, McNeed, i).complete)
      g_ptr_array_add (files, g_array_index (self->needs, McNeed, i).sha256);
  any = files->len > 0;
  for (guint i = 0; i < self->logs->len; i++)
    {
      SessionLog *log = self->logs->pdata[i];

      note_accepted (log);
      any = any || log->taken->len > 0 || is_fork (self, log);
    }
  if (!any)
    return mc_hub_session_sync (self, error);
  if (!(transaction = mc_db_begin (self->hub->db, error)))
    return FALSE;
  for (guint i = 0; i < self->logs->len; i++)
    {
      SessionLog *log = self->logs->pdata[i];

      if (is_fork (self, log) &&
          !mc_hub_note_fork (self->hub, self->device->id, self->hello.incarnation, self->now_us, error))
        return FALSE;
      if (!put_receipt (self, log, g_str_equal (log->cursor.log, self->device->log) ? files : NULL, writer, error))
        return FALSE;
    }
  if (!mc_hub_session_note_seen (self, error) || !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  /* It wrote something, so it waited for the disk, and for all that was written before. */
  mc_hub_session_note_synced (self);

  return TRUE;
}

/* Said also when it is nothing: then everything that the device knows of is here. */
static gboolean
put_lacks (McHubSession   *self,
           McFrameWriter  *writer,
           GError        **error)
{
  g_autoptr(GArray) lacks = NULL;
  gboolean whole;
  guint lost;

  if (!mc_hub_look_at_files (self->hub, MC_HUB_LOOK_FILES, self->now_us, &lost, error) ||
      !(lacks = mc_hub_list_lacks (self->hub, self->device, self->now_us, &whole, error)))
    return FALSE;
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_LACKS, mc_encode_lacks (whole, lacks));

  return TRUE;
}

/* As if the request had said of it that nothing is there. */
static gboolean
add_unnamed (McHubSession  *self,
             const char    *name,
             GError       **error)
{
  SessionLog *log = mc_hub_session_add_log (self);

  log->cursor.log = g_strdup (name);
  log->readable = TRUE;

  return mc_hub_stream_load (self->hub, self->device->id, self->hello.incarnation, name, &log->stream, error);
}

/* Which logs the device follows and did not name, unless they are as it said in a word.  Where they are not, it may know more of one
 * than this hub.  Whoever comes with a stick comes again in weeks: it has the logs with their names. */
static gboolean
put_reads (McHubSession   *self,
           McFrameWriter  *writer,
           GError        **error)
{
  g_autoptr(GPtrArray) reads = NULL, unnamed = g_ptr_array_new ();
  gboolean quiet = FALSE;

  if (!self->asks_lacks && self->quiet == NULL)
    return TRUE;
  if (!(reads = mc_hub_list_reads (self->hub, self->device, error)))
    return FALSE;
  for (guint i = 0; i < reads->len; i++)
    if (mc_hub_session_find_log (self, reads->pdata[i]) == NULL)
      g_ptr_array_add (unnamed, reads->pdata[i]);
  if (self->quiet != NULL && !mc_hub_are_quiet (self->hub, self->device, self->hello.incarnation, unnamed, self->quiet, &quiet, error))
    return FALSE;
  if (quiet || unnamed->len == 0)
    return TRUE;
  g_ptr_array_set_size (unnamed, MIN (unnamed->len, MC_CURSORS_MAX - MIN (self->logs->len, MC_CURSORS_MAX - 1)));
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_READS, mc_encode_reads (unnamed));
  if (self->quiet != NULL)
    self->more = self->unsure = TRUE;
  for (guint i = 0; self->is_bundle && i < unnamed->len; i++)
    if (!add_unnamed (self, unnamed->pdata[i], error))
      return FALSE;

  return TRUE;
}

gboolean
mc_hub_session_put_answer (McHubSession   *self,
                           McFrameWriter  *writer,
                           GError        **error)
{
  if (!mc_hub_session_look_for_parting (self, error))
    return FALSE;
  for (guint i = 0; i < self->echo->len; i++)
    mc_frame_writer_add (writer, i == 0 ? MC_FRAME_HELLO : MC_FRAME_CURSOR, g_bytes_get_data (self->echo->pdata[i], NULL),
                         g_bytes_get_size (self->echo->pdata[i]));
  put_hello (self, writer);
  if (self->is_asked)
    {
      mc_frame_writer_add_array (writer, MC_FRAME_HUB_DICTIONARY, mc_encode_dictionaries ());
      if (!self->declines_runs)
        mc_frame_writer_add_array (writer, MC_FRAME_HUB_KNOWS, mc_encode_knows ());
    }
  if (!put_reads (self, writer, error))
    return FALSE;
  for (guint i = 0; i < self->logs->len; i++)
    {
      put_stream (self->logs->pdata[i], writer);
      if (!put_log (self, self->logs->pdata[i], writer, error) ||
          !mc_hub_session_put_healing (self, self->logs->pdata[i], writer, error))
        return FALSE;
    }
  if (self->needs->len > 0)
    mc_frame_writer_add_array (writer, MC_FRAME_HUB_NEED, mc_encode_needs (self->needs));
  if (!put_receipts (self, writer, error) || (self->asks_lacks && !put_lacks (self, writer, error)))
    return FALSE;
  mc_frame_writer_end (writer, MC_FRAME_HUB_END, self->more);

  return TRUE;
}
