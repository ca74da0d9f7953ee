/* mc-import.c: lines of a table become records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first line names fields, by their name or their title, with or without diacritics.  Nothing is saved
 * while a single line is wrong.
 */

#include "report/mc-import.h"

#include <string.h>

#include "core/mc-answer.h"
#include "core/mc-error.h"
#include "core/mc-field.h"
#include "core/mc-id.h"
#include "core/mc-json.h"
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
  g_array_unref (import->lines);
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

/* Of a type that belongs to another, a record to be: it goes to the first of those, which is the one that the window shows. */
static McRecord *
make_record (McJournal     *journal,
             McRecordType  *type,
             gint64         now_us,
             GError       **error)
{
  McPack *pack = mc_journal_get_pack (journal);
  McQuery query = { .type = type->parent, .order = MC_ORDER_SORT_ASCENDING, .limit = 1 };
  g_autoptr(GArray) numbers = NULL;
  g_autoptr(GPtrArray) wholes = NULL;
  g_autofree char *id = mc_id_new (now_us);

  if (type->parent != NULL)
    {
      if (!(numbers = mc_journal_query (journal, &query, error)) ||
          !(wholes = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error)))
        return NULL;
      if (wholes->len == 0)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "“%s” belongs to “%s”, and there is none yet: write that first",
                       type->title, mc_pack_find_type (pack, type->parent)->title);
          return NULL;
        }
    }

  return mc_record_new_empty (id, mc_journal_get_log (journal), type->id, mc_pack_get_id (pack),
                              wholes != NULL ? mc_record_get_id (wholes->pdata[0]) : NULL);
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

  return make_record (journal, type, now_us, error);
}

/* the table */

typedef struct
{
  McImport *import;
  McJournal *journal;
  McRecordType *type;
  GPtrArray *fields;   /* (owned) (element-type McField) of the columns; NULL where one has no name or no field */
  gboolean may_review;
  GHashTable *known;   /* (owned) (nullable) key → McRecord, of what is here: asking for each line would take lines × records */
  GHashTable *seen;    /* (owned) key → line */
} Reader;

/* (transfer full) (nullable) NULL if there is nothing in @key. */
static char *
join_key (McRecordType        *type,
          const char * const  *key,
          const char          *date,
          int                  pack_year)
{
  g_autofree char *joined = g_strjoinv ("\037", (char **) key);
  gint64 year = type->book == NULL ? 0 : date != NULL && *date != '\0' ? g_ascii_strtoll (date, NULL, 10) : pack_year;

  return joined[strspn (joined, "\037")] != '\0' ? g_strdup_printf ("%" G_GINT64_FORMAT "\037%s", year, joined) : NULL;
}

static gboolean
learn_known (Reader  *reader,
             GError **error)
{
  McQuery query = { .type = reader->type->id };
  g_autoptr(GArray) numbers = mc_journal_query (reader->journal, &query, error);
  g_autoptr(GPtrArray) records = NULL;

  if (numbers == NULL ||
      !(records = mc_journal_fetch (reader->journal, (const gint64 *) numbers->data, numbers->len, error)))
    return FALSE;
  reader->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  for (guint i = 0; i < records->len; i++)
    {
      McRecord *record = records->pdata[i];
      g_autoptr(GStrvBuilder) key = g_strv_builder_new ();
      g_auto(GStrv) values = NULL;
      char *joined;

      for (gsize k = 0; reader->type->key[k] != NULL; k++)
        {
          JsonNode *value = mc_record_get (record, reader->type->key[k]);
          g_autofree char *text = value != NULL ? mc_import_key_text (value) : g_strdup ("");

          g_strv_builder_add (key, text);
        }
      values = g_strv_builder_end (key);
      joined = join_key (reader->type, (const char * const *) values,
                         reader->type->book != NULL ? mc_record_get_text (record, reader->type->book_date) : NULL,
                         mc_pack_get_year (mc_journal_get_pack (reader->journal)));
      if (joined == NULL || g_hash_table_contains (reader->known, joined))
        g_free (joined);
      else
        g_hash_table_insert (reader->known, joined, g_object_ref (record));
    }

  return TRUE;
}

/* (transfer full) (nullable): what @joined is the key of, or a new one. */
static McRecord *
find_known (Reader      *reader,
            const char  *joined,
            gint64       now_us,
            GError     **error)
{
  McRecord *record;

  if (reader->known == NULL && !learn_known (reader, error))
    return NULL;
  if (joined != NULL && (record = g_hash_table_lookup (reader->known, joined)) != NULL)
    return g_object_ref (record);

  return make_record (reader->journal, reader->type, now_us, error);
}

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

