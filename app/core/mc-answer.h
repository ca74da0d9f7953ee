/* mc-answer.h: what may be written down as the answer to a criterion
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "core/mc-pack.h"

G_BEGIN_DECLS

/* (transfer full): the answer's field in the shape of the rule: yes or no, one of its choices, a number. */
McField  *mc_answer_field_new  (McPack       *pack,
                                McCriterion  *criterion) G_GNUC_WARN_UNUSED_RESULT;
void      mc_answer_field_free (McField      *self);

/* What was typed as @field of an assessment of the criterion @code becomes what is written, in @value: “có” a yes.  FALSE with
 * %MC_STORE_ERROR_INVALID, which says what there is, where the pack has no such criterion, or @value is no answer to it.  The
 * fields of other types are passed over. */
gboolean  mc_answer_read       (McPack        *pack,
                                McRecordType  *type,
                                const char    *code,     /* (nullable) */
                                McField       *field,
                                JsonNode     **value,    /* (inout) (transfer full) */
                                GError       **error);

G_END_DECLS
