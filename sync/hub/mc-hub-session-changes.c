/* mc-hub-session-changes.c: the changes that a request brings: judged, kept, committed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A commit costs a write to the disk and the last pages of every index once more, so runs that come faster than they can
 * be kept wait for each other, up to what a cut may cost, and are committed together.  The server's sessions do that in
 * a thread, to which the store is lent; meanwhile what comes next is read, unpacked and parsed, and it picks that up.  Nor is
 * the disk waited for there with each commit: what was brought is told to nobody before it is on disk, which is as soon as
 * nothing more waits, and at the latest after MC_HUB_UNSYNCED_BYTES.
 */

#include "hub/mc-hub-session-private.h"

#include "core/mc-limits.h"
#include "hub/mc-hub-batch.h"
#include "hub/mc-hub-judge.h"
#include "hub/mc-hub-quota.h"
#include "hub/mc-hub-restore.h"

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

gboolean
mc_hub_session_take_groups (McHubSession  *self,
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

/* runs */

/* What is taken back where runs are not. */
typedef struct
{
  guint n_verdicts, n_changes, n_refused, n_taken;
  guint64 n_last;       /* of the last verdict, which may have grown */
  gboolean fork, more;
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
  out->fork = log->fork;
  out->more = self->more;
}

/* As if nothing had come since @before, and what was written since is abandoned. */
static gboolean
go_back (McHubSession  *self,
         SessionLog    *log,
         const Before  *before,
         GError       **error)
{
  self->n_changes = before->n_changes;
  self->n_refused = before->n_refused;
  self->more = before->more;
  log->fork = before->fork;
  g_array_set_size (log->verdicts, before->n_verdicts);
  g_array_set_size (log->taken, before->n_taken);
  if (before->n_verdicts > 0)
    g_array_index (log->verdicts, McVerdict, before->n_verdicts - 1).n_last = before->n_last;
  mc_hub_forget_usage (self->hub);
  mc_hub_stream_clear (&log->stream);

  return mc_hub_stream_load (self->hub, self->device->id, self->hello.incarnation, log->cursor.log, &log->stream, error);
}

/* In an open transaction: all of @groups, which are one run.  *out_kept FALSE: the run is not to be taken.
 *
 * The signature of a run is at its end.  Where that end gets no row, the rows before it would stand here without a
 * signature after them; if their author were lost, nobody who holds them could prove them to a hub that went back. */
static gboolean
judge_run (McHubSession  *self,
           SessionLog    *log,
           GPtrArray     *groups,
           gboolean      *out_kept,
           GError       **error)
{
  guint64 n_before = log->stream.n;

  *out_kept = TRUE;
  if (log->verdicts->len > 0 && log->verdicts->len + groups->len > MC_ANSWER_VERDICTS_MAX)
    {
      self->more = TRUE;
      return TRUE;
    }
  if (!judge_all (self, log, groups, error))
    return FALSE;
  /* One that came before leaves things as they are, and its verdicts have to be told: the next run may follow it. */
  *out_kept = log->stream.holes->len == 0 || log->stream.n == n_before || log->fork;

  return TRUE;
}

/* One run in a transaction of its own, all of it or nothing.  Where it is declined, its device is not told in this answer
 * that runs are taken, and signs each group. */
static gboolean
take_run (McHubSession  *self,
          SessionLog    *log,
          GPtrArray     *groups,
          GError       **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  gboolean kept;
  Before before;

  remember (self, log, &before);
  if (!(transaction = mc_db_begin (self->hub->db, error)) || !judge_run (self, log, groups, &kept, error))
    return FALSE;
  if (!kept)
    {
      g_clear_pointer (&transaction, mc_transaction_abandon);
      self->declines_runs = TRUE;
      return go_back (self, log, &before, error);
    }

  return mc_transaction_commit (g_steal_pointer (&transaction), error);
}

/* All of @runs in one transaction.  *out_taken FALSE: one of them is not to be taken, or failed, and nothing has come. */
static gboolean
take_together (McHubSession  *self,
               SessionLog    *log,
               GPtrArray     *runs,
               gboolean      *out_taken,
               GError       **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  g_autoptr(GError) local_error = NULL;   /* comes again where it was */
  gboolean kept = TRUE;
  Before before;

  remember (self, log, &before);
  if (!(transaction = mc_db_begin (self->hub->db, error)))
    return FALSE;
  *out_taken = TRUE;
  for (guint i = 0; i < runs->len && *out_taken; i++)
    *out_taken = judge_run (self, log, runs->pdata[i], &kept, &local_error) && kept;
  if (*out_taken && mc_transaction_commit (g_steal_pointer (&transaction), &local_error))
    return TRUE;
  g_clear_pointer (&transaction, mc_transaction_abandon);
  *out_taken = FALSE;

  return go_back (self, log, &before, error);
}

/* Where one of them is not as the others are, each is taken by itself: what came before it stays. */
static gboolean
take_runs (McHubSession  *self,
           SessionLog    *log,
           GPtrArray     *runs,
           GError       **error)
{
  gboolean taken = FALSE;

  if (runs->len > 1 && !take_together (self, log, runs, &taken, error))
    return FALSE;
  for (guint i = 0; i < runs->len && !taken; i++)
    if (!take_run (self, log, runs->pdata[i], error))
      return FALSE;

  return TRUE;
}

gboolean
mc_hub_session_sync (McHubSession  *self,
                     GError       **error)
{
  if (self->hub->unsynced_bytes == 0)
    return TRUE;
  if (!mc_db_sync (self->hub->db, error))
    return FALSE;
  mc_hub_session_note_synced (self);

  return TRUE;
}

void
mc_hub_session_note_synced (McHubSession *self)
{
  if (self->hub->unsynced_bytes == 0)
    return;
  self->hub->unsynced_bytes = 0;
  mc_hub_note_head (self->hub);
}

/* Committed, and not waited for. */
static gboolean
take_runs_ahead (McHubSession  *self,
                 GPtrArray     *runs,
                 gsize          size,
                 GError       **error)
{
  gboolean done;

  if (runs->len == 0)
    return TRUE;
  if (!mc_db_set_waiting (self->hub->db, FALSE, error))
    return FALSE;
  self->hub->unsynced_bytes += size;
  done = take_runs (self, self->runs_log, runs, error);

  return mc_db_set_waiting (self->hub->db, TRUE, done ? error : NULL) && done;
}

/* As take_runs(), of a session that takes nothing ahead. */
static gboolean
take_runs_now (McHubSession  *self,
               GPtrArray     *runs,
               GError       **error)
{
  gboolean done = take_runs (self, self->runs_log, runs, error);

  /* Also where one of them failed: those before it stay. */
  mc_hub_note_head (self->hub);

  return done;
}

/* what waits */

/* (transfer full): all of it, which then waits no longer. */
static GPtrArray *
pick_up (McHubSession *self,
         gsize        *out_bytes)
{
  GPtrArray *runs = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  *out_bytes = self->waiting_bytes;
  self->waiting_bytes = 0;
  g_cond_signal (&self->picked_up);

  return runs;
}

/* In the thread: what waits; NULL if nothing does, and then this thread takes nothing any more. */
static GPtrArray *
pick_up_next (McHubSession *self,
              gsize        *out_bytes)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->waiting->len > 0 && self->taking_error == NULL)
    return pick_up (self, out_bytes);
  self->is_taking = FALSE;
  g_cond_signal (&self->picked_up);

  return NULL;
}

