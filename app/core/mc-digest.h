/* mc-digest.h: SHA-256 and the chains of streams and unit logs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * chain (0) is 32 zero bytes.  A stream: chain (n) = SHA-256 (chain (n-1) || SHA-256 (bytes n)).
 * A unit log: chain (seq) = SHA-256 (chain (seq-1) || SHA-256 (device || incarnation || n || bytes)),
 * device and incarnation as 16 bytes each, n as 8 bytes big endian.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MC_DIGEST_SIZE 32

typedef struct
{
  guint8 data[MC_DIGEST_SIZE];
} McDigest;

void      mc_digest_of_data   (McDigest       *digest,
                               gconstpointer   data,
                               gsize           size);
void      mc_digest_of_bytes  (McDigest       *digest,
                               GBytes         *bytes);
void      mc_chain_step       (McDigest       *chain,
                               const McDigest *hash);
void      mc_chain_step_log   (McDigest       *chain,
                               const char     *device,
                               const char     *incarnation,
                               guint64         n,
                               GBytes         *bytes);

/* SHA-256 of what comes in pieces.  To get it begins anew. */
typedef struct _McHasher McHasher;

McHasher *mc_hasher_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void      mc_hasher_free      (McHasher       *self);
void      mc_hasher_add       (McHasher       *self,
                               gconstpointer   data,
                               gsize           size);
void      mc_hasher_get       (McHasher       *self,
                               McDigest       *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHasher, mc_hasher_free)

char     *mc_digest_to_hex    (const McDigest *digest) G_GNUC_WARN_UNUSED_RESULT;
gboolean  mc_digest_from_hex  (McDigest       *digest,
                               const char     *hex);
gboolean  mc_digest_equal     (const McDigest *a,
                               const McDigest *b);

G_END_DECLS
