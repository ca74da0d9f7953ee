/* mc-http.c: one pinned connection to the hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No authority is asked: the server's key must be the one that the enrolment line named.  Requests run in a main context
 * of their own, so that one thread sends, reads, watches the time and hears of a cancel.
 */

#include "client/mc-http-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "wire/mc-message.h"
#include "wire/mc-sync-error.h"
#include "wire/mc-tls-nobody.h"

#define CONNECT_SECONDS 45

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
  mc_http_stop_opening (self);
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

typedef struct
{
  const char *path, *type;
  GBytes *body;
  const char *device;           /* (nullable) who signs it, and then says where the body belongs */
  const McSigningKey *key;
  guint64 offset, total;
} Post;

static void
set_number (SoupMessage *message,
            const char  *name,
            guint64      number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  soup_message_headers_replace (soup_message_get_request_headers (message), name, text);
}

static SoupMessage *
new_post (McHttp      *self,
          const Post  *post,
          GError     **error)
{
  SoupMessage *message = new_message (self, "POST", post->path, error);

  if (message == NULL)
    return NULL;
  soup_message_set_request_body_from_bytes (message, post->type, post->body);
  /* Else libsoup opens a new connection for every POST. */
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  if (post->device != NULL)
    {
      sign (self, message, post->path, post->device, post->key);
      set_number (message, "Mc-Offset", post->offset);
      set_number (message, "Mc-Total", post->total);
    }

  return message;
}

/* A repeated sync is the same sync, and a piece the same piece: where the hub has closed the kept connection meanwhile, it is
 * sent over a new one. */
static GBytes *
send_post (McHttp        *self,
           const Post    *post,
           guint         *out_status,
           GCancellable  *cancellable,
           GError       **error)
{
  gboolean again = TRUE;
  GBytes *answer = NULL;

  for (guint i = 0; i < 2 && again; i++)
    {
      g_autoptr(SoupMessage) message = NULL;

      if (i > 0)
        g_clear_error (error);
      if (!(message = new_post (self, post, error)))
        return NULL;
      answer = mc_http_send (self, message, -1, cancellable, &again, error);
      *out_status = soup_message_get_status (message);
    }

  return answer;
}

GBytes *
mc_http_post (McHttp        *self,
              const char    *path,
              const char    *type,
              GBytes        *body,
              GCancellable  *cancellable,
              GError       **error)
{
  Post post = { .path = path, .type = type, .body = body };
  guint status;

  return send_post (self, &post, &status, cancellable, error);
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
  Post post = { path, "application/octet-stream", piece, device, key, offset, total };
  guint status = 0;
  GBytes *answer = send_post (self, &post, &status, cancellable, error);

  *out_whole = status == SOUP_STATUS_OK;

  return answer;
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

  return mc_http_send (self, message, -1, cancellable, &again, error);
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
      body = mc_http_send (self, message, fd, cancellable, &again, &local_error);
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

  return mc_http_send (self, message, -1, cancellable, &again, error);
}
