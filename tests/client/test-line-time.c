/* test-line-time.c: how long somebody who does not answer is waited for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <stdio.h>

#include "client/mc-http.h"
#include "client/stranger.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

/* Somebody who does not read, or does not answer, is waited for as long as said and not longer. */
static void
test_stall (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) account = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(GBytes) large = noise_new (16 * 1024 * 1024), small = noise_new (100);
  GBytes *bodies[] = { large, small };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(Stranger) silent = stranger_new (fixture->hub_dir, &(StrangerManner) { NULL, FALSE, 0 });
      g_autoptr(McHttp) http = http_to (account, stranger_get_port (silent));
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) answer = NULL;
      gint64 started_us = g_get_monotonic_time ();

      mc_http_set_patience (http, 2, 20);
      answer = mc_http_post (http, "/v1/sync", SYNC_TYPE, bodies[i], NULL, &error);
      g_test_message ("%.1f s", (g_get_monotonic_time () - started_us) / 1e6);
      g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_STALLED);
      g_assert_cmpint (g_get_monotonic_time () - started_us, >=, 2 * G_TIME_SPAN_SECOND);
    }
}

/* A line that is slow but moves is no stall, however long the whole takes. */
static void
test_slow (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) account = new_device (fixture, "town", TOWN, "commune");
  StrangerManner slowly = { "HTTP/1.1 200 OK\r\nContent-Type: " SYNC_TYPE "\r\nContent-Length: 8\r\n\r\n12345678", TRUE, 600 };
  g_autoptr(Stranger) slow = stranger_new (fixture->hub_dir, &slowly);
  g_autoptr(McHttp) http = http_to (account, stranger_get_port (slow));
  g_autoptr(GBytes) body = noise_new (100), answer = NULL;
  g_autoptr(GError) error = NULL;
  gint64 started_us = g_get_monotonic_time ();

  mc_http_set_patience (http, 3, 20);
  answer = mc_http_post (http, "/v1/sync", SYNC_TYPE, body, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), "12345678", 8);
  g_assert_cmpint (g_get_monotonic_time () - started_us, >, 3 * G_TIME_SPAN_SECOND);
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (200000);
  g_cancellable_cancel (data);

  return NULL;
}

/* A stop is heard at once, also where nobody reads and where nobody answers. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) account = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(GBytes) large = noise_new (16 * 1024 * 1024), small = noise_new (100);

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr(Stranger) silent = stranger_new (fixture->hub_dir, &(StrangerManner) { NULL, FALSE, 0 });
      g_autoptr(McHttp) http = http_to (account, stranger_get_port (silent));
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) answer = NULL;
      GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);
      gint64 started_us = g_get_monotonic_time ();

      answer = mc_http_post (http, "/v1/sync", SYNC_TYPE, i % 2 == 0 ? large : small, cancellable, &error);
      g_thread_join (thread);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (g_get_monotonic_time () - started_us, <, 10 * G_TIME_SPAN_SECOND);
    }
}

/* Bytes that the kernel would still bring to @port of this machine. */
static guint64
count_waiting (guint port)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  guint64 waiting = 0;

  g_assert_true (g_file_get_contents ("/proc/net/tcp", &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      guint to, unsent;

      g_assert_cmpint (sscanf (lines[i], "%*u: %*8X:%*4X %*8X:%4X %*2X %8X:", &to, &unsent), ==, 2);
      if (to == port)
        waiting += unsent;
    }

  return waiting;
}

/* What was on its way when a request ends early is not sent after it: the next request says it again anyway. */
static void
test_left_behind (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) account = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(GBytes) large = noise_new (16 * 1024 * 1024);
  g_autoptr(Stranger) silent = stranger_new (fixture->hub_dir, &(StrangerManner) { NULL, FALSE, 0 });
  McHttp *http = http_to (account, stranger_get_port (silent));
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) answer = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);

  answer = mc_http_post (http, "/v1/sync", SYNC_TYPE, large, cancellable, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  mc_http_free (http);
  g_assert_cmpuint (count_waiting (stranger_get_port (silent)), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/line-time/stall", test_stall);
  ADD ("/line-time/slow", test_slow);
  ADD ("/line-time/cancel", test_cancel);
  ADD ("/line-time/left-behind", test_left_behind);

  return g_test_run ();
}
