/* test-pack-refused.c: packs that must be refused
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A refused pack is the builtin one with a single thing spoilt, so that only this thing can be the cause.
 */

#include <string.h>

#include "core/core-fixture.h"
#include "core/mc-pack.h"

static JsonNode *
parse_builtin (void)
{
  g_autoptr(McPack) pack = builtin_pack ();
  g_autoptr(GError) error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (mc_pack_get_bytes (pack), &size);
  g_autofree char *text = g_strndup (data, size);
  JsonNode *root = json_from_string (text, &error);

  g_assert_no_error (error);

  return root;
}

static void
assert_refused (GBytes     *bytes,
                int         code,
                const char *place)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_new_from_bytes (bytes, &error);

  g_assert_null (pack);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_error (error, MC_PACK_ERROR, code);
  if (strstr (error->message, place) == NULL)
    g_error ("“%s” does not name “%s”", error->message, place);
}

/* The value at a path such as `criteria[2].rule.kind`: the object it stands in, and its name there. */
static JsonObject *
find_place (JsonNode    *root,
            const char  *path,
            char       **out_member)
{
  g_auto(GStrv) steps = g_strsplit (path, ".", -1);
  JsonObject *object = json_node_get_object (root);

  for (guint i = 0; ; i++)
    {
      char *bracket = strchr (steps[i], '[');
      guint64 index = 0;

      if (steps[i + 1] == NULL)
        {
          *out_member = g_strdup (steps[i]);
          return object;
        }
      if (bracket == NULL)
        {
          object = json_object_get_object_member (object, steps[i]);
          continue;
        }

      index = g_ascii_strtoull (bracket + 1, NULL, 10);
      *bracket = '\0';
      object = json_array_get_object_element (json_object_get_array_member (object, steps[i]), index);
    }
}

/* The builtin pack with the value at @path replaced by @json, or taken out if that is NULL. */
static GBytes *
spoil (const char *path,
       const char *json)
{
  g_autoptr(JsonNode) root = parse_builtin ();
  g_autofree char *member = NULL;
  JsonObject *object = find_place (root, path, &member);
  char *text;

  if (json == NULL)
    json_object_remove_member (object, member);
  else
    {
      g_autoptr(GError) error = NULL;
      JsonNode *value = json_from_string (json, &error);

      g_assert_no_error (error);
      json_object_set_member (object, member, value);
    }
  text = json_to_string (root, FALSE);

  return g_bytes_new_take (text, strlen (text));
}

