/* mc-score.c: the points of a unit, criterion by criterion
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-score.h"

#include "core/mc-journal-sync.h"
#include "core/mc-points.h"
#include "core/mc-units.h"

typedef struct
{
  McSandbox *sandbox;
  const char *own_log;
  const char * const *communes;
  GHashTable *answers;   /* (owned) criterion code → GPtrArray row of the assessment */
} Context;

/* columns of an assessment */
enum { COLUMN_CODE, COLUMN_ANSWER, COLUMN_SELF, COLUMN_APPRAISED, COLUMN_EXPLAINED, COLUMN_PUBLISHED, COLUMN_NIL };

void
mc_score_free (McScore *self)
{
  g_array_unref (self->criteria);
  g_array_unref (self->domains);
  g_free (self);
}

static gboolean
load_answers (Context  *context,
              GError  **error)
{
  McRecordType *type = mc_pack_find_type (mc_sandbox_get_pack (context->sandbox), MC_TYPE_ASSESSMENT);
  g_autoptr(GPtrArray) rows = NULL;
  g_autofree char *sql = NULL;

  context->answers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
  /* A pack in which everything is counted asks for no answers. */
  if (type == NULL)
    return TRUE;
  sql = g_strdup_printf ("SELECT criterion, answer, self, [review.appraised], [review.explained], [review.published], %s"
                         " FROM [" MC_TYPE_ASSESSMENT "] WHERE unit = ?",
                         mc_record_type_find_field (type, MC_FIELD_NIL) != NULL ? "nullif ([" MC_FIELD_NIL "], 0)" : "NULL");
  if (!(rows = mc_sandbox_select (context->sandbox, MC_TYPE_ASSESSMENT, sql, context->own_log, error)))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      GPtrArray *row = rows->pdata[i];

      if (row->pdata[COLUMN_CODE] != NULL)
        g_hash_table_insert (context->answers, row->pdata[COLUMN_CODE], g_ptr_array_ref (row));
    }

  return TRUE;
}

static gboolean
measure (Context       *context,
         McMeasure     *wanted,
         gint64        *numerator,
         gint64        *denominator,
         GError       **error)
{
  g_autoptr(GPtrArray) logs = g_ptr_array_new ();

  if (wanted->scope != MC_SCOPE_COMMUNES)
    g_ptr_array_add (logs, (char *) context->own_log);
  for (gsize i = 0; wanted->scope != MC_SCOPE_OWN && context->communes[i] != NULL; i++)
    g_ptr_array_add (logs, (char *) context->communes[i]);
  g_ptr_array_add (logs, NULL);

  return mc_sandbox_set_scope (context->sandbox, (const char * const *) logs->pdata, error) &&
         mc_sandbox_measure (context->sandbox, wanted, numerator, denominator, error);
}

/* rules */

static gint64
points_of_band (McRule *rule,
                gint64  numerator,
                gint64  denominator)
{
  for (guint i = 0; i < rule->bands->len; i++)
    {
      McBand *band = &g_array_index (rule->bands, McBand, i);

      if (mc_points_compare_ratio (numerator, denominator, band->from) >= 0 &&
          (band->to == G_MAXINT64 || mc_points_compare_ratio (numerator, denominator, band->to) < 0))
        return band->points;
    }

  return 0;
}

/* Points of a share, which is numerator / denominator with a denominator above 0. */
static gint64
points_of_share (McCriterion *criterion,
                 gint64       numerator,
                 gint64       denominator)
{
  McRule *rule = &criterion->rule;
  gint64 points = 0;

  numerator = CLAMP (numerator, 0, G_MAXINT64);
  if (rule->kind == MC_RULE_BANDS || rule->kind == MC_RULE_COUNT_OF_UNITS)
    return points_of_band (rule, numerator, denominator);
  if (rule->kind == MC_RULE_RATIO_FLOOR && mc_points_compare_ratio (numerator, denominator, rule->floor) < 0)
    return 0;
  if (rule->kind == MC_RULE_RATIO_TO_TARGET)
    {
      if (mc_points_compare_ratio (numerator, denominator, rule->target) >= 0)
        return criterion->max;
      return mc_points_of_target (criterion->max, numerator, denominator, rule->target, &points) ? points : 0;
    }
  if (!mc_points_of_ratio (criterion->max, MIN (numerator, denominator), denominator, &points))
    return 0;

  return points;
}

static gboolean
is_count (McCriterion *criterion)
{
  return criterion->rule.kind == MC_RULE_COUNT_STEPS || criterion->rule.kind == MC_RULE_PENALTY;
}

