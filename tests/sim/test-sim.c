/* test-sim.c: thousands of histories, or one of them told aloud
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   sim                 as a test: as many histories as fit into the time, from seed 0 on
 *   sim --seed N        that history, told step by step
 *   sim --minutes M     hunts from a random seed on, prints the seeds that fail
 */

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mc-faults-private.h"
#include "core/mc-id.h"
#include "core/mc-journal-heal.h"
#include "hub/mc-hub-log.h"
#include "sim/sim-world.h"

#define TEST_HISTORIES   1000
#define TEST_LIES        100
#define MUTANT_HISTORIES 200

static gint64 option_seed = -1;
static int option_minutes;
static gint64 option_from;
static int option_histories = TEST_HISTORIES;
static SimOften often = SIM_OFTEN;

static const GOptionEntry entries[] = {
  { "seed", 0, 0, G_OPTION_ARG_INT64, &option_seed, "Tell the history of this seed", "N" },
  { "minutes", 0, 0, G_OPTION_ARG_INT, &option_minutes, "Hunt for so long", "M" },
  { "from", 0, 0, G_OPTION_ARG_INT64, &option_from, "First seed", "N" },
  { "histories", 0, 0, G_OPTION_ARG_INT, &option_histories, "How many", "N" },
  { "forks", 0, 0, G_OPTION_ARG_INT, &often.forks, "In so many of a hundred a stream is written twice (10)", "PERCENT" },
  { "little", 0, 0, G_OPTION_ARG_INT, &often.little, "In so many of a hundred requests bring little (12)", "PERCENT" },
  { "mergers", 0, 0, G_OPTION_ARG_INT, &often.mergers, "In so many of a hundred a unit took over another one (15)", "PERCENT" },
  { "lies", 0, 0, G_OPTION_ARG_INT, &often.lies, "In so many of a hundred not all that is said is so (0)", "PERCENT" },
  { NULL },
};

static guint
run_as (const SimOften *as,
        gint64          from,
        guint           at_most,
        gint64          until_us)
{
  gint64 started_us = g_get_monotonic_time ();
  guint failed = 0, done = 0;

  while (done < at_most && g_get_monotonic_time () < until_us)
    {
      g_autofree char *failure = sim_run_history (from + done, as, FALSE);

      done++;
      if (failure == NULL)
        continue;
      failed++;
      g_print ("# seed %" G_GINT64_FORMAT ": %s\n", from + done - 1, failure);
    }
  g_print ("# %u histories from seed %" G_GINT64_FORMAT " on, %u wrong, %.1f a second\n", done, from, failed,
           done * 1e6 / MAX (g_get_monotonic_time () - started_us, 1));

  return failed;
}

static guint
run (gint64 from,
     guint  at_most,
     gint64 until_us)
{
  return run_as (&often, from, at_most, until_us);
}

/* Whatever goes wrong on the way, no saved change is lost, none is doubled, and all end with the same. */
static void
test_histories (void)
{
  g_assert_cmpuint (run (option_from, option_histories, G_MAXINT64), ==, 0);
}

/* Whatever a hub or a device says that is not so, nothing is lost or changed by it, and what is true puts it right again. */
static void
test_lies (void)
{
  SimOften lies = SIM_OFTEN;

  lies.lies = 100;
  g_assert_cmpuint (run_as (&lies, 7300000, TEST_LIES, G_MAXINT64), ==, 0);
}

/* Before mergers were among them. */
#define SIM_OFTEN_THEN { .forks = 10, .little = 12 }

