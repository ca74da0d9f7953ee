/* mc-hub-server.c: the hub on the network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * POST /v1/sync is taken as it arrives (early handler, got-chunk), everything else is small.  Log lines name
 * devices, counts and bytes, never a person or a value.
 */

#include "hub/mc-hub-server.h"

#include <libsoup/soup.h>
#include <string.h>

#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-answer.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-forward.h"
#include "hub/mc-hub-listener.h"
#include "hub/mc-hub-lost.h"
#include "hub/mc-hub-range.h"
#include "hub/mc-hub-rot.h"
#include "hub/mc-hub-segment.h"
#include "hub/mc-hub-session.h"
#include "hub/mc-hub-tls.h"
#include "hub/mc-hub-turns.h"
#include "wire/mc-tls-nobody.h"

/* After so long without a sync the hub is at rest. */
#define REST_MS 1000

struct _McHubServer
{
  McHub *hub;
  SoupServer *soup;         /* (owned) */
  McHubListener *listener;  /* (owned) */
  McHubForward *forward;    /* (owned) */
  McHubTurns *turns;        /* (owned) */
  guint look_source;        /* now and then, whether the files are there */
  guint rest_source;        /* since the last sync */
  McHubRot *rot;            /* (owned) whether they are what they were */
  gint64 wrong_since_us, minute_us;
  GHashTable *wrong_secrets; /* (owned) (element-type utf8 guint) address → wrong ones since then */
};

/* The small requests: whoever sends more than an enrolment needs is told so, and his bytes are not kept. */
static void
small_chunk_cb (SoupServerMessage *message,
                GBytes            *chunk,
                gpointer           user_data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  gsize *received = user_data;

  *received += g_bytes_get_size (chunk);
  if (*received > MC_ENROL_MAX_BYTES && soup_message_body_get_accumulate (body))
    {
      soup_message_body_set_accumulate (body, FALSE);
      soup_message_body_truncate (body);
      mc_hub_answer_problem (message, "too-large", NULL);
    }
}

static void
free_closure_data (gpointer  data,
                   GClosure *closure)
{
  g_free (data);
}

static void
small_cb (SoupServer        *soup,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  g_signal_connect_data (message, "got-chunk", G_CALLBACK (small_chunk_cb), g_new0 (gsize, 1), free_closure_data, 0);
}

/* sync */

typedef struct
{
  McHubServer *server;
  McHubSession *session;    /* (owned) */
  gint64 started_us;
  guint64 received;
  guint64 after_problem;
} Request;

static void
request_free (gpointer data,
              GClosure *closure)
{
  Request *request = data;

  mc_hub_session_free (request->session);
  g_free (request);
}

static void
got_chunk_cb (SoupServerMessage *message,
              GBytes            *chunk,
              gpointer           user_data)
{
  Request *request = user_data;

  request->received += g_bytes_get_size (chunk);
  mc_hub_session_push (request->session, g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk));
  /* Whoever has said a device's name and not proven it has a problem by now. */
  if (mc_hub_session_get_device (request->session) != NULL && mc_hub_session_get_problem (request->session) == NULL)
    mc_hub_turns_take (request->server->turns, mc_hub_session_get_device (request->session), message);
  if (mc_hub_session_get_problem (request->session) == NULL)
    return;

  /* The answer waits for the end of the body; who does not come to it is not waited for. */
  request->after_problem += g_bytes_get_size (chunk);
  if (request->after_problem > MC_DRAIN_MAX_BYTES)
    mc_hub_listener_drop (request->server->listener, message);
}

static void
carry_lent (McDb     *db,
            gpointer  user_data)
{
  mc_db_carry_over (db);
}

/* Nobody syncs: the store's log is carried over now, and need not be while the next one waits. */
static gboolean
rest_cb (gpointer user_data)
{
  McHubServer *self = user_data;

  if (self->hub->unsettled != NULL)
    return G_SOURCE_CONTINUE;
  self->rest_source = 0;
  mc_db_lend (self->hub->db, carry_lent, NULL);

  return G_SOURCE_REMOVE;
}

