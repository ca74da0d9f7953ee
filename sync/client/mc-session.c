/* mc-session.c: one sync, from the first turn to the last
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A turn is one request: cursors, own groups from the hub's n on, evidence from the hub's offset on.  Its answer
 * says how far the hub is.  Nothing here remembers "uploading": a turn that failed is simply not known.
 */

#include "client/mc-session-private.h"

#include "client/mc-http.h"
#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-sync-log.h"
#include "wire/mc-sync-error.h"

#define IDLE_TURNS 3
#define LOG_BYTES_MEANWHILE (32 * 1024 * 1024)

#define SETTING_DICTIONARY "hub_dictionary"
#define SETTING_RUNS       "hub_runs"

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
  g_autofree char *runs = mc_journal_get_setting (self->journal, SETTING_RUNS);
  guint8 name[MC_DICTIONARY_NAME_BYTES];

  self->dictionary = hex != NULL && mc_unhex (hex, name, sizeof name) ? mc_dictionary_find (name) : NULL;
  /* To one that was never heard: if it is older, it passes over them and says so, and is sent GROUPS. */
  self->runs = runs == NULL || g_str_equal (runs, "1");
  mc_session_recall_quiet (self);
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

gboolean
mc_session_note_dictionary (Session             *self,
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

/* the talk */

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

static gint64
now_us (Session *self)
{
  return self->transport->now_us != NULL ? self->transport->now_us (self->transport) : g_get_monotonic_time ();
}

static void
tell (Session *self)
{
  mc_sync_report_estimate (self->report, now_us (self) - self->started_us);
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

GBytes *
mc_session_post (Session  *self,
                 GBytes   *request,
                 GError  **error)
{
  gint64 started_us = now_us (self);
  GBytes *answer;

  self->report->sending = 0;
  self->report->sending_total = g_bytes_get_size (request);
  answer = self->transport->post (self->transport, request, self->cancellable, error);
  mc_db_take_back (mc_journal_get_db (self->journal));
  if (answer != NULL)
    {
      self->report->bytes_sent += g_bytes_get_size (request);
      mc_pace_note_turn (&self->pace, g_bytes_get_size (request), now_us (self) - started_us);
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

/* A hub that does not know what a dictionary is, because it was put back to an older program, refuses what is packed with
 * one: it is asked once more without. */
gboolean
mc_session_asks_again (Session  *self,
                       GError   *fault,
                       GError  **error)
{
  g_autoptr(GError) local_error = fault;

  if (may_introduce (self, local_error))
    return TRUE;
  if (self->dictionary != NULL && g_error_matches (local_error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL))
    return mc_session_note_dictionary (self, NULL, error);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* Sends a request and waits for the answer. */
static GBytes *
exchange (Session  *self,
          GError  **error)
{
  while (TRUE)
    {
      g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
      g_autoptr(GBytes) request = NULL;
      g_autoptr(GError) local_error = NULL;
      GBytes *answer;

      if (!mc_session_write_request (self, writer, error))
        return NULL;
      request = mc_frame_writer_take (writer);
      if ((answer = mc_session_post_first (self, request, &local_error)))
        return answer;
      /* Each reason is one only once. */
      if (!mc_session_asks_again (self, g_steal_pointer (&local_error), error))
        return NULL;
    }
}

/* A hub that has no more to say, and did not ask where the two logs part, has what is here up to the cursor.  Where all was
 * accepted, and nothing judged in another way was here before, all that still waits need not be read for it. */
static gboolean
trust_log (Session     *self,
           SessionLog  *log,
           GError     **error)
{
  gboolean judged;

  if (log->is_unjudged)
    return TRUE;
  if (!mc_journal_has_judged (self->journal, log->name, &judged, error))
    return FALSE;
  log->is_unjudged = !judged;

  return !judged || mc_journal_trust_log (self->journal, log->name, error);
}

static gboolean
trust_logs (Session  *self,
            GError  **error)
{
  for (guint i = 0; i < self->logs->len && !self->more; i++)
    {
      SessionLog *log = self->logs->pdata[i];

      if (log->parted == 0 && !trust_log (self, log, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
take_frames (Session    *self,
             GArray     *kinds,
             GPtrArray  *frames,
             GError    **error)
{
  for (guint i = 0; i < self->logs->len && !self->plain; i++)
    ((SessionLog *) self->logs->pdata[i])->is_unjudged = FALSE;
  /* First what proves that things came: a verdict that is here without its receipt would never be asked for again. */
  for (guint i = 1; i < frames->len; i++)
    if (g_array_index (kinds, guint8, i) == MC_FRAME_HUB_RECEIPT && !mc_session_take_receipt (self, frames->pdata[i], error))
      return FALSE;
  /* After a fork the rest speaks of places that are no more; the next turn asks anew. */
  for (guint i = 1; i < frames->len && !self->forked; i++)
    if (!mc_session_take_frame (self, g_array_index (kinds, guint8, i), frames->pdata[i], error))
      return FALSE;

  return self->forked || (mc_session_note_quiet (self, error) && trust_logs (self, error) &&
                          note_runs (self, self->told_runs, error));
}

/* Each frame is a transaction, and what comes later is never on disk without what came before it: a plain answer waits for the
 * disk once, at its end. */
gboolean
mc_session_take_answer (Session    *self,
                        GArray     *kinds,
                        GPtrArray  *frames,
                        GError    **error)
{
  McDb *db = mc_journal_get_db (self->journal);
  gboolean done;

  if (!self->plain)
    return take_frames (self, kinds, frames, error);
  if (!mc_db_set_waiting (db, FALSE, error))
    return FALSE;
  done = take_frames (self, kinds, frames, error) && mc_db_sync (db, error);

  return mc_db_set_waiting (db, TRUE, done ? error : NULL) && done;
}

static gboolean
run_turn (Session  *self,
          GError  **error)
{
  g_autoptr(GBytes) answer = g_steal_pointer (&self->next_answer);
  g_autoptr(GArray) kinds = g_array_new (FALSE, FALSE, sizeof (guint8));
  g_autoptr(GPtrArray) frames = NULL;
  gboolean taken;

  if (answer == NULL && !(answer = exchange (self, error)))
    return FALSE;
  self->report->turns++;
  self->report->bytes_received += g_bytes_get_size (answer);

  if (!(frames = read_answer (self, answer, kinds, error)))
    return FALSE;
  self->moved = self->forked = self->plain = self->told_runs = self->told_quiet = FALSE;

  return mc_session_go_ahead (self, kinds, frames, &taken, error) &&
         (taken || mc_session_take_answer (self, kinds, frames, error));
}

static gboolean
has_work (Session   *self,
          gboolean  *out_work,
          GError   **error)
{
  g_autoptr(GArray) states = mc_journal_list_evidence_to_send (self->journal, mc_session_files_of (self), error);

  if (states == NULL)
    return FALSE;
  self->report->files_wait = states->len > 0 && self->files_wait;
  *out_work = self->more || (states->len > 0 && !self->files_wait && self->held_back == 0) || self->taken->len > 0;
  /* A file may wait for the very change that has to be offered first. */
  for (guint i = 0; i < self->logs->len && !self->more && self->held_back < 2; i++)
    {
      SessionLog *log = self->logs->pdata[i];

      if (!mc_journal_offer_again (self->journal, log->name, &(guint) { 0 }, error) ||
          (log->parted == 0 && !mc_journal_ask_verdicts (self->journal, log->name, error)))
        return FALSE;
    }
  for (guint i = 0; i < self->logs->len && !*out_work && self->held_back < 2; i++)
    {
      SessionLog *log = self->logs->pdata[i];
      McStreamHead stream;

      if (!mc_journal_get_stream (self->journal, log->name, &stream, error) ||
          !mc_session_has_healing (self, log, out_work, error))
        return FALSE;
      *out_work = *out_work || stream.hub_n < stream.n;
    }

  return TRUE;
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
  self->files_of = g_ptr_array_new ();
  self->taken = g_array_new (FALSE, TRUE, sizeof (guint64));
  self->logs = mc_session_list_logs (journal, account, &local_error);
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
  g_clear_pointer (&self->files_of, g_ptr_array_unref);
  g_clear_pointer (&self->logs, g_ptr_array_unref);
  g_clear_pointer (&self->taken, g_array_unref);
  g_clear_pointer (&self->files, g_array_unref);
  g_clear_pointer (&self->next_answer, g_bytes_unref);
  g_clear_pointer (&self->packed, mc_session_packed_free);
  session_end_clear (&self->end);
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
  self->started_us = now_us (self);
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

/* A line of the sync log.  All that the sync brought is on disk: where it went well the line itself is not waited for. */
static void
note_end (Session      *self,
          gint64        started_us,
          const GError *fault)   /* (nullable) */
{
  McDb *db = mc_journal_get_db (self->journal);
  g_autofree char *detail = mc_sync_report_to_json (self->report);
  gboolean waits = fault != NULL || !mc_db_set_waiting (db, FALSE, NULL);

  mc_journal_add_sync_log (self->journal, started_us, g_get_real_time (),
                           fault == NULL ? "ok" : fault->domain == MC_SYNC_ERROR ? mc_sync_error_get_slug (fault->code)
                           : fault->domain == G_IO_ERROR ? "cancelled" : "local", detail, NULL);
  if (!waits)
    mc_db_set_waiting (db, TRUE, NULL);
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
  gboolean work = TRUE, done;
  guint idle = 0;

  /* What a first push writes once more of each change is not carried into the file while the hub waits for the next request. */
  mc_db_set_log_bytes (mc_journal_get_db (journal), LOG_BYTES_MEANWHILE);
  done = mc_session_init (&self, journal, account, out_report, cancellable, &local_error);
  begin_line (&self, transport);
  self.progress = progress;
  self.progress_data = user_data;
  recall_hub (&self);

  while (done && work && idle < IDLE_TURNS)
    {
      done = (run_turn (&self, &local_error) || hold_back (&self, &full, &local_error)) &&
             (self.next_answer != NULL ||
              (mc_session_fetch_far (&self, &local_error) && has_work (&self, &work, &local_error)));
      idle = self.moved ? 0 : idle + 1;
      tell (&self);
    }
  transport->sent = NULL;
  if (done && full != NULL)
    {
      local_error = g_steal_pointer (&full);
      done = FALSE;
    }

  note_end (&self, started_us, done ? NULL : local_error);
  mc_session_clear (&self);
  mc_db_set_log_bytes (mc_journal_get_db (journal), 0);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return done;
}

/**
 * mc_session_call:
 * @account: an enrolment
 *
 * Begins to connect to the hub of @account, for a session to be run over it soon; returns within milliseconds.  Whether it
 * gets there the session says.
 *
 * Returns: (transfer full) (nullable): what carries the session, of the calling thread; %NULL for a trial, which has no hub
 */
McTransport *
mc_session_call (McAccount *account)
{
  return mc_account_is_trial (account) ? NULL : mc_http_transport_new (account->address, &account->hub);
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
  if (!(transport = mc_session_call (account)))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNKNOWN_DEVICE, "This is a trial without a hub");
      return FALSE;
    }
  transport->is_costly = is_costly;
  done = mc_session_run_over (journal, account, transport, out_report, progress, user_data, cancellable, error);
  transport->free (transport);
  if (done)
    mc_account_renew_units (account, journal, g_get_real_time (), cancellable);

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
