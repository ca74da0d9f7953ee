/* mc-check.h: what is not right with a record yet, in the pack's words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-sandbox.h"

G_BEGIN_DECLS

/* Either a rule of the pack that does not hold, or a required field that is blank (rule NULL). */
typedef struct
{
  char        *record;     /* (owned) */
  McCheckRule *rule;       /* (nullable) the pack's */
  McField     *missing;    /* (nullable) the pack's */
} McFault;

void       mc_fault_free     (McFault      *self);
gboolean   mc_fault_is_error (McFault      *self);
gboolean   mc_fault_is_about (McFault      *self,
                              const char   *field);

/* Faults of one record, or of all records of that type in the unit log @log. */
GPtrArray *mc_check_record   (McSandbox    *sandbox,
                              McRecordType *type,
                              const char   *record,
                              GError      **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mc_check_log      (McSandbox    *sandbox,
                              McRecordType *type,
                              const char   *log,
                              GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McFault, mc_fault_free)

G_END_DECLS
