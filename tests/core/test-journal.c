/* test-journal.c: saving, reading, drafts, evidence, incarnations and pages of a store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-journal-sync.h"
#include "core/mc-journal.h"
#include "mc-test.h"

#define LOG "21609@2004-07-08"
#define NOW G_GINT64_CONSTANT (1638340443120000)

typedef struct
{
  char *dir;
  McPack *pack;
  McJournal *journal;
} Fixture;

/* Hides a value by writing it backwards in base64: enough to see that the bytes do not hold it. */
static JsonNode *
seal_reversed (McSealer *self, const char *record, const char *field, JsonNode *plain, GError **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  g_autofree char *text = g_strreverse (json_to_string (plain, FALSE));
  g_autofree char *coded = g_base64_encode ((const guchar *) text, strlen (text));

  json_object_set_string_member (object, "key", "k");
  json_object_set_string_member (object, "sealed", coded);

  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
open_reversed (McSealer *self, const char *record, const char *field, JsonNode *sealed, GError **error)
{
  gsize size;
  g_autofree guchar *text = g_base64_decode (json_object_get_string_member (json_node_get_object (sealed), "sealed"), &size);
  g_autofree char *plain = g_strndup ((const char *) text, size);

  return json_from_string (g_strreverse (plain), NULL);
}

static void
free_sealer (McSealer *self)
{
  g_free (self);
}

static McSealer *
new_sealer (void)
{
  McSealer *sealer = g_new0 (McSealer, 1);

  sealer->seal = seal_reversed;
  sealer->open = open_reversed;
  sealer->free = free_sealer;

  return sealer;
}

static McJournal *
open_journal (const char *dir,
              McPack     *pack,
              const char *machine,
              GError    **error)
{
  McJournalConfig config = {
    .dir = dir, .device = "0190a000-0000-7000-8000-000000000001", .log = LOG, .by = "Đinh Thị Hà, Văn thư",
    .machine = machine, .pack = pack, .sealer = new_sealer (),
  };

  return mc_journal_open (&config, error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("mc-journal-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->pack = mc_pack_get_builtin (NULL, &error);
  g_assert_no_error (error);
  fixture->journal = open_journal (fixture->dir, fixture->pack, "m1", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->journal, mc_journal_close);
  mc_pack_unref (fixture->pack);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

static McRecord *
new_copy (Fixture *fixture)
{
  g_autofree char *id = mc_id_new (NOW);

  return mc_record_new_empty (id, LOG, "certified-copy", mc_pack_get_id (fixture->pack), NULL);
}

static char *
save_copy (Fixture    *fixture,
           int         number,
           const char *requester)
{
  g_autoptr(McRecord) record = new_copy (fixture);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_text (edit, record, "requester", requester);
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW + number, NULL, &error));
  g_assert_no_error (error);

  return g_strdup (mc_record_get_id (record));
}

/* What was saved is there after closing and opening, personal values readable here and sealed in the bytes. */
static void
test_save (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = save_copy (fixture, 1, "Đinh Văn Thành");
  g_autoptr(McRecord) record = NULL;
  g_autoptr(GPtrArray) history = NULL;
  g_autoptr(GError) error = NULL;
  McHistoryEntry *entry;
  GBytes *bytes;

  g_clear_pointer (&fixture->journal, mc_journal_close);
  fixture->journal = open_journal (fixture->dir, fixture->pack, "m1", &error);
  g_assert_no_error (error);

  record = mc_journal_get (fixture->journal, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mc_record_get_int (record, "number", 0), ==, 1);
  g_assert_cmpstr (mc_record_get_text (record, "requester"), ==, "Đinh Văn Thành");
  g_assert_cmpint (mc_record_get_flags (record) & MC_RECORD_PENDING, !=, 0);

  history = mc_journal_get_history (fixture->journal, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (history->len, ==, 1);
  entry = history->pdata[0];
  bytes = mc_change_get_bytes (entry->change);
  g_assert_null (g_strstr_len (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "Thành"));
}

/* "dinh van" finds "Đinh Văn Thành", and what was deleted is found no more. */
static void
test_search (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = save_copy (fixture, 1, "Đinh Văn Thành");
  g_autofree char *other = save_copy (fixture, 2, "Nguyễn Thị Lan");
  McQuery query = { .type = "certified-copy", .search = "thành dinh" };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) found = mc_journal_query (fixture->journal, &query, &error);
  g_autoptr(GArray) after = NULL;
  g_autoptr(McRecord) record = mc_journal_get (fixture->journal, id, NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();

  g_assert_no_error (error);
  g_assert_cmpint (found->len, ==, 1);

  mc_edit_delete (edit, record);
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
  after = mc_journal_query (fixture->journal, &query, &error);
  g_assert_no_error (error);
  g_assert_cmpint (after->len, ==, 0);
}

/* Undo brings back the value before, and takes away a thing whose first save is undone. */
static void
test_revert (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = save_copy (fixture, 1, "A");
  g_autoptr(McRecord) first = mc_journal_get (fixture->journal, id, NULL), second = NULL, third = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *change = NULL, *undone = NULL;
  g_autoptr(GPtrArray) history = NULL;
  g_autoptr(GError) error = NULL;

  mc_edit_set_int (edit, first, "number", 7);
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, &change, &error));
  g_assert_true (mc_journal_revert (fixture->journal, change, NOW, &undone, &error));
  g_assert_no_error (error);
  second = mc_journal_get (fixture->journal, id, NULL);
  g_assert_cmpint (mc_record_get_int (second, "number", 0), ==, 1);

  history = mc_journal_get_history (fixture->journal, id, NULL);
  g_assert_true (mc_journal_revert (fixture->journal,
                                    mc_change_get_id (((McHistoryEntry *) history->pdata[history->len - 1])->change),
                                    NOW, NULL, &error));
  third = mc_journal_get (fixture->journal, id, NULL);
  g_assert_cmpint (mc_record_get_flags (third) & MC_RECORD_DELETED, !=, 0);
}

/* A draft survives the end of the program and becomes one change. */
static void
test_draft (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McRecord) record = new_copy (fixture);
  g_autoptr(McRecord) after = NULL;
  g_autoptr(GError) error = NULL;
  guint count;

  g_assert_true (mc_journal_set_draft (fixture->journal, record, "document",
                                       json_node_init_string (json_node_alloc (), "Bằng tốt"), NOW, &error));
  g_assert_true (mc_journal_set_draft (fixture->journal, record, "document",
                                       json_node_init_string (json_node_alloc (), "Bằng tốt nghiệp"), NOW, &error));
  g_clear_pointer (&fixture->journal, mc_journal_close);
  fixture->journal = open_journal (fixture->dir, fixture->pack, "m1", &error);
  g_assert_no_error (error);
  g_assert_true (mc_journal_commit_drafts (fixture->journal, NULL, NOW, &count, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count, ==, 1);

  after = mc_journal_get (fixture->journal, mc_record_get_id (record), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mc_record_get_text (after, "document"), ==, "Bằng tốt nghiệp");
}

/* Half a number is no change: it waits in its field for whoever typed it, also of a line that nothing else is known of. */
static void
test_half_typed (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McRecord) record = new_copy (fixture), alone = new_copy (fixture);
  g_autoptr(McRecord) after = NULL, line = NULL, corrected = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;
  guint count;

  g_assert_true (mc_journal_set_draft (fixture->journal, record, "number", json_node_init_string (json_node_alloc (), "12x"), NOW, &error));
  g_assert_true (mc_journal_set_draft (fixture->journal, record, "document", json_node_init_string (json_node_alloc (), "Bằng"), NOW, &error));
  g_assert_true (mc_journal_set_draft (fixture->journal, record, "fee", json_node_init_int (json_node_alloc (), 2000), NOW, &error));
  g_assert_true (mc_journal_set_draft (fixture->journal, alone, "certified_on", json_node_init_string (json_node_alloc (), "31/2"), NOW, &error));
  for (int i = 0; i < 2; i++)
    {
      g_clear_pointer (&fixture->journal, mc_journal_close);
      fixture->journal = open_journal (fixture->dir, fixture->pack, "m1", &error);
      g_assert_no_error (error);
      g_assert_true (mc_journal_commit_drafts (fixture->journal, NULL, NOW, &count, &error));
      g_assert_no_error (error);
      g_assert_cmpint (count, ==, i == 0 ? 2 : 0);
    }

  after = mc_journal_get (fixture->journal, mc_record_get_id (record), &error);
  g_assert_no_error (error);
  g_assert_true (mc_record_is_blank (after, "number"));
  g_assert_cmpstr (mc_record_get_draft (after, "number"), ==, "12x");
  g_assert_cmpstr (mc_record_get_text (after, "document"), ==, "Bằng");
  g_assert_null (mc_record_get_draft (after, "document"));
  g_assert_cmpint (mc_record_get_int (after, "fee", 0), ==, 2000);
  line = mc_journal_get (fixture->journal, mc_record_get_id (alone), &error);
  g_assert_no_error (error);
  g_assert_true (mc_record_is_blank (line, "certified_on"));
  g_assert_cmpstr (mc_record_get_draft (line, "certified_on"), ==, "31/2");

  mc_edit_set_int (edit, after, "number", 12);
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, &error));
  corrected = mc_journal_get (fixture->journal, mc_record_get_id (record), &error);
  g_assert_cmpint (mc_record_get_int (corrected, "number", 0), ==, 12);
  g_assert_null (mc_record_get_draft (corrected, "number"));
}

