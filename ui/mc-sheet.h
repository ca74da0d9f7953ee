/* mc-sheet.h: records as lines, fields as columns, typed like a spreadsheet
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrows and Enter walk over the cells, a block copied in a spreadsheet is pasted from the current cell on.
 * For dozens of lines; a register of thousands has a list of its own.
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_SHEET (mc_sheet_get_type ())
G_DECLARE_FINAL_TYPE (McSheet, mc_sheet, MC, SHEET, GtkWidget)

/* Signals:
 *   ::prepare (McEdit *edit, McRecord *record)  as of McFieldEditor
 *   ::details (McRecord *record)                the button at the end of a line was pressed
 *   ::ended ()                                  Enter was pressed in the last cell of the last line
 */

typedef char *(*McSheetFunc) (McRecord *record,
                              gpointer  user_data);   /* (transfer full) text of a computed cell */

GtkWidget *mc_sheet_new          (McContext          *context,
                                  McRecordType       *type,
                                  const char         *heading,   /* of the first column */
                                  const char * const *fields);
/* (nullable) func: gives a new record for line @i below the last that a paste has need of, and says in @edit what it needs;
 * without it, what is pasted below the last line is left out. */
typedef McRecord *(*McSheetMoreFunc) (McEdit *edit, guint i, gpointer user_data);
void       mc_sheet_set_more     (McSheet            *self,
                                  McSheetMoreFunc     func,
                                  gpointer            user_data);
void       mc_sheet_add_computed (McSheet            *self,
                                  const char         *title,
                                  McSheetFunc         func,
                                  gpointer            user_data);
/* Words get at least that much room; before the first rows. */
void       mc_sheet_set_word_chars (McSheet          *self,
                                    int               chars);
/* For a sheet of one line whose title stands above it. */
void       mc_sheet_hide_titles  (McSheet            *self);
/* (element-type McRecord) records, one title each; lines stay as they are where the records are the same ones. */
void       mc_sheet_set_rows     (McSheet            *self,
                                  GPtrArray          *records,
                                  const char * const *titles);
void       mc_sheet_set_dim      (McSheet            *self,
                                  guint               row,
                                  gboolean            is_dim);
/* What a cell will hold if nothing is typed into it. */
void       mc_sheet_set_proposal (McSheet            *self,
                                  guint               row,
                                  const char         *field,
                                  const char         *text);
/* (element-type McFault) */
void       mc_sheet_set_faults   (McSheet            *self,
                                  GPtrArray          *faults);
void       mc_sheet_commit       (McSheet            *self);
gboolean   mc_sheet_focus        (McSheet            *self,
                                  const char         *record,
                                  const char         *field);  /* (nullable) the first */

G_END_DECLS