/* Histories that went wrong once.  What was found before them can be said more shortly, and has tests of its own. */
static const struct
{
  guint seed;
  const char *name;      /* what was wrong */
  SimOften often;        /* where it was found with other chances than the usual */
} found[] = {
  { 1000427, "no-save-after-own-future", SIM_OFTEN_THEN },     /* rows of a future that a folder had lost took the places of the next save */
  { 1100398, "part-held-whole-deleted", SIM_OFTEN_THEN },      /* a whole stayed in sight for a part that was held */
  { 1100365, "branch-with-others", SIM_OFTEN_THEN },           /* a place written twice, and the hub back: what others had read of the first stayed with them */
  { 1001064, "file-before-its-change", SIM_OFTEN_THEN },       /* a file that waited kept the change that names it from being offered again */
  { 4001537, "refused-before-handed-back", SIM_OFTEN_THEN },   /* the hub had the hash alone of what it refused once, and did not tell its author */
  { 2767, "verdicts-of-a-repeated-run", SIM_OFTEN_THEN },      /* its end had no row, so it was declined, though nothing of it was new; a later run was taken */
  { 7030335, "branches-mixed", SIM_OFTEN_THEN },               /* no one rule told which hash of each place belonged to which of two branches */
  { 9100742, "given-back-and-forgotten", SIM_OFTEN_THEN },     /* what the hub had given back, and then lost in going back, its author never offered again */
  { 9101204, "file-of-an-auditor", SIM_OFTEN_THEN },           /* the hub lacked a file for a while, and who may only read offered it at every sync from then on */
  { 9400197, "page-ends-in-a-run", SIM_OFTEN_THEN },           /* what was let in by a row of a run ended the page behind that row, and its proof never came */
  { 9200209, "own-row-in-a-branch", SIM_OFTEN_THEN },          /* the log had an own row in a branch of its stream; another's came for its place, and no page could be taken */
  { 9700132, "back-before-given-back", { .forks = 10, .little = 100 } }, /* a PC put back to before it was given back what was refused, without another word, was not given it again */
  { 565, "file-of-a-restored-hub", SIM_OFTEN_THEN },           /* a file that had rotted in its folder was whole to a hub that went back, unread */
  { 9202455, "proof-of-a-moved-row", SIM_OFTEN_THEN },         /* an author offered a row again at another place; what was signed at the old one alone proved the row before it */
};

static void
test_found (gconstpointer data)
{
  guint which = GPOINTER_TO_UINT (data);
  g_autofree char *failure = sim_run_history (found[which].seed, &found[which].often, FALSE);

  g_assert_cmpstr (failure, ==, NULL);
}

static void
add_found (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (found); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/found/", found[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_found);
    }
}

/* A row of others that is set aside and that nothing here proves is offered to the hub once, not at every sync. */
static void
test_unproven (void)
{
  SimWorld *world = sim_world_new (1, FALSE);
  SimDevice *device = sim_device_new (world);
  McJournalSummary summary;

  sim_purge_prepare (device);
  sim_device_sync (device, TRUE);
  g_assert_true (mc_db_exec (mc_journal_get_db (device->journal),
                             "INSERT INTO change (id, short, log, record, device, incarnation, n, k, m, hash, bytes, signature, state, own)"
                             " SELECT 'other', 'other', log, 'other', 'other', 'other', 7, 0, 1, hash, bytes, hash, 2, 0 FROM change LIMIT 1",
                             NULL));
  sim_device_sync (device, TRUE);
  g_assert_true (mc_journal_get_summary (device->journal, &summary, NULL));
  g_assert_cmpuint (summary.n_aside_records, ==, 1);
  g_assert_false (device->idle);
  sim_device_sync (device, TRUE);
  g_assert_true (device->idle);
  g_assert_null (world->failure);
  sim_world_free (world);
}

static gint64
ask (McDb       *db,
     const char *sql)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, sql, NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  g_assert_true (mc_stmt_next (stmt, &has_row, NULL) && has_row);

  return mc_stmt_get_int64 (stmt, 0);
}

static gint64
count (SimDevice  *device,
       const char *where)
{
  g_autofree char *sql = g_strconcat ("SELECT count (*) FROM change WHERE own = 1 AND ", where, NULL);

  return ask (mc_journal_get_db (device->journal), sql);
}

