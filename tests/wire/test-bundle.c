/* test-bundle.c: sealed bundles, in memory and as files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-id.h"
#include "wire/mc-bundle-file.h"
#include "wire/mc-sync-error.h"

typedef struct
{
  char *dir;
  char *path;
  McSigningKey hub;
  McSigningKey other;
  guint8 id[MC_ID_BYTES];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("mc-bundle-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "xã An Hòa 1.mcbundle", NULL);
  mc_signing_key_new (&fixture->hub);
  mc_signing_key_new (&fixture->other);
  mc_random_bytes (fixture->id, sizeof fixture->id);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

      g_remove (path);
    }
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->path);
}

static GBytes *
noise (gsize size)
{
  guint8 *data = g_malloc (MAX (size, 1));

  mc_random_bytes (data, size);

  return g_bytes_new_take (data, size);
}

static GBytes *
seal (Fixture *fixture, McBundleKind kind, GBytes *content)
{
  g_autoptr(McBundleSealer) sealer = mc_bundle_sealer_new (kind, fixture->id, fixture->hub.public_key, 1);

  mc_bundle_sealer_add (sealer, g_bytes_get_data (content, NULL), g_bytes_get_size (content));
  mc_bundle_sealer_end (sealer);

  return mc_bundle_sealer_take (sealer);
}

/* Pushes @sealed in steps of @step; what was opened, or NULL. */
static GBytes *
open_in_steps (Fixture *fixture, const McSigningKey *key, McBundleKind kind, GBytes *sealed, gsize step, GError **error)
{
  g_autoptr(McBundleOpener) opener = mc_bundle_opener_new (kind, fixture->id, key);
  g_autoptr(GByteArray) out = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (sealed, &size);

  for (gsize at = 0; at < size; at += step)
    {
      g_autoptr(GError) local_error = NULL;
      GBytes *piece;

      mc_bundle_opener_push (opener, data + at, MIN (step, size - at));
      while (mc_bundle_opener_next (opener, &piece, &local_error))
        {
          g_byte_array_append (out, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
          g_bytes_unref (piece);
        }
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }
  if (!mc_bundle_opener_finish (opener, error))
    return NULL;

  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* What was sealed comes out the same, whatever its size and in whatever pieces it arrives. */
static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 300000 }, steps[] = { 17, 4096, 65536, 1000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (steps); k++)
      {
        g_autoptr(GBytes) content = noise (sizes[i]), sealed = seal (fixture, MC_BUNDLE_REQUEST, content), opened = NULL;
        g_autoptr(GError) error = NULL;
        guint8 hub_id[MC_ID_BYTES];
        McBundleKind kind;

        opened = open_in_steps (fixture, &fixture->hub, MC_BUNDLE_REQUEST, sealed, steps[k], &error);
        g_assert_no_error (error);
        g_assert_true (g_bytes_equal (opened, content));
        g_assert_true (mc_bundle_peek (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), &kind, hub_id));
        g_assert_cmpuint (kind, ==, MC_BUNDLE_REQUEST);
        g_assert_cmpmem (hub_id, MC_ID_BYTES, fixture->id, MC_ID_BYTES);
      }
}

/* A bundle cut at any byte, or with any bit of it turned, is an error; so is one with something after its end. */
static void
test_damage (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) content = noise (66000), sealed = seal (fixture, MC_BUNDLE_REPLY, content);
  gsize size = g_bytes_get_size (sealed);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (sealed, NULL), size);

  for (gsize at = 0; at < size; at += at < 260 || at > size - 40 ? 1 : 997)
    {
      g_autoptr(GBytes) cut = g_bytes_new_from_bytes (sealed, 0, at), turned = NULL, opened = NULL;
      g_autoptr(GError) cut_error = NULL, turned_error = NULL;

      g_assert_null (open_in_steps (fixture, &fixture->hub, MC_BUNDLE_REPLY, cut, 50000, &cut_error));
      g_assert_error (cut_error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_DAMAGED);
      copy[at] ^= 1 << g_random_int_range (0, 8);
      turned = g_bytes_new (copy, size);
      opened = open_in_steps (fixture, &fixture->hub, MC_BUNDLE_REPLY, turned, 50000, &turned_error);
      g_assert_null (opened);
      g_assert_nonnull (turned_error);
      g_assert_cmpuint (turned_error->domain, ==, MC_SYNC_ERROR);
      copy[at] = ((const guint8 *) g_bytes_get_data (sealed, NULL))[at];
    }
  {
    g_autofree guint8 *longer = g_malloc0 (size + 1);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    memcpy (longer, g_bytes_get_data (sealed, NULL), size);
    bytes = g_bytes_new (longer, size + 1);
    g_assert_null (open_in_steps (fixture, &fixture->hub, MC_BUNDLE_REPLY, bytes, 50000, &error));
    g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_DAMAGED);
  }
}

