/* mc-pack.c: a criteria set for one year
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading goes in three steps: the bytes are JSON of a bearable size; the JSON fits pack.schema.json; the
 * parts fit each other (references, duplicates, sums).  Only then are the structs built, which may rely on
 * all that.  Strings belong to the JSON tree, which lives as long as the pack.
 */

#include "core/mc-pack.h"

#include <string.h>

#include "core/mc-json-schema.h"
#include "core/mc-json.h"
#include "core/mc-points.h"
#include "core/mc-text.h"
#include "mc-core-resources.h"

#define PACK_DIR     "/vn/minhchung/MinhChung/packs/"
#define DEFAULT_PACK "binh-dinh-2878-2021"

struct _McPack
{
  gatomicrefcount ref_count;

  GBytes *bytes;          /* (owned) */
  JsonNode *root;         /* (owned) */
  char *full_id;          /* (owned) */
  GPtrArray *periods;     /* (owned) */
  GPtrArray *types;       /* (owned) */
  GPtrArray *measures;    /* (owned) */
  GPtrArray *domains;     /* (owned) */
  GPtrArray *criteria;    /* (owned) */
  GPtrArray *targets;     /* (owned) */
  GPtrArray *strvs;       /* (owned) string arrays handed out in structs */
};

G_DEFINE_QUARK (mc-pack-error-quark, mc_pack_error)

static const char * const field_types[] =
{ "integer", "decimal", "text", "date", "month", "datetime", "boolean", "enum", "files", "reference", "person", "list", NULL };
static const char * const layouts[] = { "sheet", "register", "plan", "form", "log", NULL };
static const char * const scopes[] = { "communes", "own", "all", NULL };
static const char * const rule_kinds[] =
{ "sum", "binary", "enum", "bands", "ratio", "ratio_to_target", "ratio_floor", "count_of_units", "count_steps", "penalty",
  "bonus", "expert", "external", "not_applicable", NULL };
static const char * const zero_policies[] = { "full", "zero", "not-applicable", NULL };

/* reading the validated tree */

static const char *
text_of (JsonObject *object,
         const char *member)
{
  return json_object_has_member (object, member) && !json_object_get_null_member (object, member)
    ? json_object_get_string_member (object, member) : NULL;
}

static gboolean
flag_of (JsonObject *object,
         const char *member)
{
  return json_object_get_boolean_member_with_default (object, member, FALSE);
}

static gint64
points_of (JsonObject *object,
           const char *member,
           gint64      fallback)
{
  const char *text = text_of (object, member);
  gint64 value = fallback;

  if (text != NULL && !mc_points_parse (text, &value))
    g_assert_not_reached ();  /* the schema's pattern allows nothing else */

  return value;
}

static int
index_of (JsonObject         *object,
          const char         *member,
          const char * const *names,
          int                 fallback)
{
  const char *text = text_of (object, member);

  for (int i = 0; text != NULL && names[i] != NULL; i++)
    if (g_str_equal (names[i], text))
      return i;

  return fallback;
}

static JsonArray *
array_of (JsonObject *object,
          const char *member)
{
  return json_object_has_member (object, member) ? json_object_get_array_member (object, member) : NULL;
}

