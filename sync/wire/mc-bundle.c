/* mc-bundle.c: sealing and opening what is carried on a stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-bundle.h"

#include <sodium.h>
#include <string.h>

#include "core/mc-limits.h"
#include "wire/mc-buffer.h"
#include "wire/mc-sync-error.h"

#define MAGIC          "MCBUN1\r\n"
#define MAGIC_BYTES    8
#define VERSION        1
#define FIXED_BYTES    (MAGIC_BYTES + 2 + 1 + MC_ID_BYTES + 2)
#define SEALED_BYTES   (crypto_box_SEALBYTES + crypto_secretstream_xchacha20poly1305_KEYBYTES)
#define PIECE_BYTES    (64 * 1024)
#define OVERHEAD_BYTES crypto_secretstream_xchacha20poly1305_ABYTES

/* sealing */

struct _McBundleSealer
{
  crypto_secretstream_xchacha20poly1305_state state;
  GByteArray *plain;   /* (owned) what does not fill a piece yet */
  GByteArray *out;     /* (owned) */
  GByteArray *head;    /* (owned) (nullable) until the first piece has vouched for it */
};

/**
 * mc_bundle_sealer_new:
 * @kind: what it will be
 * @hub_id: the hub that it goes to or comes from
 * @keys: (array length=n_keys): Ed25519 public keys of the readers, 32 bytes each
 * @n_keys: how many, at most %MC_BUNDLE_MAX_KEYS
 *
 * Returns: (transfer full): a bundle without content yet
 */
McBundleSealer *
mc_bundle_sealer_new (McBundleKind  kind,
                      const guint8  hub_id[MC_ID_BYTES],
                      const guint8 *keys,
                      guint         n_keys)
{
  McBundleSealer *self = g_new0 (McBundleSealer, 1);
  guint8 key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  guint8 start[crypto_secretstream_xchacha20poly1305_HEADERBYTES];

  g_assert (n_keys > 0 && n_keys <= MC_BUNDLE_MAX_KEYS);
  if (sodium_init () < 0)
    g_error ("libsodium cannot start");

  self->plain = g_byte_array_new ();
  self->head = g_byte_array_new ();
  mc_put_data (self->head, MAGIC, MAGIC_BYTES);
  mc_put_u16 (self->head, VERSION);
  mc_put_u8 (self->head, kind);
  mc_put_data (self->head, hub_id, MC_ID_BYTES);
  mc_put_u16 (self->head, n_keys);
  crypto_secretstream_xchacha20poly1305_keygen (key);
  for (guint i = 0; i < n_keys; i++)
    {
      guint8 reader[crypto_box_PUBLICKEYBYTES], sealed[SEALED_BYTES];

      /* A key that is none can be sealed to nobody: its place holds what nobody opens. */
      randombytes_buf (sealed, sizeof sealed);
      if (crypto_sign_ed25519_pk_to_curve25519 (reader, keys + i * MC_KEY_BYTES) == 0)
        crypto_box_seal (sealed, key, sizeof key, reader);
      mc_put_data (self->head, sealed, sizeof sealed);
    }
  crypto_secretstream_xchacha20poly1305_init_push (&self->state, start, key);
  sodium_memzero (key, sizeof key);
  mc_put_data (self->head, start, sizeof start);
  self->out = g_byte_array_new ();
  mc_put_data (self->out, self->head->data, self->head->len);

  return self;
}

void
mc_bundle_sealer_free (McBundleSealer *self)
{
  sodium_memzero (&self->state, sizeof self->state);
  sodium_memzero (self->plain->data, self->plain->len);
  g_byte_array_unref (self->plain);
  g_byte_array_unref (self->out);
  g_clear_pointer (&self->head, g_byte_array_unref);
  g_free (self);
}

static void
seal_piece (McBundleSealer *self,
            const guint8   *data,
            gsize           size,
            guint8          tag)
{
  gsize at;

  mc_put_u32 (self->out, size + OVERHEAD_BYTES);
  at = self->out->len;
  g_byte_array_set_size (self->out, at + size + OVERHEAD_BYTES);
  crypto_secretstream_xchacha20poly1305_push (&self->state, self->out->data + at, NULL, data, size,
                                              self->head != NULL ? self->head->data : NULL,
                                              self->head != NULL ? self->head->len : 0, tag);
  g_clear_pointer (&self->head, g_byte_array_unref);
}

