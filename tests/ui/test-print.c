/* test-print.c: a table as pages that another program can read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gtk/gtk.h>
#include <glib/gstdio.h>
#include <poppler.h>

#include "mc-copies-print.h"
#include "mc-print.h"
#include "core/mc-record-private.h"

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

static McRecord *
make_copy (const char *body)
{
  McRecord *record = mc_record_new_empty ("id", "21610@2004-07-08", "certified-copy", "pack", NULL);
  g_autoptr(JsonNode) node = json_from_string (body, NULL);
  JsonObjectIter iter;
  const char *field;
  JsonNode *value;

  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &field, &value))
    {
      GPtrArray *heads = g_ptr_array_new ();

      g_ptr_array_add (heads, mc_head_new ("short", json_node_copy (value), "by", "2021-02-01T08:00:00+07:00", NULL));
      mc_record_take_heads (record, field, heads);
    }

  return record;
}

/* The pages of a month hold its lines only, the void one with its reason and out of the sum; their name says which month it is. */
static void
test_register (void)
{
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(McPrintTable) table = NULL;
  g_autofree char *dir = g_dir_make_tmp ("minhchung-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "so.pdf", NULL), *uri = g_filename_to_uri (path, NULL, NULL), *text = NULL;
  g_autoptr(GError) error = NULL;
  PopplerDocument *document;
  PopplerPage *page;
  double width, height;

  g_ptr_array_add (records, make_copy ("{\"number\":1,\"certified_on\":\"2021-01-30\",\"requester\":\"Đinh Văn Một\",\"copies\":7}"));
  g_ptr_array_add (records, make_copy ("{\"number\":2,\"certified_on\":\"2021-02-01\",\"requester\":\"Lê Thị Hai\",\"document\":\"Giấy khai"
                                       " sinh\",\"signer\":\"Trần Văn Ký\",\"signer_title\":\"Phó Chủ tịch\",\"copies\":3,\"fee\":6000}"));
  g_ptr_array_add (records, make_copy ("{\"number\":3,\"certified_on\":\"2021-02-02\",\"copies\":9,\"fee\":9000,\"void\":true,"
                                       "\"void_reason\":\"ghi nhầm\"}"));
  table = mc_copies_table_new (records, "2021-02", "Xã An Hưng");
  g_assert_cmpuint (mc_print_table_get_n_rows (table), ==, 3);
  g_assert_cmpstr (mc_print_table_get_name (table), ==, "so-chung-thuc-ban-sao-2021-thang-02");
  g_assert_true (mc_print_table_export (table, path, &error));
  g_assert_no_error (error);

  document = poppler_document_new_from_file (uri, NULL, &error);
  g_assert_no_error (error);
  page = poppler_document_get_page (document, 0);
  poppler_page_get_size (page, &width, &height);
  g_assert_cmpfloat (width, >, height);
  text = poppler_page_get_text (page);
  g_assert_nonnull (strstr (text, "Lê Thị"));
  g_assert_nonnull (strstr (text, "nhầm"));
  g_assert_nonnull (strstr (text, "Cộng: 1"));
  g_assert_nonnull (strstr (text, "6.000"));
  g_assert_null (strstr (text, "Đinh"));
  g_assert_null (strstr (text, "9.000"));
  g_object_unref (page);
  g_object_unref (document);
  if (g_getenv ("PRINT_KEEP") == NULL)
    {
      g_remove (path);
      g_rmdir (dir);
    }
  else
    g_test_message ("kept %s", path);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/print/pages", test_pages);

  g_test_add_func ("/print/register", test_register);

  return g_test_run ();
}
