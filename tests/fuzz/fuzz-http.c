/* fuzz-http.c: what a stranger writes on a connection to the hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hub listens as it does in earnest, but for TLS, which is GnuTLS's to check.  The first byte says if the rest is what
 * is written as it is (request lines, headers, chunked bodies, several requests), or more headers of a GET that an enrolled
 * device has signed: a range of a file, of a segment.
 */

#include <gio/gnetworking.h>
#include <string.h>

#include "fuzz/mc-fuzz-hub.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-log.h"
#include "hub/mc-hub-server.h"
#include "wire/mc-message.h"

#define PATIENCE_SECONDS 10
#define CONTENT          "%PDF-1.4 Kế hoạch cải cách hành chính"

static McHub *hub;
static McHubServer *server;
static McSigningKey key;
static char *sha256;

/* libsoup 3.2's server keeps the GSocket object of every connection that it accepted. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}

static void
drop_message (const char     *domain,
              GLogLevelFlags  level,
              const char     *text,
              gpointer        user_data)
{
}

/* A row that names the file. */
static void
put_row (void)
{
  g_autofree char *text = g_strdup_printf ("{\"id\":\"" FUZZ_INCARNATION "\",\"record\":\"" FUZZ_RECORD "\",\"type\":\"plan\","
                                           "\"pack\":\"binh-dinh-2878-2021/1\",\"at\":\"2021-11-02T08:14:03.120+07:00\",\"by\":\"Hà\","
                                           "\"set\":{\"files\":[]},\"evidence\":[\"%s\"]}", sha256);
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GByteArray) holes = g_byte_array_new ();
  g_autoptr(McTransaction) transaction = mc_db_begin (hub->db, NULL);
  McGroup *group = g_new0 (McGroup, 1);
  g_autoptr(GError) error = NULL;
  guint64 seq;

  group->device = g_strdup (FUZZ_DEVICE);
  group->incarnation = g_strdup (FUZZ_INCARNATION);
  group->n = 1;
  group->signature = g_bytes_new_take (g_malloc0 (MC_SIGNATURE_BYTES), MC_SIGNATURE_BYTES);
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  g_ptr_array_add (group->changes, mc_change_parse (bytes, &error));
  g_assert_no_error (error);
  g_assert_true (mc_hub_append_group (hub, FUZZ_LOG, group, holes, FUZZ_NOW_US, &seq, &error));
  g_assert_true (mc_transaction_commit (g_steal_pointer (&transaction), &error));
  mc_group_free (group);
}

static void
give_file (void)
{
  g_autoptr(McHubDevice) device = mc_hub_find_device (hub, FUZZ_DEVICE, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static (CONTENT, strlen (CONTENT));
  McNeed need;

  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  put_row ();
  g_assert_true (mc_hub_take_evidence (hub, device, sha256, 0, strlen (CONTENT), bytes, FUZZ_NOW_US, &need, NULL));
  g_assert_true (need.complete);
}

static void
begin (void)
{
  g_autoptr(GError) error = NULL;

  if (hub != NULL)
    return;
  g_log_set_handler (NULL, G_LOG_LEVEL_MESSAGE, drop_message, NULL);
  hub = fuzz_new_hub ();
  fuzz_enrol_device (hub, &key);
  give_file ();
  hub->without_tls = TRUE;
  server = mc_hub_server_new (hub, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
}

/* A GET of @path with the device's signature, open for more headers. */
static void
put_signed_head (GByteArray *out,
                 const char *path)
{
  g_autoptr(GBytes) message = mc_message_ask (&hub->identity, "GET", FUZZ_DEVICE, path, "0");
  guint8 signature[MC_SIGNATURE_BYTES];
  g_autofree char *hex = NULL, *head = NULL;

  mc_sign (&key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  hex = mc_hex (signature, sizeof signature);
  head = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: hub\r\nMc-Device: " FUZZ_DEVICE "\r\nMc-Nonce: 0\r\nMc-Signature: %s\r\n",
                          path, hex);
  g_byte_array_append (out, (const guint8 *) head, strlen (head));
}

static GByteArray *
write_request (const guint8 *data,
               gsize         size)
{
  GByteArray *out = g_byte_array_new ();
  g_autofree char *evidence = g_strdup_printf ("/v1/evidence/%s", sha256);

  if (data[0] % 3 > 0)
    put_signed_head (out, data[0] % 3 == 1 ? evidence : "/v1/segments/" FUZZ_LOG "/1");
  g_byte_array_append (out, data + 1, size - 1);
  if (data[0] % 3 > 0)
    g_byte_array_append (out, (const guint8 *) "\r\n\r\n", 4);

  return out;
}

static GSocket *
connect_to_hub (void)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", mc_hub_server_get_port (server));
  g_autoptr(GError) error = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  struct linger at_once = { 1, 0 };

  g_assert_no_error (error);
  /* Thousands of connections a minute: none may wait in the kernel after its end. */
  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  g_assert_true (g_socket_connect (socket, address, NULL, &error));
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);

  return socket;
}

/* Writes what there is room for, and the end behind it; FALSE after the end, also where the hub wants no more. */
static gboolean
write_some (GSocket    *socket,
            GByteArray *request,
            gsize      *at)
{
  g_autoptr(GError) error = NULL;
  gssize n = 0;

  if (*at < request->len)
    n = g_socket_send (socket, (const char *) request->data + *at, request->len - *at, NULL, &error);
  if (n > 0)
    *at += n;
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    *at = request->len;
  if (*at < request->len)
    return TRUE;
  g_socket_shutdown (socket, FALSE, TRUE, NULL);

  return FALSE;
}

/* What the hub says until it closes. */
static GByteArray *
talk (GSocket    *socket,
      GByteArray *request)
{
  GByteArray *answer = g_byte_array_new ();
  gint64 until_us = g_get_monotonic_time () + PATIENCE_SECONDS * G_TIME_SPAN_SECOND;
  gboolean writes = TRUE;
  gsize at = 0;

  while (TRUE)
    {
      g_autoptr(GError) error = NULL;
      char piece[4096];
      gssize n;

      writes = writes && write_some (socket, request, &at);
      n = g_socket_receive (socket, piece, sizeof piece, NULL, &error);
      if (n > 0)
        g_byte_array_append (answer, (const guint8 *) piece, n);
      else if (n == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return answer;
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    }
}

/* Whatever is written, the hub answers in HTTP or not at all, lets go of the connection, and goes on serving. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GByteArray) request = NULL, answer = NULL;
  g_autoptr(GSocket) socket = NULL;
  gint64 until_us;

  fuzz_begin ();
  if (size < 1)
    return 0;
  begin ();
  request = write_request (data, size);
  socket = connect_to_hub ();
  answer = talk (socket, request);
  g_assert_true (answer->len == 0 || (answer->len > 9 && memcmp (answer->data, "HTTP/1.", 7) == 0));
  g_socket_close (socket, NULL);

  until_us = g_get_monotonic_time () + PATIENCE_SECONDS * G_TIME_SPAN_SECOND;
  while (mc_hub_listener_get_n_connections (mc_hub_server_get_listener (server)) > 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
    }

  return 0;
}