static gint64
points_of_count (McCriterion *criterion,
                 gint64       count)
{
  McRule *rule = &criterion->rule;
  gint64 step;

  /* More than would ever fit between nothing and all of a criterion changes nothing, and could not be multiplied. */
  count = CLAMP (count, 0, MC_POINTS_MAX);
  if (__builtin_mul_overflow (count, rule->step, &step))
    step = MC_POINTS_MAX;
  if (rule->kind == MC_RULE_PENALTY)
    return MAX (criterion->max - MIN (step, MC_POINTS_MAX), rule->floor);

  return MIN (step, criterion->max);
}

static gboolean
points_of_yes (McCriterion *criterion,
               const char  *answer,
               gint64      *out_points)
{
  static const char * const yes[] = { "1", "true", "yes", "full", NULL };
  static const char * const no[] = { "0", "false", "no", "none", NULL };

  *out_points = g_strv_contains (yes, answer) ? criterion->max : 0;

  return *out_points != 0 || g_strv_contains (yes, answer) || g_strv_contains (no, answer);
}

static gboolean
points_of_choice (McRule     *rule,
                  const char *answer,
                  gint64     *out_points)
{
  for (guint i = 0; rule->values != NULL && i < rule->values->len; i++)
    if (g_str_equal (g_array_index (rule->values, McChoice, i).id, answer))
      {
        *out_points = g_array_index (rule->values, McChoice, i).points;
        return TRUE;
      }

  return FALSE;
}

/* FALSE where @answer is none to a rule of this kind. */
static gboolean
points_of_answer (McCriterion *criterion,
                  const char  *answer,
                  gint64      *out_points)
{
  McRule *rule = &criterion->rule;
  gint64 number = 0, scale = 1;

  switch (rule->kind)
    {
    case MC_RULE_BINARY:
      return points_of_yes (criterion, answer, out_points);
    case MC_RULE_ENUM:
      return points_of_choice (rule, answer, out_points);
    case MC_RULE_COUNT_STEPS:
    case MC_RULE_PENALTY:
      if (!mc_points_parse_count (answer, &number))
        return FALSE;
      *out_points = points_of_count (criterion, number);
      return TRUE;
    case MC_RULE_EXTERNAL:
    case MC_RULE_EXPERT:
    case MC_RULE_BONUS:
      if (!mc_points_parse_fraction (answer, &number, &scale))
        return FALSE;
      if (rule->as_percent)
        *out_points = points_of_share (criterion, number, 100 * scale);
      else
        *out_points = mc_points_of_ratio (100, MAX (number, 0), scale, &number) ? MIN (number, criterion->max) : criterion->max;
      return TRUE;
    case MC_RULE_BANDS:
    case MC_RULE_RATIO:
    case MC_RULE_RATIO_TO_TARGET:
    case MC_RULE_RATIO_FLOOR:
    case MC_RULE_COUNT_OF_UNITS:
      if (!mc_points_parse_fraction (answer, &number, &scale))
        return FALSE;
      *out_points = points_of_share (criterion, number, 100 * scale);
      return TRUE;
    case MC_RULE_SUM:
    case MC_RULE_NOT_APPLICABLE:
    default:
      return FALSE;
    }
}

gboolean
mc_score_takes (McCriterion *criterion,
                const char  *answer)
{
  gint64 unused;

  return points_of_answer (criterion, answer, &unused);
}

/* Somebody said that nothing arose of what @score counts. */
static void
score_nil (McCriterionScore *score)
{
  if (is_count (score->criterion))
    score->points = points_of_count (score->criterion, 0);
  else if (score->criterion->zero == MC_ZERO_FULL)
    score->points = score->criterion->max;
  else if (score->criterion->zero == MC_ZERO_NOT_APPLICABLE)
    {
      score->state = MC_SCORE_NOT_APPLICABLE;
      score->max = 0;
    }
}

static gboolean
score_measured (Context           *context,
                McMeasure         *measured,
                McCriterionScore  *score,
                GError           **error)
{
  McCriterion *criterion = score->criterion;
  gint64 entered;

  if (!is_count (criterion) && score->denominator > 0)
    {
      score->points = points_of_share (criterion, score->numerator, score->denominator);
      return TRUE;
    }
  /* What is counted one by one may well be none of those that were written down. */
  if (!mc_sandbox_count_entered (context->sandbox, measured, is_count (criterion), &entered, error))
    return FALSE;
  /* Blank is not nil. */
  if (entered == 0)
    score->state = MC_SCORE_MISSING;
  else if (is_count (criterion))
    score->points = points_of_count (criterion, score->numerator);
  else
    score_nil (score);

  return TRUE;
}

