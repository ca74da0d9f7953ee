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

/* What of @device stands refused under other incarnations than @incarnation and was not given to it yet: whole groups,
 * about @max_bytes. */
GPtrArray *mc_hub_list_back     (McHub          *self,
                                 const char     *device,
                                 const char     *incarnation,
                                 const char     *log,
                                 gsize           max_bytes,
                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McRefused) */
/* @incarnation keeps the groups with these numbers (element-type guint64) now. */
gboolean  mc_hub_note_given     (McHub          *self,
                                 const char     *device,
                                 const char     *incarnation,
                                 GArray         *numbers,
                                 GError        **error);

G_END_DECLS
