/* fuzz-bundle.c: a bundle on a stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says if the rest is a bundle as it is, or what is put into one by somebody who knows the reader's
 * public key: anyone who has ever seen it.
 */

#include "core/mc-limits.h"
#include "fuzz/mc-fuzz.h"
#include "wire/mc-bundle.h"
#include "wire/mc-sync-error.h"

static GBytes *
seal (const McSigningKey *key,
      const guint8        hub[MC_ID_BYTES],
      const guint8       *data,
      gsize               size)
{
  g_autoptr(McBundleSealer) sealer = mc_bundle_sealer_new (MC_BUNDLE_REPLY, hub, key->public_key, 1);

  mc_bundle_sealer_add (sealer, data, size);
  mc_bundle_sealer_end (sealer);

  return mc_bundle_sealer_take (sealer);
}

/* What comes out is what went in, whole; everything else is an error, in pieces of any size. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  guint8 seed[MC_KEY_BYTES] = { FUZZ_DEVICE_SEED }, hub[MC_ID_BYTES] = { 0 }, named[MC_ID_BYTES];
  g_autoptr(McBundleOpener) opener = NULL;
  g_autoptr(GBytes) bundle = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  McBundleKind kind;
  McSigningKey key;
  gsize piece;

  fuzz_begin ();
  if (size < 2)
    return 0;
  mc_signing_key_from_seed (&key, seed);
  bundle = data[0] % 2 == 0 ? seal (&key, hub, data + 1, size - 1) : g_bytes_new (data + 1, size - 1);
  piece = 1 + data[1];
  mc_bundle_peek (g_bytes_get_data (bundle, NULL), g_bytes_get_size (bundle), &kind, named);

  opener = mc_bundle_opener_new (MC_BUNDLE_REPLY, hub, &key);
  for (gsize at = 0; at < g_bytes_get_size (bundle) && error == NULL; at += piece)
    {
      GBytes *part;

      mc_bundle_opener_push (opener, (const guint8 *) g_bytes_get_data (bundle, NULL) + at,
                             MIN (piece, g_bytes_get_size (bundle) - at));
      while (mc_bundle_opener_next (opener, &part, &error))
        {
          g_byte_array_append (out, g_bytes_get_data (part, NULL), g_bytes_get_size (part));
          g_bytes_unref (part);
        }
    }
  if (error == NULL)
    mc_bundle_opener_finish (opener, &error);
  if (data[0] % 2 == 0)
    {
      g_assert_no_error (error);
      g_assert_cmpmem (out->data, out->len, data + 1, size - 1);
    }
  else
    fuzz_check_error (error == NULL, error, MC_SYNC_ERROR);

  return 0;
}
