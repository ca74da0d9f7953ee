/* mc-session.h: one sync, from the first turn to the last; blocking
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-account.h"
#include "client/mc-transport.h"
#include "core/mc-journal-sync.h"

G_BEGIN_DECLS

typedef struct
{
  guint turns;
  guint64 bytes_sent, bytes_received;   /* bodies */
  guint n_sent;                         /* changes with a verdict */
  guint n_refused;
  guint n_received;                     /* records touched by others' changes */
  guint files_done, files_total;
  guint64 evidence_done, evidence_total; /* bytes */
  gint64 clock_off_us;                  /* hub's clock − ours */
} McSyncReport;

typedef void (*McSyncProgress) (const McSyncReport *report,
                                gpointer            user_data);

gboolean mc_session_run (McJournal       *journal,
                         McAccount       *account,
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
char    *mc_sync_report_to_json (const McSyncReport *report) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
