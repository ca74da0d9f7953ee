/* listener-fixture.c: a hub that listens, and clients that write what they like
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include "hub/listener-fixture.h"

#include <stdlib.h>
#include <string.h>

void
listener_set_up (Listening *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  hub_set_up (&fixture->base, data);
  fixture->server = mc_hub_server_new (fixture->base.hub, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  fixture->listener = mc_hub_server_get_listener (fixture->server);
  fixture->port = mc_hub_server_get_port (fixture->server);
}

void
listener_tear_down (Listening *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->server, mc_hub_server_free);
  hub_tear_down (&fixture->base, data);
}

/* what runs beside the hub */

typedef struct
{
  Listening *fixture;
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

void
listener_run_client (Listening  *fixture,
                     ClientFunc  func)
{
  Client client = { fixture, func, FALSE };
  GThread *thread = g_thread_new ("client", client_thread, &client);

  while (!g_atomic_int_get (&client.done))
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
}

gboolean
listener_accept_cb (GTlsConnection       *tls,
                    GTlsCertificate      *certificate,
                    GTlsCertificateFlags  flags,
                    gpointer              user_data)
{
  return TRUE;
}

GSocketConnection *
listener_connect_plain (Listening  *fixture,
                        const char *from)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, 30);
  if (from != NULL)
    {
      g_autoptr(GSocketAddress) here = g_inet_socket_address_new_from_string (from, 0);

      g_socket_client_set_local_address (client, here);
    }
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", fixture->port, NULL, &error);
  g_assert_no_error (error);

  return connection;
}

GIOStream *
listener_connect_tls (Listening   *fixture,
                      const char  *from,
                      GSocket    **out_socket)
{
  g_autoptr(GSocketConnection) plain = listener_connect_plain (fixture, from);
  g_autoptr(GError) error = NULL;
  GIOStream *tls = g_tls_client_connection_new (G_IO_STREAM (plain), NULL, &error);

  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (listener_accept_cb), NULL);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error);
  g_assert_no_error (error);
  if (out_socket != NULL)
    *out_socket = g_object_ref (g_socket_connection_get_socket (plain));

  return tls;
}

void
listener_say (GIOStream  *stream,
              const char *text)
{
  g_autoptr(GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

guint
listener_hear (GIOStream *stream)
{
  g_autoptr(GString) answer = g_string_new (NULL);
  char buffer[4096];
  const char *end, *length;

  do
    {
      g_autoptr(GError) error = NULL;
      gssize got = g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, sizeof buffer, NULL, &error);

      /* A hub that says nothing is not one that has hung up. */
      g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
      if (got <= 0)
        return 0;
      g_string_append_len (answer, buffer, got);
      end = strstr (answer->str, "\r\n\r\n");
      length = strcasestr (answer->str, "Content-Length:");
    }
  while (end == NULL || answer->len < (gsize) (end + 4 - answer->str) + (length != NULL ? atoi (length + 15) : 0));

  return atoi (answer->str + strlen ("HTTP/1.1 "));
}

void
listener_wait_for_connections (Listening *fixture,
                               guint      count)
{
  while (mc_hub_listener_get_n_connections (fixture->listener) != count)
    g_main_context_iteration (NULL, TRUE);
}
