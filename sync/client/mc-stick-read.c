/* mc-stick-read.c: the hub's answer, from a USB stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An answer may be old: since its request was written, this device may have heard more over the network or from another
 * stick.  It begins with HELLO and CURSORs of that request, and of what follows only that is taken which this device
 * does not know yet.  What is left out waits for the next sync, by whichever road.
 */

#include "client/mc-stick.h"

#include <string.h>

#include "client/mc-stick-private.h"
#include "core/mc-sync-log.h"
#include "wire/mc-sync-error.h"

typedef struct
{
  McStickReader reader;
  gboolean is_current;       /* the incarnation that asked is the one that reads */
  GHashTable *asked;         /* (owned) log → McCursorFrame: what the request said of it */
  GHashTable *judged;        /* (owned) (element-type utf8) logs of which verdicts were taken, and nothing says that they part */
  GPtrArray *receipts;       /* (owned) (element-type GBytes) what the hub signed for, from the first look */
  guint n_frames;
  gboolean is_hub;           /* the hub has said who it is */
} Reply;

static void
cursor_free (gpointer data)
{
  mc_cursor_frame_clear (data);
  g_free (data);
}

/* The request that is answered was signed by this device. */
static gboolean
take_own_hello (Reply   *self,
                GBytes  *payload,
                GError **error)
{
  McAccount *account = self->reader.session.account;
  g_autoptr(GBytes) message = NULL;
  McHello hello = { 0 };
  gboolean done = mc_decode_hello (payload, &hello, error);

  if (done)
    {
      message = mc_message_hello (&account->hub, hello.device, hello.incarnation, hello.nonce);
      done = g_str_equal (hello.device, account->device) &&
             mc_verify (account->key.public_key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), hello.signature);
      if (!done)
        g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN, "The bundle answers another device");
      memcpy (self->reader.session.nonce, hello.nonce, sizeof hello.nonce);
      self->is_current = g_str_equal (hello.incarnation, mc_journal_get_incarnation (self->reader.session.journal));
    }
  mc_hello_clear (&hello);

  return done;
}

static gboolean
take_own_cursor (Reply   *self,
                 GBytes  *payload,
                 GError **error)
{
  McCursorFrame *cursor = g_new0 (McCursorFrame, 1);

  if (!mc_decode_cursor (payload, cursor, error))
    {
      cursor_free (cursor);
      return FALSE;
    }
  g_hash_table_replace (self->asked, cursor->log, cursor);

  return TRUE;
}

/* Whether this device's log is still where it was when it asked. */
static gboolean
is_fresh (Reply       *self,
          const char  *log,
          gboolean    *out_fresh,
          GError     **error)
{
  McCursorFrame *asked = g_hash_table_lookup (self->asked, log);
  McCursor cursor;

  if (!mc_journal_get_cursor (self->reader.session.journal, log, &cursor, error))
    return FALSE;
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  *out_fresh = asked != NULL && asked->seq == cursor.seq && mc_digest_equal (&asked->seq_chain, &cursor.chain);

  return TRUE;
}

/* Whether what asked is this very stream: a clone shares the incarnation until one of the two meets the hub, and the places that
 * the verdicts speak of are then another's. */
static gboolean
is_own_stream (Reply       *self,
               const char  *log,
               gboolean    *out_own,
               GError     **error)
{
  McJournal *journal = self->reader.session.journal;
  McCursorFrame *asked = g_hash_table_lookup (self->asked, log);
  McStreamHead stream;
  McDigest chain;

  *out_own = FALSE;
  if (!self->is_current || asked == NULL)
    return TRUE;
  if (!mc_journal_get_stream (journal, log, &stream, error))
    return FALSE;
  if (asked->n > stream.n)
    return TRUE;
  if (!mc_journal_get_stream_chain (journal, log, asked->n, &chain, error))
    return FALSE;
  *out_own = mc_digest_equal (&chain, &asked->n_chain);

  return TRUE;
}

/* Leaves the verdicts on places after @known. */
static void
drop_known_verdicts (McStreamFrame *frame,
                     guint64        known)
{
  for (guint i = frame->verdicts->len; i > 0; i--)
    {
      McVerdict *verdict = &g_array_index (frame->verdicts, McVerdict, i - 1);

      if (verdict->n_last <= known)
        g_array_remove_index (frame->verdicts, i - 1);
      else if (verdict->n_first <= known)
        {
          if (verdict->seq_first > 0)
            verdict->seq_first += known + 1 - verdict->n_first;
          verdict->n_first = known + 1;
        }
    }
}

