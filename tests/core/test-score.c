/* test-score.c: the golden case, and the walls of the sandbox
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The figures are those of the report of the People's Committee of huyện An Lão for 2021.
 */

#include <glib/gstdio.h>

#include "core/core-fixture.h"
#include "core/mc-check.h"
#include "core/mc-id.h"
#include "core/mc-points.h"
#include "core/mc-score.h"
#include "demo/mc-demo.h"
#include "mc-test.h"

typedef struct
{
  char *dir;
  McPack *pack;
  McJournal *journal;
} Fixture;

static JsonNode *
seal_nothing (McSealer *self, const char *record, const char *field, JsonNode *plain, GError **error)
{
  g_autoptr(JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "sealed", "");
  json_object_set_string_member (object, "key", "");

  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
open_nothing (McSealer *self, const char *record, const char *field, JsonNode *sealed, GError **error)
{
  return NULL;
}

static void
free_sealer (McSealer *self)
{
  g_free (self);
}

/* A district of three communes; one that ended before the year, one that began after it, and one of elsewhere. */
static const char units[] =
"[{\"code\":\"52\",\"valid_from\":\"2004-07-08\"},"
"{\"code\":\"542\",\"valid_from\":\"2004-07-08\",\"parent\":\"52@2004-07-08\"},"
"{\"code\":\"1\",\"valid_from\":\"2004-07-08\",\"parent\":\"542@2004-07-08\"},"
"{\"code\":\"2\",\"valid_from\":\"2004-07-08\",\"valid_to\":\"2021-12-14\",\"parent\":\"542@2004-07-08\"},"
"{\"code\":\"3\",\"valid_from\":\"2021-12-14\",\"parent\":\"542@2004-07-08\"},"
"{\"code\":\"4\",\"valid_from\":\"2004-07-08\",\"valid_to\":\"2021-12-13\",\"parent\":\"542@2004-07-08\"},"
"{\"code\":\"5\",\"valid_from\":\"2021-12-15\",\"parent\":\"542@2004-07-08\"},"
"{\"code\":\"6\",\"valid_from\":\"2004-07-08\",\"parent\":\"52@2004-07-08\"},7]";

/* @data: (nullable): the unit whose store it is, which then knows the table above */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  McSealer *sealer = g_new0 (McSealer, 1);
  g_autoptr(JsonNode) table = data != NULL ? json_from_string (units, NULL) : NULL;
  McJournalConfig config = { .device = "0190a000-0000-7000-8000-000000000001", .log = data != NULL ? data : MC_DEMO_DISTRICT,
                             .by = "Huyện", .machine = "", .sealer = sealer, .units = table };
  g_autoptr(GError) error = NULL;

  sealer->seal = seal_nothing;
  sealer->open = open_nothing;
  sealer->free = free_sealer;
  fixture->dir = g_dir_make_tmp ("mc-score-XXXXXX", &error);
  fixture->pack = mc_pack_get_builtin (NULL, &error);
  g_assert_no_error (error);
  config.dir = fixture->dir;
  config.pack = fixture->pack;
  fixture->journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mc_journal_close (fixture->journal);
  mc_pack_unref (fixture->pack);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

/* Whatever the seed, the made-up records of ten communes and of the district give the report's figures. */
static void
test_golden (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *code, *points;
  } golden[] = {
    { "1.1.2", "0.25" }, { "1.7", "0" }, { "3.1", "0" }, { "3.3", "0.5" }, { "3.4", "2.99" }, { "4.2.2", "0" },
    { "5.4.2", "0.5" }, { "6.3", "0" }, { "6.4", "0.5" }, { "6.5", "0.5" }, { "7.1", "0.5" }, { "7.4", "0" },
    { "7.7", "0" }, { "7.8", "0.18" }, { "8.1.1", "26.21" }, { "8.1.2", "7.68" },
  };
  static const char * const domains[] = { "9.25", "5", "6.99", "6.5", "10.5", "3", "9.18", "33.89" };
  guint32 seed = g_test_rand_int ();
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(McScore) score = NULL;
  g_autofree char *total = NULL;
  g_autoptr(GError) error = NULL;
  guint count;

  g_test_message ("seed %u", seed);
  for (gsize i = 0; mc_demo_list_communes ()[i] != NULL; i++)
    g_assert_true (mc_demo_write (fixture->journal, mc_demo_list_communes ()[i], seed, &count, &error));
  g_assert_true (mc_demo_write (fixture->journal, MC_DEMO_DISTRICT, seed, &count, &error));
  g_assert_true (mc_demo_review (fixture->journal, &count, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, 10);

  sandbox = new_sandbox (fixture->journal);
  score = mc_score_of_unit (fixture->journal, sandbox, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (golden); i++)
    {
      g_autofree char *points = mc_points_format (mc_score_find (score, golden[i].code)->points);

      g_test_message ("%s", golden[i].code);
      g_assert_cmpstr (points, ==, golden[i].points);
    }
  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autofree char *points = mc_points_format (g_array_index (score->domains, McDomainScore, i).points);

      g_assert_cmpstr (points, ==, domains[i]);
    }
  total = mc_points_format (score->points);
  g_assert_cmpstr (total, ==, "84.31");
  g_assert_cmpint (score->max, ==, 10000);
}

