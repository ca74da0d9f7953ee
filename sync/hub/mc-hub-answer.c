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
  const char *title;   /* for people, the same whatever the occasion */
} problems[] = {
  { "internal", 500, "The hub failed" },
  { "unknown-device", 403, "The device is not enrolled here" },
  { "revoked", 403, "The device was shut out" },
  { "bad-signature", 403, "The signature is not the device's" },
  { "forbidden", 403, "The device may not do that" },
  { "secret-unknown", 403, "The enrolment line is not known here" },
  { "secret-used", 409, "The enrolment line was used before" },
  { "secret-expired", 410, "The enrolment line has expired" },
  { "rate-limited", 429, "There were too many attempts from this address" },
  { "not-found", 404, "There is nothing of that name" },
  { "method-not-allowed", 405, "The method is not for this path" },
  { "too-large", 413, "The request is too large" },
  { "protocol", 400, "The request breaks the protocol" },
  { "bad-request", 400, "The request lacks what it has to say" },
  { "bundle-damaged", 422, "The bundle is damaged" },
  { "bundle-foreign", 422, "The bundle is for another hub" },
  { "bundle-newer", 422, "The bundle is of a newer version" },
  { "bundle-other", 422, "The bundle is for another device" },
  { "bundle-refused", 422, "The bundle was not taken" },
  { "hub-full", 507, "The hub has no room left" },
  { "not-ready", 503, "The answer is not ready yet" },
};

void
mc_hub_answer_problem (SoupServerMessage *message,
                       const char        *slug,
                       const char        *detail)
{
  guint at = G_N_ELEMENTS (problems) - 1, status;
  char *text;

  while (at > 0 && !g_str_equal (problems[at].slug, slug))
    at--;
  status = problems[at].status;
  text = mc_problem_write (slug, problems[at].title, status, status != 500 ? detail : NULL);
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

gboolean
mc_hub_answer_method (SoupServerMessage *message,
                      const char        *allowed)
{
  g_auto(GStrv) methods = g_strsplit (allowed, ", ", -1);

  if (g_strv_contains ((const char * const *) methods, soup_server_message_get_method (message)))
    return TRUE;
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", allowed);
  mc_hub_answer_problem (message, "method-not-allowed", NULL);

  return FALSE;
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