static guint
length_of (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

static const char **
strv_of (McPack     *self,
         JsonObject *object,
         const char *member)
{
  JsonArray *array = array_of (object, member);
  const char **strv = g_new0 (const char *, length_of (array) + 1);

  for (guint i = 0; i < length_of (array); i++)
    strv[i] = json_array_get_string_element (array, i);
  g_ptr_array_add (self->strvs, strv);

  return strv;
}

static GArray *
choices_of (JsonObject *object)
{
  JsonArray *array = array_of (object, "values");
  GArray *choices = g_array_new (FALSE, TRUE, sizeof (McChoice));

  for (guint i = 0; i < length_of (array); i++)
    {
      JsonObject *item = json_array_get_object_element (array, i);
      McChoice choice = { text_of (item, "id"), text_of (item, "title"), points_of (item, "points", 0) };

      g_array_append_val (choices, choice);
    }

  return choices;
}

static void
field_free (gpointer data)
{
  McField *field = data;

  g_array_unref (field->values);
  g_free (field);
}

static McField *
build_field (JsonObject *object)
{
  McField *field = g_new0 (McField, 1);

  field->name = text_of (object, "name");
  field->title = text_of (object, "title");
  field->short_title = text_of (object, "short") != NULL ? text_of (object, "short") : field->title;
  field->type = index_of (object, "type", field_types, MC_FIELD_TEXT);
  field->unit = text_of (object, "unit");
  field->required = flag_of (object, "required");
  field->min = text_of (object, "min");
  field->max = text_of (object, "max");
  field->values = choices_of (object);
  field->help = text_of (object, "help");
  field->legal = text_of (object, "legal");
  field->personal = flag_of (object, "personal");
  field->computed = text_of (object, "computed");
  field->of = text_of (object, "of");

  return field;
}

static McCheckRule *
build_check (McPack     *self,
             JsonObject *object)
{
  McCheckRule *check = g_new0 (McCheckRule, 1);

  check->id = text_of (object, "id");
  check->is_error = g_strcmp0 (text_of (object, "level"), "error") == 0;
  check->when = text_of (object, "when");
  check->expr = text_of (object, "expr");
  check->message = text_of (object, "message");
  check->fields = strv_of (self, object, "fields");

  return check;
}

static void
type_free (gpointer data)
{
  McRecordType *type = data;

  g_ptr_array_unref (type->fields);
  g_ptr_array_unref (type->checks);
  g_free (type);
}

static McRecordType *
build_type (McPack     *self,
            JsonObject *object)
{
  McRecordType *type = g_new0 (McRecordType, 1);
  JsonArray *fields = array_of (object, "fields"), *checks = array_of (object, "checks");

  type->id = text_of (object, "id");
  type->code = text_of (object, "code");
  type->title = text_of (object, "title");
  type->layout = index_of (object, "layout", layouts, MC_LAYOUT_FORM);
  type->key = strv_of (self, object, "key");
  type->natural_key = flag_of (object, "natural_key");
  type->sort = text_of (object, "sort");
  type->parent = text_of (object, "parent");
  type->legal = text_of (object, "legal");
  type->help = text_of (object, "help");
  type->fields = g_ptr_array_new_with_free_func (field_free);
  for (guint i = 0; i < length_of (fields); i++)
    g_ptr_array_add (type->fields, build_field (json_array_get_object_element (fields, i)));
  type->checks = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < length_of (checks); i++)
    g_ptr_array_add (type->checks, build_check (self, json_array_get_object_element (checks, i)));

  return type;
}

static McMeasure *
build_measure (JsonObject *object)
{
  McMeasure *measure = g_new0 (McMeasure, 1);

  measure->id = text_of (object, "id");
  measure->title = text_of (object, "title");
  measure->type = text_of (object, "type");
  measure->scope = index_of (object, "scope", scopes, MC_SCOPE_COMMUNES);
  measure->where = text_of (object, "where");
  measure->numerator = text_of (object, "numerator");
  measure->denominator = text_of (object, "denominator");
  measure->per_unit = text_of (object, "per_unit");

  return measure;
}

static void
build_rule (McRule     *rule,
            JsonObject *object)
{
  JsonArray *bands = array_of (object, "bands");

  rule->kind = index_of (object, "kind", rule_kinds, MC_RULE_EXPERT);
  rule->measure = text_of (object, "measure");
  rule->values = choices_of (object);
  rule->bands = g_array_new (FALSE, TRUE, sizeof (McBand));
  for (guint i = 0; i < length_of (bands); i++)
    {
      JsonObject *item = json_array_get_object_element (bands, i);
      McBand band = { points_of (item, "from", 0), points_of (item, "to", G_MAXINT64), points_of (item, "points", 0) };

      g_array_append_val (rule->bands, band);
    }
  rule->target = points_of (object, "target", 100 * 100);
  rule->floor = points_of (object, "floor", 0);
  rule->step = points_of (object, "step", points_of (object, "each", 0));
  rule->as_percent = g_strcmp0 (text_of (object, "as"), "percent") == 0;
}

static void
criterion_free (gpointer data)
{
  McCriterion *criterion = data;

  g_ptr_array_unref (criterion->children);
  g_array_unref (criterion->rule.values);
  g_array_unref (criterion->rule.bands);
  g_array_unref (criterion->evidence);
  g_free (criterion);
}