static GPtrArray *
fetch_all (Fixture *fixture, const char *log, const char *type)
{
  McQuery query = { .type = type, .log = log };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) numbers = mc_journal_query (fixture->journal, &query, &error);
  GPtrArray *records = mc_journal_fetch (fixture->journal, (const gint64 *) numbers->data, numbers->len, &error);

  g_assert_no_error (error);

  return records;
}

/* What the made-up months count is what the made-up register says, and three communes of ten have electronic copies. */
static void
test_made_up_copies (Fixture *fixture, gconstpointer data)
{
  guint32 seed = g_test_rand_int ();
  guint n_communes = 0, count;
  g_autoptr(GError) error = NULL;

  g_test_message ("seed %u", seed);
  for (gsize i = 0; mc_demo_list_communes ()[i] != NULL; i++)
    {
      g_autoptr(GPtrArray) lines = NULL, months = NULL;
      gint64 all = 0;

      g_assert_true (mc_demo_write (fixture->journal, mc_demo_list_communes ()[i], seed, &count, &error));
      lines = fetch_all (fixture, mc_demo_list_communes ()[i], "certified-copy");
      months = fetch_all (fixture, mc_demo_list_communes ()[i], "certified-copy-month");
      g_assert_cmpuint (months->len, ==, 12);
      for (guint m = 0; m < months->len; m++)
        {
          gint64 files = 0, copies = 0;

          for (guint l = 0; l < lines->len; l++)
            if (g_str_equal (mc_record_get_text (lines->pdata[l], "form"), "electronic") &&
                g_str_has_prefix (mc_record_get_text (lines->pdata[l], "certified_on"), mc_record_get_text (months->pdata[m], "month")))
              {
                files++;
                copies += mc_record_get_int (lines->pdata[l], "copies", 0);
              }
          g_assert_cmpint (mc_record_get_int (months->pdata[m], "files_electronic", -1), ==, files);
          g_assert_cmpint (mc_record_get_int (months->pdata[m], "copies_electronic", -1), ==, copies);
          all += files;
        }
      n_communes += all > 0;
    }
  g_assert_cmpuint (n_communes, ==, 3);
}

/* Of what is made up nothing is wrong but that it has no files, which are not made up. */
static void
test_made_up_faults (Fixture *fixture, gconstpointer data)
{
  const char *log = mc_demo_list_communes ()[0];
  guint32 seed = g_test_rand_int ();
  GPtrArray *types = mc_pack_get_types (fixture->pack);
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(GError) error = NULL;
  guint count;

  g_test_message ("seed %u", seed);
  g_assert_true (mc_demo_write (fixture->journal, log, seed, &count, &error));
  sandbox = new_sandbox (fixture->journal);
  for (guint i = 0; i < types->len; i++)
    {
      McRecordType *type = types->pdata[i];
      g_autoptr(GPtrArray) faults = mc_check_log (sandbox, type, log, &error);

      g_assert_no_error (error);
      for (guint f = 0; f < faults->len; f++)
        {
          McFault *fault = faults->pdata[f];

          g_test_message ("%s: %s", type->id, fault->rule != NULL ? fault->rule->id : fault->missing->name);
          g_assert_true (mc_fault_is_about (fault, "files") || mc_fault_is_about (fault, "signed_file"));
        }
    }
}

