/* fuzz-payloads.c: what the frames carry
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-error.h"
#include "fuzz/mc-fuzz.h"
#include "wire/mc-buffer.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-limits.h"
#include "wire/mc-message.h"
#include "wire/mc-sync-error.h"

/* What a decoder takes, its encoder writes, and the decoder takes that for the same: each of these gives the bytes that
 * were written again, or NULL with an error. */

static GBytes *
again_hello (GBytes  *payload,
             GError **error)
{
  McHello hello = { 0 };
  GByteArray *out = mc_decode_hello (payload, &hello, error) ? mc_encode_hello (&hello) : NULL;

  mc_hello_clear (&hello);

  return out != NULL ? g_byte_array_free_to_bytes (out) : NULL;
}

static GBytes *
again_cursor (GBytes  *payload,
              GError **error)
{
  McCursorFrame cursor = { 0 };
  GByteArray *out = mc_decode_cursor (payload, &cursor, error) ? mc_encode_cursor (&cursor) : NULL;

  mc_cursor_frame_clear (&cursor);

  return out != NULL ? g_byte_array_free_to_bytes (out) : NULL;
}

static GBytes *
again_groups (GBytes  *payload,
              GError **error)
{
  g_autofree char *log = NULL;
  g_autoptr(GPtrArray) groups = mc_decode_groups (payload, FUZZ_DEVICE, FUZZ_INCARNATION, &log, error);

  return groups != NULL ? mc_encode_groups (NULL, log, groups) : NULL;
}

static GBytes *
again_evidence (GBytes  *payload,
                GError **error)
{
  char sha256[65];
  guint64 offset, total;
  g_autoptr(GBytes) data = NULL;

  if (!mc_decode_evidence (payload, sha256, &offset, &total, &data, error))
    return NULL;
  g_assert_cmpuint (offset + g_bytes_get_size (data), <=, total);

  return g_byte_array_free_to_bytes (mc_encode_evidence (sha256, offset, total, g_bytes_get_data (data, NULL),
                                                         g_bytes_get_size (data)));
}

static GBytes *
again_hub_hello (GBytes  *payload,
                 GError **error)
{
  McHubHello hello = { 0 };

  return mc_decode_hub_hello (payload, &hello, error) ? g_byte_array_free_to_bytes (mc_encode_hub_hello (&hello)) : NULL;
}

static GBytes *
again_stream (GBytes  *payload,
              GError **error)
{
  McStreamFrame stream = { 0 };
  GByteArray *out = mc_decode_stream (payload, &stream, error) ? mc_encode_stream (&stream) : NULL;

  mc_stream_frame_clear (&stream);

  return out != NULL ? g_byte_array_free_to_bytes (out) : NULL;
}

static GBytes *
again_log (GBytes  *payload,
           GError **error)
{
  McLogFrame log = { 0 };
  GBytes *out = mc_decode_log (payload, &log, error) ? mc_encode_log (NULL, &log) : NULL;

  mc_log_frame_clear (&log);

  return out;
}

static GBytes *
again_needs (GBytes  *payload,
             GError **error)
{
  g_autoptr(GArray) needs = mc_decode_needs (payload, error);

  return needs != NULL ? g_byte_array_free_to_bytes (mc_encode_needs (needs)) : NULL;
}

/* What it names is found by that name. */
static GBytes *
again_dictionaries (GBytes  *payload,
                    GError **error)
{
  const McDictionary *found = mc_decode_dictionaries (payload);

  if (found != NULL)
    g_assert_true (mc_dictionary_find (mc_dictionary_get_name (found)) == found);
  mc_is_dictionary_missing (payload);

  return g_byte_array_free_to_bytes (mc_encode_dictionaries ());
}

static const struct
{
  GBytes *(*again) (GBytes *, GError **);
  guint pack;          /* the input is what is packed, so that a fuzzer gets past zstd; 2 = with a dictionary */
} kinds[] = {
  { again_hello, 0 }, { again_cursor, 0 }, { again_groups, 0 }, { again_groups, 1 },
  { again_evidence, 0 }, { again_hub_hello, 0 }, { again_stream, 0 }, { again_log, 0 },
  { again_log, 1 }, { again_needs, 0 }, { again_dictionaries, 0 }, { again_groups, 2 },
};

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GBytes) payload = NULL, first = NULL, second = NULL;
  g_autoptr(GError) error = NULL;
  guint kind;

  fuzz_begin ();
  if (size < 1)
    return 0;
  kind = data[0] % G_N_ELEMENTS (kinds);
  if (kinds[kind].pack > 0)
    payload = mc_compress (kinds[kind].pack == 2 ? mc_dictionary_for_pack ("binh-dinh-2878-2021") : NULL, data + 1, size - 1);
  else
    payload = g_bytes_new (data + 1, size - 1);

  first = kinds[kind].again (payload, &error);
  fuzz_check_error (first != NULL, error, 0);
  if (first == NULL)
    {
      /* A change inside may be none, and says so in the words of the store. */
      g_assert_true (error->domain == MC_SYNC_ERROR || error->domain == MC_STORE_ERROR);
      return 0;
    }
  second = kinds[kind].again (first, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (first, second));

  return 0;
}
