/* mc-making.h: the first run makes an enrolment, or a trial
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-pack.h"
#include "mc-first-run.h"

G_BEGIN_DECLS

GtkWidget *mc_making_new (GtkApplication *application,
                          const char     *data_dir,
                          McPack         *pack);

G_END_DECLS