/* What the hub does not let in when somebody else hands it back, its author is told the reason of, as of all that is
 * refused. */
static void
test_told_why (void)
{
  SimWorld *world = sim_world_new (2, FALSE);
  SimDevice *author = sim_device_new (world), *other = sim_device_new (world);
  gint64 n;

  sim_hub_backup (world);
  sim_purge_prepare (author);
  sim_device_sync (author, TRUE);
  sim_device_sync (other, TRUE);
  n = count (author, "state = 1");
  g_assert_cmpint (n, >, 0);

  sim_hub_restore (world);
  g_assert_true (mc_db_exec (world->hub->db, "UPDATE device SET role = 'auditor' WHERE log = '" SIM_TOWN "'", NULL));
  sim_device_sync (other, TRUE);
  sim_device_sync (author, TRUE);
  g_assert_cmpint (count (author, "state = 3 AND verdict ->> 'type' = 'forbidden'"), ==, n);
  sim_device_sync (author, TRUE);
  g_assert_true (author->idle);
  g_assert_null (world->failure);
  sim_world_free (world);
}

/* @author writes, and both read it. */
static void
write_and_read (SimDevice *author,
                SimDevice *other)
{
  sim_purge_prepare (author);
  sim_device_sync (author, TRUE);
  sim_device_sync (other, TRUE);
}

/* A hub that was put back to before the first row, and knows nothing of it, begins an epoch of its own as soon as a device
 * shows what the same epoch has signed: no two of its logs bear one name. */
static void
test_empty_hub (void)
{
  SimWorld *world = sim_world_new (3, FALSE);
  SimDevice *author = sim_device_new (world), *other = sim_device_new (world);
  guint8 epoch[MC_ID_BYTES];

  memcpy (epoch, world->hub->epoch, sizeof epoch);
  sim_hub_backup (world);
  write_and_read (author, other);

  sim_hub_put_back (world, 0);
  g_assert_cmpmem (world->hub->epoch, MC_ID_BYTES, epoch, sizeof epoch);
  sim_device_sync (author, TRUE);
  g_assert_true (memcmp (world->hub->epoch, epoch, sizeof epoch) != 0);
  g_assert_cmpstr (world->failure, ==, NULL);
  sim_world_free (world);
}

/* A device that was told to go back, and heard nothing more, still shows what the hub signed before that. */
static void
test_cut_rewind (void)
{
  SimWorld *world = sim_world_new (4, FALSE);
  SimDevice *author = sim_device_new (world), *other = sim_device_new (world);
  guint8 epoch[MC_ID_BYTES];
  McDigest chain;
  guint64 seq;

  memcpy (epoch, world->hub->epoch, sizeof epoch);
  sim_hub_backup (world);
  write_and_read (author, other);
  g_assert_true (mc_hub_get_head (world->hub, SIM_TOWN, &seq, &chain, NULL));
  sim_hub_backup (world);
  write_and_read (author, other);

  sim_hub_put_back (world, 1);
  sim_device_sync_turns (other, 2);
  {
    McCursor cursor;

    g_assert_true (mc_journal_get_cursor (other->journal, SIM_TOWN, &cursor, NULL));
    g_assert_cmpuint (cursor.seq, ==, seq);
    g_assert_null (cursor.signature);
  }
  sim_hub_put_back (world, 0);
  g_assert_cmpmem (world->hub->epoch, MC_ID_BYTES, epoch, sizeof epoch);
  sim_device_sync (other, TRUE);
  g_assert_true (memcmp (world->hub->epoch, epoch, sizeof epoch) != 0);
  g_assert_cmpstr (world->failure, ==, NULL);
  sim_world_free (world);
}

/* @author writes in the commune's log, and both read it. */
static void
write_in_commune (SimDevice *author,
                  SimDevice *heir)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *id = mc_id_new (author->world->now_us);
  g_autoptr(McRecord) record = mc_record_new_empty (id, SIM_COMMUNE, "certified-copy", mc_pack_get_id (sim_get_pack ()), NULL);

  mc_edit_set_int (edit, record, "number", 9);
  sim_save (author, edit, "a copy");
  sim_device_sync (author, TRUE);
  sim_device_sync (heir, TRUE);
}

