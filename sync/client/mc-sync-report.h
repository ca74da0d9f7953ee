/* mc-sync-report.h: what a sync has done so far, and how long the rest may take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint turns;
  guint64 bytes_sent, bytes_received;   /* bodies */
  guint n_sent;                         /* changes with a verdict */
  guint n_refused;
  guint n_conflicts;                    /* changes that are in, and stand beside another value */
  guint n_received;                     /* records touched by others' changes */
  guint files_done, files_total;
  guint64 evidence_done, evidence_total; /* bytes */
  gint64 clock_off_us;                  /* hub's clock − ours */
  guint64 sending, sending_total;       /* bytes of the request under way that have left, and all of it */
  int seconds_left;                     /* until everything is sent, by the line so far; -1 = not known yet */
  guint64 unheard;                      /* bytes that had left of a request that failed */
  gboolean files_wait;                  /* files were not sent: the line costs by the byte */
} McSyncReport;

/* Estimates seconds_left, @running_us after the sync began. */
void     mc_sync_report_estimate     (McSyncReport       *report,
                                      gint64              running_us);
/* More than five minutes: the sync goes on, a person should set the clock. */
gboolean mc_sync_report_is_clock_off (const McSyncReport *report);
char    *mc_sync_report_to_json      (const McSyncReport *report) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
