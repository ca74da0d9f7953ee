/* mc-hub-session.c: one request of POST /v1/sync
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-session.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-heal.h"
#include "hub/mc-hub-judge.h"
#include "hub/mc-hub-quota.h"
#include "hub/mc-hub-receipts.h"
#include "hub/mc-hub-refused.h"
#include "hub/mc-hub-restore.h"
#include "hub/mc-hub-segment.h"
#include "wire/mc-buffer.h"
#include "wire/mc-limits.h"
#include "wire/mc-sync-error.h"

/* What the request has said of one log. */
typedef struct
{
  McCursorFrame cursor;
  McHubStream stream;
  gboolean fork;
  gboolean readable;
  gboolean asks_streams;
  GArray *verdicts;    /* (owned) (element-type McVerdict) */
  GArray *places;      /* (owned) (nullable) (element-type McPlace) */
  GArray *taken;       /* (owned) (element-type McHubTaken) own rows that this answer names */
} Log;

struct _McHubSession
{
  McHub *hub;
  gint64 now_us;
  McFrameReader *reader;
  McHello hello;
  McHubDevice *device;    /* (owned) (nullable) known after HELLO */
  GPtrArray *logs;        /* (owned) (element-type Log) */
  GArray *needs;          /* (owned) (element-type McNeed) */
  const McDictionary *dictionary;  /* (nullable) that the device has too */
  gboolean is_asked;      /* for the dictionaries of this hub */
  gboolean more;          /* something was left for the next request */
  gboolean asks_lacks;    /* which files are not whole here */
  gboolean is_seen;       /* it was noted that the device was here */
  gboolean unsure;        /* this hub may have gone back: it signs no pages */
  const char *problem;
  char *detail;           /* (owned) */
  guint64 received;
  guint n_changes;
  guint n_refused;
  guint64 evidence_bytes;
  gboolean is_bundle;
  GPtrArray *echo;        /* (owned) (element-type GBytes) HELLO and CURSORs of a bundle, as they came */
  guint64 max_bytes;      /* of the pages of an answer; 0 = one page a log */
  McHubPieceFunc func;    /* (nullable) takes the answer in pieces */
  gpointer user_data;
};

static void
verdict_clear (gpointer data)
{
  g_free (((McVerdict *) data)->problem);
}

static void
log_free (gpointer data)
{
  Log *log = data;

  mc_cursor_frame_clear (&log->cursor);
  mc_hub_stream_clear (&log->stream);
  g_array_unref (log->verdicts);
  g_clear_pointer (&log->places, g_array_unref);
  g_array_unref (log->taken);
  g_free (log);
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
  mc_frame_reader_free (self->reader);
  mc_hello_clear (&self->hello);
  g_clear_pointer (&self->device, mc_hub_device_free);
  g_ptr_array_unref (self->logs);
  g_array_unref (self->needs);
  g_ptr_array_unref (self->echo);
  g_free (self->detail);
  g_free (self);
}

static gboolean
refuse (McHubSession *self,
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

static gboolean
take_hello (McHubSession  *self,
            GBytes        *payload,
            GError       **error)
{
  g_autoptr(GBytes) message = NULL;

  if (self->device != NULL || !mc_decode_hello (payload, &self->hello, error))
    return refuse (self, "protocol", "HELLO");
  if (self->hello.protocol != MC_PROTOCOL_VERSION)
    return refuse (self, "protocol", "This hub speaks version 1 of the protocol");
  if (!(self->device = mc_hub_find_device (self->hub, self->hello.device, error)))
    return *error == NULL && refuse (self, "unknown-device", "This device is not enrolled here");
  if (self->device->revoked)
    return refuse (self, "revoked", "This device was revoked");

  message = mc_message_hello (&self->hub->identity, self->hello.device, self->hello.incarnation, self->hello.nonce);
  if (!mc_verify (self->device->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), self->hello.signature))
    return refuse (self, "bad-signature", "The signature of HELLO does not hold");

  return TRUE;
}

static Log *
find_log (McHubSession *self,
          const char   *name)
{
  for (guint i = 0; i < self->logs->len; i++)
    if (g_str_equal (((Log *) self->logs->pdata[i])->cursor.log, name))
      return self->logs->pdata[i];

  return NULL;
}

