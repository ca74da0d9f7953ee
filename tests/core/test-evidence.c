/* test-evidence.c: which files wait to be sent, and from where
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/core-fixture.h"
#include "core/mc-id.h"
#include "core/mc-journal-sync.h"
#include "core/mc-json.h"
#include "core/mc-record-private.h"
#include "mc-test.h"

#define DEVICE "0190a000-0000-7000-8000-000000000001"
#define LOG "21610@2004-07-08"
#define OTHER_LOG "542@2004-07-08/shared"
#define NOW G_GINT64_CONSTANT (1640000000000000)

typedef struct
{
  char *dir;
  McJournal *journal;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("mc-evidence-XXXXXX", NULL);
  fixture->journal = open_store (fixture->dir, DEVICE, LOG);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mc_journal_close (fixture->journal);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

/* A file, and its name: attached, and if @log is given saved with a record of it. */
static McEvidence *
attach (Fixture    *fixture,
        const char *text,
        const char *log)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;
  McEvidence *file = mc_journal_attach_bytes (fixture->journal, bytes, "file.bin", NOW, &error);
  g_autofree char *id = mc_id_new (NOW);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(JsonArray) files = json_array_new ();
  g_autoptr(McRecord) record = NULL;

  g_assert_no_error (error);
  if (log == NULL)
    return file;
  record = mc_record_new_empty (id, log, "communication", "pack", NULL);
  json_array_add_element (files, mc_evidence_to_json (file));
  mc_edit_set (edit, record, "files", json_node_init_array (json_node_alloc (), files));
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
  g_assert_no_error (error);

  return file;
}

/* @logs: with blanks between them. */
static guint
count_to_send (Fixture    *fixture,
               const char *logs)
{
  g_auto(GStrv) list = logs != NULL ? g_strsplit (logs, " ", -1) : NULL;
  g_autoptr(GArray) states = mc_journal_list_evidence_to_send (fixture->journal, (const char * const *) list, NULL);

  return states != NULL ? states->len : G_MAXUINT;
}

/* What waits, as the person is told. */
static guint
count_waiting (Fixture *fixture)
{
  McJournalSummary summary;

  g_assert_true (mc_journal_get_summary (fixture->journal, &summary, NULL));

  return summary.n_evidence_waiting;
}

/* The hub lacks @file, or nothing if that is NULL. */
static void
note_lack (Fixture    *fixture,
           const char *log,
           McEvidence *file)
{
  g_autoptr(GArray) lacks = g_array_new (FALSE, TRUE, sizeof (McEvidenceState));
  g_auto(GStrv) list = g_strsplit (log, " ", -1);
  McEvidenceState state = { .size = 0 };
  gboolean changed;

  if (file != NULL)
    {
      g_strlcpy (state.sha256, file->sha256, sizeof state.sha256);
      g_array_append_val (lacks, state);
    }
  g_assert_true (mc_journal_note_lacks (fixture->journal, (const char * const *) list, lacks, TRUE, &changed, NULL));
}

static void
show_in_log (Fixture *fixture)
{
  g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal), "UPDATE change SET state = 1", NULL));
}

/* A file goes from here if a log names it from which the hub takes files of this device, and then until the hub has said that it
 * is whole: that it does not ask for it is no word on that. */
static void
test_sent (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McEvidence) own = attach (fixture, "own", LOG), other = attach (fixture, "other", OTHER_LOG);
  g_autoptr(McEvidence) unsaved = attach (fixture, "unsaved", NULL);

  g_assert_cmpuint (count_to_send (fixture, NULL), ==, 2);
  g_assert_cmpuint (count_to_send (fixture, LOG), ==, 1);
  g_assert_cmpuint (count_to_send (fixture, LOG " " OTHER_LOG), ==, 2);
  g_assert_cmpuint (count_to_send (fixture, ""), ==, 0);

  show_in_log (fixture);
  note_lack (fixture, LOG, NULL);
  g_assert_cmpuint (count_to_send (fixture, LOG), ==, 1);
  g_assert_true (mc_journal_set_evidence_state (fixture->journal, own->sha256, own->size, TRUE, NULL));
  g_assert_cmpuint (count_to_send (fixture, LOG), ==, 0);
  note_lack (fixture, LOG, own);
  g_assert_cmpuint (count_to_send (fixture, LOG), ==, 1);
}

