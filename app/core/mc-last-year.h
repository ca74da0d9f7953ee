/* mc-last-year.h: the plan of an earlier year as a start for this one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan of an earlier year is a record of another pack.  Its parts are copied as new records: dates moved on by as many
 * years as lie between, what was reached and the files left behind.
 */

#pragma once

#include "core/mc-journal.h"

G_BEGIN_DECLS

typedef struct
{
  int        year;       /* that of its last deadline */
  McRecord  *plan;       /* (owned) */
  GPtrArray *tasks;      /* (owned) (element-type McRecord) in their order, those that were given up left out */
} McLastYear;

/* The newest plan of the own unit that is older than the journal's pack; *out_plan is NULL if there is none. */
gboolean mc_last_year_read (McJournal    *journal,
                            McLastYear  **out_plan,
                            GError      **error);
void     mc_last_year_free (McLastYear   *self);
/* Adds a copy of each task to @edit, as parts of @plan and after @present (element-type McRecord), whose like are left
 * out.  Returns how many were copied. */
guint    mc_last_year_copy (McLastYear   *self,
                            McPack       *pack,
                            McEdit       *edit,
                            McRecord     *plan,
                            GPtrArray    *present,
                            gint64        now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McLastYear, mc_last_year_free)

G_END_DECLS
