/* test-stream.c: own changes between a hub's verdict and its log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "core/core-fixture.h"
#include "core/mc-id.h"
#include "core/mc-journal-heal.h"
#include "core/mc-refused.h"
#include "mc-test.h"

#define LOG "21609@2004-07-08"
#define NOW G_GINT64_CONSTANT (1638340443120000)

typedef struct
{
  char *dir;
  McJournal *journal;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("mc-stream-XXXXXX", NULL);
  fixture->journal = open_store (fixture->dir, "0190a000-0000-7000-8000-000000000001", LOG);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mc_journal_close (fixture->journal);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

/* One save of @m records. */
static void
save_group (Fixture *fixture,
            guint    m)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < m; i++)
    {
      g_autofree char *id = mc_id_new (NOW);
      McRecord *record = mc_record_new_empty (id, LOG, "certified-copy", "pack", NULL);

      g_ptr_array_add (records, record);
      mc_edit_set_int (edit, record, "copies", i);
    }
  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, NULL, NULL));
}

static void
accept (Fixture *fixture,
        guint64  first,
        guint64  last,
        guint64  seq)
{
  g_autoptr(GArray) verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  McVerdict verdict = { MC_VERDICT_ACCEPTED, first, last, seq, NULL };

  g_array_append_val (verdicts, verdict);
  g_assert_true (mc_journal_apply_verdicts (fixture->journal, LOG, mc_journal_get_incarnation (fixture->journal), verdicts, NULL));
}

/* The hub's log shows the own changes from @n on at @seq. */
static void
show (Fixture *fixture,
      guint64  n,
      guint    count,
      guint64  seq)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);
  g_autoptr(GPtrArray) groups = mc_journal_get_groups (fixture->journal, LOG, n, G_MAXSIZE, NULL);
  McLogRow *row = g_new0 (McLogRow, 1);
  McCursor head = { .seq = seq + count - 1 };
  guint done = 0;
  g_autoptr(GError) error = NULL;

  g_assert_true (mc_journal_get_log_chain (fixture->journal, LOG, seq - 1, &head.chain, NULL));
  for (guint g = 0; g < groups->len; g++)
    {
      McGroup *group = groups->pdata[g];

      for (guint i = 0; i < group->changes->len && done < count; i++, done++)
        mc_chain_step_log (&head.chain, group->device, group->incarnation, group->n + i, mc_change_get_bytes (group->changes->pdata[i]));
    }
  row->seq = seq;
  row->incarnation = g_strdup (mc_journal_get_incarnation (fixture->journal));
  row->n = n;
  row->count = count;
  g_ptr_array_add (rows, row);
  g_assert_true (mc_journal_apply_page (fixture->journal, LOG, rows, &head, NULL, &error));
  g_assert_no_error (error);
}

static int
count (Fixture    *fixture,
       const char *sql)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (fixture->journal), sql, NULL);
  gboolean has_row;

  g_assert_true (mc_stmt_next (stmt, &has_row, NULL) && has_row);

  return mc_stmt_get_int64 (stmt, 0);
}

/* What a hub accepted, and what its log did not show yet, is offered again after a fork: the hub may have gone back since
 * and have no trace of it. */
static void
test_accepted_unseen (Fixture *fixture, gconstpointer data)
{
  McStreamHead head;

  save_group (fixture, 1);
  save_group (fixture, 2);
  accept (fixture, 1, 3, 1);
  show (fixture, 1, 1, 1);
  g_assert_true (mc_journal_new_incarnation (fixture->journal, NULL));
  g_assert_true (mc_journal_get_stream (fixture->journal, LOG, &head, NULL));
  g_assert_cmpuint (head.n, ==, 2);
  g_assert_cmpuint (head.hub_n, ==, 0);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 0"), ==, 2);
}

/* A hub that went back accepted a group while the cursor was still past the places it gave: the group is set aside whole,
 * and comes whole with the hub's log. */