/* A commune is told what its own records would give, as if the district were like it. */
static void
test_alone (Fixture *fixture, gconstpointer data)
{
  const char *communes[] = { MC_DEMO_DISTRICT, NULL };
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(McScore) score = NULL, expected = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  const char *key[] = { "2021-01", NULL };
  g_autofree char *id = mc_id_new_from_key (MC_DEMO_DISTRICT, "document-month", mc_pack_get_id (fixture->pack), key);

  record = mc_record_new_empty (id, MC_DEMO_DISTRICT, "document-month", mc_pack_get_id (fixture->pack), NULL);
  mc_edit_set_text (edit, record, "month", "2021-01");
  mc_edit_set_int (edit, record, "total", 100);
  mc_edit_set_int (edit, record, "digital", 96);
  g_assert_true (mc_journal_save (fixture->journal, edit, 1609459200000000, NULL, &error));
  g_assert_no_error (error);
  sandbox = new_sandbox (fixture->journal);
  score = mc_score_of_unit (fixture->journal, sandbox, &error);
  g_assert_no_error (error);
  expected = mc_score_compute (sandbox, MC_DEMO_DISTRICT, communes, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mc_score_find (score, "7.1")->denominator, ==, 100);
  g_assert_cmpint (score->points, ==, expected->points);
  g_assert_cmpint (score->points, >, 0);
}

static void
save_documents (Fixture *fixture, const char *log, int total)
{
  const char *key[] = { "2021-01", NULL };
  g_autofree char *id = mc_id_new_from_key (log, "document-month", mc_pack_get_id (fixture->pack), key);
  g_autofree char *plan_id = mc_id_new (1609459200000000);
  g_autoptr(McRecord) record = mc_record_new_empty (id, log, "document-month", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McRecord) plan = mc_record_new_empty (plan_id, log, "plan", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_text (edit, record, "month", "2021-01");
  mc_edit_set_int (edit, record, "total", total);
  mc_edit_set_int (edit, record, "digital", total);
  mc_edit_set_int (edit, plan, "review.quality", 90);
  g_assert_true (mc_journal_save (fixture->journal, edit, 1609459200000000, NULL, &error));
  g_assert_no_error (error);
}

/* A share of communes is one of all that the district has at the end of the year, and not of those that wrote something. */
static void
test_silent (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(McScore) score = NULL;
  g_autoptr(GError) error = NULL;

  save_documents (fixture, "1@2004-07-08", 10);
  sandbox = new_sandbox (fixture->journal);
  score = mc_score_of_unit (fixture->journal, sandbox, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mc_score_find (score, "1.1.2")->numerator, ==, 1);
  g_assert_cmpint (mc_score_find (score, "1.1.2")->denominator, ==, 3);
  g_assert_cmpint (mc_score_find (score, "1.1.2")->points, ==, 17);
  g_assert_cmpint (mc_score_find (score, "7.1")->denominator, ==, 10);
}

/* What a commune wrote that ended within the year is added up, but it is no commune beside its heir. */
static void
test_merged (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(McScore) score = NULL;
  g_autoptr(GError) error = NULL;

  save_documents (fixture, "1@2004-07-08", 10);
  save_documents (fixture, "4@2004-07-08", 20);
  sandbox = new_sandbox (fixture->journal);
  score = mc_score_of_unit (fixture->journal, sandbox, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mc_score_find (score, "1.1.2")->numerator, ==, 1);
  g_assert_cmpint (mc_score_find (score, "1.1.2")->denominator, ==, 3);
  g_assert_cmpint (mc_score_find (score, "7.1")->denominator, ==, 30);
}

/* A commune that follows the logs of units that went into it is told of its own records all the same. */
static void
test_heir (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(McScore) score = NULL;
  g_autoptr(GError) error = NULL;

  save_documents (fixture, data, 10);
  save_documents (fixture, "4@2004-07-08", 100);
  sandbox = new_sandbox (fixture->journal);
  score = mc_score_of_unit (fixture->journal, sandbox, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mc_score_find (score, "7.1")->denominator, ==, 10);
  g_assert_cmpint (mc_score_find (score, "1.1.2")->denominator, ==, 1);
}

/* In a pack without a type for answers what is counted has its points, and the rest none. */
static void
test_no_answers (Fixture *fixture, gconstpointer data)
{
  gsize size;
  const char *bytes = g_bytes_get_data (mc_pack_get_bytes (fixture->pack), &size);
  g_autofree char *text = g_strndup (bytes, size), *joined = NULL;
  g_auto(GStrv) parts = g_strsplit (text, "\"assessment\"", -1);
  const char *communes[] = { MC_DEMO_DISTRICT, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) other = NULL;
  g_autoptr(McPack) pack = NULL;
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(McScore) score = NULL;

  g_assert_nonnull (parts[1]);
  joined = g_strjoinv ("\"self-report\"", parts);
  other = g_bytes_new (joined, strlen (joined));
  pack = mc_pack_new_from_bytes (other, &error);
  g_assert_no_error (error);
  sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (fixture->journal)), pack, &error);
  g_assert_no_error (error);
  score = mc_score_compute (sandbox, MC_DEMO_DISTRICT, communes, &error);
  g_assert_no_error (error);
  g_assert_cmpint (score->points, ==, 0);
  g_assert_cmpint (mc_score_find (score, "1.2.1")->state, ==, MC_SCORE_MISSING);
}

