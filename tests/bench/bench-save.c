/* bench-save.c: saving one edit, against a bare transaction of the same bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both in turns on the same disk, in write-ahead-log mode with synchronous=FULL: a save is on disk when it returns.
 */

#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 400

/* What one save adds: the change as it is signed and sent, and the folded record. */
static gsize
last_bytes (McJournal *journal)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (journal),
                                          "SELECT (SELECT length (bytes) FROM change ORDER BY number DESC LIMIT 1) +"
                                          " (SELECT length (CAST (body AS BLOB)) + length (CAST (heads AS BLOB)) FROM record"
                                          "  ORDER BY number DESC LIMIT 1)",
                                          &error);
  gboolean has_row;

  bench_check (error);
  mc_stmt_next (stmt, &has_row, &error);
  bench_check (error);

  return mc_stmt_get_int64 (stmt, 0);
}

static void
save_bare (McDb   *db,
           guint   number,
           GBytes *bytes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McTransaction) transaction = mc_db_begin (db, &error);
  g_autoptr(McStmt) stmt = NULL;

  bench_check (error);
  stmt = mc_db_prepare (db, "INSERT INTO bare (number, bytes) VALUES (?, ?)", &error);
  bench_check (error);
  mc_stmt_bind_int64 (stmt, 1, number);
  mc_stmt_bind_bytes (stmt, 2, bytes);
  mc_stmt_exec (stmt, &error);
  bench_check (error);
  mc_transaction_commit (g_steal_pointer (&transaction), &error);
  bench_check (error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  g_autoptr(McAccount) account = argc > 1 ? mc_account_load (argv[1], &error) : NULL;
  g_autoptr(McJournal) journal = account != NULL ? mc_account_open_journal (account, pack, &error) : NULL;
  g_autofree char *path = argc > 1 ? g_build_filename (argv[1], "bare.db", NULL) : NULL;
  g_autoptr(McDb) bare = journal != NULL ? mc_db_open (path, &error) : NULL;
  g_autoptr(GArray) ours = g_array_new (FALSE, FALSE, sizeof (double)), theirs = g_array_new (FALSE, FALSE, sizeof (double));

  bench_check (error);
  if (bare == NULL)
    {
      g_printerr ("usage: bench-save FOLDER (of bench-fill)\n");
      return 2;
    }
  mc_db_exec (bare, "CREATE TABLE IF NOT EXISTS bare (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)", &error);
  mc_db_exec (bare, "DELETE FROM bare", &error);
  bench_check (error);

  for (guint i = 0; i < ROUNDS; i++)
    {
      double start = bench_now (), middle, end;
      g_autoptr(GBytes) bytes = NULL;

      bench_save_copy (journal, 900000 + i);
      middle = bench_now () - start;
      bytes = g_bytes_new_take (g_malloc0 (last_bytes (journal)), last_bytes (journal));
      start = bench_now ();
      save_bare (bare, i, bytes);
      end = bench_now () - start;
      g_array_append_val (ours, middle);
      g_array_append_val (theirs, end);
    }
  bench_report_ratio ("save one edit (fsync included) / bare transaction", "ms", bench_median (ours) * 1e3,
                      bench_median (theirs) * 1e3, 2);

  return 0;
}