static void
read_header (Reader    *reader,
             McCsvRow  *row)
{
  McRecordType *type = reader->type;

  for (gsize i = 0; row->cells[i] != NULL; i++)
    {
      McField *field = find_column (type, row->cells[i]);
      g_autofree char *message = NULL;

      if (field == NULL && *row->cells[i] != '\0')
        message = g_strdup_printf ("“%s” has no field “%s”", type->title, row->cells[i]);
      else if (field != NULL && g_ptr_array_find (reader->fields, field, NULL))
        message = g_strdup_printf ("The column “%s” is there twice", field->title);
      if (message != NULL)
        add_fault (reader->import, row->line, row->cells[i], message);
      g_ptr_array_add (reader->fields, field);
    }
}

char *
mc_import_key_text (JsonNode *value)
{
  if (!JSON_NODE_HOLDS_VALUE (value))
    return g_strdup ("");
  if (json_node_get_value_type (value) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (value));

  return g_strdup (json_node_get_value_type (value) == G_TYPE_STRING ? json_node_get_string (value) : "");
}

/* What one cell may say may depend on another. */
static void
read_answers (Reader      *reader,
              McCsvRow    *row,
              JsonObject  *values)
{
  static const char * const names[] = { "criterion", "answer" };
  McPack *pack = mc_journal_get_pack (reader->journal);

  for (guint i = 0; i < G_N_ELEMENTS (names) && json_object_has_member (values, names[i]); i++)
    {
      McField *field = mc_record_type_find_field (reader->type, names[i]);
      JsonNode *value = json_object_dup_member (values, names[i]);
      g_autoptr(GError) error = NULL;

      if (!mc_answer_read (pack, reader->type, mc_json_get_text (values, "criterion", ""), field, &value, &error))
        add_fault (reader->import, row->line, field->title, error->message);
      json_object_set_member (values, names[i], value);
    }
}

char *
mc_import_cell_text (JsonNode *value)
{
  if (value == NULL || JSON_NODE_HOLDS_NULL (value))
    return g_strdup ("");
  if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (value));

  return mc_json_to_text (value, FALSE);
}

/* Why a table does not write @field; NULL if it does. */
static char *
dup_reason (Reader  *reader,
            McField *field)
{
  if (field->type == MC_FIELD_FILES)
    return g_strdup_printf ("“%s” are files: attach them", field->title);
  if (!reader->may_review && g_str_has_prefix (field->name, "review."))
    return g_strdup_printf ("“%s” is for the reviewer to say", field->title);

  return NULL;
}

/* What a table cannot write may stand in it as an export has put it there. */
static void
check_unwritten (Reader   *reader,
                 McCsvRow *row,
                 McRecord *record)
{
  for (gsize i = 0; row->cells[i] != NULL && i < reader->fields->len; i++)
    {
      McField *field = reader->fields->pdata[i];
      g_autofree char *reason = field != NULL && *row->cells[i] != '\0' ? dup_reason (reader, field) : NULL, *there = NULL;

      if (reason == NULL)
        continue;
      there = mc_import_cell_text (mc_record_get (record, field->name));
      if (!g_str_equal (there, row->cells[i]))
        add_fault (reader->import, row->line, field->title, reason);
    }
}

/* (transfer full): what @row says, field by field; what is wrong with it is among the faults. */
static JsonObject *
read_cells (Reader    *reader,
            McCsvRow  *row)
{
  int year = mc_pack_get_year (mc_journal_get_pack (reader->journal));
  JsonObject *values = json_object_new ();

  for (gsize i = 0; row->cells[i] != NULL; i++)
    {
      McField *field = i < reader->fields->len ? reader->fields->pdata[i] : NULL;
      g_autofree char *reason = field != NULL ? dup_reason (reader, field) : NULL;
      g_autoptr(GError) cell_error = NULL;
      JsonNode *value;

      if (field == NULL && *row->cells[i] != '\0')
        add_fault (reader->import, row->line, NULL, i < reader->fields->len
                   ? "There is something in a column that has no name"
                   : "There are more cells than columns; what has a comma in it stands in quotes, or columns are set apart by semicolons");
      if (field == NULL || reason != NULL)
        continue;
      value = mc_field_parse (field, row->cells[i], year, &cell_error);
      if (value != NULL)
        json_object_set_member (values, field->name, value);
      else
        add_fault (reader->import, row->line, field->title, cell_error->message);
    }
  read_answers (reader, row, values);

  return values;
}

