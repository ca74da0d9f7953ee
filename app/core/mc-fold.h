/* mc-fold.h: the pure function from the changes of a record to the record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each field is a multi-value register.  A change replaces the heads that its `seen` names and takes the
 * place of the first of them that stands, else stands last; one that was already named by an earlier one
 * never comes back (its replacement takes its place).  Equal values side by side are no conflict.
 * The order is: unit log, set aside, own pending.  Rejected and held changes are not given to the fold.
 */

#pragma once

#include "core/mc-change.h"
#include "core/mc-record.h"
#include "core/mc-sealer.h"

G_BEGIN_DECLS

typedef struct
{
  McChange   *change;
  const char *device;   /* (nullable) */
  gboolean    pending;
} McFoldEntry;

McRecord *mc_fold (const McFoldEntry *entries,
                   gsize              n_entries,
                   const McFoldEntry *child_entries,
                   gsize              n_child_entries,
                   const char        *log,
                   McSealer          *sealer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