static void
test_accepted_past_cursor (Fixture *fixture, gconstpointer data)
{
  McStreamHead head;

  for (guint i = 0; i < 3; i++)
    save_group (fixture, 1);
  accept (fixture, 1, 3, 1);
  show (fixture, 1, 3, 1);
  /* The hub has nothing any more, and takes all of it in another order: a row of somebody else is first. */
  g_assert_true (mc_journal_set_hub_n (fixture->journal, LOG, 2, NULL));
  save_group (fixture, 2);
  accept (fixture, 4, 5, 3);
  g_assert_true (mc_journal_rewind (fixture->journal, LOG, 1, NULL));
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM (SELECT count (DISTINCT state) AS states FROM change"
                          " GROUP BY n - k) WHERE states > 1"), ==, 0);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 1"), ==, 1);
  show (fixture, 2, 4, 2);
  g_assert_true (mc_journal_get_stream (fixture->journal, LOG, &head, NULL));
  g_assert_cmpuint (head.n, ==, 5);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 1 AND seq = n"), ==, 5);
}

/* A hub that went back holds a row and lets it in a moment later, where it was: no page shows it, but that the logs are the same
 * does. */
static void
test_held_in_place (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GArray) verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  McVerdict held = { MC_VERDICT_HELD, 2, 2, 0, (char *) "{\"type\":\"held\"}" };

  save_group (fixture, 1);
  save_group (fixture, 1);
  save_group (fixture, 1);
  accept (fixture, 1, 2, 1);
  show (fixture, 1, 2, 1);
  g_array_append_val (verdicts, held);
  held.n_first = held.n_last = 3;
  g_array_append_val (verdicts, held);
  g_assert_true (mc_journal_set_hub_n (fixture->journal, LOG, 1, NULL));
  g_assert_true (mc_journal_apply_verdicts (fixture->journal, LOG, mc_journal_get_incarnation (fixture->journal), verdicts, NULL));
  g_assert_true (mc_journal_trust_log (fixture->journal, LOG, NULL));
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 1 AND n <= 2"), ==, 2);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 4 AND n = 3"), ==, 1);
}

/* An own row that comes with its bytes, in an answer to another incarnation, has no receipt with it: the hub is asked for its
 * verdict again, with which it signs. */
static void
test_shown_without_receipt (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free), groups = NULL;
  McLogRow *row = g_new0 (McLogRow, 1);
  McCursor head = { .seq = 1 };
  McStreamHead stream;
  McGroup *group;
  g_autoptr(GError) error = NULL;

  save_group (fixture, 1);
  save_group (fixture, 1);
  accept (fixture, 1, 2, 1);
  groups = mc_journal_get_groups (fixture->journal, LOG, 1, 1, NULL);
  group = row->group = g_ptr_array_steal_index (groups, 0);
  row->seq = 1;
  mc_chain_step_log (&head.chain, group->device, group->incarnation, 1, mc_change_get_bytes (group->changes->pdata[0]));
  g_ptr_array_add (rows, row);
  g_assert_true (mc_journal_apply_page (fixture->journal, LOG, rows, &head, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (mc_journal_get_stream (fixture->journal, LOG, &stream, NULL));
  g_assert_cmpuint (stream.hub_n, ==, 0);
}

/* (transfer full): the only change of a group, at place @n of the own device's stream @incarnation. */
static McGroup *
new_group_on (const char *incarnation,
              guint64     n,
              const char *record,
              const char *instead)   /* (nullable) */
{
  g_autofree char *id = mc_id_new (NOW), *text = NULL;
  g_autofree char *named = instead != NULL ? g_strdup_printf ("\"instead\":\"%s\",", instead) : g_strdup ("");
  g_autoptr(GBytes) bytes = NULL;
  McGroup *group = g_new0 (McGroup, 1);
  g_autoptr(GError) error = NULL;

  text = g_strdup_printf ("{\"id\":\"%s\",\"record\":\"%s\",\"type\":\"certified-copy\",\"pack\":\"pack/1\","
                          "\"at\":\"2021-11-02T08:14:03.120+07:00\",\"by\":\"Hà\",%s\"set\":{\"copies\":3}}", id, record, named);
  bytes = g_bytes_new (text, strlen (text));
  group->device = g_strdup ("0190a000-0000-7000-8000-000000000001");
  group->incarnation = g_strdup (incarnation);
  group->n = n;
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  g_ptr_array_add (group->changes, mc_change_parse (bytes, &error));
  g_assert_no_error (error);

  return group;
}

static McGroup *
new_group (const char *incarnation,
           guint64     n)
{
  g_autofree char *record = mc_id_new (NOW);

  return new_group_on (incarnation, n, record, NULL);
}

/* The first row of the log is @group. */
static void
show_first (Fixture *fixture,
            McGroup *group)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);
  McLogRow *row = g_new0 (McLogRow, 1);
  McCursor head = { .seq = 1 };
  g_autoptr(GError) error = NULL;

  row->seq = 1;
  row->group = group;
  g_ptr_array_add (rows, row);
  mc_chain_step_log (&head.chain, group->device, group->incarnation, group->n, mc_change_get_bytes (group->changes->pdata[0]));
  g_assert_true (mc_journal_apply_page (fixture->journal, LOG, rows, &head, NULL, &error));
  g_assert_no_error (error);
}