/* The hub goes back; who takes over what the author writes is told so, and hears nothing more; then the hub goes back once more.
 * Whether it learns of the next sync that this epoch has signed more than is there. */
static gboolean
learns_from_heir (void)
{
  SimWorld *world = sim_world_new (16, FALSE);
  SimDevice *heir, *author = NULL;
  guint8 epoch[MC_ID_BYTES];
  McCursor cursor;
  gboolean learns;

  sim_rights_merge (world);
  heir = sim_device_new (world);
  while (author == NULL || !g_str_equal (author->account->log, SIM_COMMUNE))
    author = sim_device_new (world);
  memcpy (epoch, world->hub->epoch, sizeof epoch);
  write_in_commune (author, heir);
  sim_hub_backup (world);
  write_in_commune (author, heir);

  sim_hub_put_back (world, 0);
  sim_device_sync_turns (heir, 3);
  g_assert_true (mc_journal_get_cursor (heir->journal, SIM_COMMUNE, &cursor, NULL));
  g_assert_cmpuint (cursor.seq, >, 0);
  g_assert_null (cursor.signature);
  sim_hub_put_back (world, 0);
  g_assert_cmpmem (world->hub->epoch, MC_ID_BYTES, epoch, sizeof epoch);
  sim_device_sync (heir, TRUE);
  learns = memcmp (world->hub->epoch, epoch, sizeof epoch) != 0;
  sim_world_free (world);

  return learns;
}

/* Of a log that went back a device does not say that it is as it was, though just so much of it is here as at the hub. */
static void
test_quiet_after_going_back (void)
{
  g_assert_true (learns_from_heir ());
  mc_faults = MC_FAULT_ALL_QUIET;
  g_assert_false (learns_from_heir ());
  mc_faults = 0;
}

/* What is aside is offered though as many other rows were, in vain, to the same hub. */
static void
test_other_aside (void)
{
  SimWorld *world = sim_world_new (5, FALSE);
  SimDevice *author = sim_device_new (world), *other = sim_device_new (world);
  McDb *db = mc_journal_get_db (other->journal);
  guint n;

  write_and_read (author, other);
  n = ask (db, "SELECT count (*) FROM change WHERE own = 0");
  g_assert_cmpuint (n, >, 0);
  g_assert_true (mc_db_exec (db, "INSERT INTO change (id, short, log, record, device, incarnation, n, k, m, hash, bytes, signature, state, own)"
                             " SELECT 'x' || id, 'x' || short, log, 'other', 'other', 'other', n + 7, 0, 1, hash, bytes, hash, 2, 0 FROM change",
                             NULL));
  sim_device_sync (other, TRUE);
  sim_device_sync (other, TRUE);
  g_assert_true (other->idle);

  g_assert_true (mc_db_exec (db, "DELETE FROM change WHERE device = 'other'", NULL));
  g_assert_true (mc_db_exec (world->hub->db, "DELETE FROM change; DELETE FROM log; DELETE FROM stream", NULL));
  g_assert_true (mc_journal_rewind (other->journal, SIM_TOWN, 0, NULL));
  sim_device_sync (other, TRUE);
  g_assert_cmpuint (ask (world->hub->db, "SELECT count (*) FROM change"), ==, n);
  g_assert_cmpstr (world->failure, ==, NULL);
  sim_world_free (world);
}

/* A PC that comes by stick alone brings home what a hub that went back has lost: of others, and of a stream that was written
 * again since. */
