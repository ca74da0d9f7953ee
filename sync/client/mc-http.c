/* mc-http.c: one pinned connection to the hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No authority is asked: the server's key must be the one that the enrolment line named.
 */

#include "client/mc-http.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "core/mc-id.h"
#include "wire/mc-sync-error.h"

#define STALL_SECONDS 60

struct _McHttp
{
  SoupSession *session;    /* (owned) */
  char *address;           /* (owned) */
  McHubIdentity hub;
  gboolean wrong_key;
};

McHttp *
mc_http_new (const char          *address,
             const McHubIdentity *hub)
{
  McHttp *self = g_new0 (McHttp, 1);

  self->session = soup_session_new_with_options ("user-agent", "minhchung/" MC_VERSION, "timeout", STALL_SECONDS,
                                                 "max-conns", 1, "max-conns-per-host", 1, NULL);
  /* With no authority to ask, accept-certificate is always put the question. */
  soup_session_set_tls_database (self->session, NULL);
  self->address = g_strdup (address);
  self->hub = *hub;

  return self;
}

void
mc_http_free (McHttp *self)
{
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_free (self->address);
  g_free (self);
}

static gboolean
accept_certificate_cb (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       gpointer              user_data)
{
  McHttp *self = user_data;
  guint8 pin[32];

  self->wrong_key = !mc_tls_get_pin (certificate, pin) || memcmp (pin, self->hub.tls_pin, sizeof pin) != 0;

  return !self->wrong_key;
}

static void
set_transport_error (McHttp        *self,
                     const GError  *cause,
                     GError       **error)
{
  McSyncError code = MC_SYNC_ERROR_UNREACHABLE;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_error_copy (cause));
      return;
    }
  if (self->wrong_key)
    code = MC_SYNC_ERROR_WRONG_KEY;
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = MC_SYNC_ERROR_STALLED;
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    code = MC_SYNC_ERROR_NO_NETWORK;
  else if (cause->domain == G_TLS_ERROR)
    code = MC_SYNC_ERROR_NOT_A_HUB;

  g_set_error (error, MC_SYNC_ERROR, code, "%s: %s", self->address, cause->message);
}

/* What a problem document says, or that whoever answered is no hub. */
static void
set_status_error (McHttp       *self,
                  SoupMessage  *message,
                  GBytes       *body,
                  GError      **error)
{
  static const struct
  {
    const char *slug;
    McSyncError code;
  } codes[] = {
    { "revoked", MC_SYNC_ERROR_REVOKED }, { "unknown-device", MC_SYNC_ERROR_UNKNOWN_DEVICE },
    { "hub-full", MC_SYNC_ERROR_HUB_FULL }, { "not-ready", MC_SYNC_ERROR_UNAVAILABLE },
    { "internal", MC_SYNC_ERROR_UNAVAILABLE }, { "rate-limited", MC_SYNC_ERROR_UNAVAILABLE },
    { "secret-unknown", MC_SYNC_ERROR_BAD_LINE }, { "secret-used", MC_SYNC_ERROR_SECRET_USED },
    { "secret-expired", MC_SYNC_ERROR_SECRET_EXPIRED }, { "protocol", MC_SYNC_ERROR_PROTOCOL },
  };
  /* A redirect may have no body at all. */
  gconstpointer data = g_bytes_get_size (body) > 0 ? g_bytes_get_data (body, NULL) : "";
  g_autofree char *text = g_strndup (data, MIN (g_bytes_get_size (body), 65536));
  g_autoptr(JsonNode) root = json_from_string (text, NULL);
  const char *type = root != NULL && JSON_NODE_HOLDS_OBJECT (root)
    ? json_object_get_string_member_with_default (json_node_get_object (root), "type", "") : "";
  const char *slug;

  if (!g_str_has_prefix (type, "urn:minhchung:problem:"))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_NOT_A_HUB, "%s answers with status %u and is no hub",
                   self->address, soup_message_get_status (message));
      return;
    }
  slug = type + strlen ("urn:minhchung:problem:");
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (codes[i].slug, slug))
      {
        g_set_error (error, MC_SYNC_ERROR, codes[i].code, "The hub says: %s", slug);
        return;
      }
  g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REJECTED, "The hub says: %s", slug);
}

static GBytes *
send (McHttp        *self,
      SoupMessage   *message,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autoptr(GError) cause = NULL;
  g_autoptr(GBytes) body = NULL;

  self->wrong_key = FALSE;
  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  body = soup_session_send_and_read (self->session, message, cancellable, &cause);
  if (body == NULL)
    {
      set_transport_error (self, cause, error);
      return NULL;
    }
  if (soup_message_get_status (message) != SOUP_STATUS_OK)
    {
      set_status_error (self, message, body, error);
      return NULL;
    }

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
  g_autoptr(SoupMessage) message = new_message (self, "POST", path, error);

  if (message == NULL)
    return NULL;
  soup_message_set_request_body_from_bytes (message, type, body);
  /* A repeated sync is the same sync: a connection that the hub closed meanwhile is opened again. */
  soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);

  return send (self, message, cancellable, error);
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
  guint8 random[MC_ID_BYTES], signature[MC_SIGNATURE_BYTES];
  g_autofree char *nonce = NULL, *hex = NULL;
  g_autoptr(GBytes) signed_bytes = NULL;

  if (message == NULL)
    return NULL;
  mc_random_bytes (random, sizeof random);
  nonce = mc_hex (random, sizeof random);
  signed_bytes = mc_message_get (&self->hub, device, path, nonce);
  mc_sign (key, g_bytes_get_data (signed_bytes, NULL), g_bytes_get_size (signed_bytes), signature);
  hex = mc_hex (signature, sizeof signature);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Mc-Device", device);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Mc-Nonce", nonce);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Mc-Signature", hex);

  return send (self, message, cancellable, error);
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

  return mc_http_post (self->http, "/v1/sync", "application/vnd.minhchung.sync", body, cancellable, error);
}

static void
transport_free (McTransport *transport)
{
  HttpTransport *self = (HttpTransport *) transport;

  mc_http_free (self->http);
  g_free (self);
}

McTransport *
mc_http_transport_new (const char          *address,
                       const McHubIdentity *hub)
{
  HttpTransport *self = g_new0 (HttpTransport, 1);

  self->parent.post = transport_post;
  self->parent.free = transport_free;
  self->http = mc_http_new (address, hub);

  return &self->parent;
}
