/* mc-http-transport.c: POST /v1/sync as the transport of a session
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-http-private.h"

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
  self->parent.is_apart = TRUE;
  self->http = mc_http_new (address, hub);
  mc_http_open (self->http);

  return &self->parent;
}
