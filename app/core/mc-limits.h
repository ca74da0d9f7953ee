/* mc-limits.h: every bound on a change, a pack, an expression, a table and a file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Those of the wire are in wire/mc-limits.h.  tests/core/test-limits.c and tests/wire/test-limits.c stand on both
 * sides of each.
 */

#pragma once

#define MC_CHANGE_MAX_BYTES   (64 * 1024)
#define MC_CHANGE_MAX_FIELDS  256
#define MC_CHANGE_MAX_SEEN    64        /* heads named for one field */
#define MC_CHANGE_MAX_DEPTH   16        /* brackets in brackets */
#define MC_CHANGE_MAX_VALUES  8192      /* of JSON in one change: what they take in memory is a hundred times their text */
#define MC_GROUP_MAX_CHANGES  256

#define MC_PACK_MAX_BYTES     (4 * 1024 * 1024)
#define MC_PACK_MAX_DEPTH     32

#define MC_SQL_MAX_STEPS      2000      /* progress calls of one measure or check … */
#define MC_SQL_STEP_OPS       10000     /* … each after so many instructions */
#define MC_SQL_MAX_BYTES      (64 * 1024)          /* text of an expression */
#define MC_SQL_MAX_DEPTH      100
#define MC_SQL_MAX_VALUE      (16 * 1024 * 1024)   /* bytes of one value on the way */
#define MC_SQL_MAX_PATTERN    64        /* bytes of a LIKE or GLOB: a long one with many wildcards takes for ever */

#define MC_CSV_MAX_BYTES      (64 * 1024 * 1024)
#define MC_CSV_MAX_COLUMNS    256
#define MC_CSV_MAX_ROWS       200000

#define MC_EVIDENCE_MAX_BYTES (G_GINT64_CONSTANT (512) * 1024 * 1024)
#define MC_EVIDENCE_NAME_MAX_BYTES 255