static void
test_stick_branch (void)
{
  SimWorld *world = sim_world_new (6, FALSE);
  SimDevice *author = sim_device_new (world), *other = sim_device_new (world);
  guint n;

  write_and_read (author, other);
  sim_device_keep (author);
  sim_hub_backup (world);
  write_and_read (author, other);
  n = ask (world->hub->db, "SELECT count (*) FROM change");

  sim_device_put_back (author);
  sim_purge_prepare (author);
  n += ask (mc_journal_get_db (author->journal), "SELECT count (*) FROM change WHERE state = 0");
  sim_hub_put_back (world, 0);
  sim_device_sync (author, TRUE);
  g_assert_cmpuint (ask (world->hub->db, "SELECT count (*) FROM change"), <, n);

  /* The first answer says where the two logs part. */
  for (guint i = 0; i < 3; i++)
    sim_stick_exchange (other);
  g_assert_cmpuint (ask (world->hub->db, "SELECT count (*) FROM change"), ==, n);
  g_assert_cmpuint (ask (mc_journal_get_db (other->journal), "SELECT count (*) FROM change WHERE state <> 1"), ==, 0);
  g_assert_cmpuint (ask (mc_journal_get_db (other->journal), "SELECT count (*) FROM change"), ==, n);
  g_assert_cmpstr (world->failure, ==, NULL);
  sim_world_free (world);
}

/* A PC that comes by stick alone brings also what a hub that went back knows of it by its hash alone. */
static void
test_stick_wanted (void)
{
  SimWorld *world = sim_world_new (7, FALSE);
  SimDevice *author = sim_device_new (world), *other = sim_device_new (world);

  sim_hub_backup (world);
  sim_edit_refused (author);
  write_and_read (author, other);
  sim_hub_put_back (world, 0);
  sim_device_sync (other, TRUE);
  g_assert_cmpuint (ask (world->hub->db, "SELECT count (*) FROM wanted"), ==, 1);
  g_assert_cmpuint (ask (world->hub->db, "SELECT count (*) FROM refused"), ==, 0);

  for (guint i = 0; i < 2; i++)
    sim_stick_exchange (author);
  g_assert_cmpuint (ask (world->hub->db, "SELECT count (*) FROM wanted"), ==, 0);
  g_assert_cmpuint (ask (world->hub->db, "SELECT count (*) FROM refused"), ==, 1);
  sim_device_sync (author, TRUE);
  sim_device_sync (author, TRUE);
  g_assert_true (author->idle);
  g_assert_cmpstr (world->failure, ==, NULL);
  sim_world_free (world);
}

/* A PC that has back what was refused of it, and then goes back to before that, has it back once more: its stream tells. */
static void
test_given_back_again (void)
{
  SimWorld *world = sim_world_new (9, FALSE);
  SimDevice *device = sim_device_new (world);
  g_autofree char *incarnation = NULL;

  sim_purge_prepare (device);
  sim_device_sync (device, TRUE);
  sim_device_keep (device);
  sim_edit_refused (device);
  sim_device_sync (device, TRUE);
  g_assert_cmpint (count (device, "state = 3"), ==, 1);
  incarnation = g_strdup (mc_journal_get_incarnation (device->journal));

  /* It writes its places again, and is told so; what more the hub would say is cut. */
  sim_device_put_back (device);
  sim_purge_prepare (device);
  sim_device_sync_turns (device, 1);
  g_assert_cmpstr (mc_journal_get_incarnation (device->journal), !=, incarnation);
  g_assert_cmpint (count (device, "state = 3"), ==, 0);
  sim_device_keep (device);
  for (guint i = 0; i < 2; i++)
    {
      sim_device_sync (device, TRUE);
      g_assert_cmpint (count (device, "state = 3"), ==, 1);
      sim_device_put_back (device);
      g_assert_cmpint (count (device, "state = 3"), ==, 0);
    }
  g_assert_cmpstr (world->failure, ==, NULL);
  sim_world_free (world);
}

