/* mc-parallel.c: one job for each of many things, on all processors
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-parallel.h"

/* Fewer jobs than this are done before a thread has begun. */
#define JOBS_A_THREAD 16
#define MAX_THREADS   4

typedef struct
{
  guint next;   /* atomic */
  guint count;
  McParallelFunc func;
  gpointer user_data;
} Work;

static gpointer
work_in_thread (gpointer user_data)
{
  Work *work = user_data;
  guint first;

  while ((first = g_atomic_int_add (&work->next, JOBS_A_THREAD)) < work->count)
    for (guint i = first; i < MIN (first + JOBS_A_THREAD, work->count); i++)
      work->func (i, work->user_data);

  return NULL;
}

/**
 * mc_parallel_for:
 * @count: how many
 * @func: does one; in any thread, in any order, with nothing shared but what it may share
 * @user_data: for @func
 *
 * Calls @func for each index below @count.  When it returns all are done and no thread is left.
 */
void
mc_parallel_for (guint          count,
                 McParallelFunc func,
                 gpointer       user_data)
{
  Work work = { 0, count, func, user_data };
  guint n_helpers = MIN (MIN (g_get_num_processors (), MAX_THREADS), (count + JOBS_A_THREAD - 1) / JOBS_A_THREAD);
  GThread *helpers[MAX_THREADS];

  n_helpers = MAX (n_helpers, 1) - 1;
  for (guint i = 0; i < n_helpers; i++)
    helpers[i] = g_thread_new ("mc-parallel", work_in_thread, &work);
  work_in_thread (&work);
  for (guint i = 0; i < n_helpers; i++)
    g_thread_join (helpers[i]);
}