static McCriterion *
build_criterion (McPack     *self,
                 JsonObject *object)
{
  McCriterion *criterion = g_new0 (McCriterion, 1);
  JsonArray *evidence = array_of (object, "evidence");

  criterion->code = text_of (object, "code");
  criterion->name = text_of (object, "name");
  criterion->domain = text_of (object, "domain");
  criterion->children = g_ptr_array_new ();
  criterion->max = points_of (object, "max", 0);
  build_rule (&criterion->rule, json_object_get_object_member (object, "rule"));
  criterion->zero = index_of (object, "zero", zero_policies, MC_ZERO_ZERO);
  criterion->text = text_of (object, "text");
  criterion->evidence = g_array_new (FALSE, TRUE, sizeof (McEvidenceAsk));
  for (guint i = 0; i < length_of (evidence); i++)
    {
      JsonObject *item = json_array_get_object_element (evidence, i);
      McEvidenceAsk ask = { text_of (item, "title"), flag_of (item, "required") };

      g_array_append_val (criterion->evidence, ask);
    }
  criterion->scorer = text_of (object, "scorer");
  criterion->source = text_of (object, "source");
  criterion->contributes = strv_of (self, object, "contributes");

  return criterion;
}

static void
domain_free (gpointer data)
{
  McDomain *domain = data;

  g_ptr_array_unref (domain->criteria);
  g_free (domain);
}

/* parts that have to fit each other */

static gboolean
fail (GError      **error,
      McPackError   code,
      const char   *format,
      ...) G_GNUC_PRINTF (3, 4);

static gboolean
fail (GError      **error,
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
check_unique (JsonObject  *root,
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
        return fail (error, MC_PACK_ERROR_DUPLICATE, "%s[%u].%s: “%s” is there twice", list, i, member, id);
    }

  return TRUE;
}

static gboolean
check_type_fields (McRecordType *type,
                   guint         at,
                   GError      **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < type->fields->len; i++)
    {
      McField *field = type->fields->pdata[i];

      if (!g_hash_table_add (seen, (gpointer) field->name))
        return fail (error, MC_PACK_ERROR_DUPLICATE, "record_types[%u].fields[%u].name: “%s” is there twice", at, i, field->name);
      if (field->type == MC_FIELD_ENUM && field->values->len == 0)
        return fail (error, MC_PACK_ERROR_SCHEMA, "record_types[%u].fields[%u].values: an enum needs values", at, i);
    }

  for (guint i = 0; type->key[i] != NULL; i++)
    if (!g_hash_table_contains (seen, type->key[i]))
      return fail (error, MC_PACK_ERROR_REFERENCE, "record_types[%u].key[%u]: there is no field “%s”", at, i, type->key[i]);
  if (type->sort != NULL && !g_hash_table_contains (seen, type->sort))
    return fail (error, MC_PACK_ERROR_REFERENCE, "record_types[%u].sort: there is no field “%s”", at, type->sort);

  for (guint i = 0; i < type->checks->len; i++)
    {
      McCheckRule *check = type->checks->pdata[i];

      for (guint k = 0; check->fields[k] != NULL; k++)
        if (!g_hash_table_contains (seen, check->fields[k]))
          return fail (error, MC_PACK_ERROR_REFERENCE, "record_types[%u].checks[%u].fields[%u]: there is no field “%s”",
                       at, i, k, check->fields[k]);
    }

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
        return fail (error, MC_PACK_ERROR_REFERENCE, "record_types[%u].parent: there is no record type “%s”", i, type->parent);
      for (guint k = 0; k < type->fields->len; k++)
        {
          McField *field = type->fields->pdata[k];

          if (field->of != NULL && mc_pack_find_type (self, field->of) == NULL)
            return fail (error, MC_PACK_ERROR_REFERENCE, "record_types[%u].fields[%u].of: there is no record type “%s”",
                         i, k, field->of);
        }
    }

  for (guint i = 0; i < self->measures->len; i++)
    {
      McMeasure *measure = self->measures->pdata[i];

      if (mc_pack_find_type (self, measure->type) == NULL)
        return fail (error, MC_PACK_ERROR_REFERENCE, "measures[%u].type: there is no record type “%s”", i, measure->type);
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

  if (rule->measure != NULL && mc_pack_find_measure (self, rule->measure) == NULL)
    return fail (error, MC_PACK_ERROR_REFERENCE, "criteria[%u].rule.measure: there is no measure “%s”", at, rule->measure);

  for (guint i = 0; i < rule->bands->len; i++)
    {
      McBand *band = &g_array_index (rule->bands, McBand, i);

      if (band->points > criterion->max)
        return fail (error, MC_PACK_ERROR_SUM, "criteria[%u].rule.bands[%u].points: more than the criterion has", at, i);
      if (band->to <= band->from)
        return fail (error, MC_PACK_ERROR_SCHEMA, "criteria[%u].rule.bands[%u]: it ends before it begins", at, i);
      if (i > 0 && g_array_index (rule->bands, McBand, i - 1).to != band->from)
        return fail (error, MC_PACK_ERROR_SCHEMA, "criteria[%u].rule.bands[%u].from: it does not begin where the one before ends", at, i);
    }

  return TRUE;
}

