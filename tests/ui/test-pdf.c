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

/* signatures */

static void
run (const char *dir,
     const char *command)
{
  g_auto(GStrv) arguments = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *said = NULL;
  int status;

  g_assert_true (g_shell_parse_argv (command, NULL, &arguments, NULL));
  g_assert_true (g_spawn_sync (dir, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status,
                               &error));
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s", command, said);
}

/* The objects of a PDF whose field 4 is a signature with room for @room figures; the place of the signature comes back. */
static GString *
unsigned_pdf (gsize  room,
              gsize *out_place)
{
  g_autofree char *nothing = g_strnfill (room, '0');
  g_autofree char *signature = g_strdup_printf ("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached"
                                                "/ByteRange[0000000000 0000000000 0000000000 0000000000]/Contents<%s>>>", nothing);
  const char *objects[] = {
    "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[4 0 R]>>",
    "<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/Rect[0 0 0 0]/P 3 0 R/V 5 0 R/F 132>>", signature,
  };
  gsize places[G_N_ELEMENTS (objects)], start;
  GString *pdf = g_string_new ("%PDF-1.6\n");

  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      places[i] = pdf->len;
      g_string_append_printf (pdf, "%u 0 obj\n%s\nendobj\n", i + 1, objects[i]);
    }
  start = pdf->len;
  g_string_append (pdf, "xref\n0 6\n0000000000 65535 f \n");
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    g_string_append_printf (pdf, "%010" G_GSIZE_FORMAT " 00000 n \n", places[i]);
  g_string_append_printf (pdf, "trailer<</Size 6/Root 1 0 R>>\nstartxref\n%" G_GSIZE_FORMAT "\n%%%%EOF\n", start);
  *out_place = strstr (pdf->str, "/Contents<") - pdf->str + strlen ("/Contents<");

  return pdf;
}

/* A PDF that openssl has signed, as offices' programs do: all of it but the signature itself. */
static void
make_signed (const char *dir,
             const char *path)
{
  enum { ROOM = 8192 };
  gsize place, size;
  g_autoptr(GString) pdf = unsigned_pdf (ROOM, &place), covered = g_string_new (NULL);
  gsize after = place + ROOM + 1;
  g_autofree char *range = g_strdup_printf ("[%010d %010d %010d %010d]", 0, (int) place - 1, (int) after, (int) (pdf->len - after));
  g_autofree char *part = g_build_filename (dir, "part", NULL), *der = g_build_filename (dir, "der", NULL), *signature = NULL;

  memcpy (strstr (pdf->str, "[0000000000 "), range, strlen (range));
  g_string_append_len (covered, pdf->str, place - 1);
  g_string_append_len (covered, pdf->str + after, pdf->len - after);
  g_assert_true (g_file_set_contents (part, covered->str, covered->len, NULL));
  run (dir, "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out certificate -days 30 -subj '/CN=Tran Van Ky'");
  run (dir, "openssl cms -sign -binary -md sha256 -signer certificate -inkey key -outform DER -in part -out der");
  g_assert_true (g_file_get_contents (der, &signature, &size, NULL));
  g_assert_cmpuint (2 * size, <=, ROOM);
  for (gsize i = 0; i < size; i++)
    {
      g_autofree char *figures = g_strdup_printf ("%02x", (guchar) signature[i]);

      memcpy (pdf->str + place + 2 * i, figures, 2);
    }
  g_assert_true (g_file_set_contents (path, pdf->str, pdf->len, NULL));
}

static McPdfSignature *
only_signature (GPtrArray *signatures)
{
  g_assert_nonnull (signatures);
  g_assert_cmpuint (signatures->len, ==, 1);

  return signatures->pdata[0];
}

/* Who signed and when is read; a signed part that was changed is told from one that was not; most files have no signature. */
static void
test_signatures (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "ký.pdf", NULL), *text = NULL;
  g_autofree char *remove = g_strdup_printf ("rm ký.pdf part der key certificate");
  g_autoptr(GPtrArray) none = NULL, whole = NULL, changed = NULL, broken = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;

  none = mc_pdf_list_signatures (fixture->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  make_signed (fixture->dir, path);
  whole = mc_pdf_list_signatures (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (only_signature (whole)->state, ==, MC_PDF_SIGNED_WHOLE);
  g_assert_cmpstr (only_signature (whole)->name, ==, "Tran Van Ky");
  g_assert_true (g_str_has_suffix (only_signature (whole)->at, "+07"));

  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  memcpy (strstr (text, "595 842"), "595 843", 7);
  g_assert_true (g_file_set_contents (path, text, size, NULL));
  changed = mc_pdf_list_signatures (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (only_signature (changed)->state, ==, MC_PDF_SIGNED_CHANGED);

  /* No signature at all where one should be: nothing is claimed of it. */
  memset (strstr (text, "/Contents<") + 10, '0', 8192);
  g_assert_true (g_file_set_contents (path, text, size, NULL));
  broken = mc_pdf_list_signatures (path, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < broken->len; i++)
    g_assert_cmpint (((McPdfSignature *) broken->pdata[i])->state, ==, MC_PDF_SIGNED_UNKNOWN);
  run (fixture->dir, remove);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  program = argv[1];
  g_test_add ("/pdf/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/pdf/broken", Fixture, NULL, set_up, test_broken, tear_down);
  g_test_add ("/pdf/signatures", Fixture, NULL, set_up, test_signatures, tear_down);
  g_test_add ("/pdf/cancel", Fixture, NULL, set_up, test_cancel, tear_down);

  return g_test_run ();
}
