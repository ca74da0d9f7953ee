/* test-stories-data.c: stories of records and files that were lost, skipped, doubled or in the way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "client/mc-http.h"
#include "core/mc-id.h"
#include "core/mc-spared.h"
#include "stories/story.h"
#include "wire/mc-sync-error.h"

/* A record whose first save already breaks a rule of the hub: a commune does not write its review. */
static char *
save_poison (Story *story,
             int    number)
{
  g_autofree char *id = mc_id_new (NOW);
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", mc_pack_get_id (story->ends.pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_text (edit, record, "review.verdict", "accepted");
  g_assert_true (mc_journal_save (story->journal, edit, NOW, NULL, NULL));

  return g_steal_pointer (&id);
}

/* A hub that has nothing any more makes nobody delete anything: it is given everything again. */
static void
test_04_absent_is_not_deleted (Story *story, gconstpointer data)
{
  g_autoptr(McAccount) above = new_device (&story->ends, "district", DISTRICT, "district");
  g_autoptr(McJournal) district = open_journal (&story->ends, above);
  g_autofree char *empty = g_build_filename (story->ends.dir, "empty", NULL), *old = g_build_filename (empty, "hub.db", NULL);
  g_autofree char *now = g_build_filename (story->ends.hub_dir, "hub.db", NULL), *wal = g_strconcat (now, "-wal", NULL);
  g_autofree char *shm = g_strconcat (now, "-shm", NULL);
  McSyncReport report;

  g_free (run_hub (&story->ends, "backup", empty, NULL));
  for (int i = 1; i <= 60; i++)
    g_free (save_copy (&story->ends, story->journal, i));
  g_assert_true (try_sync (story, NULL));
  run_sync (district, above, &report);
  g_assert_cmpuint (count_rows (district, "certified-copy"), ==, 60);

  stop_hub (&story->ends, SIGTERM);
  g_remove (wal);
  g_remove (shm);
  copy_tree (old, now);
  start_hub (&story->ends);
  run_sync (district, above, &report);
  g_assert_cmpuint (count_rows (district, "certified-copy"), ==, 60);
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_rows (story->journal, "certified-copy"), ==, 60);
  run_sync (district, above, &report);
  g_assert_cmpuint (count_rows (district, "certified-copy"), ==, 60);
}

static GPtrArray *
delete_all (McJournal *journal)
{
  McQuery query = { .type = "certified-copy", .log = "*" };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, &error);
  g_autoptr(GPtrArray) records = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, &error);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr(McEdit) edit = mc_edit_new ();

      mc_edit_delete (edit, records->pdata[i]);
      g_assert_true (mc_journal_save (journal, edit, NOW, NULL, &error));
      g_ptr_array_add (ids, g_strdup (mc_record_get_id (records->pdata[i])));
    }

  return ids;
}

static guint
count_spared (McJournal *journal)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) ids = mc_journal_list_spared (journal, &error);

  g_assert_no_error (error);

  return ids->len;
}

/* Somebody deletes more than fifty records: everybody else keeps seeing them until a person there has said yes; a no brings
 * them back for all.  A few are not asked about. */
