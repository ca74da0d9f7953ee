/* mc-pack-load.c: a pack from its bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loading goes in three steps: the bytes are JSON of a bearable size; the JSON fits pack.schema.json; the
 * parts fit each other (references, duplicates, sums).  Only then are the structs built, which may rely on
 * all that.
 */

#include "core/mc-pack-private.h"

#include <string.h>

#include "core/mc-json-schema.h"
#include "core/mc-json.h"
#include "core/mc-points.h"
#include "core/mc-text.h"
#include "mc-core-resources.h"

static const char * const field_types[] =
{ "integer", "decimal", "text", "date", "month", "datetime", "boolean", "enum", "files", "reference", "person", "list", NULL };
static const char * const layouts[] = { "sheet", "register", "plan", "form", "log", NULL };
static const char * const scopes[] = { "communes", "own", "all", NULL };
static const char * const rule_kinds[] =
{ "sum", "binary", "enum", "bands", "ratio", "ratio_to_target", "ratio_floor", "count_of_units", "count_steps", "penalty",
  "bonus", "expert", "external", "not_applicable", NULL };
static const char * const zero_policies[] = { "full", "zero", "not-applicable", NULL };

/* the validated tree as structs */

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

  /* one that nobody asked for */
  if (type == NULL)
    return;

  g_ptr_array_unref (type->fields);
  g_ptr_array_unref (type->checks);
  g_free (type);
}

