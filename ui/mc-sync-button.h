/* mc-sync-button.h: the one button: how far the data have got, in words, and one click to send them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_SYNC_BUTTON (mc_sync_button_get_type ())
G_DECLARE_FINAL_TYPE (McSyncButton, mc_sync_button, MC, SYNC_BUTTON, GtkWidget)

/* Activates the action win.sync when it is pressed. */
void        mc_sync_button_set_context (McSyncButton           *self,
                                        McContext              *context);

/* The words for a state; separate, so that they can be tested one by one. */
char       *mc_sync_state_text         (const McJournalSummary *summary,
                                        const McSyncReport     *report,     /* (nullable) NULL = a trial */
                                        gboolean                is_working,
                                        const GError           *error,      /* (nullable) */
                                        gint64                  now_us) G_GNUC_WARN_UNUSED_RESULT;
/* What there is to know beside it, for whoever rests the mouse on the button. */
char       *mc_sync_explain_text       (const McJournalSummary *summary,
                                        const McSyncReport     *report,     /* (nullable) */
                                        const GError           *error) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) */
/* (nullable) NULL = nothing has to be settled */
char       *mc_sync_attention_text     (const McJournalSummary *summary) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
