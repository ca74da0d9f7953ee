/* mc-seal.c: personal fields under the unit's key
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * XChaCha20-Poly1305; additional data = record id and field name; nonce = BLAKE2b-192 keyed by the unit's key
 * over record, field and plaintext, so equal values of one field are equal bytes and no false conflict arises
 * (sync protocol, section 11).
 */

#include "wire/mc-seal.h"

#include <sodium.h>
#include <string.h>

#include "core/mc-faults-private.h"
#include "core/mc-id.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "wire/mc-buffer.h"
#include "wire/mc-keys.h"
#include "wire/mc-sync-error.h"

#define KEY_ID_BYTES 8

typedef struct
{
  McSealer parent;
  guint8 *keys;    /* (owned) */
  gsize n_keys;
} Seal;

static char *
key_id (const guint8 *key)
{
  guint8 hash[crypto_generichash_BYTES_MIN];

  crypto_generichash (hash, sizeof hash, key, MC_SEAL_KEY_BYTES, NULL, 0);

  return mc_hex (hash, KEY_ID_BYTES);
}

static GByteArray *
place_of (const char *record,
          const char *field)
{
  GByteArray *place = g_byte_array_new ();

  mc_put_id (place, record);
  mc_put_name (place, field);

  return place;
}

static JsonNode *
seal (McSealer    *sealer,
      const char  *record,
      const char  *field,
      JsonNode    *plain,
      GError     **error)
{
  Seal *self = (Seal *) sealer;
  g_autoptr(GByteArray) place = place_of (record, field), hashed = g_byte_array_new ();
  g_autofree char *text = mc_json_to_text (plain, FALSE), *id = key_id (self->keys), *coded = NULL;
  gsize size = strlen (text), sealed_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + size +
                                            crypto_aead_xchacha20poly1305_ietf_ABYTES;
  g_autofree guint8 *sealed = g_malloc (sealed_size);
  g_autoptr(JsonObject) object = json_object_new ();

  mc_put_data (hashed, place->data, place->len);
  mc_put_data (hashed, text, size);
  crypto_generichash (sealed, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, hashed->data, hashed->len,
                      self->keys, MC_SEAL_KEY_BYTES);
  if (mc_faults & MC_FAULT_RANDOM_SEAL)
    mc_random_bytes (sealed, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, NULL,
                                              (guint8 *) text, size, place->data, place->len, NULL,
                                              sealed, self->keys);
  coded = g_base64_encode (sealed, sealed_size);
  json_object_set_string_member (object, "sealed", coded);
  json_object_set_string_member (object, "key", id);

  return json_node_init_object (json_node_alloc (), object);
}

static const guint8 *
find_key (Seal       *self,
          const char *id)
{
  for (gsize i = 0; i < self->n_keys; i++)
    {
      g_autofree char *known = key_id (self->keys + i * MC_SEAL_KEY_BYTES);

      if (g_strcmp0 (known, id) == 0)
        return self->keys + i * MC_SEAL_KEY_BYTES;
    }

  return NULL;
}

static JsonNode *
unseal (McSealer    *sealer,
        const char  *record,
        const char  *field,
        JsonNode    *sealed,
        GError     **error)
{
  Seal *self = (Seal *) sealer;
  JsonObject *object = json_node_get_object (sealed);
  const guint8 *key = find_key (self, mc_json_get_text (object, "key", ""));
  g_autoptr(GByteArray) place = place_of (record, field);
  g_autofree guint8 *data = NULL, *text = NULL;
  gsize size;

  if (key == NULL)
    return NULL;

  data = g_base64_decode (mc_json_get_text (object, "sealed", ""), &size);
  if (size < crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The sealed field “%s” is cut", field);
      return NULL;
    }
  text = g_malloc0 (size + 1);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (text, NULL, NULL, data + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
                                                  size - crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
                                                  place->data, place->len, data, key) != 0)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The sealed field “%s” was changed", field);
      return NULL;
    }

  /* Whoever has the unit's key can have sealed anything. */
  if (mc_json_depth ((char *) text, size) > MC_CHANGE_MAX_DEPTH || mc_json_count ((char *) text, size) > MC_CHANGE_MAX_VALUES)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The sealed field “%s” is nested too deep", field);
      return NULL;
    }
  if (!mc_json_is_value ((char *) text, strlen ((char *) text), NULL))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The sealed field “%s” is no JSON", field);
      return NULL;
    }

  return json_from_string ((char *) text, error);
}

static void
seal_free (McSealer *sealer)
{
  Seal *self = (Seal *) sealer;

  sodium_memzero (self->keys, self->n_keys * MC_SEAL_KEY_BYTES);
  g_free (self->keys);
  g_free (self);
}

McSealer *
mc_seal_new (const guint8 *keys,
             gsize         n_keys)
{
  Seal *self = g_new0 (Seal, 1);

  g_return_val_if_fail (n_keys > 0, NULL);
  if (sodium_init () < 0)
    g_error ("libsodium cannot start");

  self->parent.seal = seal;
  self->parent.open = unseal;
  self->parent.free = seal_free;
  self->keys = g_memdup2 (keys, n_keys * MC_SEAL_KEY_BYTES);
  self->n_keys = n_keys;

  return &self->parent;
}