/* An attached file lies under its own hash; an empty one and a folder are refused. */
static void
test_attach (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GBytes) bytes = g_bytes_new_static ("%PDF-1.4 x", 10), nothing = g_bytes_new_static ("", 0);
  g_autoptr(GFile) folder = g_file_new_for_path (fixture->dir);
  g_autoptr(GError) error = NULL;
  g_autoptr(McEvidence) evidence = mc_journal_attach_bytes (fixture->journal, bytes, "a\nb.pdf", NOW, &error);
  g_autofree char *path = NULL, *content = NULL, *hash = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (evidence->mime, ==, "application/pdf");
  g_assert_cmpstr (evidence->name, ==, "a b.pdf");
  path = mc_journal_get_evidence_path (fixture->journal, evidence->sha256, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, content, -1);
  g_assert_cmpstr (hash, ==, evidence->sha256);

  g_assert_null (mc_journal_attach_bytes (fixture->journal, nothing, "x", NOW, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (mc_journal_attach (fixture->journal, folder, NULL, NOW, NULL, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
}

/* The same store goes on in its incarnation; one that was moved to another machine, or went back, takes a new one. */
static void
test_incarnation (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = save_copy (fixture, 1, "A");
  g_autofree char *first = g_strdup (mc_journal_get_incarnation (fixture->journal));
  g_autofree char *second = NULL, *path = g_build_filename (fixture->dir, "store.db", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL), *old = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;
  McStreamHead head;

  g_clear_pointer (&fixture->journal, mc_journal_close);
  g_assert_true (g_file_get_contents (path, &old, &size, NULL));
  fixture->journal = open_journal (fixture->dir, fixture->pack, "m1", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mc_journal_get_incarnation (fixture->journal), ==, first);
  g_free (save_copy (fixture, 2, "B"));
  g_clear_pointer (&fixture->journal, mc_journal_close);

  g_assert_true (g_file_set_contents (path, old, size, NULL));
  g_remove (wal);
  fixture->journal = open_journal (fixture->dir, fixture->pack, "m1", &error);
  g_assert_no_error (error);
  second = g_strdup (mc_journal_get_incarnation (fixture->journal));
  g_assert_cmpstr (second, !=, first);
  g_assert_true (mc_journal_get_stream (fixture->journal, LOG, &head, &error));
  g_assert_cmpuint (head.n, ==, 1);
  g_clear_pointer (&fixture->journal, mc_journal_close);

  fixture->journal = open_journal (fixture->dir, fixture->pack, "m2", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mc_journal_get_incarnation (fixture->journal), !=, second);
}

/* Verdicts clear what waits; own rows of a page move the cursor; a page whose chain is wrong changes nothing. */
static void
test_page (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = save_copy (fixture, 1, "A");
  g_autoptr(GPtrArray) groups = NULL;
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);
  g_autoptr(GArray) verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  g_autoptr(GError) error = NULL;
  McVerdict verdict = { MC_VERDICT_ACCEPTED, 1, 1, 1, NULL };
  McLogRow *row = g_new0 (McLogRow, 1);
  McCursor head = { .seq = 1 }, cursor;
  McJournalSummary summary;
  McGroup *group;

  groups = mc_journal_get_groups (fixture->journal, LOG, 1, 65536, &error);
  g_assert_no_error (error);
  g_assert_cmpint (groups->len, ==, 1);
  group = groups->pdata[0];
  row->seq = 1;
  row->n = 1;
  row->count = 1;
  row->incarnation = g_strdup (group->incarnation);
  g_ptr_array_add (rows, row);

  g_assert_false (mc_journal_apply_page (fixture->journal, LOG, rows, &head, NULL, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (mc_journal_get_cursor (fixture->journal, LOG, &cursor, &error));
  g_assert_cmpuint (cursor.seq, ==, 0);

  mc_chain_step_log (&head.chain, group->device, group->incarnation, 1, mc_change_get_bytes (group->changes->pdata[0]));
  g_array_append_val (verdicts, verdict);
  g_assert_true (mc_journal_apply_verdicts (fixture->journal, LOG, group->incarnation, verdicts, &error));
  g_assert_no_error (error);
  g_assert_true (mc_journal_apply_page (fixture->journal, LOG, rows, &head, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (mc_journal_get_summary (fixture->journal, &summary, &error));
  g_assert_cmpint (summary.n_pending_records, ==, 0);
}

/* The rows, and what a reader is told that stands in none. */
static char *
dump_records (Fixture *fixture)
{
  g_autoptr(GString) dump = g_string_new (NULL);
  McQuery query = { .with_deleted = TRUE };
  g_autoptr(GArray) numbers = mc_journal_query (fixture->journal, &query, NULL);
  g_autoptr(GPtrArray) records = mc_journal_fetch (fixture->journal, (const gint64 *) numbers->data, numbers->len, NULL);
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (fixture->journal),
                                          "SELECT group_concat (id || body || heads || flags || coalesce (parent, ''), '\n')"
                                          " FROM record", NULL);
  gboolean has_row;

  g_assert_true (mc_stmt_next (stmt, &has_row, NULL) && has_row);
  g_string_append (dump, mc_stmt_get_text (stmt, 0));
  for (guint i = 0; i < records->len; i++)
    g_string_append_printf (dump, "\n%s %d", mc_record_get_id (records->pdata[i]), mc_record_get_flags (records->pdata[i]));

  return g_string_free (g_steal_pointer (&dump), FALSE);
}

static guint
count_waiting (Fixture *fixture)
{
  McQuery query = { .flags = MC_RECORD_PENDING, .with_deleted = TRUE };
  g_autoptr(GArray) numbers = mc_journal_query (fixture->journal, &query, NULL);
  g_autoptr(GPtrArray) records = mc_journal_fetch (fixture->journal, (const gint64 *) numbers->data, numbers->len, NULL);

  for (guint i = 0; i < records->len; i++)
    g_assert_cmpint (mc_record_get_flags (records->pdata[i]) & MC_RECORD_PENDING, !=, 0);

  return records->len;
}

static void
edit_copy (Fixture  *fixture,
           McRecord *shown,
           int       copies)
{
  g_autoptr(McEdit) edit = mc_edit_new ();

  mc_edit_set_int (edit, shown, "copies", copies);
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW + copies, NULL, NULL));
}

static void
judge (Fixture       *fixture,
       McVerdictKind  kind,
       guint64        first,
       guint64        last)
{
  g_autoptr(GArray) verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  McVerdict verdict = { kind, first, last, first, NULL };
  g_autoptr(GError) error = NULL;

  g_array_append_val (verdicts, verdict);
  g_assert_true (mc_journal_apply_verdicts (fixture->journal, LOG, mc_journal_get_incarnation (fixture->journal), verdicts,
                                            &error));
  g_assert_no_error (error);
}

/* A record that was sent is, to the byte, what folding its changes again gives: also where a field was edited twice,
 * where two edits stand side by side, where only a part was sent, and after a deletion. */
static void
test_sent (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = save_copy (fixture, 1, "A"), *second = save_copy (fixture, 2, "B"), *third = save_copy (fixture, 3, "C");
  g_autofree char *half = NULL, *whole = NULL, *half_folded = NULL, *whole_folded = NULL;
  g_autoptr(McRecord) a = mc_journal_get (fixture->journal, first, NULL);
  g_autoptr(McRecord) b = mc_journal_get (fixture->journal, second, NULL);
  g_autoptr(McRecord) c = mc_journal_get (fixture->journal, third, NULL);
  g_autoptr(McEdit) deletion = mc_edit_new ();
  McJournalSummary summary;

  edit_copy (fixture, a, 4);
  edit_copy (fixture, b, 5);
  edit_copy (fixture, b, 6);
  mc_edit_delete (deletion, c);
  g_assert_true (mc_journal_save (fixture->journal, deletion, NOW + 7, NULL, NULL));

  judge (fixture, MC_VERDICT_ACCEPTED, 1, 4);
  half = dump_records (fixture);
  judge (fixture, MC_VERDICT_SAME, 1, 4);
  half_folded = dump_records (fixture);
  g_assert_cmpstr (half, ==, half_folded);
  g_assert_true (mc_journal_get_summary (fixture->journal, &summary, NULL));
  g_assert_cmpuint (summary.n_pending_records, ==, 2);
  g_assert_cmpuint (count_waiting (fixture), ==, 2);

  judge (fixture, MC_VERDICT_ACCEPTED, 5, 7);
  whole = dump_records (fixture);
  judge (fixture, MC_VERDICT_SAME, 1, 7);
  whole_folded = dump_records (fixture);
  g_assert_cmpstr (whole, ==, whole_folded);
  g_assert_cmpstr (whole, !=, half);
  g_assert_true (mc_journal_get_summary (fixture->journal, &summary, NULL));
  g_assert_cmpuint (summary.n_pending_records, ==, 0);
  g_assert_cmpuint (count_waiting (fixture), ==, 0);
  g_assert_cmpuint (summary.n_conflict_records, ==, 1);
}

/* A change whose bytes are not what was stored any more is not sent, and says so. */
static void
test_damaged_change (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = save_copy (fixture, 1, "A");
  g_autoptr(GError) error = NULL;

  g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal),
                             "UPDATE change SET bytes = CAST (replace (CAST (bytes AS TEXT), '0700', '0800') || ' ' AS BLOB)", NULL));
  g_assert_null (mc_journal_get_groups (fixture->journal, LOG, 1, 65536, &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT);
}

/* A file that is no database, and one of a newer program, are refused in words and left as they are. */
static void
test_bad_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("mc-journal-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "store.db", NULL), *after = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "This is a letter, and no database at all.  It is long enough to be read as a page "
                                      "and it says nothing of any value to anybody whatsoever.", -1, NULL));
  g_assert_null (open_journal (dir, fixture->pack, "m1", &error));
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_DATABASE);
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_true (g_str_has_prefix (after, "This is a letter"));
  mc_test_remove_tree (dir);
}

