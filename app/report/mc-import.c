/* mc-import.c: lines of a table become records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first line names fields, by their name or their title, with or without diacritics.  Nothing is saved
 * while a single line is wrong.
 */

#include "report/mc-import.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-field.h"
#include "core/mc-id.h"
#include "core/mc-text.h"
#include "report/mc-csv.h"

static void
fault_free (gpointer data)
{
  McImportFault *fault = data;

  g_free (fault->column);
  g_free (fault->message);
  g_free (fault);
}

void
mc_import_free (McImport *import)
{
  g_ptr_array_unref (import->edits);
  g_ptr_array_unref (import->faults);
  g_free (import);
}

static void
add_fault (McImport   *import,
           guint       line,
           const char *column,
           const char *message)
{
  McImportFault *fault = g_new0 (McImportFault, 1);

  fault->line = line;
  fault->column = g_strdup (column);
  fault->message = g_strdup (message);
  g_ptr_array_add (import->faults, fault);
}

/* records */

/* The numbers of a book begin anew with each year: without a date the pack's is meant.  A line without one may be of any. */
static gboolean
is_of_year (McRecordType *type,
            McRecord     *record,
            const char   *date,
            int           pack_year)
{
  const char *other = type->book != NULL ? mc_record_get_text (record, type->book_date) : "";
  gint64 year = date != NULL && *date != '\0' ? g_ascii_strtoll (date, NULL, 10) : pack_year;

  return *other == '\0' || g_ascii_strtoll (other, NULL, 10) == year;
}

static McRecord *
find_by_key (McJournal           *journal,
             McRecordType        *type,
             const char * const  *key,
             const char          *date,
             GError             **error)
{
  McQuery query = { .type = type->id };
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, error);
  g_autoptr(GPtrArray) records = NULL;

  if (numbers == NULL ||
      !(records = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error)))
    return NULL;

  for (guint i = 0; i < records->len; i++)
    {
      gsize k = 0;

      while (type->key[k] != NULL && key[k] != NULL)
        {
          JsonNode *value = mc_record_get (records->pdata[i], type->key[k]);
          g_autofree char *text = value == NULL ? g_strdup ("")
            : json_node_get_value_type (value) == G_TYPE_INT64 ? g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value))
            : g_strdup (json_node_get_string (value));

          if (g_strcmp0 (text, key[k]) != 0)
            break;
          k++;
        }
      if (k > 0 && type->key[k] == NULL && is_of_year (type, records->pdata[i], date, mc_pack_get_year (mc_journal_get_pack (journal))))
        return g_object_ref (records->pdata[i]);
    }

  return NULL;
}

McRecord *
mc_import_find_record (McJournal           *journal,
                       McRecordType        *type,
                       const char * const  *key,
                       const char          *date,
                       gint64               now_us,
                       GError             **error)
{
  McPack *pack = mc_journal_get_pack (journal);
  g_autofree char *id = NULL;
  g_autoptr(GError) local_error = NULL;
  McRecord *record;

  if (type->natural_key)
    {
      id = mc_id_new_from_key (mc_journal_get_log (journal), type->id, mc_pack_get_id (pack), key);
      return mc_journal_get_or_new (journal, id, type->id, NULL, error);
    }

  record = find_by_key (journal, type, key, date, &local_error);
  if (record != NULL)
    return record;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  id = mc_id_new (now_us);

  return mc_record_new_empty (id, mc_journal_get_log (journal), type->id, mc_pack_get_id (pack), NULL);
}

/* the table */

static McField *
find_column (McRecordType *type,
             const char   *title)
{
  for (guint i = 0; i < type->fields->len; i++)
    {
      McField *field = type->fields->pdata[i];

      if (g_str_equal (field->name, title) || mc_text_is_same (field->title, title) || mc_text_is_same (field->short_title, title))
        return field;
    }

  return NULL;
}

static GPtrArray *
read_header (McImport      *import,
             McRecordType  *type,
             McCsvRow      *row)
{
  GPtrArray *fields = g_ptr_array_new ();

  for (gsize i = 0; row->cells[i] != NULL; i++)
    {
      McField *field = find_column (type, row->cells[i]);
      g_autofree char *message = NULL;

      if (field == NULL && *row->cells[i] != '\0')
        {
          message = g_strdup_printf ("“%s” has no field “%s”", type->title, row->cells[i]);
          add_fault (import, row->line, row->cells[i], message);
        }
      g_ptr_array_add (fields, field);
    }

  return fields;
}

