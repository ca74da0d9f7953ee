/* fuzz-pack.c: criteria packs, their schema, and the expressions of those that load
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-journal.h"
#include "core/mc-sandbox.h"
#include "fuzz/mc-fuzz.h"

/* An empty store, for the expressions. */
static const char *
get_store (void)
{
  static char *path = NULL;

  if (path == NULL)
    {
      g_autofree char *dir = fuzz_new_folder ();
      McJournalConfig config = { .dir = dir, .device = FUZZ_DEVICE, .log = FUZZ_LOG, .machine = "" };
      g_autoptr(McJournal) journal = mc_journal_open (&config, NULL);

      g_assert_nonnull (journal);
      path = g_build_filename (dir, "store.db", NULL);
    }

  return path;
}

static void
use (McPack *pack)
{
  static const char * const scope[] = { FUZZ_LOG, NULL };
  GPtrArray *measures = mc_pack_get_measures (pack);
  g_autoptr(GError) error = NULL;
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (get_store (), pack, &error);

  fuzz_check_error (sandbox != NULL, error, MC_PACK_ERROR);
  if (sandbox == NULL || !mc_sandbox_set_scope (sandbox, scope, NULL))
    return;
  for (guint i = 0; i < measures->len; i++)
    {
      g_autoptr(GError) measure_error = NULL;
      gint64 numerator, denominator;
      gboolean done = mc_sandbox_measure (sandbox, measures->pdata[i], &numerator, &denominator, &measure_error);

      fuzz_check_error (done, measure_error, MC_PACK_ERROR);
    }
}

/* A text is a pack, or an error says where it is not. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = NULL;

  fuzz_begin ();
  pack = mc_pack_new_from_bytes (bytes, &error);
  fuzz_check_error (pack != NULL, error, MC_PACK_ERROR);
  if (pack != NULL)
    use (pack);

  return 0;
}
