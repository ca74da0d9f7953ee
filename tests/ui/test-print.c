/* test-print.c: a table as pages that another program can read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gtk/gtk.h>
#include <glib/gstdio.h>
#include <poppler.h>

#include "mc-print.h"

#define ROWS 120

/* 120 rows make several pages, in order, each with the head of the table, in Vietnamese and in the typeface of papers. */
static void
test_pages (void)
{
  g_autoptr(McPrintTable) table = mc_print_table_new ("BIÊN NHẬN");
  g_autofree char *dir = g_dir_make_tmp ("minhchung-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "bien-nhan.pdf", NULL), *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) all = g_string_new (NULL);
  PopplerDocument *document;
  PopplerFontInfo *fonts;
  PopplerFontsIter *iter = NULL;
  int n_pages;

  mc_print_table_add_line (table, "Đơn vị: Xã An Hưng");
  mc_print_table_add_column (table, "Số", 1);
  mc_print_table_add_column (table, "Nội dung", 6);
  for (guint i = 1; i <= ROWS; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i), *what = g_strdup_printf ("Kế hoạch cải cách hành chính dòng%u.", i);

      mc_print_table_add_row (table, (const char *[]) { number, what, NULL });
    }
  g_assert_true (mc_print_table_export (table, path, &error));
  g_assert_no_error (error);

  document = poppler_document_new_from_file (uri, NULL, &error);
  g_assert_no_error (error);
  n_pages = poppler_document_get_n_pages (document);
  g_assert_cmpint (n_pages, >=, 3);
  for (int i = 0; i < n_pages; i++)
    {
      PopplerPage *page = poppler_document_get_page (document, i);
      g_autofree char *text = poppler_page_get_text (page);

      g_assert_nonnull (strstr (text, "Nội dung"));
      g_string_append (all, text);
      g_object_unref (page);
    }
  g_assert_nonnull (strstr (all->str, "Xã An Hưng"));
  for (guint i = 1; i <= ROWS; i++)
    {
      g_autofree char *row = g_strdup_printf ("dòng%u.", i);

      g_assert_nonnull (strstr (all->str, row));
    }

  fonts = poppler_font_info_new (document);
  g_assert_true (poppler_font_info_scan (fonts, n_pages, &iter));
  do
    g_test_message ("font %s", poppler_fonts_iter_get_name (iter));
  while (poppler_fonts_iter_next (iter));
  poppler_fonts_iter_free (iter);
  poppler_font_info_free (fonts);
  g_object_unref (document);
  g_remove (path);
  g_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/print/pages", test_pages);

  return g_test_run ();
}
