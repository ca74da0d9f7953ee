/* test-limits.c: both sides of every bound in core/mc-limits.h
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-change.h"
#include "core/mc-error.h"
#include "core/mc-field.h"
#include "core/mc-id.h"
#include "core/mc-journal.h"
#include "core/mc-json.h"
#include "core/mc-sandbox.h"
#include "report/mc-csv.h"
#include "mc-test.h"

#define DEVICE "0190a000-0000-7000-8000-000000000001"
#define RECORD "0190a000-0000-7000-8000-000000000003"
#define TOWN   "21609@2004-07-08"
#define NOW    G_GINT64_CONSTANT (1638340443120000)

/* A change with @by, @set and @more members. */
static char *
change_text (const char *by,
             const char *set,
             const char *more)
{
  return g_strdup_printf ("{\"id\":\"0190a000-0000-7000-8000-000000000100\",\"record\":\"" RECORD "\",\"type\":\"plan\","
                          "\"pack\":\"p/1\",\"at\":\"2021-11-02T08:14:03.120+07:00\",\"by\":\"%s\",\"set\":%s%s}", by, set, more);
}

static gboolean
is_change (const char *by,
           const char *set,
           const char *more)
{
  char *text = change_text (by, set, more);
  g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));
  g_autoptr(GError) error = NULL;
  g_autoptr(McChange) change = mc_change_parse (bytes, &error);

  g_assert_true ((change != NULL) == (error == NULL));
  if (error != NULL)
    {
      g_test_message ("%s", error->message);
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
    }

  return change != NULL;
}

/* @before, then @count × @one with commas between, then @after; each @one may have a number in it. */
static char *
repeat (const char *before,
        guint       count,
        const char *one,
        const char *after)
{
  GString *text = g_string_new (before);

  for (guint i = 0; i < count; i++)
    {
      const char *hash = strchr (one, '#');

      if (i > 0)
        g_string_append_c (text, ',');
      if (hash == NULL)
        g_string_append (text, one);
      else
        g_string_append_printf (text, "%.*s%u%s", (int) (hash - one), one, i, hash + 1);
    }
  g_string_append (text, after);

  return g_string_free (text, FALSE);
}

static char *
brackets (guint depth)
{
  GString *text = g_string_new ("{\"a\":");

  for (guint i = 1; i < depth; i++)
    g_string_append_c (text, '[');
  for (guint i = 1; i < depth; i++)
    g_string_append_c (text, ']');
  g_string_append_c (text, '}');

  return g_string_free (text, FALSE);
}

/* A change at a bound is taken, one past it is refused in words. */
static void
test_change (void)
{
  g_autofree char *plain = change_text ("", "{\"note\":\"\"}", "");
  gsize room = MC_CHANGE_MAX_BYTES - strlen (plain);

  for (guint past = 0; past < 2; past++)
    {
      g_autofree char *filler = g_strnfill (room + past, 'x'), *note = g_strdup_printf ("{\"note\":\"%s\"}", filler);
      g_autofree char *fields = repeat ("{", MC_CHANGE_MAX_FIELDS + past, "\"f#\":1", "}");
      g_autofree char *seen = repeat (",\"seen\":{\"a\":[", MC_CHANGE_MAX_SEEN + past, "\"abcdefghijk\"", "]}");
      /* The change itself is the first bracket. */
      g_autofree char *deep = brackets (MC_CHANGE_MAX_DEPTH - 1 + past);
      g_autofree char *group = g_strdup_printf (",\"group\":[0,%u]", MC_GROUP_MAX_CHANGES + past);
      g_autofree char *zeros = g_strnfill (64, '0'), *hash = g_strdup_printf ("\"%s\"", zeros);
      g_autofree char *evidence = repeat (",\"evidence\":[", MC_CHANGE_MAX_FIELDS + past, hash, "]");
      g_autofree char *by = g_strnfill (400 + past, 'x');

      g_assert_cmpint (is_change ("", note, ""), ==, !past);
      g_assert_cmpint (is_change ("", fields, ""), ==, !past);
      g_assert_cmpint (is_change ("", "{\"a\":1}", seen), ==, !past);
      g_assert_cmpint (is_change ("", deep, ""), ==, !past);
      g_assert_cmpint (is_change ("", "{\"a\":1}", group), ==, !past);
      g_assert_cmpint (is_change ("", "{\"a\":1}", evidence), ==, !past);
      g_assert_cmpint (is_change (by, "{\"a\":1}", ""), ==, !past);
    }
}

