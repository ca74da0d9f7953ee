/* test-crowd.c: one office that wants the hub for itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A single PC can open hundreds of connections, and with the key of a device it can begin hundreds of requests.  The others
 * come from another address; the hub has a turn for them all the same.
 */

#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>

#include "core/mc-limits.h"
#include "hub/listener-fixture.h"
#include "mc-test.h"

#define HERE  "127.0.0.1"
#define THERE "127.0.0.2"

static void
ask_health (Listening  *fixture,
            const char *from)
{
  g_autoptr(GIOStream) stream = listener_connect_tls (fixture, from, NULL);

  listener_say (stream, HEALTH);
  g_assert_cmpuint (listener_hear (stream), ==, 200);
}

/* shaking hands */

static void
knock_and_wait (Listening *fixture)
{
  g_autoptr(GPtrArray) silent = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 80; i++)
    g_ptr_array_add (silent, listener_connect_plain (fixture, HERE));
  while (mc_hub_listener_get_n_connections (fixture->listener) < 80)
    g_thread_yield ();
  for (guint i = 0; i < 3; i++)
    ask_health (fixture, THERE);
  /* None of them was sent away for it, and when some have gone it is a neighbour's turn. */
  g_assert_cmpuint (mc_hub_listener_get_n_connections (fixture->listener), >=, 80);
  g_ptr_array_set_size (silent, 0);
  ask_health (fixture, HERE);
}

/* Who opens connections and says nothing on them keeps the hub's threads from nobody else. */
static void
test_half_open (Listening *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  /* They would be through with it long before. */
  limits.handshake_seconds = limits.knock_seconds = 25;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  listener_run_client (fixture, knock_and_wait);
  listener_wait_for_connections (fixture, 0);
}

#define OFFICE 40

typedef struct
{
  Listening *fixture;
  double seconds;        /* until it was answered */
} Colleague;

/* The handshakes of GIO run in the threads that the hub of this very process needs for its own. */
static void
ask_health_alone (Listening *fixture)
{
  g_autoptr(GSocketConnection) connection = listener_connect_plain (fixture, HERE);
  GSocket *socket = g_socket_connection_get_socket (connection);
  gnutls_certificate_credentials_t nobody;
  gnutls_session_t session;
  char answer[400] = "";

  g_assert_cmpint (fcntl (g_socket_get_fd (socket), F_SETFL, 0), ==, 0);
  gnutls_certificate_allocate_credentials (&nobody);
  gnutls_init (&session, GNUTLS_CLIENT);
  gnutls_set_default_priority (session);
  gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, nobody);
  gnutls_transport_set_int (session, g_socket_get_fd (socket));
  g_assert_cmpint (gnutls_handshake (session), ==, GNUTLS_E_SUCCESS);
  g_assert_cmpint (gnutls_record_send (session, HEALTH, strlen (HEALTH)), ==, strlen (HEALTH));
  g_assert_cmpint (gnutls_record_recv (session, answer, sizeof answer - 1), >, 0);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200"));
  gnutls_deinit (session);
  gnutls_certificate_free_credentials (nobody);
}

static gpointer
work (gpointer data)
{
  Colleague *self = data;
  gint64 started_us = g_get_monotonic_time ();

  ask_health_alone (self->fixture);
  self->seconds = (g_get_monotonic_time () - started_us) / 1e6;

  return NULL;
}

/* Begins as TLS does, and no more. */
static GSocketConnection *
stammer (Listening *fixture)
{
  GSocketConnection *connection = listener_connect_plain (fixture, HERE);

  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), "\x16", 1, NULL, NULL, NULL));

  return connection;
}

static void
come_all_at_once (Listening *fixture)
{
  g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);
  Colleague office[OFFICE];
  GThread *threads[OFFICE];
  double longest = 0;

  for (guint i = 0; i < 30; i++)
    g_ptr_array_add (others, listener_connect_plain (fixture, HERE));
  for (guint i = 0; i < 8; i++)
    g_ptr_array_add (others, stammer (fixture));
  while (mc_hub_listener_get_n_connections (fixture->listener) < others->len)
    g_thread_yield ();
  for (guint i = 0; i < OFFICE; i++)
    {
      office[i] = (Colleague) { .fixture = fixture };
      threads[i] = g_thread_new ("colleague", work, &office[i]);
    }
  ask_health (fixture, THERE);
  for (guint i = 0; i < OFFICE; i++)
    {
      g_thread_join (threads[i]);
      longest = MAX (longest, office[i].seconds);
    }
  g_test_message ("the last one after %.1f s", longest);
  g_assert_cmpfloat (longest, <, 15);
  /* Who said nothing took nobody's turn, and is still there. */
  g_assert_cmpuint (mc_hub_listener_get_n_connections (fixture->listener), >=, 30);
}

