/* mc-let-in.h: a device that the hub does not take any more comes with a new line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-sync.h"

G_BEGIN_DECLS

/* Whether the last sync failed for what a new line is the remedy of. */
gboolean mc_let_in_helps (McSync     *sync);
void     mc_let_in_run   (GTask      *task,
                          const char *dir,
                          const char *line);

G_END_DECLS
