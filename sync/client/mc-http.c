/* mc-http.c: one pinned connection to the hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No authority is asked: the server's key must be the one that the enrolment line named.  Requests run in a main context
 * of their own, so that one thread sends, reads, watches the time and hears of a cancel.
 */

#include "client/mc-http.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/mc-http-fault.h"
#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "wire/mc-sync-error.h"
#include "wire/mc-tls-nobody.h"

#define SEND_BUFFER_BYTES (32 * 1024)
#define CONNECT_SECONDS 45
#define WATCH_MS        250
#define PIECE_BYTES     65536
#define HUB_NAME        "CN=minhchung-hub"

struct _McHttp
{
  GMainContext *context;   /* (owned) */
  SoupSession *session;    /* (owned) */
  char *address;           /* (owned) */
  McHubIdentity hub;
  gint64 stall_us, connect_us;

  /* of the connection */
  GSocket *socket;         /* (owned) (nullable) */
  McLineState line;
  McPeer peer;
  guint n_connections;

  void (*sent) (guint64 bytes, gpointer user_data);   /* (nullable) */
  gpointer sent_data;
  GBytes *came;            /* (owned) (nullable) of the last answer, if it was cut */
};

/* One attempt at one request. */
typedef struct
{
  McHttp *http;
  GCancellable *cancellable;   /* (owned) */
  guint64 handed;              /* bytes of the body, to the kernel */
  guint64 moved;               /* bytes that left or came, as last seen */
  gint64 moved_us;
  GByteArray *answer;          /* (owned) */
  guint64 received;            /* bytes of the answer, also of those in a file */
  SoupMessage *message;
  int fd;                      /* takes the body of a 200 or 206 instead; −1 = none */
  GInputStream *stream;        /* (owned) (nullable) */
  gboolean is_fresh;           /* has made a connection of its own */
  gboolean is_stalled;
  gboolean is_done;
  GError *error;               /* (owned) (nullable) */
} Attempt;

McHttp *
mc_http_new (const char          *address,
             const McHubIdentity *hub)
{
  McHttp *self = g_new0 (McHttp, 1);

  mc_tls_trust_nobody ();
  self->context = g_main_context_new ();
  self->stall_us = MC_STALL_SECONDS * G_TIME_SPAN_SECOND;
  self->connect_us = CONNECT_SECONDS * G_TIME_SPAN_SECOND;
  self->address = g_strdup (address);
  self->hub = *hub;

  g_main_context_push_thread_default (self->context);
  self->session = soup_session_new_with_options ("user-agent", "minhchung/" MC_VERSION, "max-conns", 1,
                                                 "max-conns-per-host", 1, "timeout", 0, NULL);
  /* With no authority to ask, accept-certificate is always put the question. */
  soup_session_set_tls_database (self->session, NULL);
  g_main_context_pop_thread_default (self->context);

  return self;
}

void
mc_http_free (McHttp *self)
{
  g_main_context_push_thread_default (self->context);
  soup_session_abort (self->session);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_object_unref (self->session);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);

  g_clear_object (&self->socket);
  g_clear_pointer (&self->came, g_bytes_unref);
  g_main_context_unref (self->context);
  g_free (self->address);
  g_free (self);
}

void
mc_http_set_patience (McHttp *self,
                      guint   stall_seconds,
                      guint   connect_seconds)
{
  self->stall_us = stall_seconds * G_TIME_SPAN_SECOND;
  self->connect_us = connect_seconds * G_TIME_SPAN_SECOND;
}

guint
mc_http_get_n_connections (McHttp *self)
{
  return self->n_connections;
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

  return self->peer == MC_PEER_RIGHT;
}

/* While a request is on its way, what the kernel still holds of it is worth nothing to a program that ends: the next one
 * asks how far it came and goes on from there, and would only meet the rest on the line. */
