/* mc-field.h: one field of a pack: what is typed for it, and how its value is shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-journal.h"
#include "core/mc-pack.h"

G_BEGIN_DECLS

/* What was typed for @field as the value that is stored; NULL with MC_STORE_ERROR_INVALID, JSON null for a blank. */
JsonNode  *mc_field_parse       (McField     *field,
                                 const char  *text,
                                 int          year,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT;
char      *mc_field_format      (McField     *field,
                                 JsonNode    *value) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *mc_field_parse_files (JsonNode    *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
