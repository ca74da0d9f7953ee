/* test-hub-server.c: what a hub answers over TLS
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <libsoup/soup.h>
#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub/hub-fixture.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-server.h"
#include "mc-test.h"
#include "wire/mc-enrolment.h"

typedef struct
{
  McHubServer *server;
  SoupSession *soup;
  char *base;
} Net;

static gboolean
accept_cb (SoupMessage          *message,
           GTlsCertificate      *certificate,
           GTlsCertificateFlags  errors,
           gpointer              user_data)
{
  McHub *hub = user_data;
  guint8 pin[32];

  return mc_tls_get_pin (certificate, pin) && memcmp (pin, hub->identity.tls_pin, sizeof pin) == 0;
}

static void
net_start (Fixture *fixture,
           Net     *net)
{
  g_autoptr(GError) error = NULL;

  net->server = mc_hub_server_new (fixture->hub, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  net->soup = soup_session_new_with_options ("timeout", 20, NULL);
  soup_session_set_tls_database (net->soup, NULL);
  net->base = g_strdup_printf ("https://127.0.0.1:%u", mc_hub_server_get_port (net->server));
}

static void
net_stop (Net *net)
{
  soup_session_abort (net->soup);
  g_object_unref (net->soup);
  mc_hub_server_free (net->server);
  g_free (net->base);
}

static GBytes *
net_send (Fixture     *fixture,
          Net         *net,
          SoupMessage *message)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GBytes *bytes;

  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_cb), fixture->hub);
  soup_session_send_and_read_async (net->soup, message, G_PRIORITY_DEFAULT, NULL, mc_test_result_cb, &result);
  mc_test_wait (&result);
  bytes = soup_session_send_and_read_finish (net->soup, result, &error);
  g_assert_no_error (error);

  return bytes;
}

/* One request; its status, and the body if @out_body is not NULL. */
static guint
ask (Fixture     *fixture,
     Net         *net,
     const char  *method,
     const char  *path,
     GBytes      *body,
     GBytes     **out_body)
{
  g_autofree char *uri = g_strconcat (net->base, path, NULL);
  g_autoptr(SoupMessage) message = soup_message_new (method, uri);
  g_autoptr(GBytes) answer = NULL;

  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/octet-stream", body);
  answer = net_send (fixture, net, message);
  if (out_body != NULL)
    *out_body = g_steal_pointer (&answer);

  return soup_message_get_status (message);
}

/* A signed GET; its status. */
static guint
get_signed (Fixture     *fixture,
            Net         *net,
            Device      *device,
            const char  *path,
            const char  *range,
            GBytes     **out_body)
{
  g_autofree char *uri = g_strconcat (net->base, path, NULL), *nonce = mc_id_new (NOW), *hex = NULL;
  g_autoptr(SoupMessage) message = soup_message_new ("GET", uri);
  g_autoptr(GBytes) to_sign = mc_message_ask (&fixture->hub->identity, "GET", device->id, path, nonce);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  guint8 signature[MC_SIGNATURE_BYTES];

  mc_sign (&device->key, g_bytes_get_data (to_sign, NULL), g_bytes_get_size (to_sign), signature);
  hex = mc_hex (signature, sizeof signature);
  soup_message_headers_append (headers, "Mc-Device", device->id);
  soup_message_headers_append (headers, "Mc-Nonce", nonce);
  soup_message_headers_append (headers, "Mc-Signature", hex);
  if (range != NULL)
    soup_message_headers_append (headers, "Range", range);
  *out_body = net_send (fixture, net, message);

  return soup_message_get_status (message);
}

static void
assert_problem (GBytes     *body,
                const char *slug)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autofree char *type = g_strconcat ("urn:minhchung:problem:", slug, NULL);

  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, type));
  /* RFC 9457: a summary for people, not the slug once more. */
  g_assert_true (g_regex_match_simple ("\"title\":\"[A-Z][^\"]* [^\"]*\"", text, 0, 0));
}

