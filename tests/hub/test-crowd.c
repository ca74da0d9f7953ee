/* test-crowd.c: one office that wants the hub for itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A single PC can open hundreds of connections, and keep each of them alive.  The others
 * come from another address; the hub has a turn for them all the same.
 */

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Listening, NULL, listener_set_up, func, listener_tear_down)
  ADD ("/crowd/half-open", test_half_open);
  ADD ("/crowd/no-turn", test_no_turn);
  ADD ("/crowd/slow-bodies", test_slow_bodies);
  ADD ("/crowd/length", test_length);

  return g_test_run ();
}
