/* test-paths.c: which rows and hashes of a stream that was written several times belong together
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each thing that stands, or stood, at a place has a name here; a branch is said as those names in their order: “a b c”.
 */

#include <string.h>

#include "core/core-fixture.h"
#include "core/mc-id.h"
#include "core/mc-journal-heal.h"
#include "mc-test.h"

#define LOG         "21609@2004-07-08"
#define NOW         G_GINT64_CONSTANT (1638340443120000)
#define READER      "0190a000-0000-7000-8000-000000000002"
#define AUTHOR      "0190a000-0000-7000-8000-000000000001"
#define INCARNATION "0190b000-0000-4000-8000-000000000000"

typedef enum
{
  ASIDE,         /* a row that the log does not have */
  DISPLACED,     /* … whose place the log has another for */
  LOGGED,        /* a row of the log */
  HASH,          /* the hash alone, as it came last */
  HASH_BEFORE,   /* … as it was known before that */
} Kind;

typedef struct
{
  char *dir;
  McJournal *journal;
  GHashTable *bytes;       /* (owned) name → its bytes */
  guint n_displaced, n_logged;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("mc-paths-XXXXXX", NULL);
  fixture->journal = open_store (fixture->dir, READER, LOG);
  fixture->bytes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mc_journal_close (fixture->journal);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
  g_hash_table_unref (fixture->bytes);
}

static GBytes *
bytes_of (Fixture    *fixture,
          const char *name,
          guint       k,
          guint       m)
{
  GBytes *bytes = g_hash_table_lookup (fixture->bytes, name);

  if (bytes == NULL)
    {
      g_autofree char *id = mc_id_new (NOW), *group = m > 1 ? g_strdup_printf (",\"group\":[%u,%u]", k, m) : g_strdup ("");
      char *text = g_strdup_printf ("{\"id\":\"%s\",\"record\":\"%s\",\"type\":\"certified-copy\",\"pack\":\"pack/1\",\"at\":"
                                    "\"2021-11-02T08:14:03.120+07:00\",\"by\":\"Hà\"%s,\"set\":{\"notes\":\"%s\"}}", id, id, group, name);

      bytes = g_bytes_new_take (text, strlen (text));
      g_hash_table_insert (fixture->bytes, g_strdup (name), bytes);
    }

  return bytes;
}

/* The author's word on @branch, for tests: the chain itself. */
static GBytes *
sign (Fixture    *fixture,
      const char *branch)
{
  g_auto(GStrv) names = g_strsplit (branch, " ", -1);
  McDigest chain = { { 0 } };

  for (gsize i = 0; names[i] != NULL; i++)
    {
      McDigest hash;

      mc_digest_of_bytes (&hash, bytes_of (fixture, names[i], 0, 1));
      mc_chain_step (&chain, &hash);
    }

  return g_bytes_new (chain.data, MC_DIGEST_SIZE);
}

static char *
find_signed_name (const char     *device,
                  const char     *incarnation,
                  guint64         n,
                  const McDigest *chain,
                  GBytes         *signature,
                  gpointer        user_data)
{
  g_assert_cmpstr (device, ==, AUTHOR);

  return memcmp (g_bytes_get_data (signature, NULL), chain->data, MC_DIGEST_SIZE) == 0 ? g_strdup (INCARNATION) : NULL;
}

static void
put_hash (Fixture    *fixture,
          Kind        kind,
          guint64     n,
          McDigest   *hash)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (fixture->journal), "INSERT INTO place (log, device, incarnation, n, hash)"
                                          " VALUES ('" LOG "', '" AUTHOR "', ? || '" INCARNATION "', ?, ?)", NULL);

  mc_stmt_bind_text (stmt, 1, kind == HASH ? "" : "-");
  mc_stmt_bind_int64 (stmt, 2, n);
  mc_stmt_bind_blob (stmt, 3, hash->data, MC_DIGEST_SIZE);
  g_assert_true (mc_stmt_exec (stmt, NULL));
}

