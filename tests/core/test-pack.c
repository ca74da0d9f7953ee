/* test-pack.c: the pack that ships with the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Expressions run on plain tables that have the columns which records show.
 */

#include <sqlite3.h>
#include <string.h>

#include "core/core-fixture.h"
#include "core/mc-pack.h"
#include "core/mc-points.h"
#include "mc-core-resources.h"

/* The builtin pack has the parts that the decision is said to have. */
static void
test_builtin (void)
{
  g_autoptr(McPack) pack = builtin_pack ();
  GPtrArray *criteria = mc_pack_get_criteria (pack), *domains = mc_pack_get_domains (pack);
  guint top = 0, parts = 0;
  gint64 max = 0;

  g_assert_cmpstr (mc_pack_get_full_id (pack), ==, "binh-dinh-2878-2021/1");
  g_assert_cmpint (mc_pack_get_year (pack), ==, 2021);
  g_assert_nonnull (strstr (mc_pack_get_status_text (pack), "chưa đối chiếu"));
  g_assert_cmpstr (mc_pack_get_from (pack), ==, "2020-12-15");
  g_assert_cmpstr (mc_pack_get_to (pack), ==, "2021-12-14");

  for (guint i = 0; i < criteria->len; i++)
    *(((McCriterion *) criteria->pdata[i])->parent == NULL ? &top : &parts) += 1;
  for (guint i = 0; i < domains->len; i++)
    max += ((McDomain *) domains->pdata[i])->max;

  g_assert_cmpuint (domains->len, ==, 8);
  g_assert_cmpuint (top, ==, 48);
  g_assert_cmpuint (parts, ==, 34);
  g_assert_cmpint (max, ==, 10000);
  g_assert_cmpuint (mc_pack_get_targets (pack)->len, ==, 11);
}

/* Reports are cut off on 14/3, 14/6, 14/9 and 14/12, the year's figures counted from 15/12. */
static void
test_periods (void)
{
  static const char * const expected[][3] =
  {
    { "q1", "2020-12-15", "2021-03-14" },
    { "h1", "2020-12-15", "2021-06-14" },
    { "q3", "2021-06-15", "2021-09-14" },
    { "year", "2020-12-15", "2021-12-14" },
  };
  g_autoptr(McPack) pack = builtin_pack ();
  GPtrArray *periods = mc_pack_get_periods (pack);

  g_assert_cmpuint (periods->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < periods->len; i++)
    {
      McPackPeriod *period = periods->pdata[i];

      g_assert_cmpstr (period->id, ==, expected[i][0]);
      g_assert_cmpstr (period->from, ==, expected[i][1]);
      g_assert_cmpstr (period->to, ==, expected[i][2]);
      g_assert_cmpstr (period->cutoff, ==, expected[i][2]);
    }
}

