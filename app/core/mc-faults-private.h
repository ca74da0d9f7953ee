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
  MC_FAULT_FORGET_ASIDE     = 1 << 6,  /* rows that the hub has lost are deleted instead of set aside */
  MC_FAULT_NO_HOLES         = 1 << 7,  /* rows are handed back without the hashes before them */
  MC_FAULT_NO_CERTIFICATES  = 1 << 8,  /* a hub takes nobody in whom it does not know any more */
  MC_FAULT_NO_GIVING_BACK   = 1 << 9,  /* refused bytes stay at the hub */
  MC_FAULT_HOLD_CORRECTIONS = 1 << 10, /* a correction waits behind what it corrects */
  MC_FAULT_NO_HEAD_CHECK    = 1 << 11, /* a larger n, or another past, at the hub is not looked at */
  MC_FAULT_DELETE_BLINDLY   = 1 << 12, /* a deletion holds whatever its author had not seen */
  MC_FAULT_RANDOM_SEAL      = 1 << 13, /* equal personal values are sealed to other bytes */
  MC_FAULT_SPLIT_GROUPS     = 1 << 14, /* a page ends inside a group */
  MC_FAULT_SEEN_AT_SAVE     = 1 << 15, /* a change has seen what is there when it is saved, not what its form showed */
  MC_FAULT_TRUST_INDEX      = 1 << 17, /* the hub does not look whether its files are there */
  MC_FAULT_IGNORE_REVOKED   = 1 << 18, /* the hub goes on with devices that were shut out */
  MC_FAULT_TELL_ALL         = 1 << 19, /* the hub tells everybody every log */
  MC_FAULT_WRITE_ALL        = 1 << 20, /* the hub lets everybody write in every log */
  MC_FAULT_NO_BRANCHES      = 1 << 16, /* the hub takes no rows of a stream that was written twice */
  MC_FAULT_ALL_QUIET        = 1 << 22, /* a log is said to be as it was, though rows of it are aside and its head has to be shown */
  MC_FAULT_KEEP_EPOCH       = 1 << 21, /* a hub that went back goes on under the same name */
} McFaults;

extern guint mc_faults;

G_END_DECLS
