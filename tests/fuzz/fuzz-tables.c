/* fuzz-tables.c: CSV files, and records imported from them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-error.h"
#include "core/mc-text.h"
#include "fuzz/mc-fuzz.h"
#include "report/mc-csv.h"
#include "report/mc-import.h"

static McJournal *
get_journal (void)
{
  static McJournal *journal = NULL;

  if (journal == NULL)
    {
      g_autofree char *dir = fuzz_new_folder ();
      g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, NULL);
      McJournalConfig config = { .dir = dir, .device = FUZZ_DEVICE, .log = FUZZ_LOG, .machine = "", .pack = pack };
      g_autoptr(GError) error = NULL;

      journal = mc_journal_open (&config, &error);
      g_assert_no_error (error);
    }

  return journal;
}

/* Text that was normalised once is normal. */
static void
check_normal (const char *cell)
{
  g_autofree char *again = mc_text_normalize (cell);

  g_assert_cmpstr (again, ==, cell);
}

/* What was read is read again from what is written. */
static void
check_again (GPtrArray *rows)
{
  g_autoptr(GString) text = g_string_new (NULL), second = g_string_new (NULL);
  g_autoptr(GPtrArray) again = NULL;
  g_autoptr(GError) error = NULL;

  for (guint pass = 0; pass < 2; pass++)
    {
      GString *out = pass == 0 ? text : second;
      GPtrArray *from = pass == 0 ? rows : again;

      for (guint i = 0; i < from->len; i++)
        {
          McCsvRow *row = from->pdata[i];

          for (gsize k = 0; row->cells[k] != NULL; k++)
            {
              g_assert_true (g_utf8_validate (row->cells[k], -1, NULL));
              check_normal (row->cells[k]);
              mc_csv_append_cell (out, row->cells[k], k == 0);
            }
          g_string_append_c (out, '\n');
        }
      if (pass == 0 && !(again = mc_csv_parse (text->str, text->len, &error)))
        g_assert_no_error (error);
    }
  g_assert_cmpuint (again->len, ==, rows->len);
}

/* A table is read or an error says where it is broken; nothing is saved by looking at it. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  static const char * const types[] = { "document-month", "certified-copy", "plan", "plan-task" };
  McRecordType *type;
  g_autoptr(GPtrArray) rows = NULL;
  g_autoptr(McImport) import = NULL;
  g_autoptr(GError) error = NULL, import_error = NULL;

  fuzz_begin ();
  if (size < 1)
    return 0;
  rows = mc_csv_parse ((const char *) data + 1, size - 1, &error);
  fuzz_check_error (rows != NULL, error, MC_STORE_ERROR);
  if (rows != NULL && rows->len > 0)
    check_again (rows);

  if (!(type = mc_pack_find_type (mc_journal_get_pack (get_journal ()), types[data[0] % G_N_ELEMENTS (types)])))
    return 0;
  import = mc_import_read (get_journal (), type, FALSE, (const char *) data + 1, size - 1, FUZZ_NOW_US, &import_error);
  fuzz_check_error (import != NULL, import_error, MC_STORE_ERROR);

  return 0;
}