/* Nothing but what a commune may not write. */
static void
save_refused (SimDevice *device)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *id = mc_id_new (device->world->now_us);
  g_autoptr(McRecord) record = mc_record_new_empty (id, SIM_TOWN, "certified-copy", mc_pack_get_id (sim_get_pack ()), NULL);

  mc_edit_set_int (edit, record, "review.quality", 9);
  sim_save (device, edit, "forbidden");
}

/* It does not know itself any more, and takes a new incarnation. */
static void
lose_identity (SimDevice *device)
{
  g_autofree char *incarnation = g_strdup (mc_journal_get_incarnation (device->journal));
  g_autofree char *identity = g_build_filename (device->dir, "identity", NULL);

  sim_device_close (device);
  g_assert_cmpint (g_unlink (identity), ==, 0);
  sim_device_open (device);
  g_assert_cmpstr (mc_journal_get_incarnation (device->journal), !=, incarnation);
}

/* A stream that is left says nothing of what was refused in it: another machine goes on with it, to the same place, at a hub that
 * has forgotten the refusal, and neither its log nor its epoch tells. */
static void
test_left_stream (void)
{
  SimWorld *world = sim_world_new (13, FALSE);
  SimDevice *device = sim_device_new (world), *clone;
  g_autofree char *incarnation = NULL;

  sim_purge_prepare (device);
  sim_device_sync (device, TRUE);
  incarnation = g_strdup (mc_journal_get_incarnation (device->journal));
  sim_device_clone (device);
  clone = world->devices->pdata[1];
  g_assert_cmpstr (mc_journal_get_incarnation (clone->journal), ==, incarnation);
  sim_hub_backup (world);
  save_refused (device);
  sim_device_sync (device, TRUE);
  g_assert_cmpint (count (device, "state = 3"), ==, 1);

  lose_identity (device);
  g_assert_cmpint (count (device, "state = 3 AND verdict IS NOT NULL"), ==, 1);
  sim_device_sync (device, TRUE);

  sim_hub_put_back (world, 0);
  save_refused (clone);
  sim_device_sync (clone, TRUE);
  sim_device_sync (device, TRUE);
  g_assert_cmpint (ask (world->hub->db, "SELECT count (*) FROM refused"), ==, 2);
  g_assert_cmpstr (world->failure, ==, NULL);
  sim_world_free (world);
}

/* A request comes late once more that says what was taken of what the hub had given back.  The hub went back meanwhile, and has
 * something else in its place: that was not taken. */
static void
test_late_taken (void)
{
  SimWorld *world = sim_world_new (14, FALSE);
  SimDevice *device = sim_device_new (world), *clones[2];
  g_autoptr(GBytes) request = NULL, answer = NULL;
  const char *problem;

  sim_purge_prepare (device);
  sim_device_sync (device, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (clones); i++)
    {
      sim_device_clone (device);
      clones[i] = world->devices->pdata[1 + i];
      lose_identity (clones[i]);
      sim_device_sync (clones[i], TRUE);
    }
  sim_device_sync (device, TRUE);
  sim_hub_backup (world);

  save_refused (device);
  sim_device_sync (device, TRUE);
  sim_device_sync (clones[0], TRUE);
  sim_device_sync (device, TRUE);
  request = g_bytes_ref (world->old_requests->pdata[world->old_requests->len - 1]);
  g_assert_cmpint (ask (world->hub->db, "SELECT count (*) FROM given"), ==, 1);

  sim_hub_put_back (world, 0);
  save_refused (clones[1]);
  sim_device_sync (clones[1], TRUE);
  answer = sim_hub_deliver (world, request, g_bytes_get_size (request), &problem);
  g_assert_nonnull (answer);
  g_assert_cmpint (ask (world->hub->db, "SELECT count (*) FROM given"), ==, 0);
  sim_device_sync (device, TRUE);
  g_assert_cmpint (count (device, "state = 3"), ==, 2);
  g_assert_cmpstr (world->failure, ==, NULL);
  sim_world_free (world);
}

