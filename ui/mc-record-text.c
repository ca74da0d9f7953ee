/* mc-record-text.c: a record, and a value, in a few words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-record-text.h"

#include <glib/gi18n.h>

#include "core/mc-field.h"
#include "core/mc-journal.h"
#include "core/mc-text.h"

#define MAX_FIELDS 3

char *
mc_record_text (McPack   *pack,
                McRecord *record)
{
  McRecordType *type = mc_pack_find_type (pack, mc_record_get_type_id (record));
  g_autoptr(GString) text = g_string_new (NULL);
  guint n = 0;

  if (type == NULL)
    return g_strdup (mc_record_get_type_id (record));
  g_string_append (text, type->title);
  for (guint i = 0; i < type->fields->len && n < MAX_FIELDS; i++)
    {
      McField *field = type->fields->pdata[i];
      g_autofree char *value = field->type != MC_FIELD_FILES ? mc_field_format (field, mc_record_get (record, field->name)) : NULL;

      if (value == NULL || *value == '\0')
        continue;
      g_string_append_printf (text, "%s%s", n++ == 0 ? ": " : " · ", value);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
mc_record_value_is_sealed (JsonNode *value)
{
  return value != NULL && JSON_NODE_HOLDS_OBJECT (value);
}

/* By name and size: two that stand side by side are often two scans of one paper, of the same name. */
static char *
files_text (JsonNode *value)
{
  g_autoptr(GPtrArray) files = mc_field_parse_files (value);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < files->len; i++)
    {
      McEvidence *file = files->pdata[i];
      g_autofree char *size = mc_text_format_size (file->size);

      g_string_append_printf (text, "%s%s (%s)", i > 0 ? ", " : "", file->name, size);
    }

  return files->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : g_strdup (_("No file"));
}

char *
mc_record_value_text (McField  *field,
                      JsonNode *value)
{
  g_autofree char *text = NULL;

  if (field->type == MC_FIELD_FILES)
    return files_text (value);
  if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    return g_strdup (_("(blank)"));
  if (mc_record_value_is_sealed (value))
    return g_strdup (_("(sealed)"));
  if (json_node_get_value_type (value) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (value) ? _("Yes") : _("No"));
  text = mc_field_format (field, value);

  return *text != '\0' ? g_steal_pointer (&text) : g_strdup (_("(blank)"));
}