/* A file that others have to send does not wait here: neither while the hub lacks it nor afterwards.  One that no record names
 * yet is not taken for one of those. */
static void
test_not_sent (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McEvidence) file = attach (fixture, "file", LOG), unsaved = attach (fixture, "unsaved", NULL);

  show_in_log (fixture);
  g_assert_cmpuint (count_waiting (fixture), ==, 2);
  note_lack (fixture, "", file);
  g_assert_cmpuint (count_to_send (fixture, ""), ==, 0);
  g_assert_cmpuint (count_waiting (fixture), ==, 2);
  note_lack (fixture, "", NULL);
  g_assert_cmpuint (count_waiting (fixture), ==, 1);
  note_lack (fixture, "", file);
  g_assert_cmpuint (count_waiting (fixture), ==, 1);
  g_assert_cmpuint (count_to_send (fixture, NULL), ==, 0);
}

#define FILE_JSON(letter) "{\"sha256\":\"" letter "\",\"name\":\"" letter ".pdf\",\"size\":1,\"mime\":\"application/pdf\"}"

/* The names of the files that a record has whose files two people attached apart. */
static char *
names_of (const char *one, const char *other)
{
  g_autofree char *heads = g_strdup_printf ("{\"c\":[[\"a\",\"A\",\"2021-01-01T00:00:00Z\",\"d\"],[\"b\",\"B\",\"2021-01-01T00:00:00Z\",\"e\"]],"
                                            "\"h\":{\"files\":[0,1]},\"v\":{\"files\":[%s,%s]}}", one, other);
  g_autoptr(McRecord) record = mc_record_new_empty ("0190a000-0000-7000-8000-000000000009", LOG, "plan", "pack", NULL);
  g_autoptr(GString) names = g_string_new (NULL);
  g_autofree char *body = NULL;
  JsonNode *value;

  g_assert_true (mc_record_load (record, "{}", heads, NULL));
  g_assert_true (mc_record_has_conflict (record, "files"));
  g_assert_cmpuint (mc_record_get_heads (record, "files")->len, ==, 2);
  value = mc_record_get (record, "files");
  if (value == NULL || !JSON_NODE_HOLDS_ARRAY (value))
    return g_strdup ("none");
  for (guint i = 0; i < json_array_get_length (json_node_get_array (value)); i++)
    {
      JsonNode *file = json_array_get_element (json_node_get_array (value), i);

      g_string_append (names, JSON_NODE_HOLDS_OBJECT (file) ? mc_json_get_text (json_node_get_object (file), "sha256", "?") : "?");
    }
  body = mc_record_dup_body (record);
  for (const char *name = names->str; *name != '\0' && *name != '?'; name++)
    g_assert_nonnull (strchr (body, *name));

  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
assert_names (const char *one, const char *other, const char *expected)
{
  g_autofree char *names = names_of (one, other);

  g_assert_cmpstr (names, ==, expected);
}

/* Files that two people of one unit attached apart all count until somebody decides: none hides the other's. */
static void
test_apart (Fixture *fixture, gconstpointer data)
{
  assert_names ("[" FILE_JSON ("x") "]", "[" FILE_JSON ("y") "]", "xy");
  assert_names ("[" FILE_JSON ("x") "," FILE_JSON ("y") "]", "[" FILE_JSON ("x") "," FILE_JSON ("z") "]", "xyz");
  assert_names ("null", "[" FILE_JSON ("y") "]", "y");
  assert_names ("[" FILE_JSON ("x") "]", "[]", "x");
  /* What is no list of files stands for itself. */
  assert_names ("[\"x\"]", "[" FILE_JSON ("y") "]", "?");
  assert_names ("\"x\"", "[" FILE_JSON ("y") "]", "none");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/evidence/sent", test_sent);
  ADD ("/evidence/not-sent", test_not_sent);
  ADD ("/evidence/apart", test_apart);

  return g_test_run ();
}
