/* mc-certificate.h: the hub's word on who a device is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A device keeps its own and shows it to a hub that does not know it any more; the certificates of others travel with
 * their rows.  Whoever holds the hub's key can check one, without the hub.
 */

#pragma once

#include <json-glib/json-glib.h>

#include "wire/mc-keys.h"

G_BEGIN_DECLS

typedef struct
{
  char *device, *log, *role;          /* (owned) */
  guint8 key[MC_KEY_BYTES];
  gint64 issued_us;
  guint8 signature[MC_SIGNATURE_BYTES];
} McCertificate;

void           mc_certificate_free    (McCertificate       *self);
/* Signs what is in @self as the hub. */
void           mc_certificate_sign    (McCertificate       *self,
                                       const McSigningKey  *hub_key);
gboolean       mc_certificate_holds   (const McCertificate *self,
                                       const guint8         hub_key[MC_KEY_BYTES]);
JsonNode      *mc_certificate_to_json (const McCertificate *self) G_GNUC_WARN_UNUSED_RESULT;
McCertificate *mc_certificate_parse   (const char          *json,
                                       gssize               size) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) malformed */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McCertificate, mc_certificate_free)

G_END_DECLS
