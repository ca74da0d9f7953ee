/* test-runs-together.c: runs that come faster than they are kept: committed together, judged as if each came alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each test is run twice: as the tools do it, and as the server does, which keeps them in a thread.
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub-fixture.h"
#include "hub/mc-hub-session.h"

#define N_GROUPS 3

typedef struct
{
  Fixture fixture;
  Device *town;
  McFrameWriter *writer;   /* (owned) a request so far */
  McHubSession *session;   /* (owned) (nullable) that it goes to */
  gboolean ahead;
} Push;

static void
set_up (Push *push, gconstpointer data)
{
  hub_set_up (&push->fixture, NULL);
  push->ahead = GPOINTER_TO_INT (data);
  push->town = hub_device_new (&push->fixture, TOWN, "commune");
  push->writer = hub_begin_request (push->town);
  hub_put_cursor (push->town, push->writer, push->town->log);
}

static void
tear_down (Push *push, gconstpointer data)
{
  g_clear_pointer (&push->session, mc_hub_session_free);
  g_clear_pointer (&push->writer, mc_frame_writer_free);
  g_clear_pointer (&push->town, hub_device_free);
  hub_tear_down (&push->fixture, NULL);
}

/* Adds a run of @n new groups, each of one change of @field. */
static void
add_run (Push       *push,
         guint       n,
         const char *field,
         gboolean    forged)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(GBytes) payload = NULL;
  guint8 signature[MC_SIGNATURE_BYTES];
  McGroup *last;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *record = mc_id_new (NOW + i);

      g_ptr_array_add (groups, hub_group_new (push->town, hub_change_new (record, field)));
    }
  last = groups->pdata[n - 1];
  if (forged)
    {
      memcpy (signature, g_bytes_get_data (last->signature, NULL), sizeof signature);
      signature[7] ^= 1;
      g_bytes_unref (last->signature);
      last->signature = g_bytes_new (signature, sizeof signature);
    }
  payload = mc_encode_run (NULL, push->town->log, groups);
  mc_frame_writer_add (push->writer, MC_FRAME_RUN, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
}

