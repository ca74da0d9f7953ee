/* bench-sync.c: sync over TLS on loopback with a hub of its own, against bare SQLite
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bare program does what no sync can do without: each side stores the same bytes in one durable transaction.  It is this
 * program started anew: what the sync before it has left of warm memory and caches would be no part of it.
 */

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client/mc-session.h"
#include "client/mc-stick.h"

#define FIRST_SYNC 10000
#define MANY       100000
#define ROUNDS     5
#define BARE       "bare-insert"

typedef struct
{
  BenchHub hub;
  const char *dir;
  McPack *pack;
  guint n_devices;
  McSyncReport report;    /* of the last sync */
} Bench;

static void
sync_once (Bench     *self,
           McAccount *account,
           McJournal *journal,
           double    *out_seconds)
{
  g_autoptr(GError) error = NULL;
  double start = bench_now ();

  mc_session_run (journal, account, &self->report, NULL, NULL, NULL, &error);
  *out_seconds = bench_now () - start;
  bench_check (error);
}

static McAccount *
new_device_of (Bench       *self,
               const char  *unit,
               McJournal  **out_journal)
{
  g_autofree char *name = g_strdup_printf ("device-%u", self->n_devices++), *dir = g_build_filename (self->dir, name, NULL);
  g_autoptr(GError) error = NULL;
  McAccount *account = bench_hub_enrol (&self->hub, dir, unit);

  *out_journal = mc_account_open_journal (account, self->pack, &error);
  bench_check (error);

  return account;
}

static McAccount *
new_device (Bench      *self,
            McJournal **out_journal)
{
  /* Another unit for each, so that none is told of what another wrote; those of the year of the records, as later ones are heirs. */
  static const char * const codes[] = { "21609", "21610", "21613", "21616", "21619", "21622", "21625", "21628" };
  g_autofree char *unit = g_strconcat (codes[self->n_devices], "@2004-07-08", NULL);

  return new_device_of (self, unit, out_journal);
}

static GPtrArray *
read_bytes (McDb *db)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(McStmt) stmt = mc_db_prepare (db, "SELECT bytes FROM change", NULL);
  gboolean has_row;

  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    g_ptr_array_add (all, mc_stmt_dup_bytes (stmt, 0));

  return all;
}

static void
insert_bare (const char *path,
             GPtrArray  *all)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = mc_db_open (path, &error);
  g_autoptr(McTransaction) transaction = NULL;

  bench_check (error);
  mc_db_exec (db, "CREATE TABLE bare (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)", &error);
  bench_check (error);
  transaction = mc_db_begin (db, &error);
  for (guint i = 0; i < all->len; i++)
    {
      g_autoptr(McStmt) stmt = mc_db_prepare (db, "INSERT INTO bare (number, bytes) VALUES (?, ?)", &error);

      bench_check (error);
      mc_stmt_bind_int64 (stmt, 1, i);
      mc_stmt_bind_bytes (stmt, 2, all->pdata[i]);
      mc_stmt_exec (stmt, &error);
    }
  mc_transaction_commit (g_steal_pointer (&transaction), &error);
  bench_check (error);
}

/* Processor time so far of this program, or of process @pid with the threads that it had: seconds. */
static double
used_by (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", pid), *text = NULL;
  const char *rest = g_file_get_contents (path, &text, NULL, NULL) ? strrchr (text, ')') : NULL;
  struct rusage usage;
  unsigned long user, system;

  if (g_str_equal (pid, "self"))
    {
      getrusage (RUSAGE_SELF, &usage);
      return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    }
  if (rest == NULL || sscanf (rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    return 0;

  return (user + system) / (double) sysconf (_SC_CLK_TCK);
}

/* The bare program: the changes of the store at @from into @here and @there. */
static void
run_bare (const char *from,
          const char *here,
          const char *there)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = mc_db_open (from, &error);
  g_autoptr(GPtrArray) all = NULL;
  double start, used;

  bench_check (error);
  all = read_bytes (db);
  g_assert_cmpuint (all->len, ==, FIRST_SYNC);
  used = used_by ("self");
  start = bench_now ();
  insert_bare (here, all);
  insert_bare (there, all);
  g_print ("%.6f %.6f\n", bench_now () - start, used_by ("self") - used);
}

/* Starts it.  *out_used: its processor time, without what it read before. */
static void
measure_bare (Bench     *self,
              McJournal *journal,
              guint      round,
              double    *out_seconds,
              double    *out_used)
{
  g_autofree char *here = g_strdup_printf ("%s/here-%u.db", self->dir, round), *there = g_strdup_printf ("%s/there-%u.db", self->dir, round);
  g_autofree char *out = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) bare = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe", BARE,
                                                  mc_db_get_path (mc_journal_get_db (journal)), here, there, NULL);

  bench_check (error);
  g_subprocess_communicate_utf8 (bare, NULL, NULL, &out, NULL, &error);
  bench_check (error);
  g_assert_true (g_subprocess_get_successful (bare));
  g_assert_cmpint (sscanf (out, "%lf %lf", out_seconds, out_used), ==, 2);
}

