/* mc-record-text.h: a record, and a value, in a few words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-pack.h"
#include "core/mc-record.h"

G_BEGIN_DECLS

/* Title of its type and the first fields that are not blank: by these an official knows it. */
char *mc_record_text       (McPack   *pack,
                            McRecord *record) G_GNUC_WARN_UNUSED_RESULT;
/* A personal value that another computer of the unit wrote: it is there, and this one has no key to read it with. */
gboolean mc_record_value_is_sealed (JsonNode *value);
/* A value in words, also where there is none. */
char *mc_record_value_text (McField  *field,
                            JsonNode *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