/* A change of many small values takes a hundred times its text in memory: their number is bounded too. */
static void
test_values (void)
{
  g_autofree char *plain = change_text ("", "{\"a\":[]}", "");
  guint others = mc_json_count (plain, strlen (plain));
  g_autofree char *inside = repeat ("{\"a\":[", MC_CHANGE_MAX_VALUES - others + 1, "1", "]}");
  g_autofree char *outside = repeat ("{\"a\":[", MC_CHANGE_MAX_VALUES - others + 2, "1", "]}");

  g_assert_true (is_change ("", inside, ""));
  g_assert_false (is_change ("", outside, ""));
}

/* Numbers that no JSON can say are refused: a record with one could never be read again. */
static void
test_numbers (void)
{
  g_assert_true (is_change ("", "{\"a\":1e308,\"b\":[{\"c\":-1e308}]}", ""));
  g_assert_false (is_change ("", "{\"a\":1e999}", ""));
  g_assert_false (is_change ("", "{\"b\":[{\"c\":-1e999}]}", ""));
}

static int
pack_code (const char *before,
           gsize       size)
{
  g_autoptr(McPack) builtin = mc_pack_get_builtin (NULL, NULL), pack = NULL;
  GBytes *whole = mc_pack_get_bytes (builtin);
  gsize length = g_bytes_get_size (whole);
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  char *data;

  if (before != NULL)
    bytes = g_bytes_new (before, strlen (before));
  else
    {
      data = g_malloc (size);
      memset (data, ' ', size);
      memcpy (data, g_bytes_get_data (whole, NULL), length);
      bytes = g_bytes_new_take (data, size);
    }
  pack = mc_pack_new_from_bytes (bytes, &error);
  if (error != NULL)
    g_test_message ("%s", error->message);

  return error != NULL ? error->code : -1;
}

/* A number of a field has twelve digits, and lies within the field's bounds to the last decimal. */
static void
test_typed (void)
{
  McField whole = { .name = "n", .title = "N", .type = MC_FIELD_INTEGER };
  McField broken = { .name = "d", .title = "D", .type = MC_FIELD_DECIMAL };
  McField points = { .name = "p", .title = "P", .type = MC_FIELD_DECIMAL, .min = "0", .max = "0.5" };
  g_autofree char *most = g_strdup_printf ("%" G_GINT64_FORMAT, MC_NUMBER_MAX);
  g_autofree char *more = g_strdup_printf ("%" G_GINT64_FORMAT, MC_NUMBER_MAX + 1);
  const struct { McField *field; const char *text; gboolean good; } cases[] = {
    { &whole, most, TRUE }, { &whole, more, FALSE }, { &whole, "9223372036854775807", FALSE },
    { &whole, "-999999999999", TRUE }, { &whole, "-1000000000000", FALSE }, { &whole, "-9223372036854775808", FALSE },
    { &broken, most, TRUE }, { &broken, more, FALSE }, { &broken, "999999999999,001", FALSE }, { &broken, "0,12345", TRUE },
    { &broken, "99999999999999999999999", FALSE }, { &broken, "-99999999999999999999999", FALSE },
    { &points, "0", TRUE }, { &points, "-0,5", FALSE }, { &points, "-0,001", FALSE }, { &points, "0,001", TRUE },
    { &points, "0,5", TRUE }, { &points, "0,50", TRUE }, { &points, "0,501", FALSE }, { &points, "0,51", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) value = mc_field_parse (cases[i].field, cases[i].text, 2021, &error);

      g_test_message ("%s %s", cases[i].field->name, cases[i].text);
      g_assert_cmpint (value != NULL, ==, cases[i].good);
      if (!cases[i].good)
        g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
    }
}

