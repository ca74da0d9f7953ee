/* mc-sync-log.h: what each sync did, for people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-journal.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 started_us, ended_us;
  char *outcome;                       /* (owned) "ok", or the slug of what failed */
  guint turns;
  guint64 bytes_sent, bytes_received;
  guint changes_sent, refused, received;
  guint files_done, files_total;
  guint64 unheard;                     /* bytes of a last request that had no answer */
  gint64 clock_off_seconds;            /* the hub's clock − ours */
} McSyncLogEntry;

void       mc_sync_log_entry_free   (McSyncLogEntry *entry);
/* @detail: JSON as mc_sync_report_to_json() writes it.  Only the last syncs are kept, some weeks of them. */
gboolean   mc_journal_add_sync_log  (McJournal      *self,
                                     gint64          started_us,
                                     gint64          ended_us,
                                     const char     *outcome,
                                     const char     *detail,
                                     GError        **error);
/* The last @limit syncs, the newest first. */
GPtrArray *mc_journal_list_sync_log (McJournal      *self,
                                     guint           limit,
                                     GError        **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McSyncLogEntry) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McSyncLogEntry, mc_sync_log_entry_free)

G_END_DECLS