/* A store of which nothing is left is not taken for a new one; it was never written to, it is. */
static void
test_emptied (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("mc-journal-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "store.db", NULL), *high_water = g_build_filename (dir, "high-water", NULL);
  static const guint8 three[] = { 0, 0, 0, 0, 0, 0, 0, 3 };
  g_autoptr(GError) error = NULL;
  GStatBuf info;

  for (int bytes = 0; bytes < 2; bytes++)
    {
      g_assert_true (g_file_set_contents (path, "x", bytes, NULL));
      g_assert_true (g_file_set_contents (high_water, (const char *) three, sizeof three, NULL));
      g_assert_null (open_journal (dir, fixture->pack, "m1", &error));
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, "store.db"));
      g_clear_error (&error);
      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_size, ==, bytes);
    }
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_true (g_file_set_contents (high_water, "", 0, NULL));
  mc_journal_close (open_journal (dir, fixture->pack, "m1", &error));
  g_assert_no_error (error);
  mc_test_remove_tree (dir);
}

/* Whether this process holds the lock on @path that everybody holds who has a store open: asked by another one. */
static gboolean
is_locked (const char *path)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510 };
  int status;
  pid_t child = fork ();

  if (child == 0)
    {
      int fd = open (path, O_RDWR | O_CLOEXEC);

      _exit (fd < 0 || fcntl (fd, F_GETLK, &lock) != 0 ? 2 : lock.l_type != F_UNLCK);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), <, 2);

  return WEXITSTATUS (status) == 1;
}

