/* mc-sync-report.c: what a sync has done so far, and how long the rest may take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-sync-report.h"

#define CLOCK_OFF_US (5 * G_TIME_SPAN_MINUTE)
#define ESTIMATE_US  (2 * G_TIME_SPAN_SECOND)   /* less says nothing */
#define SAMPLE_BYTES 16384

void
mc_sync_report_estimate (McSyncReport *report,
                         gint64        running_us)
{
  guint64 sent = report->bytes_sent + report->sending;
  guint64 left = report->evidence_total - MIN (report->evidence_done, report->evidence_total);

  /* What is under way is on its way, whether text or files. */
  left = MAX (left - MIN (report->sending, left), report->sending_total - report->sending);
  if (running_us < ESTIMATE_US || sent < SAMPLE_BYTES)
    report->seconds_left = -1;
  else
    report->seconds_left = (int) MIN ((double) left / sent * running_us / G_TIME_SPAN_SECOND + 0.5, G_MAXINT);
}

gboolean
mc_sync_report_is_clock_off (const McSyncReport *report)
{
  return ABS (report->clock_off_us) > CLOCK_OFF_US;
}

char *
mc_sync_report_to_json (const McSyncReport *report)
{
  return g_strdup_printf ("{\"turns\":%u,\"bytes_sent\":%" G_GUINT64_FORMAT ",\"bytes_received\":%" G_GUINT64_FORMAT
                          ",\"changes_sent\":%u,\"refused\":%u,\"conflicts\":%u,\"groups_received\":%u,\"files_done\":%u,\"files_total\":%u"
                          ",\"unheard\":%" G_GUINT64_FORMAT ",\"clock_off_seconds\":%" G_GINT64_FORMAT "}",
                          report->turns, report->bytes_sent, report->bytes_received, report->n_sent, report->n_refused,
                          report->n_conflicts,
                          report->n_received, report->files_done, report->files_total, report->unheard,
                          report->clock_off_us / G_TIME_SPAN_SECOND);
}