static gboolean
take_stream (Reply   *self,
             GBytes  *payload,
             GError **error)
{
  McJournal *journal = self->reader.session.journal;
  McStreamFrame frame = { 0 };
  McStreamHead stream;
  gboolean fresh = FALSE, own = FALSE, done;

  done = mc_decode_stream (payload, &frame, error) &&
         (!self->reader.applies || is_own_stream (self, frame.log, &own, error));
  if (done && own)
    {
      done = is_fresh (self, frame.log, &fresh, error) && mc_journal_get_stream (journal, frame.log, &stream, error);
      if (done && frame.fork)
        done = !fresh || mc_session_take_frame (&self->reader.session, MC_FRAME_HUB_STREAM, payload, error);
      else if (done)
        {
          drop_known_verdicts (&frame, stream.hub_n);
          if (fresh)
            g_hash_table_add (self->judged, g_strdup (frame.log));
          done = mc_journal_apply_verdicts (journal, frame.log, mc_journal_get_incarnation (journal), frame.verdicts, error) &&
                 (!fresh || frame.n >= stream.hub_n || mc_journal_set_hub_n (journal, frame.log, frame.n, error));
          mc_session_count_verdicts (&self->reader.session, &frame);
        }
    }
  mc_stream_frame_clear (&frame);

  return done;
}

static gboolean
take_log (Reply   *self,
          GBytes  *payload,
          GError **error)
{
  gboolean follows;

  return !self->reader.applies || mc_session_take_rows (&self->reader.session, payload, &follows, error);
}

static gboolean
take_rewind (Reply   *self,
             GBytes  *payload,
             GError **error)
{
  const guint8 *data = g_bytes_get_data (payload, NULL);
  gsize size = g_bytes_get_size (payload);
  g_autofree char *log = size > 0 && size > data[0] ? g_strndup ((const char *) data + 1, data[0]) : g_strdup ("");
  gboolean fresh = FALSE;

  if (!self->reader.applies)
    return TRUE;
  if (!is_fresh (self, log, &fresh, error))
    return FALSE;

  return !fresh || mc_session_take_frame (&self->reader.session, MC_FRAME_HUB_REWIND, payload, error);
}

/* Whoever comes with a stick is not asked again at once: what the hub knows by its hash alone goes with the next request, by
 * whichever road, and with it all that follows. */
static gboolean
take_wanted (Reply   *self,
             GBytes  *payload,
             GError **error)
{
  McJournal *journal = self->reader.session.journal;
  McWantedFrame frame = { 0 };
  g_autoptr(GPtrArray) groups = NULL;
  McStreamHead stream;
  gboolean own = FALSE, done;
  guint k = 0, m;

  done = mc_decode_wanted (payload, &frame, error) && is_own_stream (self, frame.log, &own, error);
  if (done && own && frame.places->len > 0)
    {
      guint64 first = g_array_index (frame.places, guint64, 0);

      done = mc_journal_get_stream (journal, frame.log, &stream, error) &&
             (groups = mc_journal_get_groups (journal, frame.log, first, 1, error)) != NULL;
      if (done && groups->len > 0)
        mc_change_get_group (((McGroup *) groups->pdata[0])->changes->pdata[0], &k, &m);
      if (done && first > k && first - k <= stream.hub_n)
        done = mc_journal_set_hub_n (journal, frame.log, first - k - 1, error);
    }
  mc_wanted_frame_clear (&frame);

  return done;
}