void
mc_bundle_sealer_add (McBundleSealer *self,
                      gconstpointer   data,
                      gsize           size)
{
  gsize at = 0;

  mc_put_data (self->plain, data, size);
  for (; self->plain->len - at >= PIECE_BYTES; at += PIECE_BYTES)
    seal_piece (self, self->plain->data + at, PIECE_BYTES, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  if (at > 0)
    g_byte_array_remove_range (self->plain, 0, at);
}

void
mc_bundle_sealer_end (McBundleSealer *self)
{
  seal_piece (self, self->plain->data, self->plain->len, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
  g_byte_array_set_size (self->plain, 0);
}

GBytes *
mc_bundle_sealer_take (McBundleSealer *self)
{
  GBytes *bytes = g_byte_array_free_to_bytes (self->out);

  self->out = g_byte_array_new ();

  return bytes;
}

/* opening */

struct _McBundleOpener
{
  McBundleKind kind;
  guint8 hub_id[MC_ID_BYTES];
  McSigningKey key;
  crypto_secretstream_xchacha20poly1305_state state;
  GByteArray *in;      /* (owned) what was not opened yet */
  gsize done;          /* bytes of @in that were */
  GByteArray *head;    /* (owned) (nullable) read, and not vouched for yet */
  gboolean is_open;
  gboolean ended;
};

McBundleOpener *
mc_bundle_opener_new (McBundleKind        kind,
                      const guint8        hub_id[MC_ID_BYTES],
                      const McSigningKey *key)
{
  McBundleOpener *self = g_new0 (McBundleOpener, 1);

  if (sodium_init () < 0)
    g_error ("libsodium cannot start");
  self->kind = kind;
  memcpy (self->hub_id, hub_id, MC_ID_BYTES);
  self->key = *key;
  self->in = g_byte_array_new ();

  return self;
}

void
mc_bundle_opener_free (McBundleOpener *self)
{
  sodium_memzero (&self->key, sizeof self->key);
  sodium_memzero (&self->state, sizeof self->state);
  g_byte_array_unref (self->in);
  g_clear_pointer (&self->head, g_byte_array_unref);
  g_free (self);
}

void
mc_bundle_opener_push (McBundleOpener *self,
                       gconstpointer   data,
                       gsize           size)
{
  if (self->done > 0)
    {
      g_byte_array_remove_range (self->in, 0, self->done);
      self->done = 0;
    }
  mc_put_data (self->in, data, size);
}

static gboolean
damaged (GError     **error,
         const char  *how)
{
  g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_DAMAGED, "The bundle is damaged: %s", how);

  return FALSE;
}

static gboolean
check_kind (McBundleOpener  *self,
            guint16          version,
            McBundleKind     kind,
            const guint8     hub_id[MC_ID_BYTES],
            GError         **error)
{
  static const char * const what[] = {
    [MC_BUNDLE_REQUEST] = "goes from a device to the hub", [MC_BUNDLE_REPLY] = "is the hub's answer to a device",
    [MC_BUNDLE_SNAPSHOT] = "is a copy of a unit log for new devices",
  };

  if (version < VERSION)
    return damaged (error, "its version");
  if (version > VERSION)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_NEWER, "The bundle is of version %u, and this program reads %d", version,
                   VERSION);
      return FALSE;
    }
  if (memcmp (hub_id, self->hub_id, MC_ID_BYTES) != 0)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN, "The bundle belongs to another hub");
      return FALSE;
    }
  if (kind != self->kind)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_OTHER, "This bundle %s: it is not for here",
                   (guint) kind < G_N_ELEMENTS (what) && what[kind] != NULL ? what[kind] : "is of a kind that this program does not know");
      return FALSE;
    }

  return TRUE;
}

static gboolean
open_key (McBundleOpener *self,
          McReader       *reader,
          guint           n_keys,
          guint8          out_key[crypto_secretstream_xchacha20poly1305_KEYBYTES])
{
  guint8 secret[crypto_sign_SECRETKEYBYTES], ours[crypto_box_PUBLICKEYBYTES], box[crypto_box_SECRETKEYBYTES];
  gboolean found = FALSE;

  crypto_sign_seed_keypair (ours, secret, self->key.seed);
  if (crypto_sign_ed25519_pk_to_curve25519 (ours, self->key.public_key) != 0 ||
      crypto_sign_ed25519_sk_to_curve25519 (box, secret) != 0)
    return FALSE;
  for (guint i = 0; i < n_keys; i++)
    {
      guint8 sealed[SEALED_BYTES];

      mc_get_data (reader, sealed, sizeof sealed);
      found = found || crypto_box_seal_open (out_key, sealed, sizeof sealed, ours, box) == 0;
    }
  sodium_memzero (secret, sizeof secret);
  sodium_memzero (box, sizeof box);

  return found;
}

