/* minhchungctl.c: the same core and sync without a screen
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "client/mc-enrol.h"
#include "client/mc-session.h"
#include "core/mc-check.h"
#include "core/mc-error.h"
#include "core/mc-field.h"
#include "core/mc-points.h"
#include "core/mc-score.h"
#include "demo/mc-demo.h"
#include "report/mc-csv.h"
#include "report/mc-import.h"
#include "wire/mc-frame.h"
#include "wire/mc-sync-error.h"

static char *opt_data, *opt_by, *opt_type, *opt_field, *opt_log, *opt_search;
static gboolean opt_json;
static int opt_seed = 2021;
static char **opt_rest;

static const GOptionEntry entries[] = {
  { "data-dir", 'd', 0, G_OPTION_ARG_FILENAME, &opt_data, "Folder of the enrolment", "DIR" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &opt_json, "Answer in JSON", NULL },
  { "by", 0, 0, G_OPTION_ARG_STRING, &opt_by, "Name and position of who works here", "TEXT" },
  { "type", 't', 0, G_OPTION_ARG_STRING, &opt_type, "Record type, such as document-month", "ID" },
  { "field", 'f', 0, G_OPTION_ARG_STRING, &opt_field, "Field that files are attached to (files)", "NAME" },
  { "log", 0, 0, G_OPTION_ARG_STRING, &opt_log, "Unit log to list; * = all (the own one)", "LOG" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &opt_seed, "Seed of made-up records (2021)", "N" },
  { "search", 's', 0, G_OPTION_ARG_STRING, &opt_search, "Only records with these words", "WORDS" },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &opt_rest, NULL, NULL },
  { NULL }
};

typedef struct
{
  McAccount *account;   /* (owned) */
  McPack *pack;         /* (owned) */
  McJournal *journal;   /* (owned) */
} Context;

static void
context_clear (Context *context)
{
  g_clear_pointer (&context->journal, mc_journal_close);
  g_clear_pointer (&context->pack, mc_pack_unref);
  g_clear_pointer (&context->account, mc_account_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Context, context_clear)

static gboolean
usage (GError     **error,
       const char  *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);

  return FALSE;
}

static void
print_json (JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = json_to_string (node, FALSE);

  g_print ("%s\n", text);
}

/* enrol, status, sync */

static gboolean
enrol (GError **error)
{
  g_autoptr(McAccount) account = NULL;
  g_autofree char *text = NULL;

  if (opt_rest[1] == NULL)
    return usage (error, "enrol LINE or enrol FILE.mcenrol");
  if (!g_file_get_contents (opt_rest[1], &text, NULL, NULL))
    text = g_strdup (opt_rest[1]);
  if (!(account = mc_enrol (opt_data, text, opt_by != NULL ? opt_by : "", g_get_real_time (), NULL, error)))
    return FALSE;

  if (opt_json)
    {
      g_autoptr(JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "log", account->log);
      json_object_set_string_member (object, "role", account->role);
      json_object_set_string_member (object, "device", account->device);
      print_json (object);
    }
  else
    g_print ("Enrolled for %s (%s) as %s\n", mc_account_get_unit_name (account, account->log), account->log, account->role);

  return TRUE;
}

static gboolean
status (Context  *context,
        GError  **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  McJournalSummary summary;

  if (!mc_journal_get_summary (context->journal, &summary, error))
    return FALSE;

  if (!opt_json)
    {
      g_print ("%s (%s), %s\n%u records waiting, %u refused, %u in conflict, %u files waiting\n",
               mc_account_get_unit_name (context->account, context->account->log), context->account->log,
               context->account->role, summary.n_pending_records, summary.n_refused_records,
               summary.n_conflict_records, summary.n_evidence_waiting);
      return TRUE;
    }
  json_object_set_string_member (object, "log", context->account->log);
  json_object_set_string_member (object, "role", context->account->role);
  json_object_set_string_member (object, "device", context->account->device);
  json_object_set_int_member (object, "pending_records", summary.n_pending_records);
  json_object_set_int_member (object, "pending_changes", summary.n_pending_changes);
  json_object_set_int_member (object, "refused_records", summary.n_refused_records);
  json_object_set_int_member (object, "conflict_records", summary.n_conflict_records);
  json_object_set_int_member (object, "evidence_waiting", summary.n_evidence_waiting);
  json_object_set_int_member (object, "last_sync_us", summary.last_sync_us);
  print_json (object);

  return TRUE;
}

