/* mc-http-attempt.c: one attempt at one request: what moves, what comes, when it has stalled
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-http-private.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/mc-limits.h"
#include "wire/mc-sync-error.h"

#define WATCH_MS    250
#define PIECE_BYTES 65536

/* One attempt at one request. */
typedef struct
{
  McHttp *http;
  GCancellable *cancellable;   /* (owned) */
  guint64 handed;              /* bytes of the body, to the kernel */
  guint64 moved;               /* bytes that left or came, as last seen */
  GByteArray *answer;          /* (owned) */
  guint64 received;            /* bytes of the answer, also of those in a file */
  SoupMessage *message;
  int fd;                      /* takes the body of a 200 or 206 instead; −1 = none */
  GInputStream *stream;        /* (owned) (nullable) */
  gboolean is_stalled;
  gboolean is_done;
  GError *error;               /* (owned) (nullable) */
} Attempt;

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
  g_cancellable_cancel (attempt->http->opening);
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
      self->moved_us = now_us;
      if (self->sent != NULL)
        self->sent (left, self->sent_data);
    }
  if (now_us - self->moved_us >= patience_us && !attempt->is_stalled)
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

static void
wrote_body_cb (SoupMessage *message,
               gpointer     user_data)
{
  mc_http_pack (user_data, FALSE);
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

static void
send_message (Attempt *attempt)
{
  McHttp *self = attempt->http;

  mc_http_drop_at_close (self, TRUE);
  mc_http_pack (self, TRUE);
  soup_session_send_async (self->session, attempt->message, G_PRIORITY_DEFAULT, attempt->cancellable, sent_cb, attempt);
  while (!attempt->is_done)
    g_main_context_iteration (self->context, TRUE);
}

/* Runs @message to its end, whatever that is; the rest is in @attempt. */
static void
run (Attempt      *attempt,
     SoupMessage  *message,
     GCancellable *cancellable)
{
  McHttp *self = attempt->http;
  g_autoptr(GSource) watch = g_timeout_source_new (WATCH_MS), cancel = g_cancellable_source_new (cancellable);

  mc_http_watch_line (self, message);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (wrote_body_data_cb), attempt);
  g_signal_connect (message, "wrote-body", G_CALLBACK (wrote_body_cb), self);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);

  g_main_context_push_thread_default (self->context);
  add_source (self, watch, watch_cb, attempt);
  add_source (self, cancel, G_SOURCE_FUNC (cancelled_cb), attempt);
  attempt->message = message;
  self->moved_us = g_get_monotonic_time ();
  self->is_fresh = self->is_opening || self->open_error != NULL;
  while (self->is_opening)
    g_main_context_iteration (self->context, TRUE);
  if (!(attempt->error = g_steal_pointer (&self->open_error)))
    send_message (attempt);
  mc_http_drop_at_close (self, attempt->error != NULL);
  mc_http_pack (self, FALSE);
  g_source_destroy (watch);
  g_source_destroy (cancel);
  g_clear_object (&attempt->stream);
  g_main_context_pop_thread_default (self->context);
  g_signal_handlers_disconnect_by_data (message, attempt);
  g_signal_handlers_disconnect_by_data (message, self);
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

GBytes *
mc_http_send (McHttp        *self,
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
      *out_again = !self->is_fresh && !attempt.is_stalled && attempt.received == 0;
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
