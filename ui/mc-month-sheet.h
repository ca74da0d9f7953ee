/* mc-month-sheet.h: the twelve months of a record type, with the details of one of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"
#include "mc-sheet.h"

G_BEGIN_DECLS

#define MC_TYPE_MONTH_SHEET (mc_month_sheet_get_type ())
G_DECLARE_FINAL_TYPE (McMonthSheet, mc_month_sheet, MC, MONTH_SHEET, GtkWidget)

/* Signals:
 *   ::loaded (GPtrArray *records)  the twelve months, in order
 */

/* Key: the month, and @second_key for @second_field if the type has one (both nullable). */
GtkWidget *mc_month_sheet_new          (McContext          *context,
                                        const char         *type,
                                        const char * const *fields,
                                        const char         *second_field,
                                        const char         *second_key);
McSheet   *mc_month_sheet_get_sheet    (McMonthSheet       *self);
void       mc_month_sheet_set_below    (McMonthSheet       *self,
                                        GtkWidget          *widget);
void       mc_month_sheet_commit       (McMonthSheet       *self);
gboolean   mc_month_sheet_show_record  (McMonthSheet       *self,
                                        const char         *record);

G_END_DECLS
