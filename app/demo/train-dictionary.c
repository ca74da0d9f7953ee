/* train-dictionary.c: makes the zstd dictionary of a pack from its demonstration data; runs while building
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything that is random elsewhere comes from a fixed seed here: the same pack and the same zstd give the same
 * bytes.  No person is in it: the data is made up, and what is personal is sealed before it is a change.
 */

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <zdict.h>

#include "core/mc-digest.h"
#include "core/mc-id-private.h"
#include "core/mc-id.h"
#include "core/mc-journal-sync.h"
#include "core/mc-json.h"
#include "demo/mc-demo.h"

/* More saves nothing that ten edits would notice, and every program has to carry it. */
#define DICTIONARY_BYTES (32 * 1024)
#define TRAIN_LEVEL      12
#define EDITED_AFTER     G_GINT64_CONSTANT (1640995200000000)  /* 2022-01-01 */
/* zstd keeps the numbers below 2^15 and from 2^31 on for itself. */
#define FIRST_ID         32768u
#define LAST_ID          2147483647u

/* Who writes in a commune and at a district; names are of people, and stay out. */
static const char * const positions[] = {
  "Chuyên viên Phòng Nội vụ", "Công chức Văn phòng – Thống kê", "Công chức Tư pháp – Hộ tịch", "Phó Chủ tịch UBND xã",
  "Văn thư",
};

typedef struct
{
  GByteArray *bytes;   /* (owned) samples, one after the other */
  GArray *sizes;       /* (owned) (element-type gsize) */
} Samples;

static void
random_cb (guint8   *data,
           gsize     size,
           gpointer  user_data)
{
  for (gsize i = 0; i < size; i++)
    data[i] = g_rand_int (user_data);
}

/* What a sealed value looks like; nobody has to open it. */
static JsonNode *
seal (McSealer    *self,
      const char  *record,
      const char  *field,
      JsonNode    *plain,
      GError     **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  g_autofree char *text = mc_json_to_text (plain, FALSE), *sealed = NULL, *key = NULL;
  g_autofree guint8 *data = g_malloc (strlen (text) + 40);

  mc_random_bytes (data, strlen (text) + 40);
  sealed = g_base64_encode (data, strlen (text) + 40);
  key = g_base64_encode (data, 6);
  json_object_set_string_member (object, "sealed", sealed);
  json_object_set_string_member (object, "key", key);

  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
unseal (McSealer    *self,
        const char  *record,
        const char  *field,
        JsonNode    *sealed,
        GError     **error)
{
  return NULL;
}

static void
seal_free (McSealer *self)
{
  g_free (self);
}

static McJournal *
open_journal (const char  *dir,
              const char  *log,
              const char  *by,
              McPack      *pack,
              GError     **error)
{
  g_autofree char *device = mc_id_new (0);
  McSealer *sealer = g_new0 (McSealer, 1);
  McJournalConfig config = { .dir = dir, .device = device, .log = log, .machine = "", .pack = pack, .sealer = sealer,
                             .by = by };
  McJournal *journal;

  sealer->seal = seal;
  sealer->open = unseal;
  sealer->free = seal_free;
  if (!(journal = mc_journal_open (&config, error)))
    return NULL;
  /* Nobody will miss this store. */
  mc_db_exec (mc_journal_get_db (journal), "PRAGMA synchronous = OFF", NULL);

  return journal;
}

/* Every number and yes-or-no of every record once more: most of what travels are edits. */
static gboolean
edit_all (McJournal  *journal,
          GError    **error)
{
  g_autoptr(GArray) numbers = mc_journal_query (journal, &(McQuery) { 0 }, error);
  g_autoptr(GPtrArray) records = NULL;

  if (numbers == NULL || !(records = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error)))
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr(McRecord) record = mc_journal_get (journal, mc_record_get_id (records->pdata[i]), error);
      McRecordType *type = mc_pack_find_type (mc_journal_get_pack (journal), mc_record_get_type_id (records->pdata[i]));

      if (record == NULL)
        return FALSE;
      for (guint f = 0; f < type->fields->len; f++)
        {
          const char *name = ((McField *) type->fields->pdata[f])->name;
          JsonNode *value = mc_record_get (record, name);
          g_autoptr(McEdit) edit = mc_edit_new ();

          if (value == NULL || !JSON_NODE_HOLDS_VALUE (value) || g_strv_contains ((const char * const *) type->key, name))
            continue;
          if (json_node_get_value_type (value) == G_TYPE_INT64)
            mc_edit_set_int (edit, record, name, json_node_get_int (value) + 1);
          else if (json_node_get_value_type (value) == G_TYPE_BOOLEAN)
            mc_edit_set_boolean (edit, record, name, !json_node_get_boolean (value));
          else
            continue;
          if (!mc_journal_save (journal, edit, EDITED_AFTER + (i * 40 + f) * G_TIME_SPAN_MINUTE, NULL, error))
            return FALSE;
        }
    }

  return TRUE;
}