/* A pack at its bounds is looked at, past them it is refused before it is parsed. */
static void
test_pack (void)
{
  g_autofree char *deep = brackets (MC_PACK_MAX_DEPTH), *deeper = brackets (MC_PACK_MAX_DEPTH + 1);

  g_assert_cmpint (pack_code (NULL, MC_PACK_MAX_BYTES), ==, -1);
  g_assert_cmpint (pack_code (NULL, MC_PACK_MAX_BYTES + 1), ==, MC_PACK_ERROR_TOO_LARGE);
  g_assert_cmpint (pack_code (deep, 0), ==, MC_PACK_ERROR_SCHEMA);
  g_assert_cmpint (pack_code (deeper, 0), ==, MC_PACK_ERROR_TOO_LARGE);
}

typedef struct
{
  char *dir;
  McPack *pack;
  McJournal *journal;
  McSandbox *sandbox;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char * const scope[] = { TOWN, NULL };
  McJournalConfig config = { .device = DEVICE, .log = TOWN, .machine = "" };
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("mc-limits-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->pack = mc_pack_get_builtin (NULL, &error);
  config.dir = fixture->dir;
  config.pack = fixture->pack;
  fixture->journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->dir, "store.db", NULL);
  fixture->sandbox = mc_sandbox_new (path, fixture->pack, &error);
  g_assert_no_error (error);
  g_assert_true (mc_sandbox_set_scope (fixture->sandbox, scope, &error));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mc_sandbox_free (fixture->sandbox);
  mc_journal_close (fixture->journal);
  mc_pack_unref (fixture->pack);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

static gboolean
measures (Fixture    *fixture,
          const char *expression)
{
  McMeasure measure = { .id = "limit", .title = "", .type = "plan", .numerator = expression, .denominator = "1" };
  g_autoptr(GError) error = NULL;
  gint64 numerator, denominator;
  gboolean done = mc_sandbox_measure (fixture->sandbox, &measure, &numerator, &denominator, &error);

  g_assert_true (done == (error == NULL));
  if (error != NULL)
    {
      g_test_message ("%s", error->message);
      g_assert_error (error, MC_PACK_ERROR, MC_PACK_ERROR_EXPRESSION);
    }

  return done;
}

/* An expression that is long, deep, or makes much of little ends with an error, and the next one is answered. */
static void
test_expressions (Fixture *fixture, gconstpointer data)
{
  g_autofree char *blanks = g_strnfill (MC_SQL_MAX_BYTES - 200, ' '), *fits = g_strconcat ("count(*)", blanks, NULL);
  g_autofree char *more = g_strnfill (200, ' '), *too_long = g_strconcat ("count(*)", blanks, more, NULL);
  g_autofree char *sum = repeat ("count(*)", MC_SQL_MAX_DEPTH - 10, "+1", ""), *deep = repeat ("count(*)", MC_SQL_MAX_DEPTH + 10, "+1", "");
  g_autofree char *pattern = g_strnfill (MC_SQL_MAX_PATTERN, '%'), *like = g_strdup_printf ("count(*)+('a' LIKE '%s')", pattern);
  g_autofree char *longer = g_strdup_printf ("count(*)+('a' LIKE '%%%s')", pattern);
  GString *value = g_string_new ("'aaaaaaaaaaaaaaaa'"), *rows = g_string_new ("(SELECT 1");
  g_autofree char *sixteen = NULL, *seventeen = NULL, *few = NULL, *many = NULL;

  g_strdelimit (sum, ",", ' ');
  g_strdelimit (deep, ",", ' ');
  /* 16 bytes, each made 16 of, five times: just as much as one value may be (MC_SQL_MAX_VALUE).  A thousand rows are few, ten
   * thousand million more than MC_SQL_MAX_STEPS times MC_SQL_STEP_OPS let through. */
  for (guint i = 0; i < 5; i++)
    {
      g_string_prepend (value, "replace(");
      g_string_append (value, ",'a','aaaaaaaaaaaaaaaa')");
    }
  sixteen = g_strdup_printf ("count(*)+length(%s)", value->str);
  seventeen = g_strdup_printf ("count(*)+length(replace(%s,'a','ab'))", value->str);
  for (guint i = 1; i < 10; i++)
    g_string_append (rows, " UNION ALL SELECT 1");
  g_string_append_c (rows, ')');
  few = g_strdup_printf ("count(*)+(SELECT count(*) FROM %s, %s, %s)", rows->str, rows->str, rows->str);
  many = g_strdup_printf ("count(*)+(SELECT count(*) FROM %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", rows->str, rows->str, rows->str,
                          rows->str, rows->str, rows->str, rows->str, rows->str, rows->str, rows->str);

  g_assert_true (measures (fixture, fits));
  g_assert_false (measures (fixture, too_long));
  g_assert_true (measures (fixture, sum));
  g_assert_false (measures (fixture, deep));
  g_assert_true (measures (fixture, sixteen));
  g_assert_false (measures (fixture, seventeen));
  g_assert_true (measures (fixture, few));
  g_assert_false (measures (fixture, many));
  g_assert_true (measures (fixture, "count(*)"));
  g_assert_true (measures (fixture, like));
  g_assert_false (measures (fixture, longer));
  g_string_free (value, TRUE);
  g_string_free (rows, TRUE);
}

static guint
count_rows (const char *text,
            gsize       size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = mc_csv_parse (text, size, &error);

  if (error != NULL)
    {
      g_test_message ("%s", error->message);
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
    }

  return rows != NULL ? rows->len : 0;
}

/* A table at its bounds is read, past them refused. */
static void
test_table (void)
{
  g_autofree char *columns = repeat ("", MC_CSV_MAX_COLUMNS, "a", "\n"), *more_columns = repeat ("", MC_CSV_MAX_COLUMNS + 1, "a", "\n");
  g_autofree char *large = g_strnfill (MC_CSV_MAX_BYTES + 1, '\n');
  g_autoptr(GString) rows = g_string_new (NULL);

  for (guint i = 0; i < MC_CSV_MAX_ROWS; i++)
    g_string_append (rows, "1\n");
  g_assert_cmpuint (count_rows (rows->str, rows->len), ==, MC_CSV_MAX_ROWS);
  g_string_append (rows, "1\n");
  g_assert_cmpuint (count_rows (rows->str, rows->len), ==, 0);

  g_assert_cmpuint (count_rows (columns, strlen (columns)), ==, 1);
  g_assert_cmpuint (count_rows (more_columns, strlen (more_columns)), ==, 0);
  large[0] = 'a';
  large[1] = '"';
  /* One long cell, so that the test is of the size and not of the rows. */
  memset (large + 1, 'b', MC_CSV_MAX_BYTES);
  g_assert_cmpuint (count_rows (large, MC_CSV_MAX_BYTES), ==, 1);
  g_assert_cmpuint (count_rows (large, MC_CSV_MAX_BYTES + 1), ==, 0);
}

static char *
attached_name (Fixture    *fixture,
               const char *name)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(McEvidence) evidence = mc_journal_attach_bytes (fixture->journal, bytes, name, NOW, &error);

  g_assert_no_error (error);

  return g_strdup (evidence->name);
}