/* Everything is answered over TLS with the hub's own key, and wrong paths, methods and sizes by problem documents. */
static void
test_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autofree guint8 *noise = g_malloc0 (1024 * 1024);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups), large = g_bytes_new (noise, 1024 * 1024), answer = NULL;
  g_autoptr(GBytes) health = NULL, nowhere = NULL, method = NULL, too_large = NULL, open = NULL, units = NULL, garbage = NULL;
  Answer parts = { 0 };
  Net net;

  net_start (fixture, &net);
  g_assert_cmpuint (ask (fixture, &net, "GET", "/v1/health", NULL, &health), ==, 200);
  g_assert_cmpuint (ask (fixture, &net, "POST", "/v1/sync", request, &answer), ==, 200);
  hub_read_answer (answer, &parts);
  g_assert_cmpuint (parts.n, ==, 1);
  g_assert_cmpuint (ask (fixture, &net, "POST", "/v1/sync", large, &garbage), ==, 400);
  assert_problem (garbage, "protocol");
  g_assert_cmpuint (ask (fixture, &net, "GET", "/v1/sync", NULL, &method), ==, 405);
  assert_problem (method, "method-not-allowed");
  g_assert_cmpuint (ask (fixture, &net, "GET", "/wp-login.php", NULL, &nowhere), ==, 404);
  assert_problem (nowhere, "not-found");
  g_assert_cmpuint (ask (fixture, &net, "POST", "/v1/enrol", large, &too_large), ==, 413);
  assert_problem (too_large, "too-large");
  g_assert_cmpuint (ask (fixture, &net, "GET", "/v1/units", NULL, &open), ==, 403);
  assert_problem (open, "unknown-device");
  g_assert_cmpuint (get_signed (fixture, &net, town, "/v1/units", NULL, &units), ==, 200);
  hub_assert_rows (fixture->hub, "1 rows");
  hub_answer_clear (&parts);
  net_stop (&net);
}

/* Who uses a method that is not for a path is told which are; one that only asks whether the hub is there needs no body. */
static void
test_methods (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *method, *path; guint status; const char *allow; } cases[] = {
    { "GET", "/v1/sync", 405, "POST" }, { "GET", "/v1/enrol", 405, "POST" }, { "POST", "/v1/health", 405, "GET, HEAD" },
    { "POST", "/v1/units", 405, "GET" }, { "HEAD", "/v1/units", 405, "GET" }, { "DELETE", "/v1/evidence/0", 405, "GET" },
    { "PUT", "/v1/segments/1/0", 405, "GET" },
    { "GET", "/v1/bundle/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 405, "POST" },
    { "HEAD", "/v1/health", 200, NULL }, { "GET", "/v1/health", 200, NULL },
  };
  Net net;

  net_start (fixture, &net);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *uri = g_strconcat (net.base, cases[i].path, NULL);
      g_autoptr(SoupMessage) message = soup_message_new (cases[i].method, uri);
      g_autoptr(GBytes) body = net_send (fixture, &net, message);
      SoupMessageHeaders *headers = soup_message_get_response_headers (message);

      g_test_message ("%s %s", cases[i].method, cases[i].path);
      g_assert_cmpuint (soup_message_get_status (message), ==, cases[i].status);
      g_assert_cmpstr (soup_message_headers_get_one (headers, "Allow"), ==, cases[i].allow);
      g_assert_cmpint (g_bytes_get_size (body) > 0, ==, !g_str_equal (cases[i].method, "HEAD"));
      if (cases[i].status == 200)
        g_assert_cmpstr (soup_message_headers_get_content_type (headers, NULL), ==, "application/json");
    }
  net_stop (&net);
}

