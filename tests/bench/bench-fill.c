/* bench-fill.c: makes a trial with many certified copies, for the programs that read it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "bench.h"

#include <stdlib.h>

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  g_autoptr(McAccount) account = NULL;
  g_autoptr(McJournal) journal = NULL;

  bench_check (error);
  if (argc != 3)
    {
      g_printerr ("usage: bench-fill FOLDER COUNT\n");
      return 2;
    }
  g_mkdir_with_parents (argv[1], 0700);
  account = mc_account_new (argv[1], BENCH_LOG, "commune", "Đinh Thị Hà, Công chức Tư pháp – Hộ tịch");
  mc_account_save (account, &error);
  bench_check (error);
  journal = mc_account_open_journal (account, pack, &error);
  bench_check (error);
  bench_fill (journal, 1, atoi (argv[2]));

  return 0;
}
