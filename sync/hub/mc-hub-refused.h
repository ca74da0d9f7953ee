/* mc-hub-refused.h: groups that are in no log: rejected ones, and those held behind them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function belongs into the transaction that judges.
 */

#pragma once

#include "core/mc-journal-heal.h"
#include "hub/mc-hub-log.h"

G_BEGIN_DECLS

gboolean  mc_hub_keep_refused   (McHub          *self,
                                 const char     *log,
                                 McGroup        *group,
                                 McVerdict      *verdict,
                                 GError        **error);
/* The group was let in. */
gboolean  mc_hub_forget_refused (McHub          *self,
                                 McGroup        *group,
                                 const char     *log,
                                 GError        **error);
/* Whether a change of @group was rejected before, of the same device and with the same bytes: why. */
gboolean  mc_hub_find_rejected  (McHub          *self,
                                 McGroup        *group,
                                 char          **out_problem,
                                 GError        **error);
/* Whether something rejected and not settled, with a number below @before, stands on a record of @group. */
gboolean  mc_hub_is_blocked     (McHub          *self,
                                 McGroup        *group,
                                 const char     *log,
                                 gint64          before,
                                 gboolean       *out_blocked,
                                 GError        **error);
/* Whether all of @group is held, under whatever place it was sent last. */
gboolean  mc_hub_is_held        (McHub          *self,
                                 McGroup        *group,
                                 const char     *log,
                                 gboolean       *out_held,
                                 GError        **error);
/* The hashes before @group that no row carries yet: its stream keeps them until its next row. */
gboolean  mc_hub_list_holes     (McHub          *self,
                                 McGroup        *group,
                                 const char     *log,
                                 GByteArray     *holes,
                                 GError        **error);
/* Closes the refused group whose first change is @instead. */
gboolean  mc_hub_settle         (McHub          *self,
                                 const char     *device,
                                 const char     *log,
                                 const char     *instead,
                                 GError        **error);
/* Lets the held groups in that nothing blocks any more, in the order they came. */
gboolean  mc_hub_release        (McHub          *self,
                                 const char     *device,
                                 const char     *log,
                                 gint64          now_us,
                                 GError        **error);

/* The signature of a group, NULL for one in the middle of a run. */
GBytes   *mc_hub_dup_signature  (McStmt         *stmt,
                                 int             column) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) */

G_END_DECLS
