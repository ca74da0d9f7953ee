/* mc-spared.h: records that others deleted, many at once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Somebody may have deleted a whole register by mistake.  The rows and the cursor move on as ever; only the hiding waits until
 * a person here has said yes, or has brought the records back for everybody.
 */

#pragma once

#include "core/mc-journal.h"

G_BEGIN_DECLS

#define MC_SPARE_RECORDS 50   /* more than so many deleted by one page are asked about, */
#define MC_SPARE_LEAST   10   /* or so many, if they are more than */
#define MC_SPARE_PERCENT 20   /* so much of what their log showed */

/* (element-type utf8) ids, in the order in which they came */
GPtrArray  *mc_journal_list_spared    (McJournal   *self,
                                       GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* Yes: they are hidden. */
gboolean    mc_journal_hide_spared    (McJournal   *self,
                                       GError     **error);
/* No: an ordinary change brings each back, here and everywhere. */
gboolean    mc_journal_revive_spared  (McJournal   *self,
                                       gint64       now_us,
                                       GError     **error);

G_END_DECLS
