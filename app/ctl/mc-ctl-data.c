/* mc-ctl-data.c: records: list, show, set, attach, import, export
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include <string.h>

#include "core/mc-answer.h"
#include "core/mc-field.h"
#include "core/mc-file.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "report/mc-csv.h"
#include "report/mc-import.h"

#define FAULTS_SHOWN 20

static JsonObject *
record_to_json (McRecord *record)
{
  JsonObject *object = json_object_new ();
  g_autofree char *body = mc_record_dup_body (record);

  json_object_set_string_member (object, "id", mc_record_get_id (record));
  json_object_set_string_member (object, "log", mc_record_get_log (record));
  json_object_set_string_member (object, "type", mc_record_get_type_id (record));
  if (mc_record_get_parent (record) != NULL)
    json_object_set_string_member (object, "parent", mc_record_get_parent (record));
  json_object_set_boolean_member (object, "pending", (mc_record_get_flags (record) & MC_RECORD_PENDING) != 0);
  json_object_set_boolean_member (object, "conflict", (mc_record_get_flags (record) & MC_RECORD_CONFLICT) != 0);
  json_object_set_boolean_member (object, "refused", (mc_record_get_flags (record) & MC_RECORD_REJECTED) != 0);
  json_object_set_boolean_member (object, "deleted", (mc_record_get_flags (record) & MC_RECORD_DELETED) != 0);
  json_object_set_member (object, "body", json_from_string (body, NULL));

  return object;
}

static void
print_record (McCtl    *self,
              McRecord *record)
{
  g_autoptr(JsonObject) object = record_to_json (record);
  g_autofree char *body = NULL;

  if (self->json)
    {
      mc_ctl_print_json (object);
      return;
    }
  body = mc_record_dup_body (record);
  g_print ("%s  %s  %s%s%s\n", mc_record_get_id (record), mc_record_get_type_id (record), body,
           mc_record_get_flags (record) & MC_RECORD_PENDING ? "  waiting" : "",
           mc_record_get_flags (record) & MC_RECORD_CONFLICT ? "  in conflict" : "");
}

static gboolean
list (McCtl   *self,
      GError **error)
{
  g_autoptr(GPtrArray) records = mc_ctl_query (self, error);

  if (records == NULL)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    print_record (self, records->pdata[i]);

  return TRUE;
}

static gboolean
show (McCtl   *self,
      GError **error)
{
  g_autoptr(McRecord) record = NULL;

  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "show RECORD");
  if (!(record = mc_journal_get (self->journal, self->arguments[1], error)))
    return FALSE;
  print_record (self, record);

  return TRUE;
}

/* What the hub would refuse, with all that is written to the record after it.  @name: (nullable): NULL is the record as a whole. */
static gboolean
may_write (McCtl       *self,
           McRecord    *record,
           const char  *name,
           GError     **error)
{
  gboolean is_commune = g_str_equal (self->account->role, "commune");
  gboolean is_away = !is_commune && !g_str_equal (mc_record_get_log (record), self->account->log);
  gboolean is_review = g_str_equal (mc_record_get_type_id (record), "review-note") || (name != NULL && g_str_has_prefix (name, "review."));

  if (is_commune && is_review)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "“%s” is for the reviewer to say", name != NULL ? name : "review-note");
  else if (is_away && !is_review)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "The record belongs to %s: the district writes only fields that begin"
                 " with “review.” there", mc_account_get_unit_name (self->account, mc_record_get_log (record)));
  else
    return TRUE;

  return FALSE;
}

/* What the arguments say of @field, read as a form reads it: 3/2021 and 2021-03 are one month.  "" = nothing. */
static char *
argument_of (McCtl   *self,
             McField *field,
             GError **error)
{
  gsize length = strlen (field->name);

  for (gsize i = 1; self->arguments[i] != NULL; i++)
    if (g_str_has_prefix (self->arguments[i], field->name) && self->arguments[i][length] == '=')
      {
        g_autoptr(JsonNode) value = mc_field_parse (field, self->arguments[i] + length + 1, mc_pack_get_year (self->pack), error);

        return value != NULL ? mc_import_key_text (value) : NULL;
      }

  return g_strdup ("");
}

