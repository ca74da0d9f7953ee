/* fuzz-keys.c: what is signed, signatures, hexadecimal text and the certificate of a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "fuzz/mc-fuzz.h"
#include "wire/mc-buffer.h"
#include "wire/mc-keys.h"

static void
check_certificate (const char *pem,
                   gsize       size)
{
  g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, size, NULL);
  guint8 pin[32];

  if (certificate != NULL)
    mc_tls_get_pin (certificate, pin);
}

static void
check_hex (const char *text)
{
  guint8 bytes[32];
  g_autofree char *back = NULL;

  if (!mc_unhex (text, bytes, sizeof bytes))
    return;
  back = mc_hex (bytes, sizeof bytes);
  g_assert_cmpint (g_ascii_strcasecmp (back, text), ==, 0);
}

/* A stranger's signature never holds; one over other names never stands for these. */
static void
check_signatures (const guint8 *data,
                  gsize         size)
{
  guint8 seed[MC_KEY_BYTES] = { FUZZ_DEVICE_SEED }, hub[MC_ID_BYTES], signature[MC_SIGNATURE_BYTES], made[MC_SIGNATURE_BYTES];
  g_autofree char *log = NULL, *other = NULL;
  g_autoptr(GBytes) message = NULL, elsewhere = NULL;
  McSigningKey key;
  McReader reader;
  McDigest chain;
  guint64 n;

  mc_reader_init (&reader, data, size);
  mc_get_data (&reader, hub, sizeof hub);
  mc_get_data (&reader, chain.data, sizeof chain.data);
  mc_get_data (&reader, signature, sizeof signature);
  n = mc_get_u64 (&reader);
  log = mc_get_name (&reader);
  other = mc_get_name (&reader);

  mc_signing_key_from_seed (&key, seed);
  message = mc_message_stream (hub, FUZZ_DEVICE, FUZZ_INCARNATION, log, n, &chain);
  g_assert_false (mc_verify (key.public_key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature));
  mc_sign (&key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), made);
  elsewhere = mc_message_stream (hub, FUZZ_DEVICE, FUZZ_INCARNATION, other, n, &chain);
  g_assert_true (mc_verify (key.public_key, g_bytes_get_data (elsewhere, NULL), g_bytes_get_size (elsewhere), made) ==
                 g_str_equal (log, other));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autofree char *text = NULL;

  fuzz_begin ();
  if (size < 1)
    return 0;
  text = g_strndup ((const char *) data + 1, size - 1);
  switch (data[0] % 3)
    {
    case 0:
      check_certificate (text, strlen (text));
      break;
    case 1:
      check_hex (text);
      break;
    default:
      check_signatures (data + 1, size - 1);
    }

  return 0;
}
