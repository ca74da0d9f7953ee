/* mc-hub-answer.c: what every route of the hub's server answers with, and who asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-answer.h"

#include <string.h>

#include "wire/mc-problem.h"

static const struct
{
  const char *slug;
  guint status;
} problems[] = {
  { "unknown-device", 403 }, { "revoked", 403 }, { "bad-signature", 403 }, { "forbidden", 403 },
  { "secret-unknown", 403 }, { "secret-used", 409 }, { "secret-expired", 410 }, { "rate-limited", 429 },
  { "not-found", 404 }, { "method-not-allowed", 405 }, { "too-large", 413 }, { "protocol", 400 },
  { "bad-request", 400 }, { "bundle-damaged", 422 }, { "bundle-foreign", 422 }, { "bundle-newer", 422 }, { "bundle-other", 422 },
  { "bundle-refused", 422 }, { "hub-full", 507 }, { "not-ready", 503 }, { "internal", 500 },
};

void
mc_hub_answer_problem (SoupServerMessage *message,
                       const char        *slug,
                       const char        *detail)
{
  guint status = 500;
  char *text;

  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    if (g_str_equal (problems[i].slug, slug))
      status = problems[i].status;

  text = mc_problem_write (slug, status, status != 500 ? detail : NULL);
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/problem+json", SOUP_MEMORY_TAKE, text, strlen (text));
}

void
mc_hub_answer_json (SoupServerMessage *message,
                    guint              status,
                    char              *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text, strlen (text));
}

McHubDevice *
mc_hub_authenticate (McHub             *hub,
                     SoupServerMessage *message,
                     const char        *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *id = soup_message_headers_get_one (headers, "Mc-Device");
  const char *nonce = soup_message_headers_get_one (headers, "Mc-Nonce");
  const char *hex = soup_message_headers_get_one (headers, "Mc-Signature");
  g_autoptr(McHubDevice) device = NULL;
  g_autoptr(GBytes) signed_bytes = NULL;
  guint8 signature[MC_SIGNATURE_BYTES];

  if (id == NULL || nonce == NULL || strlen (nonce) > 64 || strlen (path) > 200 || !mc_unhex (hex, signature, sizeof signature) ||
      !(device = mc_hub_find_device (hub, id, NULL)))
    {
      mc_hub_answer_problem (message, "unknown-device", NULL);
      return NULL;
    }
  if (device->revoked)
    {
      mc_hub_answer_problem (message, "revoked", NULL);
      return NULL;
    }
  signed_bytes = mc_message_ask (&hub->identity, soup_server_message_get_method (message), id, path, nonce);
  if (!mc_verify (device->key, g_bytes_get_data (signed_bytes, NULL), g_bytes_get_size (signed_bytes), signature))
    {
      mc_hub_answer_problem (message, "bad-signature", NULL);
      return NULL;
    }

  return g_steal_pointer (&device);
}
