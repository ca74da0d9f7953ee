/* test-listener.c: whom the hub lets in, for how long, and that it lets go of everything
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mc-limits.h"
#include "hub/listener-fixture.h"
#include "mc-test.h"

static guint
count_descriptors (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;

  return count;
}

/* letting go */

static guint visits;

static void
come_and_go (Listening *fixture)
{
  for (guint i = 0; i < visits; i++)
    {
      g_autoptr(GSocket) socket = NULL;
      g_autoptr(GIOStream) stream = listener_connect_tls (fixture, NULL, &socket);
      struct linger at_once = { 1, 0 };

      if (i % 5 != 0)
        {
          listener_say (stream, HEALTH);
          g_assert_cmpuint (listener_hear (stream), ==, 200);
        }
      if (i % 5 == 1)
        listener_say (stream, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000\r\n\r\nhalf");
      /* With a goodbye, with none, and with a reset. */
      if (i % 3 == 1)
        g_socket_close (socket, NULL);
      if (i % 3 == 2)
        {
          setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
          g_socket_close (socket, NULL);
        }
      g_io_stream_close (stream, NULL, NULL);
    }
}

/* 200 connections that come and go, each in its own way, leave no descriptor behind. */
static void
test_come_and_go (Listening *fixture, gconstpointer data)
{
  guint before;

  /* What GLib opens once is no leak. */
  visits = 5;
  listener_run_client (fixture, come_and_go);
  listener_wait_for_connections (fixture, 0);
  before = count_descriptors ();
  visits = 200;
  listener_run_client (fixture, come_and_go);
  listener_wait_for_connections (fixture, 0);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

static void
ask_often (Listening *fixture)
{
  g_autoptr(GIOStream) stream = listener_connect_tls (fixture, NULL, NULL);

  for (guint i = 0; i < 100; i++)
    {
      listener_say (stream, HEALTH);
      g_assert_cmpuint (listener_hear (stream), ==, 200);
      g_assert_cmpuint (mc_hub_listener_get_n_connections (fixture->listener), ==, 1);
    }
  g_io_stream_close (stream, NULL, NULL);
}

/* A hundred requests go over one connection. */
static void
test_kept_alive (Listening *fixture, gconstpointer data)
{
  listener_run_client (fixture, ask_often);
  listener_wait_for_connections (fixture, 0);
}

/* the time */

static void
be_slow (Listening *fixture)
{
  g_autoptr(GSocketConnection) silent = NULL;
  g_autoptr(GIOStream) mute = NULL, slow = NULL, half = NULL, resting = NULL, good = NULL;
  char byte;

  /* Each says at once what it has to say: the time of those that are at rest runs while the others shake hands. */
  resting = listener_connect_tls (fixture, NULL, NULL);
  listener_say (resting, HEALTH);
  g_assert_cmpuint (listener_hear (resting), ==, 200);
  slow = listener_connect_tls (fixture, NULL, NULL);
  listener_say (slow, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\n");
  half = listener_connect_tls (fixture, NULL, NULL);
  listener_say (half, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\nabc");
  mute = listener_connect_tls (fixture, NULL, NULL);
  silent = listener_connect_plain (fixture, NULL);
  good = listener_connect_tls (fixture, NULL, NULL);
  listener_say (good, HEALTH);
  g_assert_cmpuint (listener_hear (good), ==, 200);

  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (silent)), &byte, 1, NULL, NULL), <=, 0);
  g_assert_cmpuint (listener_hear (mute), ==, 0);
  g_assert_cmpuint (listener_hear (slow), ==, 0);
  g_assert_cmpuint (listener_hear (half), ==, 0);
  g_assert_cmpuint (listener_hear (resting), ==, 0);
}

/* Whoever says nothing, half a head, half a body or nothing more is let go of in time; nobody waits for him. */
static void
test_slow (Listening *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  limits.handshake_seconds = limits.header_seconds = limits.stall_seconds = limits.idle_seconds = 2;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  listener_run_client (fixture, be_slow);
  listener_wait_for_connections (fixture, 0);
}

static void
dribble (Listening *fixture)
{
  g_autoptr(GIOStream) stream = listener_connect_tls (fixture, NULL, NULL);
  gsize written = 1;

  listener_say (stream, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\n");
  while (g_output_stream_write_all (g_io_stream_get_output_stream (stream), "x", 1, &written, NULL, NULL))
    g_usleep (100000);
}

/* A byte now and then is no request: who sends one after another for ever is cut off. */
static void
test_dribble (Listening *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  limits.stall_seconds = 2;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  listener_run_client (fixture, dribble);
  listener_wait_for_connections (fixture, 0);
}

static void
send_too_much (Listening *fixture)
{
  g_autoptr(GIOStream) stream = listener_connect_tls (fixture, NULL, NULL);
  g_autofree char *noise = g_malloc0 (65536);
  guint64 sent = 0;
  gsize written;

  listener_say (stream, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 10000000000\r\n\r\n");
  while (g_output_stream_write_all (g_io_stream_get_output_stream (stream), noise, 65536, &written, NULL, NULL))
    sent += 65536;
  g_test_message ("%" G_GUINT64_FORMAT " bytes went in", sent);
  g_assert_cmpuint (sent, <, 64 * 1024 * 1024);
}

/* Who sends ten gigabytes of nothing is not read to the end. */
static void
test_too_much (Listening *fixture, gconstpointer data)
{
  listener_run_client (fixture, send_too_much);
  listener_wait_for_connections (fixture, 0);
}

/* A refused request of @size bytes; the status of its answer. */
static guint
send_refused (Listening *fixture,
              gsize      size)
{
  g_autoptr(GIOStream) stream = listener_connect_tls (fixture, NULL, NULL);
  g_autofree char *head = g_strdup_printf ("POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n", size);
  g_autofree char *noise = g_strnfill (size, 'x');

  listener_say (stream, head);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), noise, size, NULL, NULL, NULL);

  return listener_hear (stream);
}

static void
be_refused (Listening *fixture)
{
  g_assert_cmpuint (send_refused (fixture, MC_DRAIN_MAX_BYTES), ==, 400);
  g_assert_cmpuint (send_refused (fixture, MC_DRAIN_MAX_BYTES + 1), ==, 0);
}

/* The rest of a request that is refused is read up to the bound, so that the answer is heard; past it nobody waits. */
static void
test_refused (Listening *fixture, gconstpointer data)
{
  listener_run_client (fixture, be_refused);
  listener_wait_for_connections (fixture, 0);
}

/* guesses */

/* The status of an answer to a wrong secret from @from. */
static guint
guess (Listening  *fixture,
       const char *from)
{
  static const char body[] = "{\"secret\":\"00000000000000000000000000000000\",\"device\":\"0190a000-0000-7000-8000-000000000001\","
                             "\"public_key\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"name\":\"\"}";
  g_autoptr(GSocketConnection) stream = listener_connect_plain (fixture, from);
  g_autofree char *request = g_strdup_printf ("POST /v1/enrol HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s",
                                              (int) strlen (body), body);

  listener_say (G_IO_STREAM (stream), request);

  return listener_hear (G_IO_STREAM (stream));
}

#define OVER_THE_LINE 16

static char *
guesser_name (guint i)
{
  return g_strdup_printf ("127.1.%u.%u", i / 256, i % 256);
}

static void
guess_from_everywhere (Listening *fixture)
{
  for (guint i = MC_WRONG_ADDRESSES_MAX - OVER_THE_LINE; i < MC_WRONG_ADDRESSES_MAX; i++)
    {
      g_autofree char *from = guesser_name (i);

      g_assert_cmpuint (guess (fixture, from), ==, 403);
    }
  /* These are one, and have the guesses of one; who was told apart before is still. */
  for (guint i = 0; i <= MC_WRONG_SECRETS_A_MINUTE; i++)
    {
      g_autofree char *from = g_strdup_printf ("127.2.0.%u", i);

      g_assert_cmpuint (guess (fixture, from), ==, i < MC_WRONG_SECRETS_A_MINUTE ? 403 : 429);
    }
  g_assert_cmpuint (guess (fixture, "127.1.0.7"), ==, 403);
  for (guint i = 2; i <= MC_WRONG_SECRETS_A_MINUTE; i++)
    g_assert_cmpuint (guess (fixture, "127.1.0.7"), ==, i < MC_WRONG_SECRETS_A_MINUTE ? 403 : 429);
}

/* Addresses that guess secrets are told apart up to the bound; past it all are one, so that a list of them is no memory. */
static void
test_guessers (Listening *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  /* A new connection each, and no time for TLS. */
  g_clear_pointer (&fixture->server, mc_hub_server_free);
  fixture->base.hub->without_tls = TRUE;
  fixture->server = mc_hub_server_new (fixture->base.hub, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  fixture->listener = mc_hub_server_get_listener (fixture->server);
  fixture->port = mc_hub_server_get_port (fixture->server);
  /* Nobody's minute ends while it is counted. */
  mc_hub_server_set_minute (fixture->server, 3600);
  /* A connection for each of thousands would be minutes on a machine that is busy; the last ones come over the line. */
  for (guint i = 0; i < MC_WRONG_ADDRESSES_MAX - OVER_THE_LINE; i++)
    {
      g_autofree char *from = guesser_name (i);

      mc_hub_server_note_wrong_secret (fixture->server, from);
    }
  listener_run_client (fixture, guess_from_everywhere);
}

/* how many */

static void
crowd_in (Listening *fixture)
{
  g_autoptr(GPtrArray) resting = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GIOStream) busy = listener_connect_tls (fixture, NULL, NULL);

  listener_say (busy, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 10\r\n\r\n");
  for (guint i = 0; i < 40; i++)
    {
      GIOStream *stream = listener_connect_tls (fixture, NULL, NULL);

      g_ptr_array_add (resting, stream);
      listener_say (stream, HEALTH);
      g_assert_cmpuint (listener_hear (stream), ==, 200);
      g_assert_cmpuint (mc_hub_listener_get_n_connections (fixture->listener), <=, 8);
    }
  listener_say (busy, "0123456789");
  g_assert_cmpuint (listener_hear (busy), ==, 400);
}

/* However many connections rest, the next one gets in, and nobody who is at work is sent away for it. */
static void
test_crowd (Listening *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  limits.max_connections = 8;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  listener_run_client (fixture, crowd_in);
  listener_wait_for_connections (fixture, 0);
}

/* What the hub answers to a client that agrees to @versions alone; 0 = nothing. */
static guint
ask_by (Listening *fixture, const char *versions)
{
  g_autoptr(GSocketConnection) plain = listener_connect_plain (fixture, NULL);
  g_autofree char *priority = g_strdup_printf ("NORMAL:%%COMPAT:-VERS-ALL:%s", versions);
  gnutls_certificate_credentials_t nobody;
  gnutls_session_t session;
  char answer[64] = "";
  guint status = 0;
  int rc;

  g_unix_set_fd_nonblocking (g_socket_get_fd (g_socket_connection_get_socket (plain)), FALSE, NULL);
  gnutls_certificate_allocate_credentials (&nobody);
  gnutls_init (&session, GNUTLS_CLIENT);
  g_assert_cmpint (gnutls_priority_set_direct (session, priority, NULL), ==, 0);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, nobody);
  gnutls_transport_set_int (session, g_socket_get_fd (g_socket_connection_get_socket (plain)));
  do
    rc = gnutls_handshake (session);
  while (rc < 0 && !gnutls_error_is_fatal (rc));
  if (rc == 0 && gnutls_record_send (session, HEALTH, strlen (HEALTH)) > 0 &&
      gnutls_record_recv (session, answer, sizeof answer - 1) > 0)
    sscanf (answer, "HTTP/1.1 %u", &status);
  gnutls_deinit (session);
  gnutls_certificate_free_credentials (nobody);

  return status;
}

static void
speak_old (Listening *fixture)
{
  g_assert_cmpuint (ask_by (fixture, "+VERS-TLS1.3"), ==, 200);
  g_assert_cmpuint (ask_by (fixture, "+VERS-TLS1.2"), ==, 200);
  g_assert_cmpuint (ask_by (fixture, "+VERS-TLS1.1"), ==, 0);
  g_assert_cmpuint (ask_by (fixture, "+VERS-TLS1.0"), ==, 0);
}

/* Nobody is heard over a TLS that is broken, whatever the system's library still agrees to. */
static void
test_old_tls (Listening *fixture, gconstpointer data)
{
  listener_run_client (fixture, speak_old);
  listener_wait_for_connections (fixture, 0);
}

static GSocketConnection *waiting;

static gpointer
knock_thread (gpointer data)
{
  waiting = listener_connect_plain (data, NULL);

  return NULL;
}

static void
come_in (Listening *fixture)
{
  g_autoptr(GIOStream) stream = g_tls_client_connection_new (G_IO_STREAM (waiting), NULL, NULL);

  g_signal_connect (stream, "accept-certificate", G_CALLBACK (listener_accept_cb), NULL);
  g_assert_true (g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, NULL));
  listener_say (stream, HEALTH);
  g_assert_cmpuint (listener_hear (stream), ==, 200);
}

