/* test-dictionary.c: the zstd dictionary of a pack
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-digest.h"
#include "core/mc-id.h"
#include "wire/mc-buffer.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-message.h"

#define PACK "binh-dinh-2878-2021/1"
#define LOG  "21609@2004-07-08"
#define NOW  G_GINT64_CONSTANT (1638340443120000)

/* Edits as a device writes them, with other people and other values than the dictionary was made of. */
static GPtrArray *
make_edits (guint count)
{
  static const char * const fields[] = { "fee", "copies", "number", "volume" };
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *id = mc_id_new (NOW + i * 60 * G_USEC_PER_SEC), *record = mc_id_new (NOW - i * 977 * G_USEC_PER_SEC);
      g_autofree char *seen = mc_id_to_short (record);
      g_autofree char *text = g_strdup_printf ("{\"id\":\"%s\",\"record\":\"%s\",\"type\":\"certified-copy\",\"pack\":\"" PACK
                                               "\",\"at\":\"2021-12-01T13:%02u:03.120+07:00\",\"by\":\"Đinh Thị Hà, Công chức Tư pháp – "
                                               "Hộ tịch\",\"set\":{\"%s\":%u},\"seen\":{\"%s\":[\"%s\"]}}", id, record, i % 60,
                                               fields[i % 4], i + 3, fields[i % 4], seen);
      g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
      g_autoptr(GError) error = NULL;
      McGroup *group = g_new0 (McGroup, 1);
      McChange *change = mc_change_parse (bytes, &error);
      guint8 signature[MC_SIGNATURE_BYTES];

      g_assert_no_error (error);
      mc_random_bytes (signature, sizeof signature);
      group->n = i + 1;
      group->signature = g_bytes_new (signature, sizeof signature);
      group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
      g_ptr_array_add (group->changes, change);
      g_ptr_array_add (groups, group);
    }

  return groups;
}

/* The dictionary of a pack is found by the pack's id with or without version, and by its own name and no other. */
static void
test_names (void)
{
  const McDictionary *dictionary = mc_dictionary_for_pack (PACK);
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, "..", "sync", "wire", "binh-dinh-2878-2021.zdict", NULL);
  g_autofree char *data = NULL;
  guint8 other[MC_DICTIONARY_NAME_BYTES] = { 0 };
  McDigest digest;
  gsize size;

  g_assert_nonnull (dictionary);
  g_assert_true (mc_dictionary_for_pack ("binh-dinh-2878-2021") == dictionary);
  g_assert_null (mc_dictionary_for_pack ("binh-dinh-2878-2022/1"));
  g_assert_null (mc_dictionary_for_pack ("binh-dinh"));
  g_assert_true (mc_dictionary_find (mc_dictionary_get_name (dictionary)) == dictionary);
  g_assert_null (mc_dictionary_find (other));

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  mc_digest_of_data (&digest, data, size);
  g_assert_cmpmem (mc_dictionary_get_name (dictionary), MC_DICTIONARY_NAME_BYTES, digest.data, MC_DICTIONARY_NAME_BYTES);
}

/* Made once more from the same data, it is the same to the last byte. */
static void
test_again (void)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "app", "demo", "train-dictionary", NULL);
  g_autofree char *built = g_test_build_filename (G_TEST_BUILT, "..", "sync", "wire", "binh-dinh-2878-2021.zdict", NULL);
  g_autofree char *dir = g_dir_make_tmp ("mc-dictionary-XXXXXX", NULL), *path = g_build_filename (dir, "again", NULL);
  const char *argv[] = { program, path, NULL };
  g_autofree char *first = NULL, *second = NULL;
  g_autoptr(GError) error = NULL;
  gsize first_size, second_size;
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_assert_true (g_file_get_contents (built, &first, &first_size, NULL));
  g_assert_true (g_file_get_contents (path, &second, &second_size, NULL));
  g_assert_cmpmem (first, first_size, second, second_size);
  g_remove (path);
  g_rmdir (dir);
}

