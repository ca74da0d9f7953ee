/* mc-print.h: a table on paper
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A4, the margins and the typeface of official papers (Nghị định 30/2020/NĐ-CP, Phụ lục I), the head of the table again
 * on every page.
 */

#pragma once

#include <gtk/gtk.h>

#include "mc-context.h"

G_BEGIN_DECLS

typedef struct _McPrintTable McPrintTable;

McPrintTable *mc_print_table_new      (const char           *title) G_GNUC_WARN_UNUSED_RESULT;
void          mc_print_table_free     (McPrintTable         *self);
/* What the pages are called among others: in the printer's queue, and as a file; the title if nothing is said. */
void          mc_print_table_set_name (McPrintTable         *self,
                                       const char           *name);
const char   *mc_print_table_get_name (McPrintTable         *self);
/* Else the paper stands upright. */
void          mc_print_table_set_landscape (McPrintTable    *self);
/* A line below the title, before the table. */
void          mc_print_table_add_line (McPrintTable         *self,
                                       const char           *text);
/* @share: of the width, against the other columns. */
void          mc_print_table_add_column (McPrintTable       *self,
                                         const char         *title,
                                         double              share);
/* As many @cells as there are columns. */
void          mc_print_table_add_row  (McPrintTable         *self,
                                       const char * const   *cells);
guint         mc_print_table_get_n_rows (McPrintTable       *self);
/* Asks for the printer, or for a PDF file where the desktop gives a sandbox none; takes @self.  What fails becomes a toast. */
void          mc_print_table_run      (McPrintTable         *self,
                                       GtkWidget            *parent,
                                       McContext            *context);
/* The same pages as a PDF. */
gboolean      mc_print_table_export   (McPrintTable         *self,
                                       const char           *path,
                                       GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McPrintTable, mc_print_table_free)

G_END_DECLS
