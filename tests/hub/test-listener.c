/* test-listener.c: whom the hub lets in, for how long, and that it lets go of everything
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hub runs in the main context of this thread, its clients in a thread of their own.
 */

#define _GNU_SOURCE

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hub/mc-hub-server.h"
#include "mc-test.h"

#define HEALTH "GET /v1/health HTTP/1.1\r\nHost: hub\r\n\r\n"

typedef struct
{
  char *dir;
  McHub *hub;
  McHubServer *server;
  McHubListener *listener;
  guint port;
} Fixture;

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hub_dir = NULL;
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("mc-listener-XXXXXX", &error);
  g_assert_no_error (error);
  hub_dir = g_build_filename (fixture->dir, "hub", NULL);
  g_assert_true (mc_hub_init (hub_dir, "https://127.0.0.1:1", &error));
  g_assert_no_error (error);
  fixture->hub = mc_hub_open (hub_dir, &error);
  g_assert_no_error (error);
  fixture->server = mc_hub_server_new (fixture->hub, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  fixture->listener = mc_hub_server_get_listener (fixture->server);
  fixture->port = mc_hub_server_get_port (fixture->server);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->server, mc_hub_server_free);
  mc_hub_close (fixture->hub);
  remove_tree (fixture->dir);
  g_free (fixture->dir);
}

/* what runs beside the hub */

typedef void (*ClientFunc) (Fixture *fixture);

typedef struct
{
  Fixture *fixture;
  ClientFunc func;
  gint done;
} Client;

