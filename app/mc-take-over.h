/* mc-take-over.h: a restored backup takes the place of the folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void mc_take_over_run (GTask      *task,
                       const char *dir);

G_END_DECLS