static void
got_body_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  Request *request = user_data;
  McHubServer *self = request->server;
  g_autoptr(GBytes) answer = mc_hub_session_finish (request->session);
  const char *problem = mc_hub_session_get_problem (request->session);
  guint changes, refused;
  guint64 evidence;

  if (answer != NULL)
    {
      soup_server_message_set_status (message, 200, NULL);
      soup_server_message_set_response (message, "application/vnd.minhchung.sync", SOUP_MEMORY_COPY,
                                        g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
    }
  else
    mc_hub_answer_problem (message, problem != NULL ? problem : "internal", mc_hub_session_get_detail (request->session));

  mc_hub_session_get_counts (request->session, &changes, &refused, &evidence);
  g_message ("sync device=%s changes=%u refused=%u evidence_bytes=%" G_GUINT64_FORMAT " in=%" G_GUINT64_FORMAT
             " out=%" G_GSIZE_FORMAT " ms=%" G_GINT64_FORMAT " outcome=%s",
             mc_hub_session_get_device (request->session) != NULL ? mc_hub_session_get_device (request->session) : "-",
             changes, refused, evidence, request->received, answer != NULL ? g_bytes_get_size (answer) : 0,
             (g_get_monotonic_time () - request->started_us) / 1000, problem != NULL ? problem : "ok");
  g_clear_handle_id (&self->rest_source, g_source_remove);
  self->rest_source = g_timeout_add (REST_MS, rest_cb, self);
}

/* A line that is cut gives no got-body; what was whole is committed already. */
static void
disconnected_cb (SoupServerMessage *message,
                 gpointer           user_data)
{
  Request *request = user_data;

  if (soup_server_message_get_status (message) == 0)
    g_message ("sync device=%s in=%" G_GUINT64_FORMAT " outcome=cut",
               mc_hub_session_get_device (request->session) != NULL ? mc_hub_session_get_device (request->session) : "-",
               request->received);
}

static void
sync_cb (SoupServer        *soup,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  McHubServer *self = user_data;
  Request *request;

  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  if (!g_str_equal (path, "/v1/sync"))
    {
      mc_hub_answer_problem (message, "not-found", NULL);
      return;
    }
  if (!mc_hub_answer_method (message, "POST"))
    return;

  g_clear_handle_id (&self->rest_source, g_source_remove);
  request = g_new0 (Request, 1);
  request->server = self;
  request->started_us = g_get_monotonic_time ();
  request->session = mc_hub_session_new (self->hub, g_get_real_time ());
  mc_hub_session_take_ahead (request->session);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), request);
  g_signal_connect (message, "got-body", G_CALLBACK (got_body_cb), request);
  /* The message's last connection owns the request. */
  g_signal_connect_data (message, "disconnected", G_CALLBACK (disconnected_cb), request, request_free, 0);
}

/* the small ones */

/* Whom the guesses of a minute are counted for: an address each, so that one guesser does not keep the others out. */
static const char *
get_guesser (McHubServer *self,
             const char  *address)
{
  if (address != NULL && (g_hash_table_contains (self->wrong_secrets, address) ||
                          g_hash_table_size (self->wrong_secrets) < MC_WRONG_ADDRESSES_MAX))
    return address;

  return "*";
}

static char *
dup_address (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return G_IS_INET_SOCKET_ADDRESS (remote) ?
         g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote))) : NULL;
}

static gboolean
is_rate_limited (McHubServer *self,
                 const char  *guesser)
{
  gint64 now = g_get_monotonic_time ();

  if (now - self->wrong_since_us > self->minute_us)
    {
      self->wrong_since_us = now;
      g_hash_table_remove_all (self->wrong_secrets);
    }

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->wrong_secrets, guesser)) >= MC_WRONG_SECRETS_A_MINUTE;
}

static void
note_wrong_secret (McHubServer *self,
                   const char  *guesser)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->wrong_secrets, guesser));

  g_hash_table_insert (self->wrong_secrets, g_strdup (guesser), GUINT_TO_POINTER (count + 1));
}

void
mc_hub_server_note_wrong_secret (McHubServer *self,
                                 const char  *address)
{
  const char *guesser = get_guesser (self, address);

  if (!is_rate_limited (self, guesser))
    note_wrong_secret (self, guesser);
}

static void
enrol_cb (SoupServer        *soup,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  McHubServer *self = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  const char *problem = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) flat = NULL;
  g_autofree char *address = NULL;
  const char *guesser;
  char *answer;

  if (!mc_hub_answer_method (message, "POST"))
    return;
  address = dup_address (message);
  guesser = get_guesser (self, address);
  if (is_rate_limited (self, guesser))
    {
      mc_hub_answer_problem (message, "rate-limited", "Too many wrong secrets; try again in a minute");
      return;
    }
  flat = soup_message_body_flatten (body);
  answer = mc_hub_answer_enrol (self->hub, g_bytes_get_data (flat, NULL), g_bytes_get_size (flat), g_get_real_time (),
                                &problem, &error);
  if (answer != NULL)
    mc_hub_answer_json (message, 200, answer);
  else
    {
      if (g_strcmp0 (problem, "secret-unknown") == 0)
        note_wrong_secret (self, guesser);
      mc_hub_answer_problem (message, problem, error != NULL ? error->message : NULL);
    }
  g_message ("enrol outcome=%s", problem != NULL ? problem : "ok");
}