/* Another hub's, another reader's, another direction's, a newer program's bundle and another file are each told apart. */
static void
test_not_for_here (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) content = noise (100), sealed = seal (fixture, MC_BUNDLE_REQUEST, content);
  g_autoptr(GBytes) text = g_bytes_new_static ("# Minh Chứng: tệp ghi danh cho 21609@2004-07-08", 48);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  g_autoptr(GBytes) newer = g_bytes_new_static (copy, g_bytes_get_size (sealed));
  g_autoptr(GError) reader = NULL, way = NULL, hub = NULL, other = NULL, version = NULL;

  copy[9]++;   /* the second byte of its version */

  g_assert_null (open_in_steps (fixture, &fixture->other, MC_BUNDLE_REQUEST, sealed, 4096, &reader));
  g_assert_error (reader, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN);
  g_assert_null (open_in_steps (fixture, &fixture->hub, MC_BUNDLE_REPLY, sealed, 4096, &way));
  g_assert_error (way, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_OTHER);
  g_assert_null (open_in_steps (fixture, &fixture->hub, MC_BUNDLE_REQUEST, text, 4096, &other));
  g_assert_error (other, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_OTHER);
  g_assert_null (open_in_steps (fixture, &fixture->hub, MC_BUNDLE_REQUEST, newer, 4096, &version));
  g_assert_error (version, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_NEWER);
  fixture->id[0] ^= 1;
  g_assert_null (open_in_steps (fixture, &fixture->hub, MC_BUNDLE_REQUEST, sealed, 4096, &hub));
  g_assert_error (hub, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN);
}

/* A bundle for several can be opened by each of them and by nobody else, and does not show what is in it. */
static void
test_several (Fixture *fixture, gconstpointer data)
{
  McSigningKey keys[3];
  guint8 public_keys[3 * MC_KEY_BYTES];
  g_autoptr(McBundleSealer) sealer = NULL;
  g_autoptr(GBytes) sealed = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < 3; i++)
    {
      mc_signing_key_new (&keys[i]);
      memcpy (public_keys + i * MC_KEY_BYTES, keys[i].public_key, MC_KEY_BYTES);
    }
  sealer = mc_bundle_sealer_new (MC_BUNDLE_SNAPSHOT, fixture->id, public_keys, 3);
  mc_bundle_sealer_add (sealer, "Bằng tốt nghiệp", strlen ("Bằng tốt nghiệp"));
  mc_bundle_sealer_end (sealer);
  sealed = mc_bundle_sealer_take (sealer);
  g_assert_null (memmem (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), "nghiệp", strlen ("nghiệp")));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(GBytes) opened = open_in_steps (fixture, &keys[i], MC_BUNDLE_SNAPSHOT, sealed, 4096, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (opened), ==, strlen ("Bằng tốt nghiệp"));
    }
  g_assert_null (open_in_steps (fixture, &fixture->hub, MC_BUNDLE_SNAPSHOT, sealed, 4096, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_BUNDLE_FOREIGN);
}

static gboolean
collect_cb (GBytes *piece, gpointer user_data, GError **error)
{
  g_byte_array_append (user_data, g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));

  return TRUE;
}

/* A file has its name only when it is whole on the stick; one that is given up leaves nothing, and the old one stays. */
static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GByteArray) read = g_byte_array_new ();
  g_autoptr(McBundleOpener) opener = mc_bundle_opener_new (MC_BUNDLE_REQUEST, fixture->id, &fixture->hub);
  g_autoptr(McBundleFile) file = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *temporary = g_strconcat (fixture->path, ".part", NULL);
  g_autoptr(GError) error = NULL;

  file = mc_bundle_file_new (fixture->path, MC_BUNDLE_REQUEST, fixture->id, fixture->hub.public_key, 1, &error);
  g_assert_no_error (error);
  g_assert_true (mc_bundle_file_write (file, "first", 5, &error));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_true (mc_bundle_file_close (file, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_clear_pointer (&file, mc_bundle_file_free);

  file = mc_bundle_file_new (fixture->path, MC_BUNDLE_REQUEST, fixture->id, fixture->hub.public_key, 1, &error);
  g_assert_true (mc_bundle_file_write (file, "second", 6, &error));
  g_cancellable_cancel (cancellable);
  g_assert_false (mc_bundle_file_close (file, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_pointer (&file, mc_bundle_file_free);
  g_assert_false (g_file_test (temporary, G_FILE_TEST_EXISTS));

  g_assert_true (mc_bundle_file_read (fixture->path, opener, collect_cb, read, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (read->data, read->len, "first", 5);
}

/* A folder that is not there is said so, with its name. */
static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "không có", "a.mcbundle", NULL);
  g_autoptr(McBundleOpener) opener = mc_bundle_opener_new (MC_BUNDLE_REQUEST, fixture->id, &fixture->hub);
  g_autoptr(GError) write_error = NULL, read_error = NULL;

  g_assert_null (mc_bundle_file_new (path, MC_BUNDLE_REQUEST, fixture->id, fixture->hub.public_key, 1, &write_error));
  g_assert_error (write_error, MC_SYNC_ERROR, MC_SYNC_ERROR_LOCAL);
  g_assert_nonnull (strstr (write_error->message, path));
  g_assert_false (mc_bundle_file_read (path, opener, collect_cb, NULL, NULL, &read_error));
  g_assert_error (read_error, MC_SYNC_ERROR, MC_SYNC_ERROR_LOCAL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/bundle/round-trip", test_round_trip);
  ADD ("/bundle/damage", test_damage);
  ADD ("/bundle/not-for-here", test_not_for_here);
  ADD ("/bundle/several", test_several);
  ADD ("/bundle/file", test_file);
  ADD ("/bundle/no-folder", test_no_folder);

  return g_test_run ();
}
