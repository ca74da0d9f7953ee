/* mc-context-settle.c: what people settle once the district has spoken: what it refused, and what others deleted
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-context-private.h"

#include "core/mc-refused.h"
#include "core/mc-spared.h"

/* settling */

static gpointer
withdraw_in_worker (McJournal     *journal,
                    gpointer       data,
                    GCancellable  *cancellable,
                    GError       **error)
{
  return GINT_TO_POINTER (mc_journal_withdraw (journal, data, g_get_real_time (), error));
}

static void
settled_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  static const char * const many[] = { NULL };
  g_autoptr(McContext) self = user_data;
  McSync *sync = mc_context_get_sync (self);
  g_autoptr(GError) error = NULL;

  if (mc_store_run_finish (MC_STORE (source), result, &error) != NULL && sync != NULL)
    mc_sync_note_change (sync);
  mc_context_end_saving (self, error);
  mc_store_note_changes (MC_STORE (source), many);
}

void
mc_context_withdraw (McContext  *self,
                     const char *change_id)
{
  mc_context_begin_saving (self);
  mc_store_run_async (mc_context_get_store (self), withdraw_in_worker, g_strdup (change_id), g_free, NULL, NULL, settled_cb,
                      g_object_ref (self));
}

/* many deletions */

static gpointer
keep_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return GINT_TO_POINTER (mc_journal_revive_spared (journal, g_get_real_time (), error));
}

static gpointer
hide_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return GINT_TO_POINTER (mc_journal_hide_spared (journal, error));
}

void
mc_context_answer_deletions (McContext *self,
                             gboolean   keep)
{
  mc_context_begin_saving (self);
  mc_store_run_async (mc_context_get_store (self), keep ? keep_in_worker : hide_in_worker, NULL, NULL, NULL, NULL, settled_cb,
                      g_object_ref (self));
}
