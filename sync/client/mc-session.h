/* mc-session.h: one sync, from the first turn to the last; blocking
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-account.h"
#include "client/mc-sync-report.h"
#include "client/mc-transport.h"
#include "core/mc-journal-sync.h"

G_BEGIN_DECLS

typedef void (*McSyncProgress) (const McSyncReport *report,
                                gpointer            user_data);

gboolean mc_session_run (McJournal       *journal,
                         McAccount       *account,
                         McSyncReport    *out_report,
                         McSyncProgress   progress,
                         gpointer         user_data,
                         GCancellable    *cancellable,
                         GError         **error);
gboolean mc_session_run_on (McJournal       *journal,
                            McAccount       *account,
                            gboolean         is_costly,
                            McSyncReport    *out_report,
                            McSyncProgress   progress,
                            gpointer         user_data,
                            GCancellable    *cancellable,
                            GError         **error);
gboolean mc_session_run_over (McJournal       *journal,
                              McAccount       *account,
                              McTransport     *transport,
                              McSyncReport    *out_report,
                              McSyncProgress   progress,
                              gpointer         user_data,
                              GCancellable    *cancellable,
                              GError         **error);

McTransport *mc_session_call (McAccount *account) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