/* A store that went back meets rows of its own stream that it never wrote: it takes a new incarnation with them, for the places
 * that it would write to next are taken. */
static void
test_own_future (Fixture *fixture, gconstpointer data)
{
  g_autofree char *incarnation = g_strdup (mc_journal_get_incarnation (fixture->journal));

  show_first (fixture, new_group (incarnation, 1));
  save_group (fixture, 1);
  g_assert_cmpstr (mc_journal_get_incarnation (fixture->journal), !=, incarnation);
}

/* … and where it wrote something else at that place, that makes room, also if what the hub handed back as refused has a place
 * below all others already. */
static void
test_own_future_beside_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *incarnation = g_strdup (mc_journal_get_incarnation (fixture->journal));
  g_autoptr(GPtrArray) back = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_refused_free);
  g_autoptr(GArray) taken = g_array_new (FALSE, FALSE, sizeof (guint64));
  McRefused *refused = g_new0 (McRefused, 1);
  g_autofree char *settled = g_strdup_printf ("UPDATE change SET incarnation = '%s', n = 1, state = 5 WHERE number = 1", incarnation);
  /* As an older program keeps it. */
  g_autofree char *below = g_strdup_printf ("UPDATE change SET incarnation = '%s', n = -1 WHERE state = 3", incarnation);
  g_autoptr(GError) error = NULL;

  save_group (fixture, 1);
  g_assert_true (mc_journal_new_incarnation (fixture->journal, NULL));
  refused->group = new_group (incarnation, 7);
  g_ptr_array_add (back, refused);
  g_assert_true (mc_journal_take_back (fixture->journal, LOG, back, taken, &error));
  g_assert_no_error (error);
  g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal), below, NULL));
  g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal), settled, NULL));
  show_first (fixture, new_group (incarnation, 1));
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change"), ==, 3);
}

/* What was refused or is held goes along into a new incarnation, and stays on the screen as it is: by its place in the stream
 * that is left nobody could tell any more whether the hub still has it. */
static void
test_refused_goes_along (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GArray) verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  McVerdict rejected = { MC_VERDICT_REJECTED, 1, 2, 0, (char *) "{\"type\":\"forbidden\"}" };
  McVerdict held = { MC_VERDICT_HELD, 4, 4, 0, (char *) "{\"type\":\"held\"}" };
  McStreamHead stream;

  save_group (fixture, 2);
  save_group (fixture, 1);
  save_group (fixture, 1);
  save_group (fixture, 1);
  g_array_append_val (verdicts, rejected);
  g_array_append_val (verdicts, held);
  g_assert_true (mc_journal_apply_verdicts (fixture->journal, LOG, mc_journal_get_incarnation (fixture->journal), verdicts, NULL));
  g_assert_true (mc_journal_new_incarnation (fixture->journal, NULL));
  g_assert_true (mc_journal_get_stream (fixture->journal, LOG, &stream, NULL));
  g_assert_cmpuint (stream.n, ==, 5);
  g_assert_cmpuint (stream.hub_n, ==, 0);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE n BETWEEN 1 AND 2 AND state = 3 AND verdict IS NOT NULL"), ==, 2);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE n = 4 AND state = 4 AND verdict IS NOT NULL"), ==, 1);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE n IN (3, 5) AND state = 0"), ==, 2);
}