/* Record types R01 to R30 are there, and the heart types have the fields that the screens are made for. */
static void
test_types (void)
{
  static const char * const heart[] =
  {
    "plan: number symbol issued summary signer signer_title authority bases q_on_time q_on_time_reason q_all_domains "
    "q_all_domains_reason q_products q_products_reason q_leads q_leads_reason q_deadlines q_deadlines_reason q_funding "
    "q_funding_reason q_measurable q_measurable_reason files signed_file review.quality",
    "plan-task: order domain content product lead support start deadline funding state done_on files",
    "document-month: month total digital digital_with_paper paper_only classified incoming_digital incoming_paper "
    "work_files_total work_files_digital nil files",
    "certified-copy: number volume received_at certified_on requester document signer signer_title copies fee note form "
    "service_code void void_reason files",
    "certified-copy-month: month files_electronic copies_electronic first_on source files",
    "assessment: criterion answer nil explanation files self document review.appraised review.explained review.published "
    "review.reason review.verdict",
  };
  g_autoptr(McPack) pack = builtin_pack ();
  g_autoptr(GHashTable) codes = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < mc_pack_get_types (pack)->len; i++)
    g_assert_true (g_hash_table_add (codes, (gpointer) ((McRecordType *) mc_pack_get_types (pack)->pdata[i])->code));
  for (guint i = 1; i <= 30; i++)
    {
      g_autofree char *code = g_strdup_printf ("R%02u", i);

      g_assert_true (g_hash_table_contains (codes, code));
    }

  for (gsize i = 0; i < G_N_ELEMENTS (heart); i++)
    {
      g_auto(GStrv) halves = g_strsplit (heart[i], ": ", 2);
      g_auto(GStrv) names = g_strsplit (halves[1], " ", -1);
      McRecordType *type = mc_pack_find_type (pack, halves[0]);

      g_assert_nonnull (type);
      g_assert_cmpuint (type->fields->len, ==, g_strv_length (names));
      for (guint k = 0; k < type->fields->len; k++)
        g_assert_cmpstr (((McField *) type->fields->pdata[k])->name, ==, names[k]);
    }

  g_assert_cmpstr (mc_pack_find_type (pack, "plan-task")->parent, ==, "plan");
  g_assert_true (mc_pack_find_type (pack, "assessment")->natural_key);
  g_assert_true (mc_pack_find_type (pack, "document-month")->natural_key);
  g_assert_false (mc_pack_find_type (pack, "certified-copy")->natural_key);
  g_assert_true (mc_record_type_find_field (mc_pack_find_type (pack, "certified-copy"), "requester")->personal);
}

/* Every criterion says how it is scored and is fed by record types that exist; points fit its maximum. */
static void
test_criteria (void)
{
  g_autoptr(McPack) pack = builtin_pack ();

  for (guint i = 0; i < mc_pack_get_criteria (pack)->len; i++)
    {
      McCriterion *criterion = mc_pack_get_criteria (pack)->pdata[i];

      g_test_message ("%s", criterion->code);
      for (guint k = 0; criterion->contributes[k] != NULL; k++)
        g_assert_nonnull (mc_pack_find_type (pack, criterion->contributes[k]));
      for (guint k = 0; k < criterion->rule.values->len; k++)
        g_assert_cmpint (g_array_index (criterion->rule.values, McChoice, k).points, <=, criterion->max);
      if (criterion->rule.bands->len > 0)
        {
          McBand *last = &g_array_index (criterion->rule.bands, McBand, criterion->rule.bands->len - 1);

          g_assert_cmpint (g_array_index (criterion->rule.bands, McBand, 0).from, ==, 0);
          g_assert_cmpint (last->to, ==, G_MAXINT64);
          g_assert_cmpint (last->points, ==, criterion->max);
        }
      g_assert_cmpuint (criterion->children->len > 0 || criterion->evidence->len > 0, ==, TRUE);
    }

  g_assert_cmpstr (mc_pack_find_criterion (pack, "1.1.2")->rule.measure, ==, "plan_quality");
  g_assert_cmpstr (mc_pack_find_criterion (pack, "7.1")->rule.measure, ==, "documents_electronic");
  g_assert_cmpstr (mc_pack_find_criterion (pack, "7.7")->rule.measure, ==, "certified_copy_units");
  g_assert_cmpstr (mc_pack_find_criterion (pack, "7.8")->rule.measure, ==, "post");
  g_assert_cmpint (mc_pack_find_criterion (pack, "7.8")->rule.target, ==, 5000);
  g_assert_true (mc_pack_find_criterion (pack, "8.1.1")->rule.as_percent);
  g_assert_false (mc_pack_find_criterion (pack, "8.1.2")->rule.as_percent);
}

/* expressions */

static sqlite3 *
open_tables (McPack *pack)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &db), ==, SQLITE_OK);
  /* Else a column that is not there would be read as a text. */
  sqlite3_db_config (db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);

  for (guint i = 0; i < mc_pack_get_types (pack)->len; i++)
    {
      McRecordType *type = mc_pack_get_types (pack)->pdata[i];
      g_autoptr(GString) sql = g_string_new (NULL);

      g_string_append_printf (sql, "CREATE TABLE \"%s\" (unit, record, parent, state_of_record", type->id);
      for (guint k = 0; k < type->fields->len; k++)
        g_string_append_printf (sql, ", \"%s\"", ((McField *) type->fields->pdata[k])->name);
      g_string_append (sql, ")");
      g_assert_cmpint (sqlite3_exec (db, sql->str, NULL, NULL, NULL), ==, SQLITE_OK);
    }

  return db;
}

