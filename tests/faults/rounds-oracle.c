/* rounds-oracle.c: what must be true after any number of rounds
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sqlite3.h>
#include <string.h>

#include "faults/rounds.h"

/* One number from a database that others may have open; after a kill this is also who rolls its log forward. */
static gint64
ask (const char *dir,
     const char *name,
     const char *sql,
     gint64      argument)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  gint64 answer = -1;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 30000);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  sqlite3_bind_int64 (stmt, 1, argument);
  if (sqlite3_step (stmt) == SQLITE_ROW)
    answer = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return answer;
}

static void
check_file (const char *dir,
            const char *name)
{
  gint64 faults = ask (dir, name, "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'", 0);

  if (faults != 0)
    g_test_message ("DAMAGED: %s/%s", dir, name);
  g_assert_cmpint (faults, ==, 0);
  g_assert_cmpint (ask (dir, name, "SELECT count (*) FROM pragma_foreign_key_check", 0), ==, 0);
}

void
rounds_check_files (Rounds *self)
{
  for (guint i = 0; i < N_PLACES; i++)
    check_file (self->dirs[i], "store.db");
  check_file (self->ends.hub_dir, "hub.db");
}

void
rounds_check_promises (Rounds *self)
{
  gint64 at_hub = ask (self->ends.hub_dir, "hub.db", "SELECT coalesce (max (seq), 0) FROM log WHERE name = '" TOWN "'", 0);

  for (guint i = 0; i < N_PLACES; i++)
    {
      g_assert_cmpint (ask (self->dirs[i], "store.db", "SELECT coalesce (max (seq), 0) FROM cursor WHERE log = '" TOWN "'", 0),
                       <=, at_hub);
      g_assert_cmpint (ask (self->dirs[i], "store.db", "SELECT coalesce (max (seq), 0) FROM change WHERE log = '" TOWN "'", 0),
                       <=, at_hub);
    }
  for (guint i = 0; i < self->saved->len; i++)
    {
      const char *sha256 = g_array_index (self->saved, Saved, i).sha256;
      g_autofree char *sql = sha256 != NULL
        ? g_strdup_printf ("SELECT count (*) FROM evidence WHERE confirmed = 1 AND sha256 = '%s'", sha256) : NULL;

      for (guint k = 0; sha256 != NULL && k < 2; k++)
        if (ask (self->dirs[k], "store.db", sql, 0) > 0)
          g_assert_true (is_at_hub (&self->ends, sha256));
    }
}

/* Everybody syncs over a good line until nobody has anything to say; TRUE if that is so. */
static void
sync_in_peace (Rounds *self)
{
  gboolean is_quiet = FALSE;

  for (guint turn = 0; turn < 6 && !is_quiet; turn++)
    {
      is_quiet = TRUE;
      for (guint i = 0; i < N_PLACES; i++)
        {
          g_autofree char *said = NULL;
          gboolean done;

          {
            g_autoptr(McAccount) account = mc_account_load (self->dirs[i], NULL);

            g_assert_nonnull (account);
            point_at (account, self->ends.port);
          }
          said = rounds_end (self, rounds_spawn (self, i, "sync", NULL), -1, &done);
          if (!done)
            g_test_message ("place %u cannot sync over a good line: %s", i, said);
          g_assert_true (done);
          if (strstr (said, "\"changes_sent\":0") == NULL || strstr (said, "\"groups_received\":0") == NULL)
            is_quiet = FALSE;
        }
    }
  g_assert_true (is_quiet);
}

static void
check_saved (Rounds *self,
             Saved  *saved)
{
  static const char sql[] = "SELECT count (*) FROM record WHERE type = 'certified-copy' AND flags & 1 = 0"
                            " AND json_extract (body, '$.number') = ?1";
  gint64 found[N_PLACES];

  if (saved->sha256 != NULL)
    {
      gboolean arrived = is_at_hub (&self->ends, saved->sha256);

      self->n_arrived += arrived;
      if (saved->told && !arrived)
        {
          g_test_message ("LOST: file %s", saved->sha256);
          self->n_lost++;
        }
      return;
    }
  for (guint i = 0; i < N_PLACES; i++)
    found[i] = ask (self->dirs[i], "store.db", sql, saved->number);
  self->n_arrived += found[N_PLACES - 1] > 0;
  if ((saved->told && found[0] == 0) || found[1] != found[0] || found[2] != found[0])
    {
      g_test_message ("LOST: copy %d, told %d, found %d %d %d", saved->number, saved->told, (int) found[0], (int) found[1],
                      (int) found[2]);
      self->n_lost++;
    }
  if (found[0] > 1 || found[1] > 1 || found[2] > 1)
    {
      g_test_message ("DOUBLED: copy %d", saved->number);
      self->n_doubled++;
    }
}

void
rounds_check_rest (Rounds *self)
{
  g_autofree char *verified = NULL;
  gint64 at_hub;

  sync_in_peace (self);
  rounds_check_files (self);
  verified = run_hub (&self->ends, "verify", NULL);
  self->n_lost = self->n_doubled = self->n_arrived = 0;
  for (guint i = 0; i < self->saved->len; i++)
    check_saved (self, &g_array_index (self->saved, Saved, i));

  /* Every log row is at every reader, nothing waits, and all agree where the log ends. */
  at_hub = ask (self->ends.hub_dir, "hub.db", "SELECT count (*) FROM change", 0);
  for (guint i = 0; i < N_PLACES; i++)
    {
      g_assert_cmpint (ask (self->dirs[i], "store.db", "SELECT count (*) FROM change WHERE state = 0", 0), ==, 0);
      g_assert_cmpint (ask (self->dirs[i], "store.db", "SELECT count (*) FROM evidence WHERE have = 1 AND confirmed = 0"
                            " AND sha256 IN (SELECT sha256 FROM evidence_use)", 0), ==, 0);
    }
  g_assert_cmpint (ask (self->dirs[N_PLACES - 1], "store.db", "SELECT count (*) FROM change WHERE state = 1", 0), ==, at_hub);
  g_assert_cmpuint (self->n_lost, ==, 0);
  g_assert_cmpuint (self->n_doubled, ==, 0);
}
