/* mc-unsaved.h: edits that could not be written, tried again until they are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-edit.h"

G_BEGIN_DECLS

typedef struct _McUnsaved McUnsaved;

/* Begins to save @edit (transfer full); the outcome is told to mc_unsaved_tried(). */
typedef void (*McUnsavedFunc) (McEdit     *edit,
                               const char *label,   /* (nullable) */
                               gpointer    user_data);

McUnsaved *mc_unsaved_new        (McUnsavedFunc  func,
                                  gpointer       user_data) G_GNUC_WARN_UNUSED_RESULT;
void       mc_unsaved_free       (McUnsaved     *self);
/* The disk may have room again, the file be free: what failed so may go through later as it is. */
gboolean   mc_unsaved_is_passing (const GError  *error);
gboolean   mc_unsaved_is_empty   (McUnsaved     *self);
gboolean   mc_unsaved_says       (McUnsaved     *self,
                                  const char    *record,
                                  const char    *field);
void       mc_unsaved_add        (McUnsaved     *self,
                                  McEdit        *edit,     /* (transfer full) */
                                  const char    *label);   /* (nullable) */
/* Now, and not only after a while. */
void       mc_unsaved_try        (McUnsaved     *self);
void       mc_unsaved_tried      (McUnsaved     *self,
                                  gboolean       is_done);

G_END_DECLS