/* What a device fetches stands in the log, with how much it was: the device and the count, and no name. */
static void
test_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(GBytes) units = NULL, evidence = NULL, segment = NULL, open = NULL;
  g_autofree char *file = g_strconcat ("/v1/evidence/", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL);
  char *said[] = {
    g_strdup_printf ("units device=%s out=* status=200", town->id), g_strdup_printf ("evidence device=%s out=* status=404", town->id),
    g_strdup_printf ("segment device=%s out=0 status=204", town->id),
  };
  Net net;

  net_start (fixture, &net);
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, said[i]);
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "units device=- out=* status=403");
  g_assert_cmpuint (get_signed (fixture, &net, town, "/v1/units", NULL, &units), ==, 200);
  g_assert_cmpuint (get_signed (fixture, &net, town, file, NULL, &evidence), ==, 404);
  g_assert_cmpuint (get_signed (fixture, &net, town, "/v1/segments/" TOWN "/0", NULL, &segment), ==, 204);
  g_assert_cmpuint (ask (fixture, &net, "GET", "/v1/units", NULL, &open), ==, 403);
  net_stop (&net);
  g_test_assert_expected_messages ();
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    g_free (said[i]);
}

/* Evidence is given whole or in part to a device that may read it, and to nobody whose signature does not hold. */
static void
test_download (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *range;
    guint status;
    const char *body;
  } parts[] = {
    { "bytes=0-0", 206, "0" }, { "bytes=4-6", 206, "456" }, { "Bytes=4-99", 206, "456789" }, { "bytes=-3", 206, "789" },
    { "bytes=-50", 206, "0123456789" }, { "bytes=9223372036854775806-", 416, "" }, { "bytes=10-", 416, "" }, { "bytes=-0", 416, "" },
    { "bytes=2-9223372036854775806", 206, "23456789" },
    /* What is no part is none. */
    { "bytes=2-9223372036854775807", 200, "0123456789" }, { "bytes=22222222222222222222222222229-2", 200, "0123456789" },
    { "bytes=18446744073709551615-", 200, "0123456789" }, { "bytes=-18446744073709551615", 200, "0123456789" },
    { "bytes=6-4", 200, "0123456789" }, { "bytes=1-2,4-5", 200, "0123456789" }, { "bytes=-", 200, "0123456789" },
    { "bytes=", 200, "0123456789" }, { "bytes", 200, "0123456789" }, { "lines=1-2", 200, "0123456789" }, { "bytes= 1-2", 200, "0123456789" },
    { "bytes=+1-2", 200, "0123456789" }, { "bytes=1-2 ", 206, "12" }, { "bytes=1-2x", 200, "0123456789" },
  };
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, OTHER, "commune");
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "0123456789", -1), *record = mc_id_new (NOW);
  g_autofree char *path = g_strconcat ("/v1/evidence/", sha256, NULL);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_full (NULL, record, "files", NULL, NULL, sha256), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups), whole = NULL, part = NULL, hidden = NULL, forged = NULL;
  Answer answer = { 0 };
  McNeed need;
  Net net;

  hub_send (fixture->hub, request, 8192, &answer);
  hub_send_piece (town, sha256, 0, 10, "0123456789", &need);
  g_assert_true (need.complete);

  net_start (fixture, &net);
  g_assert_cmpuint (get_signed (fixture, &net, town, path, NULL, &whole), ==, 200);
  g_assert_cmpmem (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), "0123456789", 10);
  g_assert_cmpuint (get_signed (fixture, &net, town, path, "bytes=4-", &part), ==, 206);
  g_assert_cmpmem (g_bytes_get_data (part, NULL), g_bytes_get_size (part), "456789", 6);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr(GBytes) got = NULL;

      g_test_message ("%s", parts[i].range);
      g_assert_cmpuint (get_signed (fixture, &net, town, path, parts[i].range, &got), ==, parts[i].status);
      g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), parts[i].body, strlen (parts[i].body));
    }
  g_assert_cmpuint (get_signed (fixture, &net, other, path, NULL, &hidden), ==, 404);
  mc_signing_key_new (&town->key);
  g_assert_cmpuint (get_signed (fixture, &net, town, path, NULL, &forged), ==, 403);
  assert_problem (forged, "bad-signature");
  net_stop (&net);
  hub_answer_clear (&answer);
}

