/* mc-hub-listener.c: lets devices in, over TLS, as many and for as long as is fair
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libsoup's own listener stops for ever when it once runs out of descriptors, and has no limits; see also mc-hub-pipe.h.
 */

#include "hub/mc-hub-listener-private.h"

#include <gio/gnetworking.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_AT_ONCE  16
#define BACKLOG          256
#define PAUSE_SECONDS    1

const McHubLimits mc_hub_limits_default = {
  .max_connections = 600,
  .max_shaking = 32,
  .knock_seconds = 40,
  .hurry_seconds = 5,
  .welcome_seconds = 2,
  .work_seconds = 5,
  .handshake_seconds = 20,
  .header_seconds = 30,
  .stall_seconds = 60,
  .stall_bytes = 1024,
  .idle_seconds = 60,
};

static void welcome (McHubListener *self);

void
mc_hub_listener_forget (McHubListener   *self,
                        McHubConnection *connection)
{
  g_ptr_array_remove_fast (self->connections, connection);
  welcome (self);
}

/* what libsoup tells */

static void
request_started_cb (SoupServer        *soup,
                    SoupServerMessage *message,
                    gpointer           user_data)
{
  McHubConnection *connection = mc_hub_connection_find (message);

  if (connection != NULL)
    mc_hub_connection_begin (connection, message);
}

static void
request_finished_cb (SoupServer        *soup,
                     SoupServerMessage *message,
                     gpointer           user_data)
{
  McHubConnection *connection = mc_hub_connection_find (message);

  if (connection != NULL && connection->state != MC_HUB_LEAVING)
    mc_hub_connection_set_state (connection, MC_HUB_RESTING);
}

/* letting in */

/* glib-networking agrees to TLS 1.0 and 1.1 too, where the system does not forbid it. */
static gboolean
is_safe (McHubConnection *connection)
{
  if (g_tls_connection_get_protocol_version (G_TLS_CONNECTION (connection->base)) >= G_TLS_PROTOCOL_VERSION_TLS_1_2)
    return TRUE;
  mc_hub_connection_tell (connection, "old-tls");
  mc_hub_connection_break (connection);

  return FALSE;
}

static void
shaken_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  McHubConnection *connection = user_data;
  McHubListener *self = connection->listener;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL) || self->draining ||
      !is_safe (connection))
    {
      mc_hub_listener_forget (self, connection);
      return;
    }
  mc_hub_connection_serve (connection);
  welcome (self);
}

static void
shake_hands (McHubListener   *self,
             McHubConnection *connection)
{
  static const char * const protocols[] = { "http/1.1", NULL };
  g_autoptr(GSocketConnection) plain = g_socket_connection_factory_create_connection (connection->socket);
  g_autoptr(McHubPipe) packed = NULL;

  mc_hub_connection_set_state (connection, MC_HUB_SHAKING);
  if (self->certificate == NULL)
    {
      connection->base = G_IO_STREAM (g_steal_pointer (&plain));
      mc_hub_connection_serve (connection);
      return;
    }
  packed = mc_hub_pipe_new (G_IO_STREAM (plain));
  mc_hub_pipe_pack (packed, connection->socket);
  connection->base = g_tls_server_connection_new (G_IO_STREAM (packed), self->certificate, NULL);
  if (connection->base == NULL)
    {
      mc_hub_connection_leave (connection);
      return;
    }

  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (connection->base), FALSE);
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection->base), protocols);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (connection->base), G_PRIORITY_DEFAULT, NULL, shaken_cb, connection);
}

/* Begins with those whose turn it is. */
static void
welcome (McHubListener *self)
{
  McHubConnection *next;

  while (!self->draining && (next = mc_hub_crowd_find_next (self)))
    shake_hands (self, next);
}

static gboolean
spoke_cb (GSocket      *socket,
          GIOCondition  condition,
          gpointer      user_data)
{
  McHubConnection *connection = user_data;

  g_clear_pointer (&connection->knock_source, g_source_unref);
  /* It waits from now on. */
  mc_hub_connection_set_state (connection, MC_HUB_KNOCKING);
  welcome (connection->listener);

  return G_SOURCE_REMOVE;
}

