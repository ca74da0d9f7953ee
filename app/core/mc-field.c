/* mc-field.c: one field of a pack: what is typed for it, and how its value is shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-field.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "core/mc-points.h"
#include "core/mc-text.h"

static JsonNode *
parse_enum (McField     *field,
            const char  *text,
            GError     **error)
{
  g_autoptr(GString) known = g_string_new (NULL);

  for (guint i = 0; field->values != NULL && i < field->values->len; i++)
    {
      McChoice *choice = &g_array_index (field->values, McChoice, i);

      if (g_str_equal (choice->id, text) || mc_text_is_same (choice->title, text))
        return json_node_init_string (json_node_alloc (), choice->id);
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", choice->title);
    }
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is none of the choices of “%s”: %s", text, field->title, known->str);

  return NULL;
}

static JsonNode *
parse_boolean (const char  *text,
               GError     **error)
{
  static const char * const yes[] = { "1", "true", "yes", "x", "co", "dung", NULL };
  static const char * const no[] = { "0", "false", "no", "khong", "sai", NULL };
  g_autofree char *folded = mc_text_fold (text);

  if (g_strv_contains (yes, folded))
    return json_node_init_boolean (json_node_alloc (), TRUE);
  if (g_strv_contains (no, folded))
    return json_node_init_boolean (json_node_alloc (), FALSE);
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is neither yes nor no", text);

  return NULL;
}

/* Compares @number with @bound, both decimal: a pack's bounds have two decimals at most. */
static int
compare (const char *number,
         const char *bound)
{
  const char *fraction = strchr (number, '.');
  /* More decimals than two only matter where the first two are equal. */
  g_autofree char *cut = fraction != NULL && strlen (fraction) > 3 ? g_strndup (number, fraction + 3 - number) : g_strdup (number);
  gint64 left, right;

  if (!mc_points_parse (cut, &left) || !mc_points_parse (bound, &right))
    return *number == '-' ? -1 : 1;
  if (left == right && strlen (cut) < strlen (number))
    return *number == '-' ? -1 : 1;

  return left < right ? -1 : left > right;
}

static gboolean
check_range (McField     *field,
             const char  *number,
             GError     **error)
{
  g_autofree char *most = g_strdup_printf ("%" G_GINT64_FORMAT, MC_NUMBER_MAX), *least = g_strconcat ("-", most, NULL);

  if ((field->min != NULL && compare (number, field->min) < 0) || (field->max != NULL && compare (number, field->max) > 0))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” must be %s%s%s%s", field->title,
                   field->min != NULL ? "at least " : "", field->min != NULL ? field->min : "",
                   field->max != NULL ? " and at most " : "", field->max != NULL ? field->max : "");
      return FALSE;
    }
  if (compare (number, least) < 0 || compare (number, most) > 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” of “%s” has more than twelve digits", number, field->title);
      return FALSE;
    }

  return TRUE;
}

/* (transfer full) (nullable) */
static JsonNode *
parse_integer (McField     *field,
               const char  *text,
               GError     **error)
{
  g_autofree char *digits = NULL;
  gint64 number;

  if (!mc_text_parse_integer (text, &number, error))
    return NULL;
  digits = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  return check_range (field, digits, error) ? json_node_init_int (json_node_alloc (), number) : NULL;
}

static JsonNode *
parse_decimal (McField     *field,
               const char  *text,
               GError     **error)
{
  g_autofree char *number = mc_text_parse_decimal (text, error);

  return number != NULL && check_range (field, number, error) ? json_node_init_string (json_node_alloc (), number) : NULL;
}

static JsonNode *
take_text (char *text)
{
  JsonNode *node = text != NULL ? json_node_init_string (json_node_alloc (), text) : NULL;

  g_free (text);

  return node;
}

JsonNode *
mc_field_parse (McField     *field,
                const char  *text,
                int          year,
                GError     **error)
{
  g_autofree char *normal = mc_text_normalize (text);

  if (*normal == '\0')
    return json_node_new (JSON_NODE_NULL);

  switch (field->type)
    {
    case MC_FIELD_INTEGER:
      return parse_integer (field, normal, error);
    case MC_FIELD_DECIMAL:
      return parse_decimal (field, normal, error);
    case MC_FIELD_DATE:
      return take_text (mc_text_parse_date (normal, year, error));
    case MC_FIELD_MONTH:
      return take_text (mc_text_parse_month (normal, year, error));
    case MC_FIELD_DATETIME:
      return take_text (mc_text_parse_time (normal, year, error));
    case MC_FIELD_BOOLEAN:
      return parse_boolean (normal, error);
    case MC_FIELD_ENUM:
      return parse_enum (field, normal, error);
    case MC_FIELD_FILES:
    case MC_FIELD_LIST:
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” is not typed; attach files to it", field->title);
      return NULL;
    case MC_FIELD_TEXT:
    case MC_FIELD_REFERENCE:
    case MC_FIELD_PERSON:
    default:
      return take_text (g_steal_pointer (&normal));
    }
}

/**
 * mc_field_parse_files:
 *
 * Returns: (transfer full) (element-type McEvidence): the files of a `files` value, damaged entries left out
 */
GPtrArray *
mc_field_parse_files (JsonNode *value)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_evidence_free);
  JsonArray *array = value != NULL && JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *sha256 = object != NULL ? mc_json_get_text (object, "sha256", "") : "";
      McEvidence *evidence;
      McDigest digest;

      if (!mc_digest_from_hex (&digest, sha256))
        continue;
      evidence = g_new0 (McEvidence, 1);
      g_strlcpy (evidence->sha256, sha256, sizeof evidence->sha256);
      evidence->size = mc_json_get_int (object, "size", 0);
      evidence->mime = g_strdup (mc_json_get_text (object, "mime", ""));
      evidence->name = g_strdup (mc_json_get_text (object, "name", ""));
      g_ptr_array_add (files, evidence);
    }

  return files;
}

/**
 * mc_field_format:
 * @value: (nullable): a value in place
 *
 * Returns: (transfer full): @value as an official writes it (1.234 · 12,5 · 31/12/2021 · 03/2021), "" for a blank;
 *   what does not fit the field is shown as it is
 */
char *
mc_field_format (McField  *field,
                 JsonNode *value)
{
  GType type = value != NULL && JSON_NODE_HOLDS_VALUE (value) ? json_node_get_value_type (value) : G_TYPE_INVALID;
  const char *text = type == G_TYPE_STRING ? json_node_get_string (value) : NULL;

  if (type == G_TYPE_INT64)
    return mc_text_format_integer (json_node_get_int (value));
  if (type == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (value) ? "x" : "");
  if (text == NULL)
    return g_strdup ("");

  switch (field->type)
    {
    case MC_FIELD_DECIMAL:
      return mc_text_format_decimal (text);
    case MC_FIELD_DATE:
      return mc_text_format_date (text);
    case MC_FIELD_MONTH:
      return strlen (text) == 7 ? g_strdup_printf ("%.2s/%.4s", text + 5, text) : g_strdup (text);
    case MC_FIELD_DATETIME:
      return mc_text_format_time (text);
    case MC_FIELD_ENUM:
      return g_strdup (mc_field_get_choice_title (field, text));
    case MC_FIELD_INTEGER:
    case MC_FIELD_TEXT:
    case MC_FIELD_BOOLEAN:
    case MC_FIELD_FILES:
    case MC_FIELD_REFERENCE:
    case MC_FIELD_PERSON:
    case MC_FIELD_LIST:
    default:
      return g_strdup (text);
    }
}