/* A hub that has run out of descriptors lets people in again as soon as it has some. */
static void
test_descriptors (Listening *fixture, gconstpointer data)
{
  struct rlimit before, now;
  GThread *thread = g_thread_new ("knock", knock_thread, fixture);
  int next;

  g_thread_join (thread);
  next = dup (0);
  close (next);
  getrlimit (RLIMIT_NOFILE, &before);
  now = before;
  now.rlim_cur = next;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &now), ==, 0);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (mc_hub_listener_get_n_connections (fixture->listener), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);

  listener_run_client (fixture, come_in);
  g_clear_object (&waiting);
  listener_wait_for_connections (fixture, 0);
}

/* the end */

static gint drained;

static void
finish_late (Listening *fixture)
{
  g_autoptr(GIOStream) busy = listener_connect_tls (fixture, NULL, NULL), resting = listener_connect_tls (fixture, NULL, NULL);

  listener_say (resting, HEALTH);
  g_assert_cmpuint (listener_hear (resting), ==, 200);
  listener_say (busy, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 10\r\n\r\n01234");
  /* The hub has the head for certain once it has answered another. */
  listener_say (resting, HEALTH);
  g_assert_cmpuint (listener_hear (resting), ==, 200);
  g_atomic_int_set (&drained, 1);
  g_main_context_wakeup (NULL);

  g_assert_cmpuint (listener_hear (resting), ==, 0);
  listener_say (busy, "56789");
  g_assert_cmpuint (listener_hear (busy), ==, 400);
  g_assert_cmpuint (listener_hear (busy), ==, 0);
}

static gpointer
finish_late_thread (gpointer data)
{
  finish_late (data);

  return NULL;
}

/* A hub that is stopped answers who is in the middle of a request, and sends the others home at once. */
static void
test_drain (Listening *fixture, gconstpointer data)
{
  GThread *thread = g_thread_new ("client", finish_late_thread, fixture);

  while (!g_atomic_int_get (&drained))
    g_main_context_iteration (NULL, TRUE);
  mc_hub_listener_drain (fixture->listener, 60);
  g_assert_cmpuint (mc_hub_listener_get_n_connections (fixture->listener), ==, 0);
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Listening, NULL, listener_set_up, func, listener_tear_down)
  ADD ("/listener/come-and-go", test_come_and_go);
  ADD ("/listener/kept-alive", test_kept_alive);
  ADD ("/listener/slow", test_slow);
  ADD ("/listener/dribble", test_dribble);
  ADD ("/listener/too-much", test_too_much);
  ADD ("/listener/refused", test_refused);
  ADD ("/listener/guessers", test_guessers);
  ADD ("/listener/crowd", test_crowd);
  ADD ("/listener/old-tls", test_old_tls);
  ADD ("/listener/descriptors", test_descriptors);
  ADD ("/listener/drain", test_drain);

  return g_test_run ();
}
