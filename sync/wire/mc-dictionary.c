/* mc-dictionary.c: zstd, with and without the dictionary of a pack
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dictionaries are made while building (app/demo/train-dictionary.c), one a pack, and lie in the program.
 */

#include "wire/mc-dictionary.h"

#include <string.h>
#include <zstd.h>

#include "core/mc-digest.h"
#include "core/mc-limits.h"
#include "mc-wire-resources.h"
#include "wire/mc-buffer.h"

/* A slow line waits longer for a byte than this level needs for it: 40 MB/s and more, measured. */
#define ZSTD_LEVEL    12
#define ZSTD_QUICK_LEVEL 1
#define DICTIONARIES  "/vn/minhchung/wire/dictionaries/"
#define SUFFIX        ".zdict"

struct _McDictionary
{
  char *pack;           /* (owned) without its version */
  guint8 name[MC_DICTIONARY_NAME_BYTES];
  guint32 number;       /* what frames call it */
  GBytes *bytes;        /* (owned) */
  gsize packer;         /* (owned) ZSTD_CDict, made by the first that packs: most starts never do */
  ZSTD_DDict *unpacker; /* (owned) */
  int level;
};

static McDictionary *
load (const char *file)
{
  g_autofree char *path = g_strconcat (DICTIONARIES, file, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data (mc_wire_get_resource (), path, 0, NULL);
  McDictionary *self = g_new0 (McDictionary, 1);
  McDigest digest;

  self->pack = g_strndup (file, strlen (file) - strlen (SUFFIX));
  self->bytes = g_bytes_ref (bytes);
  mc_digest_of_data (&digest, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  memcpy (self->name, digest.data, sizeof self->name);
  self->level = ZSTD_LEVEL;
  self->unpacker = ZSTD_createDDict (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert (self->unpacker != NULL);
  self->number = ZSTD_getDictID_fromDDict (self->unpacker);

  return self;
}

/* (element-type McDictionary) made once, kept for good */
static GPtrArray *
get_all (void)
{
  static GPtrArray *all = NULL;
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      g_auto(GStrv) files = g_resource_enumerate_children (mc_wire_get_resource (), DICTIONARIES, 0, NULL);

      all = g_ptr_array_new ();
      for (gsize i = 0; files != NULL && files[i] != NULL; i++)
        g_ptr_array_add (all, load (files[i]));
      g_once_init_leave (&done, 1);
    }

  return all;
}

const McDictionary *
mc_dictionary_for_pack (const char *pack)
{
  GPtrArray *all = get_all ();
  gsize size = strcspn (pack, "/");

  for (guint i = 0; i < all->len; i++)
    {
      McDictionary *self = all->pdata[i];

      if (strlen (self->pack) == size && memcmp (self->pack, pack, size) == 0)
        return self;
    }

  return NULL;
}

const McDictionary *
mc_dictionary_find (const guint8 name[MC_DICTIONARY_NAME_BYTES])
{
  GPtrArray *all = get_all ();

  for (guint i = 0; i < all->len; i++)
    if (memcmp (((McDictionary *) all->pdata[i])->name, name, MC_DICTIONARY_NAME_BYTES) == 0)
      return all->pdata[i];

  return NULL;
}

static McDictionary *
find_number (guint32 number)
{
  GPtrArray *all = get_all ();

  for (guint i = 0; i < all->len; i++)
    if (((McDictionary *) all->pdata[i])->number == number)
      return all->pdata[i];

  return NULL;
}

/* the same for a fast line */

static McDictionary *
make_quick (const McDictionary *dictionary)
{
  McDictionary *self = g_new0 (McDictionary, 1);

  if (dictionary != NULL)
    {
      *self = *dictionary;
      self->packer = 0;
      self->level = ZSTD_QUICK_LEVEL;
    }

  return self;
}

const McDictionary *
mc_dictionary_quick (const McDictionary *dictionary)
{
  static GHashTable *quick = NULL;
  static GMutex mutex;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&mutex);
  McDictionary *found;

  if (quick == NULL)
    quick = g_hash_table_new (NULL, NULL);
  found = g_hash_table_lookup (quick, dictionary);
  if (found == NULL)
    g_hash_table_insert (quick, (gpointer) dictionary, found = make_quick (dictionary));

  return found;
}

const guint8 *
mc_dictionary_get_name (const McDictionary *self)
{
  return self->name;
}

GByteArray *
mc_encode_dictionaries (void)
{
  GByteArray *out = g_byte_array_new ();
  GPtrArray *all = get_all ();

  for (guint i = 0; i < all->len; i++)
    mc_put_data (out, ((McDictionary *) all->pdata[i])->name, MC_DICTIONARY_NAME_BYTES);

  return out;
}

const McDictionary *
mc_decode_dictionaries (GBytes *payload)
{
  const McDictionary *found = NULL;
  McReader reader;

  mc_reader_init (&reader, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  while (found == NULL && reader.left > 0 && !reader.failed)
    {
      guint8 name[MC_DICTIONARY_NAME_BYTES];

      if (mc_get_data (&reader, name, sizeof name))
        found = mc_dictionary_find (name);
    }

  return found;
}

/* From any thread. */
static ZSTD_CDict *
get_packer (McDictionary *self)
{
  if (g_once_init_enter (&self->packer))
    {
      ZSTD_CDict *packer = ZSTD_createCDict (g_bytes_get_data (self->bytes, NULL), g_bytes_get_size (self->bytes), self->level);

      g_assert (packer != NULL);
      g_once_init_leave (&self->packer, (gsize) packer);
    }

  return (ZSTD_CDict *) self->packer;
}

GBytes *
mc_compress (const McDictionary *dictionary,
             gconstpointer       data,
             gsize               size)
{
  gsize bound = ZSTD_compressBound (size), packed;
  guint8 *out = g_malloc (bound);
  ZSTD_CCtx *context = ZSTD_createCCtx ();

  g_assert (context != NULL);
  if (dictionary != NULL && dictionary->bytes != NULL)
    ZSTD_CCtx_refCDict (context, get_packer ((McDictionary *) dictionary));
  else
    ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, dictionary != NULL ? ZSTD_QUICK_LEVEL : ZSTD_LEVEL);
  packed = ZSTD_compress2 (context, out, bound, data, size);
  ZSTD_freeCCtx (context);
  g_assert (!ZSTD_isError (packed));

  return g_bytes_new_take (out, packed);
}

GBytes *
mc_decompress (gconstpointer data,
               gsize         size)
{
  unsigned long long claimed = ZSTD_getFrameContentSize (data, size);
  guint32 number = ZSTD_getDictID_fromFrame (data, size);
  McDictionary *dictionary = number != 0 ? find_number (number) : NULL;
  ZSTD_DCtx *context;
  guint8 *out;
  gsize got;

  /* Our own writer always says the size, so nobody has to be trusted with an open end. */
  if (claimed == ZSTD_CONTENTSIZE_ERROR || claimed == ZSTD_CONTENTSIZE_UNKNOWN || claimed > MC_UNPACKED_MAX_BYTES ||
      (number != 0 && dictionary == NULL))
    return NULL;

  out = g_malloc (MAX (claimed, 1));
  context = ZSTD_createDCtx ();
  got = dictionary != NULL ? ZSTD_decompress_usingDDict (context, out, claimed, data, size, dictionary->unpacker)
                           : ZSTD_decompressDCtx (context, out, claimed, data, size);
  ZSTD_freeDCtx (context);
  if (ZSTD_isError (got) || got != claimed)
    {
      g_free (out);
      return NULL;
    }

  return g_bytes_new_take (out, got);
}

/* Packed well, as far as one can see, but with a dictionary that this program was not built with. */
gboolean
mc_is_dictionary_missing (GBytes *packed)
{
  guint32 number = ZSTD_getDictID_fromFrame (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));

  return number != 0 && find_number (number) == NULL;
}