static gboolean
run_sync (Context  *context,
          GError  **error)
{
  g_autofree char *text = NULL;
  McSyncReport report;

  if (!mc_session_run (context->journal, context->account, &report, NULL, NULL, NULL, error))
    return FALSE;
  text = mc_sync_report_to_json (&report);
  if (opt_json)
    g_print ("%s\n", text);
  else
    g_print ("Sent %u changes and %u files, received %u groups, refused %u; %u turns, %" G_GUINT64_FORMAT " bytes\n",
             report.n_sent, report.files_done, report.n_received, report.n_refused, report.turns,
             report.bytes_sent + report.bytes_received);

  return TRUE;
}

/* records */

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
print_record (McRecord *record)
{
  g_autoptr(JsonObject) object = record_to_json (record);
  g_autofree char *body = NULL;

  if (opt_json)
    {
      print_json (object);
      return;
    }
  body = mc_record_dup_body (record);
  g_print ("%s  %s  %s%s%s\n", mc_record_get_id (record), mc_record_get_type_id (record), body,
           mc_record_get_flags (record) & MC_RECORD_PENDING ? "  waiting" : "",
           mc_record_get_flags (record) & MC_RECORD_CONFLICT ? "  in conflict" : "");
}

static GPtrArray *
query (Context  *context,
       GError  **error)
{
  McQuery wanted = { .type = opt_type, .log = opt_log, .search = opt_search };
  g_autoptr(GArray) numbers = mc_journal_query (context->journal, &wanted, error);

  return numbers != NULL ? mc_journal_fetch (context->journal, (const gint64 *) numbers->data, numbers->len, error) : NULL;
}

static gboolean
list (Context  *context,
      GError  **error)
{
  g_autoptr(GPtrArray) records = query (context, error);

  if (records == NULL)
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    print_record (records->pdata[i]);

  return TRUE;
}

static gboolean
show (Context  *context,
      GError  **error)
{
  g_autoptr(McRecord) record = NULL;

  if (opt_rest[1] == NULL)
    return usage (error, "show RECORD");
  if (!(record = mc_journal_get (context->journal, opt_rest[1], error)))
    return FALSE;
  print_record (record);

  return TRUE;
}

static McRecordType *
find_type (Context  *context,
           GError  **error)
{
  McRecordType *type = opt_type != NULL ? mc_pack_find_type (context->pack, opt_type) : NULL;

  if (type == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Say which record type: --type ID (%s)",
                 opt_type != NULL ? "there is no such type in the pack" : "such as document-month");

  return type;
}

/* set RECORD field=value…  or  --type T set key=value… field=value… */
static gboolean
set (Context  *context,
     GError  **error)
{
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *change = NULL;
  McRecordType *type;
  gsize first = 1;

  if (opt_rest[1] == NULL)
    return usage (error, "set RECORD FIELD=VALUE… or --type TYPE set FIELD=VALUE…");
  if (strchr (opt_rest[1], '=') == NULL)
    {
      if (!(record = mc_journal_get (context->journal, opt_rest[1], error)))
        return FALSE;
      type = mc_pack_find_type (context->pack, mc_record_get_type_id (record));
      first = 2;
    }
  else if (!(type = find_type (context, error)))
    return FALSE;

  if (record == NULL)
    {
      g_autoptr(GStrvBuilder) key = g_strv_builder_new ();
      g_auto(GStrv) key_values = NULL;

      for (gsize k = 0; type->key[k] != NULL; k++)
        for (gsize i = 1; opt_rest[i] != NULL; i++)
          if (g_str_has_prefix (opt_rest[i], type->key[k]) && opt_rest[i][strlen (type->key[k])] == '=')
            g_strv_builder_add (key, opt_rest[i] + strlen (type->key[k]) + 1);
      key_values = g_strv_builder_end (key);
      if (!(record = mc_import_find_record (context->journal, type, (const char * const *) key_values, g_get_real_time (), error)))
        return FALSE;
    }

  for (gsize i = first; opt_rest[i] != NULL; i++)
    {
      g_auto(GStrv) pair = g_strsplit (opt_rest[i], "=", 2);
      McField *field = type != NULL ? mc_record_type_find_field (type, pair[0]) : NULL;
      JsonNode *value;

      if (field == NULL || pair[1] == NULL)
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no FIELD=VALUE of this record type", opt_rest[i]);
          return FALSE;
        }
      if (!(value = mc_field_parse (field, pair[1], mc_pack_get_year (context->pack), error)))
        return FALSE;
      mc_edit_set (edit, record, field->name, value);
    }
  if (!mc_journal_save (context->journal, edit, g_get_real_time (), &change, error))
    return FALSE;
  g_clear_object (&record);
  if (change == NULL)
    return TRUE;
  {
    g_autoptr(GPtrArray) changed = NULL;
    g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (context->journal), "SELECT record FROM change WHERE id = ?", error);
    gboolean has_row;

    if (stmt == NULL)
      return FALSE;
    mc_stmt_bind_text (stmt, 1, change);
    if (!mc_stmt_next (stmt, &has_row, error) ||
        !(record = mc_journal_get (context->journal, mc_stmt_get_text (stmt, 0), error)))
      return FALSE;
  }
  print_record (record);

  return TRUE;
}

