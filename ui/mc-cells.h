/* mc-cells.h: the cells of a long list of records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "core/mc-pack.h"
#include "core/mc-record.h"

G_BEGIN_DECLS

/* For a factory over McRecordItem: "setup" says what shows an item whenever its record comes or changes; "bind" begins with
 * it, "unbind" ends it. */
void      mc_cells_follow      (GtkListItem   *item,
                                void         (*show) (GtkListItem *item));
void      mc_cells_bind        (GtkListItem   *item);
void      mc_cells_unbind      (GtkListItem   *item);
/* (transfer full) (nullable) what the column of notes says of a line besides its note. */
typedef char *(*McMarkFunc) (McRecord *record,
                             gpointer  user_data);

/* A column with @field, which outlives the view, of a list of McRecordItem. */
void      mc_cells_add_column  (GtkColumnView *view,
                                McField       *field,
                                McMarkFunc     mark,        /* (nullable) */
                                gpointer       user_data);
/* When what the marks say is another. */
void      mc_cells_show_again  (GtkWidget     *view);
/* (transfer none) (nullable) the record of the line that has the focus: the selected one may be another. */
McRecord *mc_cells_get_focused (GtkWidget     *view);

G_END_DECLS
