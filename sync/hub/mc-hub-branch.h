/* mc-hub-branch.h: streams that were written twice from some place on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

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
