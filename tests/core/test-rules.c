/* test-rules.c: every rule by which a criterion gets its points, against what one reckons by hand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each case is a pack of its own with one criterion, some records of two communes, and perhaps an answer.
 */

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-points.h"
#include "core/mc-score.h"
#include "mc-test.h"

#define DISTRICT "542@2004-07-08"
#define FIRST    "21609@2004-07-08"
#define SECOND   "21610@2004-07-08"

typedef struct
{
  const char *log;
  const char *a, *b;    /* (nullable) whole numbers */
  gboolean is_nil;
} Thing;

typedef struct
{
  const char *rule;     /* the members of the rule */
  const char *max;      /* of the criterion; of the domain without a bonus */
  const char *zero;
  Thing things[4];
  const char *answer;   /* (nullable) */
  gboolean is_nil;      /* “không phát sinh” beside it or in its place */
  McScoreState state;
  const char *points, *of;
} Case;

static const char pack_text[] =
"{\"id\":\"p\",\"version\":1,\"year\":2021,\"title\":\"P\",\"status\":\"unverified\","
"\"period\":{\"from\":\"2020-12-15\",\"to\":\"2021-12-14\"},"
"\"periods\":[{\"id\":\"q1\",\"title\":\"Q\",\"from\":\"2020-12-15\",\"to\":\"2021-03-14\",\"cutoff\":\"2021-03-14\"}],"
"\"record_types\":["
"{\"id\":\"thing\",\"code\":\"R01\",\"title\":\"T\",\"layout\":\"form\",\"key\":[\"a\"],\"checks\":[],\"fields\":["
"{\"name\":\"a\",\"title\":\"A\",\"type\":\"integer\"},{\"name\":\"b\",\"title\":\"B\",\"type\":\"integer\"},"
"{\"name\":\"nil\",\"title\":\"N\",\"type\":\"boolean\"}]},"
"{\"id\":\"assessment\",\"code\":\"R30\",\"title\":\"S\",\"layout\":\"form\",\"key\":[\"criterion\"],\"natural_key\":true,"
"\"checks\":[],\"fields\":[{\"name\":\"criterion\",\"title\":\"C\",\"type\":\"text\"},"
"{\"name\":\"answer\",\"title\":\"A\",\"type\":\"text\"},{\"name\":\"nil\",\"title\":\"N\",\"type\":\"boolean\"},"
"{\"name\":\"self\",\"title\":\"S\",\"type\":\"decimal\"},{\"name\":\"review.appraised\",\"title\":\"A\",\"type\":\"decimal\"},"
"{\"name\":\"review.explained\",\"title\":\"E\",\"type\":\"decimal\"},"
"{\"name\":\"review.published\",\"title\":\"P\",\"type\":\"decimal\"}]}],"
"\"measures\":["
"{\"id\":\"share\",\"title\":\"M\",\"type\":\"thing\",\"scope\":\"communes\",\"where\":\"b is not null\","
"\"numerator\":\"sum(coalesce(a, 0))\",\"denominator\":\"sum(b)\"},"
"{\"id\":\"count\",\"title\":\"M\",\"type\":\"thing\",\"scope\":\"communes\",\"numerator\":\"sum(a)\",\"denominator\":\"count(*)\"},"
"{\"id\":\"half\",\"title\":\"M\",\"type\":\"thing\",\"scope\":\"communes\",\"numerator\":\"sum(a * 0.5)\",\"denominator\":\"sum(b)\"},"
"{\"id\":\"units\",\"title\":\"M\",\"type\":\"thing\",\"scope\":\"communes\",\"per_unit\":\"sum(a) >= 10\"}],"
"\"domains\":[{\"code\":\"1\",\"name\":\"D\",\"max\":\"%s\"}],"
"\"criteria\":[{\"code\":\"1.1\",\"domain\":\"1\",\"name\":\"C\",\"max\":\"%s\",\"zero\":\"%s\",\"rule\":{%s},\"text\":\"R\","
"\"scorer\":\"district\"}],\"targets\":[]}";

#define ROW(log, a, b) { log, a, b, FALSE }
#define NIL(log)       { log, NULL, NULL, TRUE }
#define BANDS "\"bands\":[{\"from\":\"0\",\"to\":\"90\",\"points\":\"0\"},{\"from\":\"90\",\"to\":\"95\",\"points\":\"0.5\"}," \
              "{\"from\":\"95\",\"points\":\"1\"}]"
