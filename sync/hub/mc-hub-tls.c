/* mc-hub-tls.c: the certificate that a hub makes for itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No authority stands behind it: devices hold on to its key by the pin in their enrolment line.
 */

#include "hub/mc-hub-tls.h"

#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "wire/mc-keys.h"

#define VALID_SECONDS (G_GINT64_CONSTANT (20) * 365 * 24 * 3600)

static gboolean
write_pem (const char            *dir,
           const char            *name,
           const gnutls_datum_t  *pem,
           GError               **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  return g_file_set_contents_full (path, (const char *) pem->data, pem->size,
                                   G_FILE_SET_CONTENTS_DURABLE | G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static int
fill_certificate (gnutls_x509_crt_t     crt,
                  gnutls_x509_privkey_t key,
                  gint64                now)
{
  guint8 serial[16];
  int rc;

  mc_random_bytes (serial, sizeof serial);
  serial[0] &= 0x7f;
  if ((rc = gnutls_x509_crt_set_version (crt, 3)) < 0 ||
      (rc = gnutls_x509_crt_set_serial (crt, serial, sizeof serial)) < 0 ||
      (rc = gnutls_x509_crt_set_dn (crt, "CN=minhchung-hub", NULL)) < 0 ||
      (rc = gnutls_x509_crt_set_activation_time (crt, now - 24 * 3600)) < 0 ||
      (rc = gnutls_x509_crt_set_expiration_time (crt, now + VALID_SECONDS)) < 0 ||
      (rc = gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "minhchung-hub", 13, GNUTLS_FSAN_SET)) < 0 ||
      (rc = gnutls_x509_crt_set_key (crt, key)) < 0)
    return rc;

  return gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

/**
 * mc_hub_tls_make:
 * @dir: folder of the hub
 * @error: return location for an error
 *
 * Makes a P-256 key and a certificate signed by itself, as tls-key.pem and tls-cert.pem.
 */
gboolean
mc_hub_tls_make (const char  *dir,
                 GError     **error)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  gnutls_datum_t key_pem = { NULL, 0 }, crt_pem = { NULL, 0 };
  gboolean done = FALSE;
  int rc;

  gnutls_x509_privkey_init (&key);
  gnutls_x509_crt_init (&crt);
  if ((rc = gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0)) < 0 ||
      (rc = fill_certificate (crt, key, time (NULL))) < 0 ||
      (rc = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &key_pem)) < 0 ||
      (rc = gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &crt_pem)) < 0)
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_FAILED, "Could not make a certificate: %s", gnutls_strerror (rc));
  else
    done = write_pem (dir, "tls-key.pem", &key_pem, error) && write_pem (dir, "tls-cert.pem", &crt_pem, error);

  gnutls_free (key_pem.data);
  gnutls_free (crt_pem.data);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);

  return done;
}

static gboolean
is_private_key (const char *pem,
                gsize       size)
{
  gnutls_datum_t data = { (guchar *) pem, size };
  gnutls_x509_privkey_t key;
  int rc;

  gnutls_x509_privkey_init (&key);
  rc = gnutls_x509_privkey_import (key, &data, GNUTLS_X509_FMT_PEM);
  gnutls_x509_privkey_deinit (key);

  return rc == 0;
}

/**
 * mc_hub_tls_get_pin:
 * @dir: folder of the hub
 * @out: (out caller-allocated): SHA-256 of the TLS key's SubjectPublicKeyInfo
 * @error: return location for an error
 *
 * Looks at both files without GIO's TLS, which a command that does not serve would load for nothing.
 *
 * Returns: %FALSE if the certificate or its key is missing or damaged
 */
gboolean
mc_hub_tls_get_pin (const char  *dir,
                    guint8       out[32],
                    GError     **error)
{
  g_autofree char *cert_path = g_build_filename (dir, "tls-cert.pem", NULL), *cert = NULL;
  g_autofree char *key_path = g_build_filename (dir, "tls-key.pem", NULL), *key = NULL;
  gsize cert_size, key_size;

  if (!g_file_get_contents (cert_path, &cert, &cert_size, error) || !g_file_get_contents (key_path, &key, &key_size, error))
    return FALSE;
  if (mc_tls_get_written_pin (cert, cert_size, TRUE, out) && is_private_key (key, key_size))
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "The keys in %s are damaged", dir);

  return FALSE;
}

/* (transfer full) (nullable): what the hub serves with */
GTlsCertificate *
mc_hub_tls_load (const char  *dir,
                 GError     **error)
{
  g_autofree char *cert = g_build_filename (dir, "tls-cert.pem", NULL), *key = g_build_filename (dir, "tls-key.pem", NULL);

  return g_tls_certificate_new_from_files (cert, key, error);
}
