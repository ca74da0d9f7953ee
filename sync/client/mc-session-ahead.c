/* mc-session-ahead.c: the next request goes out before the last answer is taken
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where much waits, the two ends would work one after the other: the hub rests while verdicts are written here, and this
 * device while the hub judges.  An answer that says no more than that all was accepted is known to the letter before it is
 * taken: so far is the stream, here ends the log.  The next request is written as if that were done, and while it is on its
 * way it is done.  An answer that then does not hold ends the session, as ever; what the hub took of the request after it is
 * as if that answer had been lost.
 *
 * Only on a fast line: what two answers were for is sent again if both are lost.
 */

#include "client/mc-session-private.h"

/* Of one request: what the hub is busy with while the answer before it is taken. */
#define AHEAD_BYTES (512 * 1024)

typedef struct
{
  Session session;           /* for the thread: what it counts is its own */
  McSyncReport report;
  GArray *kinds;
  GPtrArray *frames;
  GError *error;             /* (owned) (nullable) */
} Taking;

/* Nothing is on its way but own changes: no log is healing, nothing is held back.  Looks, and changes nothing. */
static gboolean
is_quiet (Session   *self,
          gboolean  *out_quiet,
          GError   **error)
{
  guint n_aside = 0;

  *out_quiet = FALSE;
  if ((!self->pace.is_fast && self->transport->request_bytes == 0) || self->more || self->held_back > 0 || self->introduce ||
      self->taken->len > 0)
    return TRUE;
  for (guint i = 0; i < self->logs->len && n_aside == 0; i++)
    {
      SessionLog *log = self->logs->pdata[i];

      if (log->parted > 0 || log->streams != NULL || log->wanted != NULL || log->branches || log->far > 0)
        return TRUE;
      if (!mc_journal_count_aside (self->journal, log->name, &n_aside, error))
        return FALSE;
    }
  *out_quiet = n_aside == 0;

  return TRUE;
}

/* All accepted, up to some place: then that is where the stream will be. */
static gboolean
foresee_stream (SessionAhead *ahead,
                GBytes       *payload)
{
  McStreamFrame frame = { 0 };
  gboolean seen = ahead->log != NULL, plain;

  plain = mc_decode_stream (payload, &frame, NULL) && !seen && !frame.fork && frame.verdicts->len == 1;
  if (plain)
    {
      McVerdict *verdict = &g_array_index (frame.verdicts, McVerdict, 0);

      plain = verdict->kind == MC_VERDICT_ACCEPTED && verdict->n_last == frame.n;
      ahead->log = g_strdup (frame.log);
      ahead->hub_n = frame.n;
    }
  mc_stream_frame_clear (&frame);

  return plain;
}

/* Own rows alone: the chain after them is the hub's to say, and it is what they give or the answer does not hold. */
static gboolean
foresee_log (SessionAhead *ahead,
             GBytes       *payload)
{
  McLogFrame frame = { 0 };
  gboolean plain;

  plain = mc_decode_log (payload, &frame, NULL) && ahead->log != NULL && ahead->seq == 0 &&
          g_str_equal (frame.log, ahead->log);
  for (guint i = 0; plain && i < frame.rows->len; i++)
    plain = ((McLogRow *) frame.rows->pdata[i])->group == NULL;
  if (plain)
    {
      ahead->seq = frame.head.seq;
      ahead->chain = frame.head.chain;
    }
  mc_log_frame_clear (&frame);

  return plain;
}

/* Where the answer will have brought us; FALSE if it says anything else. */
static gboolean
foresee (SessionAhead *ahead,
         GArray       *kinds,
         GPtrArray    *frames)
{
  for (guint i = 1; i < frames->len; i++)
    switch (g_array_index (kinds, guint8, i))
      {
      case MC_FRAME_HUB_STREAM:
        if (!foresee_stream (ahead, frames->pdata[i]))
          return FALSE;
        break;
      case MC_FRAME_HUB_LOG:
        if (!foresee_log (ahead, frames->pdata[i]))
          return FALSE;
        break;
      case MC_FRAME_HUB_RECEIPT:
      case MC_FRAME_HUB_DICTIONARY:
      case MC_FRAME_HUB_KNOWS:
      case MC_FRAME_HUB_LACKS:
      case MC_FRAME_HUB_END:
        break;
      default:
        return FALSE;
      }

  return ahead->seq > 0;
}

static gboolean
hear_frames (Session    *self,
             GArray     *kinds,
             GPtrArray  *frames,
             GError    **error)
{
  for (guint i = 1; i < frames->len; i++)
    {
      guint8 kind = g_array_index (kinds, guint8, i);

      if ((kind == MC_FRAME_HUB_DICTIONARY || kind == MC_FRAME_HUB_KNOWS) &&
          !mc_session_take_frame (self, kind, frames->pdata[i], error))
        return FALSE;
    }

  return TRUE;
}

