/* mc-hub-connection.c: one connection, from its first byte to the last goodbye
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-listener-private.h"

#include <string.h>
#include <sys/socket.h>

#include "hub/mc-hub-range.h"

#define GOODBYE_SECONDS 5

static const char connection_key[] = "mc-hub-connection";

void
mc_hub_connection_set_state (McHubConnection *self,
                             McHubState       state)
{
  self->state = state;
  self->since_us = self->mark_us = g_get_monotonic_time ();
  self->since_moved = self->mark_moved = self->pipe != NULL ? mc_hub_pipe_get_moved (self->pipe) : 0;
  if (self->pipe != NULL)
    mc_hub_pipe_set_resting (self->pipe, state == MC_HUB_RESTING);
}

static void
set_message (McHubConnection   *self,
             SoupServerMessage *message)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_set_object (&self->message, message);
}

/* An address of IPv4, or the network of one of IPv6, where a single house has more of them than can be counted. */
static guint64
read_neighbourhood (GSocketAddress *remote)
{
  GInetAddress *address;
  guint64 bytes = 0;

  if (!G_IS_INET_SOCKET_ADDRESS (remote))
    return 0;
  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  memcpy (&bytes, g_inet_address_to_bytes (address), MIN (sizeof bytes, g_inet_address_get_native_size (address)));

  return bytes;
}

McHubConnection *
mc_hub_connection_new (McHubListener  *listener,
                       GSocket        *socket,
                       GSocketAddress *remote)
{
  McHubConnection *self = g_new0 (McHubConnection, 1);

  self->listener = listener;
  self->socket = g_object_ref (socket);
  self->remote = g_object_ref (remote);
  self->neighbourhood = read_neighbourhood (remote);
  g_object_set_data (G_OBJECT (remote), connection_key, self);
  mc_hub_connection_set_state (self, MC_HUB_KNOCKING);

  return self;
}

static void
stop_listening (McHubConnection *self)
{
  if (self->knock_source != NULL)
    g_source_destroy (self->knock_source);
  g_clear_pointer (&self->knock_source, g_source_unref);
}

void
mc_hub_connection_free (McHubConnection *self)
{
  g_clear_handle_id (&self->cut_source, g_source_remove);
  g_clear_handle_id (&self->gone_source, g_source_remove);
  stop_listening (self);
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
goodbye_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  McHubConnection *self = user_data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  mc_hub_listener_forget (self->listener, self);
}

/* libsoup, or a leave, has closed the pipe. */
static void
closed_cb (McHubConnection *self)
{
  set_message (self, NULL);
  mc_hub_connection_set_state (self, MC_HUB_LEAVING);
  g_io_stream_close_async (self->base, G_PRIORITY_DEFAULT, NULL, goodbye_cb, self);
}

static gboolean
gone_cb (gpointer user_data)
{
  McHubConnection *self = user_data;

  self->gone_source = 0;
  mc_hub_listener_forget (self->listener, self);

  return G_SOURCE_REMOVE;
}

void
mc_hub_connection_leave (McHubConnection *self)
{
  g_autoptr(SoupServerMessage) message = self->message != NULL ? g_object_ref (self->message) : NULL;
  g_autoptr(McHubPipe) pipe = self->pipe != NULL ? g_object_ref (self->pipe) : NULL;
  g_autoptr(GIOStream) stolen = NULL;

  if (self->base == NULL && self->gone_source == 0)
    {
      /* Nobody has it yet. */
      stop_listening (self);
      mc_hub_connection_set_state (self, MC_HUB_LEAVING);
      self->gone_source = g_idle_add (gone_cb, self);
    }
  if (self->state == MC_HUB_LEAVING || pipe == NULL)
    {
      /* A thread is saying goodbye, or shaking hands; it hears of this. */
      g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
      return;
    }
  if (message != NULL)
    stolen = soup_server_message_steal_connection (message);
  g_io_stream_close (G_IO_STREAM (pipe), NULL, NULL);
}