static void
take_lent (McDb     *db,
           gpointer  user_data)
{
  McHubSession *self = user_data;
  GPtrArray *runs;
  gsize size;
  gboolean any = FALSE;

  while ((runs = pick_up_next (self, &size)) != NULL)
    {
      any = TRUE;
      /* The disk is waited for where it is much by now … */
      if (take_runs_ahead (self, runs, size, &self->taking_error) && self->hub->unsynced_bytes >= MC_HUB_UNSYNCED_BYTES)
        mc_hub_session_sync (self, &self->taking_error);
      g_ptr_array_unref (runs);
    }
  /* … and where there was nothing left to be taken. */
  if (!any)
    mc_hub_session_sync (self, &self->taking_error);
  if (self->taken_source != NULL)
    g_source_set_ready_time (self->taken_source, 0);
}

/* Ends the thread, which takes first what waits.  What went wrong in it is the session's problem. */
static void
harvest (McHubSession *self)
{
  g_autoptr(GError) error = NULL;

  if (!self->is_lent)
    return;
  mc_db_take_back (self->hub->db);
  self->is_lent = FALSE;
  if ((error = g_steal_pointer (&self->taking_error)) != NULL)
    mc_hub_session_note_error (self, error);
}

static void
begin_taking (McHubSession *self)
{
  harvest (self);
  if (self->problem != NULL || (self->waiting->len == 0 && self->hub->unsynced_bytes == 0))
    return;
  self->is_lent = self->is_taking = TRUE;
  mc_db_lend (self->hub->db, take_lent, self);
}