static gboolean
take_cursor (McHubSession  *self,
             GBytes        *payload,
             GError       **error)
{
  Log *log = g_new0 (Log, 1);

  log->verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  g_array_set_clear_func (log->verdicts, verdict_clear);
  log->taken = g_array_new (FALSE, TRUE, sizeof (McHubTaken));
  g_ptr_array_add (self->logs, log);
  if (self->logs->len > MC_CURSORS_MAX || !mc_decode_cursor (payload, &log->cursor, error) ||
      find_log (self, log->cursor.log) != log)
    return refuse (self, "protocol", "CURSOR");
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

static gboolean
take_group (McHubSession  *self,
            Log           *log,
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

  if (!mc_hub_take_group (self->hub, self->device, &log->stream, group, checked, self->now_us, &verdict, &log->fork, error))
    return FALSE;
  if (log->fork)
    return TRUE;
  self->n_changes += group->changes->len;
  if (verdict.kind == MC_VERDICT_REJECTED || verdict.kind == MC_VERDICT_HELD)
    self->n_refused += group->changes->len;
  mc_hub_add_verdict (log->verdicts, &verdict);

  return TRUE;
}

static gboolean
take_groups (McHubSession  *self,
             GBytes        *payload,
             GError       **error)
{
  g_autoptr(GPtrArray) groups = NULL;
  g_autoptr(GArray) checked = NULL;
  g_autoptr(McTransaction) transaction = NULL;
  g_autofree char *name = NULL;
  Log *log;

  if (g_bytes_get_size (payload) > MC_GROUPS_MAX_BYTES)
    return refuse (self, "too-large", "GROUPS");
  /* As if it had not come: the answer names the dictionaries that are here, and how far the stream is. */
  if (mc_is_dictionary_missing (payload))
    return TRUE;
  if (!(groups = mc_decode_groups (payload, self->device->id, self->hello.incarnation, &name, error)))
    return refuse (self, "protocol", "GROUPS");
  if (!(log = find_log (self, name)))
    return refuse (self, "protocol", "GROUPS before its CURSOR");
  checked = mc_hub_check_groups (self->hub, self->device, &log->stream, groups);
  if (!(transaction = mc_db_begin (self->hub->db, error)))
    return FALSE;
  for (guint i = 0; i < groups->len && !log->fork; i++)
    if (!take_group (self, log, groups->pdata[i], &g_array_index (checked, McHubChecked, i), error))
      return FALSE;

  if (!mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  mc_hub_note_head (self->hub);

  return TRUE;
}

static gboolean
take_rows (McHubSession  *self,
           GBytes        *payload,
           GError       **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  McRowsFrame frame = { 0 };
  guint taken = 0;
  gboolean done;
  Log *log;

  done = mc_decode_rows (payload, &frame, error) || refuse (self, "protocol", "ROWS");
  log = done ? find_log (self, frame.log) : NULL;
  /* The own stream is as CURSOR said it is: it is brought by GROUPS alone. */
  if (log != NULL && log->readable)
    {
      done = (transaction = mc_db_begin (self->hub->db, error)) != NULL &&
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
  gboolean done = mc_decode_places (payload, &frame, error) || refuse (self, "protocol", "PLACES");
  Log *log = done ? find_log (self, frame.log) : NULL;

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
    return refuse (self, "protocol", "TAKEN");

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
  Log *log;

  if (!mc_decode_ask (payload, &what, &name, error))
    return refuse (self, "protocol", "ASK");
  if (what == MC_ASK_STREAMS && (log = find_log (self, name)) != NULL)
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
    return refuse (self, "protocol", "EVIDENCE");
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

static gboolean
take_frame (McHubSession  *self,
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
    return refuse (self, "protocol", "The first frame must be HELLO");

  switch (kind)
    {
    case MC_FRAME_CURSOR:
      return take_cursor (self, payload, error);
    case MC_FRAME_GROUPS:
      return take_groups (self, payload, error);
    case MC_FRAME_EVIDENCE:
      return take_evidence (self, payload, error);
    case MC_FRAME_DICTIONARY:
      self->dictionary = mc_decode_dictionaries (payload);
      self->is_asked = TRUE;
      return TRUE;
    case MC_FRAME_ROWS:
      return take_rows (self, payload, error);
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

static void
note_error (McHubSession *self,
            GError       *error)
{
  mc_hub_forget_usage (self->hub);
  if (g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE))
    refuse (self, "hub-full", error->message);
  else if (g_error_matches (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY))
    refuse (self, "not-ready", error->message);
  else if (error->domain == MC_SYNC_ERROR)
    refuse (self, error->code == MC_SYNC_ERROR_REJECTED ? "bad-signature" : "protocol", error->message);
  else
    refuse (self, "internal", error->message);
}

void
mc_hub_session_push (McHubSession  *self,
                     gconstpointer  data,
                     gsize          size)
{
  guint8 kind;

  if (self->problem != NULL)
    return;
  self->received += size;
  if (self->received > MC_REQUEST_MAX_BYTES && !self->is_bundle)
    {
      refuse (self, "too-large", "The request is larger than 64 MiB");
      return;
    }

  if (self->device == NULL && self->received > MC_STRANGER_MAX_BYTES + size)
    {
      refuse (self, "protocol", "The first frame must be HELLO");
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
            note_error (self, error);
          return;
        }
      if (!take_frame (self, kind, payload, &error) && error != NULL)
        note_error (self, error);
      if (self->is_bundle && (kind == MC_FRAME_HELLO || kind == MC_FRAME_CURSOR))
        g_ptr_array_add (self->echo, g_bytes_ref (payload));
    }
}

/* the answer */

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
put_stream (Log           *log,
            McFrameWriter *writer)
{
  McStreamFrame frame = { log->cursor.log, log->stream.n, log->fork, log->verdicts };

  if (log->verdicts->len > 0 || log->fork || log->stream.n != log->cursor.n)
    mc_frame_writer_add_array (writer, MC_FRAME_HUB_STREAM, mc_encode_stream (&frame));
}

/* The two parted somewhere: where is asked for until it is known, then the device goes back to there. */
static gboolean
put_parting (McHubSession   *self,
             Log            *log,
             McFrameWriter  *writer,
             guint64        *out_common,
             GError        **error)
{
  McPartedFrame parted = { .log = log->cursor.log };
  GByteArray *rewind;

  if (!mc_hub_find_parting (self->hub, &log->cursor, log->places, &parted.common, &parted.parted, error))
    return FALSE;
  /* Whoever comes with a stick is not asked again: it goes back to where the two are surely the same. */
  if (parted.common + 1 < parted.parted && !self->is_bundle)
    {
      mc_frame_writer_add_array (writer, MC_FRAME_HUB_PARTED, mc_encode_parted (&parted));
      return TRUE;
    }
  rewind = g_byte_array_new ();
  mc_put_name (rewind, log->cursor.log);
  mc_put_u64 (rewind, parted.common);
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_REWIND, rewind);
  *out_common = parted.common;

  return TRUE;
}

/* Refused bytes of a former incarnation, to a device that may have lost them. */
static gboolean
put_back (McHubSession   *self,
          Log            *log,
          McFrameWriter  *writer,
          GError        **error)
{
  McBackFrame frame = { .log = log->cursor.log };
  g_autoptr(GPtrArray) refused = mc_hub_list_back (self->hub, self->device->id, self->hello.incarnation, log->cursor.log,
                                                   self->hub->page_bytes, error);
  g_autoptr(GBytes) payload = NULL;

  if (refused == NULL)
    return FALSE;
  if (refused->len == 0)
    return TRUE;
  frame.refused = refused;
  payload = mc_encode_back (self->dictionary, &frame);
  mc_frame_writer_add (writer, MC_FRAME_HUB_BACK, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));

  return TRUE;
}

/* What this log needs to be made whole: only said when there is something. */
static gboolean
put_healing (McHubSession   *self,
             Log            *log,
             McFrameWriter  *writer,
             GError        **error)
{
  g_autoptr(GArray) wanted = NULL;

  if (log->asks_streams && log->readable)
    {
      McStreamsFrame frame = { .log = log->cursor.log };
      g_autoptr(GBytes) payload = NULL;

      if (!(frame.streams = mc_hub_list_streams (self->hub, log->cursor.log, error)))
        return FALSE;
      payload = mc_encode_streams (&frame);
      mc_frame_writer_add (writer, MC_FRAME_HUB_STREAMS, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
      g_ptr_array_unref (frame.streams);
    }
  if (log->fork)
    return TRUE;
  if (!(wanted = mc_hub_list_wanted (self->hub, &log->stream, error)))
    return FALSE;
  if (wanted->len > 0)
    {
      McWantedFrame frame = { log->cursor.log, wanted };

      mc_frame_writer_add_array (writer, MC_FRAME_HUB_WANTED, mc_encode_wanted (&frame));
    }

  return put_back (self, log, writer, error);
}

/* Whether the device's log goes beyond this one, or is another. */
static gboolean
is_parted (McHubSession  *self,
           Log           *log,
           guint64       *out_seq,
           gboolean      *out_parted,
           GError       **error)
{
  McDigest chain, at_cursor;

  if (!mc_hub_get_head (self->hub, log->cursor.log, out_seq, &chain, error) ||
      !mc_hub_get_chain (self->hub, log->cursor.log, MIN (log->cursor.seq, *out_seq), &at_cursor, error))
    return FALSE;
  *out_parted = log->cursor.seq > *out_seq || !mc_digest_equal (&at_cursor, &log->cursor.seq_chain);

  return TRUE;
}

/* A device that knows more than this hub has a head to show: until it did, no other head is signed under this epoch. */
static gboolean
look_for_parting (McHubSession  *self,
                  GError       **error)
{
  for (guint i = 0; i < self->logs->len; i++)
    {
      Log *log = self->logs->pdata[i];
      gboolean parted = FALSE;
      guint64 seq;

      if (log->readable && log->places == NULL && !is_parted (self, log, &seq, &parted, error))
        return FALSE;
      self->unsure = self->unsure || parted;
    }

  return TRUE;
}

static gboolean
flush (McHubSession   *self,
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
note_own_rows (Log        *log,
               McLogFrame *page)
{
  for (guint i = 0; i < page->rows->len; i++)
    {
      McLogRow *row = page->rows->pdata[i];

      for (guint k = 0; row->group == NULL && k < row->count && log->taken->len < MC_ANSWER_VERDICTS_MAX; k++)
        {
          McHubTaken taken = { row->n + k, row->seq + k };

          g_array_append_val (log->taken, taken);
        }
    }
}

static gboolean
put_page (McHubSession   *self,
          Log            *log,
          guint64         from,
          McFrameWriter  *writer,
          guint64        *out_seq,
          GError        **error)
{
  McLogFrame page;
  gboolean done;

  done = mc_hub_read_page (self->hub, log->cursor.log, from, log->fork ? NULL : &log->stream, self->hub->page_bytes, &page, error) &&
         mc_hub_put_page (self->hub, &page, self->dictionary, writer, error);
  if (done)
    {
      *out_seq = page.head.seq;
      note_own_rows (log, &page);
    }
  mc_log_frame_clear (&page);

  return done && flush (self, writer, error);
}

/* A device that has so little of a log fetches the rest in long stretches. */
static void
put_far (Log            *log,
         guint64         seq,
         McFrameWriter  *writer)
{
  GByteArray *far = g_byte_array_new ();

  mc_put_name (far, log->cursor.log);
  mc_put_u64 (far, seq);
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_FAR, far);
}

static gboolean
put_log (McHubSession   *self,
         Log            *log,
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
  if (!is_parted (self, log, &seq, &parted, error))
    return FALSE;
  if (parted && !put_parting (self, log, writer, &at, error))
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
  if (at + MC_FAR_ROWS < seq && !self->is_bundle)
    put_far (log, seq, writer);

  return TRUE;
}

static void
note_seen (McHubSession *self)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->hub->db, "UPDATE device SET seen_us = ? WHERE id = ?", NULL);

  if (stmt == NULL || self->is_seen)
    return;
  self->is_seen = TRUE;
  mc_stmt_bind_int64 (stmt, 1, self->now_us);
  mc_stmt_bind_text (stmt, 2, self->device->id);
  mc_stmt_exec (stmt, NULL);
}

static void
note_accepted (Log *log)
{
  for (guint i = 0; i < log->verdicts->len && !log->fork; i++)
    {
      McVerdict *verdict = &g_array_index (log->verdicts, McVerdict, i);

      for (guint64 n = verdict->n_first; verdict->seq_first > 0 && n <= verdict->n_last; n++)
        {
          McHubTaken taken = { n, verdict->seq_first + n - verdict->n_first };

          g_array_append_val (log->taken, taken);
        }
    }
}

static gboolean
put_receipt (McHubSession   *self,
             Log            *log,
             GPtrArray      *files,
             McFrameWriter  *writer,
             GError        **error)
{
  McReceiptFrame frame = { 0 };
  gboolean any, done;

  done = mc_hub_write_receipt (self->hub, self->device->id, log->cursor.log, log->taken, files, self->now_us, &frame, &any, error);
  if (done && any)
    mc_frame_writer_add_array (writer, MC_FRAME_HUB_RECEIPT, mc_encode_receipt (&frame));
  mc_receipt_frame_clear (&frame);

  return done;
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
      note_accepted (self->logs->pdata[i]);
      any = any || ((Log *) self->logs->pdata[i])->taken->len > 0;
    }
  if (!any)
    return TRUE;
  if (!(transaction = mc_db_begin (self->hub->db, error)))
    return FALSE;
  for (guint i = 0; i < self->logs->len; i++)
    {
      Log *log = self->logs->pdata[i];

      if (!put_receipt (self, log, g_str_equal (log->cursor.log, self->device->log) ? files : NULL, writer, error))
        return FALSE;
    }
  note_seen (self);

  return mc_transaction_commit (g_steal_pointer (&transaction), error);
}