/* (transfer full) (array zero-terminated=1) */
static char **
read_key (Reader      *reader,
          McCsvRow    *row,
          JsonObject  *values)
{
  McRecordType *type = reader->type;
  g_autoptr(GStrvBuilder) key = g_strv_builder_new ();

  for (gsize i = 0; type->key[i] != NULL; i++)
    {
      g_autofree char *text = json_object_has_member (values, type->key[i])
        ? mc_import_key_text (json_object_get_member (values, type->key[i])) : g_strdup ("");
      McField *field = mc_record_type_find_field (type, type->key[i]);

      if (*text == '\0' && type->natural_key)
        add_fault (reader->import, row->line, field != NULL ? field->title : type->key[i],
                   "It must not be blank: it says which line this is");
      g_strv_builder_add (key, text);
    }

  return g_strv_builder_end (key);
}

/* The second of two lines would take the place of the first. */
static void
check_twice (Reader      *reader,
             McCsvRow    *row,
             const char  *joined)
{
  g_autofree char *message = NULL;

  if (joined == NULL)
    return;
  if (g_hash_table_contains (reader->seen, joined))
    {
      message = g_strdup_printf ("Line %u is of the same one already", GPOINTER_TO_UINT (g_hash_table_lookup (reader->seen, joined)));
      add_fault (reader->import, row->line, NULL, message);
    }
  else
    g_hash_table_insert (reader->seen, g_strdup (joined), GUINT_TO_POINTER (row->line));
}

static gboolean
read_line (Reader    *reader,
           McCsvRow  *row,
           gint64     now_us,
           GError   **error)
{
  McImport *import = reader->import;
  McRecordType *type = reader->type;
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  guint n_faults = import->faults->len;
  g_autoptr(JsonObject) values = read_cells (reader, row);
  /* What is no month is not blank as well. */
  g_auto(GStrv) key = import->faults->len == n_faults ? read_key (reader, row, values) : NULL;
  g_autofree char *date = NULL, *joined = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (import->faults->len > n_faults)
    return TRUE;
  if (type->book != NULL && (value = json_object_get_member (values, type->book_date)) != NULL)
    date = mc_import_key_text (value);
  joined = join_key (type, (const char * const *) key, date, mc_pack_get_year (mc_journal_get_pack (reader->journal)));
  check_twice (reader, row, joined);
  if (import->faults->len > n_faults)
    return TRUE;

  record = type->natural_key ? mc_import_find_record (reader->journal, type, (const char * const *) key, date, now_us, error)
                             : find_known (reader, joined, now_us, error);
  if (record == NULL)
    return FALSE;
  check_unwritten (reader, row, record);
  json_object_iter_init (&iter, values);
  while (json_object_iter_next (&iter, &name, &value))
    mc_edit_set (edit, record, name, json_node_copy (value));
  g_ptr_array_add (import->edits, g_steal_pointer (&edit));
  g_array_append_val (import->lines, row->line);

  return TRUE;
}

static gboolean
read_rows (Reader     *reader,
           GPtrArray  *rows,
           gint64      now_us,
           GError    **error)
{
  read_header (reader, rows->pdata[0]);
  for (guint i = 1; i < rows->len; i++)
    if (!read_line (reader, rows->pdata[i], now_us + i, error))
      return FALSE;

  return TRUE;
}

McImport *
mc_import_read (McJournal     *journal,
                McRecordType  *type,
                gboolean       may_review,
                const char    *data,
                gsize          size,
                gint64         now_us,
                GError       **error)
{
  g_autoptr(McImport) import = g_new0 (McImport, 1);
  g_autoptr(GPtrArray) rows = NULL;
  Reader reader = { import, journal, type, .may_review = may_review };
  gboolean done;

  import->edits = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_edit_free);
  import->lines = g_array_new (FALSE, FALSE, sizeof (guint));
  import->faults = g_ptr_array_new_with_free_func (fault_free);
  if (!(rows = mc_csv_parse (data, size, error)))
    return NULL;
  if (rows->len == 0)
    {
      g_set_error_literal (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "The table is empty");
      return NULL;
    }

  reader.fields = g_ptr_array_new ();
  reader.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  done = read_rows (&reader, rows, now_us, error);
  g_ptr_array_unref (reader.fields);
  g_hash_table_unref (reader.seen);
  g_clear_pointer (&reader.known, g_hash_table_unref);

  return done ? g_steal_pointer (&import) : NULL;
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
  if (mc_journal_save_all (journal, import->edits, now_us, out_count, error))
    return TRUE;
  if (*out_count < import->lines->len)
    g_prefix_error (error, "Nothing was imported; line %u: ", g_array_index (import->lines, guint, *out_count));
  *out_count = 0;

  return FALSE;
}
