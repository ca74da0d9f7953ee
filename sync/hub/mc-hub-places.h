/* mc-hub-places.h: the hash at each place of one author's stream
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the rows of the stream, the hashes that go with them, and those since its last row: a group that was let in late
 * lies after rows whose hashes name it.
 */

#pragma once

#include "hub/mc-hub-log.h"

G_BEGIN_DECLS

typedef struct
{
  McDigest hash;
  gboolean known;
} McHubPlace;

/* (element-type McHubPlace), of place 1 first; @out_bad_seq: a row that does not fit the others, 0 = none. */
GArray   *mc_hub_read_places (McHub           *self,
                              const char      *device,
                              const char      *incarnation,
                              const char      *log,
                              guint64         *out_bad_seq,
                              GError         **error) G_GNUC_WARN_UNUSED_RESULT;
/* Steps @chain over the places after @from up to @to; FALSE if one of them is not known. */
gboolean  mc_hub_step_places (GArray          *places,
                              guint64          from,
                              guint64          to,
                              McDigest        *chain);

G_END_DECLS
