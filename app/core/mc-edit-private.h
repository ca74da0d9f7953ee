/* mc-edit-private.h: what the journal reads of an edit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-edit.h"

G_BEGIN_DECLS

typedef struct
{
  McRecord *shown;     /* (owned) first snapshot given for this record */
  JsonObject *set;     /* (owned) plain values */
  JsonObject *seen;    /* (owned) */
} McEditPart;

GPtrArray  *mc_edit_get_parts   (McEdit *self);  /* (transfer none) (element-type McEditPart) */
const char *mc_edit_get_instead (McEdit *self);  /* (nullable) */

/* As mc_edit_set(), for a value that was typed when the form showed @seen, which is taken. */
void        mc_edit_set_as_seen (McEdit     *self,
                                 McRecord   *shown,
                                 const char *field,
                                 JsonNode   *value,
                                 JsonArray  *seen);

/* For MC_FAULT_SEEN_AT_SAVE alone: what @part sets was typed before the eyes of @now. */
void        mc_edit_part_look_again (McEditPart *part,
                                     McRecord   *now);

void       mc_edit_touch       (McEdit   *self,
                                McRecord *shown);

G_END_DECLS