#define ENUM  "\"kind\":\"enum\",\"values\":[{\"id\":\"on-time\",\"title\":\"O\",\"points\":\"1\"}," \
              "{\"id\":\"late\",\"title\":\"L\",\"points\":\"0.5\"},{\"id\":\"none\",\"title\":\"N\",\"points\":\"0\"}]"

static const Case cases[] =
{
  /* yes or no */
  { "\"kind\":\"binary\"", "1.5", "zero", .answer = "yes", .points = "1.5", .of = "1.5" },
  { "\"kind\":\"binary\"", "1.5", "zero", .answer = "no", .points = "0", .of = "1.5" },
  { "\"kind\":\"binary\"", "1.5", "zero", .answer = "maybe", .state = MC_SCORE_MISSING, .points = "0", .of = "1.5" },
  { "\"kind\":\"binary\"", "1.5", "zero", .state = MC_SCORE_MISSING, .points = "0", .of = "1.5" },
  /* one of several */
  { ENUM, "1", "zero", .answer = "late", .points = "0.5", .of = "1" },
  { ENUM, "1", "zero", .answer = "none", .points = "0", .of = "1" },
  { ENUM, "1", "zero", .answer = "early", .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  /* bands: the lower end belongs to a band, the upper one does not; two communes are added up, not averaged */
  { "\"kind\":\"bands\",\"measure\":\"share\"," BANDS, "1", "zero", { ROW (FIRST, "89", "100"), ROW (SECOND, "910", "1000") },
    .points = "0.5", .of = "1" },
  { "\"kind\":\"bands\",\"measure\":\"share\"," BANDS, "1", "zero", { ROW (FIRST, "8999", "10000") }, .points = "0", .of = "1" },
  { "\"kind\":\"bands\",\"measure\":\"share\"," BANDS, "1", "zero", { ROW (FIRST, "90", "100") }, .points = "0.5", .of = "1" },
  { "\"kind\":\"bands\",\"measure\":\"share\"," BANDS, "1", "zero", { ROW (FIRST, "9499", "10000") }, .points = "0.5", .of = "1" },
  { "\"kind\":\"bands\",\"measure\":\"share\"," BANDS, "1", "zero", { ROW (FIRST, "95", "100") }, .points = "1", .of = "1" },
  { "\"kind\":\"bands\"," BANDS, "1", "zero", .answer = "94,99", .points = "0.5", .of = "1" },
  { "\"kind\":\"bands\"," BANDS, "1", "zero", .answer = "nhiều", .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  /* a share of the points, rounded half up once: 1/3 of 0.5 is 0.1666…, 1/8 of 1 is 0.125 */
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "0.5", "zero", { ROW (FIRST, "1", "3") }, .points = "0.17", .of = "0.5" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "zero", { ROW (FIRST, "1", "8") }, .points = "0.13", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "zero", { ROW (FIRST, "9", "8") }, .points = "1", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"half\"", "1", "zero", { ROW (FIRST, "1", "4") }, .points = "0.13", .of = "1" },
  { "\"kind\":\"ratio\"", "30", "zero", .answer = "87.36", .points = "26.21", .of = "30" },
  /* a share that somebody reckoned, with all its decimals: 2/3 and 8/9 as a pocket calculator has them; half of a hundredth is up */
  { "\"kind\":\"ratio\"", "30", "zero", .answer = "66,667", .points = "20", .of = "30" },
  { "\"kind\":\"ratio\"", "0.5", "zero", .answer = "88.88888888888889", .points = "0.44", .of = "0.5" },
  { "\"kind\":\"ratio\"", "1", "zero", .answer = "12.5", .points = "0.13", .of = "1" },
  { "\"kind\":\"ratio\"", "1", "zero", .answer = "12.499999", .points = "0.12", .of = "1" },
  { "\"kind\":\"bands\"," BANDS, "1", "zero", .answer = "94,999", .points = "0.5", .of = "1" },
  { "\"kind\":\"external\"", "10", "zero", .answer = "7,685", .points = "7.69", .of = "10" },
  { "\"kind\":\"external\"", "10", "zero", .answer = "-1,5", .points = "0", .of = "10" },
  { "\"kind\":\"external\"", "10", "zero", .answer = "999999999999.999999", .points = "10", .of = "10" },
  { "\"kind\":\"external\"", "10", "zero", .answer = "9999999999999", .state = MC_SCORE_MISSING, .points = "0", .of = "10" },
  { "\"kind\":\"ratio\"", "30", "zero", .answer = "87,36 %", .state = MC_SCORE_MISSING, .points = "0", .of = "30" },
  /* a share of a target: 18 of 50 %, and no more than all */
  { "\"kind\":\"ratio_to_target\",\"measure\":\"share\",\"target\":\"50\"", "0.5", "zero", { ROW (FIRST, "18", "100") },
    .points = "0.18", .of = "0.5" },
  { "\"kind\":\"ratio_to_target\",\"measure\":\"share\",\"target\":\"50\"", "0.5", "zero", { ROW (FIRST, "51", "100") },
    .points = "0.5", .of = "0.5" },
  { "\"kind\":\"ratio_to_target\",\"measure\":\"share\",\"target\":\"50\"", "0.5", "zero",
    { ROW (FIRST, "180000000000", "999999999999") }, .points = "0.18", .of = "0.5" },
  /* nothing below a floor */
  { "\"kind\":\"ratio_floor\",\"measure\":\"share\",\"floor\":\"70\"", "2", "zero", { ROW (FIRST, "6999", "10000") },
    .points = "0", .of = "2" },
  { "\"kind\":\"ratio_floor\",\"measure\":\"share\",\"floor\":\"70\"", "2", "zero", { ROW (FIRST, "70", "100") },
    .points = "1.4", .of = "2" },
  /* What nobody can have typed counts for nothing, and keeps nothing else from being added up. */
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "zero", { ROW (FIRST, "9223372036854775807", "9223372036854775807"),
    ROW (SECOND, "9223372036854775807", "4"), ROW (SECOND, "1", "4") }, .points = "0.13", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "zero", { ROW (FIRST, "999999999999", "999999999999"),
    ROW (SECOND, "1000000000000", "999999999999") }, .points = "0.5", .of = "1" },
  /* units: one of two has ten or more */
  { "\"kind\":\"count_of_units\",\"measure\":\"units\",\"bands\":[{\"from\":\"0\",\"to\":\"50\",\"points\":\"0\"},"
    "{\"from\":\"50\",\"points\":\"0.5\"}]", "1", "zero", { ROW (FIRST, "4", "1"), ROW (FIRST, "6", "1"), ROW (SECOND, "9", "1") },
    .points = "0.5", .of = "1" },
  /* points for each, up to all */
  { "\"kind\":\"count_steps\",\"step\":\"0.25\"", "1", "zero", .answer = "3", .points = "0.75", .of = "1" },
  { "\"kind\":\"count_steps\",\"step\":\"0.25\"", "1", "zero", .answer = "9", .points = "1", .of = "1" },
  { "\"kind\":\"count_steps\",\"step\":\"0.25\"", "1", "zero", .answer = "ba", .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  { "\"kind\":\"count_steps\",\"step\":\"0.25\"", "1", "zero", .answer = "9223372036854775807", .points = "1", .of = "1" },
  { "\"kind\":\"count_steps\",\"step\":\"0.25\",\"measure\":\"count\"", "1", "zero", { ROW (FIRST, "1", NULL), ROW (SECOND, "1", NULL) },
    .points = "0.5", .of = "1" },
  { "\"kind\":\"count_steps\",\"step\":\"0.25\",\"measure\":\"count\"", "1", "zero", { ROW (FIRST, "999999999999", NULL), ROW (SECOND, "999999999999", NULL) },
    .points = "1", .of = "1" },
  { "\"kind\":\"count_steps\",\"step\":\"0.25\",\"measure\":\"count\"", "1", "zero", .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  /* points off for each, down to a floor that may lie below nothing */
  { "\"kind\":\"penalty\",\"each\":\"0.5\"", "1", "zero", .answer = "0", .points = "1", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\"", "1", "zero", .answer = "1", .points = "0.5", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\"", "1", "zero", .answer = "3", .points = "0", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\"", "1", "zero", .answer = "9223372036854775807", .points = "0", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\"", "1", "zero", .is_nil = TRUE, .points = "1", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\",\"measure\":\"count\"", "1", "zero", .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\",\"measure\":\"count\"", "1", "zero", { NIL (FIRST) }, .points = "1", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\",\"measure\":\"share\"", "1", "zero", { ROW (FIRST, "0", NULL) }, .points = "1", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\",\"measure\":\"count\"", "1", "zero", { ROW (FIRST, "1", NULL) }, .points = "0.5", .of = "1" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\",\"floor\":\"-2\"", "0", "zero", .answer = "3", .points = "-1.5", .of = "0" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\",\"floor\":\"-2\"", "0", "zero", .answer = "30", .points = "-2", .of = "0" },
  { "\"kind\":\"penalty\",\"each\":\"0.5\"", "1", "zero", .answer = "không", .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  /* outside the hundred: it adds points and no maximum */
  { "\"kind\":\"bonus\"", "2", "zero", .answer = "1.5", .points = "1.5", .of = "0" },
  { "\"kind\":\"bonus\"", "2", "zero", .answer = "3", .points = "2", .of = "0" },
  /* what somebody else says */
  { "\"kind\":\"expert\"", "2", "zero", .answer = "1.25", .points = "1.25", .of = "2" },
  { "\"kind\":\"external\"", "10", "zero", .answer = "7,68", .points = "7.68", .of = "10" },
  { "\"kind\":\"external\"", "10", "zero", .answer = "76.8", .points = "10", .of = "10" },
  { "\"kind\":\"external\",\"as\":\"percent\"", "30", "zero", .answer = "87,36", .points = "26.21", .of = "30" },
  { "\"kind\":\"not_applicable\"", "2", "zero", .answer = "1", .state = MC_SCORE_NOT_APPLICABLE, .points = "0", .of = "0" },
  /* Nothing arose: what the pack says, once somebody said so.  Blank is not nil. */
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "full", .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "full", { ROW (FIRST, "5", NULL) }, .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "full", { NIL (FIRST) }, .points = "1", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "full", { ROW (FIRST, "0", "0") }, .points = "1", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "zero", { NIL (FIRST) }, .points = "0", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "not-applicable", .state = MC_SCORE_MISSING, .points = "0", .of = "1" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "not-applicable", { NIL (FIRST) },
    .state = MC_SCORE_NOT_APPLICABLE, .points = "0", .of = "0" },
  { "\"kind\":\"ratio\",\"measure\":\"share\"", "1", "full", { NIL (FIRST), ROW (SECOND, "1", "2") },
    .points = "0.5", .of = "1" },
  { "\"kind\":\"ratio\"", "1", "full", .is_nil = TRUE, .points = "1", .of = "1" },
  { "\"kind\":\"ratio\"", "1", "zero", .is_nil = TRUE, .points = "0", .of = "1" },
  { "\"kind\":\"ratio\"", "1", "not-applicable", .is_nil = TRUE, .state = MC_SCORE_NOT_APPLICABLE, .points = "0", .of = "0" },
  { "\"kind\":\"ratio\"", "1", "full", .answer = "40", .is_nil = TRUE, .points = "0.4", .of = "1" },
};

static McPack *
read_pack (const char *max, const char *zero, const char *rule, GError **error)
{
  const char *of_domain = strstr (rule, "bonus") != NULL ? "0" : max;
  char *text = g_strdup_printf (pack_text, of_domain, max, zero, rule);
  g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));

  return mc_pack_new_from_bytes (bytes, error);
}

