/* mc-notices.h: what the desktop tells a person who is not looking at the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two things are worth it: that a sync brought something to settle, and that the last days before figures are due have
 * come.  Each is told once.
 */

#pragma once

#include "mc-context.h"
#include "mc-settings.h"

G_BEGIN_DECLS

#define MC_TYPE_NOTICES (mc_notices_get_type ())
G_DECLARE_FINAL_TYPE (McNotices, mc_notices, MC, NOTICES, GObject)

McNotices *mc_notices_new        (GtkApplication         *application,
                                  McSettings             *settings) G_GNUC_WARN_UNUSED_RESULT;
void       mc_notices_watch      (McNotices              *self,
                                  McContext              *context);   /* (nullable) */

/* The rules; separate, so that they can be tested one by one. */
gboolean   mc_notices_is_worse   (const McJournalSummary *before,
                                  const McJournalSummary *now);
char      *mc_notices_due_title  (const McPackPeriod     *period,
                                  const char             *today) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) NULL = not near */

G_END_DECLS
