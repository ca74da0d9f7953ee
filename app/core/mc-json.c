/* mc-json.c: JSON of strangers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-json.h"

#include <string.h>

/* Of a JSON text, seen from outside its quotes. */
typedef struct
{
  guint depth, deepest;
  guint count;
} Shape;

static void
measure (Shape      *shape,
         const char *data,
         gsize       size)
{
  gboolean quoted = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      if (quoted)
        {
          if (data[i] == '\\')
            i++;
          else if (data[i] == '"')
            quoted = FALSE;
        }
      else if (data[i] == '"')
        quoted = TRUE;
      else if (data[i] == '{' || data[i] == '[')
        {
          shape->depth++;
          shape->count++;
          shape->deepest = MAX (shape->deepest, shape->depth);
        }
      else if (data[i] == ',')
        shape->count++;
      else if ((data[i] == '}' || data[i] == ']') && shape->depth > 0)
        shape->depth--;
    }
}

guint
mc_json_depth (const char *data,
               gsize       size)
{
  Shape shape = { 0 };

  measure (&shape, data, size);

  return shape.deepest;
}

guint
mc_json_count (const char *data,
               gsize       size)
{
  Shape shape = { 0 };

  measure (&shape, data, size);

  return shape.count;
}

/* a text as RFC 8259 has it */

typedef struct
{
  const char *at, *end;
} Text;

static gboolean
take (Text *text,
      char  c)
{
  if (text->at >= text->end || *text->at != c)
    return FALSE;
  text->at++;

  return TRUE;
}

static void
skip_blanks (Text *text)
{
  while (take (text, ' ') || take (text, '\t') || take (text, '\r') || take (text, '\n'))
    ;
}

static gboolean
take_four_hex (Text   *text,
               guint  *out)
{
  *out = 0;
  for (guint i = 0; i < 4; i++, text->at++)
    {
      if (text->at >= text->end || !g_ascii_isxdigit (*text->at))
        return FALSE;
      *out = *out * 16 + g_ascii_xdigit_value (*text->at);
    }

  return TRUE;
}

/* What is behind “\u”: a character, or the two halves of one.  Of a half alone json-glib makes what is no UTF-8, and a
 * zero ends its text. */
static gboolean
take_character (Text *text)
{
  guint c, low;

  if (!take_four_hex (text, &c) || c == 0)
    return FALSE;
  if (c < 0xd800 || c > 0xdfff)
    return TRUE;

  return c < 0xdc00 && take (text, '\\') && take (text, 'u') && take_four_hex (text, &low) && low >= 0xdc00 && low <= 0xdfff;
}

static gboolean
take_escape (Text *text)
{
  if (take (text, 'u'))
    return take_character (text);
  if (text->at >= text->end || *text->at == '\0' || strchr ("\"\\/bfnrt", *text->at) == NULL)
    return FALSE;
  text->at++;

  return TRUE;
}

static gboolean
take_string (Text *text)
{
  if (!take (text, '"'))
    return FALSE;
  for (;;)
    {
      const char *at = text->at, *end = text->end;

      /* Most of any text goes by here. */
      while (at < end && *at != '"' && *at != '\\' && (guchar) *at >= ' ')
        at++;
      text->at = at;
      if (!take (text, '\\'))
        return take (text, '"');
      if (!take_escape (text))
        return FALSE;
    }
}

static gboolean
take_digits (Text *text)
{
  const char *start = text->at;

  while (text->at < text->end && g_ascii_isdigit (*text->at))
    text->at++;

  return text->at > start;
}

/* Whether a whole number is one that json-glib does not take for another. */
static gboolean
fits (const char *start,
      gsize       size)
{
  g_autofree char *digits = g_strndup (start, size);

  return g_ascii_string_to_signed (digits, 10, G_MININT64, G_MAXINT64, NULL, NULL);
}

static gboolean
take_number (Text *text)
{
  const char *start = text->at;
  gboolean has_fraction;

  take (text, '-');
  if (!take (text, '0') && !take_digits (text))
    return FALSE;
  has_fraction = take (text, '.');
  if (has_fraction && !take_digits (text))
    return FALSE;
  if (!take (text, 'e') && !take (text, 'E'))
    return has_fraction || text->at - start < 19 || fits (start, text->at - start);
  if (!take (text, '+'))
    take (text, '-');

  return take_digits (text);
}

/* Anything that holds nothing. */
static gboolean
take_scalar (Text *text)
{
  static const char * const words[] = { "true", "false", "null" };

  if (text->at < text->end && *text->at == '"')
    return take_string (text);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize size = strlen (words[i]);

      if ((gsize) (text->end - text->at) < size || memcmp (text->at, words[i], size) != 0)
        continue;
      text->at += size;
      return TRUE;
    }

  return take_number (text);
}