/* A district office has one address for all its PCs.  They all get through in seconds, though some of them have died in the
 * middle of a handshake and others have only knocked. */
static void
test_office (Listening *fixture, gconstpointer data)
{
  listener_run_client (fixture, come_all_at_once);
  listener_wait_for_connections (fixture, 0);
}

static void
knock_in_vain (Listening *fixture)
{
  g_autoptr(GSocketConnection) first = listener_connect_plain (fixture, HERE), second = listener_connect_plain (fixture, HERE);
  char byte;

  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (second)), &byte, 1, NULL, NULL), <=, 0);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (first)), &byte, 1, NULL, NULL), <=, 0);
}

/* Whose turn never comes is not kept waiting for ever either. */
static void
test_no_turn (Listening *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  limits.max_shaking = 4;
  limits.knock_seconds = 1;
  limits.handshake_seconds = 3;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  listener_run_client (fixture, knock_in_vain);
  listener_wait_for_connections (fixture, 0);
}

/* slow bodies */

static void
hold_on (Listening *fixture)
{
  g_autoptr(GPtrArray) slow = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GIOStream) honest = listener_connect_tls (fixture, THERE, NULL);

  listener_say (honest, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 10\r\n\r\n");
  for (guint i = 0; i < 40; i++)
    {
      GIOStream *stream = listener_connect_tls (fixture, HERE, NULL);

      g_ptr_array_add (slow, stream);
      listener_say (stream, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\nx");
    }
  for (guint i = 0; i < 3; i++)
    ask_health (fixture, "127.0.0.3");
  listener_say (honest, "0123456789");
  g_assert_cmpuint (listener_hear (honest), ==, 400);
}

/* Who fills the hub with requests that never come to their end loses them, one for each that comes, and nobody else does. */
static void
test_slow_bodies (Listening *fixture, gconstpointer data)
{
  McHubLimits limits = mc_hub_limits_default;

  limits.max_connections = 16;
  limits.welcome_seconds = 60;
  limits.work_seconds = 0;
  mc_hub_listener_set_limits (fixture->listener, &limits);
  listener_run_client (fixture, hold_on);
  listener_wait_for_connections (fixture, 0);
}

static void
lie_about_length (Listening *fixture)
{
  static const char * const lengths[] = { "-2", "18446744073709551614", "9223372036854775808" };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr(GIOStream) stream = listener_connect_tls (fixture, HERE, NULL);
      g_autofree char *head = g_strdup_printf ("POST /v1/enrol HTTP/1.1\r\nHost: hub\r\nContent-Length: %s\r\n\r\n{}", lengths[i]);

      listener_say (stream, head);
      g_assert_cmpuint (listener_hear (stream), ==, 0);
    }
  ask_health (fixture, HERE);
}

/* A body of less than nothing is not waited for, and not complained about. */
static void
test_length (Listening *fixture, gconstpointer data)
{
  listener_run_client (fixture, lie_about_length);
  listener_wait_for_connections (fixture, 0);
}

/* with a key */

static Device *device;

/* HELLO and no more.  The hub's end of a handshake is a thread that a busy machine may hold up: whoever is asked first whether
 * he is well is heard in his turn. */
static GIOStream *
begin_sync (Listening *fixture)
{
  GIOStream *stream = listener_connect_tls (fixture, HERE, NULL);
  McFrameWriter *writer = hub_begin_request (device);
  g_autoptr(GBytes) hello = mc_frame_writer_take (writer);

  listener_say (stream, HEALTH);
  g_assert_cmpuint (listener_hear (stream), ==, 200);
  listener_say (stream, "POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\n");
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), g_bytes_get_data (hello, NULL),
                                            g_bytes_get_size (hello), NULL, NULL, NULL));
  mc_frame_writer_free (writer);

  return stream;
}

static void
finish_sync (GIOStream *stream)
{
  g_autofree char *rest = g_strnfill (1000000, 'x');

  listener_say (stream, rest);
  g_assert_cmpuint (listener_hear (stream), ==, 400);
}