static void
save_number (McEdit *edit, McRecord *record, const char *field, const char *number)
{
  if (number != NULL)
    mc_edit_set_int (edit, record, field, g_ascii_strtoll (number, NULL, 10));
}

static void
save_thing (McJournal *journal, const Thing *thing, gint64 now)
{
  g_autofree char *id = mc_id_new (now);
  g_autoptr(McRecord) record = mc_record_new_empty (id, thing->log, "thing", "p/1", NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  save_number (edit, record, "a", thing->a);
  save_number (edit, record, "b", thing->b);
  if (thing->is_nil)
    mc_edit_set_boolean (edit, record, "nil", TRUE);
  g_assert_true (mc_journal_save (journal, edit, now, NULL, &error));
  g_assert_no_error (error);
}

static void
save_answer (McJournal *journal, const Case *one, gint64 now)
{
  const char *key[] = { "1.1", NULL };
  g_autofree char *id = mc_id_new_from_key (DISTRICT, "assessment", "p", key);
  g_autoptr(McRecord) record = mc_record_new_empty (id, DISTRICT, "assessment", "p/1", NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_text (edit, record, "criterion", "1.1");
  if (one->answer != NULL)
    mc_edit_set_text (edit, record, "answer", one->answer);
  if (one->is_nil)
    mc_edit_set_boolean (edit, record, "nil", TRUE);
  g_assert_true (mc_journal_save (journal, edit, now, NULL, &error));
  g_assert_no_error (error);
}

static void
check_case (const Case *one)
{
  static const char * const communes[] = { FIRST, SECOND, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = read_pack (one->max, one->zero, one->rule, &error);
  g_autofree char *dir = g_dir_make_tmp ("mc-rules-XXXXXX", NULL);
  McJournalConfig config = { .device = "0190a000-0000-7000-8000-000000000001", .log = DISTRICT, .by = "Huyện", .machine = "",
                             .dir = dir, .pack = pack };
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(McScore) score = NULL;
  g_autofree char *points = NULL, *of = NULL;
  McJournal *journal;

  g_assert_no_error (error);
  journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (one->things) && one->things[i].log != NULL; i++)
    save_thing (journal, &one->things[i], 1609459200000000 + i);
  if (one->answer != NULL || one->is_nil)
    save_answer (journal, one, 1609459200000100);

  sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (journal)), pack, &error);
  g_assert_no_error (error);
  score = mc_score_compute (sandbox, DISTRICT, communes, &error);
  g_assert_no_error (error);
  points = mc_points_format (score->points);
  of = mc_points_format (score->max);
  if (mc_score_find (score, "1.1")->state != one->state || !g_str_equal (points, one->points) || !g_str_equal (of, one->of))
    g_test_fail_printf ("case %ld: %s, answered “%s”: %s of %s, state %d; not %s of %s, state %d", (long) (one - cases), one->rule,
                        one->answer != NULL ? one->answer : "", points, of, mc_score_find (score, "1.1")->state,
                        one->points, one->of, one->state);
  mc_journal_close (journal);
  mc_test_remove_tree (dir);
}