/* A thread is for those who say something: a client of TLS speaks first, and whoever has only opened a connection takes
 * nobody's turn. */
static void
listen_to (McHubConnection *connection)
{
  connection->knock_source = g_socket_create_source (connection->socket, G_IO_IN, NULL);
  g_source_set_callback (connection->knock_source, G_SOURCE_FUNC (spoke_cb), connection, NULL);
  g_source_attach (connection->knock_source, g_main_context_get_thread_default ());
}

static void
let_in (McHubListener *self,
        GSocket       *socket)
{
  McHubConnection *connection;
  g_autoptr(GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);

  /* Gone before it was let in. */
  if (remote == NULL)
    {
      g_socket_close (socket, NULL);
      return;
    }
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_keepalive (socket, TRUE);
  connection = mc_hub_connection_new (self, socket, remote);
  g_ptr_array_add (self->connections, connection);
  if (self->certificate != NULL)
    listen_to (connection);
  welcome (self);
}

static void start_accepting (McHubListener *self);

static gboolean
pause_cb (gpointer user_data)
{
  McHubListener *self = user_data;

  self->pause_source = 0;
  start_accepting (self);

  return G_SOURCE_REMOVE;
}

static gboolean
accept_cb (GSocket      *socket,
           GIOCondition  condition,
           gpointer      user_data)
{
  McHubListener *self = user_data;

  for (guint i = 0; i < ACCEPTS_AT_ONCE; i++)
    {
      g_autoptr(GSocket) accepted = NULL;
      g_autoptr(GError) error = NULL;
      gboolean has_room = mc_hub_crowd_make_room (self);

      if (has_room)
        accepted = g_socket_accept (socket, NULL, &error);
      if (accepted != NULL)
        {
          let_in (self, accepted);
          continue;
        }
      if (has_room && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;

      /* No room, or no descriptors: the rest waits in the kernel's queue. */
      if (has_room)
        g_message ("accept outcome=failed detail=\"%s\"", error->message);
      g_clear_pointer (&self->accept_source, g_source_unref);
      if (has_room)
        self->pause_source = g_timeout_add_seconds (PAUSE_SECONDS, pause_cb, self);
      else
        self->pause_source = g_timeout_add (50, pause_cb, self);
      return G_SOURCE_REMOVE;
    }

  return G_SOURCE_CONTINUE;
}

static void
start_accepting (McHubListener *self)
{
  self->accept_source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->accept_source, G_SOURCE_FUNC (accept_cb), self, NULL);
  g_source_attach (self->accept_source, g_main_context_get_thread_default ());
}

/* the time */

static gboolean
sweep_cb (gpointer user_data)
{
  McHubListener *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  mc_hub_crowd_hurry (self);
  for (guint i = self->connections->len; i > 0; i--)
    {
      McHubConnection *connection = self->connections->pdata[i - 1];
      const char *fault = mc_hub_connection_find_fault (connection, now_us);

      if (fault != NULL)
        mc_hub_connection_cut (connection, fault);
      else if (connection->state == MC_HUB_RESTING && now_us - connection->since_us >= self->limits.idle_seconds * G_TIME_SPAN_SECOND)
        mc_hub_connection_leave (connection);
    }

  return G_SOURCE_CONTINUE;
}

/* libsoup keeps connections alive only while it believes that it listens itself: it is given one end of a pair whose
 * other end says nothing. */
static gboolean
pretend_to_listen (McHubListener  *self,
                   GError        **error)
{
  int pair[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No pair of sockets");
      return FALSE;
    }
  self->never_peer = pair[1];
  self->never = g_socket_new_from_fd (pair[0], error);

  return self->never != NULL && soup_server_listen_socket (self->soup, self->never, 0, error);
}

