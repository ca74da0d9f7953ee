/* mc-hub-beside.h: whether what was let in stands beside another value
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-log.h"

G_BEGIN_DECLS

/* Whether somebody else wrote on a record of @group; asked before it becomes rows, when mostly there is nothing to be read. */
gboolean  mc_hub_has_others  (McHub       *self,
                              McGroup     *group,
                              gboolean    *out_others,
                              GError     **error);
/* In an open transaction, after a @group that has others became rows from @verdict->seq_first on: makes the verdict a conflict, with the fields
 * in its problem, where a value of @group stands beside another that its author had not seen. */
gboolean  mc_hub_look_beside (McHub       *self,
                              const char  *log,
                              McGroup     *group,
                              McVerdict   *verdict,
                              GError     **error);

G_END_DECLS
