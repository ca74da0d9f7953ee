/* mc-csv.h: tables as spreadsheets write them: CSV, semicolons, tabs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "core/mc-limits.h"

G_BEGIN_DECLS

typedef struct
{
  guint  line;    /* line of the file on which the row begins, from 1 */
  char **cells;   /* (owned) (array zero-terminated=1) normalised text */
} McCsvRow;

/* (transfer full) (element-type McCsvRow): rows that are not wholly blank */
GPtrArray *mc_csv_parse (const char  *data,
                         gsize        size,
                         GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/* One cell, quoted where it has to be. */
void       mc_csv_append_cell (GString    *out,
                               const char *cell,
                               gboolean    is_first);

G_END_DECLS
