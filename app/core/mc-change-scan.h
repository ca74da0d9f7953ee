/* mc-change-scan.h: reads of a change what every program on its way wants to know, without a tree
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-change.h"

G_BEGIN_DECLS

typedef struct
{
  char *text;           /* (owned) what the rest points into */
  const char *id, *record, *type, *pack, *at, *by;
  const char *instead;  /* (nullable) */
  guint group_k, group_m;
  GPtrArray *fields;    /* (owned) (element-type utf8) of “set”, NULL-terminated */
  GPtrArray *evidence;  /* (owned) (element-type utf8) NULL-terminated */
} McChangeScan;

/* Whether @bytes are a change in the plain form in which this program writes it.  Where they are, a parser takes them
 * too, and finds the same; where not, they may be one all the same, and @self is clear. */
gboolean mc_change_scan_read  (McChangeScan *self,
                               GBytes       *bytes);
void     mc_change_scan_clear (McChangeScan *self);

G_END_DECLS
