/* mc-branch.h: the names of streams that were written twice from some place on
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A log has one row for a place of a stream.  Where a device went back to before rows that only others have now, and the
 * hub took what it wrote there the second time, the first branch is a stream of its own: under the name of the incarnation
 * with a small number added to its last 16 bits.  Its signatures are over the name without it, so that whoever has the rows
 * can prove them again to a hub that has lost them, and nothing more needs to be kept.
 */

#pragma once

#include "wire/mc-keys.h"

G_BEGIN_DECLS

/* The name of the branch @number (from 1 on) of @incarnation; a negative number leads back. */
char *mc_branch_name             (const char      *incarnation,
                                  int              number) G_GNUC_WARN_UNUSED_RESULT;
/* The name, from that of branch @first of @incarnation back, under which @signature of @device, whose key is @key, holds over
 * place @n of its stream; NULL if there is none. */
char *mc_branch_find_signed_name (const guint8     hub_id[MC_ID_BYTES],
                                  const guint8     key[MC_KEY_BYTES],
                                  const char      *device,
                                  const char      *incarnation,
                                  int              first,
                                  const char      *log,
                                  guint64          n,
                                  const McDigest  *chain,
                                  GBytes          *signature) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