static void
measure_first (Bench *self)
{
  g_autoptr(GArray) ours = g_array_new (FALSE, FALSE, sizeof (double)), theirs = g_array_new (FALSE, FALSE, sizeof (double));
  double device = 0, hub = 0, bare = 0;
  const char *pid = g_subprocess_get_identifier (self->hub.process);

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr(McAccount) account = NULL;
      g_autoptr(McJournal) journal = NULL;
      double seconds, used;

      account = new_device (self, &journal);
      bench_fill (journal, 1, FIRST_SYNC);
      device -= used_by ("self");
      hub -= used_by (pid);
      sync_once (self, account, journal, &seconds);
      device += used_by ("self");
      hub += used_by (pid);
      g_array_append_val (ours, seconds);
      g_assert (self->report.n_sent == FIRST_SYNC);
      measure_bare (self, journal, round, &seconds, &used);
      bare += used;
      g_array_append_val (theirs, seconds);
    }
  bench_report_ratio ("first sync of 10,000 changes / bare insert on each side", "ms", bench_median (ours) * 1e3,
                      bench_median (theirs) * 1e3, 3);
  bench_report_ratio ("the same, processor time of the device alone", "ms", device / ROUNDS * 1e3, bare / ROUNDS * 1e3, 0);
  bench_report_ratio ("the same, processor time of the hub alone", "ms", hub / ROUNDS * 1e3, bare / ROUNDS * 1e3, 0);
}

/* A new PC of the unit whose device has sent what there is. */
static void
measure_new (Bench     *self,
             McAccount *old)
{
  g_autofree char *path = g_build_filename (self->dir, "unit.mcbundle", NULL);
  g_autoptr(McJournal) near = NULL, far = NULL;
  g_autoptr(McAccount) by_network = new_device_of (self, old->log, &near);
  g_autoptr(McAccount) by_stick = new_device_of (self, old->log, &far);
  g_autoptr(GSubprocess) snapshot = NULL;
  g_autoptr(GError) error = NULL;
  double seconds, start;

  sync_once (self, by_network, near, &seconds);
  g_assert (self->report.n_received == MANY);
  bench_report ("100,000 records to a new PC over the network", "s", seconds, 0);
  bench_report ("the same, received", "MB", self->report.bytes_received / 1e6, 0);

  start = bench_now ();
  snapshot = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, self->hub.program, "--data", self->hub.dir, "snapshot",
                               old->log, path, NULL);
  bench_check (error);
  g_subprocess_wait_check (snapshot, NULL, &error);
  bench_check (error);
  bench_report ("100,000 records onto a stick", "s", bench_now () - start, 0);
  start = bench_now ();
  mc_stick_read_snapshot (far, by_stick, path, &self->report, NULL, NULL, NULL, &error);
  bench_check (error);
  g_assert (self->report.n_received == MANY);
  bench_report ("100,000 records to a new PC from a stick", "s", bench_now () - start, 0);
}

static void
measure_small (Bench *self)
{
  g_autoptr(McAccount) account = NULL;
  g_autoptr(McJournal) journal = NULL;
  g_autoptr(GArray) empty = g_array_new (FALSE, FALSE, sizeof (double)), ten = g_array_new (FALSE, FALSE, sizeof (double));
  guint64 empty_bytes = 0, ten_bytes = 0;
  guint empty_turns = 0, ten_turns = 0;
  double seconds;

  account = new_device (self, &journal);
  bench_fill (journal, 1, MANY);
  sync_once (self, account, journal, &seconds);
  bench_report ("first sync of 100,000 changes", "s", seconds, 0);
  measure_new (self, account);

  for (guint round = 0; round < 15; round++)
    {
      sync_once (self, account, journal, &seconds);
      g_array_append_val (empty, seconds);
      empty_bytes = MAX (empty_bytes, self->report.bytes_sent + self->report.bytes_received);
      empty_turns = MAX (empty_turns, self->report.turns);
      bench_edit (journal, 10);
      sync_once (self, account, journal, &seconds);
      g_array_append_val (ten, seconds);
      ten_bytes = MAX (ten_bytes, self->report.bytes_sent + self->report.bytes_received);
      ten_turns = MAX (ten_turns, self->report.turns);
    }
  bench_report ("empty sync among 100,000 records: turns", "", empty_turns, 1);
  bench_report ("empty sync among 100,000 records: payload both ways", "bytes", empty_bytes, 600);
  bench_report ("empty sync among 100,000 records", "ms", bench_median (empty) * 1e3, 0);
  bench_report ("ten edits among 100,000 records: turns", "", ten_turns, 1);
  bench_report ("ten edits among 100,000 records: payload both ways", "bytes", ten_bytes, 3072);
  bench_report ("ten edits among 100,000 records", "ms", bench_median (ten) * 1e3, 0);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *dir = bench_make_dir (), *hub_dir = g_build_filename (dir, "hub", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  Bench self = { .dir = dir, .pack = pack };

  bench_check (error);
  if (argc == 5 && g_str_equal (argv[1], BARE))
    {
      run_bare (argv[2], argv[3], argv[4]);
      return 0;
    }
  if (argc < 3)
    {
      g_printerr ("usage: bench-sync HUB UNITS [first|small]\n");
      return 2;
    }
  bench_hub_start (&self.hub, argv[1], argv[2], hub_dir);
  if (argc < 4 || g_str_equal (argv[3], "first"))
    measure_first (&self);
  if (argc < 4 || g_str_equal (argv[3], "small"))
    measure_small (&self);
  bench_hub_stop (&self.hub);
  mc_test_remove_tree (dir);

  return 0;
}