/* A store that is opened a second time in one process, and closed there, stays one that is in use: else the next program that
 * closes it throws away the log that the first still writes to. */
static void
test_opened_twice (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "store.db", NULL);

  g_assert_true (is_locked (path));
  for (guint i = 0; i < 2; i++)
    {
      McJournal *second = open_journal (fixture->dir, fixture->pack, "m1", NULL);

      g_assert_true (is_locked (path));
      mc_journal_close (second);
      g_assert_true (is_locked (path));
    }
}

/* A table that is sorted by words has them in the order of a Vietnamese dictionary. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  static const char * const codes[] = { "Đất đai", "Âu", "Dân số", "Ấu", "An", "Ăn", "dân số" };
  McQuery query = { .type = "online-service", .order = MC_ORDER_SORT_ASCENDING };
  g_autoptr(GString) order = g_string_new (NULL);
  g_autoptr(GArray) numbers = NULL;
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *id = mc_id_new (NOW);
      g_autoptr(McRecord) record = mc_record_new_empty (id, LOG, query.type, mc_pack_get_id (fixture->pack), NULL);
      g_autoptr(McEdit) edit = mc_edit_new ();

      mc_edit_set_text (edit, record, "procedure_code", codes[i]);
      g_assert_true (mc_journal_save (fixture->journal, edit, NOW + i, NULL, &error));
      g_assert_no_error (error);
    }
  numbers = mc_journal_query (fixture->journal, &query, &error);
  g_assert_no_error (error);
  records = mc_journal_fetch (fixture->journal, (const gint64 *) numbers->data, numbers->len, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < records->len; i++)
    g_string_append_printf (order, "%s%s", i > 0 ? " < " : "", mc_record_get_text (records->pdata[i], "procedure_code"));
  g_assert_cmpstr (order->str, ==, "An < Ăn < Âu < Ấu < dân số < Dân số < Đất đai");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/journal/opened-twice", test_opened_twice);
  ADD ("/journal/emptied", test_emptied);
  ADD ("/journal/save", test_save);
  ADD ("/journal/search", test_search);
  ADD ("/journal/order", test_order);
  ADD ("/journal/revert", test_revert);
  ADD ("/journal/draft", test_draft);
  ADD ("/journal/half-typed", test_half_typed);
  ADD ("/journal/attach", test_attach);
  ADD ("/journal/incarnation", test_incarnation);
  ADD ("/journal/page", test_page);
  ADD ("/journal/sent", test_sent);
  ADD ("/journal/damaged-change", test_damaged_change);
  ADD ("/journal/bad-file", test_bad_file);

  return g_test_run ();
}