/* A reader takes what was packed with the dictionary and what was packed without, and is not told which. */
static void
test_both_ways (void)
{
  const McDictionary *ways[] = { NULL, mc_dictionary_for_pack (PACK) };
  g_autoptr(GPtrArray) groups = make_edits (10);

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr(GBytes) payload = mc_encode_groups (ways[i], LOG, groups);
      g_autoptr(GPtrArray) read = NULL;
      g_autofree char *log = NULL;
      g_autoptr(GError) error = NULL;

      g_assert_false (mc_is_dictionary_missing (payload));
      read = mc_decode_groups (payload, "device", "incarnation", &log, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (log, ==, LOG);
      g_assert_cmpuint (read->len, ==, 10);
      for (guint k = 0; k < 10; k++)
        g_assert_true (g_bytes_equal (mc_change_get_bytes (((McGroup *) read->pdata[k])->changes->pdata[0]),
                                      mc_change_get_bytes (((McGroup *) groups->pdata[k])->changes->pdata[0])));
    }
}

/* What names a dictionary that is not here is known as that, read as nothing, and crashes nobody. */
static void
test_missing (void)
{
  g_autoptr(GPtrArray) groups = make_edits (3);
  g_autoptr(GBytes) payload = mc_encode_groups (mc_dictionary_for_pack (PACK), LOG, groups), other = NULL;
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  g_autoptr(GError) error = NULL;
  char *log = NULL;

  /* The number stands after four bytes of magic and one of flags. */
  data[5] ^= 1;
  other = g_bytes_new (data, g_bytes_get_size (payload));
  g_assert_true (mc_is_dictionary_missing (other));
  g_assert_null (mc_decompress (g_bytes_get_data (other, NULL), g_bytes_get_size (other)));
  g_assert_null (mc_decode_groups (other, "device", "incarnation", &log, &error));
  g_assert_nonnull (error);

  for (gsize size = 0; size < g_bytes_get_size (payload); size++)
    {
      g_autoptr(GBytes) cut = g_bytes_new_from_bytes (payload, 0, size);

      g_assert_false (mc_is_dictionary_missing (cut));
      g_assert_null (mc_decompress (g_bytes_get_data (cut, NULL), size));
    }
}

/* Of the names that another program sends, the first that is known here counts; what is no name is passed over. */
static void
test_choice (void)
{
  const McDictionary *dictionary = mc_dictionary_for_pack (PACK);
  g_autoptr(GByteArray) names = g_byte_array_new (), all = mc_encode_dictionaries ();
  g_autoptr(GBytes) empty = g_bytes_new (NULL, 0), ours = g_bytes_new (all->data, all->len), mixed = NULL, torn = NULL;

  g_assert_null (mc_decode_dictionaries (empty));
  g_assert_true (mc_decode_dictionaries (ours) == dictionary);
  mc_put_u64 (names, 0x1122334455667788);
  mc_put_data (names, mc_dictionary_get_name (dictionary), MC_DICTIONARY_NAME_BYTES);
  mixed = g_bytes_new (names->data, names->len);
  g_assert_true (mc_decode_dictionaries (mixed) == dictionary);
  torn = g_bytes_new (names->data, names->len - 1);
  g_assert_null (mc_decode_dictionaries (torn));
}

/* With the dictionary one edit is at most three fifths as long; ten gain less, for the first teaches zstd the rest. */
static void
test_smaller (void)
{
  static const struct { guint count; double most; } steps[] = { { 1, 0.6 }, { 10, 0.95 }, { 100, 1.0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr(GPtrArray) groups = make_edits (steps[i].count);
      g_autoptr(GBytes) plain = mc_encode_groups (NULL, LOG, groups);
      g_autoptr(GBytes) packed = mc_encode_groups (mc_dictionary_for_pack (PACK), LOG, groups);

      g_test_message ("%u edits: %" G_GSIZE_FORMAT " bytes without, %" G_GSIZE_FORMAT " with the dictionary (%u are signatures)",
                      steps[i].count, g_bytes_get_size (plain), g_bytes_get_size (packed), steps[i].count * MC_SIGNATURE_BYTES);
      g_assert_cmpfloat (g_bytes_get_size (packed), <=, steps[i].most * g_bytes_get_size (plain));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/dictionary/names", test_names);
  g_test_add_func ("/dictionary/again", test_again);
  g_test_add_func ("/dictionary/both-ways", test_both_ways);
  g_test_add_func ("/dictionary/missing", test_missing);
  g_test_add_func ("/dictionary/choice", test_choice);
  g_test_add_func ("/dictionary/smaller", test_smaller);

  return g_test_run ();
}