static gboolean
link_criteria (McPack  *self,
               GError **error)
{
  JsonArray *array = array_of (json_node_get_object (self->root), "criteria");

  for (guint i = 0; i < self->criteria->len; i++)
    {
      McCriterion *criterion = self->criteria->pdata[i];
      const char *parent = text_of (json_array_get_object_element (array, i), "parent");
      McDomain *domain = NULL;

      for (guint k = 0; k < self->domains->len; k++)
        if (g_str_equal (((McDomain *) self->domains->pdata[k])->code, criterion->domain))
          domain = self->domains->pdata[k];
      if (domain == NULL)
        return fail (error, MC_PACK_ERROR_REFERENCE, "criteria[%u].domain: there is no domain “%s”", i, criterion->domain);
      if (!check_rule (self, criterion, i, error))
        return FALSE;

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
        return fail (error, MC_PACK_ERROR_REFERENCE, "criteria[%u].parent: there is no criterion “%s” before it", i, parent);
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
        return fail (error, MC_PACK_ERROR_SCHEMA, "criteria[%u].rule.kind: “sum” goes with parts, and only with them", i);
      if (criterion->children->len > 0 && sum_of (criterion->children) != criterion->max)
        return fail (error, MC_PACK_ERROR_SUM, "criteria[%u].max: %s, its parts add up to another sum", i, criterion->code);
    }

  for (guint i = 0; i < self->domains->len; i++)
    {
      McDomain *domain = self->domains->pdata[i];

      if (sum_of (domain->criteria) != domain->max)
        return fail (error, MC_PACK_ERROR_SUM, "domains[%u].max: domain %s, its criteria add up to another sum", i, domain->code);
    }

  return TRUE;
}

static gboolean
check_targets (McPack  *self,
               GError **error)
{
  for (guint i = 0; i < self->targets->len; i++)
    {
      McTarget *target = self->targets->pdata[i];

      if (target->measure != NULL && mc_pack_find_measure (self, target->measure) == NULL)
        return fail (error, MC_PACK_ERROR_REFERENCE, "targets[%u].measure: there is no measure “%s”", i, target->measure);
      for (guint k = 0; target->criteria[k] != NULL; k++)
        if (mc_pack_find_criterion (self, target->criteria[k]) == NULL)
          return fail (error, MC_PACK_ERROR_REFERENCE, "targets[%u].criteria[%u]: there is no criterion “%s”",
                       i, k, target->criteria[k]);
    }

  return TRUE;
}

