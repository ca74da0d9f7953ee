/* relay-inside.c: a relay of requests, which holds the hub's own key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "faults/relay-private.h"

#include <stdlib.h>
#include <string.h>

static gboolean
accept_cb (GTlsConnection       *connection,
           GTlsCertificate      *certificate,
           GTlsCertificateFlags  flags,
           gpointer              user_data)
{
  return TRUE;
}

typedef enum
{
  MESSAGE_PART,
  MESSAGE_WHOLE,
  MESSAGE_TO_END,   /* it says not how long it is */
} MessageState;

static MessageState
look_at (GByteArray *message)
{
  g_autofree char *text = g_strndup ((char *) message->data, message->len);
  char *end = strstr (text, "\r\n\r\n"), *length;
  gsize head;

  if (end == NULL)
    return MESSAGE_PART;
  head = end + 4 - text;
  *end = '\0';
  if (strstr (text, "Transfer-Encoding: chunked") != NULL)
    return message->len >= head + 5 && memcmp (message->data + message->len - 5, "0\r\n\r\n", 5) == 0 ? MESSAGE_WHOLE : MESSAGE_PART;
  if ((length = strstr (text, "Content-Length: ")) == NULL)
    return g_str_has_prefix (text, "GET ") ? MESSAGE_WHOLE : MESSAGE_TO_END;

  return message->len >= head + strtoull (length + strlen ("Content-Length: "), NULL, 10) ? MESSAGE_WHOLE : MESSAGE_PART;
}

/* Reads one HTTP message; NULL if it is not whole. */
static GBytes *
read_message (GInputStream *input)
{
  g_autoptr(GByteArray) message = g_byte_array_new ();
  MessageState state = MESSAGE_PART;
  guint8 piece[16384];
  gssize n = 1;

  while (state != MESSAGE_WHOLE && n > 0)
    {
      n = g_input_stream_read (input, piece, sizeof piece, NULL, NULL);
      if (n > 0)
        {
          g_byte_array_append (message, piece, n);
          state = look_at (message);
        }
      else if (state == MESSAGE_TO_END)
        state = MESSAGE_WHOLE;
    }

  return state == MESSAGE_WHOLE ? g_byte_array_free_to_bytes (g_steal_pointer (&message)) : NULL;
}

GBytes *
relay_replay (Relay  *self,
              GBytes *request)
{
  int fd = relay_connect (self);
  g_autoptr(GSocket) socket = fd >= 0 ? g_socket_new_from_fd (fd, NULL) : NULL;
  g_autoptr(GSocketConnection) plain = NULL;
  g_autoptr(GIOStream) secure = NULL;
  GBytes *answer = NULL;

  if (socket == NULL)
    return NULL;
  plain = g_socket_connection_factory_create_connection (socket);
  secure = g_tls_client_connection_new (G_IO_STREAM (plain), NULL, NULL);
  g_signal_connect (secure, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  if (g_output_stream_write_all (g_io_stream_get_output_stream (secure), g_bytes_get_data (request, NULL),
                                 g_bytes_get_size (request), NULL, NULL, NULL))
    answer = read_message (g_io_stream_get_input_stream (secure));

  relay_forget_socket (self, fd);
  g_io_stream_close (secure, NULL, NULL);

  return answer;
}

static void
answer_request (RelayLine *line,
                GIOStream *device,
                GBytes    *request)
{
  Relay *self = line->relay;
  g_autoptr(GBytes) answer = line->plan.answer != NULL ? g_bytes_new (line->plan.answer, strlen (line->plan.answer)) : NULL;
  gsize size;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->last_request, g_bytes_unref);
  self->last_request = g_bytes_ref (request);
  self->up += g_bytes_get_size (request);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; line->plan.answer == NULL && i < MAX (line->plan.copies, 1); i++)
    {
      g_clear_pointer (&answer, g_bytes_unref);
      answer = relay_replay (self, request);
    }
  if (answer == NULL || line->plan.lose_answer)
    return;
  size = g_bytes_get_size (answer);
  if (line->plan.cut_down >= 0)
    size = MIN (size, (gsize) line->plan.cut_down);
  g_output_stream_write_all (g_io_stream_get_output_stream (device), g_bytes_get_data (answer, NULL), size, NULL, NULL, NULL);
  g_mutex_lock (&self->lock);
  self->down += size;
  g_mutex_unlock (&self->lock);
}

void
relay_run_inside (RelayLine *line)
{
  g_autoptr(GSocket) socket = g_socket_new_from_fd (line->device, NULL);
  g_autoptr(GSocketConnection) plain = g_socket_connection_factory_create_connection (socket);
  g_autoptr(GIOStream) device = g_tls_server_connection_new (G_IO_STREAM (plain), line->relay->certificate, NULL);
  g_autoptr(GBytes) request = read_message (g_io_stream_get_input_stream (device));

  if (request != NULL)
    answer_request (line, device, request);
  /* One request a connection: the next one gets the plan of its time. */
  relay_forget_socket (line->relay, line->device);
  g_io_stream_close (device, NULL, NULL);
}

Relay *
relay_new_inside (guint       port,
                  const char *hub_dir)
{
  Relay *self = relay_new (port);
  g_autofree char *cert = g_build_filename (hub_dir, "tls-cert.pem", NULL), *key = g_build_filename (hub_dir, "tls-key.pem", NULL);
  g_autoptr(GError) error = NULL;

  self->certificate = g_tls_certificate_new_from_files (cert, key, &error);
  g_assert_no_error (error);

  return self;
}

GBytes *
relay_dup_request (Relay *self)
{
  GBytes *request;

  g_mutex_lock (&self->lock);
  request = self->last_request != NULL ? g_bytes_ref (self->last_request) : NULL;
  g_mutex_unlock (&self->lock);

  return request;
}
