/* mc-http-fault.c: what it means when no hub's answer came, in the kinds that people are told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-http-fault.h"

#include <string.h>

#include "wire/mc-problem.h"
#include "wire/mc-sync-error.h"

static gboolean
is_offline (void)
{
  return !g_network_monitor_get_network_available (g_network_monitor_get_default ());
}

static gboolean
is_behind_portal (void)
{
  return g_network_monitor_get_connectivity (g_network_monitor_get_default ()) == G_NETWORK_CONNECTIVITY_PORTAL;
}

/* Nobody has taken the call. */
static McSyncError
fault_before_line (const GError *cause)
{
  if (cause->domain == G_IO_ERROR)
    switch (cause->code)
      {
      case G_IO_ERROR_NETWORK_UNREACHABLE:
        return MC_SYNC_ERROR_NO_NETWORK;
      case G_IO_ERROR_PROXY_FAILED:
      case G_IO_ERROR_PROXY_AUTH_FAILED:
      case G_IO_ERROR_PROXY_NEED_AUTH:
      case G_IO_ERROR_PROXY_NOT_ALLOWED:
        return MC_SYNC_ERROR_PROXY;
      case G_IO_ERROR_CONNECTION_REFUSED:
        /* A machine has answered, over a network that need not lead anywhere else. */
        return MC_SYNC_ERROR_UNREACHABLE;
      default:
        break;
      }
  if (is_offline ())
    return MC_SYNC_ERROR_NO_NETWORK;

  return is_behind_portal () ? MC_SYNC_ERROR_PORTAL : MC_SYNC_ERROR_UNREACHABLE;
}

static McSyncError
fault_on_line (McLineState   line,
               const GError *cause)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return MC_SYNC_ERROR_STALLED;
  if (line == MC_LINE_SECURE)
    return MC_SYNC_ERROR_CUT;
  /* It speaks, but no TLS: a sign-in page or a filter that only knows HTTP. */
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_MISC))
    return MC_SYNC_ERROR_PORTAL;

  /* Who hangs up without a word may be such a filter, or a machine before a hub that is down: what the desktop knows decides. */
  return is_behind_portal () ? MC_SYNC_ERROR_PORTAL : MC_SYNC_ERROR_UNREACHABLE;
}

void
mc_http_fault_from_error (const char    *address,
                          McLineState    line,
                          McPeer         peer,
                          const GError  *cause,
                          GError       **error)
{
  McSyncError code;

  if (peer == MC_PEER_OTHER_HUB)
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_WRONG_KEY, "%s is another hub than the one that the enrolment names", address);
  else if (peer == MC_PEER_STRANGER)
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PORTAL, "Something that is no hub answers at %s", address);
  else
    {
      code = line == MC_LINE_NONE ? fault_before_line (cause) : fault_on_line (line, cause);
      g_set_error (error, MC_SYNC_ERROR, code, "%s: %s", address, cause->message);
    }
}

/* The hub's own word for what is wrong, or NULL. */
static char *
dup_problem (GBytes *body)
{
  /* A redirect may have no body at all. */
  return mc_problem_read (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

/* What the hub's words mean to a device, and what now. */
static const struct
{
  const char *slug;
  McSyncError code;
  const char *text;
} problems[] = {
  { "revoked", MC_SYNC_ERROR_REVOKED, "The hub no longer accepts this device; nothing here is lost, ask the district" },
  { "unknown-device", MC_SYNC_ERROR_UNKNOWN_DEVICE, "The hub does not know this device; ask the district for an enrolment line" },
  { "hub-full", MC_SYNC_ERROR_HUB_FULL, "The hub has no more room; its administrator has to make some, and the next sync goes on from here" },
  { "not-ready", MC_SYNC_ERROR_UNAVAILABLE, "The hub is not ready yet; try again in a minute" },
  { "internal", MC_SYNC_ERROR_UNAVAILABLE, "The hub failed by itself; its log says why, and the next sync goes on from here" },
  { "rate-limited", MC_SYNC_ERROR_UNAVAILABLE, "The hub was asked too often; try again in a minute" },
  { "secret-unknown", MC_SYNC_ERROR_BAD_LINE, "The hub does not know this enrolment line; ask the district for a new one" },
  { "secret-used", MC_SYNC_ERROR_SECRET_USED, "This enrolment line was used already; each lets one device in, ask the district for a new one" },
  { "secret-expired", MC_SYNC_ERROR_SECRET_EXPIRED, "This enrolment line has expired; ask the district for a new one" },
  { "protocol", MC_SYNC_ERROR_PROTOCOL, "The hub does not understand what this program sends; one of the two needs an update" },
  { "bundle-damaged", MC_SYNC_ERROR_BUNDLE_DAMAGED, "The hub found the bundle damaged; write it again" },
  { "bundle-foreign", MC_SYNC_ERROR_BUNDLE_FOREIGN, "The bundle is for another hub" },
  { "bundle-newer", MC_SYNC_ERROR_BUNDLE_NEWER, "The bundle is of a newer version than the hub; the hub needs an update" },
  { "bundle-other", MC_SYNC_ERROR_BUNDLE_OTHER, "The hub finds no bundle of a device in the file; choose the one that the device wrote" },
};

static McSyncError
fault_of_status (guint status)
{
  switch (status)
    {
    case 407:
    case 413:
    case 502:
    case 503:
    case 504:
      return MC_SYNC_ERROR_PROXY;
    case 511:
      return MC_SYNC_ERROR_PORTAL;
    default:
      return status >= 300 && status < 400 ? MC_SYNC_ERROR_PORTAL : MC_SYNC_ERROR_NOT_A_HUB;
    }
}

gboolean
mc_http_fault_from_answer (const char    *address,
                           McPeer         peer,
                           guint          status,
                           const char    *content_type,
                           GBytes        *body,
                           GError       **error)
{
  g_autofree char *slug = status >= 400 && peer == MC_PEER_RIGHT ? dup_problem (body) : NULL;

  if (status >= 200 && status < 300 && peer == MC_PEER_RIGHT)
    {
      if (content_type == NULL || !g_str_has_prefix (content_type, "text/html"))
        return TRUE;
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PORTAL, "%s answers with a web page", address);
      return FALSE;
    }
  for (guint i = 0; slug != NULL && i < G_N_ELEMENTS (problems); i++)
    if (g_str_equal (problems[i].slug, slug))
      {
        g_set_error_literal (error, MC_SYNC_ERROR, problems[i].code, problems[i].text);
        return FALSE;
      }
  if (slug != NULL)
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_REJECTED, "The hub says: %s", slug);
  else if (peer == MC_PEER_UNKNOWN && fault_of_status (status) != MC_SYNC_ERROR_PORTAL)
    /* In the clear only a proxy answers, on the way to the hub. */
    g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROXY, "The proxy before %s answers with status %u", address, status);
  else
    g_set_error (error, MC_SYNC_ERROR, fault_of_status (status), "%s answers with status %u and is no hub", address, status);

  return FALSE;
}
