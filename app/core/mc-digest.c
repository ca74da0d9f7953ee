/* mc-digest.c: SHA-256 and the chains of streams and unit logs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-digest.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "core/mc-hex.h"
#include "core/mc-id.h"

void
mc_digest_of_data (McDigest      *digest,
                   gconstpointer  data,
                   gsize          size)
{
  /* With the processor's own instructions: several times as fast as GChecksum, and this is done to every change. */
  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, data, size, digest->data) != 0)
    g_error ("There is no SHA-256");
}

void
mc_digest_of_bytes (McDigest *digest,
                    GBytes   *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  mc_digest_of_data (digest, data, size);
}

struct _McHasher
{
  gnutls_hash_hd_t handle;
};

McHasher *
mc_hasher_new (void)
{
  McHasher *self = g_new0 (McHasher, 1);

  if (gnutls_hash_init (&self->handle, GNUTLS_DIG_SHA256) != 0)
    g_error ("There is no SHA-256");

  return self;
}

void
mc_hasher_free (McHasher *self)
{
  gnutls_hash_deinit (self->handle, NULL);
  g_free (self);
}

void
mc_hasher_add (McHasher      *self,
               gconstpointer  data,
               gsize          size)
{
  gnutls_hash (self->handle, data, size);
}

void
mc_hasher_get (McHasher *self,
               McDigest *out)
{
  gnutls_hash_output (self->handle, out->data);
}

/**
 * mc_chain_step:
 * @chain: (inout): chain (n - 1); all zero for n = 1
 * @hash: SHA-256 of the bytes at n
 *
 * Moves @chain on to n.
 */
void
mc_chain_step (McDigest       *chain,
               const McDigest *hash)
{
  guint8 both[2 * MC_DIGEST_SIZE];

  memcpy (both, chain->data, MC_DIGEST_SIZE);
  memcpy (both + MC_DIGEST_SIZE, hash->data, MC_DIGEST_SIZE);
  mc_digest_of_data (chain, both, sizeof both);
}

/**
 * mc_chain_step_log:
 * @chain: (inout): chain (seq - 1) of a unit log
 * @device: UUID of the author's device
 * @incarnation: UUID of the incarnation it wrote under
 * @n: place in that stream
 * @bytes: the change
 *
 * Moves @chain on to seq.
 */
void
mc_chain_step_log (McDigest   *chain,
                   const char *device,
                   const char *incarnation,
                   guint64     n,
                   GBytes     *bytes)
{
  guint8 head[16 + 16 + 8];
  guint64 n_be = GUINT64_TO_BE (n);
  gnutls_hash_hd_t hash;
  McDigest row;
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  if (!mc_id_to_bytes (device, head) || !mc_id_to_bytes (incarnation, head + 16))
    g_assert_not_reached ();
  memcpy (head + 32, &n_be, sizeof n_be);

  if (gnutls_hash_init (&hash, GNUTLS_DIG_SHA256) != 0)
    g_error ("There is no SHA-256");
  gnutls_hash (hash, head, sizeof head);
  gnutls_hash (hash, data, size);
  gnutls_hash_deinit (hash, row.data);
  mc_chain_step (chain, &row);
}

char *
mc_digest_to_hex (const McDigest *digest)
{
  return mc_hex (digest->data, MC_DIGEST_SIZE);
}

/* Takes exactly 64 hexadecimal digits in either case; else FALSE, @digest is as it was. */
gboolean
mc_digest_from_hex (McDigest   *digest,
                    const char *hex)
{
  return mc_unhex (hex, digest->data, MC_DIGEST_SIZE);
}

gboolean
mc_digest_equal (const McDigest *a,
                 const McDigest *b)
{
  return memcmp (a->data, b->data, MC_DIGEST_SIZE) == 0;
}