/* @name, change @k of @m, at place @n; @branch: (nullable): what its author signed there. */
static void
put_part (Fixture    *fixture,
          Kind        kind,
          guint64     n,
          const char *name,
          guint       k,
          guint       m,
          const char *branch)
{
  GBytes *bytes = bytes_of (fixture, name, k, m);
  g_autoptr(McStmt) stmt = NULL;
  g_autoptr(GBytes) signature = branch != NULL ? sign (fixture, branch) : NULL;
  gboolean is_displaced = kind == DISPLACED;
  McDigest hash;

  mc_digest_of_bytes (&hash, bytes);
  if (kind == HASH || kind == HASH_BEFORE)
    {
      put_hash (fixture, kind, n, &hash);
      return;
    }
  stmt = mc_db_prepare (mc_journal_get_db (fixture->journal), "INSERT INTO change (id, short, log, record, device, incarnation, n, k, m,"
                        " hash, bytes, signature, state, seq, own, log_n) VALUES (?1, ?1, '" LOG "', ?1, '" AUTHOR "', '" INCARNATION "',"
                        " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10)", NULL);
  mc_stmt_bind_text (stmt, 1, name);
  mc_stmt_bind_int64 (stmt, 2, is_displaced ? -(gint64) ++fixture->n_displaced : (gint64) n);
  mc_stmt_bind_int64 (stmt, 3, k);
  mc_stmt_bind_int64 (stmt, 4, m);
  mc_stmt_bind_blob (stmt, 5, hash.data, MC_DIGEST_SIZE);
  mc_stmt_bind_bytes (stmt, 6, bytes);
  if (signature != NULL)
    mc_stmt_bind_bytes (stmt, 7, signature);
  mc_stmt_bind_int64 (stmt, 8, kind == LOGGED ? 1 : 2);
  if (kind == LOGGED)
    mc_stmt_bind_int64 (stmt, 9, ++fixture->n_logged);
  if (is_displaced)
    mc_stmt_bind_int64 (stmt, 10, n);
  g_assert_true (mc_stmt_exec (stmt, NULL));
}

static void
put (Fixture    *fixture,
     Kind        kind,
     guint64     n,
     const char *name,
     const char *branch)
{
  put_part (fixture, kind, n, name, 0, 1, branch);
}

/* (nullable): The name of what has that hash. */
static const char *
find_name (Fixture        *fixture,
           const McDigest *hash)
{
  GHashTableIter iter;
  gpointer name, bytes;

  g_hash_table_iter_init (&iter, fixture->bytes);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    {
      McDigest other;

      mc_digest_of_bytes (&other, bytes);
      if (mc_digest_equal (&other, hash))
        return name;
    }

  return NULL;
}

static void
append_name (Fixture        *fixture,
             GString        *text,
             const McDigest *hash,
             const char     *mark)
{
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append_printf (text, "%s%s", find_name (fixture, hash), mark);
}

/* The branch that is found after @skip others: its hashes by their names, rows with a “!”; NULL if there is none. */
static char *
find_branch (Fixture *fixture,
             guint    skip)
{
  g_autoptr(GError) error = NULL;
  gboolean found;
  g_autoptr(GPtrArray) groups = mc_journal_find_branches (fixture->journal, LOG, find_signed_name, NULL, skip, G_MAXSIZE, &found, &error);
  GString *text;

  g_assert_no_error (error);
  g_assert_true (found || groups->len == 0);
  if (!found)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < groups->len; i++)
    {
      McGroup *group = groups->pdata[i];

      for (guint h = 0; h < group->holes->len; h++)
        {
          McDigest hash;

          memcpy (hash.data, g_bytes_get_data (group->holes->pdata[h], NULL), MC_DIGEST_SIZE);
          append_name (fixture, text, &hash, "");
        }
      for (guint k = 0; k < group->changes->len; k++)
        append_name (fixture, text, mc_change_get_hash (group->changes->pdata[k]), "!");
    }

  return g_string_free (text, FALSE);
}

static void
assert_branch (Fixture    *fixture,
               guint       skip,
               const char *expected)
{
  g_autofree char *found = find_branch (fixture, skip);

  g_assert_cmpstr (found, ==, expected);
}

/* Of the things known of each place those are taken that the signature is over, wherever they are known from. */
static void
test_mixed (Fixture *fixture, gconstpointer data)
{
  put (fixture, LOGGED, 1, "a", "a");
  put (fixture, LOGGED, 2, "b", "a b");
  put (fixture, HASH, 2, "x", NULL);
  put (fixture, HASH, 3, "c", NULL);
  put (fixture, HASH_BEFORE, 3, "y", NULL);
  put (fixture, ASIDE, 4, "z", "a x y z");
  assert_branch (fixture, 0, "a x y z!");
  assert_branch (fixture, 1, NULL);
}

/* … and if the signature is over something that is not known any more, or a place is not known at all, there is nothing. */
static void
test_unproven (Fixture *fixture, gconstpointer data)
{
  put (fixture, LOGGED, 1, "a", "a");
  put (fixture, HASH, 2, "x", NULL);
  put (fixture, ASIDE, 3, "z", "a lost z");
  assert_branch (fixture, 0, NULL);
  put (fixture, ASIDE, 5, "far", "a x z other far");
  assert_branch (fixture, 0, NULL);
}

