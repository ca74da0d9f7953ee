/* mc-pack-check.c: whether the parts of a pack fit each other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-pack-private.h"

#include <string.h>

#include "core/mc-points.h"
#include "core/mc-text.h"

gboolean
mc_pack_fail (GError      **error,
              McPackError   code,
              const char   *format,
              ...)
{
  va_list args;

  va_start (args, format);
  g_clear_error (error);
  if (error != NULL)
    *error = g_error_new_valist (MC_PACK_ERROR, code, format, args);
  va_end (args);

  return FALSE;
}

static gboolean
is_unique (JsonObject  *root,
           const char  *list,
           const char  *member,
           GError     **error)
{
  JsonArray *array = array_of (root, list);
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < length_of (array); i++)
    {
      const char *id = text_of (json_array_get_object_element (array, i), member);

      if (!g_hash_table_add (seen, (gpointer) id))
        return mc_pack_fail (error, MC_PACK_ERROR_DUPLICATE, "%s[%u].%s: “%s” is there twice", list, i, member, id);
    }

  return TRUE;
}

gboolean
mc_pack_check_unique (JsonObject  *root,
                      GError     **error)
{
  return is_unique (root, "periods", "id", error) &&
         is_unique (root, "record_types", "id", error) &&
         is_unique (root, "measures", "id", error) &&
         is_unique (root, "domains", "code", error) &&
         is_unique (root, "criteria", "code", error);
}

/* Columns that every type has already, and the field that deletes a record. */
static const char * const reserved[] = { "unit", "record", "parent", "deleted", NULL };

static gboolean
check_field (McField  *field,
             guint     at,
             guint     i,
             GError  **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 min, max;

  if (g_strv_contains (reserved, field->name))
    return mc_pack_fail (error, MC_PACK_ERROR_DUPLICATE,
                         "record_types[%u].fields[%u].name: “%s” is there in every type", at, i, field->name);
  if (field->type == MC_FIELD_ENUM && field->values->len == 0)
    return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA,
                         "record_types[%u].fields[%u].values: an enum needs values", at, i);
  for (guint k = 0; k < field->values->len; k++)
    if (!g_hash_table_add (seen, (gpointer) g_array_index (field->values, McChoice, k).id))
      return mc_pack_fail (error, MC_PACK_ERROR_DUPLICATE, "record_types[%u].fields[%u].values[%u].id: “%s” is there twice",
                           at, i, k, g_array_index (field->values, McChoice, k).id);
  if (field->min != NULL && field->max != NULL && mc_points_parse (field->min, &min) && mc_points_parse (field->max, &max) && min > max)
    return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA, "record_types[%u].fields[%u].max: less than “min”", at, i);

  return TRUE;
}

static gboolean
check_type_fields (McRecordType *type,
                   guint         at,
                   GError      **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < type->fields->len; i++)
    {
      McField *field = type->fields->pdata[i];

      if (!g_hash_table_add (seen, (gpointer) field->name))
        return mc_pack_fail (error, MC_PACK_ERROR_DUPLICATE,
                             "record_types[%u].fields[%u].name: “%s” is there twice", at, i, field->name);
      if (!check_field (field, at, i, error))
        return FALSE;
    }

  for (guint i = 0; type->key[i] != NULL; i++)
    if (!g_hash_table_contains (seen, type->key[i]))
      return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                           "record_types[%u].key[%u]: there is no field “%s”", at, i, type->key[i]);
  if (type->sort != NULL && !g_hash_table_contains (seen, type->sort))
    return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE, "record_types[%u].sort: there is no field “%s”", at, type->sort);

  for (guint i = 0; i < type->checks->len; i++)
    {
      McCheckRule *check = type->checks->pdata[i];

      if (!g_hash_table_add (ids, (gpointer) check->id))
        return mc_pack_fail (error, MC_PACK_ERROR_DUPLICATE, "record_types[%u].checks[%u].id: “%s” is there twice", at, i, check->id);
      for (guint k = 0; check->fields[k] != NULL; k++)
        if (!g_hash_table_contains (seen, check->fields[k]))
          return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                               "record_types[%u].checks[%u].fields[%u]: there is no field “%s”",
                               at, i, k, check->fields[k]);
    }

  return TRUE;
}

/* A register that is kept as a book, and the type of its volumes, have what closing reads and writes. */
static gboolean
check_book (McPack        *self,
            McRecordType  *type,
            guint          at,
            GError       **error)
{
  static const char * const of_line[] = { "number", "volume", "copies", "fee", "void", NULL };
  static const char * const of_volume[] = { "volume", "symbol", "holder", "opened_on", "closed_on", "first_number", "last_number",
                                            "rows_total", "copies_total", "fees_total", "signer", "signer_title", "note", NULL };
  McRecordType *volumes = type->book != NULL ? mc_pack_find_type (self, type->book) : NULL;

  if (type->book == NULL)
    return TRUE;
  if (volumes == NULL)
    return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                         "record_types[%u].book.type: there is no record type “%s”", at, type->book);
  if (mc_record_type_find_field (type, type->book_date) == NULL)
    return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                         "record_types[%u].book.date: there is no field “%s”", at, type->book_date);
  for (guint i = 0; of_line[i] != NULL; i++)
    if (mc_record_type_find_field (type, of_line[i]) == NULL)
      return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                           "record_types[%u].book: there is no field “%s” in “%s”", at, of_line[i], type->id);
  for (guint i = 0; of_volume[i] != NULL; i++)
    if (mc_record_type_find_field (volumes, of_volume[i]) == NULL)
      return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                           "record_types[%u].book: there is no field “%s” in “%s”", at, of_volume[i], type->book);

  return TRUE;
}

