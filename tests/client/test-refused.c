/* test-refused.c: what a real hub refuses, and what becomes of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>

#include "client/mc-session.h"
#include "mc-test.h"
#include "two-ends.h"

/* A commune that sets a reviewer's field is refused, and its other records go on. */
static void
test_rejected (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *id = save_copy (fixture, journal, 1);
  g_autoptr(McRecord) record = mc_journal_get (journal, id, NULL), after = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  McJournalSummary summary;
  McSyncReport report;

  mc_edit_set_text (edit, record, "review.verdict", "accepted");
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, NULL));
  g_free (save_copy (fixture, journal, 2));
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.n_sent, ==, 3);
  g_assert_cmpuint (report.n_refused, ==, 1);

  after = mc_journal_get (journal, id, NULL);
  g_assert_cmpint (mc_record_get_flags (after) & MC_RECORD_REJECTED, !=, 0);
  g_assert_cmpint (mc_record_get_refusals (after)->len, ==, 1);
  g_assert_true (mc_record_is_blank (after, "review.verdict"));
  g_assert_true (mc_journal_get_summary (journal, &summary, NULL));
  g_assert_cmpuint (summary.n_refused_records, ==, 1);
  g_assert_cmpuint (summary.n_pending_records, ==, 0);
}

static void
edit_text (McJournal  *journal,
           const char *id,
           const char *field,
           const char *text,
           const char *other_field,
           const char *other_text)
{
  g_autoptr(McRecord) record = mc_journal_get (journal, id, NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();

  mc_edit_set_text (edit, record, field, text);
  if (other_field != NULL)
    mc_edit_set_text (edit, record, other_field, other_text);
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, NULL));
}

static guint
count_refusals (McJournal  *journal,
                const char *id)
{
  g_autoptr(McRecord) record = mc_journal_get (journal, id, NULL);

  return mc_record_get_refusals (record)->len;
}

/* Typing a refused field again is its correction: it goes in, and so does what was held behind. */
static void
test_corrected (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *id = save_copy (fixture, journal, 1), *verified = NULL;
  g_autoptr(McRecord) after = NULL;
  McSyncReport report;

  edit_text (journal, id, "document", "Giấy khai sinh", "review.verdict", "accepted");
  edit_text (journal, id, "signer", "Trần Văn Ký", NULL, NULL);
  run_sync (journal, town, &report);
  g_assert_cmpuint (report.n_refused, ==, 2);
  g_assert_cmpuint (count_refusals (journal, id), ==, 3);

  edit_text (journal, id, "document", "Giấy khai sinh (bản sao)", NULL, NULL);
  run_sync (journal, town, &report);
  run_sync (journal, town, &report);
  after = mc_journal_get (journal, id, NULL);
  g_assert_cmpuint (mc_record_get_refusals (after)->len, ==, 0);
  g_assert_cmpstr (mc_record_get_text (after, "document"), ==, "Giấy khai sinh (bản sao)");
  g_assert_cmpstr (mc_record_get_text (after, "signer"), ==, "Trần Văn Ký");
  g_assert_true (mc_record_is_blank (after, "review.verdict"));
  g_assert_cmpint (mc_record_get_flags (after) & (MC_RECORD_REJECTED | MC_RECORD_PENDING), ==, 0);
  verified = run_hub (fixture, "verify", NULL);
}

/* What was typed last is what stands: a save that was held meanwhile does not come in beside its author's correction, nor beside
 * what he typed after it. */
static void
test_typed_last (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *id = save_copy (fixture, journal, 1), *verified = NULL;
  g_autoptr(McRecord) after = NULL;
  McJournalSummary summary;
  McSyncReport report;

  edit_text (journal, id, "document", "một", "review.verdict", "accepted");
  run_sync (journal, town, &report);
  edit_text (journal, id, "signer", "Trần Văn Ký", NULL, NULL);
  edit_text (journal, id, "signer", "Trần Văn Kỹ", "signer_title", "Chủ tịch");
  run_sync (journal, town, &report);
  edit_text (journal, id, "signer", "Lê Thị Ký", NULL, NULL);
  run_sync (journal, town, &report);
  g_assert_cmpuint (count_refusals (journal, id), >, 3);
  edit_text (journal, id, "document", "hai", "signer_title", "Phó Chủ tịch");
  run_sync (journal, town, &report);
  run_sync (journal, town, &report);

  after = mc_journal_get (journal, id, NULL);
  g_assert_cmpuint (mc_record_get_refusals (after)->len, ==, 0);
  g_assert_true (mc_journal_get_summary (journal, &summary, NULL));
  g_assert_cmpuint (summary.n_conflict_records, ==, 0);
  g_assert_cmpstr (mc_record_get_text (after, "document"), ==, "hai");
  g_assert_cmpstr (mc_record_get_text (after, "signer"), ==, "Lê Thị Ký");
  g_assert_cmpstr (mc_record_get_text (after, "signer_title"), ==, "Phó Chủ tịch");
  verified = run_hub (fixture, "verify", NULL);
}

/* A clone has what was refused, too: what the one corrects is open at the other no more. */
static void
test_corrected_by_clone (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), clone = NULL;
  g_autoptr(McJournal) journal = open_journal (fixture, town), copy = NULL;
  g_autofree char *id = save_copy (fixture, journal, 1), *dir = g_build_filename (fixture->dir, "clone", NULL);
  g_autofree char *verified = NULL;
  g_autoptr(McRecord) after = NULL;
  g_autoptr(GError) error = NULL;
  const char *argv[] = { "cp", "-a", town->dir, dir, NULL };
  McSyncReport report;

  edit_text (journal, id, "document", "Giấy khai sinh", "review.verdict", "accepted");
  run_sync (journal, town, &report);
  g_clear_pointer (&journal, mc_journal_close);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  clone = mc_account_load (dir, &error);
  g_assert_no_error (error);
  journal = open_journal (fixture, town);
  copy = open_journal (fixture, clone);
  run_sync (copy, clone, &report);
  g_assert_cmpuint (count_refusals (copy, id), ==, 2);

  edit_text (journal, id, "document", "Giấy khai sinh (bản sao)", NULL, NULL);
  run_sync (journal, town, &report);
  g_assert_cmpuint (count_refusals (journal, id), ==, 0);
  run_sync (copy, clone, &report);
  g_assert_cmpuint (count_refusals (copy, id), ==, 0);
  after = mc_journal_get (copy, id, NULL);
  g_assert_cmpstr (mc_record_get_text (after, "document"), ==, "Giấy khai sinh (bản sao)");
  verified = run_hub (fixture, "verify", NULL);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/refused/rejected", test_rejected);
  ADD ("/refused/corrected", test_corrected);
  ADD ("/refused/typed-last", test_typed_last);
  ADD ("/refused/corrected-by-clone", test_corrected_by_clone);

  return g_test_run ();
}