/* A share of units has a denominator also where no unit wrote anything, or nobody judged what they wrote. */
static gboolean
score_unknown (Context           *context,
               McMeasure         *measured,
               McCriterionScore  *score,
               GError           **error)
{
  gint64 entered, known;

  if (measured->per_unit == NULL || score->points != 0 || score->state != MC_SCORED)
    return TRUE;
  if (!mc_sandbox_count_known (context->sandbox, measured, &entered, &known, error))
    return FALSE;
  if (known == 0)
    score->state = entered > 0 ? MC_SCORE_WAITING : MC_SCORE_MISSING;

  return TRUE;
}

static gint64
written_points (GPtrArray *row,
                guint      column)
{
  gint64 points, scale;

  return row != NULL && row->pdata[column] != NULL && mc_points_parse_fraction (row->pdata[column], &points, &scale) &&
         mc_points_of_ratio (100, points, scale, &points) ? points : MC_POINTS_NONE;
}

static gboolean
score_leaf (Context           *context,
            McCriterionScore  *score,
            GError           **error)
{
  McCriterion *criterion = score->criterion;
  GPtrArray *row = g_hash_table_lookup (context->answers, criterion->code);

  score->self = written_points (row, COLUMN_SELF);
  score->appraised = written_points (row, COLUMN_APPRAISED);
  score->explained = written_points (row, COLUMN_EXPLAINED);
  score->published = written_points (row, COLUMN_PUBLISHED);

  if (criterion->rule.kind == MC_RULE_NOT_APPLICABLE)
    {
      score->state = MC_SCORE_NOT_APPLICABLE;
      score->max = 0;
      return TRUE;
    }
  if (criterion->rule.measure != NULL)
    {
      McMeasure *measured = mc_pack_find_measure (mc_sandbox_get_pack (context->sandbox), criterion->rule.measure);
      gboolean done = measure (context, measured, &score->numerator, &score->denominator, error) &&
                      score_measured (context, measured, score, error) &&
                      score_unknown (context, measured, score, error);

      if (!done)
        g_prefix_error (error, "%s: ", criterion->code);
      return done;
    }
  if (row != NULL && row->pdata[COLUMN_ANSWER] == NULL && row->pdata[COLUMN_NIL] != NULL)
    score_nil (score);
  else if (row == NULL || row->pdata[COLUMN_ANSWER] == NULL || !points_of_answer (criterion, row->pdata[COLUMN_ANSWER], &score->points))
    score->state = MC_SCORE_MISSING;

  return TRUE;
}

/* Parents stand before their parts, so going backwards every part is added before its whole is. */
static void
add_up (McScore *self,
        McPack  *pack)
{
  GPtrArray *domains = mc_pack_get_domains (pack);

  for (guint i = self->criteria->len; i-- > 0; )
    {
      McCriterionScore *part = &g_array_index (self->criteria, McCriterionScore, i);
      McCriterionScore *whole = part->criterion->parent != NULL ? mc_score_find (self, part->criterion->parent->code) : NULL;

      if (whole != NULL)
        {
          whole->points += part->points;
          whole->max += part->max;
        }
    }

  for (guint d = 0; d < domains->len; d++)
    {
      McDomainScore score = { domains->pdata[d], 0, 0 };

      for (guint i = 0; i < self->criteria->len; i++)
        {
          McCriterionScore *criterion = &g_array_index (self->criteria, McCriterionScore, i);

          if (criterion->criterion->parent == NULL && g_str_equal (criterion->criterion->domain, score.domain->code))
            {
              score.points += criterion->points;
              score.max += criterion->max;
            }
        }
      g_array_append_val (self->domains, score);
      self->points += score.points;
      self->max += score.max;
    }
}

/**
 * mc_score_compute:
 * @sandbox: over the store of the unit that is scored
 * @own_log: its unit log
 * @communes: (array zero-terminated=1): logs of the communes below it
 * @error: return location for %MC_PACK_ERROR_EXPRESSION, naming criterion and measure
 *
 * Returns: (transfer full) (nullable): the points that the records give
 */
McScore *
mc_score_compute (McSandbox           *sandbox,
                  const char          *own_log,
                  const char * const  *communes,
                  GError             **error)
{
  g_autoptr(McScore) self = g_new0 (McScore, 1);
  McPack *pack = mc_sandbox_get_pack (sandbox);
  GPtrArray *criteria = mc_pack_get_criteria (pack);
  Context context = { sandbox, own_log, communes, NULL };
  gboolean done;

  self->criteria = g_array_new (FALSE, TRUE, sizeof (McCriterionScore));
  self->domains = g_array_new (FALSE, TRUE, sizeof (McDomainScore));
  done = load_answers (&context, error);

  for (guint i = 0; done && i < criteria->len; i++)
    {
      McCriterion *criterion = criteria->pdata[i];
      gboolean is_leaf = criterion->children->len == 0;
      /* A bonus adds points, and nothing to what they are out of. */
      gboolean has_max = is_leaf && criterion->rule.kind != MC_RULE_BONUS;
      McCriterionScore score = { .criterion = criterion, .max = has_max ? criterion->max : 0, .self = MC_POINTS_NONE,
                                 .appraised = MC_POINTS_NONE, .explained = MC_POINTS_NONE, .published = MC_POINTS_NONE };

      done = !is_leaf || score_leaf (&context, &score, error);
      g_array_append_val (self->criteria, score);
    }
  g_clear_pointer (&context.answers, g_hash_table_unref);
  if (!done)
    return NULL;
  add_up (self, pack);

  return g_steal_pointer (&self);
}

