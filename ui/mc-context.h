/* mc-context.h: what every page of a window works with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One per open enrolment, handed down instead of globals.  Main thread only; nothing here waits for the disk.
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
 *   ::toast (text, kind, about)   kind is an McToast; about is what it goes with once that is settled, or NULL
 *   ::toast-settled (about)       what a toast said of it is so no longer
 *   ::show-record (record, type)  somebody wants that record on screen; record may be "" for the page of a type
 *   ::preview (sha256, name, mime) somebody wants to look at that file
 *   ::saving-changed ()           mc_context_get_saving() or mc_context_get_save_error() may be another
 */

McContext    *mc_context_new            (McStore      *store,
                                         McSync       *sync,       /* (nullable) trial without a hub */
                                         const char   *unit_name,
                                         const char   *role,       /* "commune", "district", "auditor" */
                                         const char   *person) G_GNUC_WARN_UNUSED_RESULT;
/* @units: (nullable): the table of an enrolment, which names what the unit took over */
void          mc_context_set_units      (McContext    *self,
                                         JsonNode     *units);
/* What the unit is called that @log is of: another one's where its work was taken over.  @log itself if nobody knows. */
const char   *mc_context_name_log       (McContext    *self,
                                         const char   *log);
/* Whether @record stays in the log of another unit, to be read here. */
gboolean      mc_context_is_others      (McContext    *self,
                                         McRecord     *record);
McStore      *mc_context_get_store      (McContext    *self);
McSync       *mc_context_get_sync       (McContext    *self);
McPack       *mc_context_get_pack       (McContext    *self);
const char   *mc_context_get_log        (McContext    *self);
const char   *mc_context_get_unit_name  (McContext    *self);
gboolean      mc_context_is_commune     (McContext    *self); /* no: a district, or who audits one */
const char   *mc_context_get_person     (McContext    *self);
int           mc_context_get_year       (McContext    *self);
gint64        mc_context_now_us         (McContext    *self);
char         *mc_context_today          (McContext    *self) G_GNUC_WARN_UNUSED_RESULT; /* yyyy-mm-dd */

/* The id of the record that a natural key names, and a fresh one. */
char         *mc_context_id_of_key      (McContext    *self,
                                         const char   *type,
                                         const char * const *key) G_GNUC_WARN_UNUSED_RESULT;
/* Whether what is saved next has to bring the key of @record: it is new, or was emptied. */
gboolean      mc_context_wants_key      (McContext    *self,
                                         McRecord     *record);
McRecord     *mc_context_new_record     (McContext    *self,
                                         const char   *type,
                                         const char   *parent) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full) edit: saved in the background; @label (translated, nullable) is what undo is called. */
void          mc_context_save           (McContext    *self,
                                         McEdit       *edit,
                                         const char   *label);
/* Gives a refused edit up: what waits behind it goes on. */
void          mc_context_withdraw       (McContext    *self,
                                         const char   *change_id);
/* What others deleted, many at once: back on every computer, or gone from this one as well. */
void          mc_context_answer_deletions (McContext  *self,
                                           gboolean    keep);
/* Text being typed: on disk within half a second, as a draft. */
void          mc_context_draft          (McContext    *self,
                                         McRecord     *shown,
                                         const char   *field,
                                         JsonNode     *value);   /* (transfer full) */
void          mc_context_flush_drafts   (McContext    *self);
gboolean      mc_context_get_saving     (McContext    *self);
const GError *mc_context_get_save_error (McContext    *self);   /* (nullable) of the last save that failed */
/* What the disk did not take is kept, and tried again by itself every few seconds, or now. */
gboolean      mc_context_has_unsaved    (McContext    *self);
gboolean      mc_context_is_unsaved     (McContext    *self,
                                         McRecord     *record,
                                         const char   *field);
void          mc_context_save_again     (McContext    *self);
void          mc_context_undo           (McContext    *self);
const char   *mc_context_get_undo_label (McContext    *self);   /* (nullable) NULL = nothing to undo */

typedef enum
{
  MC_TOAST_DONE,    /* what was done, or what is not there: until there is something newer to say */
  MC_TOAST_TYPED,   /* what is typed cannot be saved: the same, and no longer than until it is corrected */
  MC_TOAST_ERROR,   /* what went wrong: each in turn, also on another page */
} McToast;

void          mc_context_toast          (McContext    *self,
                                         const char   *text);
/* … of what is typed into @about, until mc_context_settle_toast(); @about is compared only, never used. */
void          mc_context_toast_typed    (McContext    *self,
                                         gpointer      about,
                                         const char   *text);
void          mc_context_settle_toast   (McContext    *self,
                                         gpointer      about);
/* … of what was not done: each is told, one after the other. */
void          mc_context_toast_refused  (McContext    *self,
                                         const char   *text);
/* … of what went wrong, in a person's words. */
void          mc_context_toast_error    (McContext    *self,
                                         const GError *error);
void          mc_context_show_record    (McContext    *self,
                                         const char   *record,
                                         const char   *type);
void          mc_context_preview        (McContext    *self,
                                         McEvidence   *evidence);
/* Copies files in and adds them to the `files` field of a record; failures become toasts in words. */
void          mc_context_attach_files   (McContext    *self,
                                         McRecord     *shown,
                                         const char   *field,
                                         GListModel   *files,    /* of GFile */
                                         gboolean      shrink);  /* large photographs only */
void          mc_context_attach_bytes   (McContext    *self,
                                         McRecord     *shown,
                                         const char   *field,
                                         GBytes       *bytes,
                                         const char   *name);

G_END_DECLS