/* The thread is done, or nothing more is there to be read: what waits need not wait longer, and if nothing does, the disk is
 * waited for. */
static gboolean
taken_cb (gpointer user_data)
{
  McHubSession *self = user_data;

  g_source_set_ready_time (self->taken_source, -1);
  begin_taking (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback,
          gpointer     user_data)
{
  return callback (user_data);
}

void
mc_hub_session_take_ahead (McHubSession *self)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };

  self->taken_source = g_source_new (&funcs, sizeof (GSource));
  g_source_set_priority (self->taken_source, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->taken_source, taken_cb, self, NULL);
  g_source_attach (self->taken_source, g_main_context_get_thread_default ());
}

/* Behind what waits.  Where that is much the thread picks it up first. */
static void
put_in_line (McHubSession *self,
             GPtrArray    *groups,    /* (transfer full) */
             gsize         size,
             gsize        *out_bytes,
             gboolean     *out_taking)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_ptr_array_add (self->waiting, groups);
  self->waiting_bytes += size;
  while (self->is_taking && self->waiting_bytes >= MC_HUB_WAITING_BYTES)
    g_cond_wait (&self->picked_up, &self->lock);
  *out_bytes = self->waiting_bytes;
  *out_taking = self->is_taking;
}

gboolean
mc_hub_session_add_run (McHubSession  *self,
                        SessionLog    *log,
                        GPtrArray     *groups,
                        gsize          size,
                        GError       **error)
{
  gsize waiting_bytes;
  gboolean is_taking;

  if (log != self->runs_log)
    mc_hub_session_settle (self);
  self->runs_log = log;
  self->hub->unsettled = self;
  put_in_line (self, groups, size, &waiting_bytes, &is_taking);
  if (waiting_bytes >= MC_HUB_WAITING_BYTES)
    {
      if (self->taken_source != NULL)
        begin_taking (self);
      else
        mc_hub_session_settle (self);
    }
  else if (self->taken_source != NULL && !is_taking)
    g_source_set_ready_time (self->taken_source, 0);

  return self->problem == NULL;
}

void
mc_hub_session_take_rest (McHubSession *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) runs = NULL;
  gsize size;

  harvest (self);
  if (self->waiting->len == 0)
    return;
  runs = pick_up (self, &size);
  if (self->problem == NULL &&
      !(self->taken_source != NULL ? take_runs_ahead (self, runs, size, &error) : take_runs_now (self, runs, &error)))
    mc_hub_session_note_error (self, error);
}

void
mc_hub_session_settle (McHubSession *self)
{
  g_autoptr(GError) error = NULL;

  mc_hub_session_take_rest (self);
  if (!mc_hub_session_sync (self, &error))
    mc_hub_session_note_error (self, error);
  if (self->hub->unsettled == self)
    self->hub->unsettled = NULL;
}