/* The record that the arguments name by its key. */
static McRecord *
find_by_key (McCtl         *self,
             McRecordType  *type,
             GError       **error)
{
  g_autoptr(GStrvBuilder) key = g_strv_builder_new ();
  g_auto(GStrv) key_values = NULL;
  g_autofree char *date = NULL;

  for (gsize k = 0; type->key[k] != NULL; k++)
    {
      g_autofree char *text = argument_of (self, mc_record_type_find_field (type, type->key[k]), error);

      if (text == NULL)
        return NULL;
      if (*text == '\0' && type->natural_key)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is missing: it says which record this is", type->key[k]);
          return NULL;
        }
      g_strv_builder_add (key, text);
    }
  if (type->book != NULL && !(date = argument_of (self, mc_record_type_find_field (type, type->book_date), error)))
    return NULL;
  key_values = g_strv_builder_end (key);

  return mc_import_find_record (self->journal, type, (const char * const *) key_values, date, g_get_real_time (), error);
}

static void
refuse_word (McRecordType  *type,
             const char    *word,
             GError       **error)
{
  g_autoptr(GString) known = g_string_new (NULL);

  /* A record of a type that this pack does not have keeps its fields, and takes none. */
  for (guint i = 0; type != NULL && i < type->fields->len; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", ((McField *) type->fields->pdata[i])->name);
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no FIELD=VALUE of this record type, which has the fields: %s",
               word, type != NULL ? known->str : "none in this pack");
}

/* The id of a record with a natural key is computed from it: with another key it would stand beside the record of that one. */
static gboolean
keeps_key (McRecordType  *type,
           McRecord      *record,
           McField       *field,
           JsonNode      *value,
           GError       **error)
{
  JsonNode *now = mc_record_get (record, field->name);
  g_autofree char *before = now != NULL ? mc_import_key_text (now) : NULL, *after = mc_import_key_text (value);

  if (!type->natural_key || !g_strv_contains (type->key, field->name) || before == NULL || g_str_equal (before, after))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s says which record this is and stays “%s”; write into another one"
               " with: --type %s set %s=%s…", field->name, before, type->id, field->name, *after != '\0' ? after : "VALUE");

  return FALSE;
}

/* What an assessment is of, by its record or by what is being written.  "" = nothing. */
static char *
criterion_of (McCtl         *self,
              McRecordType  *type,
              McRecord      *record,
              GError       **error)
{
  const char *code = mc_record_get_text (record, "criterion");
  McField *field = mc_record_type_find_field (type, "criterion");

  return *code != '\0' || field == NULL ? g_strdup (code) : argument_of (self, field, error);
}

static gboolean
set_field (McCtl         *self,
           McRecordType  *type,
           McRecord      *record,
           McEdit        *edit,
           const char    *word,
           GHashTable    *seen,
           GError       **error)
{
  g_auto(GStrv) pair = g_strsplit (word, "=", 2);
  McField *field = type != NULL ? mc_record_type_find_field (type, pair[0]) : NULL;
  g_autoptr(JsonNode) value = NULL;
  g_autofree char *code = NULL;

  if (field == NULL || pair[1] == NULL)
    {
      refuse_word (type, word, error);
      return FALSE;
    }
  if (!g_hash_table_add (seen, field))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is there twice", field->name);
      return FALSE;
    }
  if (!may_write (self, record, field->name, error) ||
      !(value = mc_field_parse (field, pair[1], mc_pack_get_year (self->pack), error)) ||
      !keeps_key (type, record, field, value, error) ||
      !(code = criterion_of (self, type, record, error)) || !mc_answer_read (self->pack, type, code, field, &value, error))
    return FALSE;
  mc_edit_set (edit, record, field->name, g_steal_pointer (&value));

  return TRUE;
}