/* As in a GROUPS frame (sync/wire/mc-message.c), signature and all: how often each byte occurs is part of it. */
static void
add_sample (McGroup    *group,
            const char *log,
            Samples    *samples)
{
  guint before = samples->bytes->len;
  guint8 head[1 + 64 + 8 + 64 + 2] = { 0 };
  gsize size = strlen (log), total;

  head[0] = size;
  memcpy (head + 1, log, size);
  head[1 + size + 7] = group->n;
  mc_random_bytes (head + 1 + size + 8, 64);
  head[1 + size + 8 + 64 + 1] = group->changes->len;
  g_byte_array_append (samples->bytes, head, 1 + size + 8 + 64 + 2);
  for (guint i = 0; i < group->changes->len; i++)
    {
      GBytes *bytes = mc_change_get_bytes (group->changes->pdata[i]);
      guint32 length = GUINT32_TO_BE (g_bytes_get_size (bytes));

      g_byte_array_append (samples->bytes, (guint8 *) &length, sizeof length);
      g_byte_array_append (samples->bytes, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }
  total = samples->bytes->len - before;
  g_array_append_val (samples->sizes, total);
}

static gboolean
take_samples (McJournal   *journal,
              const char  *log,
              Samples     *samples,
              GError     **error)
{
  g_autoptr(GPtrArray) groups = mc_journal_get_groups (journal, log, 1, G_MAXSIZE, error);

  if (groups == NULL)
    return FALSE;
  for (guint g = 0; g < groups->len; g++)
    add_sample (groups->pdata[g], log, samples);

  return TRUE;
}

static void
remove_folder (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}

static gboolean
sample_unit (const char  *log,
             const char  *by,
             McPack      *pack,
             Samples     *samples,
             GError     **error)
{
  g_autofree char *dir = g_dir_make_tmp ("minhchung-XXXXXX", error);
  McJournal *journal;
  gboolean done;
  guint count;

  if (dir == NULL)
    return FALSE;
  journal = open_journal (dir, log, by, pack, error);
  done = journal != NULL && mc_demo_write (journal, log, 2021, &count, error) && edit_all (journal, error) &&
         take_samples (journal, log, samples, error);
  g_clear_pointer (&journal, mc_journal_close);
  remove_folder (dir);

  return done;
}

/* The number that a packed frame names its dictionary by comes from its content, as its name does. */
static void
number_by_content (guint8 *dictionary,
                   gsize   size)
{
  McDigest digest;
  guint32 id;

  mc_digest_of_data (&digest, dictionary + 8, size - 8);
  memcpy (&id, digest.data, sizeof id);
  id = GUINT32_TO_LE (FIRST_ID + GUINT32_FROM_BE (id) % (LAST_ID - FIRST_ID));
  memcpy (dictionary + 4, &id, sizeof id);
}

static gboolean
train (Samples     *samples,
       const char  *path,
       GError     **error)
{
  g_autofree guint8 *out = g_malloc (DICTIONARY_BYTES);
  ZDICT_fastCover_params_t params = { .k = 100, .d = 8, .f = 20, .accel = 1, .splitPoint = 1.0,
                                      .zParams = { .compressionLevel = TRAIN_LEVEL, .dictID = FIRST_ID } };
  gsize size = ZDICT_trainFromBuffer_fastCover (out, DICTIONARY_BYTES, samples->bytes->data,
                                                (const size_t *) samples->sizes->data, samples->sizes->len, params);

  if (ZDICT_isError (size))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "zstd: %s", ZDICT_getErrorName (size));
      return FALSE;
    }
  number_by_content (out, size);

  return g_file_set_contents (path, (char *) out, size, error);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(McPack) pack = NULL;
  g_autoptr(GError) error = NULL;
  Samples samples = { g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (gsize)) };
  GRand *random = g_rand_new_with_seed (2021);
  const char * const *communes = mc_demo_list_communes ();
  gboolean done;

  if (argc != 2)
    {
      g_printerr ("usage: train-dictionary FILE\n");
      return 2;
    }
  g_setenv ("TZ", "Asia/Ho_Chi_Minh", TRUE);
  mc_random_set_source (random_cb, random);
  done = (pack = mc_pack_get_builtin (NULL, &error)) != NULL && sample_unit (MC_DEMO_DISTRICT, positions[0], pack, &samples, &error);
  for (gsize i = 0; done && communes[i] != NULL; i++)
    done = sample_unit (communes[i], positions[1 + i % (G_N_ELEMENTS (positions) - 1)], pack, &samples, &error);
  done = done && train (&samples, argv[1], &error);
  if (!done)
    g_printerr ("train-dictionary: %s\n", error->message);

  mc_random_set_source (NULL, NULL);
  g_rand_free (random);
  g_byte_array_unref (samples.bytes);
  g_array_unref (samples.sizes);

  return done ? 0 : 1;
}