static gboolean
take_frame_cb (guint8     kind,
               GBytes    *payload,
               gpointer   user_data,
               GError   **error)
{
  Reply *self = user_data;

  if (self->n_frames++ == 0)
    {
      if (kind == MC_FRAME_HELLO)
        return take_own_hello (self, payload, error);
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The answer does not say what it answers");
      return FALSE;
    }

  if (!self->is_hub && kind != MC_FRAME_CURSOR && kind != MC_FRAME_HUB_HELLO)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The answer does not say which hub gave it");
      return FALSE;
    }

  switch (kind)
    {
    case MC_FRAME_CURSOR:
      return take_own_cursor (self, payload, error);
    case MC_FRAME_HUB_HELLO:
      self->is_hub = TRUE;
      return !self->reader.applies || mc_session_take_hello (&self->reader.session, payload, error);
    case MC_FRAME_HUB_STREAM:
      return take_stream (self, payload, error);
    case MC_FRAME_HUB_LOG:
      return take_log (self, payload, error);
    case MC_FRAME_HUB_REWIND:
      return take_rewind (self, payload, error);
    case MC_FRAME_HUB_RECEIPT:
      if (!self->reader.applies)
        g_ptr_array_add (self->receipts, g_bytes_ref (payload));
      return TRUE;
    case MC_FRAME_HUB_WANTED:
      return !self->reader.applies || take_wanted (self, payload, error);
    case MC_FRAME_HUB_DICTIONARY:
    case MC_FRAME_HUB_KNOWS:
    case MC_FRAME_HUB_PARTED:
    case MC_FRAME_HUB_STREAMS:
      /* These are of a talk that goes on at once. */
      return TRUE;
    default:
      return !self->reader.applies || mc_session_take_frame (&self->reader.session, kind, payload, error);
    }
}

/* They come behind the verdicts, and are kept before them: a verdict that is here without its receipt would never be
 * asked for again. */
static gboolean
take_receipts (Reply   *self,
               GError **error)
{
  for (guint i = 0; i < self->receipts->len; i++)
    if (!mc_session_take_receipt (&self->reader.session, self->receipts->pdata[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
trust_logs (Reply   *self,
            GError **error)
{
  GHashTableIter iter;
  gpointer log;

  g_hash_table_iter_init (&iter, self->judged);
  while (!self->reader.session.more && g_hash_table_iter_next (&iter, &log, NULL))
    if (!mc_journal_trust_log (self->reader.session.journal, log, error))
      return FALSE;

  return TRUE;
}

static gboolean
read_once (Reply       *self,
           const char  *path,
           gboolean     applies,
           GError     **error)
{
  self->n_frames = 0;
  self->is_hub = FALSE;

  return mc_stick_reader_read_once (&self->reader, path, applies, error);
}

/**
 * mc_stick_read:
 * @journal: the store, of the calling thread
 * @account: its enrolment
 * @path: a bundle from the hub
 * @out_report: (out caller-allocated): what it brought
 * @progress: (nullable): called as it goes on, in this thread
 * @user_data: for @progress
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error of %MC_SYNC_ERROR or %MC_STORE_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Blocking.  A bundle that is cut, changed, or not for this device changes nothing.  One that was read before, or is older
 * than what came by another road, changes nothing either, and is no error.  What was taken before an error stays.
 *
 * Returns: %TRUE if all of it is known here now
 */
gboolean
mc_stick_read (McJournal       *journal,
               McAccount       *account,
               const char      *path,
               McSyncReport    *out_report,
               McSyncProgress   progress,
               gpointer         user_data,
               GCancellable    *cancellable,
               GError         **error)
{
  Reply self = { .reader = { .kind = MC_BUNDLE_REPLY, .take = take_frame_cb, .take_data = &self, .progress = progress,
                             .user_data = user_data } };
  gint64 started_us = g_get_real_time ();
  g_autofree char *detail = NULL;
  gboolean done;

  memset (out_report, 0, sizeof *out_report);
  if (mc_account_is_trial (account))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE, "This is a trial without a hub");
      return FALSE;
    }
  self.asked = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, cursor_free);
  self.judged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self.receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  done = mc_session_init (&self.reader.session, journal, account, out_report, cancellable, error) &&
         read_once (&self, path, FALSE, error) && take_receipts (&self, error) && read_once (&self, path, TRUE, error) &&
         trust_logs (&self, error);
  g_hash_table_unref (self.asked);
  g_hash_table_unref (self.judged);
  g_ptr_array_unref (self.receipts);
  mc_session_clear (&self.reader.session);
  if (done)
    {
      out_report->clock_off_us = 0;
      detail = mc_sync_report_to_json (out_report);
      mc_journal_add_sync_log (journal, started_us, g_get_real_time (), "ok", detail, NULL);
    }

  return done;
}