static void
test_04_many_deletions_are_asked_about (Story *story, gconstpointer data)
{
  g_autoptr(McAccount) above = new_device (&story->ends, "district", DISTRICT, "district");
  g_autoptr(McAccount) beside = new_device (&story->ends, "beside", TOWN, "commune");
  g_autoptr(McJournal) district = open_journal (&story->ends, above), colleague = open_journal (&story->ends, beside);
  g_autoptr(GPtrArray) deleted = NULL;
  g_autofree char *said = NULL;
  g_autoptr(GError) error = NULL;
  McSyncReport report;
  gboolean done;

  for (int i = 1; i <= MC_SPARE_RECORDS + 1; i++)
    g_free (save_copy (&story->ends, story->journal, i));
  g_assert_true (try_sync (story, NULL));
  run_sync (district, above, &report);
  run_sync (colleague, beside, &report);

  deleted = delete_all (story->journal);
  g_assert_cmpuint (deleted->len, ==, MC_SPARE_RECORDS + 1);
  g_assert_true (try_sync (story, NULL));
  run_sync (district, above, &report);
  run_sync (colleague, beside, &report);
  g_assert_cmpuint (count_spared (district), ==, MC_SPARE_RECORDS + 1);
  g_assert_cmpuint (count_rows (district, "certified-copy"), ==, MC_SPARE_RECORDS + 1);
  g_assert_cmpuint (count_rows (colleague, "certified-copy"), ==, MC_SPARE_RECORDS + 1);

  /* The district's administrator asks on the command line and says yes; the colleague says no. */
  said = run_ctl (NULL, above->dir, &done, "deleted", NULL);
  g_assert_true (done && strstr (said, deleted->pdata[0]) != NULL);
  g_free (run_ctl (NULL, above->dir, &done, "deleted", "hide", NULL));
  g_assert_true (done);
  g_assert_cmpuint (count_rows (district, "certified-copy"), ==, 0);
  g_assert_true (mc_journal_revive_spared (colleague, NOW, &error));
  g_assert_no_error (error);
  run_sync (colleague, beside, &report);
  g_assert_true (try_sync (story, NULL));
  run_sync (district, above, &report);
  g_assert_cmpuint (count_rows (story->journal, "certified-copy"), ==, MC_SPARE_RECORDS + 1);
  g_assert_cmpuint (count_rows (district, "certified-copy"), ==, MC_SPARE_RECORDS + 1);
}

static GBytes *
fetch (McAccount   *account,
       const char  *sha256,
       GError     **error)
{
  g_autofree char *path = g_strconcat ("/v1/evidence/", sha256, NULL);
  g_autoptr(McHttp) http = mc_http_new (account->address, &account->hub);

  return mc_http_get (http, path, account->device, &account->key, NULL, error);
}

/* A record that has arrived without its file says so on both sides, nobody is given half a file, and it completes. */
static void
test_05_missing_attachment (Story *story, gconstpointer data)
{
  g_autofree char *sha256 = save_file (&story->ends, story->journal, 900 * 1000), *local = NULL, *hash = NULL;
  g_autoptr(McAccount) above = new_device (&story->ends, "district", DISTRICT, "district");
  g_autoptr(McJournal) district = open_journal (&story->ends, above);
  RelayPlan none = RELAY_PLAN_NONE, cut = RELAY_PLAN_NONE;
  g_autoptr(GBytes) half = NULL, whole = NULL;
  McSyncReport report;

  cut.cut_up = 500 * 1000;
  relay_set_plan (story->relay, &cut);
  g_assert_false (try_sync (story, NULL));
  run_sync (district, above, &report);
  g_assert_cmpuint (count_rows (district, "plan"), ==, 1);
  g_assert_cmpuint (count_waiting_files (story->journal), ==, 1);
  g_assert_false (is_at_hub (&story->ends, sha256));
  half = fetch (above, sha256, NULL);
  g_assert_null (half);
  local = mc_journal_get_evidence_path (story->journal, sha256, NULL);
  g_assert_nonnull (local);

  relay_set_plan (story->relay, &none);
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_waiting_files (story->journal), ==, 0);
  whole = fetch (above, sha256, NULL);
  g_assert_nonnull (whole);
  hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, whole);
  g_assert_cmpstr (hash, ==, sha256);
}

/* A file that was damaged on its own machine never passes for whole, does not keep the line busy for ever, and can be
 * attached again. */
static void
test_05_damaged_attachment (Story *story, gconstpointer data)
{
  g_autofree char *sha256 = save_file (&story->ends, story->journal, 300 * 1000), *content = NULL;
  g_autofree char *path = mc_journal_get_evidence_path (story->journal, sha256, NULL);
  g_autoptr(GBytes) good = NULL;
  g_autoptr(McEvidence) again = NULL;
  McSyncReport report;
  gsize size;

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  good = g_bytes_new (content, size);
  content[200 * 1000] ^= 1;
  g_assert_true (g_file_set_contents (path, content, size, NULL));
  g_free (save_copy (&story->ends, story->journal, 1));
  run_sync (story->journal, story->account, &report);
  g_test_message ("%" G_GUINT64_FORMAT " bytes for a damaged file of %" G_GSIZE_FORMAT, report.bytes_sent, size);
  g_assert_cmpuint (report.bytes_sent, <=, 2 * size);
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  g_assert_false (is_at_hub (&story->ends, sha256));
  run_sync (story->journal, story->account, &report);
  g_assert_cmpuint (report.bytes_sent, <=, 1000);

  again = mc_journal_attach_bytes (story->journal, good, "kế hoạch.pdf", NOW, NULL);
  g_assert_cmpstr (again->sha256, ==, sha256);
  g_assert_true (try_sync (story, NULL));
  g_assert_true (is_at_hub (&story->ends, sha256));
}

