/* mc-faults-private.h: rules that the simulation can switch off, to show that it would notice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Always 0 in the program: only tests/sim writes it.  Each flag breaks one rule of the sync at the place that keeps it.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MC_FAULT_SKIP_DEDUPE      = 1 << 0,  /* the hub takes a change that it has already */
  MC_FAULT_CURSOR_FIRST     = 1 << 1,  /* the cursor is written before the rows it speaks of */
  MC_FAULT_IGNORE_END       = 1 << 2,  /* a cut or changed answer is taken for whole */
  MC_FAULT_REUSE_SEQ        = 1 << 3,  /* the hub gives a place in a log twice */
  MC_FAULT_KEEP_INCARNATION = 1 << 4,  /* a store that went back goes on under the same name */
  MC_FAULT_DROP_HELD        = 1 << 5,  /* a held group is let in, and is nowhere */
} McFaults;

extern guint mc_faults;

G_END_DECLS
