/* mc-hub-listener.c: lets devices in, over TLS, as many and for as long as is fair
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libsoup's own listener stops for ever when it once runs out of descriptors, and has no limits; see also mc-hub-pipe.h.
 */

#include "hub/mc-hub-listener.h"

#include <gio/gnetworking.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hub/mc-hub-pipe.h"

#define ACCEPTS_AT_ONCE  16
#define BACKLOG          256
#define PAUSE_SECONDS    1
#define GOODBYE_SECONDS  5

const McHubLimits mc_hub_limits_default = {
  .max_connections = 600,
  .handshake_seconds = 20,
  .header_seconds = 30,
  .stall_seconds = 60,
  .stall_bytes = 1024,
  .idle_seconds = 60,
};

typedef enum
{
  SHAKING,      /* hands */
  WAITING,      /* for the headers of a request */
  BUSY,         /* with a body or an answer */
  RESTING,      /* between two requests */
  LEAVING,      /* says goodbye */
} State;

typedef struct
{
  McHubListener *listener;
  GSocket *socket;              /* (owned) */
  GIOStream *base;              /* (owned) TLS, or the socket itself */
  McHubPipe *pipe;              /* (owned) (nullable) while shaking hands */
  GSocketAddress *remote;       /* (owned) libsoup gives it back with every message */
  SoupServerMessage *message;   /* (owned) (nullable) the last one: by it libsoup can be made to let go */
  State state;
  gint64 since_us;              /* of the state */
  gint64 mark_us;               /* a stall is counted from here */
  guint64 mark_moved;
} Connection;

struct _McHubListener
{
  SoupServer *soup;             /* (owned) */
  GTlsCertificate *certificate; /* (owned) (nullable) */
  McHubLimits limits;
  GSocket *socket;              /* (owned) (nullable) */
  GSource *accept_source;       /* (owned) (nullable) */
  guint pause_source;
  guint sweep_source;
  GPtrArray *connections;       /* (owned) (element-type Connection) */
  GSocket *never;               /* (owned) what libsoup believes to listen on */
  int never_peer;
  gboolean draining;
};

static const char connection_key[] = "mc-hub-connection";

static void
set_state (Connection *self,
           State       state)
{
  self->state = state;
  self->since_us = self->mark_us = g_get_monotonic_time ();
  self->mark_moved = self->pipe != NULL ? mc_hub_pipe_get_moved (self->pipe) : 0;
  if (self->pipe != NULL)
    mc_hub_pipe_set_resting (self->pipe, state == RESTING);
}

static void
set_message (Connection        *self,
             SoupServerMessage *message)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_set_object (&self->message, message);
}

static void
connection_free (gpointer data)
{
  Connection *self = data;

  set_message (self, NULL);
  g_object_set_data (G_OBJECT (self->remote), connection_key, NULL);
  if (self->pipe != NULL)
    g_signal_handlers_disconnect_by_data (self->pipe, self);
  g_clear_object (&self->pipe);
  g_clear_object (&self->base);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_object_unref (self->remote);
  g_free (self);
}

static void
forget (Connection *self)
{
  g_ptr_array_remove_fast (self->listener->connections, self);
}

static void
goodbye_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  forget (user_data);
}

/* libsoup, or leave(), has closed the pipe. */
static void
closed_cb (Connection *self)
{
  set_message (self, NULL);
  set_state (self, LEAVING);
  g_io_stream_close_async (self->base, G_PRIORITY_DEFAULT, NULL, goodbye_cb, self);
}

/* Takes the connection away from libsoup, whatever it is about, and closes it.  Not from within a signal of its message. */
static void
leave (Connection *self)
{
  g_autoptr(SoupServerMessage) message = self->message != NULL ? g_object_ref (self->message) : NULL;
  g_autoptr(McHubPipe) pipe = self->pipe != NULL ? g_object_ref (self->pipe) : NULL;
  g_autoptr(GIOStream) stolen = NULL;

  if (self->state == LEAVING || pipe == NULL)
    {
      /* A thread is saying goodbye, or shaking hands; it hears of this. */
      g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
      return;
    }
  if (message != NULL)
    stolen = soup_server_message_steal_connection (message);
  g_io_stream_close (G_IO_STREAM (pipe), NULL, NULL);
}

/* Ends the line from here on.  What the client still sends must be answered by a reset: with a full window and a mere
 * goodbye its kernel would ask for room, and its program wait, for minutes. */
static void
break_line (Connection *self)
{
  struct linger at_once = { 1, 0 };

  setsockopt (g_socket_get_fd (self->socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}

static void
cut (Connection *self,
     const char *why)
{
  g_autofree char *from = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (self->remote));

  g_message ("connection from=%s outcome=%s", from, why);
  /* Whoever does not read does not hear a goodbye either. */
  break_line (self);
  leave (self);
}

/* what libsoup tells */

static void
got_headers_cb (SoupServerMessage *message,
                Connection        *self)
{
  set_state (self, BUSY);
}

static Connection *
find_connection (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (soup_server_message_get_remote_address (message)), connection_key);
}

static void
request_started_cb (SoupServer        *soup,
                    SoupServerMessage *message,
                    gpointer           user_data)
{
  Connection *connection = find_connection (message);

  if (connection == NULL)
    return;
  set_message (connection, message);
  set_state (connection, WAITING);
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), connection);
}

