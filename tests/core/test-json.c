/* test-json.c: JSON of strangers, and what is written for them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-change.h"
#include "core/mc-db.h"
#include "core/mc-id.h"
#include "core/mc-json.h"

/* With all that json-glib might write in another way than it came. */
static const char * const good[] = {
  " { } ", "{\"a\":[]}", "{\"a\":[[],{},[{\"b\":[]}]]}", "\t{\r\n\"a\" : -0 , \"b\" : [ 1.5e-3 , 2E+1 , 10 ] }\n",
  "{\"\":null,\"a\":true,\"b\":false}", "{\"a\":\"{'/*#\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041}\"}", "{\"a\":\"Đinh Thị Hà\"}",
  "{\"a\\u001f\":\"\\u001f\\u0001\\ud83d\\uDE00\x7f\"}", "{\"a\":[9223372036854775807,-9223372036854775808,12345678901234567890.0,1e300]}",
};

/* What json-glib reads and JSON is not, does not get as far as json-glib: there it hides brackets, so that of two texts in
 * one the first is lost.  What is JSON does, and json-glib takes it. */
static void
test_json_only (void)
{
  static const char * const bad[] = {
    "{'{':{}}{'}':1}", "{'a':1}", "{\"a\":'{'}", "{\"a\":1/*[*/}{\"b\":1/*]*/}", "{/**/}", "{\"a\":1}//", "{\"a\":1#\n}", "var a={}",
    "{\"a\":x}", "{\"a\":0x1f}", "{\"a\":017}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":tru}",
    "{\"a\":\x1f}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u00g0\"}", "{\"a\":\"\\u00", "{\"a\":\"\\", "{\"a\":\"", "{\"a\":1,}",
    "{\"a\":[1,]}", "{,}", "{\"a\":[,1]}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{\"a\"}", "{\"a\":}", "{\"a\":[1}]", "{\"a\":{]}", "{", "{\"a\":[",
    "{\"a\":1}}", "{\"a\":1},", "{1:2}", "}", "{\"a\":1\v}",
    "{\"a\":\"\x01\"}", "{\"a\":\"\x1f\"}", "{\"a\x1f\":1}", "{\"a\":\"\n\"}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\ud83d\"}",
    "{\"a\":\"\\ud83dx\"}", "{\"a\":\"\\ud83d\\ud83d\"}", "{\"a\":\"\\ud83d\\n\"}", "{\"a\":9223372036854775808}", "{\"a\":-9223372036854775809}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (mc_json_is_one (bad[i], strlen (bad[i])));
      g_assert_null (mc_json_read (bad[i], strlen (bad[i]), 8));
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(JsonNode) root = mc_json_read (good[i], strlen (good[i]), 8);

      g_test_message ("%s", good[i]);
      g_assert_true (mc_json_is_one (good[i], strlen (good[i])));
      g_assert_nonnull (root);
      /* Cut short anywhere before its last bracket, it is none, and nothing behind the end is looked at. */
      for (gsize cut = 0; cut < (gsize) (strrchr (good[i], '}') - good[i]); cut++)
        {
          g_autofree char *part = g_memdup2 (good[i], cut);

          g_assert_false (mc_json_is_one (part, cut));
        }
    }
  g_assert_false (mc_json_is_one ("{}\0", 3));
  g_assert_false (mc_json_is_one (NULL, 0) || mc_json_is_value (NULL, 0, NULL));
  g_assert_true (mc_json_is_value ("-1", 2, NULL) && mc_json_is_value (" \"x\" ", 5, NULL));
  g_assert_false (mc_json_is_one ("-1", 2) || mc_json_is_value ("1 2", 3, NULL) || mc_json_is_value ("", 0, NULL));
}

/* What was read is written so that SQLite takes it, too, and is the same when it is read again. */
static void
test_written (void)
{
  g_autofree char *dir = g_dir_make_tmp ("mc-json-XXXXXX", NULL), *path = g_build_filename (dir, "store.db", NULL);
  g_autoptr(McDb) db = mc_db_open (path, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(JsonNode) root = mc_json_read (good[i], strlen (good[i]), 8);
      g_autofree char *text = mc_json_to_text (root, i % 2 == 1);
      g_autoptr(JsonNode) again = mc_json_read (text, strlen (text), 8);
      g_autoptr(McStmt) stmt = mc_db_prepare (db, "SELECT json_valid (?)", NULL);
      gboolean has_row;

      g_test_message ("%s", text);
      g_assert_nonnull (again);
      g_assert_true (json_node_equal (root, again));
      mc_stmt_bind_text (stmt, 1, text);
      g_assert_true (mc_stmt_next (stmt, &has_row, NULL));
      g_assert_cmpint (mc_stmt_get_int64 (stmt, 0), ==, 1);
    }
  g_clear_pointer (&db, mc_db_close);
  g_unlink (path);
  g_rmdir (dir);
}

/* Whatever a person can get into a text is saved and comes back as it was: json-glib does not write all of it as JSON. */
static void
test_every_character (void)
{
  g_autoptr(GString) text = g_string_new ("Đ");
  g_autoptr(JsonObject) set = json_object_new ();
  g_autofree char *id = mc_id_new (0), *record = mc_id_new (0);
  g_autoptr(McChange) written = NULL, read = NULL;
  g_autoptr(GError) error = NULL;

  for (gunichar c = 1; c < 0x180; c++)
    g_string_append_unichar (text, c);
  json_object_set_string_member (set, "a", text->str);
  written = mc_change_new (id, record, "plan", "p/1", "2021-11-02T08:14:03.120+07:00", "Hà", set, NULL, 0, 1, NULL, NULL, &error);
  g_assert_no_error (error);
  read = mc_change_parse (mc_change_get_bytes (written), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json_object_get_string_member (mc_change_get_set (read), "a"), ==, text->str);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/only", test_json_only);
  g_test_add_func ("/json/written", test_written);
  g_test_add_func ("/json/every-character", test_every_character);

  return g_test_run ();
}