/* With nothing entered nothing is scored, except what a rule counts in full when nothing arose, and nothing breaks. */
static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McSandbox) sandbox = new_sandbox (fixture->journal);
  g_autoptr(GError) error = NULL;
  g_autoptr(McScore) score = mc_score_compute (sandbox, MC_DEMO_DISTRICT, mc_demo_list_communes (), &error);

  g_assert_no_error (error);
  g_assert_cmpint (score->points, ==, 0);
  for (guint i = 0; i < score->criteria->len; i++)
    {
      McCriterionScore *one = &g_array_index (score->criteria, McCriterionScore, i);

      g_test_message ("%s", one->criterion->code);
      if (one->criterion->children->len == 0)
        g_assert_cmpint (one->state, ==, MC_SCORE_MISSING);
    }
}

/* A share of communes counts all of them; but a plan that the district has not judged has no result yet, and a judged one has. */
static void
test_judged (Fixture *fixture, gconstpointer data)
{
  static const McScoreState states[] = { MC_SCORE_WAITING, MC_SCORED };
  g_autoptr(McSandbox) sandbox = new_sandbox (fixture->journal);
  const char *key[] = { "2021", NULL };
  g_autofree char *id = mc_id_new_from_key (MC_DEMO_DISTRICT, "plan", mc_pack_get_id (fixture->pack), key);
  g_autoptr(McRecord) record = mc_record_new_empty (id, MC_DEMO_DISTRICT, "plan", mc_pack_get_id (fixture->pack), NULL);
  const char *communes[] = { MC_DEMO_DISTRICT, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr(McEdit) edit = mc_edit_new ();
      g_autoptr(GError) error = NULL;
      g_autoptr(McScore) score = NULL;

      if (i == 0)
        mc_edit_set_text (edit, record, "number", "12/KH-UBND");
      else
        mc_edit_set_int (edit, record, "review.quality", 50);
      g_assert_true (mc_journal_save (fixture->journal, edit, 1609459200000000 + i, NULL, &error));
      g_assert_no_error (error);
      score = mc_score_compute (sandbox, MC_DEMO_DISTRICT, communes, &error);
      g_assert_no_error (error);
      g_assert_cmpint (mc_score_find (score, "1.1.2")->state, ==, states[i]);
      g_assert_cmpint (mc_score_find (score, "1.1.2")->denominator, ==, 1);
    }
}

/* An expression that reads another table, writes, attaches or calls what is not on the list is refused. */
static void
test_walls (Fixture *fixture, gconstpointer data)
{
  static const char * const hostile[] = {
    "(SELECT value FROM setting LIMIT 1)", "(SELECT count (*) FROM [certified-copy])", "(SELECT max (requester) FROM [certified-copy])",
    "(SELECT count (*) FROM temp.sqlite_master)", "(SELECT bytes FROM change)", "(SELECT body FROM main.record)",
    "load_extension ('x')", "readfile ('/etc/passwd')", "(SELECT sql FROM sqlite_master)", "randomblob (1000000)",
    "count (*) FROM plan; DELETE FROM temp.scope; SELECT 1", "no_such_column", "zeroblob (1000000000)",
    "(WITH plan AS (SELECT body FROM record) SELECT max (body) FROM plan)", "(WITH scope AS (SELECT bytes FROM change) SELECT 1 FROM scope)",
    "(WITH plan AS (SELECT * FROM plan) SELECT max (body) FROM plan)", "(SELECT count (*) FROM pragma_table_info ('change'))",
    "(SELECT count (*) FROM change)", "(SELECT count (*) FROM setting)", "(SELECT count (*) FROM record)",
    "(SELECT count (*) FROM json_each ('[1]'))", "(SELECT count (*) FROM dbstat)", "1), (2", "1) FROM plan UNION SELECT (2", "load_extension", "sqlite_version ()", "printf ('%9999999d', 1)",
    "changes ()", "like ('a', 'b', 'cc')", "(SELECT rowid FROM record)", "(SELECT plan.body FROM main.record AS plan)",
    "sum (date ('now') > '2021')", "sum (julianday ( \"NOW\" ))", "sum (strftime ('%s') > 5)", "sum (date ())", "sum (random ())",
    "sum (current_date > '2021')", "count (current_timestamp)", "max (strftime ('%H', '2021-01-01', 'localtime'))",
    "count (case when author is null then 1 else date ('now') end)", "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max (i) FROM n)",
  };
  g_autoptr(McSandbox) sandbox = new_sandbox (fixture->journal);

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      McMeasure measure = { .id = "hostile", .type = "plan", .numerator = hostile[i], .denominator = "count (*)" };
      g_autoptr(GError) error = NULL;
      gint64 numerator, denominator;

      g_test_message ("%s", hostile[i]);
      g_assert_false (mc_sandbox_measure (sandbox, &measure, &numerator, &denominator, &error));
      g_assert_error (error, MC_PACK_ERROR, MC_PACK_ERROR_EXPRESSION);
    }
}

