/* mc-demo.h: made-up records of An Lão, 2021, from which the figures of its real report come out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every text says that it is made up ("dữ liệu minh họa").  The same seed gives the same records.
 */

#pragma once

#include "core/mc-journal.h"

G_BEGIN_DECLS

#define MC_DEMO_DISTRICT "542@2004-07-08"

/* Logs of the ten communes of 2021, in order of their codes. */
const char * const *mc_demo_list_communes (void);

/* What the official of @log would have entered through the year, saved in @journal. */
gboolean            mc_demo_write         (McJournal    *journal,
                                           const char   *log,
                                           guint32       seed,
                                           guint        *out_n_records,
                                           GError      **error);
/* The district's grades of those communes' plans that @journal holds. */
gboolean            mc_demo_review        (McJournal    *journal,
                                           guint        *out_n_records,
                                           GError      **error);

G_END_DECLS