static const struct
{
  const char *name;
  McFaults fault;
} mutants[] = {
  { "skip-dedupe", MC_FAULT_SKIP_DEDUPE },
  { "cursor-first", MC_FAULT_CURSOR_FIRST },
  { "ignore-end", MC_FAULT_IGNORE_END },
  { "reuse-seq", MC_FAULT_REUSE_SEQ },
  { "keep-incarnation", MC_FAULT_KEEP_INCARNATION },
  { "drop-held", MC_FAULT_DROP_HELD },
  { "forget-aside", MC_FAULT_FORGET_ASIDE },
  { "no-holes", MC_FAULT_NO_HOLES },
  { "no-certificates", MC_FAULT_NO_CERTIFICATES },
  { "no-giving-back", MC_FAULT_NO_GIVING_BACK },
  { "hold-corrections", MC_FAULT_HOLD_CORRECTIONS },
  { "no-head-check", MC_FAULT_NO_HEAD_CHECK },
  { "delete-blindly", MC_FAULT_DELETE_BLINDLY },
  { "random-seal", MC_FAULT_RANDOM_SEAL },
  { "split-groups", MC_FAULT_SPLIT_GROUPS },
  { "seen-at-save", MC_FAULT_SEEN_AT_SAVE },
  { "no-branches", MC_FAULT_NO_BRANCHES },
  { "trust-index", MC_FAULT_TRUST_INDEX },
  { "ignore-revoked", MC_FAULT_IGNORE_REVOKED },
  { "tell-all", MC_FAULT_TELL_ALL },
  { "write-all", MC_FAULT_WRITE_ALL },
  { "keep-epoch", MC_FAULT_KEEP_EPOCH },
};

/* With one rule of the sync switched off, it is noticed within 200 histories. */
static void
test_mutant (gconstpointer data)
{
  guint which = GPOINTER_TO_UINT (data);
  g_autofree char *failure = NULL;
  guint seed;

  mc_faults = mutants[which].fault;
  for (seed = 0; seed < MUTANT_HISTORIES && failure == NULL; seed++)
    failure = sim_run_history (seed, &(SimOften) SIM_OFTEN, FALSE);
  mc_faults = 0;
  g_assert_nonnull (failure);
  g_test_message ("noticed in history %u: %.200s", seed - 1, failure);
}

static void
add_mutants (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mutants); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/mutant/", mutants[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_mutant);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError) error = NULL;
  int status;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  sim_setup ();
  if (option_seed >= 0)
    {
      g_autofree char *failure = sim_run_history (option_seed, &often, TRUE);

      g_print ("%s\n", failure != NULL ? failure : "All is well.");
      status = failure != NULL;
    }
  else if (option_minutes > 0)
    status = run (option_from != 0 ? option_from : g_random_int (), G_MAXUINT,
                  g_get_monotonic_time () + option_minutes * G_TIME_SPAN_MINUTE) > 0;
  else
    {
      g_test_init (&argc, &argv, NULL);
      g_test_add_func ("/sim/histories", test_histories);
      g_test_add_func ("/sim/lies", test_lies);
      g_test_add_func ("/sim/unproven", test_unproven);
      g_test_add_func ("/sim/told-why", test_told_why);
      g_test_add_func ("/sim/empty-hub", test_empty_hub);
      g_test_add_func ("/sim/cut-rewind", test_cut_rewind);
      g_test_add_func ("/sim/quiet-after-going-back", test_quiet_after_going_back);
      g_test_add_func ("/sim/other-aside", test_other_aside);
      g_test_add_func ("/sim/stick-branch", test_stick_branch);
      g_test_add_func ("/sim/stick-wanted", test_stick_wanted);
      g_test_add_func ("/sim/given-back-again", test_given_back_again);
      g_test_add_func ("/sim/left-stream", test_left_stream);
      g_test_add_func ("/sim/late-taken", test_late_taken);
      add_found ();
      add_mutants ();
      status = g_test_run ();
    }
  sim_teardown ();

  return status;
}