static gboolean
attach (Context  *context,
        GError  **error)
{
  const char *name = opt_field != NULL ? opt_field : "files";
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(JsonArray) files = json_array_new ();
  JsonNode *old;

  if (opt_rest[1] == NULL || opt_rest[2] == NULL)
    return usage (error, "attach RECORD FILE…");
  if (!(record = mc_journal_get (context->journal, opt_rest[1], error)))
    return FALSE;

  old = mc_record_get (record, name);
  for (guint i = 0; old != NULL && JSON_NODE_HOLDS_ARRAY (old) && i < json_array_get_length (json_node_get_array (old)); i++)
    json_array_add_element (files, json_node_copy (json_array_get_element (json_node_get_array (old), i)));
  for (gsize i = 2; opt_rest[i] != NULL; i++)
    {
      g_autoptr(GFile) file = g_file_new_for_commandline_arg (opt_rest[i]);
      g_autoptr(McEvidence) evidence = mc_journal_attach (context->journal, file, NULL, g_get_real_time (), NULL, error);

      if (evidence == NULL)
        return FALSE;
      json_array_add_element (files, mc_evidence_to_json (evidence));
      if (!opt_json)
        g_print ("%s  %s\n", evidence->sha256, evidence->name);
    }
  mc_edit_set (edit, record, name, json_node_init_array (json_node_alloc (), files));

  return mc_journal_save (context->journal, edit, g_get_real_time (), NULL, error);
}

static gboolean
import (Context  *context,
        GError  **error)
{
  McRecordType *type = find_type (context, error);
  g_autoptr(McImport) table = NULL;
  g_autofree char *data = NULL;
  gsize size;
  guint count;

  if (type == NULL)
    return FALSE;
  if (opt_rest[1] == NULL)
    return usage (error, "--type TYPE import FILE.csv");
  if (!g_file_get_contents (opt_rest[1], &data, &size, error) ||
      !(table = mc_import_read (context->journal, type, data, size, g_get_real_time (), error)))
    return FALSE;
  for (guint i = 0; i < table->faults->len; i++)
    {
      McImportFault *fault = table->faults->pdata[i];

      g_printerr ("%s:%u: %s: %s\n", opt_rest[1], fault->line, fault->column != NULL ? fault->column : "-", fault->message);
    }
  if (!mc_import_apply (context->journal, table, g_get_real_time (), &count, error))
    return FALSE;
  g_print (opt_json ? "{\"imported\":%u}\n" : "%u records\n", count);

  return TRUE;
}

static void
append_value (GString  *out,
              JsonNode *value,
              gboolean  is_first)
{
  g_autofree char *text = value == NULL || JSON_NODE_HOLDS_NULL (value) ? g_strdup ("")
    : JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING ? g_strdup (json_node_get_string (value))
    : json_to_string (value, FALSE);

  mc_csv_append_cell (out, text, is_first);
}

