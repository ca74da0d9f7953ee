/* mc-store.h: the journal, for the main thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * McStore owns a worker thread, the worker owns a McJournal.  Every call is a façade: arguments are copied
 * into a task, a function of mc-journal.h runs in the worker, the result comes back in the caller's context.
 */

#pragma once

#include "core/mc-journal.h"

G_BEGIN_DECLS

#define MC_TYPE_STORE (mc_store_get_type ())
G_DECLARE_FINAL_TYPE (McStore, mc_store, MC, STORE, GObject)

/* Signals:
 *   ::changed (GStrv record_ids)  after a save, a draft commit, or mc_store_note_changes(); ids may be empty = many
 *   ::summary-changed ()          the summary may differ from what mc_store_get_summary() returned last
 */

void       mc_store_open_async            (const McJournalConfig *config, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
McStore   *mc_store_open_finish           (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
McPack    *mc_store_get_pack              (McStore *self);
const char *mc_store_get_log              (McStore *self);

/* (transfer full) edit */
void       mc_store_save_async            (McStore *self, McEdit *edit, gint64 now_us, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean   mc_store_save_finish           (McStore *self, GAsyncResult *result, char **out_change_id, GError **error);
void       mc_store_revert_async          (McStore *self, const char *change_id, gint64 now_us, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean   mc_store_revert_finish         (McStore *self, GAsyncResult *result, char **out_change_id, GError **error);

void       mc_store_set_draft_async       (McStore *self, McRecord *shown, const char *field, JsonNode *value, gint64 now_us,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   mc_store_set_draft_finish      (McStore *self, GAsyncResult *result, GError **error);
void       mc_store_commit_drafts_async   (McStore *self, const char *record, gint64 now_us, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gboolean   mc_store_commit_drafts_finish  (McStore *self, GAsyncResult *result, guint *out_n_records, GError **error);

void       mc_store_get_async             (McStore *self, const char *id, const char *type, const char *parent,
                                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
McRecord  *mc_store_get_finish            (McStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void       mc_store_query_async           (McStore *self, const McQuery *query, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
GArray    *mc_store_query_finish          (McStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void       mc_store_fetch_async           (McStore *self, const gint64 *numbers, gsize n_numbers, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *mc_store_fetch_finish          (McStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* query and fetch in one turn: all records, full (for plans, months, criteria: dozens, not thousands) */
void       mc_store_load_async            (McStore *self, const McQuery *query, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *mc_store_load_finish           (McStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void       mc_store_get_summary_async     (McStore *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   mc_store_get_summary_finish    (McStore *self, GAsyncResult *result, McJournalSummary *out, GError **error);
void       mc_store_attach_async          (McStore *self, GFile *file, const char *name, gint64 now_us, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
void       mc_store_attach_bytes_async    (McStore *self, GBytes *bytes, const char *name, gint64 now_us, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
McEvidence *mc_store_attach_finish        (McStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* both */
void       mc_store_get_evidence_path_async (McStore *self, const char *sha256, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
char      *mc_store_get_evidence_path_finish (McStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Any other blocking work with the journal, in the worker: scoring, checks, export. */
typedef gpointer (*McStoreFunc) (McJournal *journal, gpointer data, GCancellable *cancellable, GError **error);
void       mc_store_run_async             (McStore *self, McStoreFunc func, gpointer data, GDestroyNotify data_free,
                                           GDestroyNotify result_free, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
gpointer   mc_store_run_finish            (McStore *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Called in the main thread when the sync worker has changed the database: emits ::changed and ::summary-changed. */
void       mc_store_note_changes          (McStore *self, const char * const *record_ids);

G_END_DECLS