McRecordType *
mc_pack_build_type (McPack     *self,
                    JsonObject *object)
{
  McRecordType *type = g_new0 (McRecordType, 1);
  JsonArray *fields = array_of (object, "fields"), *checks = array_of (object, "checks");
  JsonObject *book = json_object_has_member (object, "book") ? json_object_get_object_member (object, "book") : NULL;

  type->id = text_of (object, "id");
  type->code = text_of (object, "code");
  type->title = text_of (object, "title");
  type->layout = index_of (object, "layout", layouts, MC_LAYOUT_FORM);
  type->key = strv_of (self, object, "key");
  type->natural_key = flag_of (object, "natural_key");
  type->sort = text_of (object, "sort");
  type->parent = text_of (object, "parent");
  type->book = book != NULL ? text_of (book, "type") : NULL;
  type->book_date = book != NULL ? text_of (book, "date") : NULL;
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

void
mc_pack_build_periods (McPack     *self,
                       JsonObject *root)
{
  JsonArray *array = array_of (root, "periods");

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
}

static void
build_types (McPack     *self,
             JsonObject *root)
{
  JsonArray *array = array_of (root, "record_types");

  for (guint i = 0; i < length_of (array); i++)
    {
      McRecordType *type = mc_pack_build_type (self, json_array_get_object_element (array, i));

      g_ptr_array_add (self->types, type);
      g_ptr_array_add (self->type_ids, g_strdup (type->id));
    }
}

void
mc_pack_build_rest (McPack     *self,
                    JsonObject *root)
{
  JsonArray *array;

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
  g_autoptr(GBytes) bytes = g_resource_lookup_data (mc_core_get_resource (), MC_PACK_DIR "pack.schema.json",
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

/* Whoever writes a pack by hand is told where it is wrong. */
static gboolean
check_json (const char  *data,
            gsize        size,
            GError     **error)
{
  gsize good = 0, line = 1, start = 0;

  if (mc_json_is_one (data, size))
    return TRUE;
  if (mc_json_is_value (data, size, &good))
    mc_pack_fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is no JSON object");
  else if (is_blank (data, size))
    mc_pack_fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is empty");
  else
    {
      for (gsize i = 0; i < good; i++)
        if (data[i] == '\n')
          {
            line++;
            start = i + 1;
          }
      mc_pack_fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is no JSON: text:%" G_GSIZE_FORMAT ":%ld is unexpected", line,
                    g_utf8_strlen (data + start, good - start) + 1);
    }

  return FALSE;
}

typedef struct
{
  GHashTable *seen;    /* (owned) object and name of each member */
  char *twice;         /* (owned) (nullable) the first name that an object had already */
} Members;

/* Of two members of one name json-glib keeps the last, and says nothing. */
static void
member_cb (JsonParser *parser,
           JsonObject *object,
           const char *name,
           gpointer    user_data)
{
  Members *members = user_data;
  char *key = g_strdup_printf ("%p %s", object, name);

  if (!g_hash_table_add (members->seen, key) && members->twice == NULL)
    members->twice = g_strdup (name);
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
  Members members = { NULL, NULL };
  JsonNode *root = NULL;

  if (size > MC_PACK_MAX_BYTES)
    {
      mc_pack_fail (error, MC_PACK_ERROR_TOO_LARGE,
                    "The pack has %" G_GSIZE_FORMAT " bytes, more than %d", size, MC_PACK_MAX_BYTES);
      return NULL;
    }
  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    {
      data += 3;
      size -= 3;
    }
  if (size == 0 || memchr (data, '\0', size) != NULL || !g_utf8_validate (data, size, NULL))
    {
      mc_pack_fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is %s", size == 0 ? "empty" : "not text in UTF-8");
      return NULL;
    }
  if (mc_json_depth (data, size) > MC_PACK_MAX_DEPTH)
    {
      mc_pack_fail (error, MC_PACK_ERROR_TOO_LARGE, "The pack is nested deeper than %d", MC_PACK_MAX_DEPTH);
      return NULL;
    }

  if (!check_json (data, size, error))
    return NULL;

  normal = mc_text_compose (data, size);
  members.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (parser, "object-member", G_CALLBACK (member_cb), &members);
  if (!json_parser_load_from_data (parser, normal, -1, &json_error))
    mc_pack_fail (error, MC_PACK_ERROR_NOT_JSON, "The pack is no JSON: %s", json_error->message);
  else if (members.twice != NULL)
    mc_pack_fail (error, MC_PACK_ERROR_DUPLICATE, "“%s” is there twice in one object", members.twice);
  else
    root = json_parser_steal_root (parser);
  g_hash_table_unref (members.seen);
  g_free (members.twice);

  return root;
}

McPack *
mc_pack_new (GBytes *bytes)
{
  McPack *self = g_new0 (McPack, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->bytes = g_bytes_ref (bytes);
  self->periods = g_ptr_array_new_with_free_func (g_free);
  self->types = g_ptr_array_new_with_free_func (type_free);
  self->measures = g_ptr_array_new_with_free_func (g_free);
  self->domains = g_ptr_array_new_with_free_func (domain_free);
  self->criteria = g_ptr_array_new_with_free_func (criterion_free);
  self->targets = g_ptr_array_new_with_free_func (g_free);
  self->strvs = g_ptr_array_new_with_free_func (g_free);
  self->type_ids = g_ptr_array_new_with_free_func (g_free);
  self->trees = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  g_mutex_init (&self->lock);

  return self;
}

char *
mc_pack_name (JsonObject *root)
{
  return g_strdup_printf ("%s/%" G_GINT64_FORMAT, text_of (root, "id"), json_object_get_int_member (root, "version"));
}

/* From its tree, which fits the schema, to the structs. */
static gboolean
finish (McPack  *self,
        GError **error)
{
  JsonObject *root = json_node_get_object (self->root);

  self->full_id = mc_pack_name (root);
  if (!mc_pack_check_unique (root, error))
    return FALSE;
  mc_pack_build_periods (self, root);
  build_types (self, root);
  mc_pack_build_rest (self, root);
  self->rest_read = 1;

  return mc_pack_link (self, root, error) && mc_pack_check_parts (self, error);
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
  g_autoptr(McPack) self = mc_pack_new (json);
  g_autoptr(JsonNode) schema = NULL;

  if (!(self->root = parse (json, error)))
    return NULL;
  schema = load_schema ();
  if (!mc_json_schema_validate (schema, self->root, error) || !finish (self, error))
    return NULL;

  return g_steal_pointer (&self);
}
