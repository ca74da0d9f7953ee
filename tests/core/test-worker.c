/* test-worker.c: work in threads
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-worker.h"

#define N_TIMES 20000

typedef struct
{
  GThread *thread;      /* the one that took the source object down */
  GMainLoop *loop;
} Watch;

static void
gone_cb (gpointer  data,
         GObject  *gone)
{
  Watch *watch = data;

  watch->thread = g_thread_self ();
  g_main_loop_quit (watch->loop);
}

static void
run_in_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  g_task_return_boolean (task, TRUE);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  gboolean *done = user_data;

  *done = g_task_propagate_boolean (G_TASK (result), NULL);
}

static void
let_go_once (void)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Watch watch = { NULL, loop };
  gboolean done = FALSE;
  GObject *source = g_object_new (G_TYPE_OBJECT, NULL);
  GTask *task = g_task_new (source, NULL, done_cb, &done);

  g_object_weak_ref (source, gone_cb, &watch);
  mc_worker_run_apart (task, run_in_thread);
  g_object_unref (task);
  g_object_unref (source);
  g_main_loop_run (loop);
  g_assert_true (done);
  g_assert_true (watch.thread == g_thread_self ());
}

/* What a task was begun for is taken down in the main thread, whichever of the two is the last to let go of it. */
static void
test_let_go (void)
{
  for (guint i = 0; i < N_TIMES; i++)
    let_go_once ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/worker/let-go", test_let_go);

  return g_test_run ();
}