/* An older program left it behind: then it goes to the end of the present stream. */
static void
test_refused_left_behind (Fixture *fixture, gconstpointer data)
{
  guint n;

  save_group (fixture, 1);
  save_group (fixture, 1);
  g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal), "UPDATE change SET incarnation = 'other', state = 2 + n, verdict = '{}'",
                             NULL));
  save_group (fixture, 1);
  g_assert_true (mc_journal_offer_again (fixture->journal, LOG, &n, NULL));
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state IN (3, 4) AND n = state + 1 AND verdict IS NOT NULL"
                          " AND incarnation <> 'other'"), ==, 2);
  g_assert_true (mc_journal_offer_again (fixture->journal, LOG, &n, NULL));
  g_assert_cmpuint (n, ==, 0);
}

static guint
take_back (Fixture   *fixture,
           GPtrArray *back)
{
  g_autoptr(GArray) taken = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_assert_true (mc_journal_take_back (fixture->journal, LOG, back, taken, NULL));

  return taken->len;
}

/* What a hub gives back goes to the end of the present stream with its verdict, and is said to be taken once it was sent there:
 * this store going back is then seen by its stream, as ever. */
static void
test_given_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) back = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_refused_free);
  g_autofree char *other = mc_id_new (NOW);
  McStreamHead stream;

  for (guint n = 4; n <= 5; n++)
    {
      McRefused *refused = g_new0 (McRefused, 1);

      refused->group = new_group (other, n);
      refused->held = n == 5;
      g_ptr_array_add (back, refused);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (take_back (fixture, back), ==, 0);
      g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 3 AND n = 1"), ==, 1);
      g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 4 AND n = 2"), ==, 1);
      g_assert_true (mc_journal_get_stream (fixture->journal, LOG, &stream, NULL));
      g_assert_cmpuint (stream.n, ==, 2);
    }
  g_assert_true (mc_journal_set_hub_n (fixture->journal, LOG, 2, NULL));
  g_assert_cmpuint (take_back (fixture, back), ==, 2);
}

/* … also what an older program took back at a place below all others. */
static void
test_given_back_to_older (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) back = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_refused_free);
  McRefused *refused = g_new0 (McRefused, 1);
  guint n;

  refused->group = new_group ("other", 4);
  g_ptr_array_add (back, refused);
  take_back (fixture, back);
  g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal), "UPDATE change SET n = -1, log_n = 4; UPDATE stream SET n = 0", NULL));
  g_assert_true (mc_journal_offer_again (fixture->journal, LOG, &n, NULL));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 3 AND n = 1 AND log_n IS NULL"), ==, 1);
}

static void
reject (Fixture *fixture,
        guint64  first,
        guint64  last)
{
  g_autoptr(GArray) verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  McVerdict verdict = { MC_VERDICT_REJECTED, first, last, 0, (char *) "{\"type\":\"forbidden\"}" };

  g_array_append_val (verdicts, verdict);
  g_assert_true (mc_journal_apply_verdicts (fixture->journal, LOG, mc_journal_get_incarnation (fixture->journal), verdicts, NULL));
}

static guint
count_refused (Fixture *fixture)
{
  g_autoptr(GPtrArray) groups = mc_journal_list_refused (fixture->journal, FALSE, NULL);
  McJournalSummary summary;

  g_assert_true (mc_journal_get_summary (fixture->journal, &summary, NULL));
  g_assert_cmpuint (groups->len > 0, ==, summary.n_refused_records > 0);

  return groups->len;
}

/* (transfer full): what corrects the refused save of this store, as a clone of it wrote that. */
static McGroup *
new_correction (Fixture *fixture)
{
  g_autoptr(GPtrArray) groups = mc_journal_list_refused (fixture->journal, FALSE, NULL);
  McRefusedGroup *group = groups->pdata[0];
  g_autofree char *clone = mc_id_new (NOW);

  return new_group_on (clone, 2, group->record, group->change_id);
}

/* A clone corrected what was refused here as well, and its correction comes with the log: nothing is open any more, of all that
 * was one save, and stays so when the hub says once more that it refused it. */
static void
test_corrected_elsewhere (Fixture *fixture, gconstpointer data)
{
  save_group (fixture, 2);
  reject (fixture, 1, 2);
  g_assert_cmpuint (count_refused (fixture), ==, 1);
  show_first (fixture, new_correction (fixture));
  g_assert_cmpuint (count_refused (fixture), ==, 0);
  reject (fixture, 1, 2);
  g_assert_cmpuint (count_refused (fixture), ==, 0);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 5"), ==, 2);
}