/* Sends what was added so far. */
static void
send (Push *push)
{
  g_autoptr(GBytes) bytes = mc_frame_writer_take (push->writer);

  if (push->session == NULL)
    {
      push->session = mc_hub_session_new (push->fixture.hub, NOW);
      if (push->ahead)
        mc_hub_session_take_ahead (push->session);
    }
  mc_hub_session_push (push->session, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
finish (Push   *push,
        Answer *answer)
{
  g_autoptr(GBytes) bytes = NULL;

  mc_frame_writer_end (push->writer, MC_FRAME_END, 0);
  send (push);
  bytes = mc_hub_session_finish (push->session);
  answer->problem = g_strdup (mc_hub_session_get_problem (push->session));
  if (bytes != NULL)
    hub_read_answer (bytes, answer);
  g_clear_pointer (&push->session, mc_hub_session_free);
}

static int
count_commit (gpointer user_data)
{
  ++*(guint *) user_data;

  return 0;
}

/* What waits together is one commit. */
static void
test_one_commit (Push *push, gconstpointer data)
{
  guint n_commits = 0;
  Answer answer = { 0 };

  for (guint i = 0; i < 3; i++)
    add_run (push, N_GROUPS, "fee", FALSE);
  sqlite3_commit_hook (mc_db_get_handle (push->fixture.hub->db), count_commit, &n_commits);
  send (push);
  mc_hub_session_settle (push->session);
  sqlite3_commit_hook (mc_db_get_handle (push->fixture.hub->db), NULL, NULL);
  g_assert_cmpuint (n_commits, ==, 1);
  hub_assert_rows (push->fixture.hub, "9 rows in 1 logs");
  finish (push, &answer);
  g_assert_cmpuint (answer.n, ==, 9);
  hub_answer_clear (&answer);
}

/* More waits than a cut may cost: it is kept without being asked for. */
static void
test_bounded (Push *push, gconstpointer data)
{
  guint n_commits = 0, n_runs = 0;

  sqlite3_commit_hook (mc_db_get_handle (push->fixture.hub->db), count_commit, &n_commits);
  for (; mc_frame_writer_get_size (push->writer) < 4 * MC_HUB_WAITING_BYTES; n_runs++)
    {
      add_run (push, 40, "fee", FALSE);
      send (push);
    }
  mc_db_take_back (push->fixture.hub->db);
  g_assert_cmpuint (push->fixture.hub->unsynced_bytes, <, MC_HUB_UNSYNCED_BYTES);
  sqlite3_commit_hook (mc_db_get_handle (push->fixture.hub->db), NULL, NULL);
  g_assert_cmpuint (n_commits, >=, 2);
  g_assert_cmpuint (n_commits, <, n_runs);
}

typedef struct
{
  GMutex lock;
  GCond released;
  gboolean may_commit;
} Gate;

static int
wait_at_gate (gpointer user_data)
{
  Gate *gate = user_data;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&gate->lock);

  while (!gate->may_commit)
    g_cond_wait (&gate->released, &gate->lock);

  return 0;
}

/* What comes while others are taken is taken behind them by the same thread, without anybody's doing. */
static void
test_picked_up (Push *push, gconstpointer data)
{
  g_autofree char *all = NULL;
  guint n_rows = N_GROUPS;
  Gate gate = { .may_commit = FALSE };

  sqlite3_commit_hook (mc_db_get_handle (push->fixture.hub->db), wait_at_gate, &gate);
  for (; mc_frame_writer_get_size (push->writer) < MC_HUB_WAITING_BYTES + 4096; n_rows += 40)
    add_run (push, 40, "fee", FALSE);
  send (push);
  add_run (push, N_GROUPS, "fee", FALSE);
  send (push);
  g_mutex_lock (&gate.lock);
  gate.may_commit = TRUE;
  g_cond_signal (&gate.released);
  g_mutex_unlock (&gate.lock);
  mc_db_take_back (push->fixture.hub->db);
  sqlite3_commit_hook (mc_db_get_handle (push->fixture.hub->db), NULL, NULL);
  all = g_strdup_printf ("%u rows in 1 logs", n_rows);
  hub_assert_rows (push->fixture.hub, all);
}

/* A line that is cut loses only what did not come whole. */
static void
test_cut (Push *push, gconstpointer data)
{
  add_run (push, N_GROUPS, "fee", FALSE);
  add_run (push, N_GROUPS, "fee", FALSE);
  send (push);
  g_clear_pointer (&push->session, mc_hub_session_free);
  hub_assert_rows (push->fixture.hub, "6 rows in 1 logs");
}

/* What came before a run that is not its device's stays. */
static void
test_forged (Push *push, gconstpointer data)
{
  Answer answer = { 0 };

  add_run (push, N_GROUPS, "fee", FALSE);
  add_run (push, N_GROUPS, "fee", TRUE);
  add_run (push, N_GROUPS, "fee", FALSE);
  finish (push, &answer);
  g_assert_true (answer.fork);
  hub_answer_clear (&answer);
  hub_assert_rows (push->fixture.hub, "3 rows in 1 logs");
}

/* At the beginning of a stream, too, where it is the whole request that is refused. */
static void
test_forged_first (Push *push, gconstpointer data)
{
  Answer answer = { 0 };

  add_run (push, N_GROUPS, "fee", TRUE);
  add_run (push, N_GROUPS, "fee", FALSE);
  finish (push, &answer);
  g_assert_cmpstr (answer.problem, ==, "bad-signature");
  hub_answer_clear (&answer);
  hub_assert_rows (push->fixture.hub, "0 rows in 0 logs");
}

/* Of a run whose end gets no row nothing is taken, and all of the run before it. */
static void
test_declined (Push *push, gconstpointer data)
{
  Answer answer = { 0 };

  add_run (push, N_GROUPS, "fee", FALSE);
  add_run (push, N_GROUPS, "review.verdict", FALSE);
  finish (push, &answer);
  g_assert_null (answer.problem);
  g_assert_cmpuint (answer.n, ==, N_GROUPS);
  g_assert_cmpuint (answer.verdicts->len, ==, 1);
  g_assert_cmpuint (hub_verdict (&answer, 0)->n_last, ==, N_GROUPS);
  hub_answer_clear (&answer);
  hub_assert_rows (push->fixture.hub, "3 rows in 1 logs");
}

/* A run that came before, and whose end got no row, is told its verdicts once more, whatever new one follows it. */
static void
test_repeated (Push *push, gconstpointer data)
{
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (push->town, hub_change_new (record, "review.verdict"), hub_change_new (record, "fee"), NULL);
  g_autoptr(GBytes) request = hub_request_new (push->town, groups), payload = mc_encode_run (NULL, push->town->log, groups);
  Answer answer = { 0 };

  hub_send (push->fixture.hub, request, 8192, &answer);
  g_assert_cmpuint (answer.verdicts->len, ==, 2);
  hub_answer_clear (&answer);

  g_clear_pointer (&push->writer, mc_frame_writer_free);
  push->writer = hub_begin_request (push->town);
  hub_put_cursor (push->town, push->writer, push->town->log);
  mc_frame_writer_add (push->writer, MC_FRAME_RUN, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  add_run (push, 1, "fee", FALSE);
  finish (push, &answer);
  g_assert_null (answer.problem);
  g_assert_cmpuint (answer.verdicts->len, ==, 3);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_REJECTED);
  g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_HELD);
  g_assert_cmpuint (hub_verdict (&answer, 1)->n_last, ==, 2);
  g_assert_cmpint (hub_verdict (&answer, 2)->kind, ==, MC_VERDICT_ACCEPTED);
  hub_answer_clear (&answer);
}

