/* mc-sync.h: sync as the window sees it: one button, its state, and what happens by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Main thread.  Each sync runs in a thread of its own with its own journal, so typing never waits for it.  One that
 * failed is tried again by itself, after longer and longer pauses, and soon after the network has come back.
 */

#pragma once

#include <gio/gio.h>

#include "client/mc-stick.h"

G_BEGIN_DECLS

typedef enum
{
  MC_SYNC_IDLE,        /* nothing is running; see mc_sync_get_error() for how the last one ended */
  MC_SYNC_WORKING,
} McSyncState;

#define MC_TYPE_SYNC (mc_sync_get_type ())
G_DECLARE_FINAL_TYPE (McSync, mc_sync, MC, SYNC, GObject)

/* Signals:
 *   ::state-changed ()   state, report or error may be another
 *   ::changed ()         records of the store may have changed; for mc_store_note_changes()
 */

McSync             *mc_sync_new             (const char *dir,
                                             McPack     *pack) G_GNUC_WARN_UNUSED_RESULT;
/* Begins a sync; while one runs, one more follows it. */
void                mc_sync_run             (McSync     *self);
/* Ends what runs, and what was about to begin; it begins again with the next save, interval, or mc_sync_run(). */
void                mc_sync_cancel          (McSync     *self);
/* Something was saved here: a sync follows soon, one for many saves. */
void                mc_sync_note_change     (McSync     *self);
/* 0 = only by the button, at the network's return and after saves. */
void                mc_sync_set_interval    (McSync     *self,
                                             guint       minutes);
/* Whether files wait while the line costs by the byte; text always goes. */
void                mc_sync_set_spares_metered (McSync  *self,
                                             gboolean    spares);
/* A sync by stick, in a thread of its own, beside whatever else runs.  @progress is called in the main thread. */
void                mc_sync_write_bundle_async  (McSync               *self,
                                                 const char           *target,
                                                 McSyncProgress        progress,
                                                 gpointer              progress_data,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
McStickReport      *mc_sync_write_bundle_finish (McSync               *self,
                                                 GAsyncResult         *result,
                                                 GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void                mc_sync_read_bundle_async   (McSync               *self,
                                                 const char           *path,
                                                 McSyncProgress        progress,
                                                 gpointer              progress_data,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean            mc_sync_read_bundle_finish  (McSync               *self,
                                                 GAsyncResult         *result,
                                                 McSyncReport         *out_report,
                                                 char                **out_reply, /* (nullable) carried; the answer is there */
                                                 GError              **error);
/* Brings one evidence file here, or anew if it is damaged; as mc_fetch_evidence(), in a thread of its own. */
void                mc_sync_fetch_evidence_async  (McSync               *self,
                                                 const char           *sha256,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean            mc_sync_fetch_evidence_finish (McSync               *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);
McSyncState         mc_sync_get_state       (McSync     *self);
const McSyncReport *mc_sync_get_report      (McSync     *self);
const GError       *mc_sync_get_error       (McSync     *self);  /* (nullable) of the last sync that ended */
gint64              mc_sync_get_last_us     (McSync     *self);  /* end of the last one that went through, 0 = none yet */

G_END_DECLS