/* Bytes that are no JSON text are refused as such. */
static void
test_not_json (void)
{
  static const struct { const char *text; gsize size; const char *says; } cases[] =
  {
    { "", 0, "empty" }, { "\xef\xbb\xbf", 3, "empty" }, { "  ", 2, "empty" }, { "{", 1, "no JSON: text:1:2" },
    { "{\"id\":}", 7, "no JSON: text:1:7" }, { "{\n \"ă\" 1}", 10, "no JSON: text:2:6" }, { "{} {}", 5, "text:1:4" },
    { "{}\0{}", 5, "UTF-8" }, { "\"h\xff\"", 4, "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (cases[i].text, cases[i].size);

      assert_refused (bytes, MC_PACK_ERROR_NOT_JSON, cases[i].says);
    }
}

/* A pack that is too long or too deep is refused before it is parsed; the deepest allowed one is not. */
static void
test_too_large (void)
{
  g_autofree char *blank = g_strnfill (MC_PACK_MAX_BYTES + 1, ' ');
  g_autoptr(GBytes) longest = g_bytes_new (blank, MC_PACK_MAX_BYTES);
  g_autoptr(GBytes) longer = g_bytes_new (blank, MC_PACK_MAX_BYTES + 1);
  g_autofree char *opening = g_strnfill (MC_PACK_MAX_DEPTH + 1, '[');
  g_autofree char *closing = g_strnfill (MC_PACK_MAX_DEPTH + 1, ']');
  g_autofree char *nested = g_strconcat (opening, closing, NULL);
  g_autofree char *bearable = g_strconcat (opening + 1, closing + 1, NULL);
  g_autoptr(GBytes) deeper = g_bytes_new (nested, strlen (nested));
  g_autoptr(GBytes) deepest = g_bytes_new (bearable, strlen (bearable));

  assert_refused (longer, MC_PACK_ERROR_TOO_LARGE, "4194305 bytes");
  assert_refused (longest, MC_PACK_ERROR_NOT_JSON, "empty");
  assert_refused (deeper, MC_PACK_ERROR_TOO_LARGE, "deeper than 32");
  assert_refused (deepest, MC_PACK_ERROR_SCHEMA, "(the whole)");
}

/* One thing spoilt: the code of the error says what kind of thing, its message where. */
static void
test_spoilt (void)
{
  static const struct { const char *path, *json; int code; const char *place; } cases[] =
  {
    { "version", NULL, MC_PACK_ERROR_SCHEMA, "“version” is missing" },
    { "id", "7", MC_PACK_ERROR_SCHEMA, "id: is integer" },
    { "title", "[]", MC_PACK_ERROR_SCHEMA, "title: is array" },
    { "year", "-5", MC_PACK_ERROR_SCHEMA, "year: it is -5, at least 2000" },
    { "criteria", "{}", MC_PACK_ERROR_SCHEMA, "criteria: is object" },
    { "surprise", "1", MC_PACK_ERROR_SCHEMA, "“surprise” is not known here" },
    { "criteria[2].rule.kind", "\"magic\"", MC_PACK_ERROR_SCHEMA, "criteria[2].rule.kind: " },
    { "criteria[2].rule.kind", "\"bands\"",
      MC_PACK_ERROR_SCHEMA, "criteria[2].rule: “bands” is missing" },
    { "criteria[2].max", "0.5", MC_PACK_ERROR_SCHEMA, "criteria[2].max: is number" },
    { "criteria[2].max", "\"0.505\"", MC_PACK_ERROR_SCHEMA, "criteria[2].max: " },
    { "criteria[2].max", "\"0.5\\n\"", MC_PACK_ERROR_SCHEMA, "criteria[2].max: " },
    { "criteria[2].max", "\"-1\"", MC_PACK_ERROR_SCHEMA, "criteria[2].max: " },
    { "criteria[2].max", "\"9999999999999\"", MC_PACK_ERROR_SCHEMA, "criteria[2].max: " },
    { "criteria[2].name", "\"\"", MC_PACK_ERROR_SCHEMA, "criteria[2].name: " },
    { "criteria[2].evidence", "null", MC_PACK_ERROR_SCHEMA, "criteria[2].evidence: is null" },
    { "criteria[2].rule.kind", "\"sum\"",
      MC_PACK_ERROR_SCHEMA, "criteria[2].rule.kind: “sum” goes with parts" },
    { "record_types[0].fields[6].values", NULL,
      MC_PACK_ERROR_SCHEMA, "record_types[0].fields[6]: “values” is missing" },
    { "measures[0].per_unit", "null", MC_PACK_ERROR_SCHEMA, "measures[0]: “numerator” is missing" },
    { "measures[0].type", "\"nothing\"", MC_PACK_ERROR_REFERENCE, "measures[0].type: " },
    { "criteria[2].rule.measure", "\"nothing\"",
      MC_PACK_ERROR_REFERENCE, "criteria[2].rule.measure: " },
    { "criteria[2].domain", "\"9\"", MC_PACK_ERROR_REFERENCE, "criteria[2].domain: " },
    { "criteria[2].parent", "\"8.1\"", MC_PACK_ERROR_REFERENCE, "criteria[2].parent: " },
    { "record_types[1].parent", "\"nothing\"",
      MC_PACK_ERROR_REFERENCE, "record_types[1].parent: " },
    { "record_types[1].fields[0].of", "\"nothing\"",
      MC_PACK_ERROR_REFERENCE, "record_types[1].fields[0].of: " },
    { "record_types[1].key", "[\"nothing\"]", MC_PACK_ERROR_REFERENCE, "record_types[1].key[0]: " },
    { "record_types[1].sort", "\"nothing\"", MC_PACK_ERROR_REFERENCE, "record_types[1].sort: " },
    { "record_types[1].checks[0].fields", "[\"nothing\"]",
      MC_PACK_ERROR_REFERENCE, "record_types[1].checks[0].fields[0]: " },
    { "record_types[1].book", "{\"type\": \"nothing\", \"date\": \"deadline\"}",
      MC_PACK_ERROR_REFERENCE, "record_types[1].book.type: " },
    { "record_types[1].book", "{\"type\": \"certified-copy-book\", \"date\": \"nothing\"}",
      MC_PACK_ERROR_REFERENCE, "record_types[1].book.date: " },
    { "record_types[1].book", "{\"type\": \"certified-copy-book\", \"date\": \"deadline\"}",
      MC_PACK_ERROR_REFERENCE, "record_types[1].book: there is no field “number” in “plan-task”" },
    { "record_types[1].book", "{\"type\": \"certified-copy-book\"}", MC_PACK_ERROR_SCHEMA, "record_types[1].book: “date” is missing" },
    { "targets[0].measure", "\"nothing\"", MC_PACK_ERROR_REFERENCE, "targets[0].measure: " },
    { "targets[0].criteria", "[\"9.9\"]", MC_PACK_ERROR_REFERENCE, "targets[0].criteria[0]: " },
    { "record_types[1].id", "\"plan\"", MC_PACK_ERROR_DUPLICATE, "record_types[1].id: " },
    { "record_types[1].fields[1].name", "\"order\"",
      MC_PACK_ERROR_DUPLICATE, "record_types[1].fields[1].name: " },
    { "measures[1].id", "\"plan_quality\"", MC_PACK_ERROR_DUPLICATE, "measures[1].id: " },
    { "domains[1].code", "\"1\"", MC_PACK_ERROR_DUPLICATE, "domains[1].code: " },
    { "criteria[2].code", "\"1.1.1\"", MC_PACK_ERROR_DUPLICATE, "criteria[2].code: " },
    { "criteria[2].max", "\"0.51\"", MC_PACK_ERROR_SUM, "criteria[0].max: " },
    { "periods[0].cutoff", "\"2021-02-31\"", MC_PACK_ERROR_SCHEMA, "periods[0]: there is no day 2021-02-31" },
    { "periods[1].to", "\"2020-12-14\"", MC_PACK_ERROR_SCHEMA, "periods[1]: it ends on 2020-12-14" },
    { "period.from", "\"2022-01-01\"", MC_PACK_ERROR_SCHEMA, "period: it ends" },
    { "periods[1].id", "\"q1\"", MC_PACK_ERROR_DUPLICATE, "periods[1].id: " },
    { "targets[1].number", "1", MC_PACK_ERROR_DUPLICATE, "targets[1].number: " },
    { "record_types[0].fields[6].values", "[{\"id\":\"a\",\"title\":\"A\"},{\"id\":\"a\",\"title\":\"B\"}]",
      MC_PACK_ERROR_DUPLICATE, "record_types[0].fields[6].values[1].id: " },
    { "record_types[1].fields[0].name", "\"unit\"", MC_PACK_ERROR_DUPLICATE, "record_types[1].fields[0].name: “unit” is there in every" },
    { "record_types[1].checks[1].id", "\"deadline-in-year\"", MC_PACK_ERROR_DUPLICATE, "record_types[1].checks[1].id: " },
    { "record_types[1].fields[0].max", "\"-5\"", MC_PACK_ERROR_SCHEMA, "record_types[1].fields[0].max: " },
    { "criteria[12].rule.step", "\"0\"", MC_PACK_ERROR_SCHEMA, "criteria[12].rule.step: " },
    { "criteria[44].rule.each", "\"0.00\"", MC_PACK_ERROR_SCHEMA, "criteria[44].rule.each: " },
    { "domains[0].max", "\"10.01\"", MC_PACK_ERROR_SUM, "domains[0].max: " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = spoil (cases[i].path, cases[i].json);

      g_test_message ("%s = %s", cases[i].path, cases[i].json != NULL ? cases[i].json : "(gone)");
      assert_refused (bytes, cases[i].code, cases[i].place);
    }
}

/* Of two members of one name none is passed over in silence. */
static void
test_twice (void)
{
  g_autoptr(McPack) pack = builtin_pack ();
  gsize size;
  const char *data = g_bytes_get_data (mc_pack_get_bytes (pack), &size);
  g_autofree char *text = g_strndup (data, size), *doubled = g_strconcat ("{\"targets\": [],", strchr (text, '{') + 1, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new (doubled, strlen (doubled));

  assert_refused (bytes, MC_PACK_ERROR_DUPLICATE, "“targets” is there twice");
}

/* Bands that overlap, leave a gap, end before they begin or give too much are refused, naming the band. */
static void
test_spoilt_bands (void)
{
  static const struct { const char *bands; int code; const char *place; } cases[] =
  {
    { "[{\"from\":\"0\",\"to\":\"90\",\"points\":\"0\"},{\"from\":\"91\",\"points\":\"1\"}]",
      MC_PACK_ERROR_SCHEMA, ".rule.bands[1].from: " },
    { "[{\"from\":\"0\",\"to\":\"90\",\"points\":\"0\"},{\"from\":\"89\",\"points\":\"1\"}]",
      MC_PACK_ERROR_SCHEMA, ".rule.bands[1].from: " },
    { "[{\"from\":\"9\",\"to\":\"9\",\"points\":\"0\"}]",
      MC_PACK_ERROR_SCHEMA, ".rule.bands[0]: " },
    { "[{\"from\":\"0\",\"points\":\"1.01\"}]", MC_PACK_ERROR_SUM, ".rule.bands[0].points: " },
    { "[{\"from\":\"0\",\"points\":1}]",
      MC_PACK_ERROR_SCHEMA, ".rule.bands[0].points: is integer" },
  };
  g_autoptr(McPack) pack = builtin_pack ();
  guint at = 0;

  while (!g_str_equal (((McCriterion *) mc_pack_get_criteria (pack)->pdata[at])->code, "7.1"))
    at++;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("criteria[%u].rule.bands", at);
      g_autofree char *place = g_strdup_printf ("criteria[%u]%s", at, cases[i].place);
      g_autoptr(GBytes) bytes = spoil (path, cases[i].bands);

      assert_refused (bytes, cases[i].code, place);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pack-refused/not-json", test_not_json);
  g_test_add_func ("/pack-refused/too-large", test_too_large);
  g_test_add_func ("/pack-refused/spoilt", test_spoilt);
  g_test_add_func ("/pack-refused/spoilt-bands", test_spoilt_bands);
  g_test_add_func ("/pack-refused/twice", test_twice);

  return g_test_run ();
}