/* Another request of the same device is judged after what this one brought, though its answer did not come yet: a clone
 * that is at the beginning of the stream is a fork. */
static void
test_second_request (Push *push, gconstpointer data)
{
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };

  add_run (push, N_GROUPS, "fee", FALSE);
  add_run (push, N_GROUPS, "fee", FALSE);
  send (push);
  push->town->n = 0;
  request = hub_request_new (push->town, NULL);
  hub_send (push->fixture.hub, request, 8192, &answer);
  g_assert_true (answer.fork);
  hub_answer_clear (&answer);
}

/* Stands before libc's: how far the log of the store was when it was last waited for.  It only grows here. */
static goffset synced_size;
static guint n_syncs;

int
fdatasync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd), *path = g_file_read_link (link, NULL);
  GStatBuf info;

  if (path != NULL && g_str_has_suffix (path, "hub.db-wal") && fstat (fd, &info) == 0)
    {
      synced_size = info.st_size;
      n_syncs++;
    }

  return syscall (SYS_fdatasync, fd);
}

static gboolean
is_on_disk (Push *push)
{
  g_autofree char *path = g_strconcat (mc_db_get_path (push->fixture.hub->db), "-wal", NULL);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);

  return info.st_size == synced_size;
}

/* What is committed is on disk as soon as nothing more waits, though nobody asked for it. */
static void
test_synced (Push *push, gconstpointer data)
{
  for (guint i = 0; i < 3; i++)
    {
      add_run (push, N_GROUPS, "fee", FALSE);
      send (push);
      while (g_main_context_iteration (NULL, FALSE))
        mc_db_take_back (push->fixture.hub->db);
      g_assert_true (is_on_disk (push));
    }
  if (push->ahead)
    hub_assert_rows (push->fixture.hub, "9 rows in 1 logs");
}

/* Sends a run, which is committed, but not on disk where the disk is not waited for. */
static void
send_unsynced (Push *push)
{
  add_run (push, N_GROUPS, "fee", FALSE);
  send (push);
  if (!push->ahead)
    return;
  g_main_context_iteration (NULL, FALSE);
  mc_db_take_back (push->fixture.hub->db);
  g_assert_false (is_on_disk (push));
}

/* Nobody is told of it before it is on disk: others by their answers … */
static void
test_told_others (Push *push, gconstpointer data)
{
  g_autoptr(Device) other = hub_device_new (&push->fixture, TOWN, "commune");
  g_autoptr(GBytes) request = hub_request_new (other, NULL);
  Answer answer = { 0 };

  send_unsynced (push);
  hub_send (push->fixture.hub, request, 8192, &answer);
  g_assert_cmpuint (answer.rows->len, ==, N_GROUPS);
  hub_answer_clear (&answer);
  g_assert_true (is_on_disk (push));
}

/* … nor its device by its own. */
static void
test_told (Push *push, gconstpointer data)
{
  Answer answer = { 0 };

  send_unsynced (push);
  finish (push, &answer);
  g_assert_cmpuint (answer.n, ==, N_GROUPS);
  hub_answer_clear (&answer);
  g_assert_true (is_on_disk (push));
}

/* With the answer the disk is waited for once, and what the answer itself writes goes along. */
static void
test_told_once (Push *push, gconstpointer data)
{
  Answer answer = { 0 };

  send_unsynced (push);
  n_syncs = 0;
  finish (push, &answer);
  g_assert_cmpuint (answer.n, ==, N_GROUPS);
  hub_answer_clear (&answer);
  g_assert_true (is_on_disk (push));
  if (push->ahead)
    g_assert_cmpuint (n_syncs, ==, 1);
}

/* A line that is cut leaves all of it on disk. */
static void
test_cut_synced (Push *push, gconstpointer data)
{
  send_unsynced (push);
  g_clear_pointer (&push->session, mc_hub_session_free);
  g_assert_true (is_on_disk (push));
}

static void
add (const char *name,
     void      (*test) (Push *, gconstpointer))
{
  g_autofree char *alone = g_strconcat ("/runs-together/", name, NULL), *ahead = g_strconcat (alone, "/in-a-thread", NULL);

  g_test_add (alone, Push, GINT_TO_POINTER (FALSE), set_up, test, tear_down);
  g_test_add (ahead, Push, GINT_TO_POINTER (TRUE), set_up, test, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  add ("one-commit", test_one_commit);
  add ("bounded", test_bounded);
  g_test_add ("/runs-together/picked-up", Push, GINT_TO_POINTER (TRUE), set_up, test_picked_up, tear_down);
  add ("cut", test_cut);
  add ("forged", test_forged);
  add ("forged-first", test_forged_first);
  add ("declined", test_declined);
  add ("repeated", test_repeated);
  add ("second-request", test_second_request);
  add ("synced", test_synced);
  add ("told", test_told);
  add ("told-once", test_told_once);
  add ("told-others", test_told_others);
  add ("cut-synced", test_cut_synced);

  return g_test_run ();
}
