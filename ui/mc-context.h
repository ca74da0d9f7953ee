/* mc-context.h: what every page of a window works with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One per open enrolment, handed down instead of globals.  Main thread only.
 */

#pragma once

#include <adwaita.h>

#include "client/mc-sync.h"
#include "core/mc-pack.h"
#include "core/mc-store.h"

G_BEGIN_DECLS

#define MC_TYPE_CONTEXT (mc_context_get_type ())
G_DECLARE_FINAL_TYPE (McContext, mc_context, MC, CONTEXT, GObject)

/* Signals:
 *   ::toast (text, button_label (nullable), action_name (nullable), GVariant target (nullable))
 *   ::show-record (record id)     somebody wants that record on screen
 *   ::saved ()                    a save reached the disk: "Saved" beside the title
 *   ::save-failed (GError)        a save did not; what was typed is still on screen
 */

McContext  *mc_context_new            (McStore    *store,
                                       McSync     *sync,       /* (nullable) trial without a hub */
                                       const char *unit_name,
                                       const char *role,       /* "commune", "district", "auditor" */
                                       const char *person) G_GNUC_WARN_UNUSED_RESULT;
McStore    *mc_context_get_store      (McContext  *self);
McSync     *mc_context_get_sync       (McContext  *self);
McPack     *mc_context_get_pack       (McContext  *self);
const char *mc_context_get_unit_name  (McContext  *self);
const char *mc_context_get_role       (McContext  *self);
const char *mc_context_get_person     (McContext  *self);
int         mc_context_get_year       (McContext  *self);
gint64      mc_context_now_us         (McContext  *self);  /* the clock, replaceable in tests */
void        mc_context_set_now_us     (McContext  *self,
                                       gint64      now_us); /* 0 = the real clock */
char       *mc_context_today          (McContext  *self) G_GNUC_WARN_UNUSED_RESULT; /* yyyy-mm-dd */

/* (transfer full) edit: saved in the background, undo remembered under @label (translated, nullable). */
void        mc_context_save           (McContext  *self,
                                       McEdit     *edit,
                                       const char *label);
/* Text being typed: on disk within half a second of the last key; FALSE values are kept per field. */
void        mc_context_draft          (McContext  *self,
                                       McRecord   *shown,
                                       const char *field,
                                       JsonNode   *value);   /* (transfer full) */
void        mc_context_commit_drafts  (McContext  *self,
                                       const char *record);  /* (nullable) */
void        mc_context_undo           (McContext  *self);
gboolean    mc_context_can_undo       (McContext  *self);

void        mc_context_toast          (McContext  *self,
                                       const char *text);
void        mc_context_show_record    (McContext  *self,
                                       const char *record);
/* Copies files in and adds them to the `files` field of a record; shows progress, errors in words. */
void        mc_context_attach_files   (McContext  *self,
                                       McRecord   *shown,
                                       const char *field,
                                       GListModel *files);   /* of GFile */

G_END_DECLS
