/* test-opening.c: how a connection to the hub begins
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <linux/tcp.h>
#include <netinet/in.h>
#include <signal.h>

#include "client/mc-http-private.h"
#include "client/stranger.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

static struct tcp_info
ask_kernel (McHttp *http)
{
  struct tcp_info info = { 0 };
  socklen_t size = sizeof info;

  g_assert_cmpint (getsockopt (g_socket_get_fd (http->socket), IPPROTO_TCP, TCP_INFO, &info, &size), ==, 0);

  return info;
}

/* Packets with data that left, each once: where the machine is too busy to acknowledge in time the kernel sends the last one
 * again, to be sure. */
static guint
count_sent (const struct tcp_info *info)
{
  g_test_message ("%u packets, %u of them again", info->tcpi_data_segs_out, info->tcpi_total_retrans);

  return info->tcpi_data_segs_out - info->tcpi_total_retrans;
}

/* What can leave together does, on both ends: a bad line loses packets.  The hello; the change of keys, which TLS sends at once;
 * the rest of the handshake with the request.  And the hub's handshake; its answer. */
static void
test_packets (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) account = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McHttp) http = http_to (account, fixture->port);
  g_autoptr(GBytes) body = noise_new (500);
  struct tcp_info first, second;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) answer = mc_http_post (http, "/v1/sync", SYNC_TYPE, body, NULL, &error);

      g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL);
      if (i == 0)
        first = ask_kernel (http);
      else
        second = ask_kernel (http);
    }
  g_assert_cmpuint (mc_http_get_n_connections (http), ==, 1);
  g_assert_cmpuint (count_sent (&first), <=, 3);
  g_assert_cmpuint (first.tcpi_data_segs_in, <=, 2);
  g_assert_cmpuint (count_sent (&second), ==, count_sent (&first) + 1);
  g_assert_cmpuint (second.tcpi_data_segs_in, ==, first.tcpi_data_segs_in + 1);
}

/* While packets are filled a segment that does not fit into what the kernel may hold waits for its timer, a fifth of a second:
 * on a line with large segments, as within one machine, a first sync stood still so up to twice. */
static void
test_segments (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) account = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McHttp) http = http_to (account, fixture->port);
  g_autoptr(GBytes) body = noise_new (100000);
  struct tcp_info info = { 0 };
  int held = 0;

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) answer = mc_http_post (http, "/v1/sync", SYNC_TYPE, body, NULL, &error);

      g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL);
      info = ask_kernel (http);
      g_assert_true (g_socket_get_option (http->socket, SOL_SOCKET, SO_SNDBUF, &held, NULL));
      g_test_message ("segments of %u bytes, %d bytes held", info.tcpi_snd_mss, held);
    }
  /* The kernel counts what it needs for a segment as well. */
  g_assert_cmpint (held, >=, 2 * (int) info.tcpi_snd_mss);
}

/* A line that was opened ahead is the one that the first request goes over; what kept it from opening the first request says,
 * and the next one tries anew; one that nobody needs is given up at once. */
static void
test_ahead (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) account = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McHttp) http = http_to (account, fixture->port), again = NULL;
  g_autoptr(Stranger) silent = stranger_new (NULL, &(StrangerManner) { NULL, FALSE, 0 });
  g_autoptr(GBytes) body = noise_new (500);
  McSyncError codes[] = { MC_SYNC_ERROR_UNREACHABLE, MC_SYNC_ERROR_PROTOCOL };
  gint64 started_us;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) answer = NULL;

      mc_http_open (http);
      answer = mc_http_post (http, "/v1/sync", SYNC_TYPE, body, NULL, &error);
      g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL);
      g_assert_cmpuint (mc_http_get_n_connections (http), ==, 1);
    }

  stop_hub (fixture, SIGTERM);
  again = http_to (account, fixture->port);
  mc_http_open (again);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) answer = mc_http_post (again, "/v1/sync", SYNC_TYPE, body, NULL, &error);

      g_assert_error (error, MC_SYNC_ERROR, (int) codes[i]);
      if (i == 0)
        start_hub (fixture);
    }

  started_us = g_get_monotonic_time ();
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(McHttp) unused = http_to (account, stranger_get_port (silent));

      mc_http_open (unused);
    }
  g_assert_cmpint (g_get_monotonic_time () - started_us, <, 5 * G_TIME_SPAN_SECOND);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/opening/packets", Fixture, NULL, set_up, test_packets, tear_down);
  g_test_add ("/opening/segments", Fixture, NULL, set_up, test_segments, tear_down);
  g_test_add ("/opening/ahead", Fixture, NULL, set_up, test_ahead, tear_down);

  return g_test_run ();
}