static void
drop_at_close (McHttp   *self,
               gboolean  drop)
{
  struct linger linger = { drop, 0 };

  if (self->socket != NULL && !g_socket_is_closed (self->socket))
    setsockopt (g_socket_get_fd (self->socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static void
network_event_cb (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *connection,
                  gpointer            user_data)
{
  Attempt *attempt = user_data;
  McHttp *self = attempt->http;

  switch (event)
    {
    case G_SOCKET_CLIENT_RESOLVING:
    case G_SOCKET_CLIENT_CONNECTING:
      attempt->is_fresh = TRUE;
      self->line = MC_LINE_NONE;
      self->peer = MC_PEER_UNKNOWN;
      break;
    case G_SOCKET_CLIENT_CONNECTED:
      if (G_IS_SOCKET_CONNECTION (connection))
        {
          g_set_object (&self->socket, g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection)));
          /* What the kernel holds when the line is cut is sent again: with a part of a frame it must stay below 128 KiB. */
          g_socket_set_option (self->socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER_BYTES, NULL);
          drop_at_close (self, TRUE);
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
  attempt->moved_us = g_get_monotonic_time ();
}

/* the time */

/* What the kernel has taken and not yet got rid of. */
static guint64
count_unsent (McHttp *self)
{
  int unsent = 0;

  if (self->socket == NULL || g_socket_is_closed (self->socket) ||
      ioctl (g_socket_get_fd (self->socket), TIOCOUTQ, &unsent) != 0)
    return 0;

  return unsent;
}

/* A cancel alone waits for a goodbye that the line does not carry. */
static void
stop (Attempt *attempt)
{
  g_cancellable_cancel (attempt->cancellable);
  if (attempt->http->socket != NULL)
    g_socket_shutdown (attempt->http->socket, TRUE, TRUE, NULL);
}

static gboolean
watch_cb (gpointer user_data)
{
  Attempt *attempt = user_data;
  McHttp *self = attempt->http;
  guint64 unsent = count_unsent (self), left = attempt->handed - MIN (unsent, attempt->handed);
  gint64 now_us = g_get_monotonic_time (), patience_us = self->line == MC_LINE_NONE ? self->connect_us : self->stall_us;

  if (left + attempt->received != attempt->moved)
    {
      attempt->moved = left + attempt->received;
      attempt->moved_us = now_us;
      if (self->sent != NULL)
        self->sent (left, self->sent_data);
    }
  if (now_us - attempt->moved_us >= patience_us && !attempt->is_stalled)
    {
      attempt->is_stalled = TRUE;
      stop (attempt);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  stop (user_data);

  return G_SOURCE_REMOVE;
}

static void
wrote_body_data_cb (SoupMessage *message,
                    guint        size,
                    gpointer     user_data)
{
  Attempt *attempt = user_data;

  attempt->handed += size;
}

/* the answer */

static void
finish (Attempt *attempt)
{
  attempt->is_done = TRUE;
}

/* The body of a file goes there at once, so that it is there when the line breaks. */
static gboolean
keep (Attempt *attempt,
      GBytes  *piece)
{
  guint status = soup_message_get_status (attempt->message);
  gsize size, at = 0;
  const guint8 *data = g_bytes_get_data (piece, &size);

  if (attempt->fd < 0 || (status != SOUP_STATUS_OK && status != SOUP_STATUS_PARTIAL_CONTENT) || attempt->http->peer != MC_PEER_RIGHT)
    {
      g_byte_array_append (attempt->answer, data, size);
      return TRUE;
    }
  /* A server that does not know parts begins anew. */
  if (attempt->received == 0 && status == SOUP_STATUS_OK && ftruncate (attempt->fd, 0) != 0)
    at = size + 1;
  while (at < size)
    {
      ssize_t done = write (attempt->fd, data + at, size - at);

      if (done < 0 && errno != EINTR)
        break;
      at += MAX (done, 0);
    }
  if (at != size)
    g_set_error (&attempt->error, MC_SYNC_ERROR, MC_SYNC_ERROR_LOCAL, "What came could not be kept: %s", g_strerror (errno));

  return at == size;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Attempt *attempt = user_data;
  g_autoptr(GBytes) piece = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &attempt->error);

  if (piece == NULL || g_bytes_get_size (piece) == 0)
    {
      finish (attempt);
      return;
    }
  if (keep (attempt, piece))
    attempt->received += g_bytes_get_size (piece);
  if (attempt->error == NULL && attempt->received > MC_ANSWER_MAX_BYTES)
    g_set_error_literal (&attempt->error, MC_SYNC_ERROR, MC_SYNC_ERROR_NOT_A_HUB, "The answer has no end");
  if (attempt->error != NULL)
    {
      stop (attempt);
      finish (attempt);
      return;
    }
  g_input_stream_read_bytes_async (attempt->stream, PIECE_BYTES, G_PRIORITY_DEFAULT, attempt->cancellable, read_cb, attempt);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Attempt *attempt = user_data;

  attempt->stream = soup_session_send_finish (SOUP_SESSION (source), result, &attempt->error);
  if (attempt->stream == NULL)
    finish (attempt);
  else
    g_input_stream_read_bytes_async (attempt->stream, PIECE_BYTES, G_PRIORITY_DEFAULT, attempt->cancellable, read_cb, attempt);
}

static void
attempt_clear (Attempt *attempt)
{
  g_clear_object (&attempt->stream);
  g_clear_object (&attempt->cancellable);
  g_byte_array_unref (attempt->answer);
  g_clear_error (&attempt->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attempt, attempt_clear)

static void
add_source (McHttp      *self,
            GSource     *source,
            GSourceFunc  func,
            gpointer     user_data)
{
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, self->context);
}

/* Runs @message to its end, whatever that is; the rest is in @attempt. */
static void
run (Attempt      *attempt,
     SoupMessage  *message,
     GCancellable *cancellable)
{
  McHttp *self = attempt->http;
  g_autoptr(GSource) watch = g_timeout_source_new (WATCH_MS), cancel = g_cancellable_source_new (cancellable);

  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);
  g_signal_connect (message, "network-event", G_CALLBACK (network_event_cb), attempt);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (wrote_body_data_cb), attempt);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);

  g_main_context_push_thread_default (self->context);
  add_source (self, watch, watch_cb, attempt);
  add_source (self, cancel, G_SOURCE_FUNC (cancelled_cb), attempt);
  attempt->message = message;
  attempt->moved_us = g_get_monotonic_time ();
  drop_at_close (self, TRUE);
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, attempt->cancellable, sent_cb, attempt);
  while (!attempt->is_done)
    g_main_context_iteration (self->context, TRUE);
  drop_at_close (self, attempt->error != NULL);
  g_source_destroy (watch);
  g_source_destroy (cancel);
  g_clear_object (&attempt->stream);
  g_main_context_pop_thread_default (self->context);
  g_signal_handlers_disconnect_by_data (message, attempt);
}