static gboolean
export_csv (Context  *context,
            GError  **error)
{
  McRecordType *type = find_type (context, error);
  g_autoptr(GPtrArray) records = type != NULL ? query (context, error) : NULL;
  g_autoptr(GString) out = g_string_new (NULL);

  if (records == NULL)
    return FALSE;
  for (guint f = 0; f < type->fields->len; f++)
    mc_csv_append_cell (out, ((McField *) type->fields->pdata[f])->name, f == 0);
  g_string_append (out, "\r\n");
  for (guint i = 0; i < records->len; i++)
    {
      for (guint f = 0; f < type->fields->len; f++)
        append_value (out, mc_record_get (records->pdata[i], ((McField *) type->fields->pdata[f])->name), f == 0);
      g_string_append (out, "\r\n");
    }
  if (opt_rest[1] != NULL)
    return g_file_set_contents (opt_rest[1], out->str, out->len, error);
  g_print ("%s", out->str);

  return TRUE;
}

/* The points of this unit, from the records of the communes below it that are here. */
/* The words of a fault; a blank required field has none of the pack's. */
static char *
fault_text (McFault *fault)
{
  return fault->rule != NULL ? g_strdup (fault->rule->message) : g_strdup_printf ("“%s” is blank", fault->missing->title);
}

static gboolean
check_type (McSandbox     *sandbox,
            McRecordType  *type,
            const char    *log,
            guint         *n_errors,
            GError       **error)
{
  g_autoptr(GPtrArray) faults = mc_check_log (sandbox, type, log, error);

  if (faults == NULL)
    return FALSE;
  for (guint i = 0; i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];
      g_autofree char *text = fault_text (fault);
      const char *id = fault->rule != NULL ? fault->rule->id : "required";

      *n_errors += mc_fault_is_error (fault);
      if (opt_json)
        {
          g_autoptr(JsonObject) object = json_object_new ();

          json_object_set_string_member (object, "type", type->id);
          json_object_set_string_member (object, "record", fault->record);
          json_object_set_string_member (object, "check", id);
          json_object_set_string_member (object, "level", mc_fault_is_error (fault) ? "error" : "warning");
          json_object_set_string_member (object, "message", text);
          print_json (object);
        }
      else
        g_print ("%s %s %s %s: %s\n", type->id, fault->record, mc_fault_is_error (fault) ? "error" : "warning", id, text);
    }

  return TRUE;
}

static gboolean
check (Context  *context,
       GError  **error)
{
  GPtrArray *types = mc_pack_get_types (context->pack);
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (context->journal)), context->pack, error);
  guint n_errors = 0;

  if (sandbox == NULL)
    return FALSE;
  for (guint i = 0; i < types->len; i++)
    {
      McRecordType *type = types->pdata[i];

      if ((opt_type == NULL || g_str_equal (opt_type, type->id)) &&
          !check_type (sandbox, type, opt_log != NULL ? opt_log : context->account->log, &n_errors, error))
        return FALSE;
    }
  if (!opt_json)
    g_print ("%u errors\n", n_errors);

  return TRUE;
}

static gboolean
score (Context  *context,
       GError  **error)
{
  g_auto(GStrv) logs = mc_journal_list_logs (context->journal, error);
  g_autoptr(GStrvBuilder) below = g_strv_builder_new ();
  g_auto(GStrv) communes = NULL;
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(McScore) points = NULL;

  if (logs == NULL)
    return FALSE;
  for (gsize i = 0; logs[i] != NULL; i++)
    if (!g_str_equal (logs[i], context->account->log) && !g_str_has_suffix (logs[i], "/shared"))
      g_strv_builder_add (below, logs[i]);
  communes = g_strv_builder_end (below);

  if (!(sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (context->journal)), context->pack, error)) ||
      !(points = mc_score_compute (sandbox, context->account->log, (const char * const *) communes, error)))
    return FALSE;

  if (opt_json)
    {
      g_autoptr(JsonNode) node = mc_score_to_json (points);
      g_autofree char *text = json_to_string (node, FALSE);

      g_print ("%s\n", text);
      return TRUE;
    }
  for (guint i = 0; i < points->criteria->len; i++)
    {
      McCriterionScore *one = &g_array_index (points->criteria, McCriterionScore, i);
      g_autofree char *got = mc_points_format (one->points), *max = mc_points_format (one->max);

      g_print ("%-6s %6s / %-5s %s%s\n", one->criterion->code, got, max, one->criterion->name,
               one->state == MC_SCORE_MISSING && one->criterion->children->len == 0 ? "  (nothing entered)" : "");
    }
  {
    g_autofree char *got = mc_points_format (points->points), *max = mc_points_format (points->max);
    const char *note = mc_pack_get_status_text (context->pack);

    g_print ("total  %6s / %s%s%s%s\n", got, max, note != NULL ? "  (" : "", note != NULL ? note : "", note != NULL ? ")" : "");
  }

  return TRUE;
}

