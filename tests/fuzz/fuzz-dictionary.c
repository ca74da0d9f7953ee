/* fuzz-dictionary.c: what is packed with zstd, with the dictionary of a pack or without
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says if the rest is packed already, is to be packed and unpacked again, or is packed and then damaged.
 */

#include <string.h>

#include "core/mc-limits.h"
#include "fuzz/mc-fuzz.h"
#include "wire/mc-dictionary.h"

/* What a stranger says is packed grows to no more than what is allowed, and asks for a dictionary only where one is. */
static void
unpack (const guint8 *data,
        gsize         size)
{
  g_autoptr(GBytes) packed = g_bytes_new (data, size);
  g_autoptr(GBytes) plain = mc_decompress (data, size);

  if (plain != NULL)
    {
      g_assert_cmpuint (g_bytes_get_size (plain), <=, MC_UNPACKED_MAX_BYTES);
      g_assert_false (mc_is_dictionary_missing (packed));
    }
  mc_is_dictionary_missing (packed);
}

/* What was packed comes out as it was; with bytes of it changed it comes out somehow, or not at all. */
static void
pack (const guint8 *data,
      gsize         size,
      guint8        how)
{
  const McDictionary *dictionary = how & 1 ? mc_dictionary_for_pack ("binh-dinh-2878-2021/1") : NULL;
  g_autoptr(GBytes) packed = mc_compress (dictionary, data, size), plain = NULL;
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  gsize packed_size = g_bytes_get_size (packed);

  plain = mc_decompress (copy, packed_size);
  g_assert_nonnull (plain);
  g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), data, size);
  if ((how & 2) && size > 2)
    {
      copy[data[0] % packed_size] ^= data[1] | 1;
      unpack (copy, MIN (packed_size, (gsize) 1 + data[2] * 16));
    }
}

/* What it names is found by that name. */
static void
find (const guint8 *data,
      gsize         size)
{
  g_autoptr(GBytes) payload = g_bytes_new (data, size);
  const McDictionary *found = mc_decode_dictionaries (payload);

  if (found != NULL)
    g_assert_true (mc_dictionary_find (mc_dictionary_get_name (found)) == found);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  fuzz_begin ();
  if (size < 2)
    return 0;
  if (data[0] % 8 < 4)
    pack (data + 1, size - 1, data[0] % 4);
  else if (data[0] % 8 < 7)
    unpack (data + 1, size - 1);
  else
    find (data + 1, size - 1);

  return 0;
}