static void
attempt_init (Attempt *attempt,
              McHttp  *self)
{
  memset (attempt, 0, sizeof *attempt);
  attempt->http = self;
  attempt->cancellable = g_cancellable_new ();
  attempt->answer = g_byte_array_new ();
  attempt->fd = -1;
}

/* @message once; @out_again says that the kept connection was dead and nothing came of it. */
static GBytes *
send_once (McHttp        *self,
           SoupMessage   *message,
           int            fd,
           GCancellable  *cancellable,
           gboolean      *out_again,
           GError       **error)
{
  g_auto(Attempt) attempt;
  g_autoptr(GBytes) body = NULL;
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  g_clear_pointer (&self->came, g_bytes_unref);
  attempt_init (&attempt, self);
  attempt.fd = fd;
  run (&attempt, message, cancellable);
  *out_again = FALSE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (attempt.is_stalled)
    {
      g_clear_error (&attempt.error);
      g_set_error_literal (&attempt.error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Nothing moved for too long");
    }
  if (attempt.error != NULL)
    {
      *out_again = !attempt.is_fresh && !attempt.is_stalled && attempt.received == 0;
      if (attempt.answer->len > 0 && self->peer == MC_PEER_RIGHT && soup_message_get_status (message) == SOUP_STATUS_OK)
        self->came = g_bytes_new (attempt.answer->data, attempt.answer->len);
      if (attempt.error->domain == MC_SYNC_ERROR)
        g_propagate_error (error, g_steal_pointer (&attempt.error));
      else
        mc_http_fault_from_error (self->address, self->line, self->peer, attempt.error, error);
      return NULL;
    }

  body = g_byte_array_free_to_bytes (g_steal_pointer (&attempt.answer));
  attempt.answer = g_byte_array_new ();
  if (!mc_http_fault_from_answer (self->address, self->peer, soup_message_get_status (message),
                                  soup_message_headers_get_content_type (headers, NULL), body, error))
    return NULL;

  return g_steal_pointer (&body);
}

static SoupMessage *
new_message (McHttp      *self,
             const char  *method,
             const char  *path,
             GError     **error)
{
  g_autofree char *uri = g_strconcat (self->address, path, NULL);
  SoupMessage *message = soup_message_new (method, uri);

  if (message == NULL)
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BAD_LINE, "“%s” is no address", self->address);

  return message;
}

