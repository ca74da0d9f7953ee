/* fuzz-expressions.c: SQL of a pack in its sandbox
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sqlite3.h>
#include <string.h>

#include "core/mc-journal.h"
#include "core/mc-sandbox.h"
#include "fuzz/mc-fuzz.h"

static McSandbox *sandbox;
static sqlite3 *watcher;

static int
version_of (const char *pragma)
{
  sqlite3_stmt *stmt = NULL;
  int value;

  g_assert_cmpint (sqlite3_prepare_v2 (watcher, pragma, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  value = sqlite3_column_int (stmt, 0);
  sqlite3_finalize (stmt);

  return value;
}

static void
begin (void)
{
  static const char * const scope[] = { FUZZ_LOG, NULL };
  g_autofree char *dir = NULL, *path = NULL;
  g_autoptr(McPack) pack = NULL;
  g_autoptr(GError) error = NULL;

  if (sandbox != NULL)
    return;
  dir = fuzz_new_folder ();
  path = g_build_filename (dir, "store.db", NULL);
  pack = mc_pack_get_builtin (NULL, &error);
  g_assert_no_error (error);
  {
    McJournalConfig config = { .dir = dir, .device = FUZZ_DEVICE, .log = FUZZ_LOG, .machine = "", .pack = pack };
    g_autoptr(McJournal) journal = mc_journal_open (&config, &error);

    g_assert_no_error (error);
  }
  sandbox = mc_sandbox_new (path, pack, &error);
  g_assert_no_error (error);
  g_assert_true (mc_sandbox_set_scope (sandbox, scope, &error));
  g_assert_cmpint (sqlite3_open_v2 (path, &watcher, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
}

/* An expression gives a number or an error, in bounded time and memory, and never changes the store. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  McMeasure measure = { .id = "fuzz", .title = "fuzz", .type = "document-month", .denominator = "1" };
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gint64 numerator, denominator;
  gboolean done;
  int before;

  fuzz_begin ();
  if (size < 1)
    return 0;
  begin ();
  text = g_strndup ((const char *) data + 1, size - 1);
  *(data[0] % 3 == 0 ? &measure.numerator : data[0] % 3 == 1 ? &measure.per_unit : &measure.where) = text;
  if (measure.numerator == NULL)
    measure.numerator = "1";

  before = version_of ("PRAGMA data_version");
  done = mc_sandbox_measure (sandbox, &measure, &numerator, &denominator, &error);
  fuzz_check_error (done, error, MC_PACK_ERROR);
  g_assert_cmpint (version_of ("PRAGMA data_version"), ==, before);

  return 0;
}