static gpointer
client_thread (gpointer data)
{
  Client *client = data;

  client->func (client->fixture);
  g_atomic_int_set (&client->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

/* Runs @func in a thread, and the hub until it is through. */
static void
run_client (Fixture    *fixture,
            ClientFunc  func)
{
  Client client = { fixture, func, FALSE };
  GThread *thread = g_thread_new ("client", client_thread, &client);

  while (!g_atomic_int_get (&client.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
}

static gboolean
accept_cb (GTlsConnection       *tls,
           GTlsCertificate      *certificate,
           GTlsCertificateFlags  flags,
           gpointer              user_data)
{
  return TRUE;
}

static GSocketConnection *
connect_plain (Fixture *fixture)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, 30);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", fixture->port, NULL, &error);
  g_assert_no_error (error);

  return connection;
}

/* A connection after its handshake; @out_socket to treat it badly. */
static GIOStream *
connect_tls (Fixture  *fixture,
             GSocket **out_socket)
{
  g_autoptr(GSocketConnection) plain = connect_plain (fixture);
  g_autoptr(GError) error = NULL;
  GIOStream *tls = g_tls_client_connection_new (G_IO_STREAM (plain), NULL, &error);

  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error);
  g_assert_no_error (error);
  if (out_socket != NULL)
    *out_socket = g_object_ref (g_socket_connection_get_socket (plain));

  return tls;
}

static void
say (GIOStream  *stream,
     const char *text)
{
  g_autoptr(GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

/* The status of the answer that follows, read with its body; 0 = the connection is at its end. */
static guint
hear (GIOStream *stream)
{
  g_autoptr(GString) answer = g_string_new (NULL);
  char buffer[4096];
  const char *end, *length;

  do
    {
      gssize got = g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, sizeof buffer, NULL, NULL);

      if (got <= 0)
        return 0;
      g_string_append_len (answer, buffer, got);
      end = strstr (answer->str, "\r\n\r\n");
      length = strcasestr (answer->str, "Content-Length:");
    }
  while (end == NULL || answer->len < (gsize) (end + 4 - answer->str) + (length != NULL ? atoi (length + 15) : 0));

  return atoi (answer->str + strlen ("HTTP/1.1 "));
}

static guint
count_descriptors (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint count = 0;

  while (g_dir_read_name (dir) != NULL)
    count++;

  return count;
}

/* Runs the hub until it holds @count connections. */
static void
wait_for_connections (Fixture *fixture,
                      guint    count)
{
  while (mc_hub_listener_get_n_connections (fixture->listener) != count)
    g_main_context_iteration (NULL, TRUE);
}

/* letting go */

static guint visits;

static void
come_and_go (Fixture *fixture)
{
  for (guint i = 0; i < visits; i++)
    {
      g_autoptr(GSocket) socket = NULL;
      g_autoptr(GIOStream) stream = connect_tls (fixture, &socket);
      struct linger at_once = { 1, 0 };

      if (i % 5 != 0)
        {
          say (stream, HEALTH);
          g_assert_cmpuint (hear (stream), ==, 200);
        }
      if (i % 5 == 1)
        say (stream, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000\r\n\r\nhalf");
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
test_come_and_go (Fixture *fixture, gconstpointer data)
{
  guint before;

  /* What GLib opens once is no leak. */
  visits = 5;
  run_client (fixture, come_and_go);
  wait_for_connections (fixture, 0);
  before = count_descriptors ();
  visits = 200;
  run_client (fixture, come_and_go);
  wait_for_connections (fixture, 0);
  g_assert_cmpuint (count_descriptors (), ==, before);
}

static void
ask_often (Fixture *fixture)
{
  g_autoptr(GIOStream) stream = connect_tls (fixture, NULL);

  for (guint i = 0; i < 100; i++)
    {
      say (stream, HEALTH);
      g_assert_cmpuint (hear (stream), ==, 200);
      g_assert_cmpuint (mc_hub_listener_get_n_connections (fixture->listener), ==, 1);
    }
  g_io_stream_close (stream, NULL, NULL);
}

/* A hundred requests go over one connection. */
static void
test_kept_alive (Fixture *fixture, gconstpointer data)
{
  run_client (fixture, ask_often);
  wait_for_connections (fixture, 0);
}

/* the time */

static void
be_slow (Fixture *fixture)
{
  g_autoptr(GSocketConnection) silent = connect_plain (fixture);
  g_autoptr(GIOStream) mute = connect_tls (fixture, NULL), slow = connect_tls (fixture, NULL), half = connect_tls (fixture, NULL);
  g_autoptr(GIOStream) resting = connect_tls (fixture, NULL), good = connect_tls (fixture, NULL);
  char byte;

  say (slow, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\n");
  say (half, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\nabc");
  say (resting, HEALTH);
  g_assert_cmpuint (hear (resting), ==, 200);
  say (good, HEALTH);
  g_assert_cmpuint (hear (good), ==, 200);

  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (silent)), &byte, 1, NULL, NULL), <=, 0);
  g_assert_cmpuint (hear (mute), ==, 0);
  g_assert_cmpuint (hear (slow), ==, 0);
  g_assert_cmpuint (hear (half), ==, 0);
  g_assert_cmpuint (hear (resting), ==, 0);
}

/* Whoever says nothing, half a head, half a body or nothing more is let go of in time; nobody waits for him. */
static void
test_slow (Fixture *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  limits.handshake_seconds = limits.header_seconds = limits.stall_seconds = limits.idle_seconds = 2;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  run_client (fixture, be_slow);
  wait_for_connections (fixture, 0);
}

static void
dribble (Fixture *fixture)
{
  g_autoptr(GIOStream) stream = connect_tls (fixture, NULL);
  gsize written = 1;

  say (stream, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\n");
  while (g_output_stream_write_all (g_io_stream_get_output_stream (stream), "x", 1, &written, NULL, NULL))
    g_usleep (100000);
}

/* A byte now and then is no request: who sends one after another for ever is cut off. */
static void
test_dribble (Fixture *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  limits.stall_seconds = 2;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  run_client (fixture, dribble);
  wait_for_connections (fixture, 0);
}

static void
send_too_much (Fixture *fixture)
{
  g_autoptr(GIOStream) stream = connect_tls (fixture, NULL);
  g_autofree char *noise = g_malloc0 (65536);
  guint64 sent = 0;
  gsize written;

  say (stream, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 10000000000\r\n\r\n");
  while (g_output_stream_write_all (g_io_stream_get_output_stream (stream), noise, 65536, &written, NULL, NULL))
    sent += 65536;
  g_test_message ("%" G_GUINT64_FORMAT " bytes went in", sent);
  g_assert_cmpuint (sent, <, 64 * 1024 * 1024);
}

/* Who sends ten gigabytes of nothing is not read to the end. */
static void
test_too_much (Fixture *fixture, gconstpointer data)
{
  run_client (fixture, send_too_much);
  wait_for_connections (fixture, 0);
}

/* how many */

static void
crowd_in (Fixture *fixture)
{
  g_autoptr(GPtrArray) resting = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GIOStream) busy = connect_tls (fixture, NULL);

  say (busy, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 10\r\n\r\n");
  for (guint i = 0; i < 40; i++)
    {
      GIOStream *stream = connect_tls (fixture, NULL);

      g_ptr_array_add (resting, stream);
      say (stream, HEALTH);
      g_assert_cmpuint (hear (stream), ==, 200);
      g_assert_cmpuint (mc_hub_listener_get_n_connections (fixture->listener), <=, 8);
    }
  say (busy, "0123456789");
  g_assert_cmpuint (hear (busy), ==, 400);
}

/* However many connections rest, the next one gets in, and nobody who is at work is sent away for it. */
static void
test_crowd (Fixture *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  limits.max_connections = 8;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  run_client (fixture, crowd_in);
  wait_for_connections (fixture, 0);
}

static GSocketConnection *waiting;

static gpointer
knock_thread (gpointer data)
{
  waiting = connect_plain (data);

  return NULL;
}

static void
come_in (Fixture *fixture)
{
  g_autoptr(GIOStream) stream = g_tls_client_connection_new (G_IO_STREAM (waiting), NULL, NULL);

  g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  g_assert_true (g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, NULL));
  say (stream, HEALTH);
  g_assert_cmpuint (hear (stream), ==, 200);
}

/* A hub that has run out of descriptors lets people in again as soon as it has some. */
static void
test_descriptors (Fixture *fixture, gconstpointer data)
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

  run_client (fixture, come_in);
  g_clear_object (&waiting);
  wait_for_connections (fixture, 0);
}

/* the end */

static gint drained;

static void
finish_late (Fixture *fixture)
{
  g_autoptr(GIOStream) busy = connect_tls (fixture, NULL), resting = connect_tls (fixture, NULL);

  say (resting, HEALTH);
  g_assert_cmpuint (hear (resting), ==, 200);
  say (busy, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 10\r\n\r\n01234");
  /* The hub has the head for certain once it has answered another. */
  say (resting, HEALTH);
  g_assert_cmpuint (hear (resting), ==, 200);
  g_atomic_int_set (&drained, 1);
  g_main_context_wakeup (NULL);

  g_assert_cmpuint (hear (resting), ==, 0);
  say (busy, "56789");
  g_assert_cmpuint (hear (busy), ==, 400);
  g_assert_cmpuint (hear (busy), ==, 0);
}

static gpointer
finish_late_thread (gpointer data)
{
  finish_late (data);

  return NULL;
}

/* A hub that is stopped answers who is in the middle of a request, and sends the others home at once. */
static void
test_drain (Fixture *fixture, gconstpointer data)
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

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/listener/come-and-go", test_come_and_go);
  ADD ("/listener/kept-alive", test_kept_alive);
  ADD ("/listener/slow", test_slow);
  ADD ("/listener/dribble", test_dribble);
  ADD ("/listener/too-much", test_too_much);
  ADD ("/listener/crowd", test_crowd);
  ADD ("/listener/descriptors", test_descriptors);
  ADD ("/listener/drain", test_drain);

  return g_test_run ();
}