static gboolean
check_types (McPack  *self,
             GError **error)
{
  for (guint i = 0; i < self->types->len; i++)
    {
      McRecordType *type = self->types->pdata[i];

      if (!check_type_fields (type, i, error))
        return FALSE;
      if (type->parent != NULL && mc_pack_find_type (self, type->parent) == NULL)
        return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                             "record_types[%u].parent: there is no record type “%s”", i, type->parent);
      if (!check_book (self, type, i, error))
        return FALSE;
      for (guint k = 0; k < type->fields->len; k++)
        {
          McField *field = type->fields->pdata[k];

          if (field->of != NULL && mc_pack_find_type (self, field->of) == NULL)
            return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                                 "record_types[%u].fields[%u].of: there is no record type “%s”",
                                 i, k, field->of);
        }
    }

  for (guint i = 0; i < self->measures->len; i++)
    {
      McMeasure *measure = self->measures->pdata[i];

      if (mc_pack_find_type (self, measure->type) == NULL)
        return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                             "measures[%u].type: there is no record type “%s”", i, measure->type);
    }

  return TRUE;
}

/* What somebody says or grades, and takes no notice of a measure. */
static gboolean
is_answered (McRuleKind kind)
{
  return kind == MC_RULE_BINARY || kind == MC_RULE_ENUM || kind == MC_RULE_BONUS || kind == MC_RULE_EXPERT ||
         kind == MC_RULE_EXTERNAL || kind == MC_RULE_NOT_APPLICABLE;
}

static gboolean
check_measure_of_rule (McPack  *self,
                       McRule  *rule,
                       guint    at,
                       GError **error)
{
  McMeasure *measure = rule->measure != NULL ? mc_pack_find_measure (self, rule->measure) : NULL;

  if (rule->measure == NULL)
    return TRUE;
  if (measure == NULL)
    return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                         "criteria[%u].rule.measure: there is no measure “%s”", at, rule->measure);
  if (is_answered (rule->kind))
    return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA, "criteria[%u].rule.measure: a rule of this kind is answered, not counted", at);
  if (rule->kind == MC_RULE_COUNT_OF_UNITS && measure->per_unit == NULL)
    return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA, "criteria[%u].rule.measure: “%s” has no “per_unit”", at, rule->measure);

  return TRUE;
}

static gboolean
check_choices (McCriterion *criterion,
               guint        at,
               GError     **error)
{
  GArray *values = criterion->rule.values;
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < values->len; i++)
    {
      McChoice *choice = &g_array_index (values, McChoice, i);

      if (choice->points > criterion->max)
        return mc_pack_fail (error, MC_PACK_ERROR_SUM, "criteria[%u].rule.values[%u].points: more than the criterion has", at, i);
      if (!g_hash_table_add (seen, (gpointer) choice->id))
        return mc_pack_fail (error, MC_PACK_ERROR_DUPLICATE, "criteria[%u].rule.values[%u].id: “%s” is there twice", at, i, choice->id);
    }

  return TRUE;
}

static gboolean
check_rule (McPack      *self,
            McCriterion *criterion,
            guint        at,
            GError     **error)
{
  McRule *rule = &criterion->rule;

  if (!check_measure_of_rule (self, rule, at, error) || !check_choices (criterion, at, error))
    return FALSE;
  if (rule->kind == MC_RULE_PENALTY && rule->floor > criterion->max)
    return mc_pack_fail (error, MC_PACK_ERROR_SUM, "criteria[%u].rule.floor: more than the criterion has", at);

  for (guint i = 0; i < rule->bands->len; i++)
    {
      McBand *band = &g_array_index (rule->bands, McBand, i);

      if (band->points > criterion->max)
        return mc_pack_fail (error, MC_PACK_ERROR_SUM,
                             "criteria[%u].rule.bands[%u].points: more than the criterion has", at, i);
      if (band->to <= band->from)
        return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA, "criteria[%u].rule.bands[%u]: it ends before it begins", at, i);
      if (i > 0 && g_array_index (rule->bands, McBand, i - 1).to != band->from)
        return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA,
                             "criteria[%u].rule.bands[%u].from: it does not begin where the one before ends", at, i);
    }

  return TRUE;
}

static gboolean
check_rules (McPack  *self,
             GError **error)
{
  for (guint i = 0; i < self->criteria->len; i++)
    if (!check_rule (self, self->criteria->pdata[i], i, error))
      return FALSE;

  return TRUE;
}