/* Made-up records for this unit, to try the program with. */
static gboolean
demo (Context  *context,
      GError  **error)
{
  guint count = 0;

  if (g_strcmp0 (opt_rest[1], "review") == 0)
    {
      if (!mc_demo_review (context->journal, &count, error))
        return FALSE;
    }
  else if (!mc_demo_write (context->journal, context->account->log, opt_seed, &count, error))
    return FALSE;
  g_print (opt_json ? "{\"records\":%u}\n" : "%u made-up records\n", count);

  return TRUE;
}

/* Any body of the protocol, readably. */
static gboolean
frames (GError **error)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(GError) local_error = NULL;
  g_autofree char *data = NULL;
  GBytes *payload;
  guint8 kind;
  gsize size;

  if (opt_rest[1] == NULL)
    return usage (error, "frames FILE");
  if (!g_file_get_contents (opt_rest[1], &data, &size, error))
    return FALSE;
  mc_frame_reader_push (reader, data, size);
  while (mc_frame_reader_next (reader, &kind, &payload, &local_error))
    {
      g_print ("%-12s %u  %" G_GSIZE_FORMAT " bytes\n", mc_frame_kind_name (kind), kind, g_bytes_get_size (payload));
      g_bytes_unref (payload);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_print (mc_frame_reader_has_ended (reader) ? "whole\n" : "cut: there is no END\n");

  return TRUE;
}

static gboolean
run (GError **error)
{
  static const struct
  {
    const char *name;
    gboolean (*func) (Context *context, GError **error);
  } commands[] = {
    { "status", status }, { "sync", run_sync }, { "list", list }, { "show", show }, { "set", set },
    { "attach", attach }, { "import", import }, { "export", export_csv }, { "check", check }, { "score", score }, { "demo", demo },
  };
  g_auto(Context) context = { 0 };

  if (g_str_equal (opt_rest[0], "frames"))
    return frames (error);
  if (opt_data == NULL)
    opt_data = g_build_filename (g_get_user_data_dir (), "minhchung", NULL);
  if (g_str_equal (opt_rest[0], "enrol"))
    return enrol (error);

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, opt_rest[0]))
      {
        if (!(context.account = mc_account_load (opt_data, error)) ||
            !(context.pack = mc_pack_get_builtin (NULL, error)) ||
            !(context.journal = mc_account_open_journal (context.account, context.pack, error)))
          return FALSE;
        if (opt_by != NULL)
          mc_journal_set_by (context.journal, opt_by);
        return commands[i].func (&context, error);
      }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no command; see --help", opt_rest[0]);

  return FALSE;
}

static int
fail (GError *error)
{
  const char *slug = error->domain == MC_SYNC_ERROR ? mc_sync_error_get_slug (error->code) : NULL;

  if (opt_json)
    {
      g_autoptr(JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "error", slug != NULL ? slug : "failed");
      json_object_set_string_member (object, "message", error->message);
      print_json (object);
    }
  g_printerr ("minhchungctl: %s%s%s%s\n", error->message, slug != NULL ? " [" : "", slug != NULL ? slug : "", slug != NULL ? "]" : "");

  return error->domain == G_OPTION_ERROR ? 2 : 1;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GOptionContext) context = g_option_context_new ("enrol LINE|status|import FILE.csv|export [FILE.csv]|list|show RECORD|"
                                                            "set …|attach RECORD FILE…|sync|score|demo|"
                                                            "demo review|frames FILE");
  g_autoptr(GError) error = NULL;

  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context, "Minh Chứng without a screen.");
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail (error);
  if (opt_rest == NULL)
    {
      g_set_error_literal (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "Say what to do; see --help");
      return fail (error);
    }
  if (!run (&error))
    return fail (error);

  return 0;
}