static void
request_finished_cb (SoupServer        *soup,
                     SoupServerMessage *message,
                     gpointer           user_data)
{
  Connection *connection = find_connection (message);

  if (connection != NULL && connection->state != LEAVING)
    set_state (connection, RESTING);
}

/* letting in */

static void
start_serving (Connection *self)
{
  g_autoptr(GSocketAddress) local = g_socket_get_local_address (self->socket, NULL);

  self->pipe = mc_hub_pipe_new (self->base);
  set_state (self, WAITING);
  g_signal_connect_swapped (self->pipe, "closed", G_CALLBACK (closed_cb), self);
  g_signal_connect_swapped (self->pipe, "ended", G_CALLBACK (leave), self);
  if (local == NULL || !soup_server_accept_iostream (self->listener->soup, G_IO_STREAM (self->pipe), local, self->remote, NULL))
    leave (self);
}

static void
shaken_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Connection *self = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error) || self->listener->draining)
    forget (self);
  else
    start_serving (self);
}

static gboolean
shake_hands (Connection  *self,
             GError     **error)
{
  static const char * const protocols[] = { "http/1.1", NULL };
  g_autoptr(GSocketConnection) plain = g_socket_connection_factory_create_connection (self->socket);
  GTlsConnection *tls;

  if (self->listener->certificate == NULL)
    {
      self->base = G_IO_STREAM (g_steal_pointer (&plain));
      start_serving (self);
      return TRUE;
    }
  self->base = g_tls_server_connection_new (G_IO_STREAM (plain), self->listener->certificate, error);
  if (self->base == NULL)
    return FALSE;

  tls = G_TLS_CONNECTION (self->base);
  g_tls_connection_set_require_close_notify (tls, FALSE);
  g_tls_connection_set_advertised_protocols (tls, protocols);
  g_tls_connection_handshake_async (tls, G_PRIORITY_DEFAULT, NULL, shaken_cb, self);

  return TRUE;
}

static void
let_in (McHubListener *self,
        GSocket       *socket)
{
  g_autoptr(GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  Connection *connection;

  /* Gone before it was let in. */
  if (remote == NULL)
    {
      g_socket_close (socket, NULL);
      return;
    }
  connection = g_new0 (Connection, 1);
  connection->listener = self;
  connection->socket = g_object_ref (socket);
  connection->remote = g_steal_pointer (&remote);
  g_object_set_data (G_OBJECT (connection->remote), connection_key, connection);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_keepalive (socket, TRUE);
  set_state (connection, SHAKING);
  g_ptr_array_add (self->connections, connection);
  if (!shake_hands (connection, NULL))
    forget (connection);
}

/* Room for one more: who rests longest goes first, then who has been waiting longest without a request. */
static gboolean
make_room (McHubListener *self)
{
  Connection *victim = NULL;

  if (self->connections->len < self->limits.max_connections)
    return TRUE;
  for (guint i = 0; i < self->connections->len; i++)
    {
      Connection *connection = self->connections->pdata[i];

      if (connection->state == RESTING &&
          (victim == NULL || victim->state != RESTING || connection->since_us < victim->since_us))
        victim = connection;
      else if ((connection->state == WAITING || connection->state == SHAKING) &&
               (victim == NULL || (victim->state != RESTING && connection->since_us < victim->since_us)))
        victim = connection;
    }
  if (victim != NULL && (victim->state == RESTING ||
                         g_get_monotonic_time () - victim->since_us > 2 * G_TIME_SPAN_SECOND))
    cut (victim, "full");

  return FALSE;
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
      gboolean has_room = make_room (self);

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

static const char *
find_fault (McHubListener *self,
            Connection    *connection,
            gint64         now_us)
{
  gint64 seconds = (now_us - connection->since_us) / G_TIME_SPAN_SECOND;

  switch (connection->state)
    {
    case SHAKING:
      return seconds >= self->limits.handshake_seconds ? "no-handshake" : NULL;
    case WAITING:
      return seconds >= self->limits.header_seconds ? "no-request" : NULL;
    case LEAVING:
      return seconds >= GOODBYE_SECONDS ? "no-goodbye" : NULL;
    case BUSY:
      if (now_us - connection->mark_us < self->limits.stall_seconds * G_TIME_SPAN_SECOND)
        return NULL;
      if (mc_hub_pipe_get_moved (connection->pipe) - connection->mark_moved < self->limits.stall_bytes)
        return "stalled";
      connection->mark_us = now_us;
      connection->mark_moved = mc_hub_pipe_get_moved (connection->pipe);
      return NULL;
    case RESTING:
    default:
      return NULL;
    }
}

static gboolean
sweep_cb (gpointer user_data)
{
  McHubListener *self = user_data;
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = self->connections->len; i > 0; i--)
    {
      Connection *connection = self->connections->pdata[i - 1];
      const char *fault = find_fault (self, connection, now_us);

      if (fault != NULL)
        cut (connection, fault);
      else if (connection->state == RESTING && now_us - connection->since_us >= self->limits.idle_seconds * G_TIME_SPAN_SECOND)
        leave (connection);
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
  self->connections = g_ptr_array_new_with_free_func (connection_free);
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
      Connection *connection = self->connections->pdata[i - 1];

      if (also_busy || (connection->state != BUSY && connection->state != LEAVING))
        leave (connection);
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
  Connection *connection = find_connection (message);

  /* libsoup reads the end and lets go by itself. */
  if (connection != NULL)
    break_line (connection);
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