/* What the client still sends must be answered by a reset: with a full window and a mere goodbye its kernel would ask for
 * room, and its program wait, for minutes. */
void
mc_hub_connection_break (McHubConnection *self)
{
  struct linger at_once = { 1, 0 };

  setsockopt (g_socket_get_fd (self->socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}

void
mc_hub_connection_tell (McHubConnection *self,
                        const char      *why)
{
  g_autofree char *from = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (self->remote));

  g_message ("connection from=%s outcome=%s", from, why);
}

void
mc_hub_connection_cut (McHubConnection *self,
                       const char      *why)
{
  mc_hub_connection_tell (self, why);
  /* Whoever does not read does not hear a goodbye either. */
  mc_hub_connection_break (self);
  mc_hub_connection_leave (self);
}

/* what libsoup tells */

static gboolean
cut_cb (gpointer user_data)
{
  McHubConnection *self = user_data;

  self->cut_source = 0;
  mc_hub_connection_cut (self, "bad-length");

  return G_SOURCE_REMOVE;
}

static void
got_headers_cb (SoupServerMessage *message,
                McHubConnection   *self)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  mc_hub_connection_set_state (self, MC_HUB_BUSY);
  mc_hub_range_take (message);
  /* libsoup reads a length past what there is as a negative one, and the body until the end of the line. */
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      soup_message_headers_get_content_length (headers) < 0 && self->cut_source == 0)
    {
      soup_server_message_pause (message);
      self->cut_source = g_idle_add (cut_cb, self);
    }
}

void
mc_hub_connection_begin (McHubConnection   *self,
                         SoupServerMessage *message)
{
  set_message (self, message);
  mc_hub_connection_set_state (self, MC_HUB_WAITING);
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), self);
}

McHubConnection *
mc_hub_connection_find (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (soup_server_message_get_remote_address (message)), connection_key);
}

void
mc_hub_connection_serve (McHubConnection *self)
{
  g_autoptr(GSocketAddress) local = g_socket_get_local_address (self->socket, NULL);

  self->pipe = mc_hub_pipe_new (self->base);
  mc_hub_connection_set_state (self, MC_HUB_WAITING);
  g_signal_connect_swapped (self->pipe, "closed", G_CALLBACK (closed_cb), self);
  g_signal_connect_swapped (self->pipe, "ended", G_CALLBACK (mc_hub_connection_leave), self);
  if (local == NULL || !soup_server_accept_iostream (self->listener->soup, G_IO_STREAM (self->pipe), local, self->remote, NULL))
    mc_hub_connection_leave (self);
}

/* the time */

const char *
mc_hub_connection_find_fault (McHubConnection *self,
                              gint64           now_us)
{
  const McHubLimits *limits = &self->listener->limits;
  gint64 seconds = (now_us - self->since_us) / G_TIME_SPAN_SECOND;

  switch (self->state)
    {
    case MC_HUB_KNOCKING:
      if (self->knock_source != NULL && seconds >= limits->handshake_seconds)
        return "no-handshake";
      return seconds >= limits->knock_seconds ? "no-turn" : NULL;
    case MC_HUB_SHAKING:
      return seconds >= limits->handshake_seconds ? "no-handshake" : NULL;
    case MC_HUB_WAITING:
      return seconds >= limits->header_seconds ? "no-request" : NULL;
    case MC_HUB_LEAVING:
      return seconds >= GOODBYE_SECONDS ? "no-goodbye" : NULL;
    case MC_HUB_BUSY:
      if (now_us - self->mark_us < limits->stall_seconds * G_TIME_SPAN_SECOND)
        return NULL;
      if (mc_hub_pipe_get_moved (self->pipe) - self->mark_moved < limits->stall_bytes)
        return "stalled";
      self->mark_us = now_us;
      self->mark_moved = mc_hub_pipe_get_moved (self->pipe);
      return NULL;
    case MC_HUB_RESTING:
    default:
      return NULL;
    }
}