gboolean
mc_pack_link (McPack      *self,
              JsonObject  *root,
              GError     **error)
{
  JsonArray *array = array_of (root, "criteria");

  for (guint i = 0; i < self->criteria->len; i++)
    {
      McCriterion *criterion = self->criteria->pdata[i];
      const char *parent = text_of (json_array_get_object_element (array, i), "parent");
      McDomain *domain = NULL;

      for (guint k = 0; k < self->domains->len; k++)
        if (g_str_equal (((McDomain *) self->domains->pdata[k])->code, criterion->domain))
          domain = self->domains->pdata[k];
      if (domain == NULL)
        return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                             "criteria[%u].domain: there is no domain “%s”", i, criterion->domain);

      if (parent == NULL)
        {
          g_ptr_array_add (domain->criteria, criterion);
          continue;
        }

      /* A parent stands before its parts, so no ring is possible. */
      for (guint k = 0; k < i && criterion->parent == NULL; k++)
        if (g_str_equal (((McCriterion *) self->criteria->pdata[k])->code, parent))
          criterion->parent = self->criteria->pdata[k];
      if (criterion->parent == NULL)
        return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                             "criteria[%u].parent: there is no criterion “%s” before it", i, parent);
      g_ptr_array_add (criterion->parent->children, criterion);
    }

  return TRUE;
}

static gint64
sum_of (GPtrArray *criteria)
{
  gint64 sum = 0;

  for (guint i = 0; i < criteria->len; i++)
    sum += ((McCriterion *) criteria->pdata[i])->rule.kind == MC_RULE_BONUS ? 0 : ((McCriterion *) criteria->pdata[i])->max;

  return sum;
}

static gboolean
check_sums (McPack  *self,
            GError **error)
{
  for (guint i = 0; i < self->criteria->len; i++)
    {
      McCriterion *criterion = self->criteria->pdata[i];

      if ((criterion->children->len > 0) != (criterion->rule.kind == MC_RULE_SUM))
        return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA,
                             "criteria[%u].rule.kind: “sum” goes with parts, and only with them", i);
      if (criterion->children->len > 0 && sum_of (criterion->children) != criterion->max)
        return mc_pack_fail (error, MC_PACK_ERROR_SUM,
                             "criteria[%u].max: %s, its parts add up to another sum", i, criterion->code);
    }

  for (guint i = 0; i < self->domains->len; i++)
    {
      McDomain *domain = self->domains->pdata[i];

      if (sum_of (domain->criteria) != domain->max)
        return mc_pack_fail (error, MC_PACK_ERROR_SUM,
                             "domains[%u].max: domain %s, its criteria add up to another sum", i, domain->code);
    }

  return TRUE;
}

/* The days of @from and @to, which are of the form that the schema asks for. */
static gboolean
check_span (const char  *place,
            const char  *from,
            const char  *to,
            const char  *cutoff,
            GError     **error)
{
  const char *days[] = { from, to, cutoff, NULL };

  for (guint i = 0; days[i] != NULL; i++)
    if (!mc_text_is_date (days[i]))
      return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA, "%s: there is no day %s", place, days[i]);
  if (strcmp (from, to) > 0)
    return mc_pack_fail (error, MC_PACK_ERROR_SCHEMA, "%s: it ends on %s, before it begins", place, to);

  return TRUE;
}

static gboolean
check_periods (McPack  *self,
               GError **error)
{
  if (!check_span ("period", mc_pack_get_from (self), mc_pack_get_to (self), NULL, error))
    return FALSE;
  for (guint i = 0; i < self->periods->len; i++)
    {
      McPackPeriod *period = self->periods->pdata[i];
      g_autofree char *place = g_strdup_printf ("periods[%u]", i);

      if (!check_span (place, period->from, period->to, period->cutoff, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_targets (McPack  *self,
               GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < self->targets->len; i++)
    {
      McTarget *target = self->targets->pdata[i];

      if (!g_hash_table_add (seen, GINT_TO_POINTER (target->number)))
        return mc_pack_fail (error, MC_PACK_ERROR_DUPLICATE, "targets[%u].number: %d is there twice", i, target->number);

      if (target->measure != NULL && mc_pack_find_measure (self, target->measure) == NULL)
        return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE,
                             "targets[%u].measure: there is no measure “%s”", i, target->measure);
      for (guint k = 0; target->criteria[k] != NULL; k++)
        if (mc_pack_find_criterion (self, target->criteria[k]) == NULL)
          return mc_pack_fail (error, MC_PACK_ERROR_REFERENCE, "targets[%u].criteria[%u]: there is no criterion “%s”",
                       i, k, target->criteria[k]);
    }

  return TRUE;
}

gboolean
mc_pack_check_parts (McPack  *self,
                     GError **error)
{
  return check_periods (self, error) &&
         check_types (self, error) &&
         check_rules (self, error) &&
         check_sums (self, error) &&
         check_targets (self, error);
}