GBytes *
mc_http_post (McHttp        *self,
              const char    *path,
              const char    *type,
              GBytes        *body,
              GCancellable  *cancellable,
              GError       **error)
{
  gboolean again = TRUE;
  GBytes *answer = NULL;

  /* A repeated sync is the same sync: where the hub has closed the kept connection meanwhile, it is sent over a new one. */
  for (guint i = 0; i < 2 && again; i++)
    {
      g_autoptr(SoupMessage) message = NULL;

      if (i > 0)
        g_clear_error (error);
      if (!(message = new_message (self, "POST", path, error)))
        return NULL;
      soup_message_set_request_body_from_bytes (message, type, body);
      /* Else libsoup opens a new connection for every POST. */
      soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
      answer = send_once (self, message, -1, cancellable, &again, error);
    }

  return answer;
}

static void
sign (McHttp              *self,
      SoupMessage         *message,
      const char          *path,
      const char          *device,
      const McSigningKey  *key)
{
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  guint8 random[MC_ID_BYTES], signature[MC_SIGNATURE_BYTES];
  g_autofree char *nonce = NULL, *hex = NULL;
  g_autoptr(GBytes) signed_bytes = NULL;

  mc_random_bytes (random, sizeof random);
  nonce = mc_hex (random, sizeof random);
  signed_bytes = mc_message_ask (&self->hub, soup_message_get_method (message), device, path, nonce);
  mc_sign (key, g_bytes_get_data (signed_bytes, NULL), g_bytes_get_size (signed_bytes), signature);
  hex = mc_hex (signature, sizeof signature);
  soup_message_headers_replace (headers, "Mc-Device", device);
  soup_message_headers_replace (headers, "Mc-Nonce", nonce);
  soup_message_headers_replace (headers, "Mc-Signature", hex);
}

GBytes *
mc_http_get (McHttp              *self,
             const char          *path,
             const char          *device,
             const McSigningKey  *key,
             GCancellable        *cancellable,
             GError             **error)
{
  g_autoptr(SoupMessage) message = new_message (self, "GET", path, error);
  gboolean again;

  if (message == NULL)
    return NULL;
  sign (self, message, path, device, key);

  return send_once (self, message, -1, cancellable, &again, error);
}

/* Asks for what is behind the end of @fd.  TRUE and 204, 206, 200 or 416 in @out_status, or FALSE with an error. */
static gboolean
get_rest (McHttp              *self,
          const char          *path,
          const char          *device,
          const McSigningKey  *key,
          int                  fd,
          guint               *out_status,
          GCancellable        *cancellable,
          GError             **error)
{
  gint64 have = lseek (fd, 0, SEEK_END);
  gboolean again = TRUE;

  for (guint i = 0; i < 2 && again; i++)
    {
      g_autoptr(SoupMessage) message = new_message (self, "GET", path, error);
      g_autoptr(GError) local_error = NULL;
      g_autoptr(GBytes) body = NULL;

      if (message == NULL)
        return FALSE;
      sign (self, message, path, device, key);
      if (have > 0)
        soup_message_headers_set_range (soup_message_get_request_headers (message), have, -1);
      body = send_once (self, message, fd, cancellable, &again, &local_error);
      *out_status = soup_message_get_status (message);
      if (body != NULL || *out_status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
        return TRUE;
      if (!again || i > 0)
        g_propagate_error (error, g_steal_pointer (&local_error));
    }

  return FALSE;
}

gboolean
mc_http_get_file (McHttp              *self,
                  const char          *path,
                  const char          *device,
                  const McSigningKey  *key,
                  const char          *file,
                  gboolean            *out_none,
                  GCancellable        *cancellable,
                  GError             **error)
{
  int fd = g_open (file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  guint status = 0;
  gboolean done;

  *out_none = FALSE;
  if (fd < 0)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_LOCAL, "%s: %s", file, g_strerror (errno));
      return FALSE;
    }
  done = get_rest (self, path, device, key, fd, &status, cancellable, error);
  close (fd);
  *out_none = done && status == SOUP_STATUS_NO_CONTENT;
  if (*out_none)
    g_unlink (file);

  return done;
}