/* Said also when it is nothing: then everything that the device knows of is here. */
static gboolean
put_lacks (McHubSession   *self,
           McFrameWriter  *writer,
           GError        **error)
{
  gboolean whole;
  g_autoptr(GArray) lacks = mc_hub_list_lacks (self->hub, self->device, &whole, error);

  if (lacks == NULL)
    return FALSE;
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_LACKS, mc_encode_lacks (whole, lacks));

  return TRUE;
}

static gboolean
put_answer (McHubSession   *self,
            McFrameWriter  *writer,
            GError        **error)
{
  if (!look_for_parting (self, error))
    return FALSE;
  for (guint i = 0; i < self->echo->len; i++)
    mc_frame_writer_add (writer, i == 0 ? MC_FRAME_HELLO : MC_FRAME_CURSOR, g_bytes_get_data (self->echo->pdata[i], NULL),
                         g_bytes_get_size (self->echo->pdata[i]));
  put_hello (self, writer);
  if (self->is_asked)
    mc_frame_writer_add_array (writer, MC_FRAME_HUB_DICTIONARY, mc_encode_dictionaries ());
  for (guint i = 0; i < self->logs->len; i++)
    {
      put_stream (self->logs->pdata[i], writer);
      if (!put_log (self, self->logs->pdata[i], writer, error) ||
          !put_healing (self, self->logs->pdata[i], writer, error))
        return FALSE;
    }
  if (self->needs->len > 0)
    mc_frame_writer_add_array (writer, MC_FRAME_HUB_NEED, mc_encode_needs (self->needs));
  if (!put_receipts (self, writer, error) || (self->asks_lacks && !put_lacks (self, writer, error)))
    return FALSE;
  mc_frame_writer_end (writer, MC_FRAME_HUB_END, self->more);

  return TRUE;
}

/* What of the request makes an answer impossible. */
static gboolean
is_refused (McHubSession *self)
{
  if (self->problem == NULL && !mc_frame_reader_has_ended (self->reader))
    refuse (self, "protocol", "The request has no END");

  return self->problem != NULL;
}

GBytes *
mc_hub_session_finish (McHubSession *self)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(GError) error = NULL;

  if (is_refused (self))
    return NULL;
  if (!put_answer (self, writer, &error))
    {
      note_error (self, error);
      return NULL;
    }
  note_seen (self);

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
  if (!put_answer (self, writer, error) || !flush (self, writer, error))
    return FALSE;
  note_seen (self);

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