static void
assert_prepares (sqlite3    *db,
                 const char *type,
                 const char *expression,
                 const char *where)
{
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM \"%s\" WHERE %s", expression, type, where != NULL ? where : "1");
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
  sqlite3_finalize (statement);
}

/* SQLite takes every expression of the pack, and every column in them is a field. */
static void
test_expressions (void)
{
  g_autoptr(McPack) pack = builtin_pack ();
  sqlite3 *db = open_tables (pack);
  guint count = 0;

  for (guint i = 0; i < mc_pack_get_types (pack)->len; i++)
    {
      McRecordType *type = mc_pack_get_types (pack)->pdata[i];

      for (guint k = 0; k < type->checks->len; k++, count++)
        {
          McCheckRule *check = type->checks->pdata[k];

          assert_prepares (db, type->id, check->expr, check->when);
        }
    }

  for (guint i = 0; i < mc_pack_get_measures (pack)->len; i++, count++)
    {
      McMeasure *measure = mc_pack_get_measures (pack)->pdata[i];

      if (measure->per_unit != NULL)
        assert_prepares (db, measure->type, measure->per_unit, measure->where);
      else
        {
          assert_prepares (db, measure->type, measure->numerator, measure->where);
          assert_prepares (db, measure->type, measure->denominator, measure->where);
        }
    }
  g_test_message ("%u checks and measures", count);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* A figure of one measure over the records in @db. */
static gint64
figure (sqlite3    *db,
        McMeasure  *measure,
        const char *expression)
{
  g_autofree char *sql = g_strdup_printf ("SELECT %s FROM \"%s\" WHERE %s", expression, measure->type,
                                          measure->where != NULL ? measure->where : "1");
  sqlite3_stmt *statement = NULL;
  gint64 value;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);

  return value;
}

