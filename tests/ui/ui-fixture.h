/* ui-fixture.h: what pages work with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-account.h"
#include "core/mc-store.h"

G_BEGIN_DECLS

#define UI_LOG "21610@2004-07-08"

static inline void
ui_opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  McStore **out_store = user_data;
  g_autoptr(GError) error = NULL;

  *out_store = mc_store_open_finish (result, &error);
  g_assert_no_error (error);
}

/* (transfer full) the store of a commune in @dir, as a window has it. */
static inline McStore *
ui_open_store (const char *dir)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  g_autoptr(McAccount) account = mc_account_new (dir, UI_LOG, "commune", "Đinh Thị Hà, Văn thư");
  McJournalConfig config;
  McStore *store = NULL;

  g_assert_no_error (error);
  mc_account_fill_config (account, pack, &config);
  mc_store_open_async (&config, NULL, ui_opened_cb, &store);
  while (store == NULL)
    g_main_context_iteration (NULL, TRUE);

  return store;
}

G_END_DECLS
