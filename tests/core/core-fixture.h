/* core-fixture.h: what tests of app/core begin with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-journal.h"
#include "core/mc-sandbox.h"

G_BEGIN_DECLS

/* (transfer full) */
static inline McPack *
builtin_pack (void)
{
  g_autoptr(GError) error = NULL;
  McPack *pack = mc_pack_get_builtin (NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (pack);

  return pack;
}

/* (transfer full) the store of @device, which writes to @log, in a folder that is there. */
static inline McJournal *
open_store (const char *dir,
            const char *device,
            const char *log)
{
  McJournalConfig config = { .device = device, .log = log, .by = "Hà", .dir = dir };
  g_autoptr(GError) error = NULL;
  McJournal *journal = mc_journal_open (&config, &error);

  g_assert_no_error (error);

  return journal;
}

/* (transfer full) for the expressions of the pack that @journal was opened with */
static inline McSandbox *
new_sandbox (McJournal *journal)
{
  g_autoptr(GError) error = NULL;
  McSandbox *sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (journal)), mc_journal_get_pack (journal), &error);

  g_assert_no_error (error);

  return sandbox;
}

G_END_DECLS
