/* test-photo.c: photographs are made smaller, and nothing else is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>

#include "mc-photo.h"

typedef struct
{
  char *dir;   /* (owned) */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("minhchung-photo-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
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
}

/* A picture that does not compress away: noise of a seed. */
static GFile *
make_picture (Fixture    *fixture,
              const char *name,
              const char *type,
              int         width,
              int         height)
{
  g_autoptr(GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr(GRand) random = g_rand_new_with_seed (2021);
  g_autoptr(GError) error = NULL;
  guchar *pixels = gdk_pixbuf_get_pixels (pixbuf);
  gsize size = gdk_pixbuf_get_byte_length (pixbuf);

  for (gsize i = 0; i < size; i += 4)
    pixels[i] = g_rand_int (random);
  gdk_pixbuf_save (pixbuf, path, type, &error, NULL);
  g_assert_no_error (error);

  return g_file_new_for_path (path);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static GBytes *
shrink (GFile   *file,
        GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  mc_photo_shrink_async (file, NULL, done_cb, &result);

  return mc_photo_shrink_finish (wait_for (&result), error);
}

static guint
count_large (GFile *file)
{
  g_autoptr(GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr(GAsyncResult) result = NULL;
  guint64 bytes;

  g_list_store_append (files, file);
  mc_photo_find_large_async (G_LIST_MODEL (files), NULL, done_cb, &result);

  return mc_photo_find_large_finish (wait_for (&result), &bytes);
}

/* A telephone's photograph becomes a JPEG of at most 2,200 pixels, in its own proportions, and the file stays as it was. */
static void
test_large (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GFile) file = make_picture (fixture, "anh.jpg", "jpeg", 3200, 2400);
  g_autoptr(GFileInfo) before = g_file_query_info (file, "standard::size,time::modified", 0, NULL, NULL);
  g_autoptr(GFileInfo) after = NULL;
  g_autoptr(GInputStream) stream = NULL;
  g_autoptr(GdkPixbuf) small = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_file_info_get_size (before), >, MC_PHOTO_LARGE_BYTES);
  g_assert_cmpuint (count_large (file), ==, 1);
  bytes = shrink (file, &error);
  g_assert_no_error (error);
  g_assert_nonnull (bytes);
  g_assert_cmpuint (g_bytes_get_size (bytes), <, g_file_info_get_size (before));
  stream = g_memory_input_stream_new_from_bytes (bytes);
  small = gdk_pixbuf_new_from_stream (stream, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (small), ==, MC_PHOTO_PIXELS);
  g_assert_cmpint (gdk_pixbuf_get_height (small), ==, MC_PHOTO_PIXELS * 3 / 4);

  after = g_file_query_info (file, "standard::size,time::modified", 0, NULL, NULL);
  g_assert_cmpint (g_file_info_get_size (after), ==, g_file_info_get_size (before));
}

/* What is small, no photograph, broken or no file at all is left alone. */
static void
test_others (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GFile) small = make_picture (fixture, "nho.jpg", "jpeg", 640, 480);
  g_autoptr(GFile) drawing = make_picture (fixture, "ban-ve.png", "png", 2600, 1200);
  g_autoptr(GFile) folder = g_file_new_for_path (fixture->dir);
  g_autoptr(GFile) missing = g_file_get_child (folder, "khong-co.jpg");
  g_autoptr(GFile) broken = g_file_get_child (folder, "hong.jpg");
  g_autofree char *junk = g_malloc0 (2 * MC_PHOTO_LARGE_BYTES);
  GFile *files[] = { small, drawing, folder, missing, broken };

  g_assert_true (g_file_replace_contents (broken, junk, 2 * MC_PHOTO_LARGE_BYTES, NULL, FALSE, 0, NULL, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = shrink (files[i], &error);

      g_assert_no_error (error);
      g_assert_null (bytes);
      g_assert_cmpuint (count_large (files[i]), ==, 0);
    }
}

/* As a telephone does that was held upright. */
static void
turn (const char *path)
{
  static const char mark[] = "\xff\xe1\0\x22" "Exif\0\0" "II*\0\x08\0\0\0" "\1\0" "\x12\1\3\0\1\0\0\0\6\0\0\0" "\0\0\0\0";
  g_autofree char *data = NULL;
  g_autoptr(GString) turned = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_string_append_len (turned, data, 2);
  g_string_append_len (turned, mark, sizeof mark - 1);
  g_string_append_len (turned, data + 2, size - 2);
  g_file_set_contents (path, turned->str, turned->len, &error);
  g_assert_no_error (error);
}

/* A photograph is shown the right way up, larger ones made smaller, smaller ones no larger. */
static void
test_upright (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GFile) file = make_picture (fixture, "upright.jpg", "jpeg", 400, 200);
  g_autoptr(GError) error = NULL;

  turn (g_file_peek_path (file));
  for (int most = 100; most <= 1000; most *= 10)
    {
      g_autoptr(GdkPixbuf) pixbuf = mc_photo_load (g_file_peek_path (file), most, &error);

      g_assert_no_error (error);
      g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, MIN (most, 400) / 2);
      g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, MIN (most, 400));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/photo/large", Fixture, NULL, set_up, test_large, tear_down);
  g_test_add ("/photo/upright", Fixture, NULL, set_up, test_upright, tear_down);
  g_test_add ("/photo/others", Fixture, NULL, set_up, test_others, tear_down);

  return g_test_run ();
}