static void
build (McPack *self)
{
  JsonObject *root = json_node_get_object (self->root);
  JsonArray *array;

  array = array_of (root, "periods");
  for (guint i = 0; i < length_of (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      McPackPeriod *period = g_new0 (McPackPeriod, 1);

      period->id = text_of (object, "id");
      period->title = text_of (object, "title");
      period->from = text_of (object, "from");
      period->to = text_of (object, "to");
      period->cutoff = text_of (object, "cutoff");
      g_ptr_array_add (self->periods, period);
    }

  array = array_of (root, "record_types");
  for (guint i = 0; i < length_of (array); i++)
    g_ptr_array_add (self->types, build_type (self, json_array_get_object_element (array, i)));

  array = array_of (root, "measures");
  for (guint i = 0; i < length_of (array); i++)
    g_ptr_array_add (self->measures, build_measure (json_array_get_object_element (array, i)));

  array = array_of (root, "domains");
  for (guint i = 0; i < length_of (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      McDomain *domain = g_new0 (McDomain, 1);

      domain->code = text_of (object, "code");
      domain->name = text_of (object, "name");
      domain->max = points_of (object, "max", 0);
      domain->criteria = g_ptr_array_new ();
      g_ptr_array_add (self->domains, domain);
    }

  array = array_of (root, "criteria");
  for (guint i = 0; i < length_of (array); i++)
    g_ptr_array_add (self->criteria, build_criterion (self, json_array_get_object_element (array, i)));

  array = array_of (root, "targets");
  for (guint i = 0; i < length_of (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      McTarget *target = g_new0 (McTarget, 1);

      target->number = json_object_get_int_member (object, "number");
      target->text = text_of (object, "text");
      target->owner = text_of (object, "owner");
      target->measure = text_of (object, "measure");
      target->goal = text_of (object, "goal");
      target->criteria = strv_of (self, object, "criteria");
      g_ptr_array_add (self->targets, target);
    }
}

static JsonNode *
load_schema (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_resource_lookup_data (mc_core_get_resource (), PACK_DIR "pack.schema.json",
                                                    G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  JsonNode *schema;

  g_assert_no_error (error);
  schema = json_from_string (g_bytes_get_data (bytes, NULL), &error);
  g_assert_no_error (error);

  return schema;
}

static gboolean
is_blank (const char *data,
          gsize       size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isspace (data[i]))
      return FALSE;

  return TRUE;
}

/* NFC text of at most the allowed size and depth, parsed. */
static JsonNode *
parse (GBytes  *bytes,
       GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) json_error = NULL;
  g_autofree char *normal = NULL;

  if (size > MC_PACK_MAX_BYTES)
    {
      fail (error, MC_PACK_ERROR_TOO_LARGE, "The pack has %" G_GSIZE_FORMAT " bytes, more than %d", size, MC_PACK_MAX_BYTES);
      return NULL;
    }
  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    {
      data += 3;
      size -= 3;
    }
  if (size == 0 || memchr (data, '\0', size) != NULL || !g_utf8_validate (data, size, NULL))
    {
      fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is %s", size == 0 ? "empty" : "not text in UTF-8");
      return NULL;
    }
  if (mc_json_depth (data, size) > MC_PACK_MAX_DEPTH)
    {
      fail (error, MC_PACK_ERROR_TOO_LARGE, "The pack is nested deeper than %d", MC_PACK_MAX_DEPTH);
      return NULL;
    }

  if (!mc_json_is_one (data, size) && !is_blank (data, size))
    {
      fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is no JSON object");
      return NULL;
    }

  normal = mc_text_compose (data, size);
  if (!json_parser_load_from_data (parser, normal, -1, &json_error))
    {
      fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is no JSON: %s", json_error->message);
      return NULL;
    }
  if (json_parser_get_root (parser) == NULL)
    {
      fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is empty");
      return NULL;
    }

  return json_parser_steal_root (parser);
}

/**
 * mc_pack_new_from_bytes:
 * @json: the pack, UTF-8, at most %MC_PACK_MAX_BYTES
 * @error: return location for an error in the %MC_PACK_ERROR domain that names the place
 *
 * Expressions are only looked at when they are used: see mc_expression_check_pack().
 *
 * Returns: (transfer full) (nullable): the pack
 */
McPack *
mc_pack_new_from_bytes (GBytes  *json,
                        GError **error)
{
  g_autoptr(McPack) self = g_new0 (McPack, 1);
  g_autoptr(JsonNode) schema = NULL;
  JsonObject *root;

  g_atomic_ref_count_init (&self->ref_count);
  self->bytes = g_bytes_ref (json);
  self->periods = g_ptr_array_new_with_free_func (g_free);
  self->types = g_ptr_array_new_with_free_func (type_free);
  self->measures = g_ptr_array_new_with_free_func (g_free);
  self->domains = g_ptr_array_new_with_free_func (domain_free);
  self->criteria = g_ptr_array_new_with_free_func (criterion_free);
  self->targets = g_ptr_array_new_with_free_func (g_free);
  self->strvs = g_ptr_array_new_with_free_func (g_free);

  if (!(self->root = parse (json, error)))
    return NULL;

  schema = load_schema ();
  if (!mc_json_schema_validate (schema, self->root, error))
    return NULL;

  root = json_node_get_object (self->root);
  self->full_id = g_strdup_printf ("%s/%" G_GINT64_FORMAT, text_of (root, "id"), json_object_get_int_member (root, "version"));
  if (!check_unique (root, "record_types", "id", error) ||
      !check_unique (root, "measures", "id", error) ||
      !check_unique (root, "domains", "code", error) ||
      !check_unique (root, "criteria", "code", error))
    return NULL;

  build (self);
  if (!check_types (self, error) ||
      !link_criteria (self, error) ||
      !check_sums (self, error) ||
      !check_targets (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * mc_pack_get_builtin:
 * @id: (nullable): id of a pack that ships with the program; %NULL = the default one
 * @error: return location for %MC_PACK_ERROR_REFERENCE
 *
 * Returns: (transfer full) (nullable): the pack
 */
McPack *
mc_pack_get_builtin (const char  *id,
                     GError     **error)
{
  g_autofree char *path = g_strconcat (PACK_DIR, id != NULL ? id : DEFAULT_PACK, ".json", NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data (mc_core_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  if (bytes == NULL)
    {
      fail (error, MC_PACK_ERROR_REFERENCE, "No pack “%s” comes with this program", id);
      return NULL;
    }

  return mc_pack_new_from_bytes (bytes, error);
}

McPack *
mc_pack_ref (McPack *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
mc_pack_unref (McPack *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->periods, g_ptr_array_unref);
  g_clear_pointer (&self->types, g_ptr_array_unref);
  g_clear_pointer (&self->measures, g_ptr_array_unref);
  g_clear_pointer (&self->domains, g_ptr_array_unref);
  g_clear_pointer (&self->criteria, g_ptr_array_unref);
  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_pointer (&self->strvs, g_ptr_array_unref);
  g_clear_pointer (&self->root, json_node_unref);
  g_free (self->full_id);
  g_free (self);
}

GBytes *
mc_pack_get_bytes (McPack *self)
{
  return self->bytes;
}

const char *
mc_pack_get_id (McPack *self)
{
  return text_of (json_node_get_object (self->root), "id");
}

const char *
mc_pack_get_full_id (McPack *self)
{
  return self->full_id;
}

int
mc_pack_get_year (McPack *self)
{
  return json_object_get_int_member (json_node_get_object (self->root), "year");
}

const char *
mc_pack_get_title (McPack *self)
{
  return text_of (json_node_get_object (self->root), "title");
}

const char *
mc_pack_get_status_text (McPack *self)
{
  return text_of (json_node_get_object (self->root), "status_text");
}

const char *
mc_pack_get_from (McPack *self)
{
  return text_of (json_object_get_object_member (json_node_get_object (self->root), "period"), "from");
}

const char *
mc_pack_get_to (McPack *self)
{
  return text_of (json_object_get_object_member (json_node_get_object (self->root), "period"), "to");
}

GPtrArray *
mc_pack_get_periods (McPack *self)
{
  return self->periods;
}

GPtrArray *
mc_pack_get_types (McPack *self)
{
  return self->types;
}

GPtrArray *
mc_pack_get_measures (McPack *self)
{
  return self->measures;
}

GPtrArray *
mc_pack_get_domains (McPack *self)
{
  return self->domains;
}

GPtrArray *
mc_pack_get_criteria (McPack *self)
{
  return self->criteria;
}

GPtrArray *
mc_pack_get_targets (McPack *self)
{
  return self->targets;
}

McRecordType *
mc_pack_find_type (McPack     *self,
                   const char *id)
{
  for (guint i = 0; id != NULL && i < self->types->len; i++)
    if (g_str_equal (((McRecordType *) self->types->pdata[i])->id, id))
      return self->types->pdata[i];

  return NULL;
}

McMeasure *
mc_pack_find_measure (McPack     *self,
                      const char *id)
{
  for (guint i = 0; id != NULL && i < self->measures->len; i++)
    if (g_str_equal (((McMeasure *) self->measures->pdata[i])->id, id))
      return self->measures->pdata[i];

  return NULL;
}

McCriterion *
mc_pack_find_criterion (McPack     *self,
                        const char *code)
{
  for (guint i = 0; code != NULL && i < self->criteria->len; i++)
    if (g_str_equal (((McCriterion *) self->criteria->pdata[i])->code, code))
      return self->criteria->pdata[i];

  return NULL;
}

McField *
mc_record_type_find_field (McRecordType *type,
                           const char   *name)
{
  for (guint i = 0; i < type->fields->len; i++)
    if (g_str_equal (((McField *) type->fields->pdata[i])->name, name))
      return type->fields->pdata[i];

  return NULL;
}

/* The title of an enum value; the id itself if the pack does not know it. */
const char *
mc_field_get_choice_title (McField    *field,
                           const char *id)
{
  for (guint i = 0; i < field->values->len; i++)
    if (g_str_equal (g_array_index (field->values, McChoice, i).id, id))
      return g_array_index (field->values, McChoice, i).title;

  return id;
}