/* Each rule gives the points, the state and the maximum that one reckons by hand. */
static void
test_rules (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (&cases[i]);
}

/* A rule that could give more than its criterion has, or that asks for what it does not use, is refused, with its place. */
static void
test_refused (void)
{
  static const struct { const char *rule; int code; const char *place; } refused[] =
  {
    { "\"kind\":\"enum\",\"values\":[{\"id\":\"a\",\"title\":\"A\",\"points\":\"1.01\"}]", MC_PACK_ERROR_SUM,
      "criteria[0].rule.values[0].points: " },
    { "\"kind\":\"enum\",\"values\":[{\"id\":\"a\",\"title\":\"A\",\"points\":\"1\"},{\"id\":\"a\",\"title\":\"B\",\"points\":\"0\"}]",
      MC_PACK_ERROR_DUPLICATE, "criteria[0].rule.values[1].id: " },
    { "\"kind\":\"binary\",\"measure\":\"share\"", MC_PACK_ERROR_SCHEMA, "criteria[0].rule.measure: " },
    { "\"kind\":\"expert\",\"measure\":\"share\"", MC_PACK_ERROR_SCHEMA, "criteria[0].rule.measure: " },
    { "\"kind\":\"count_of_units\",\"measure\":\"share\"," BANDS, MC_PACK_ERROR_SCHEMA, "criteria[0].rule.measure: " },
    { "\"kind\":\"penalty\",\"each\":\"0.5\",\"floor\":\"1.5\"", MC_PACK_ERROR_SUM, "criteria[0].rule.floor: " },
    { "\"kind\":\"ratio_floor\",\"measure\":\"share\",\"floor\":\"-1\"", MC_PACK_ERROR_SCHEMA, "criteria[0].rule" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(McPack) pack = read_pack ("1", "zero", refused[i].rule, &error);

      g_test_message ("%s", refused[i].rule);
      g_assert_null (pack);
      g_assert_error (error, MC_PACK_ERROR, refused[i].code);
      if (strstr (error->message, refused[i].place) == NULL)
        g_error ("“%s” does not name “%s”", error->message, refused[i].place);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rules/points", test_rules);
  g_test_add_func ("/rules/refused", test_refused);

  return g_test_run ();
}
