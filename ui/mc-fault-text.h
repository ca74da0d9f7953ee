/* mc-fault-text.h: what checks found, as lines to read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-check.h"

G_BEGIN_DECLS

char  *mc_fault_text          (McFault     *fault) G_GNUC_WARN_UNUSED_RESULT;
/* All of @record, a line each, errors first; NULL = nothing to say. */
char  *mc_fault_texts         (GPtrArray   *faults,
                               const char  *record) G_GNUC_WARN_UNUSED_RESULT;
char  *mc_fault_text_of_field (GPtrArray   *faults,
                               const char  *record,
                               const char  *field,
                               gboolean    *out_is_error) G_GNUC_WARN_UNUSED_RESULT;
guint  mc_fault_count         (GPtrArray   *faults,
                               const char  *record,       /* (nullable) any */
                               gboolean     only_errors);

G_END_DECLS
