/* mc-hub-branch.h: streams that were written twice from some place on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A log has one row for a place of a stream.  Where a device went back to before rows that only others have now, and the
 * hub took what it wrote there the second time, the first branch is a stream of its own: under the name of the incarnation
 * with a small number added to its last 16 bits.  Its signatures are over the name without it, so that whoever has the rows
 * can prove them again to a hub that has lost them, and nothing more needs to be kept.
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

/* The name of the branch @number (from 1 on) of @incarnation; a negative number leads back. */
char     *mc_hub_branch_name            (const char      *incarnation,
                                         int              number) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the signature of @group, whose incarnation names a branch, holds over @chain under the name it branched from. */
gboolean  mc_hub_is_branch_signed       (McHub           *self,
                                         McHubDevice     *author,
                                         McGroup         *group,
                                         const char      *log,
                                         const McDigest  *chain);
/* The same of one place @n of a stream. */
gboolean  mc_hub_is_branch_place_signed (McHub           *self,
                                         McHubDevice     *author,
                                         const char      *incarnation,
                                         const char      *log,
                                         guint64          n,
                                         const McDigest  *chain,
                                         GBytes          *signature);
/* Gives @groups of BRANCH, the first of each stream with the hashes of all places before it, the names and hashes of the
 * branches that they are of, as if they had come in ROWS.  Proves nothing. */
gboolean  mc_hub_name_branches          (McHub           *self,
                                         const char      *log,
                                         GPtrArray       *groups,   /* (element-type McGroup) */
                                         GError         **error);

G_END_DECLS