/* (transfer full) (nullable): the logs of the units below that are to answer for the year, also of those that wrote nothing yet:
 * whoever is silent must not make a share of the others' greater.  With them all that is here of others, as what was taken
 * over; of these the units that have ended by then, such as merged ones, are in @former. */
static GPtrArray *
list_below (McJournal  *journal,
            GPtrArray  *former,
            GError    **error)
{
  const char *own = mc_journal_get_log (journal);
  g_auto(GStrv) logs = mc_journal_list_logs (journal, error);
  g_autoptr(GPtrArray) below = g_ptr_array_new_with_free_func (g_free);
  gboolean may_have;

  if (logs == NULL)
    return NULL;
  may_have = mc_units_add_below (mc_journal_get_units (journal), own, mc_pack_get_to (mc_journal_get_pack (journal)), below,
                                 former);
  /* What a district shares with its communes is no unit's. */
  for (gsize i = 0; may_have && logs[i] != NULL; i++)
    if (!g_str_equal (logs[i], own) && !g_str_has_suffix (logs[i], "/shared") &&
        !g_ptr_array_find_with_equal_func (below, logs[i], g_str_equal, NULL))
      g_ptr_array_add (below, g_strdup (logs[i]));
  if (below->len == 0)
    g_ptr_array_add (below, g_strdup (own));
  g_ptr_array_add (below, NULL);

  return g_steal_pointer (&below);
}

McScore *
mc_score_of_unit (McJournal  *journal,
                  McSandbox  *sandbox,
                  GError    **error)
{
  g_autoptr(GPtrArray) former = g_ptr_array_new_with_free_func (g_free), below = list_below (journal, former, error);

  if (below == NULL)
    return NULL;
  mc_sandbox_set_former (sandbox, former);

  return mc_score_compute (sandbox, mc_journal_get_log (journal), (const char * const *) below->pdata, error);
}

McCriterionScore *
mc_score_find (McScore    *self,
               const char *code)
{
  for (guint i = 0; i < self->criteria->len; i++)
    if (g_str_equal (g_array_index (self->criteria, McCriterionScore, i).criterion->code, code))
      return &g_array_index (self->criteria, McCriterionScore, i);

  return NULL;
}

static void
set_points (JsonObject *object,
            const char *name,
            gint64      points)
{
  g_autofree char *text = points != MC_POINTS_NONE ? mc_points_format (points) : NULL;

  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

static JsonObject *
criterion_to_json (McCriterionScore *score)
{
  static const char * const states[] = { "scored", "missing", "waiting", "not-applicable" };
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "code", score->criterion->code);
  json_object_set_string_member (object, "state", states[score->state]);
  set_points (object, "points", score->points);
  set_points (object, "max", score->max);
  set_points (object, "self", score->self);
  set_points (object, "appraised", score->appraised);
  set_points (object, "explained", score->explained);
  set_points (object, "published", score->published);
  if (score->criterion->rule.measure != NULL)
    {
      json_object_set_int_member (object, "numerator", score->numerator);
      json_object_set_int_member (object, "denominator", score->denominator);
    }

  return object;
}

JsonNode *
mc_score_to_json (McScore *self)
{
  g_autoptr(JsonObject) root = json_object_new ();
  JsonArray *domains = json_array_new (), *criteria = json_array_new ();

  set_points (root, "points", self->points);
  set_points (root, "max", self->max);
  for (guint i = 0; i < self->domains->len; i++)
    {
      McDomainScore *score = &g_array_index (self->domains, McDomainScore, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "code", score->domain->code);
      json_object_set_string_member (object, "name", score->domain->name);
      set_points (object, "points", score->points);
      set_points (object, "max", score->max);
      json_array_add_object_element (domains, object);
    }
  for (guint i = 0; i < self->criteria->len; i++)
    json_array_add_object_element (criteria, criterion_to_json (&g_array_index (self->criteria, McCriterionScore, i)));
  json_object_set_array_member (root, "domains", domains);
  json_object_set_array_member (root, "criteria", criteria);

  return json_node_init_object (json_node_alloc (), root);
}
