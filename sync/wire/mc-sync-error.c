/* mc-sync-error.c: why a sync did not go through
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-sync-error.h"

G_DEFINE_QUARK (mc-sync-error-quark, mc_sync_error)

const char *
mc_sync_error_get_slug (McSyncError code)
{
  static const char * const slugs[] = {
    [MC_SYNC_ERROR_NO_NETWORK] = "no-network",
    [MC_SYNC_ERROR_UNREACHABLE] = "unreachable",
    [MC_SYNC_ERROR_NOT_A_HUB] = "not-a-hub",
    [MC_SYNC_ERROR_WRONG_KEY] = "wrong-key",
    [MC_SYNC_ERROR_REVOKED] = "revoked",
    [MC_SYNC_ERROR_UNKNOWN_DEVICE] = "unknown-device",
    [MC_SYNC_ERROR_HUB_FULL] = "hub-full",
    [MC_SYNC_ERROR_UNAVAILABLE] = "unavailable",
    [MC_SYNC_ERROR_PROTOCOL] = "protocol",
    [MC_SYNC_ERROR_STALLED] = "stalled",
    [MC_SYNC_ERROR_REJECTED] = "rejected",
    [MC_SYNC_ERROR_LOCAL] = "local",
    [MC_SYNC_ERROR_BAD_LINE] = "bad-line",
    [MC_SYNC_ERROR_SECRET_USED] = "secret-used",
    [MC_SYNC_ERROR_SECRET_EXPIRED] = "secret-expired",
    [MC_SYNC_ERROR_PORTAL] = "portal",
    [MC_SYNC_ERROR_PROXY] = "proxy",
    [MC_SYNC_ERROR_CUT] = "cut",
    [MC_SYNC_ERROR_BUNDLE_DAMAGED] = "bundle-damaged",
    [MC_SYNC_ERROR_BUNDLE_FOREIGN] = "bundle-foreign",
    [MC_SYNC_ERROR_BUNDLE_OTHER] = "bundle-other",
    [MC_SYNC_ERROR_BUNDLE_NEWER] = "bundle-newer",
  };

  return (guint) code < G_N_ELEMENTS (slugs) ? slugs[code] : "unknown";
}