/* Bad records first, in the middle and last, and a file that is gone, hold up nothing else. */
static void
test_07_bad_record_blocks (Story *story, gconstpointer data)
{
  g_autofree char *gone = NULL, *good = NULL, *path = NULL;
  McJournalSummary summary;

  gone = save_file (&story->ends, story->journal, 1000);
  path = mc_journal_get_evidence_path (story->journal, gone, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_free (save_poison (story, 1001));
  for (int i = 1; i <= 30; i++)
    {
      g_free (save_copy (&story->ends, story->journal, i));
      if (i == 15)
        g_free (save_poison (story, 1002));
    }
  good = save_file (&story->ends, story->journal, 2000);
  g_free (save_poison (story, 1003));

  g_assert_true (try_sync (story, NULL));
  g_assert_true (mc_journal_get_summary (story->journal, &summary, NULL));
  g_assert_cmpuint (summary.n_pending_records, ==, 0);
  g_assert_cmpuint (summary.n_refused_records, ==, 3);
  g_assert_true (is_at_hub (&story->ends, good));
  {
    g_autoptr(McAccount) above = new_device (&story->ends, "district", DISTRICT, "district");
    g_autoptr(McJournal) district = open_journal (&story->ends, above);
    McSyncReport report;

    run_sync (district, above, &report);
    g_assert_cmpuint (count_rows (district, "certified-copy"), ==, 30);
    g_assert_cmpuint (count_rows (district, "plan"), ==, 2);
  }
}

/* Two values that two people set apart are both kept and both shown, at each PC and at the district, until one decides. */
static void
test_08_silent_conflict (Story *story, gconstpointer data)
{
  g_autoptr(McAccount) other = new_device (&story->ends, "b", TOWN, "commune");
  g_autoptr(McAccount) above = new_device (&story->ends, "district", DISTRICT, "district");
  g_autoptr(McJournal) at_other = open_journal (&story->ends, other), district = open_journal (&story->ends, above);
  g_autofree char *id = save_copy (&story->ends, story->journal, 1);
  McJournal *everywhere[] = { story->journal, at_other, district };
  McSyncReport report;

  g_assert_true (try_sync (story, NULL));
  run_sync (at_other, other, &report);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr(McRecord) shown = mc_journal_get (everywhere[i], id, NULL);
      g_autoptr(McEdit) edit = mc_edit_new ();

      mc_edit_set_int (edit, shown, "fee", 6000 + i);
      g_assert_true (mc_journal_save (everywhere[i], edit, NOW + i, NULL, NULL));
    }
  for (int round = 0; round < 2; round++)
    {
      g_assert_true (try_sync (story, NULL));
      run_sync (at_other, other, &report);
      run_sync (district, above, &report);
    }

  for (guint i = 0; i < G_N_ELEMENTS (everywhere); i++)
    {
      g_autoptr(McRecord) record = mc_journal_get (everywhere[i], id, NULL);

      g_assert_true (mc_record_has_conflict (record, "fee"));
      g_assert_cmpuint (mc_record_get_heads (record, "fee")->len, ==, 2);
    }
}

/* A record that the hub refuses stays on its author's screen with the reason, and its bytes on both sides. */
static void
test_09_bad_record_skipped (Story *story, gconstpointer data)
{
  g_autofree char *id = save_poison (story, 1);
  g_autoptr(McRecord) record = NULL;

  for (int i = 0; i < 3; i++)
    {
      g_assert_true (try_sync (story, NULL));
      g_clear_pointer (&story->journal, mc_journal_close);
      story->journal = open_journal (&story->ends, story->account);
    }
  record = mc_journal_get (story->journal, id, NULL);
  g_assert_cmpint (mc_record_get_flags (record) & MC_RECORD_REJECTED, !=, 0);
  g_assert_cmpuint (mc_record_get_refusals (record)->len, >=, 1);
  g_assert_nonnull (((McRefusal *) mc_record_get_refusals (record)->pdata[0])->verdict);
  g_assert_cmpint (ask (story->account->dir, "store.db", "SELECT count (*) FROM change WHERE state = 3"
                        " AND length (bytes) > 0"), ==, 1);
  g_assert_cmpint (ask (story->ends.hub_dir, "hub.db", "SELECT count (*) FROM refused WHERE length (bytes) > 0"), ==, 1);
}

