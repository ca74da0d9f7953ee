/* mc-sheet-private.h: what the files of the sheet share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-field-editor.h"
#include "mc-sheet.h"

G_BEGIN_DECLS

typedef struct
{
  char *title;          /* (owned) */
  McSheetFunc func;
  gpointer user_data;
} McSheetComputed;

typedef struct
{
  McRecord *record;     /* (owned) */
  char *title;          /* (owned) */
  GtkWidget *label;
  GPtrArray *editors;   /* (element-type McFieldEditor), of their widgets */
  GPtrArray *computed;  /* (element-type GtkLabel) */
  GtkWidget *details;   /* button: files, and what is not right yet */
} McSheetLine;

struct _McSheet
{
  GtkWidget parent_instance;

  McContext *context;   /* (owned) */
  McRecordType *type;   /* the pack's */
  char *heading;        /* (owned) */
  GPtrArray *fields;    /* (element-type McField) the pack's */
  GPtrArray *computed;  /* (element-type McSheetComputed) */
  GPtrArray *lines;     /* (element-type McSheetLine) */
  McSheetMoreFunc more; /* (nullable) */
  gpointer more_data;
  gboolean hides_titles;
  int word_chars;       /* 0 = as a cell has it */
  gboolean has_faults;
  GtkWidget *scrolled;   /* the table alone: what is said of a cell fits the window */
  GtkWidget *grid;
  GtkWidget *said;      /* label under the table: what is not right in the cell that has the focus */
};

/* The keys that walk from a cell to its neighbours, Enter, and what is pasted into it. */
void     mc_sheet_watch_cell (McSheet       *self,
                              McFieldEditor *editor);
/* mc-sheet-faults.c: makes the label under the table, and follows the focus over the cells. */
void     mc_sheet_make_said  (McSheet       *self);
void     mc_sheet_say_faults_of (McSheet       *self,
                                 McFieldEditor *editor);
/* The button at the end of a line: how many files it has, and that something in it is not right. */
void     mc_sheet_show_details (McSheet     *self,
                                McSheetLine *line,
                                GPtrArray   *faults);  /* (nullable) (element-type McFault) */
/* Where a cell is, by its widget; FALSE if it is none of this sheet. */
gboolean mc_sheet_find_cell  (McSheet       *self,
                              GtkWidget     *widget,
                              guint         *out_row,
                              guint         *out_column);
gboolean mc_sheet_focus_cell (McSheet       *self,
                              int            row,
                              int            column);

G_END_DECLS