GBytes *
mc_http_get_part (McHttp              *self,
                  const char          *path,
                  const char          *device,
                  const McSigningKey  *key,
                  guint64              offset,
                  gsize                size,
                  GCancellable        *cancellable,
                  GError             **error)
{
  g_autoptr(SoupMessage) message = new_message (self, "GET", path, error);
  gboolean again;

  if (message == NULL)
    return NULL;
  sign (self, message, path, device, key);
  soup_message_headers_set_range (soup_message_get_request_headers (message), offset, offset + size - 1);

  return send_once (self, message, -1, cancellable, &again, error);
}

GBytes *
mc_http_post_piece (McHttp              *self,
                    const char          *path,
                    const char          *device,
                    const McSigningKey  *key,
                    GBytes              *piece,
                    guint64              offset,
                    guint64              total,
                    gboolean            *out_whole,
                    GCancellable        *cancellable,
                    GError             **error)
{
  g_autofree char *offset_text = g_strdup_printf ("%" G_GUINT64_FORMAT, offset), *total_text = g_strdup_printf ("%" G_GUINT64_FORMAT, total);
  gboolean again = TRUE;
  GBytes *answer = NULL;

  for (guint i = 0; i < 2 && again; i++)
    {
      g_autoptr(SoupMessage) message = NULL;

      if (i > 0)
        g_clear_error (error);
      if (!(message = new_message (self, "POST", path, error)))
        return NULL;
      sign (self, message, path, device, key);
      soup_message_headers_replace (soup_message_get_request_headers (message), "Mc-Offset", offset_text);
      soup_message_headers_replace (soup_message_get_request_headers (message), "Mc-Total", total_text);
      soup_message_set_request_body_from_bytes (message, "application/octet-stream", piece);
      soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
      answer = send_once (self, message, -1, cancellable, &again, error);
      *out_whole = soup_message_get_status (message) == SOUP_STATUS_OK;
    }

  return answer;
}

/* as the transport of a session */

typedef struct
{
  McTransport parent;
  McHttp *http;            /* (owned) */
} HttpTransport;

static GBytes *
transport_post (McTransport   *transport,
                GBytes        *body,
                GCancellable  *cancellable,
                GError       **error)
{
  HttpTransport *self = (HttpTransport *) transport;
  GBytes *answer;

  self->http->sent = transport->sent;
  self->http->sent_data = transport->sent_data;

  g_clear_pointer (&transport->came, g_bytes_unref);
  answer = mc_http_post (self->http, "/v1/sync", "application/vnd.minhchung.sync", body, cancellable, error);
  transport->came = g_steal_pointer (&self->http->came);

  return answer;
}

static gboolean
transport_get (McTransport         *transport,
               const char          *path,
               const char          *device,
               const McSigningKey  *key,
               const char          *file,
               gboolean            *out_none,
               GCancellable        *cancellable,
               GError             **error)
{
  HttpTransport *self = (HttpTransport *) transport;

  return mc_http_get_file (self->http, path, device, key, file, out_none, cancellable, error);
}

static void
transport_free (McTransport *transport)
{
  HttpTransport *self = (HttpTransport *) transport;

  g_clear_pointer (&transport->came, g_bytes_unref);
  mc_http_free (self->http);
  g_free (self);
}

McTransport *
mc_http_transport_new (const char          *address,
                       const McHubIdentity *hub)
{
  HttpTransport *self = g_new0 (HttpTransport, 1);

  self->parent.post = transport_post;
  self->parent.get = transport_get;
  self->parent.free = transport_free;
  self->http = mc_http_new (address, hub);

  return &self->parent;
}
