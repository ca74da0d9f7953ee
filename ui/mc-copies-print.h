/* mc-copies-print.h: the pages of a month of the register of certified copies, as the law has them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nghị định 23/2015/NĐ-CP, Điều 13 and Thông tư 01/2020/TT-BTP, Điều 4: the register that is kept on a computer is printed
 * every month, bound and sealed; eight columns, no number left out, void ones with their reason.
 */

#pragma once

#include "mc-context.h"
#include "mc-print.h"

G_BEGIN_DECLS

/* The lines of @month (yyyy-mm) as a table.  @records: (element-type McRecord) of the year, by number. */
McPrintTable *mc_copies_table_new    (GPtrArray  *records,
                                      const char *month,
                                      const char *unit_name) G_GNUC_WARN_UNUSED_RESULT;
/* Fetches them, then asks for the printer.  A month without lines is told. */
void          mc_copies_print_month  (GtkWidget  *parent,
                                      McContext  *context,
                                      const char *month);

G_END_DECLS