/* A save of new records that was refused and given up leaves no empty lines behind. */
static void
test_given_up (Fixture *fixture, gconstpointer data)
{
  McQuery query = { .type = "certified-copy" };
  g_autoptr(GPtrArray) groups = NULL;
  g_autoptr(GArray) refused = NULL, after = NULL;
  g_autoptr(GError) error = NULL;

  save_group (fixture, 2);
  reject (fixture, 1, 2);
  refused = mc_journal_query (fixture->journal, &query, NULL);
  g_assert_cmpuint (refused->len, ==, 2);
  groups = mc_journal_list_refused (fixture->journal, FALSE, NULL);
  g_assert_true (mc_journal_withdraw (fixture->journal, ((McRefusedGroup *) groups->pdata[0])->change_id, NOW, &error));
  g_assert_no_error (error);
  accept (fixture, 3, 3, 1);
  g_assert_cmpuint (count_refused (fixture), ==, 0);
  after = mc_journal_query (fixture->journal, &query, NULL);
  g_assert_cmpuint (after->len, ==, 0);
}

/* What the hub gives back after its correction came is not open either; another's correction settles nothing. */
static void
test_given_back_corrected (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) back = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_refused_free);
  g_autofree char *other = mc_id_new (NOW);

  for (guint i = 0; i < 2; i++)
    {
      McRefused *refused = g_new0 (McRefused, 1);
      McChange *change;

      refused->group = new_group (other, 4 + i);
      refused->problem = g_strdup ("{\"type\":\"forbidden\"}");
      g_ptr_array_add (back, refused);
      change = refused->group->changes->pdata[0];
      if (i == 0)
        show_first (fixture, new_group_on (other, 9, mc_change_get_record (change), mc_change_get_id (change)));
    }
  take_back (fixture, back);
  g_assert_cmpuint (count_refused (fixture), ==, 1);
  g_assert_cmpint (count (fixture, "SELECT count (*) FROM change WHERE state = 5 AND n = 1"), ==, 1);
}

static char *
describe_aside (Fixture    *fixture,
                const char *numbers)
{
  g_autofree char *sql = g_strdup_printf ("UPDATE change SET own = 0, state = iif (number IN (%s), 2, 1)", numbers);
  char *text;

  g_assert_true (mc_db_exec (mc_journal_get_db (fixture->journal), sql, NULL));
  text = mc_journal_describe_aside (fixture->journal, LOG, NULL);
  g_assert_nonnull (text);

  return text;
}

/* What is aside, and was tried in vain, is told from whatever else may be aside, as many rows and the same sum. */
static void
test_other_aside (Fixture *fixture, gconstpointer data)
{
  g_autofree char *outer = NULL, *inner = NULL, *again = NULL;

  for (guint i = 0; i < 4; i++)
    save_group (fixture, 1);
  outer = describe_aside (fixture, "1, 4");
  inner = describe_aside (fixture, "2, 3");
  again = describe_aside (fixture, "1, 4");
  g_assert_cmpstr (outer, !=, inner);
  g_assert_cmpstr (outer, ==, again);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/stream/accepted-unseen", test_accepted_unseen);
  ADD ("/stream/accepted-past-cursor", test_accepted_past_cursor);
  ADD ("/stream/own-future", test_own_future);
  ADD ("/stream/own-future-beside-refused", test_own_future_beside_refused);
  ADD ("/stream/refused-goes-along", test_refused_goes_along);
  ADD ("/stream/refused-left-behind", test_refused_left_behind);
  ADD ("/stream/given-back", test_given_back);
  ADD ("/stream/given-back-to-older", test_given_back_to_older);
  ADD ("/stream/corrected-elsewhere", test_corrected_elsewhere);
  ADD ("/stream/given-up", test_given_up);
  ADD ("/stream/given-back-corrected", test_given_back_corrected);
  ADD ("/stream/other-aside", test_other_aside);
  ADD ("/stream/held-in-place", test_held_in_place);
  ADD ("/stream/shown-without-receipt", test_shown_without_receipt);

  return g_test_run ();
}
