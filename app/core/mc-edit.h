/* mc-edit.h: one save: fields of one or several records, with what the form showed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-record.h"

G_BEGIN_DECLS

typedef struct _McEdit McEdit;

McEdit   *mc_edit_new          (void) G_GNUC_WARN_UNUSED_RESULT;
McEdit   *mc_edit_ref          (McEdit      *self) G_GNUC_WARN_UNUSED_RESULT;   /* (transfer full) */
void      mc_edit_free         (McEdit      *self);   /* with the last reference */

/* Adds a value for @field of @shown, the snapshot that the form displays.  Values equal to what is
 * in place are left out, unless the field is in conflict (then saying it again settles it). */
void      mc_edit_set          (McEdit      *self,
                                McRecord    *shown,
                                const char  *field,
                                JsonNode    *value);  /* (transfer full) (nullable): NULL = blank */
void      mc_edit_set_text     (McEdit      *self,
                                McRecord    *shown,
                                const char  *field,
                                const char  *text);   /* "" = blank */
void      mc_edit_set_int      (McEdit      *self,
                                McRecord    *shown,
                                const char  *field,
                                gint64       value);
void      mc_edit_set_boolean  (McEdit      *self,
                                McRecord    *shown,
                                const char  *field,
                                gboolean     value);
void      mc_edit_delete       (McEdit      *self,
                                McRecord    *shown);
void      mc_edit_set_instead  (McEdit      *self,
                                const char  *change_id);
void      mc_edit_give_way     (McEdit      *self,
                                McEdit      *later);
gboolean  mc_edit_says         (McEdit      *self,
                                const char  *record,
                                const char  *field);
gboolean  mc_edit_is_empty     (McEdit      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McEdit, mc_edit_free)

G_END_DECLS