/* What the hub can, which the next request has to go by.  *out_same: what it takes is what it took. */
static gboolean
hear_hub (Session    *self,
          GArray     *kinds,
          GPtrArray  *frames,
          gboolean   *out_same,
          GError    **error)
{
  McDb *db = mc_journal_get_db (self->journal);
  gboolean done;

  /* The request need not wait for the disk to have it. */
  if (!mc_db_set_waiting (db, FALSE, error))
    return FALSE;
  done = hear_frames (self, kinds, frames, error);
  *out_same = self->told_runs == self->runs;

  return mc_db_set_waiting (db, TRUE, done ? error : NULL) && done;
}

/* (transfer full) (nullable): the next request, if there is more to send and this is still the stream it is about. */
static GBytes *
write_ahead (Session       *self,
             SessionAhead  *ahead,
             GError       **error)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autofree char *incarnation = NULL;
  gsize budget = self->budget;
  McStreamHead stream;
  gboolean done;

  if (!mc_journal_get_stream (self->journal, ahead->log, &stream, error) || ahead->hub_n <= stream.hub_n ||
      ahead->hub_n >= stream.n)
    return NULL;
  incarnation = g_strdup (mc_journal_get_incarnation (self->journal));
  self->ahead = ahead;
  self->budget = MIN (budget, AHEAD_BYTES);
  done = mc_session_write_request (self, writer, error);
  self->budget = budget;
  self->ahead = NULL;

  return done && g_str_equal (incarnation, mc_journal_get_incarnation (self->journal)) ? mc_frame_writer_take (writer) : NULL;
}

/* What follows the request that is on its way, as much as the next may bring. */
static void
pack_lent (McDb     *db,
           gpointer  user_data)
{
  Session *session = user_data;

  mc_session_pack_ahead (session, session->transport->request_bytes > 0 ? session->transport->request_bytes
                                  : MIN (AHEAD_BYTES, session->pace.ceiling));
}

static void
take_lent (McDb     *db,
           gpointer  user_data)
{
  Taking *taking = user_data;

  if (mc_session_take_answer (&taking->session, taking->kinds, taking->frames, &taking->error) && !taking->session.forked)
    pack_lent (db, &taking->session);
}

/* Nobody knows yet what the line bears, or it is a fast one; and there is more of the stream. */
static gboolean
may_pack (Session *self)
{
  return self->end.log != NULL && self->held_back == 0 &&
         (self->report->turns == 0 || self->pace.is_fast || self->transport->request_bytes > 0);
}

GBytes *
mc_session_post_first (Session  *self,
                       GBytes   *request,
                       GError  **error)
{
  McDb *db = mc_journal_get_db (self->journal);
  Session packing;
  GBytes *answer;

  if (!may_pack (self))
    return mc_session_post (self, request, error);
  packing = *self;
  if (self->transport->is_apart)
    mc_db_lend (db, pack_lent, &packing);
  answer = mc_session_post (self, request, error);
  if (!self->transport->is_apart)
    pack_lent (db, &packing);
  self->packed = packing.packed;

  return answer;
}

/* What the answer has brought.  Where it showed that the incarnation is to be left, the next answer speaks of places that are no
 * more, and what it said is asked anew. */
static void
keep_taken (Session *self,
            Taking  *taking)
{
  self->moved = self->moved || taking->session.moved;
  self->more = self->more || taking->session.more;
  self->met_fork = taking->session.met_fork;
  self->report->n_sent += taking->report.n_sent;
  self->report->n_refused += taking->report.n_refused;
  self->report->n_conflicts += taking->report.n_conflicts;
  self->report->n_received += taking->report.n_received;
  if (taking->session.forked)
    g_clear_pointer (&self->next_answer, g_bytes_unref);
}

/* Takes the answer while @request is on its way. */
static gboolean
take_meanwhile (Session    *self,
                GArray     *kinds,
                GPtrArray  *frames,
                GBytes     *request,
                GError    **error)
{
  Taking taking = { .session = *self, .kinds = kinds, .frames = frames };
  McDb *db = mc_journal_get_db (self->journal);
  g_autoptr(GError) local_error = NULL;

  taking.session.report = &taking.report;
  if (self->transport->is_apart)
    mc_db_lend (db, take_lent, &taking);
  self->next_answer = mc_session_post (self, request, &local_error);
  if (!self->transport->is_apart)
    take_lent (db, &taking);
  self->packed = taking.session.packed;
  if (taking.error != NULL)
    {
      g_propagate_error (error, taking.error);
      return FALSE;
    }
  keep_taken (self, &taking);

  return local_error == NULL || mc_session_asks_again (self, g_steal_pointer (&local_error), error);
}

gboolean
mc_session_go_ahead (Session    *self,
                     GArray     *kinds,
                     GPtrArray  *frames,
                     gboolean   *out_taken,
                     GError    **error)
{
  g_auto(SessionAhead) ahead = { 0 };
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GBytes) request = NULL;
  gboolean goes;

  *out_taken = FALSE;
  if (!foresee (&ahead, kinds, frames))
    return TRUE;
  self->plain = TRUE;
  if (!is_quiet (self, &goes, error))
    return FALSE;
  if (!goes)
    return TRUE;
  if (!hear_hub (self, kinds, frames, &goes, error))
    return FALSE;
  request = goes ? write_ahead (self, &ahead, &local_error) : NULL;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *out_taken = request != NULL;

  return request == NULL || take_meanwhile (self, kinds, frames, request, error);
}
