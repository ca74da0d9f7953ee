/* test-former.c: a row that moved to another place still proves those before the one it left
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "core/core-fixture.h"
#include "core/mc-id.h"
#include "core/mc-journal-heal.h"
#include "mc-test.h"

#define LOG "21609@2004-07-08"
#define NOW G_GINT64_CONSTANT (1638340443120000)
#define AUTHOR "0190a000-0000-7000-8000-000000000001"
#define READER "0190a000-0000-7000-8000-000000000002"

static McJournal *
open_journal (const char *dir,
              const char *device)
{
  g_autofree char *path = g_build_filename (dir, device, NULL);

  g_mkdir (path, 0700);

  return open_store (path, device, LOG);
}

/* (transfer full) (element-type McGroup): what the author saved, @sizes changes a time. */
static GPtrArray *
write_groups (const char  *dir,
              const guint *sizes,
              guint        n_sizes)
{
  McJournal *journal = open_journal (dir, AUTHOR);
  GPtrArray *groups;

  for (guint g = 0; g < n_sizes; g++)
    {
      g_autoptr(McEdit) edit = mc_edit_new ();
      g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < sizes[g]; i++)
        {
          g_autofree char *id = mc_id_new (NOW);
          McRecord *record = mc_record_new_empty (id, LOG, "certified-copy", "pack", NULL);

          g_ptr_array_add (records, record);
          mc_edit_set_int (edit, record, "copies", i);
        }
      g_assert_true (mc_journal_save (journal, edit, NOW, NULL, NULL));
    }
  groups = mc_journal_get_groups (journal, LOG, 1, G_MAXSIZE, NULL);
  g_assert_cmpuint (groups->len, ==, n_sizes);
  mc_journal_close (journal);

  return groups;
}

/* Signs for tests: the chain itself. */
static GBytes *
sign (McDigest *chain,
      McGroup  *group)
{
  for (guint i = 0; i < group->changes->len; i++)
    mc_chain_step (chain, mc_change_get_hash (group->changes->pdata[i]));

  return g_bytes_new (chain->data, MC_DIGEST_SIZE);
}

static char *
find_name (const char     *device,
           const char     *incarnation,
           guint64         n,
           const McDigest *chain,
           GBytes         *signature,
           gpointer        user_data)
{
  return memcmp (g_bytes_get_data (signature, NULL), chain->data, MC_DIGEST_SIZE) == 0 ? g_strdup (incarnation) : NULL;
}

/* The rows of the log after the @seq first: @group at place @n of its stream. */
static void
show (McJournal *reader,
      guint64    seq,
      McGroup   *group,
      guint64    n,
      GBytes    *signature)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);
  McCursor head = { .seq = seq + group->changes->len };
  McLogRow *row = g_new0 (McLogRow, 1);
  g_autoptr(GError) error = NULL;

  row->seq = seq + 1;
  row->group = g_new0 (McGroup, 1);
  row->group->device = g_strdup (group->device);
  row->group->incarnation = g_strdup (group->incarnation);
  row->group->n = n;
  row->group->changes = g_ptr_array_ref (group->changes);
  row->group->signature = signature;
  g_ptr_array_add (rows, row);
  g_assert_true (mc_journal_get_log_chain (reader, LOG, seq, &head.chain, NULL));
  for (guint i = 0; i < group->changes->len; i++)
    mc_chain_step_log (&head.chain, group->device, group->incarnation, n + i, mc_change_get_bytes (group->changes->pdata[i]));
  g_assert_true (mc_journal_apply_page (reader, LOG, rows, &head, NULL, &error));
  g_assert_no_error (error);
}

/* A run of three groups under one signature, at its end.  The hub goes back to the first, and so does the author's PC, which
 * then offers the last again, at the second's place.  The second is with the reader alone. */
static void
check (guint m)
{
  const guint sizes[] = { 1, 1, m };
  g_autofree char *dir = g_dir_make_tmp ("mc-former-XXXXXX", NULL);
  g_autoptr(GPtrArray) groups = write_groups (dir, sizes, G_N_ELEMENTS (sizes)), found = NULL;
  McGroup *first = groups->pdata[0], *lost = groups->pdata[1], *last = groups->pdata[2], *group;
  McDigest run = { 0 }, again = { 0 };
  g_autoptr(GBytes) unused_first = sign (&run, first), unused_lost = sign (&run, lost), end = sign (&run, last);
  g_autoptr(GBytes) unused_again = sign (&again, first);
  McJournal *reader = open_journal (dir, READER);
  g_autoptr(GError) error = NULL;
  gboolean any;

  show (reader, 0, first, 1, NULL);
  show (reader, 1, lost, 2, NULL);
  show (reader, 2, last, 3, g_bytes_ref (end));
  g_assert_true (mc_journal_rewind (reader, LOG, 1, &error));
  g_assert_no_error (error);
  show (reader, 1, last, 2, sign (&again, last));

  found = mc_journal_find_branches (reader, LOG, find_name, NULL, 0, G_MAXSIZE, &any, &error);
  g_assert_no_error (error);
  g_assert_true (any);
  g_assert_cmpuint (found->len, ==, 2);
  group = found->pdata[0];
  g_assert_cmpuint (group->n, ==, 2);
  g_assert_cmpuint (group->holes->len, ==, 1);
  g_assert_null (group->signature);
  g_assert_true (mc_digest_equal (mc_change_get_hash (group->changes->pdata[0]), mc_change_get_hash (lost->changes->pdata[0])));
  group = found->pdata[1];
  g_assert_cmpuint (group->n, ==, 3);
  g_assert_cmpuint (group->changes->len, ==, m);
  g_assert_true (g_bytes_equal (group->signature, end));

  mc_journal_close (reader);
  mc_test_remove_tree (dir);
}

static void
test_one (void)
{
  check (1);
}

static void
test_many (void)
{
  check (3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/former/one", test_one);
  g_test_add_func ("/former/many", test_many);

  return g_test_run ();
}
