/* mc-cells.h: the cells of a long list of records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "core/mc-pack.h"
#include "core/mc-record.h"

G_BEGIN_DECLS

/* A column with @field, which outlives the view, of a list of McRecordItem. */
void      mc_cells_add_column  (GtkColumnView *view,
                                McField       *field);
/* (transfer none) (nullable) the record of the line that has the focus: the selected one may be another. */
McRecord *mc_cells_get_focused (GtkWidget     *view);

G_END_DECLS
