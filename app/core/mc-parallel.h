/* mc-parallel.h: one job for each of many things, on all processors
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*McParallelFunc) (guint    index,
                                gpointer user_data);

void mc_parallel_for (guint          count,
                      McParallelFunc func,
                      gpointer       user_data);

G_END_DECLS