/* FALSE without an error: more must come first. */
static gboolean
open_head (McBundleOpener  *self,
           GError         **error)
{
  guint8 magic[MAGIC_BYTES] = { 0 }, hub_id[MC_ID_BYTES], key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  guint8 start[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
  guint version, kind, n_keys;
  McReader reader;

  if (self->in->len < FIXED_BYTES)
    return FALSE;
  mc_reader_init (&reader, self->in->data, self->in->len);
  mc_get_data (&reader, magic, sizeof magic);
  version = mc_get_u16 (&reader);
  kind = mc_get_u8 (&reader);
  mc_get_data (&reader, hub_id, sizeof hub_id);
  n_keys = mc_get_u16 (&reader);
  if (memcmp (magic, MAGIC, MAGIC_BYTES) != 0)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_OTHER, "This file is no bundle");
      return FALSE;
    }
  if (!check_kind (self, version, kind, hub_id, error))
    return FALSE;
  if (n_keys == 0 || n_keys > MC_BUNDLE_MAX_KEYS)
    return damaged (error, "its head");
  if (reader.left < n_keys * SEALED_BYTES + sizeof start)
    return FALSE;
  if (!open_key (self, &reader, n_keys, key))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN, "The bundle is sealed for someone else");
      return FALSE;
    }
  mc_get_data (&reader, start, sizeof start);
  crypto_secretstream_xchacha20poly1305_init_pull (&self->state, start, key);
  sodium_memzero (key, sizeof key);
  self->done = self->in->len - reader.left;
  self->head = g_byte_array_new ();
  mc_put_data (self->head, self->in->data, self->done);
  self->is_open = TRUE;

  return TRUE;
}

/**
 * mc_bundle_opener_next:
 * @self: an opener
 * @out_data: (out) (transfer full): what stood in the next piece, at most 64 KiB
 * @error: return location for %MC_SYNC_ERROR_BUNDLE_DAMAGED, %MC_SYNC_ERROR_BUNDLE_FOREIGN,
 *   %MC_SYNC_ERROR_BUNDLE_OTHER or %MC_SYNC_ERROR_BUNDLE_NEWER
 *
 * Returns: %TRUE if there was a whole piece; %FALSE without an error if more bytes must come first
 */
gboolean
mc_bundle_opener_next (McBundleOpener  *self,
                       GBytes         **out_data,
                       GError         **error)
{
  g_autofree guint8 *plain = NULL;
  McReader reader;
  guint32 size;
  guint8 tag;

  if (!self->is_open && !open_head (self, error))
    return FALSE;
  mc_reader_init (&reader, self->in->data + self->done, self->in->len - self->done);
  if (self->ended && reader.left > 0)
    return damaged (error, "there is more after its end");
  if (reader.left < sizeof size)
    return FALSE;
  size = mc_get_u32 (&reader);
  if (size < OVERHEAD_BYTES || size > PIECE_BYTES + OVERHEAD_BYTES)
    return damaged (error, "a piece has a size that cannot be");
  if (reader.left < size)
    return FALSE;

  plain = g_malloc (size);
  if (crypto_secretstream_xchacha20poly1305_pull (&self->state, plain, NULL, &tag, reader.at, size,
                                                  self->head != NULL ? self->head->data : NULL,
                                                  self->head != NULL ? self->head->len : 0) != 0)
    return damaged (error, "a piece was changed");
  g_clear_pointer (&self->head, g_byte_array_unref);
  self->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  self->done += sizeof size + size;
  *out_data = g_bytes_new_take (g_steal_pointer (&plain), size - OVERHEAD_BYTES);

  return TRUE;
}

gboolean
mc_bundle_opener_finish (McBundleOpener  *self,
                         GError         **error)
{
  if (self->ended && self->done == self->in->len)
    return TRUE;

  return damaged (error, self->ended ? "there is more after its end" : "it is cut");
}

gboolean
mc_bundle_peek (gconstpointer  data,
                gsize          size,
                McBundleKind  *out_kind,
                guint8         out_hub_id[MC_ID_BYTES])
{
  McReader reader;
  guint8 magic[MAGIC_BYTES] = { 0 };

  mc_reader_init (&reader, data, size);
  mc_get_data (&reader, magic, sizeof magic);
  mc_get_u16 (&reader);
  *out_kind = mc_get_u8 (&reader);
  mc_get_data (&reader, out_hub_id, MC_ID_BYTES);

  return !reader.failed && memcmp (magic, MAGIC, MAGIC_BYTES) == 0;
}
