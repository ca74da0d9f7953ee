/* mc-answer.c: what may be written down as the answer to a criterion
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-answer.h"

#include "core/mc-error.h"
#include "core/mc-field.h"
#include "core/mc-score.h"

McField *
mc_answer_field_new (McPack      *pack,
                     McCriterion *criterion)
{
  static const McChoice yes_or_no[] = { { "yes", "Có", 0 }, { "no", "Không", 0 } };
  McField *self = g_memdup2 (mc_record_type_find_field (mc_pack_find_type (pack, MC_TYPE_ASSESSMENT), "answer"), sizeof (McField));
  McRuleKind kind = criterion->rule.kind;

  self->values = NULL;
  self->help = criterion->text;
  self->min = "0";
  if (kind == MC_RULE_BINARY)
    {
      self->type = MC_FIELD_ENUM;
      self->values = g_array_new (FALSE, FALSE, sizeof (McChoice));
      g_array_append_vals (self->values, yes_or_no, G_N_ELEMENTS (yes_or_no));
    }
  else if (kind == MC_RULE_ENUM)
    {
      self->type = MC_FIELD_ENUM;
      self->values = g_array_ref (criterion->rule.values);
    }
  else
    self->type = kind == MC_RULE_COUNT_STEPS || kind == MC_RULE_PENALTY ? MC_FIELD_INTEGER : MC_FIELD_DECIMAL;

  return self;
}

void
mc_answer_field_free (McField *self)
{
  g_clear_pointer (&self->values, g_array_unref);
  g_free (self);
}

static gboolean
refuse_code (McPack      *pack,
             const char  *code,
             GError     **error)
{
  GPtrArray *criteria = mc_pack_get_criteria (pack);
  g_autoptr(GString) known = g_string_new (NULL);

  for (guint i = 0; i < criteria->len; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", ((McCriterion *) criteria->pdata[i])->code);
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is no criterion of this pack, which has: %s", code, known->str);

  return FALSE;
}

gboolean
mc_answer_read (McPack        *pack,
                McRecordType  *type,
                const char    *code,
                McField       *field,
                JsonNode     **value,
                GError       **error)
{
  McCriterion *criterion = code != NULL ? mc_pack_find_criterion (pack, code) : NULL;
  gboolean is_text = JSON_NODE_HOLDS_VALUE (*value) && json_node_get_value_type (*value) == G_TYPE_STRING;
  McField *answer;
  JsonNode *read;

  if (!g_str_equal (type->id, MC_TYPE_ASSESSMENT) || !is_text)
    return TRUE;
  if (g_str_equal (field->name, "criterion") && criterion == NULL)
    return refuse_code (pack, json_node_get_string (*value), error);
  if (!g_str_equal (field->name, "answer") || criterion == NULL)
    return TRUE;
  if (criterion->rule.measure != NULL || criterion->children->len > 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s takes no answer: its points come from %s", code,
                   criterion->children->len > 0 ? "its parts" : "records");
      return FALSE;
    }
  /* “1” and “true” are a yes as well. */
  if (criterion->rule.kind == MC_RULE_BINARY && mc_score_takes (criterion, json_node_get_string (*value)))
    return TRUE;

  answer = mc_answer_field_new (pack, criterion);
  read = mc_field_parse (answer, json_node_get_string (*value), mc_pack_get_year (pack), error);
  mc_answer_field_free (answer);
  if (read == NULL)
    return FALSE;
  json_node_unref (*value);
  *value = read;

  return TRUE;
}