/* Pressing the button again and again, and deleting what waits, neither doubles nor loses anything. */
static void
test_19_resent_by_hand (Story *story, gconstpointer data)
{
  g_autofree char *csv = g_build_filename (story->ends.dir, "months.csv", NULL), *id = NULL;
  g_autoptr(McRecord) record = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  gboolean done;

  g_assert_true (g_file_set_contents (csv, "month;total\r\n1/2021;100\r\n2/2021;200\r\n", -1, NULL));
  for (int i = 0; i < 3; i++)
    {
      g_free (run_ctl (NULL, story->account->dir, &done, "--type", "document-month", "import", csv, NULL));
      g_assert_true (done);
      g_assert_true (try_sync (story, NULL));
      g_assert_true (try_sync (story, NULL));
    }
  g_assert_cmpuint (count_rows (story->journal, "document-month"), ==, 2);

  /* What is deleted before it was sent is a deletion that people can see and undo, not a hole. */
  id = save_copy (&story->ends, story->journal, 1);
  record = mc_journal_get (story->journal, id, NULL);
  mc_edit_delete (edit, record);
  g_assert_true (mc_journal_save (story->journal, edit, NOW, NULL, NULL));
  g_assert_true (try_sync (story, NULL));
  g_assert_cmpint (ask (story->ends.hub_dir, "hub.db", "SELECT count (*) FROM change WHERE record IN"
                        " (SELECT record FROM change GROUP BY record HAVING count (*) = 2)"), >=, 2);
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
}

/* When a unit ends, what its PC has not sent yet still arrives in the unit's own log, and stays where it was; whoever took over its
 * work reads it there and corrects it, and no other unit does. */
static void
test_24_scope_change (Story *story, gconstpointer data)
{
  static const char merged[] = "{\"units\":["
    "{\"code\":\"21609\",\"valid_from\":\"2004-07-08\",\"valid_to\":\"2021-12-31\",\"name\":\"An Lão\","
    "\"kind\":\"town\",\"parent\":\"542@2004-07-08\",\"successors\":[\"21609@2022-01-01\"]},"
    "{\"code\":\"21609\",\"valid_from\":\"2022-01-01\",\"valid_to\":\"2022-01-31\",\"name\":\"An Lão mới\",\"kind\":\"town\","
    "\"parent\":\"542@2004-07-08\",\"successors\":[\"21609@2022-02-01\"]},"
    "{\"code\":\"21609\",\"valid_from\":\"2022-02-01\",\"valid_to\":\"2025-06-30\",\"name\":\"An Lão mới hơn\",\"kind\":\"town\","
    "\"parent\":\"542@2004-07-08\"},"
    "{\"code\":\"21699\",\"valid_from\":\"2022-01-01\",\"name\":\"Nơi khác\",\"kind\":\"commune\","
    "\"parent\":\"542@2004-07-08\"}]}";
  static const char * const units[] = { "21609@2022-01-01", "21609@2022-02-01", "21699@2022-01-01" };
  g_autofree char *path = g_build_filename (story->ends.dir, "merged.json", NULL), *id = NULL;
  g_autoptr(McAccount) above = new_device (&story->ends, "district", DISTRICT, "district");
  g_autoptr(McJournal) district = open_journal (&story->ends, above);
  McSyncReport report;

  id = save_copy (&story->ends, story->journal, 1);
  g_assert_true (try_sync (story, NULL));
  g_free (save_copy (&story->ends, story->journal, 2));
  g_assert_true (g_file_set_contents (path, merged, -1, NULL));
  g_free (run_hub (&story->ends, "unit", "import", path, NULL));

  g_assert_true (try_sync (story, NULL));
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  g_assert_cmpuint (count_rows (story->journal, "certified-copy"), ==, 2);
  run_sync (district, above, &report);
  g_assert_cmpuint (count_rows (district, "certified-copy"), ==, 2);

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autofree char *name = g_strdup_printf ("heir-%u", i);
      g_autoptr(McAccount) heir = new_device (&story->ends, name, units[i], "commune");
      g_autoptr(McJournal) at_heir = open_journal (&story->ends, heir);
      g_autoptr(McRecord) theirs = NULL, ours = NULL;
      g_autoptr(McEdit) edit = mc_edit_new ();

      run_sync (at_heir, heir, &report);
      g_assert_cmpuint (count_rows (at_heir, "certified-copy"), ==, i < 2 ? 2 : 0);
      if (i == 2)
        continue;
      theirs = mc_journal_get (at_heir, id, NULL);
      mc_edit_set_int (edit, theirs, "copies", 70 + i);
      g_assert_true (mc_journal_save (at_heir, edit, NOW, NULL, NULL));
      run_sync (at_heir, heir, &report);
      g_assert_cmpuint (report.n_refused, ==, 0);
      g_assert_true (try_sync (story, NULL));
      ours = mc_journal_get (story->journal, id, NULL);
      g_assert_cmpint (mc_record_get_int (ours, "copies", 0), ==, 70 + i);
    }
}