/* Measures count what they say: no classified documents below the line, posted files once, blank months not at all. */
static void
test_measures (void)
{
  g_autoptr(McPack) pack = builtin_pack ();
  sqlite3 *db = open_tables (pack);
  McMeasure *documents = mc_pack_find_measure (pack, "documents_electronic");
  McMeasure *post = mc_pack_find_measure (pack, "post");
  McMeasure *quality = mc_pack_find_measure (pack, "plan_quality");
  McMeasure *copies = mc_pack_find_measure (pack, "certified_copy_units");

  g_assert_cmpint (sqlite3_exec (db,
                                 "INSERT INTO \"document-month\" (month, total, digital, digital_with_paper, paper_only, classified)"
                                 " VALUES ('2021-01', 100, 92, 3, 2, 3), ('2021-02', 50, 40, 5, 5, NULL), ('2021-03', NULL, NULL, 1, 1, 9);"
                                 "INSERT INTO \"post-month\" (month, send_only, result_only, \"both\", files_total, files_excluded)"
                                 " VALUES ('2021-01', 5, 10, 3, 100, 20), ('2021-02', NULL, NULL, NULL, NULL, NULL);"
                                 "INSERT INTO plan (number, \"review.quality\") VALUES ('1', 79);"
                                 "INSERT INTO \"certified-copy-month\" (month, files_electronic) VALUES ('2021-01', 0), ('2021-02', NULL);",
                                 NULL, NULL, NULL), ==, SQLITE_OK);

  g_assert_cmpint (figure (db, documents, documents->numerator), ==, 132);
  g_assert_cmpint (figure (db, documents, documents->denominator), ==, 147);
  g_assert_cmpint (figure (db, post, post->numerator), ==, 18);
  g_assert_cmpint (figure (db, post, post->denominator), ==, 100);
  g_assert_cmpint (figure (db, quality, quality->per_unit), ==, 0);
  g_assert_cmpint (figure (db, copies, copies->per_unit), ==, 0);

  g_assert_cmpint (sqlite3_exec (db,
                                 "UPDATE plan SET \"review.quality\" = 80;"
                                 "UPDATE \"certified-copy-month\" SET files_electronic = 1 WHERE month = '2021-02'",
                                 NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (figure (db, quality, quality->per_unit), ==, 1);
  g_assert_cmpint (figure (db, copies, copies->per_unit), ==, 1);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* The ids of the errors (or warnings) that the one record of @type in @db gets, in order. */
static char *
objections (sqlite3      *db,
            McRecordType *type,
            gboolean      errors)
{
  g_autoptr(GString) found = g_string_new (NULL);

  for (guint i = 0; i < type->checks->len; i++)
    {
      McCheckRule *check = type->checks->pdata[i];
      g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM \"%s\" WHERE (%s) AND (%s) IS NOT TRUE", type->id,
                                              check->when != NULL ? check->when : "1", check->expr);
      sqlite3_stmt *statement = NULL;

      if (check->is_error != errors)
        continue;
      g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
      if (sqlite3_step (statement) == SQLITE_ROW)
        g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", check->id);
      sqlite3_finalize (statement);
    }

  return g_strdup (found->str);
}

/* A good record gets no objection; one with a single fault gets the one that speaks of it. */
static void
test_checks (void)
{
  static const struct { const char *type, *columns, *values, *errors, *warnings; } cases[] =
  {
#define DOCUMENTS "month, total, digital, digital_with_paper, paper_only, classified, work_files_total, work_files_digital, nil, files"
    { "document-month", DOCUMENTS, "'2021-03', 100, 92, 3, 2, 3, 10, 9, NULL, '[{}]'", "", "" },
    { "document-month", DOCUMENTS, "'2021-03', 101, 92, 3, 2, 3, 10, 9, NULL, '[{}]'",
      "outgoing-sum", "" },
    { "document-month", DOCUMENTS, "'2021-03', 100, 92, 3, 2, NULL, 10, 9, NULL, '[{}]'",
      "filled", "" },
    { "document-month", DOCUMENTS, "'2021-03', 100, 92, 3, 2, 3, 10, 11, NULL, '[{}]'",
      "work-files-part", "" },
    { "document-month", DOCUMENTS, "'2021-03', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL",
      "", "" },
    { "document-month", DOCUMENTS, "'2021-03', 100, 92, 3, 2, 3, 10, 9, 1, '[{}]'",
      "nil-is-empty", "" },
    { "document-month", DOCUMENTS, "'2021-03', 0, 0, 0, 0, 0, 0, 0, NULL, NULL",
      "", "zero-declared" },
    { "document-month", DOCUMENTS, "'2021-03', 100, 92, 3, 2, 3, 10, 9, NULL, NULL",
      "", "has-evidence" },
    { "document-month", DOCUMENTS, "'2022-03', 100, 92, 3, 2, 3, 10, 9, NULL, '[{}]'",
      "", "month-in-year" },
#define COPY "number, received_at, certified_on, signer_title, copies, form, service_code, void, void_reason"
    { "certified-copy", COPY,
      "7, '2021-05-04T14:59:00+07:00', '2021-05-04', 'Phó Chủ tịch', 2, 'paper', NULL, NULL, NULL",
      "", "" },
    { "certified-copy", COPY,
      "7, '2021-05-04T14:59:00+07:00', '2021-05-05', 'Phó Chủ tịch', 2, 'paper', NULL, NULL, NULL",
      "", "same-day" },
    { "certified-copy", COPY,
      "7, '2021-05-04T15:00:00+07:00', '2021-05-05', 'Phó Chủ tịch', 2, 'paper', NULL, NULL, NULL",
      "", "" },
    { "certified-copy", COPY,
      "7, '2021-05-04T09:00:00+07:00', '2021-05-03', 'Phó Chủ tịch', 2, 'paper', NULL, NULL, NULL",
      "not-before-received", "" },
    { "certified-copy", COPY, "0, NULL, '2021-05-03', 'Chủ tịch', 0, 'paper', NULL, NULL, NULL",
      "number-positive copies-positive", "" },
    { "certified-copy", COPY,
      "7, NULL, '2022-05-03', 'Công chức', 1, 'electronic', NULL, NULL, NULL",
      "in-year", "signer-entitled electronic-has-code" },
    { "certified-copy", COPY, "7, NULL, '2021-05-03', 'Chủ tịch', 1, 'paper', NULL, 1, ' '",
      "void-has-reason", "" },
#define POST "month, send_only, result_only, \"both\", files_total, files_excluded, files_registered, handovers, nil"
    { "post-month", POST, "'2021-03', 5, 10, 3, 100, 20, 60, 2, NULL", "", "" },
    { "post-month", POST, "'2021-03', 50, 30, 3, 100, 20, 60, 2, NULL", "post-part", "" },
    { "post-month", POST, "'2021-03', 0, 0, 0, 10, 20, 0, 0, NULL",
      "post-part excluded-part registered-part", "" },
    { "post-month", POST, "'2021-03', 5, 10, 3, 100, 20, 60, 0, NULL", "", "handover-known" },
    { "post-month", POST, "'2021-03', NULL, 10, 3, 100, 20, 60, 2, NULL", "filled", "" },
#define COPIES "month, files_electronic, copies_electronic, first_on, source, files"
    { "certified-copy-month", COPIES, "'2021-03', 2, 5, '2021-02-01', 'national', '[{}]'", "", "" },
    { "certified-copy-month", COPIES, "'2021-03', 2, 1, '2021-02-01', 'national', '[{}]'",
      "copies-cover-files", "" },
    { "certified-copy-month", COPIES, "'2021-03', 0, 1, NULL, 'national', '[{}]'",
      "copies-without-files", "" },
    { "certified-copy-month", COPIES, "'2021-03', 2, 5, '2021-04-01', 'national', '[{}]'",
      "first-not-later", "" },
    { "certified-copy-month", COPIES, "'2021-03', 2, 5, NULL, 'national', NULL",
      "", "first-known has-evidence" },
#define TASK "start, deadline, state, done_on, files"
    { "plan-task", TASK, "'2021-01-04', '2021-06-30', 'done', '2021-06-01', '[{}]'", "", "" },
    { "plan-task", TASK, "'2021-01-04', '2021-06-30', 'done', '2021-07-01', '[{}]'",
      "", "done-late" },
    { "plan-task", TASK, "'2021-01-04', '2021-06-30', 'done', NULL, NULL",
      "done-has-date done-has-product", "" },
    { "plan-task", TASK, "'2021-07-04', '2021-06-30', 'planned', NULL, NULL",
      "start-before-deadline", "" },
    { "plan-task", TASK, "'2021-01-04', '2023-06-30', 'doing', '2020-12-20', NULL",
      "deadline-in-year date-has-done done-after-start", "" },
#define ANSWER "criterion, answer, explanation, files, self, document, \"review.appraised\", \"review.reason\", \"review.verdict\""
    { "assessment", ANSWER, "'1.7', 1, NULL, '[{}]', '0.5', NULL, NULL, NULL, NULL", "", "" },
    { "assessment", ANSWER, "'1.7', 1, NULL, '[]', '0.5', NULL, NULL, NULL, NULL",
      "evidence-or-explanation", "" },
    { "assessment", ANSWER, "'8.1.2', '7.68', 'x', NULL, NULL, NULL, NULL, NULL, NULL",
      "external-cites", "" },
    { "assessment", ANSWER, "'1.7', 1, 'x', NULL, '0.5', NULL, '0', NULL, 'returned'",
      "review-reason", "lowered-reason" },
    { "assessment", ANSWER, "'1.7', NULL, 'x', NULL, '-1', NULL, NULL, NULL, NULL",
      "self-not-negative", "answered" },
#define NIL_ANSWER "criterion, answer, nil, explanation"
    { "assessment", NIL_ANSWER, "'3.5.2', NULL, 1, 'x'", "", "" },
    { "assessment", NIL_ANSWER, "'3.5.2', NULL, 1, NULL", "evidence-or-explanation", "" },
    { "assessment", NIL_ANSWER, "'3.5.2', '90', 1, 'x'", "nil-is-empty", "" },
  };
  g_autoptr(McPack) pack = builtin_pack ();
  sqlite3 *db = open_tables (pack);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sql = g_strdup_printf ("DELETE FROM \"%s\"; INSERT INTO \"%s\" (%s) VALUES (%s)", cases[i].type,
                                              cases[i].type, cases[i].columns, cases[i].values);
      McRecordType *type = mc_pack_find_type (pack, cases[i].type);
      g_autofree char *errors = NULL, *warnings = NULL;

      g_test_message ("%s: %s", cases[i].type, cases[i].values);
      g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
      errors = objections (db, type, TRUE);
      warnings = objections (db, type, FALSE);
      g_assert_cmpstr (errors, ==, cases[i].errors);
      g_assert_cmpstr (warnings, ==, cases[i].warnings);
    }
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* A pack that does not come with the program is not found, also if its name looks like a path. */
static void
test_unknown (void)
{
  static const char * const names[] = { "nothing", "", "../units/an-lao", "pack.schema", "pack.schema.json" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (mc_pack_get_builtin (names[i], &error));
      g_assert_error (error, MC_PACK_ERROR, MC_PACK_ERROR_REFERENCE);
    }
}

/* The units that come along: ten communes of An Lão until 30/06/2025, four after, each with one home at a time. */
static void
test_units (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_resources_lookup_data ("/vn/minhchung/MinhChung/units/an-lao.json",
                                                    G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *units;
  guint before = 0, after = 0;

  g_assert_no_error (error);
  root = json_from_string (g_bytes_get_data (bytes, NULL), &error);
  g_assert_no_error (error);
  units = json_object_get_array_member (json_node_get_object (root), "units");

  for (guint i = 0; i < json_array_get_length (units); i++)
    {
      JsonObject *unit = json_array_get_object_element (units, i);
      const char *from = json_object_get_string_member (unit, "valid_from");

      g_assert_true (g_hash_table_add (names, g_strconcat (json_object_get_string_member (unit, "code"), "@", from, NULL)));
      if (!g_str_equal (json_object_get_string_member (unit, "kind"), "commune") &&
          !g_str_equal (json_object_get_string_member (unit, "kind"), "town"))
        continue;
      if (g_str_equal (from, "2025-07-01"))
        {
          after++;
          g_assert_true (json_object_get_null_member (unit, "valid_to"));
          g_assert_cmpstr (json_object_get_string_member (unit, "parent"), ==, "52@2025-07-01");
        }
      else
        {
          before++;
          g_assert_cmpstr (from, ==, "2004-07-08");
          g_assert_cmpstr (json_object_get_string_member (unit, "valid_to"), ==, "2025-06-30");
          g_assert_cmpstr (json_object_get_string_member (unit, "parent"), ==, "542@2004-07-08");
        }
    }
  g_assert_cmpuint (before, ==, 10);
  g_assert_cmpuint (after, ==, 4);

  for (guint i = 0; i < json_array_get_length (units); i++)
    {
      JsonArray *successors = json_object_get_array_member (json_array_get_object_element (units, i), "successors");

      for (guint k = 0; k < json_array_get_length (successors); k++)
        g_assert_true (g_hash_table_contains (names, json_array_get_string_element (successors, k)));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  /* The first: nothing is read yet. */
  g_test_add_func ("/pack/builtin", test_builtin);
  g_test_add_func ("/pack/periods", test_periods);
  g_test_add_func ("/pack/types", test_types);
  g_test_add_func ("/pack/criteria", test_criteria);
  g_test_add_func ("/pack/expressions", test_expressions);
  g_test_add_func ("/pack/measures", test_measures);
  g_test_add_func ("/pack/checks", test_checks);
  g_test_add_func ("/pack/unknown", test_unknown);
  g_test_add_func ("/pack/units", test_units);

  return g_test_run ();
}
