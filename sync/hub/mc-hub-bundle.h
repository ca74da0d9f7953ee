/* mc-hub-bundle.h: requests that came on a stick, and their answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

typedef struct
{
  char *device;              /* (owned) (nullable) whose bundle it was */
  guint n_changes;           /* new here */
  guint n_refused;           /* rejected or held */
  guint64 evidence_bytes;
  const char *problem;       /* (nullable) slug: the hub refused the request as a whole */
} McHubBundleReport;

void     mc_hub_bundle_report_clear (McHubBundleReport *self);
/* Takes what is in the bundle at @path and writes the answer, sealed for its device, to @reply (nullable). */
gboolean mc_hub_read_bundle         (McHub             *self,
                                     const char        *path,
                                     const char        *reply,
                                     guint64            max_reply_bytes,
                                     gint64             now_us,
                                     GCancellable      *cancellable,
                                     McHubBundleReport *out,
                                     GError           **error);

G_END_DECLS
