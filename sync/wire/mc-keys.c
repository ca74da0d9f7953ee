/* mc-keys.c: signatures of devices and of the hub, and the pin of a TLS key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-keys.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <sodium.h>
#include <string.h>

#include "core/mc-id.h"
#include "wire/mc-buffer.h"

static void
ensure_sodium (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      if (sodium_init () < 0)
        g_error ("libsodium cannot start");
      g_once_init_leave (&done, 1);
    }
}

void
mc_signing_key_from_seed (McSigningKey *out,
                          const guint8  seed[MC_KEY_BYTES])
{
  guint8 secret[crypto_sign_SECRETKEYBYTES];

  ensure_sodium ();
  memmove (out->seed, seed, MC_KEY_BYTES);
  crypto_sign_seed_keypair (out->public_key, secret, out->seed);
  sodium_memzero (secret, sizeof secret);
}

void
mc_signing_key_new (McSigningKey *out)
{
  guint8 seed[MC_KEY_BYTES];

  mc_random_bytes (seed, sizeof seed);
  mc_signing_key_from_seed (out, seed);
}

void
mc_sign (const McSigningKey *key,
         gconstpointer       message,
         gsize               size,
         guint8              out[MC_SIGNATURE_BYTES])
{
  guint8 secret[crypto_sign_SECRETKEYBYTES];

  ensure_sodium ();
  /* libsodium's secret key is the two halves; deriving the second anew would cost as much as the signature. */
  memcpy (secret, key->seed, MC_KEY_BYTES);
  memcpy (secret + MC_KEY_BYTES, key->public_key, MC_KEY_BYTES);
  crypto_sign_detached (out, NULL, message, size, secret);
  sodium_memzero (secret, sizeof secret);
}

gboolean
mc_verify (const guint8   public_key[MC_KEY_BYTES],
           gconstpointer  message,
           gsize          size,
           const guint8   signature[MC_SIGNATURE_BYTES])
{
  ensure_sodium ();

  return crypto_sign_verify_detached (signature, message, size, public_key) == 0;
}

static GByteArray *
begin (const char *name)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_data (out, name, strlen (name));

  return out;
}

GBytes *
mc_message_stream (const guint8    hub_id[MC_ID_BYTES],
                   const char     *device,
                   const char     *incarnation,
                   const char     *log,
                   guint64         n,
                   const McDigest *chain)
{
  GByteArray *out = begin ("minhchung-stream-v1");

  mc_put_data (out, hub_id, MC_ID_BYTES);
  mc_put_id (out, device);
  mc_put_id (out, incarnation);
  mc_put_name (out, log);
  mc_put_u64 (out, n);
  mc_put_data (out, chain->data, MC_DIGEST_SIZE);

  return g_byte_array_free_to_bytes (out);
}

GBytes *
mc_message_log_head (const guint8    hub_id[MC_ID_BYTES],
                     const guint8    epoch[MC_ID_BYTES],
                     const char     *log,
                     guint64         seq,
                     const McDigest *chain)
{
  GByteArray *out = begin ("minhchung-log-v1");

  mc_put_data (out, hub_id, MC_ID_BYTES);
  mc_put_data (out, epoch, MC_ID_BYTES);
  mc_put_name (out, log);
  mc_put_u64 (out, seq);
  mc_put_data (out, chain->data, MC_DIGEST_SIZE);

  return g_byte_array_free_to_bytes (out);
}

GBytes *
mc_message_hello (const McHubIdentity *hub,
                  const char          *device,
                  const char          *incarnation,
                  const guint8         nonce[MC_ID_BYTES])
{
  GByteArray *out = begin ("minhchung-hello-v1");

  mc_put_data (out, hub->id, MC_ID_BYTES);
  mc_put_data (out, hub->tls_pin, sizeof hub->tls_pin);
  mc_put_name (out, "POST");
  mc_put_name (out, "/v1/sync");
  mc_put_data (out, nonce, MC_ID_BYTES);
  mc_put_id (out, device);
  mc_put_id (out, incarnation);

  return g_byte_array_free_to_bytes (out);
}

GBytes *
mc_message_hub_hello (const guint8  hub_id[MC_ID_BYTES],
                      const guint8  epoch[MC_ID_BYTES],
                      guint64       time_us,
                      const guint8  nonce[MC_ID_BYTES],
                      const char   *device)
{
  GByteArray *out = begin ("minhchung-hub-v1");

  mc_put_data (out, hub_id, MC_ID_BYTES);
  mc_put_data (out, epoch, MC_ID_BYTES);
  mc_put_u64 (out, time_us);
  mc_put_data (out, nonce, MC_ID_BYTES);
  mc_put_id (out, device);

  return g_byte_array_free_to_bytes (out);
}

GBytes *
mc_message_ask (const McHubIdentity *hub,
                const char          *method,
                const char          *device,
                const char          *path,
                const char          *nonce)
{
  GByteArray *out = begin ("minhchung-get-v1");

  mc_put_data (out, hub->id, MC_ID_BYTES);
  mc_put_data (out, hub->tls_pin, sizeof hub->tls_pin);
  mc_put_name (out, method);
  mc_put_name (out, path);
  mc_put_name (out, nonce);
  mc_put_id (out, device);

  return g_byte_array_free_to_bytes (out);
}

/**
 * mc_tls_get_written_pin:
 * @data: (array length=size): a certificate
 * @size: its length
 * @is_pem: whether it is written in PEM, not in DER
 * @out: (out caller-allocated): SHA-256 of its SubjectPublicKeyInfo
 *
 * Returns: %FALSE if the certificate cannot be read
 */
gboolean
mc_tls_get_written_pin (gconstpointer data,
                        gsize         size,
                        gboolean      is_pem,
                        guint8        out[32])
{
  gnutls_x509_crt_t crt;
  gnutls_pubkey_t key;
  gnutls_datum_t written = { (guchar *) data, size }, spki = { NULL, 0 };
  gboolean done = FALSE;

  gnutls_x509_crt_init (&crt);
  gnutls_pubkey_init (&key);
  if (gnutls_x509_crt_import (crt, &written, is_pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER) == 0 &&
      gnutls_pubkey_import_x509 (key, crt, 0) == 0 &&
      gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &spki) == 0)
    {
      McDigest digest;

      mc_digest_of_data (&digest, spki.data, spki.size);
      memcpy (out, digest.data, 32);
      done = TRUE;
    }
  gnutls_free (spki.data);
  gnutls_pubkey_deinit (key);
  gnutls_x509_crt_deinit (crt);

  return done;
}

/**
 * mc_tls_get_pin:
 * @certificate: what a server showed
 * @out: (out caller-allocated): SHA-256 of its SubjectPublicKeyInfo
 *
 * A hub may renew its certificate; what a device holds on to is the key in it.
 *
 * Returns: %FALSE if the certificate cannot be read
 */
gboolean
mc_tls_get_pin (GTlsCertificate *certificate,
                guint8           out[32])
{
  g_autoptr(GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);

  return der != NULL && mc_tls_get_written_pin (der->data, der->len, FALSE, out);
}

/* FALSE unless @hex is exactly @size bytes. */
