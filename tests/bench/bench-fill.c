/* bench-fill.c: makes many certified copies, in a trial of its own or in an enrolment that is there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "bench.h"

#include <stdlib.h>

#include "core/mc-id.h"

/* A file of noise, as a scan is to whoever would pack it. */
static void
attach_noise (McJournal *journal,
              GRand     *random,
              guint      number,
              gsize      size)
{
  g_autofree guint32 *noise = g_new (guint32, size / 4 + 1);
  g_autofree char *id = mc_id_new (BENCH_NOW + number), *name = g_strdup_printf ("minh-chung-%u.pdf", number);
  g_autoptr(McRecord) record = mc_record_new_empty (id, mc_journal_get_log (journal), "certified-copy",
                                                    mc_pack_get_id (mc_journal_get_pack (journal)), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(McEvidence) evidence = NULL;
  g_autoptr(GError) error = NULL;
  JsonArray *files = json_array_new ();

  for (gsize i = 0; i < size / 4 + 1; i++)
    noise[i] = g_rand_int (random);
  bytes = g_bytes_new (noise, size);
  evidence = mc_journal_attach_bytes (journal, bytes, name, BENCH_NOW, &error);
  bench_check (error);
  json_array_add_element (files, mc_evidence_to_json (evidence));
  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set (edit, record, "files", json_node_init_array (json_node_alloc (), files));
  json_array_unref (files);
  mc_journal_save (journal, edit, BENCH_NOW + number, NULL, &error);
  bench_check (error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  g_autoptr(GRand) random = g_rand_new_with_seed (2021);
  g_autoptr(McAccount) account = NULL;
  g_autoptr(McJournal) journal = NULL;
  guint first, n_files, count;

  bench_check (error);
  if (argc != 3 && argc != 4 && argc != 6)
    {
      g_printerr ("usage: bench-fill FOLDER COUNT [FIRST-NUMBER FILES BYTES-OF-A-FILE]\n"
                  "       bench-fill FOLDER edit COUNT\n");
      return 2;
    }
  count = atoi (argv[2]);
  first = argc == 6 ? atoi (argv[3]) : 1;
  n_files = argc == 6 ? atoi (argv[4]) : 0;
  if (!(account = mc_account_load (argv[1], NULL)))
    {
      g_mkdir_with_parents (argv[1], 0700);
      account = mc_account_new (argv[1], BENCH_LOG, "commune", "Đinh Thị Hà, Công chức Tư pháp – Hộ tịch");
      mc_account_save (account, &error);
      bench_check (error);
    }
  journal = mc_account_open_journal (account, pack, &error);
  bench_check (error);
  if (argc == 4)
    bench_edit (journal, atoi (argv[3]));
  else
    bench_fill (journal, first, count);
  for (guint i = 0; i < n_files; i++)
    attach_noise (journal, random, first + count + i, atoi (argv[5]));

  return 0;
}
