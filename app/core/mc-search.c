/* mc-search.c: the words of a record, and the question to the index
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both sides go through mc_text_fold(): "Đinh Văn Thành" is found by "dinh van thanh", which FTS5's own
 * tables cannot do (đ is a letter of its own there).
 */

#include "core/mc-search.h"

#include <string.h>

#include "core/mc-json.h"
#include "core/mc-text.h"

static void
append_text (GString    *out,
             const char *text)
{
  g_autofree char *folded = mc_text_fold (text);

  g_string_append (out, folded);
  g_string_append_c (out, ' ');
}

static void
append_string (GString    *out,
               McField    *field,
               const char *text)
{
  if (field != NULL && field->type == MC_FIELD_ENUM)
    append_text (out, mc_field_get_choice_title (field, text));
  else if (field != NULL && field->type == MC_FIELD_DATE)
    {
      /* As it is shown, which is how people look for it. */
      g_autofree char *shown = mc_text_format_date (text);

      append_text (out, shown);
    }
  else
    append_text (out, text);
}

static void
append_value (GString  *out,
              McField  *field,
              JsonNode *value)
{
  if (JSON_NODE_HOLDS_ARRAY (value))
    {
      JsonArray *files = json_node_get_array (value);

      for (guint i = 0; i < json_array_get_length (files); i++)
        {
          JsonNode *file = json_array_get_element (files, i);

          if (JSON_NODE_HOLDS_OBJECT (file))
            append_text (out, mc_json_get_text (json_node_get_object (file), "name", ""));
        }
    }
  else if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
    append_string (out, field, json_node_get_string (value));
  else if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_INT64)
    g_string_append_printf (out, "%" G_GINT64_FORMAT " ", json_node_get_int (value));
}

/* The folded text of @record, personal fields too: the index never leaves this device. */
char *
mc_search_text (McRecord *record,
                McPack   *pack)
{
  GString *out = g_string_new (NULL);
  McRecordType *type = pack != NULL ? mc_pack_find_type (pack, mc_record_get_type_id (record)) : NULL;
  g_auto(GStrv) fields = mc_record_list_fields (record);

  for (gsize i = 0; fields[i] != NULL; i++)
    {
      JsonNode *value = mc_record_get (record, fields[i]);

      if (value != NULL && !g_str_equal (fields[i], "parent"))
        append_value (out, type != NULL ? mc_record_type_find_field (type, fields[i]) : NULL, value);
    }

  return g_string_free (out, FALSE);
}

/* Every word of @words as a prefix, all of them wanted. */
char *
mc_search_query (const char *words)
{
  g_autofree char *folded = mc_text_fold (words);
  GString *query = g_string_new (NULL);
  GString *word = g_string_new (NULL);

  for (const char *at = folded; ; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c != 0 && g_unichar_isalnum (c))
        {
          g_string_append_unichar (word, c);
          continue;
        }
      if (word->len > 0)
        g_string_append_printf (query, "%s\"%s\"*", query->len > 0 ? " " : "", word->str);
      g_string_truncate (word, 0);
      if (c == 0)
        break;
    }
  g_string_free (word, TRUE);

  if (query->len == 0)
    return g_string_free (query, TRUE);

  return g_string_free (query, FALSE);
}