/* set RECORD field=value…  or  --type T set key=value… field=value… */
static gboolean
set (McCtl   *self,
     GError **error)
{
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autofree char *change = NULL;
  McRecordType *type;
  gsize first = 1;

  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "set RECORD FIELD=VALUE… or --type TYPE set FIELD=VALUE…");
  if (strchr (self->arguments[1], '=') == NULL)
    {
      if (!(record = mc_journal_get (self->journal, self->arguments[1], error)))
        return FALSE;
      type = mc_pack_find_type (self->pack, mc_record_get_type_id (record));
      first = 2;
    }
  else if (!(type = mc_ctl_find_type (self, error)))
    return FALSE;

  if (record == NULL && !(record = find_by_key (self, type, error)))
    return FALSE;

  for (gsize i = first; self->arguments[i] != NULL; i++)
    if (!set_field (self, type, record, edit, self->arguments[i], seen, error))
      return FALSE;
  if (!mc_journal_save (self->journal, edit, g_get_real_time (), &change, error))
    return FALSE;
  g_clear_object (&record);
  if (change == NULL)
    return TRUE;
  {
    g_autoptr(GPtrArray) changed = NULL;
    g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (self->journal), "SELECT record FROM change WHERE id = ?", error);
    gboolean has_row;

    if (stmt == NULL)
      return FALSE;
    mc_stmt_bind_text (stmt, 1, change);
    if (!mc_stmt_next (stmt, &has_row, error) ||
        !(record = mc_journal_get (self->journal, mc_stmt_get_text (stmt, 0), error)))
      return FALSE;
  }
  print_record (self, record);

  return TRUE;
}

static gboolean
delete (McCtl   *self,
        GError **error)
{
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();

  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "delete RECORD");
  if (!(record = mc_journal_get (self->journal, self->arguments[1], error)) || !may_write (self, record, NULL, error))
    return FALSE;
  mc_edit_delete (edit, record);

  return mc_journal_save (self->journal, edit, g_get_real_time (), NULL, error);
}

/* A record of a type that this pack does not know may have any. */
static gboolean
takes_files (McCtl       *self,
             McRecord    *record,
             const char  *name)
{
  McRecordType *type = mc_pack_find_type (self->pack, mc_record_get_type_id (record));
  McField *field = type != NULL ? mc_record_type_find_field (type, name) : NULL;

  return type == NULL || (field != NULL && field->type == MC_FIELD_FILES);
}

static void
print_evidence (McEvidence *evidence)
{
  g_autoptr(JsonNode) node = mc_evidence_to_json (evidence);

  mc_ctl_print_json (json_node_get_object (node));
}

static gboolean
attach (McCtl   *self,
        GError **error)
{
  const char *name = self->field != NULL ? self->field : "files";
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(JsonArray) files = json_array_new ();
  JsonNode *old;

  if (self->arguments[1] == NULL || self->arguments[2] == NULL)
    return mc_ctl_usage (error, "attach RECORD FILE…");
  if (!(record = mc_journal_get (self->journal, self->arguments[1], error)) || !may_write (self, record, name, error))
    return FALSE;
  if (!takes_files (self, record, name))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no field of files of the type “%s”", name,
                   mc_record_get_type_id (record));
      return FALSE;
    }

  old = mc_record_get (record, name);
  for (guint i = 0; old != NULL && JSON_NODE_HOLDS_ARRAY (old) && i < json_array_get_length (json_node_get_array (old)); i++)
    json_array_add_element (files, json_node_copy (json_array_get_element (json_node_get_array (old), i)));
  for (gsize i = 2; self->arguments[i] != NULL; i++)
    {
      g_autoptr(GFile) file = g_file_new_for_commandline_arg (self->arguments[i]);
      g_autoptr(McEvidence) evidence = mc_journal_attach (self->journal, file, NULL, g_get_real_time (), NULL, error);

      if (evidence == NULL)
        return FALSE;
      if (!mc_evidence_is_listed (files, evidence->sha256))
        json_array_add_element (files, mc_evidence_to_json (evidence));
      if (self->json)
        print_evidence (evidence);
      else
        g_print ("%s  %s\n", evidence->sha256, evidence->name);
    }
  /* Given once more, a file changes nothing. */
  if (old != NULL && JSON_NODE_HOLDS_ARRAY (old) && json_array_get_length (files) == json_array_get_length (json_node_get_array (old)))
    return TRUE;
  mc_edit_set (edit, record, name, json_node_init_array (json_node_alloc (), files));

  return mc_journal_save (self->journal, edit, g_get_real_time (), NULL, error);
}