/* A file's name is cut at its bound, whole letters and its ending kept, and nothing in it breaks a line or turns it. */
static void
test_names (Fixture *fixture, gconstpointer data)
{
  g_autofree char *stem = g_strnfill (MC_EVIDENCE_NAME_MAX_BYTES - 4, 'a'), *fits = g_strconcat (stem, ".pdf", NULL);
  g_autofree char *longer = g_strconcat ("\xe1\xba\xbf", fits, NULL), *kept = attached_name (fixture, fits);
  g_autofree char *cut = attached_name (fixture, longer), *lines = attached_name (fixture, "a\nb\x01\xe2\x80\xaegpj.exe\xff/..\\c");

  g_assert_cmpstr (kept, ==, fits);
  g_assert_cmpuint (strlen (cut), <=, MC_EVIDENCE_NAME_MAX_BYTES);
  g_assert_true (g_str_has_prefix (cut, "\xe1\xba\xbf"));
  g_assert_true (g_str_has_suffix (cut, "a.pdf"));
  g_assert_true (g_utf8_validate (lines, -1, NULL));
  g_assert_null (strpbrk (lines, "\n\x01/\\"));
  g_assert_null (strstr (lines, "\xe2\x80\xae"));
}

/* A file one byte too large is refused by its size, before a byte of it is copied. */
static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "large", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(McEvidence) evidence = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, MC_EVIDENCE_MAX_BYTES + 1), ==, 0);
  evidence = mc_journal_attach (fixture->journal, file, NULL, NOW, NULL, &error);
  g_assert_null (evidence);
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
  g_test_message ("%s", error->message);
}

