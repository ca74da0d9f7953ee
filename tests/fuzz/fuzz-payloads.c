/* fuzz-payloads.c: what the frames carry
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-limits.h"
#include "fuzz/mc-fuzz.h"
#include "wire/mc-buffer.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-certificate.h"
#include "wire/mc-message-heal.h"
#include "wire/mc-message-quiet.h"
#include "wire/mc-message.h"
#include "wire/mc-receipt.h"
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
again_run (GBytes  *payload,
           GError **error)
{
  g_autofree char *log = NULL;
  g_autoptr(GPtrArray) groups = mc_decode_run (payload, FUZZ_DEVICE, FUZZ_INCARNATION, &log, error);

  return groups != NULL ? mc_encode_run (NULL, log, groups) : NULL;
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

#define AGAIN(name, Type, encode) \
  static GBytes * \
  again_##name (GBytes  *payload, \
                GError **error) \
  { \
    Type frame = { 0 }; \
    GBytes *out = mc_decode_##name (payload, &frame, error) ? (encode) : NULL; \
 \
    mc_##name##_frame_clear (&frame); \
 \
    return out; \
  }

AGAIN (places, McPlacesFrame, g_byte_array_free_to_bytes (mc_encode_places (&frame)))
AGAIN (parted, McPartedFrame, g_byte_array_free_to_bytes (mc_encode_parted (&frame)))
AGAIN (streams, McStreamsFrame, mc_encode_streams (&frame))
AGAIN (rows, McRowsFrame, mc_encode_rows (NULL, &frame))
AGAIN (wanted, McWantedFrame, g_byte_array_free_to_bytes (mc_encode_wanted (&frame)))
AGAIN (back, McBackFrame, mc_encode_back (NULL, &frame))
AGAIN (receipt, McReceiptFrame, g_byte_array_free_to_bytes (mc_encode_receipt (&frame)))

static GBytes *
again_taken (GBytes  *payload,
             GError **error)
{
  g_autoptr(GArray) numbers = mc_decode_taken (payload, error);

  return numbers != NULL ? g_byte_array_free_to_bytes (mc_encode_taken (numbers)) : NULL;
}

static GBytes *
again_ask (GBytes  *payload,
           GError **error)
{
  g_autofree char *log = NULL;
  guint what;

  return mc_decode_ask (payload, &what, &log, error) ? g_byte_array_free_to_bytes (mc_encode_ask (what, log)) : NULL;
}

static GBytes *
again_lacks (GBytes  *payload,
             GError **error)
{
  gboolean whole;
  g_autoptr(GArray) needs = mc_decode_lacks (payload, &whole, error);

  return needs != NULL ? g_byte_array_free_to_bytes (mc_encode_lacks (whole, needs)) : NULL;
}

static GBytes *
again_reads (GBytes  *payload,
             GError **error)
{
  g_auto(GStrv) logs = mc_decode_reads (payload, error);
  g_autoptr(GPtrArray) list = g_ptr_array_new ();

  for (gsize i = 0; logs != NULL && logs[i] != NULL; i++)
    g_ptr_array_add (list, logs[i]);

  return logs != NULL ? g_byte_array_free_to_bytes (mc_encode_reads (list)) : NULL;
}

/* A stranger's certificate never holds. */
static GBytes *
again_certificate (GBytes  *payload,
                   GError **error)
{
  static const guint8 hub_key[MC_KEY_BYTES] = { FUZZ_HUB_SEED };
  McCertificate *certificate = mc_certificate_parse (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  g_autoptr(JsonNode) node = NULL;
  char *text;

  if (certificate == NULL)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "no certificate");
      return NULL;
    }
  g_assert_false (mc_certificate_holds (certificate, hub_key));
  node = mc_certificate_to_json (certificate);
  text = json_to_string (node, FALSE);
  mc_certificate_free (certificate);

  return g_bytes_new_take (text, strlen (text));
}

static const struct
{
  GBytes *(*again) (GBytes *, GError **);
  guint pack;          /* the input is what is packed, so that a fuzzer gets past zstd; 2 = with a dictionary */
} kinds[] = {
  { again_hello, 0 }, { again_cursor, 0 }, { again_groups, 0 }, { again_groups, 1 },
  { again_evidence, 0 }, { again_hub_hello, 0 }, { again_stream, 0 }, { again_log, 0 },
  { again_log, 1 }, { again_needs, 0 }, { again_dictionaries, 0 }, { again_groups, 2 },
  { again_places, 0 }, { again_parted, 0 }, { again_streams, 1 }, { again_rows, 1 }, { again_wanted, 0 },
  { again_back, 1 }, { again_receipt, 0 }, { again_taken, 0 }, { again_ask, 0 }, { again_lacks, 0 },
  { again_certificate, 0 }, { again_streams, 0 }, { again_rows, 0 }, { again_back, 0 },
  { again_run, 0 }, { again_run, 1 }, { again_reads, 0 },
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
