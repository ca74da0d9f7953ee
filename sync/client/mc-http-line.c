/* mc-http-line.c: the connection beneath the requests: who is at its other end, and opening it ahead of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-http-private.h"

#include <gio/gnetworking.h>
#include <string.h>
#include <sys/socket.h>

#define SEND_BUFFER_BYTES (32 * 1024)
#define HUB_NAME          "CN=minhchung-hub"
#define BEGIN_MS          50

/* What is sent while it is on leaves in full packets, and the rest with what comes next: a bad line loses and delays packets,
 * not bytes.  The kernel waits a fifth of a second at most. */
void
mc_http_pack (McHttp   *self,
              gboolean  on)
{
  if (self->socket != NULL && !g_socket_is_closed (self->socket))
    g_socket_set_option (self->socket, IPPROTO_TCP, TCP_CORK, on, NULL);
}

/* who answers */

static gboolean
is_of_some_hub (GTlsCertificate *certificate)
{
  g_autofree char *name = NULL;

  g_object_get (certificate, "subject-name", &name, NULL);

  return g_strcmp0 (name, HUB_NAME) == 0;
}

static gboolean
accept_certificate_cb (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       gpointer              user_data)
{
  McHttp *self = user_data;
  guint8 pin[32];

  /* Neither names nor dates are asked: the key is the hub, whatever the clock says. */
  if (mc_tls_get_pin (certificate, pin) && memcmp (pin, self->hub.tls_pin, sizeof pin) == 0)
    self->peer = MC_PEER_RIGHT;
  else
    self->peer = is_of_some_hub (certificate) ? MC_PEER_OTHER_HUB : MC_PEER_STRANGER;
  /* The end of the handshake goes with the request. */
  mc_http_pack (self, self->peer == MC_PEER_RIGHT);

  return self->peer == MC_PEER_RIGHT;
}

/* While a request is on its way, what the kernel still holds of it is worth nothing to a program that ends: the next one
 * asks how far it came and goes on from there, and would only meet the rest on the line. */
void
mc_http_drop_at_close (McHttp   *self,
                       gboolean  drop)
{
  struct linger linger = { drop, 0 };

  if (self->socket != NULL && !g_socket_is_closed (self->socket))
    setsockopt (g_socket_get_fd (self->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* What the kernel holds when the line is cut is sent again: with a part of a frame it must stay below 128 KiB.  But it must hold
 * a whole segment: while packets are filled one that does not fit leaves by the kernel's timer only, a fifth of a second later,
 * and those of a line within one machine are of 64 KiB. */
static void
hold_little (GSocket *socket)
{
  struct tcp_info info = { 0 };
  socklen_t size = sizeof info;

  if (getsockopt (g_socket_get_fd (socket), IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    info.tcpi_advmss = 0;
  g_socket_set_option (socket, SOL_SOCKET, SO_SNDBUF, MAX (SEND_BUFFER_BYTES, (int) info.tcpi_advmss), NULL);
}

static void
network_event_cb (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *connection,
                  gpointer            user_data)
{
  McHttp *self = user_data;

  switch (event)
    {
    case G_SOCKET_CLIENT_RESOLVING:
    case G_SOCKET_CLIENT_CONNECTING:
      self->is_fresh = TRUE;
      self->is_calling = event == G_SOCKET_CLIENT_CONNECTING;
      self->line = MC_LINE_NONE;
      self->peer = MC_PEER_UNKNOWN;
      break;
    case G_SOCKET_CLIENT_CONNECTED:
      if (G_IS_SOCKET_CONNECTION (connection))
        {
          g_set_object (&self->socket, g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection)));
          hold_little (self->socket);
          mc_http_drop_at_close (self, TRUE);
        }
      self->line = MC_LINE_CONNECTED;
      self->n_connections++;
      break;
    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
      /* What fails from here to TLS is the proxy's doing. */
      self->line = MC_LINE_NONE;
      break;
    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
      self->line = MC_LINE_CONNECTED;
      break;
    case G_SOCKET_CLIENT_TLS_HANDSHAKED:
      self->line = MC_LINE_SECURE;
      break;
    case G_SOCKET_CLIENT_RESOLVED:
    case G_SOCKET_CLIENT_PROXY_NEGOTIATED:
    case G_SOCKET_CLIENT_COMPLETE:
    default:
      break;
    }
  self->moved_us = g_get_monotonic_time ();
}

void
mc_http_watch_line (McHttp      *self,
                    SoupMessage *message)
{
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);
  g_signal_connect (message, "network-event", G_CALLBACK (network_event_cb), self);
}

/* opening ahead */

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  McHttp *self = user_data;

  soup_session_preconnect_finish (SOUP_SESSION (source), result, &self->open_error);
  self->is_opening = FALSE;
}

static gboolean
waited_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* Until the first packet has gone: the rest is the kernel's, and the next request's.  Where a name has to be asked for
 * first, that has begun by then, and goes on meanwhile. */
static void
let_begin (McHttp *self)
{
  g_autoptr(GSource) source = g_timeout_source_new (BEGIN_MS);
  gboolean waited = FALSE;

  g_source_set_callback (source, waited_cb, &waited, NULL);
  g_source_attach (source, self->context);
  while (self->is_opening && !self->is_calling && !waited)
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (source);
}

void
mc_http_open (McHttp *self)
{
  g_autoptr(SoupMessage) message = soup_message_new ("GET", self->address);

  /* What is wrong with the address the first request says. */
  if (message == NULL || self->opening != NULL)
    return;
  self->opening = g_cancellable_new ();
  self->is_opening = TRUE;
  mc_http_watch_line (self, message);
  g_main_context_push_thread_default (self->context);
  soup_session_preconnect_async (self->session, message, G_PRIORITY_DEFAULT, self->opening, opened_cb, self);
  let_begin (self);
  g_main_context_pop_thread_default (self->context);
}

/* A cancel alone waits for a goodbye that the line does not carry. */
void
mc_http_stop_opening (McHttp *self)
{
  if (self->is_opening)
    {
      g_cancellable_cancel (self->opening);
      if (self->socket != NULL)
        g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
    }
  while (self->is_opening)
    g_main_context_iteration (self->context, TRUE);
  g_clear_object (&self->opening);
  g_clear_error (&self->open_error);
}