/* What names an evidence file is its hash; nothing else leads to a path. */
static void
test_paths (Fixture *fixture, gconstpointer data)
{
  static const char * const names[] = { "", "a", "../../../../../../../../../../../../../../../../../../../etc/pass",
    "zz00000000000000000000000000000000000000000000000000000000000000" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *path = mc_journal_get_evidence_path (fixture->journal, names[i], &error);

      g_assert_null (path);
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND);
    }
}

/* Texts, lists and numbers of strangers are told apart without a word of complaint. */
static void
test_json (void)
{
  static const char text[] = "{\"a\":\"x\",\"b\":5,\"c\":[1],\"d\":{},\"e\":null}";
  g_autoptr(JsonNode) root = mc_json_read (text, strlen (text), 2);
  JsonObject *object = json_node_get_object (root);

  g_assert_cmpstr (mc_json_get_text (object, "a", "-"), ==, "x");
  for (const char *name = "bcdef"; *name != '\0'; name++)
    {
      const char member[] = { *name, '\0' };

      g_assert_cmpstr (mc_json_get_text (object, member, "-"), ==, "-");
      g_assert_true ((mc_json_get_list (object, member) != NULL) == (*name == 'c'));
    }
  g_assert_null (mc_json_read (text, strlen (text), 1));
  g_assert_null (mc_json_read ("[1]", 3, 8));
  g_assert_null (mc_json_read ("{\"a\":1}{\"b\":2}", 14, 8));
  g_assert_null (mc_json_read ("2{}", 3, 8));
  g_assert_null (mc_json_read ("{}x", 3, 8));
  g_assert_null (mc_json_read ("{\"a\":1}\0", 8, 8));
  g_assert_null (mc_json_read ("", 0, 8));
}

/* A damaged file is told as such, not as an expression of the pack that is wrong. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *whole = g_build_filename (fixture->dir, "store.db", NULL), *broken = g_build_filename (fixture->dir, "broken.db", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (whole, &bytes, &size, &error));
  g_assert_cmpuint (size, >=, 4096);
  memset (bytes + 100, 0xff, size - 100);
  g_assert_true (g_file_set_contents (broken, bytes, size, &error));
  g_assert_null (mc_sandbox_new (broken, fixture->pack, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  memset (bytes, 'x', size);
  g_assert_true (g_file_set_contents (broken, bytes, size, &error));
  g_assert_null (mc_sandbox_new (broken, fixture->pack, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_DATABASE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  g_test_add_func ("/limits/change", test_change);
  ADD ("/limits/damaged", test_damaged);
  g_test_add_func ("/limits/values", test_values);
  g_test_add_func ("/limits/numbers", test_numbers);
  g_test_add_func ("/limits/typed", test_typed);
  g_test_add_func ("/limits/pack", test_pack);
  ADD ("/limits/expressions", test_expressions);
  g_test_add_func ("/limits/table", test_table);
  ADD ("/limits/names", test_names);
  ADD ("/limits/file", test_file);
  ADD ("/limits/paths", test_paths);
  g_test_add_func ("/limits/json", test_json);

  return g_test_run ();
}