#define HEIR "21699@2022-01-01"

/* HEIR, and @n_units units that end with 2021; @merged: it took them over, and TOWN. */
static void
import_units (Story    *story,
              guint     n_units,
              gboolean  merged)
{
  const char *heirs = merged ? ",\"successors\":[\"" HEIR "\"]" : "";
  g_autofree char *path = g_build_filename (story->ends.dir, "table.json", NULL);
  g_autoptr(GString) text = g_string_new ("{\"units\":[");

  for (guint i = 0; i < n_units; i++)
    g_string_append_printf (text, "{\"code\":\"2170%u\",\"valid_from\":\"2004-07-08\",\"valid_to\":\"2021-12-31\","
                            "\"name\":\"Xã %u\",\"kind\":\"commune\",\"parent\":\"" DISTRICT "\"%s},", i, i, heirs);
  g_string_append_printf (text, "{\"code\":\"21609\",\"valid_from\":\"2004-07-08\",\"valid_to\":\"2025-06-30\",\"name\":\"An Lão\","
                          "\"kind\":\"town\",\"parent\":\"" DISTRICT "\"%s},{\"code\":\"21699\",\"valid_from\":\"2022-01-01\",\"name\":\"Xã mới\","
                          "\"kind\":\"commune\",\"parent\":\"" DISTRICT "\"}]}", heirs);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  g_free (run_hub (&story->ends, "unit", "import", path, NULL));
}

/* What a sync of @account with nothing new weighs, both ways. */
static guint64
cost_of_nothing (McJournal *journal,
                 McAccount *account)
{
  McSyncReport report;

  run_sync (journal, account, &report);
  run_sync (journal, account, &report);
  g_assert_cmpuint (report.turns, ==, 1);
  g_test_message ("nothing new: %" G_GUINT64_FORMAT " bytes", report.bytes_sent + report.bytes_received);

  return report.bytes_sent + report.bytes_received;
}

/* A merger that is declared after the heir's PC was enrolled reaches it with its next sync: it follows all three logs, also what
 * is written there later, corrects it, and gives it back to a hub that lost it.  Nothing new costs what it ever did. */
