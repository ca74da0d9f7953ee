/* mc-sync-error.h: why a sync did not go through, in the kinds that people are told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * McSyncError:
 * @MC_SYNC_ERROR_NO_NETWORK: this machine has no network
 * @MC_SYNC_ERROR_UNREACHABLE: the hub's address does not answer
 * @MC_SYNC_ERROR_NOT_A_HUB: something answers that is no hub: a portal, a proxy, another server
 * @MC_SYNC_ERROR_WRONG_KEY: a hub answers that is not the one this device was enrolled at
 * @MC_SYNC_ERROR_REVOKED: the hub no longer lets this device in
 * @MC_SYNC_ERROR_UNKNOWN_DEVICE: the hub does not know this device
 * @MC_SYNC_ERROR_HUB_FULL: the hub's disk is full
 * @MC_SYNC_ERROR_UNAVAILABLE: the hub is there and cannot work now
 * @MC_SYNC_ERROR_PROTOCOL: what came breaks the protocol
 * @MC_SYNC_ERROR_STALLED: nothing came for a minute
 * @MC_SYNC_ERROR_REJECTED: the hub refused the request as it is
 * @MC_SYNC_ERROR_LOCAL: the store of this machine failed
 * @MC_SYNC_ERROR_BAD_LINE: the enrolment line is cut or garbled
 * @MC_SYNC_ERROR_SECRET_USED: the enrolment line was used before
 * @MC_SYNC_ERROR_SECRET_EXPIRED: the enrolment line is too old
 * @MC_SYNC_ERROR_PORTAL: a sign-in page of the network, or a filter, answers in the hub's place
 * @MC_SYNC_ERROR_PROXY: a proxy stands in the way: it wants a password, or cannot reach the hub, or takes no large request
 * @MC_SYNC_ERROR_CUT: the line broke off in the middle
 * @MC_SYNC_ERROR_BUNDLE_DAMAGED: a bundle is cut or was changed
 * @MC_SYNC_ERROR_BUNDLE_FOREIGN: a bundle is for another hub or another device
 * @MC_SYNC_ERROR_BUNDLE_OTHER: a file is no bundle, or goes the other way
 * @MC_SYNC_ERROR_BUNDLE_NEWER: a bundle is of a newer program
 *
 * None of them loses anything: what was to be sent stays on the device.
 */
typedef enum
{
  MC_SYNC_ERROR_NO_NETWORK,
  MC_SYNC_ERROR_UNREACHABLE,
  MC_SYNC_ERROR_NOT_A_HUB,
  MC_SYNC_ERROR_WRONG_KEY,
  MC_SYNC_ERROR_REVOKED,
  MC_SYNC_ERROR_UNKNOWN_DEVICE,
  MC_SYNC_ERROR_HUB_FULL,
  MC_SYNC_ERROR_UNAVAILABLE,
  MC_SYNC_ERROR_PROTOCOL,
  MC_SYNC_ERROR_STALLED,
  MC_SYNC_ERROR_REJECTED,
  MC_SYNC_ERROR_LOCAL,
  MC_SYNC_ERROR_BAD_LINE,
  MC_SYNC_ERROR_SECRET_USED,
  MC_SYNC_ERROR_SECRET_EXPIRED,
  MC_SYNC_ERROR_PORTAL,
  MC_SYNC_ERROR_PROXY,
  MC_SYNC_ERROR_CUT,
  MC_SYNC_ERROR_BUNDLE_DAMAGED,
  MC_SYNC_ERROR_BUNDLE_FOREIGN,
  MC_SYNC_ERROR_BUNDLE_OTHER,
  MC_SYNC_ERROR_BUNDLE_NEWER,
} McSyncError;

#define MC_SYNC_ERROR (mc_sync_error_quark ())
GQuark      mc_sync_error_quark    (void);
const char *mc_sync_error_get_slug (McSyncError  code);  /* stable word for logs and scripts */

G_END_DECLS
