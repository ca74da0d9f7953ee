/* mc-record-private.h: how a snapshot is filled and written down, for the fold and the record table
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-record.h"

G_BEGIN_DECLS

McHead   *mc_head_new            (const char  *short_id,
                                  JsonNode    *value,     /* (transfer full) */
                                  const char  *by,
                                  const char  *at,
                                  const char  *device) G_GNUC_WARN_UNUSED_RESULT;

void      mc_record_take_heads   (McRecord    *self,
                                  const char  *field,
                                  GPtrArray   *heads);    /* (transfer full) (element-type McHead) */
void      mc_record_add_flags    (McRecord    *self,
                                  McRecordFlags flags);
void      mc_record_remove_flags (McRecord    *self,
                                  McRecordFlags flags);
void      mc_record_set_meta     (McRecord    *self,
                                  gboolean     exists,
                                  gint64       updated_us);
void      mc_record_set_parent   (McRecord    *self,
                                  const char  *parent);
void      mc_record_add_refusal  (McRecord    *self,
                                  McRefusal   *refusal);  /* (transfer full) */
void      mc_record_add_draft    (McRecord    *self,
                                  const char  *field,
                                  const char  *text);

/* `heads` column: who wrote each value in place, and the values beside it. */
char     *mc_record_dup_heads    (McRecord    *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean  mc_record_load         (McRecord    *self,
                                  const char  *body,
                                  const char  *heads,
                                  GError     **error);

G_END_DECLS