static void
test_24_merged_later (Story *story, gconstpointer data)
{
  g_autofree char *backup = g_build_filename (story->ends.dir, "backup", NULL), *id = NULL;
  g_autoptr(McAccount) heir = NULL;
  g_autoptr(McJournal) at_heir = NULL;
  g_autoptr(McRecord) theirs = NULL, own = NULL;
  g_autoptr(McEdit) edit = mc_edit_new (), first = mc_edit_new ();
  g_autofree char *own_id = mc_id_new (NOW);
  McSyncReport report;

  g_free (save_copy (&story->ends, story->journal, 1));
  g_assert_true (try_sync (story, NULL));
  import_units (story, 2, FALSE);
  heir = new_device (&story->ends, "heir", HEIR, "commune");
  at_heir = open_journal (&story->ends, heir);
  own = mc_record_new_empty (own_id, HEIR, "certified-copy", mc_pack_get_id (story->ends.pack), NULL);
  mc_edit_set_int (first, own, "number", 9);
  g_assert_true (mc_journal_save (at_heir, first, NOW, NULL, NULL));
  g_assert_cmpuint (cost_of_nothing (at_heir, heir), <=, 600);
  g_assert_cmpuint (count_rows (at_heir, "certified-copy"), ==, 1);

  import_units (story, 2, TRUE);
  run_sync (at_heir, heir, &report);
  g_assert_cmpuint (count_rows (at_heir, "certified-copy"), ==, 2);
  g_assert_cmpuint (cost_of_nothing (at_heir, heir), <=, 600);
  g_free (run_hub (&story->ends, "backup", backup, NULL));

  id = save_copy (&story->ends, story->journal, 2);
  g_assert_true (try_sync (story, NULL));
  run_sync (at_heir, heir, &report);
  g_assert_cmpuint (count_rows (at_heir, "certified-copy"), ==, 3);
  g_assert_cmpuint (cost_of_nothing (at_heir, heir), <=, 600);

  /* Its own PC is never seen again. */
  stop_hub (&story->ends, SIGTERM);
  g_free (run_hub (&story->ends, "restore", backup, NULL));
  start_hub (&story->ends);
  run_sync (at_heir, heir, &report);
  assert_at_district (story, 3);
  g_assert_cmpuint (cost_of_nothing (at_heir, heir), <=, 600);

  theirs = mc_journal_get (at_heir, id, NULL);
  mc_edit_set_int (edit, theirs, "copies", 7);
  g_assert_true (mc_journal_save (at_heir, edit, NOW, NULL, NULL));
  run_sync (at_heir, heir, &report);
  g_assert_cmpuint (report.n_refused, ==, 0);
  g_assert_cmpuint (count_pending (at_heir), ==, 0);
  g_assert_cmpuint (cost_of_nothing (at_heir, heir), <=, 600);
}

static guint64
cost_of_ten_edits (Story     *story,
                   GPtrArray *ids)
{
  McSyncReport report;

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr(McRecord) record = mc_journal_get (story->journal, ids->pdata[i * 3], NULL);
      g_autoptr(McEdit) edit = mc_edit_new ();

      mc_edit_set_int (edit, record, "copies", g_random_int_range (10, 90));
      g_assert_true (mc_journal_save (story->journal, edit, NOW, NULL, NULL));
    }
  run_sync (story->journal, story->account, &report);
  g_assert_cmpuint (report.turns, ==, 1);
  g_assert_cmpuint (report.bytes_sent + report.bytes_received, <=, 3072);

  return report.bytes_sent + report.bytes_received;
}

/* Ten edits cost the same among forty records as among a thousand. */
static void
test_25_hot_path (Story *story, gconstpointer data)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  guint64 among_few, among_many;

  for (int i = 1; i <= 40; i++)
    g_ptr_array_add (ids, save_copy (&story->ends, story->journal, i));
  g_assert_true (try_sync (story, NULL));
  among_few = cost_of_ten_edits (story, ids);
  for (int i = 41; i <= 1000; i++)
    g_ptr_array_add (ids, save_copy (&story->ends, story->journal, i));
  g_assert_true (try_sync (story, NULL));
  among_many = cost_of_ten_edits (story, ids);
  g_test_message ("ten edits: %" G_GUINT64_FORMAT " bytes among 40, %" G_GUINT64_FORMAT " among 1,000", among_few, among_many);
  g_assert_cmpuint (among_many, <=, among_few + 200);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD_STORY ("04-absent-read-as-deleted", NULL, test_04_absent_is_not_deleted);
  ADD_STORY ("04-many-deletions", NULL, test_04_many_deletions_are_asked_about);
  ADD_STORY ("05-attachment-missing", NULL, test_05_missing_attachment);
  ADD_STORY ("05-attachment-damaged", NULL, test_05_damaged_attachment);
  ADD_STORY ("07-one-bad-record-blocks", NULL, test_07_bad_record_blocks);
  ADD_STORY ("08-silent-loss-in-conflict", NULL, test_08_silent_conflict);
  ADD_STORY ("09-bad-record-skipped", NULL, test_09_bad_record_skipped);
  ADD_STORY ("19-deleted-or-resent-by-hand", NULL, test_19_resent_by_hand);
  ADD_STORY ("24-scope-change-leaves-orphans", NULL, test_24_scope_change);
  ADD_STORY ("24-merged-later", NULL, test_24_merged_later);
  ADD_STORY ("25-hot-path-scales", NULL, test_25_hot_path);

  return g_test_run ();
}