static void
begin_often (Listening *fixture)
{
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < MC_TURNS_MAX; i++)
    {
      g_ptr_array_add (streams, begin_sync (fixture));
      ask_health (fixture, THERE);
    }
  /* All are still there: each gets an answer to its broken end. */
  for (guint i = MC_TURNS_MAX; i < 10; i++)
    {
      g_ptr_array_add (streams, begin_sync (fixture));
      g_assert_cmpuint (listener_hear (streams->pdata[i - MC_TURNS_MAX]), ==, 0);
    }
  for (guint i = 10 - MC_TURNS_MAX; i < 10; i++)
    finish_sync (streams->pdata[i]);
}

static void
begin_in_its_name (Listening *fixture)
{
  g_autoptr(GIOStream) honest = begin_sync (fixture);
  g_autoptr(GPtrArray) forged = g_ptr_array_new_with_free_func (g_object_unref);
  McSigningKey right = device->key;

  ask_health (fixture, THERE);
  mc_signing_key_new (&device->key);
  for (guint i = 0; i < 2 * MC_TURNS_MAX; i++)
    g_ptr_array_add (forged, begin_sync (fixture));
  device->key = right;
  /* The hub has heard them all. */
  for (guint i = 0; i < forged->len; i++)
    {
      g_autofree char *rest = g_strnfill (1000000, 'x');

      listener_say (forged->pdata[i], rest);
      g_assert_cmpuint (listener_hear (forged->pdata[i]), ==, 403);
    }
  finish_sync (honest);
}

/* Who knows a device's name and not its key takes no turn from it. */
static void
test_forged_turns (Listening *fixture, gconstpointer data)
{
  device = hub_device_new (&fixture->base, TOWN, "commune");
  listener_run_client (fixture, begin_in_its_name);
  listener_wait_for_connections (fixture, 0);
  hub_device_free (device);
}

/* As many requests of one device as the bound says live side by side; of one more the oldest gives way, and its memory. */
static void
test_turns (Listening *fixture, gconstpointer data)
{
  device = hub_device_new (&fixture->base, TOWN, "commune");
  listener_run_client (fixture, begin_often);
  listener_wait_for_connections (fixture, 0);
  hub_device_free (device);
}

/* How much of deleted files the hub still holds open: it is on the disk, and in no folder. */
static guint64
count_nameless_bytes (void)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint64 bytes = 0;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);
      struct stat info;

      if (target != NULL && strstr (target, "/partial/bundle-") != NULL && stat (path, &info) == 0 && info.st_nlink == 0)
        bytes += info.st_size;
    }

  return bytes;
}

static GIOStream *
begin_bundle (Listening *fixture,
              guint      number)
{
  GIOStream *stream = listener_connect_tls (fixture, HERE, NULL);
  g_autofree char *path = g_strdup_printf ("/v1/bundle/%064x", number), *head = NULL, *hex = NULL, *piece = g_strnfill (300000, 'x');
  g_autoptr(GBytes) message = mc_message_ask (&fixture->base.hub->identity, "POST", device->id, path, "0");
  guint8 signature[MC_SIGNATURE_BYTES];

  mc_sign (&device->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  hex = mc_hex (signature, sizeof signature);
  head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: hub\r\nMc-Device: %s\r\nMc-Nonce: 0\r\nMc-Signature: %s\r\n"
                          "Mc-Offset: 0\r\nMc-Total: 1000000\r\nContent-Length: 1000000\r\n\r\n", path, device->id, hex);
  listener_say (stream, head);
  listener_say (stream, piece);

  return stream;
}

static void
carry_many (Listening *fixture)
{
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *piece = g_strnfill (300000, 'y');

      g_ptr_array_add (streams, begin_bundle (fixture, i));
      /* The former ones go on, too. */
      for (guint former = 0; former < i && i < 3; former++)
        listener_say (streams->pdata[former], piece);
      ask_health (fixture, THERE);
    }
  g_assert_cmpuint (count_nameless_bytes (), ==, 0);
}

/* A device that carries one bundle after another, and finishes none, holds the room of one: the former ones are nowhere. */
static void
test_bundles (Listening *fixture, gconstpointer data)
{
  device = hub_device_new (&fixture->base, TOWN, "commune");
  listener_run_client (fixture, carry_many);
  listener_wait_for_connections (fixture, 0);
  hub_device_free (device);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Listening, NULL, listener_set_up, func, listener_tear_down)
  ADD ("/crowd/half-open", test_half_open);
  ADD ("/crowd/office", test_office);
  ADD ("/crowd/no-turn", test_no_turn);
  ADD ("/crowd/slow-bodies", test_slow_bodies);
  ADD ("/crowd/length", test_length);
  ADD ("/crowd/turns", test_turns);
  ADD ("/crowd/forged-turns", test_forged_turns);
  ADD ("/crowd/bundles", test_bundles);

  return g_test_run ();
}