/* The hub would refuse it, with all that stands in the same line. */
static gboolean
may_review (McCtl *self)
{
  return !g_str_equal (self->account->role, "commune");
}

static gboolean
import (McCtl   *self,
        GError **error)
{
  McRecordType *type = mc_ctl_find_type (self, error);
  g_autoptr(McImport) table = NULL;
  g_autofree char *data = NULL;
  gsize size;
  guint count;

  if (type == NULL)
    return FALSE;
  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "--type TYPE import FILE.csv");
  if (g_str_equal (type->id, "review-note") && !may_review (self))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "“%s” is for the reviewer to say", type->title);
      return FALSE;
    }
  if (!mc_file_read (self->arguments[1], MC_CSV_MAX_BYTES, &data, &size, error) ||
      !(table = mc_import_read (self->journal, type, may_review (self), data, size, g_get_real_time (), error)))
    return FALSE;
  for (guint i = 0; i < MIN (table->faults->len, FAULTS_SHOWN); i++)
    {
      McImportFault *fault = table->faults->pdata[i];

      g_printerr ("%s:%u: %s: %s\n", self->arguments[1], fault->line, fault->column != NULL ? fault->column : "-", fault->message);
    }
  if (table->faults->len > FAULTS_SHOWN)
    g_printerr ("%s: … and %u more\n", self->arguments[1], table->faults->len - FAULTS_SHOWN);
  if (!mc_import_apply (self->journal, table, g_get_real_time (), &count, error))
    return FALSE;
  g_print (self->json ? "{\"imported\":%u}\n" : count == 1 ? "%u record\n" : "%u records\n", count);

  return TRUE;
}

static void
append_value (GString  *out,
              JsonNode *value,
              gboolean  is_first)
{
  g_autofree char *text = mc_import_cell_text (value);

  mc_csv_append_cell (out, text, is_first);
}

static gboolean
export_csv (McCtl   *self,
            GError **error)
{
  McRecordType *type = mc_ctl_find_type (self, error);
  g_autoptr(GPtrArray) records = type != NULL ? mc_ctl_query (self, error) : NULL;
  g_autoptr(GString) out = g_string_new (NULL);

  if (records == NULL)
    return FALSE;
  for (guint i = 0; i < records->len && self->json && self->arguments[1] == NULL; i++)
    print_record (self, records->pdata[i]);
  if (self->json && self->arguments[1] == NULL)
    return TRUE;
  /* Without it a spreadsheet takes the letters of a file for those of another alphabet. */
  if (self->arguments[1] != NULL)
    g_string_append (out, "\xEF\xBB\xBF");
  for (guint f = 0; f < type->fields->len; f++)
    mc_csv_append_cell (out, ((McField *) type->fields->pdata[f])->name, f == 0);
  g_string_append (out, "\r\n");
  for (guint i = 0; i < records->len; i++)
    {
      for (guint f = 0; f < type->fields->len; f++)
        append_value (out, mc_record_get (records->pdata[i], ((McField *) type->fields->pdata[f])->name), f == 0);
      g_string_append (out, "\r\n");
    }
  if (self->arguments[1] == NULL)
    g_print ("%s", out->str);
  else if (!g_file_set_contents (self->arguments[1], out->str, out->len, error))
    return FALSE;
  else if (self->json)
    mc_ctl_print_count ("exported", records->len);

  return TRUE;
}

const McCtlCommand mc_ctl_data_commands[] = {
  { "list", NULL, "Records", MC_CTL_NEEDS_JOURNAL, list },
  { "show", "RECORD", "One record", MC_CTL_NEEDS_JOURNAL, show },
  { "set", "[RECORD] FIELD=VALUE…", "Write fields of a record, or a new one", MC_CTL_NEEDS_WRITER, set },
  { "delete", "RECORD", "Delete a record; its history stays", MC_CTL_NEEDS_WRITER, delete },
  { "attach", "RECORD FILE…", "Attach files to a record", MC_CTL_NEEDS_WRITER, attach },
  { "import", "FILE.csv", "Take records from a table", MC_CTL_NEEDS_WRITER, import },
  { "export", "[FILE.csv]", "Write records as a table", MC_CTL_NEEDS_JOURNAL, export_csv },
  { NULL }
};