static const char *
enrol_again (Fixture      *fixture,
             const char   *line,
             const char   *device,
             McSigningKey *key,
             gint64        now)
{
  g_autofree char *request = hub_enrol_request (line, device, key), *answer = NULL;
  g_autoptr(GError) error = NULL;
  const char *problem;

  answer = mc_hub_answer_enrol (fixture->hub, request, strlen (request), now, &problem, &error);
  g_assert_no_error (error);
  g_assert_cmpint (answer == NULL, ==, problem != NULL);

  return problem;
}

/* A secret lets one device in, again if its answer was lost; nobody takes another's name; guessing is slowed down. */
static void
test_enrol (Fixture *fixture, gconstpointer data)
{
  g_autofree char *line = mc_hub_enrol (fixture->hub, TOWN, "commune", NULL, 30, NOW, NULL), *device = mc_id_new (NOW);
  g_autofree char *second = mc_hub_enrol (fixture->hub, TOWN, "commune", NULL, 30, NOW, NULL), *other = mc_id_new (NOW);
  g_autofree char *above = mc_hub_enrol (fixture->hub, DISTRICT, "district", NULL, 30, NOW, NULL), *wrong = NULL;
  g_autoptr(GBytes) guess = NULL;
  McSigningKey key, thief;
  guint status = 0;
  Net net;

  mc_signing_key_new (&key);
  mc_signing_key_new (&thief);
  g_assert_cmpstr (enrol_again (fixture, line, device, &key, NOW), ==, NULL);
  g_assert_cmpstr (enrol_again (fixture, line, device, &key, NOW), ==, NULL);
  g_assert_cmpstr (enrol_again (fixture, line, other, &thief, NOW), ==, "secret-used");
  g_assert_cmpstr (enrol_again (fixture, second, device, &thief, NOW), ==, "forbidden");
  g_assert_cmpstr (enrol_again (fixture, above, device, &key, NOW), ==, "forbidden");
  g_assert_cmpstr (enrol_again (fixture, second, other, &thief, NOW + 31 * 24 * G_TIME_SPAN_HOUR), ==, "secret-expired");

  wrong = g_strdup_printf ("{\"secret\":\"00000000000000000000000000000000\",\"device\":\"%s\",\"public_key\":\"%064d\",\"name\":\"\"}", other, 0);
  guess = g_bytes_new (wrong, strlen (wrong));
  net_start (fixture, &net);
  for (int i = 0; i < MC_WRONG_SECRETS_A_MINUTE + 2; i++)
    {
      status = ask (fixture, &net, "POST", "/v1/enrol", guess, NULL);
      g_assert_cmpuint (status, ==, i < MC_WRONG_SECRETS_A_MINUTE ? 403 : 429);
    }
  net_stop (&net);
}

/* Whether the file of the store, without its log, has @text in it. */
static gboolean
file_has (Fixture    *fixture,
          const char *text)
{
  g_autofree char *content = NULL;
  g_autoptr(GError) error = NULL;
  gsize size, length = strlen (text), at = 0;

  g_file_get_contents (mc_db_get_path (fixture->hub->db), &content, &size, &error);
  g_assert_no_error (error);

  while (at + length <= size && memcmp (content + at, text, length) != 0)
    at++;

  return at + length <= size;
}

/* A hub at rest carries its log over, so that whoever comes next does not wait for that. */
static void
test_rest (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups);
  Net net;

  net_start (fixture, &net);
  g_assert_cmpuint (ask (fixture, &net, "POST", "/v1/sync", request, NULL), ==, 200);
  hub_assert_rows (fixture->hub, "1 rows in 1 logs");
  g_assert_false (file_has (fixture, record));
  while (!file_has (fixture, record))
    {
      g_main_context_iteration (NULL, TRUE);
      mc_db_take_back (fixture->hub->db);
    }
  net_stop (&net);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, hub_set_up, func, hub_tear_down)
  ADD ("/hub-server/server", test_server);
  ADD ("/hub-server/methods", test_methods);
  ADD ("/hub-server/told", test_told);
  ADD ("/hub-server/download", test_download);
  ADD ("/hub-server/enrol", test_enrol);
  ADD ("/hub-server/rest", test_rest);

  return g_test_run ();
}