/* A row without a signature goes along with the one after it that has one, and not without. */
static void
test_run (Fixture *fixture, gconstpointer data)
{
  put (fixture, HASH, 1, "a", NULL);
  put (fixture, ASIDE, 2, "b", NULL);
  put (fixture, ASIDE, 3, "c", "a b c");
  put (fixture, ASIDE, 4, "d", NULL);
  assert_branch (fixture, 0, "a b! c!");
  assert_branch (fixture, 1, NULL);
}

/* A row that had to make room stands where it stood; two branches go each its own way, one after the other. */
static void
test_displaced (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;
  gboolean is_late;

  put (fixture, LOGGED, 1, "a", "a");
  put (fixture, LOGGED, 2, "b", "a b");
  put (fixture, DISPLACED, 2, "x", "a x");
  put (fixture, ASIDE, 3, "y", "a x y");
  put (fixture, DISPLACED, 3, "c", "a b c");

  first = find_branch (fixture, 0);
  is_late = g_strcmp0 (first, "a x! y!") == 0;
  if (!is_late)
    g_assert_cmpstr (first, ==, "a b c!");
  assert_branch (fixture, 1, is_late ? "a b c!" : "a x! y!");
  assert_branch (fixture, 2, NULL);
}

/* A group is of one branch as a whole: half of it with half of another is no path, even to what would be signed so. */
static void
test_group (Fixture *fixture, gconstpointer data)
{
  put_part (fixture, ASIDE, 1, "a", 0, 2, NULL);
  put_part (fixture, DISPLACED, 1, "x", 0, 2, NULL);
  put_part (fixture, ASIDE, 2, "b", 1, 2, NULL);
  put_part (fixture, DISPLACED, 2, "y", 0, 1, NULL);
  put (fixture, ASIDE, 3, "c", "a b c");
  put (fixture, DISPLACED, 3, "z", "a y z");
  assert_branch (fixture, 0, "a! b! c!");
  assert_branch (fixture, 1, NULL);
}

/* A branch of which nothing is aside is none that is handed in. */
static void
test_nothing_aside (Fixture *fixture, gconstpointer data)
{
  put (fixture, LOGGED, 1, "a", "a");
  put (fixture, LOGGED, 2, "b", "a b");
  put (fixture, ASIDE, 3, "c", "a other c");
  assert_branch (fixture, 0, NULL);
}

/* @n places of which two things are known each, and behind them what is signed over those of @choice. */
static void
put_doubled (Fixture    *fixture,
             guint       n,
             const char *choice)
{
  g_autoptr(GString) branch = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *old = g_strdup_printf ("old%u", i), *late = g_strdup_printf ("new%u", i);

      put (fixture, DISPLACED, i + 1, old, NULL);
      g_string_append_printf (branch, "%s ", choice[i % strlen (choice)] == 'o' ? old : late);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *late = g_strdup_printf ("new%u", i);

      put (fixture, ASIDE, i + 1, late, NULL);
    }
  g_string_append (branch, "end");
  put (fixture, ASIDE, n + 1, "end", branch->str);
}

/* However many ways there are, those that stay with what came together are looked at. */
static void
test_together (Fixture *fixture, gconstpointer data)
{
  g_autofree char *found = NULL;

  put_doubled (fixture, 40, data);
  found = find_branch (fixture, 0);
  g_assert_true (g_str_has_suffix (found, "39! end!"));
}

/* All of 256 ways are looked at, however they are mixed. */
static void
test_bound (Fixture *fixture, gconstpointer data)
{
  g_autofree char *found = NULL;

  put_doubled (fixture, 8, "onoonnno");
  found = find_branch (fixture, 0);
  g_assert_cmpstr (found, ==, "old0! new1! old2! old3! new4! new5! new6! old7! end!");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, data, func) g_test_add (name, Fixture, data, set_up, func, tear_down)
  ADD ("/paths/mixed", NULL, test_mixed);
  ADD ("/paths/unproven", NULL, test_unproven);
  ADD ("/paths/run", NULL, test_run);
  ADD ("/paths/displaced", NULL, test_displaced);
  ADD ("/paths/group", NULL, test_group);
  ADD ("/paths/nothing-aside", NULL, test_nothing_aside);
  ADD ("/paths/old-together", "o", test_together);
  ADD ("/paths/new-together", "n", test_together);
  ADD ("/paths/bound", NULL, test_bound);

  return g_test_run ();
}