static void
health_cb (SoupServer        *soup,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  McHubServer *self = user_data;
  g_autofree char *id = mc_hex (self->hub->identity.id, MC_ID_BYTES);

  if (mc_hub_answer_method (message, "GET, HEAD"))
    mc_hub_answer_json (message, 200, g_strdup_printf ("{\"status\":\"ok\",\"hub\":\"%s\",\"version\":\"" MC_VERSION "\"}", id));
}

typedef struct
{
  const char *what;
  char *device;         /* (owned) */
} Asked;

static void
asked_free (gpointer  data,
            GClosure *closure)
{
  Asked *asked = data;

  g_free (asked->device);
  g_free (asked);
}

static void
finished_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  Asked *asked = user_data;

  g_message ("%s device=%s out=%" G_GINT64_FORMAT " status=%u", asked->what, asked->device,
             (gint64) soup_server_message_get_response_body (message)->length, soup_server_message_get_status (message));
}

/* (transfer full) (nullable): the device that has signed the request for @what, whose turn it is now; else the answer says why
 * not.  What it is answered stands in the log. */
static McHubDevice *
authenticate (McHubServer       *self,
              SoupServerMessage *message,
              const char        *path,
              const char        *what)
{
  McHubDevice *device = mc_hub_authenticate (self->hub, message, path);
  Asked *asked = g_new0 (Asked, 1);

  asked->what = what;
  asked->device = g_strdup (device != NULL ? device->id : "-");
  g_signal_connect_data (message, "finished", G_CALLBACK (finished_cb), asked, asked_free, 0);
  if (device != NULL)
    mc_hub_turns_take (self->turns, device->id, message);

  return device;
}

static void
units_cb (SoupServer        *soup,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           user_data)
{
  McHubServer *self = user_data;
  g_autoptr(McHubDevice) device = NULL;
  g_autoptr(JsonNode) units = NULL;

  if (!g_str_equal (path, "/v1/units"))
    mc_hub_answer_problem (message, "not-found", NULL);
  else if (mc_hub_answer_method (message, "GET") && (device = authenticate (self, message, path, "units")))
    {
      if ((units = mc_hub_units_to_json (self->hub, NULL)))
        mc_hub_answer_json (message, 200, mc_json_to_text (units, FALSE));
      else
        mc_hub_answer_problem (message, "internal", NULL);
    }
}

/* All of @bytes, or the part that is asked for. */
static void
answer_bytes (SoupServerMessage *message,
              const char        *type,
              const char        *etag,
              GBytes            *bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr(GBytes) part = NULL;
  goffset start, end;

  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  if (!mc_hub_range_choose (message, etag, g_bytes_get_size (bytes), &start, &end))
    return;
  part = g_bytes_new_from_bytes (bytes, start, end - start);
  soup_message_headers_set_content_type (headers, type, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), part);
}

static void
evidence_cb (SoupServer        *soup,
             SoupServerMessage *message,
             const char        *path,
             GHashTable        *query,
             gpointer           user_data)
{
  McHubServer *self = user_data;
  g_autoptr(McHubDevice) device = NULL;
  g_autofree char *file = NULL, *etag = NULL;
  g_autoptr(GMappedFile) mapped = NULL;
  g_autoptr(GBytes) bytes = NULL;
  const char *sha256 = path + strlen ("/v1/evidence");

  if (!mc_hub_answer_method (message, "GET") || !(device = authenticate (self, message, path, "evidence")))
    return;
  if (*sha256 != '/' || !(file = mc_hub_find_evidence (self->hub, device, sha256 + 1)) ||
      !(mapped = g_mapped_file_new (file, FALSE, NULL)))
    {
      gboolean lost;

      /* Who asks for it mostly saw that it had come. */
      if (*sha256 == '/')
        mc_hub_look_at_file (self->hub, sha256 + 1, g_get_real_time (), &lost, NULL);
      mc_hub_answer_problem (message, "not-found", NULL);
      return;
    }

  etag = g_strdup_printf ("\"%s\"", sha256 + 1);
  bytes = g_mapped_file_get_bytes (mapped);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag", etag);
  if (g_strcmp0 (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "If-None-Match"), etag) == 0)
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
      return;
    }
  answer_bytes (message, "application/octet-stream", etag, bytes);
}

/* An answer without a length: libsoup would close the connection to say where it ends. */
static void
wrote_headers_cb (SoupServerMessage *message)
{
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_NONE);
}

