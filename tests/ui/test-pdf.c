/* test-pdf.c: a page of a PDF as a picture
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gtk/gtk.h>
#include <glib/gstdio.h>

#include "mc-pdf.h"
#include "mc-print.h"

#define WIDTH 600
#define ROWS 120

static const char *program;

typedef struct
{
  char *dir;    /* (owned) */
  char *path;   /* (owned) of a PDF with several pages */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(McPrintTable) table = mc_print_table_new ("BIÊN NHẬN");
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("minhchung-pdf-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "biên nhận.pdf", NULL);
  mc_print_table_add_column (table, "Số", 1);
  for (guint i = 1; i <= ROWS; i++)
    mc_print_table_add_row (table, (const char *[]) { "1", NULL });
  g_assert_true (mc_print_table_export (table, fixture->path, &error));
  g_assert_no_error (error);
  mc_pdf_set_program (program);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_remove (fixture->path);
  g_rmdir (fixture->dir);
  g_free (fixture->path);
  g_free (fixture->dir);
}

static gboolean
is_blank (GdkTexture *texture)
{
  gsize size = (gsize) gdk_texture_get_width (texture) * gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new (guint32, size);

  gdk_texture_download (texture, (guchar *) pixels, (gsize) gdk_texture_get_width (texture) * 4);
  for (gsize i = 0; i < size; i++)
    if (pixels[i] != 0xffffffff)
      return FALSE;

  return TRUE;
}

/* The last page that there is comes for one beyond it; each is as wide as was asked for, and has ink on it. */
static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  static const int numbers[] = { 0, 1, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      int n_pages = 0;
      g_autoptr(GError) error = NULL;
      g_autoptr(GdkTexture) texture = mc_pdf_draw (fixture->path, numbers[i], WIDTH, &n_pages, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (n_pages, >=, 3);
      g_assert_cmpint (gdk_texture_get_width (texture), ==, WIDTH);
      g_assert_cmpint (gdk_texture_get_height (texture), >, WIDTH);
      g_assert_false (is_blank (texture));
    }
}

static void
assert_refused (const char *path)
{
  int n_pages = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkTexture) texture = mc_pdf_draw (path, 0, WIDTH, &n_pages, NULL, &error);

  g_assert_null (texture);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

/* No file, an empty one, half of one and no PDF at all are errors, and so is a program that is not there. */
static void
test_broken (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *whole = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;
  int n_pages;

  assert_refused ("/nowhere/at-all.pdf");
  assert_refused (fixture->dir);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &size, NULL));
  g_assert_true (g_file_set_contents (fixture->path, whole, 0, NULL));
  assert_refused (fixture->path);
  g_assert_true (g_file_set_contents (fixture->path, "no PDF", -1, NULL));
  assert_refused (fixture->path);
  memset (whole, 'x', size / 2);
  g_assert_true (g_file_set_contents (fixture->path, whole, size / 2, NULL));
  assert_refused (fixture->path);

  mc_pdf_set_program ("/nowhere/minhchung-pdf");
  g_assert_null (mc_pdf_draw (fixture->path, 0, WIDTH, &n_pages, NULL, &error));
  g_assert_nonnull (error);
}

/* Whoever gives up waiting gets an answer at once. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  int n_pages;

  g_cancellable_cancel (cancellable);
  g_assert_null (mc_pdf_draw (fixture->path, 0, WIDTH, &n_pages, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  program = argv[1];
  g_test_add ("/pdf/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/pdf/broken", Fixture, NULL, set_up, test_broken, tear_down);
  g_test_add ("/pdf/cancel", Fixture, NULL, set_up, test_cancel, tear_down);

  return g_test_run ();
}
