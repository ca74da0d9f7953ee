/* mc-change.h: one saved edit of one record, immutable
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes as the author's device wrote them are what is stored, hashed, signed, sent and kept;
 * nothing ever writes them again.  One line of UTF-8 JSON in NFC without a line feed.
 */

#pragma once

#include <json-glib/json-glib.h>

#include "core/mc-digest.h"
#include "core/mc-limits.h"

G_BEGIN_DECLS

#define MC_TYPE_CHANGE (mc_change_get_type ())
typedef struct _McChange McChange;

GType            mc_change_get_type     (void);
McChange        *mc_change_new          (const char         *id,
                                         const char         *record,
                                         const char         *type,
                                         const char         *pack,
                                         const char         *at,
                                         const char         *by,
                                         JsonObject         *set,
                                         JsonObject         *seen,
                                         guint               group_k,
                                         guint               group_m,
                                         const char         *instead,
                                         const char * const *evidence,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
McChange        *mc_change_parse        (GBytes             *bytes,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
McChange        *mc_change_scan         (GBytes             *bytes,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
McChange        *mc_change_new_stored   (GBytes             *bytes,
                                         const McDigest     *hash,
                                         GError            **error) G_GNUC_WARN_UNUSED_RESULT;
McChange        *mc_change_ref          (McChange           *self);
void             mc_change_unref        (McChange           *self);

GBytes          *mc_change_get_bytes    (McChange           *self);
const McDigest  *mc_change_get_hash     (McChange           *self);
const char      *mc_change_get_id       (McChange           *self);
const char      *mc_change_get_short    (McChange           *self);
const char      *mc_change_get_record   (McChange           *self);
const char      *mc_change_get_type_id  (McChange           *self);
const char      *mc_change_get_pack     (McChange           *self);
const char      *mc_change_get_at       (McChange           *self);
const char      *mc_change_get_by       (McChange           *self);
const char * const *mc_change_get_fields (McChange          *self); /* names of what it sets */
JsonObject      *mc_change_get_set      (McChange           *self);
gboolean         mc_change_has_seen     (McChange           *self,
                                         const char         *field,
                                         const char         *short_id);
JsonObject      *mc_change_get_seen     (McChange           *self);
void             mc_change_get_group    (McChange           *self,
                                         guint              *out_k,
                                         guint              *out_m);
const char      *mc_change_get_instead  (McChange           *self); /* id of the first change of the rejected group, or NULL */
const char * const *mc_change_get_evidence (McChange        *self); /* hex hashes */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McChange, mc_change_unref)

G_END_DECLS