/* /v1/segments/LOG/FROM */
static void
segments_cb (SoupServer        *soup,
             SoupServerMessage *message,
             const char        *path,
             GHashTable        *query,
             gpointer           user_data)
{
  McHubServer *self = user_data;
  const char *name = path + strlen ("/v1/segments"), *slash = strrchr (name, '/');
  g_autofree char *log = *name == '/' && slash > name ? g_strndup (name + 1, slash - name - 1) : NULL;
  g_autoptr(McHubDevice) device = NULL;
  g_autoptr(GBytes) segment = NULL;
  g_autoptr(GError) error = NULL;
  guint64 from;

  if (!mc_hub_answer_method (message, "GET"))
    return;
  if (log == NULL || strlen (log) > MC_LOG_NAME_MAX_BYTES || !g_ascii_string_to_unsigned (slash + 1, 10, 0, G_MAXINT64, &from, NULL))
    mc_hub_answer_problem (message, "not-found", NULL);
  else if ((device = authenticate (self, message, path, "segment")))
    {
      /* Nobody is told of what may not be on disk. */
      if (self->hub->unsettled != NULL)
        mc_hub_session_settle (self->hub->unsettled);
      segment = mc_hub_read_segment (self->hub, device, log, from, &error);
      if (segment != NULL)
        {
          answer_bytes (message, "application/vnd.minhchung.sync", NULL, segment);
        }
      else if (error == NULL)
        {
          g_signal_connect (message, "wrote-headers", G_CALLBACK (wrote_headers_cb), NULL);
          soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
        }
      else
        mc_hub_answer_problem (message, "internal", NULL);
    }
}

static void
not_found_cb (SoupServer        *soup,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query,
              gpointer           user_data)
{
  mc_hub_answer_problem (message, "not-found", NULL);
}

/* A hub that nobody syncs with learns of it too, so that the first who comes is asked. */
static gboolean
look_cb (gpointer user_data)
{
  McHubServer *self = user_data;
  g_autoptr(GError) error = NULL;
  guint lost;

  if (!mc_hub_look_at_files (self->hub, MC_HUB_LOOK_FILES, g_get_real_time (), &lost, &error))
    g_message ("The evidence files could not be looked at: %s", error->message);

  return G_SOURCE_CONTINUE;
}

static const struct
{
  const char *path;
  SoupServerCallback handler;
} handlers[] = {
  { "/v1/enrol", enrol_cb }, { "/v1/health", health_cb }, { "/v1/units", units_cb }, { "/v1/evidence", evidence_cb },
  { "/v1/segments", segments_cb },
  { NULL, not_found_cb },
};

McHubServer *
mc_hub_server_new (McHub       *hub,
                   const char  *address,
                   guint        port,
                   GError     **error)
{
  g_autoptr(McHubServer) self = g_new0 (McHubServer, 1);
  g_autoptr(GTlsCertificate) certificate = NULL;

  mc_tls_trust_nobody ();
  self->hub = hub;
  self->minute_us = G_TIME_SPAN_MINUTE;
  self->wrong_secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->soup = soup_server_new ("server-header", "minhchung-hub", NULL);
  self->forward = mc_hub_forward_new (hub);
  self->turns = mc_hub_turns_new ();
  soup_server_add_early_handler (self->soup, "/v1/sync", sync_cb, self, NULL);
  soup_server_add_early_handler (self->soup, "/v1/bundle", mc_hub_forward_cb, self->forward, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    {
      soup_server_add_early_handler (self->soup, handlers[i].path, small_cb, self, NULL);
      soup_server_add_handler (self->soup, handlers[i].path, handlers[i].handler, self, NULL);
    }

  mc_hub_drop_old_partials (hub, g_get_real_time ());
  if ((!hub->without_tls && !(certificate = mc_hub_tls_load (hub->dir, error))) ||
      !(self->listener = mc_hub_listener_new (self->soup, certificate, address, port, error)))
    return NULL;
  mc_hub_forward_set_listener (self->forward, self->listener);
  mc_hub_turns_set_listener (self->turns, self->listener);
  look_cb (self);
  self->look_source = g_timeout_add_seconds (MC_HUB_LOOK_SECONDS, look_cb, self);
  self->rot = mc_hub_rot_new (hub, MC_HUB_ROT_MS);

  return g_steal_pointer (&self);
}

void
mc_hub_server_free (McHubServer *self)
{
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_clear_handle_id (&self->rest_source, g_source_remove);
  g_clear_pointer (&self->rot, mc_hub_rot_free);
  g_clear_pointer (&self->listener, mc_hub_listener_free);
  g_clear_object (&self->soup);
  g_clear_pointer (&self->forward, mc_hub_forward_free);
  g_clear_pointer (&self->turns, mc_hub_turns_free);
  g_clear_pointer (&self->wrong_secrets, g_hash_table_unref);
  g_free (self);
}

void
mc_hub_server_set_minute (McHubServer *self,
                          guint        seconds)
{
  self->minute_us = seconds * G_TIME_SPAN_SECOND;
}

guint
mc_hub_server_get_port (McHubServer *self)
{
  return mc_hub_listener_get_port (self->listener);
}

McHubListener *
mc_hub_server_get_listener (McHubServer *self)
{
  return self->listener;
}
