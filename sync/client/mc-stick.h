/* mc-stick.h: a sync that is carried on a USB stick; blocking
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bundle goes to the hub, its answer comes back in another.  In any order, any number of times, late, and beside syncs
 * over the network: what is waiting stays so until a verdict comes by whichever road, and nothing is done twice.
 */

#pragma once

#include "client/mc-session.h"

G_BEGIN_DECLS

typedef struct
{
  char **paths;              /* (owned) the parts, in order */
  guint n_changes;           /* in each of them */
  guint n_files;             /* in all together */
  guint64 bytes;
} McStickReport;

void     mc_stick_report_free (McStickReport   *self);

/* Writes what waits to @target, a folder or the name of a file, in parts of at most @part_bytes (0 = what FAT can hold). */
gboolean mc_stick_write       (McJournal       *journal,
                               McAccount       *account,
                               const char      *target,
                               guint64          part_bytes,
                               McStickReport  **out_report,
                               McSyncProgress   progress,
                               gpointer         user_data,
                               GCancellable    *cancellable,
                               GError         **error);
/* Takes an answer of the hub. */
gboolean mc_stick_read        (McJournal       *journal,
                               McAccount       *account,
                               const char      *path,
                               McSyncReport    *out_report,
                               McSyncProgress   progress,
                               gpointer         user_data,
                               GCancellable    *cancellable,
                               GError         **error);
/* Takes unit logs that the hub wrote for new devices of this unit. */
gboolean mc_stick_read_snapshot (McJournal       *journal,
                                 McAccount       *account,
                                 const char      *path,
                                 McSyncReport    *out_report,
                                 McSyncProgress   progress,
                                 gpointer         user_data,
                                 GCancellable    *cancellable,
                                 GError         **error);
/* Whether the file at @path goes to the hub.  Blocking. */
gboolean mc_stick_is_request  (const char      *path);
/* Carries another device's bundle to the hub; the file with the answer, which lies beside it. */
char    *mc_stick_forward     (McAccount       *account,
                               const char      *path,
                               McSyncProgress   progress,
                               gpointer         user_data,
                               GCancellable    *cancellable,
                               GError         **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McStickReport, mc_stick_report_free)

G_END_DECLS