static GSocket *
listen_on (const char  *address,
           guint        port,
           GError     **error)
{
  g_autoptr(GSocketAddress) where = g_inet_socket_address_new_from_string (address, port);
  g_autoptr(GSocket) socket = NULL;

  if (where == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "“%s” is no IP address to listen on", address);
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (where), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);

  return g_socket_bind (socket, where, TRUE, error) && g_socket_listen (socket, error) ? g_steal_pointer (&socket) : NULL;
}

/**
 * mc_hub_listener_new:
 * @soup: serves what is let in
 * @certificate: (nullable): with its key; %NULL = without TLS
 * @address: IP address
 * @port: 0 = any free one
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a listener that accepts from now on
 */
McHubListener *
mc_hub_listener_new (SoupServer       *soup,
                     GTlsCertificate  *certificate,
                     const char       *address,
                     guint             port,
                     GError          **error)
{
  g_autoptr(McHubListener) self = g_new0 (McHubListener, 1);

  self->soup = g_object_ref (soup);
  self->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  self->limits = mc_hub_limits_default;
  self->connections = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_hub_connection_free);
  self->never_peer = -1;
  if (!(self->socket = listen_on (address, port, error)) || !pretend_to_listen (self, error))
    return NULL;

  g_signal_connect (soup, "request-started", G_CALLBACK (request_started_cb), self);
  g_signal_connect (soup, "request-finished", G_CALLBACK (request_finished_cb), self);
  self->sweep_source = g_timeout_add_seconds (1, sweep_cb, self);
  start_accepting (self);

  return g_steal_pointer (&self);
}

static void
stop_accepting (McHubListener *self)
{
  g_clear_handle_id (&self->pause_source, g_source_remove);
  if (self->accept_source != NULL)
    g_source_destroy (self->accept_source);
  g_clear_pointer (&self->accept_source, g_source_unref);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
}

static void
leave_all (McHubListener *self,
           gboolean       also_busy)
{
  for (guint i = self->connections->len; i > 0; i--)
    {
      McHubConnection *connection = self->connections->pdata[i - 1];

      if (also_busy || (connection->state != MC_HUB_BUSY && connection->state != MC_HUB_LEAVING))
        mc_hub_connection_leave (connection);
    }
}

void
mc_hub_listener_free (McHubListener *self)
{
  stop_accepting (self);
  self->draining = TRUE;
  /* Twice: the second one hurries those that still say goodbye. */
  leave_all (self, TRUE);
  leave_all (self, TRUE);
  while (self->connections->len > 0)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);

  g_clear_handle_id (&self->sweep_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->soup, self);
  soup_server_disconnect (self->soup);
  g_clear_object (&self->never);
  if (self->never_peer >= 0)
    close (self->never_peer);
  g_clear_object (&self->socket);
  g_ptr_array_unref (self->connections);
  g_clear_object (&self->certificate);
  g_object_unref (self->soup);
  g_free (self);
}

void
mc_hub_listener_set_limits (McHubListener     *self,
                            const McHubLimits *limits)
{
  self->limits = *limits;
}

guint
mc_hub_listener_get_port (McHubListener *self)
{
  g_autoptr(GSocketAddress) where = g_socket_get_local_address (self->socket, NULL);

  return where != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (where)) : 0;
}

guint
mc_hub_listener_get_n_connections (McHubListener *self)
{
  return self->connections->len;
}

void
mc_hub_listener_drop (McHubListener     *self,
                      SoupServerMessage *message)
{
  McHubConnection *connection = mc_hub_connection_find (message);

  /* libsoup reads the end and lets go by itself. */
  if (connection != NULL)
    mc_hub_connection_break (connection);
}

void
mc_hub_listener_drain (McHubListener *self,
                       guint          seconds)
{
  gint64 until_us = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;

  stop_accepting (self);
  self->draining = TRUE;
  while (self->connections->len > 0 && g_get_monotonic_time () < until_us)
    {
      leave_all (self, FALSE);
      /* The sweep wakes it at least once a second. */
      g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
    }
}