/* Every measure of the pack can be evaluated. */
static void
test_measures (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McSandbox) sandbox = new_sandbox (fixture->journal);
  GPtrArray *measures = mc_pack_get_measures (fixture->pack);
  g_autoptr(GError) error = NULL;
  gint64 numerator, denominator;

  g_assert_true (mc_sandbox_set_scope (sandbox, mc_demo_list_communes (), &error));
  for (guint i = 0; i < measures->len; i++)
    {
      g_assert_true (mc_sandbox_measure (sandbox, measures->pdata[i], &numerator, &denominator, &error));
      g_assert_no_error (error);
    }
}

/* What is of a month of another year stands in no rate of this one. */
static void
test_other_years (Fixture *fixture, gconstpointer data)
{
  static const char * const months[] = { "2020-11", "2022-01", "2020-12", "2021-12" };
  const char * const scope[] = { MC_DEMO_DISTRICT, NULL };
  GPtrArray *measures = mc_pack_get_measures (fixture->pack);
  guint n_monthly = 0;

  for (guint i = 0; i < measures->len; i++)
    {
      McMeasure *measure = measures->pdata[i];
      McRecordType *type = mc_pack_find_type (fixture->pack, measure->type);

      if (mc_record_type_find_field (type, "month") == NULL)
        continue;
      n_monthly++;
      for (guint m = 0; m < G_N_ELEMENTS (months); m++)
        {
          const char *key[] = { months[m], measure->id, NULL };
          g_autofree char *id = mc_id_new_from_key (MC_DEMO_DISTRICT, type->id, mc_pack_get_id (fixture->pack), key);
          g_autoptr(McRecord) record = mc_record_new_empty (id, MC_DEMO_DISTRICT, type->id, mc_pack_get_id (fixture->pack), NULL);
          g_autoptr(McEdit) edit = mc_edit_new ();
          g_autoptr(McSandbox) sandbox = NULL;
          g_autoptr(GError) error = NULL;
          gint64 before, after, unused;

          sandbox = new_sandbox (fixture->journal);
          g_assert_true (mc_sandbox_set_scope (sandbox, scope, &error));
          g_assert_true (mc_sandbox_measure (sandbox, measure, &before, &unused, &error));
          mc_edit_set_text (edit, record, "month", months[m]);
          for (guint f = 0; f < type->fields->len; f++)
            if (((McField *) type->fields->pdata[f])->type == MC_FIELD_INTEGER)
              mc_edit_set_int (edit, record, ((McField *) type->fields->pdata[f])->name, 7);
          g_assert_true (mc_journal_save (fixture->journal, edit, 1609459200000000, NULL, &error));
          g_assert_true (mc_sandbox_measure (sandbox, measure, &after, &unused, &error));
          g_assert_no_error (error);
          g_test_message ("%s: %s", measure->id, months[m]);
          if (m < 2)
            g_assert_cmpint (after, ==, before);
          else if (m == 2)
            g_assert_cmpint (after, >, before);
        }
    }
  g_assert_cmpuint (n_monthly, >=, 8);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/score/golden", test_golden);
  ADD ("/score/made-up-copies", test_made_up_copies);
  ADD ("/score/made-up-faults", test_made_up_faults);
  ADD ("/score/alone", test_alone);
  ADD ("/score/other-years", test_other_years);
  g_test_add ("/score/silent", Fixture, MC_DEMO_DISTRICT, set_up, test_silent, tear_down);
  g_test_add ("/score/merged", Fixture, MC_DEMO_DISTRICT, set_up, test_merged, tear_down);
  g_test_add ("/score/heir", Fixture, "3@2021-12-14", set_up, test_heir, tear_down);
  ADD ("/score/no-answers", test_no_answers);
  ADD ("/score/empty", test_empty);
  ADD ("/score/judged", test_judged);
  ADD ("/score/walls", test_walls);
  ADD ("/score/measures", test_measures);

  return g_test_run ();
}