char *
mc_import_key_text (JsonNode *value)
{
  if (JSON_NODE_HOLDS_NULL (value))
    return g_strdup ("");
  if (json_node_get_value_type (value) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value));

  return g_strdup (json_node_get_string (value));
}

static gboolean
read_line (McImport      *import,
           McJournal     *journal,
           McRecordType  *type,
           GPtrArray     *fields,
           McCsvRow      *row,
           gint64         now_us,
           GError       **error)
{
  int year = mc_pack_get_year (mc_journal_get_pack (journal));
  g_autoptr(JsonObject) values = json_object_new ();
  g_autoptr(GStrvBuilder) key = g_strv_builder_new ();
  g_auto(GStrv) key_values = NULL;
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  guint n_faults = import->faults->len;
  g_autofree char *date = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  for (gsize i = 0; row->cells[i] != NULL && i < fields->len; i++)
    {
      McField *field = fields->pdata[i];
      g_autoptr(GError) cell_error = NULL;

      if (field == NULL)
        continue;
      value = mc_field_parse (field, row->cells[i], year, &cell_error);
      if (value != NULL)
        json_object_set_member (values, field->name, value);
      else
        add_fault (import, row->line, field->title, cell_error->message);
    }

  for (gsize i = 0; type->key[i] != NULL; i++)
    {
      g_autofree char *text = json_object_has_member (values, type->key[i])
        ? mc_import_key_text (json_object_get_member (values, type->key[i])) : g_strdup ("");
      McField *field = mc_record_type_find_field (type, type->key[i]);

      if (*text == '\0' && type->natural_key)
        add_fault (import, row->line, field != NULL ? field->title : type->key[i], "It must not be blank: it says which line this is");
      g_strv_builder_add (key, text);
    }
  if (import->faults->len > n_faults)
    return TRUE;

  key_values = g_strv_builder_end (key);
  if (type->book != NULL && (value = json_object_get_member (values, type->book_date)) != NULL)
    date = mc_import_key_text (value);
  if (!(record = mc_import_find_record (journal, type, (const char * const *) key_values, date, now_us, error)))
    return FALSE;
  json_object_iter_init (&iter, values);
  while (json_object_iter_next (&iter, &name, &value))
    mc_edit_set (edit, record, name, json_node_copy (value));
  g_ptr_array_add (import->edits, g_steal_pointer (&edit));

  return TRUE;
}

McImport *
mc_import_read (McJournal     *journal,
                McRecordType  *type,
                const char    *data,
                gsize          size,
                gint64         now_us,
                GError       **error)
{
  g_autoptr(McImport) import = g_new0 (McImport, 1);
  g_autoptr(GPtrArray) rows = NULL, fields = NULL;

  import->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_edit_free);
  import->faults = g_ptr_array_new_with_free_func (fault_free);
  if (!(rows = mc_csv_parse (data, size, error)))
    return NULL;
  if (rows->len == 0)
    {
      g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "The table is empty");
      return NULL;
    }

  fields = read_header (import, type, rows->pdata[0]);
  for (guint i = 1; i < rows->len; i++)
    if (!read_line (import, journal, type, fields, rows->pdata[i], now_us + i, error))
      return NULL;

  return g_steal_pointer (&import);
}

gboolean
mc_import_apply (McJournal  *journal,
                 McImport   *import,
                 gint64      now_us,
                 guint      *out_count,
                 GError    **error)
{
  *out_count = 0;
  if (import->faults->len > 0)
    {
      McImportFault *first = import->faults->pdata[0];

      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "Line %u, %s: %s (%u faults in all; nothing was imported)",
                   first->line, first->column != NULL ? first->column : "-", first->message, import->faults->len);
      return FALSE;
    }
  for (guint i = 0; i < import->edits->len; i++)
    {
      char *change_id = NULL;

      if (!mc_journal_save (journal, import->edits->pdata[i], now_us, &change_id, error))
        return FALSE;
      *out_count += change_id != NULL;
      g_free (change_id);
    }

  return TRUE;
}
