/* mc-keys.h: signatures of devices and of the hub, and the pin of a TLS key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "core/mc-digest.h"
#include "core/mc-hex.h"

G_BEGIN_DECLS

#define MC_KEY_BYTES       32   /* public key; also the seed that a secret key is made from */
#define MC_SIGNATURE_BYTES 64
#define MC_ID_BYTES        16

typedef struct
{
  guint8 seed[MC_KEY_BYTES];        /* secret */
  guint8 public_key[MC_KEY_BYTES];
} McSigningKey;

/* What both ends of a connection know of the hub. */
typedef struct
{
  guint8 id[MC_ID_BYTES];
  guint8 key[MC_KEY_BYTES];         /* Ed25519 */
  guint8 tls_pin[32];               /* SHA-256 of the TLS key's SubjectPublicKeyInfo */
} McHubIdentity;

void      mc_signing_key_new       (McSigningKey         *out);
void      mc_signing_key_from_seed (McSigningKey         *out,
                                    const guint8          seed[MC_KEY_BYTES]);
void      mc_sign                  (const McSigningKey   *key,
                                    gconstpointer         message,
                                    gsize                 size,
                                    guint8                out[MC_SIGNATURE_BYTES]);
gboolean  mc_verify                (const guint8          public_key[MC_KEY_BYTES],
                                    gconstpointer         message,
                                    gsize                 size,
                                    const guint8          signature[MC_SIGNATURE_BYTES]);

/* The messages that are signed; each begins with a name of its own, so none passes for another. */
GBytes   *mc_message_stream        (const guint8          hub_id[MC_ID_BYTES],
                                    const char           *device,
                                    const char           *incarnation,
                                    const char           *log,
                                    guint64               n,
                                    const McDigest       *chain) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *mc_message_log_head      (const guint8          hub_id[MC_ID_BYTES],
                                    const guint8          epoch[MC_ID_BYTES],
                                    const char           *log,
                                    guint64               seq,
                                    const McDigest       *chain) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *mc_message_hello         (const McHubIdentity  *hub,
                                    const char           *device,
                                    const char           *incarnation,
                                    const guint8          nonce[MC_ID_BYTES]) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *mc_message_hub_hello     (const guint8          hub_id[MC_ID_BYTES],
                                    const guint8          epoch[MC_ID_BYTES],
                                    guint64               time_us,
                                    const guint8          nonce[MC_ID_BYTES],
                                    const char           *device) G_GNUC_WARN_UNUSED_RESULT;
/* Of a request outside of sync: a GET, or a POST of a bundle. */
GBytes   *mc_message_ask           (const McHubIdentity  *hub,
                                    const char           *method,
                                    const char           *device,
                                    const char           *path,
                                    const char           *nonce) G_GNUC_WARN_UNUSED_RESULT;

gboolean  mc_tls_get_pin           (GTlsCertificate      *certificate,
                                    guint8                out[32]);
gboolean  mc_tls_get_written_pin   (gconstpointer         data,
                                    gsize                 size,
                                    gboolean              is_pem,
                                    guint8                out[32]);

G_END_DECLS