/* A name and its colon where a member is due, and blanks. */
static gboolean
take_name (Text          *text,
           const GString *open)
{
  skip_blanks (text);
  if (open->len == 0 || open->str[open->len - 1] == '[')
    return TRUE;
  if (!take_string (text))
    return FALSE;
  skip_blanks (text);
  if (!take (text, ':'))
    return FALSE;
  skip_blanks (text);

  return TRUE;
}

/* Behind a value: closes what ends here.  FALSE if neither an end nor a comma follows inside of something open. */
static gboolean
take_ends (Text    *text,
           GString *open)
{
  while (open->len > 0)
    {
      skip_blanks (text);
      if (take (text, ','))
        return TRUE;
      if (!take (text, open->str[open->len - 1] == '{' ? '}' : ']'))
        return FALSE;
      g_string_truncate (open, open->len - 1);
    }

  return TRUE;
}

/* One value.  What is open stands in a list and not on the stack, however deep it goes. */
static gboolean
take_value (Text *text)
{
  g_autoptr(GString) open = g_string_new (NULL);

  do
    {
      char bracket;

      if (!take_name (text, open))
        return FALSE;
      bracket = text->at < text->end ? *text->at : '\0';
      if (bracket == '{' || bracket == '[')
        {
          text->at++;
          g_string_append_c (open, bracket);
          skip_blanks (text);
          if (text->at < text->end && *text->at != (bracket == '{' ? '}' : ']'))
            continue;
        }
      else if (!take_scalar (text))
        return FALSE;
      if (!take_ends (text, open))
        return FALSE;
    }
  while (open->len > 0);

  return TRUE;
}

gboolean
mc_json_is_value (const char *data,
                  gsize       size,
                  gsize      *out_good)
{
  static const char nothing[] = "";
  /* Of nothing there may be no address either. */
  const char *start = size > 0 ? data : nothing;
  Text text = { start, start + size };
  gboolean is_value = take_value (&text);

  skip_blanks (&text);
  if (out_good != NULL)
    *out_good = text.at - start;

  return is_value && text.at == text.end;
}

gboolean
mc_json_is_one (const char *data,
                gsize       size)
{
  Text text = { data, data };

  if (size == 0)
    return FALSE;
  text.end += size;
  skip_blanks (&text);

  return text.at < text.end && (*text.at == '{' || *text.at == '[') && mc_json_is_value (data, size, NULL);
}

void
mc_json_parts_init (McJsonParts *parts,
                    const char  *data,
                    gsize        size)
{
  *parts = (McJsonParts) { .at = data, .end = data + size };
}

gboolean
mc_json_parts_next (McJsonParts *parts)
{
  Text text = { parts->at, parts->end };

  skip_blanks (&text);
  if (parts->value != NULL ? !take (&text, ',') : !take (&text, '{') && !take (&text, '['))
    return FALSE;
  if (parts->value == NULL ? text.at[-1] == '{' : parts->name != NULL)
    {
      skip_blanks (&text);
      parts->name = text.at + 1;
      if (!take_string (&text))
        return FALSE;
      parts->name_size = text.at - 1 - parts->name;
      skip_blanks (&text);
      if (!take (&text, ':'))
        return FALSE;
    }
  skip_blanks (&text);
  parts->value = text.at;
  if (!take_value (&text))
    return FALSE;
  parts->size = text.at - parts->value;
  parts->at = text.at;

  return TRUE;
}

/**
 * mc_json_read:
 * @data: (array length=size): what a stranger sent
 * @size: its length
 * @max_depth: how deep it may be nested
 *
 * Returns: (transfer full) (nullable): the object that @data is; %NULL if it is not UTF-8, no JSON, no object,
 *   or deeper
 */
JsonNode *
mc_json_read (const char *data,
              gsize       size,
              guint       max_depth)
{
  g_autoptr(JsonParser) parser = NULL;
  g_autoptr(JsonNode) root = NULL;

  if (size == 0 || memchr (data, '\0', size) != NULL || !g_utf8_validate (data, size, NULL) ||
      mc_json_depth (data, size) > max_depth || !mc_json_is_one (data, size))
    return NULL;
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, data, size, NULL))
    return NULL;
  root = json_parser_steal_root (parser);

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? g_steal_pointer (&root) : NULL;
}

char *
mc_json_to_text (JsonNode *node,
                 gboolean  pretty)
{
  g_autofree char *text = json_to_string (node, pretty);
  g_autoptr(GString) out = NULL;

  if (strchr (text, '\x1f') == NULL)
    return g_steal_pointer (&text);
  out = g_string_new (text);
  g_string_replace (out, "\x1f", "\\u001f", 0);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

const char *
mc_json_get_text (JsonObject *object,
                  const char *member,
                  const char *fallback)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : fallback;
}

gint64
mc_json_get_int (JsonObject *object,
                 const char *member,
                 gint64      fallback)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : fallback;
}

JsonArray *
mc_json_get_list (JsonObject *object,
                  const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}
