/* mc-journal.h: the changes of one enrolment and the records they add up to; blocking, one thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A McJournal belongs to the thread that opened it, as its connection does.  Several may be open on one
 * folder at once (store worker, sync worker, minhchungctl): SQLite's lock keeps them apart, no transaction
 * is held while anything is waited for.
 *
 * Folder:  store.db  evidence/ab/abcdef…  identity (JSON, 0600: device, home nonce, machine, incarnation)
 *          high-water (the highest n ever written, outside the database)  reserve (given up on a full disk)
 */

#pragma once

#include <json-glib/json-glib.h>

#include "core/mc-change.h"
#include "core/mc-db.h"
#include "core/mc-edit.h"
#include "core/mc-pack.h"
#include "core/mc-record.h"
#include "core/mc-sealer.h"

G_BEGIN_DECLS

typedef struct _McJournal McJournal;

typedef struct
{
  const char *dir;         /* created if missing, 0700 */
  const char *device;      /* UUID of the device */
  const char *log;         /* own unit log, code@valid_from */
  const char *by;          /* "Name, position" of whoever works here now; may change: mc_journal_set_by() */
  const char *machine;     /* what identifies the machine, or "" */
  McPack     *pack;        /* (nullable) the pack in force: says which fields are personal, sort, keys */
  McSealer   *sealer;      /* (transfer full) (nullable) */
  JsonNode   *units;       /* (nullable) the table of units, as mc-units.h has it; not changed any more */
} McJournalConfig;

McJournal  *mc_journal_open             (const McJournalConfig *config,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
void        mc_journal_close            (McJournal             *self);
/* Whether the file is a whole store that this program can open, perhaps after an upgrade; nothing in it is changed. */
gboolean    mc_journal_check_store      (const char            *path,
                                         GError               **error);
McDb       *mc_journal_get_db           (McJournal             *self);
const char *mc_journal_get_log          (McJournal             *self);
const char *mc_journal_get_incarnation  (McJournal             *self);
McPack     *mc_journal_get_pack         (McJournal             *self);
JsonNode   *mc_journal_get_units        (McJournal             *self);   /* (nullable) */
void        mc_journal_set_by           (McJournal             *self,
                                         const char            *by);

/* Saving.  One edit is one group: all or nothing, durable when TRUE is returned. */
gboolean    mc_journal_save             (McJournal             *self,
                                         McEdit                *edit,
                                         gint64                 now_us,
                                         char                 **out_change_id, /* (optional) first of the group, NULL if nothing changed */
                                         GError               **error);
/* Many at once, each a group of its own: all or none. */
gboolean    mc_journal_save_all         (McJournal             *self,
                                         GPtrArray             *edits,
                                         gint64                 now_us,
                                         guint                 *out_done,
                                         GError               **error);
gboolean    mc_journal_revert           (McJournal             *self,
                                         const char            *change_id, /* undo: an ordinary change back to what that group replaced */
                                         gint64                 now_us,
                                         char                 **out_change_id,
                                         GError               **error);

/* Typed text that is no change yet. */
gboolean    mc_journal_set_draft        (McJournal             *self,
                                         McRecord              *shown,
                                         const char            *field,
                                         JsonNode              *value, /* (transfer full) */
                                         gint64                 now_us,
                                         GError               **error);
gboolean    mc_journal_commit_drafts    (McJournal             *self,
                                         const char            *record, /* (nullable) NULL = all */
                                         gint64                 now_us,
                                         guint                 *out_n_records,
                                         GError               **error);

/* Reading. */
McRecord   *mc_journal_get              (McJournal             *self,
                                         const char            *id,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND if it has no change */
McRecord   *mc_journal_get_or_new       (McJournal             *self,
                                         const char            *id,
                                         const char            *type,
                                         const char            *parent,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  MC_ORDER_SORT_ASCENDING,
  MC_ORDER_SORT_DESCENDING,
  MC_ORDER_UPDATED_DESCENDING,
} McOrder;

typedef struct
{
  const char    *type;        /* (nullable) */
  const char    *log;         /* (nullable) NULL = own log; "*" = all */
  const char    *parent;      /* (nullable) */
  const char    *search;      /* (nullable) words, with or without diacritics, each a prefix */
  McRecordFlags  flags;       /* 0, or records with any of these */
  gboolean       with_deleted;
  McOrder        order;
  gint64         limit;       /* 0 = all */
} McQuery;

gboolean    mc_journal_index_due        (McJournal             *self,
                                         GError               **error);
GArray     *mc_journal_query            (McJournal             *self,
                                         const McQuery         *query,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type gint64) record numbers */
GPtrArray  *mc_journal_fetch            (McJournal             *self,
                                         const gint64          *numbers,
                                         gsize                  n_numbers,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McRecord) in that order; light: heads only where in conflict */

typedef struct
{
  McChange *change;     /* (owned) */
  char     *device;     /* (owned) */
  int       state;      /* as in table change */
  gint64    seq;        /* 0 = not in the unit log */
  char     *verdict;    /* (owned) (nullable) */
} McHistoryEntry;
GPtrArray  *mc_journal_get_history      (McJournal             *self,
                                         const char            *record,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT; /* newest first; sealed values opened are in mc_journal_open_value() */
JsonNode   *mc_journal_open_value       (McJournal             *self,
                                         const char            *record,
                                         const char            *field,
                                         JsonNode              *value) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  guint   n_pending_records;   /* "3 mục chờ gửi" */
  guint   n_pending_changes;
  guint   n_refused_records;   /* rejected or held */
  guint   n_conflict_records;  /* or edited by one, deleted by another; of other units only what reviewers disagree on */
  guint   n_spared_records;    /* deleted by others, many at once, and not answered yet */
  guint   n_aside_records;     /* others wrote on them what the hub had, and has no longer as far as is known */
  guint   n_evidence_waiting;  /* files the hub does not have whole */
  guint64 evidence_bytes_waiting;
  gint64  last_sync_us;        /* end of the last sync that went through, 0 = never */
} McJournalSummary;
gboolean    mc_journal_get_summary      (McJournal             *self,
                                         McJournalSummary      *out_summary,
                                         GError               **error);

char       *mc_journal_get_setting      (McJournal             *self,
                                         const char            *name) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) */
gboolean    mc_journal_set_setting      (McJournal             *self,
                                         const char            *name,
                                         const char            *value,
                                         GError               **error);

/* Evidence.  The file is copied in (temporary name, fsync, rename, fsync of the folder), the source stays. */
typedef struct
{
  char   sha256[65];
  gint64 size;
  char  *mime;   /* (owned) by content */
  char  *name;   /* (owned) */
} McEvidence;
void        mc_evidence_free            (McEvidence            *evidence);
JsonNode   *mc_evidence_to_json         (McEvidence            *evidence) G_GNUC_WARN_UNUSED_RESULT;
gboolean    mc_evidence_is_listed       (JsonArray             *files,  /* of such a field: the same file twice is one */
                                         const char            *sha256);
gboolean    mc_evidence_is_whole        (const char            *path,
                                         const char            *sha256);
McEvidence *mc_journal_attach           (McJournal             *self,
                                         GFile                 *file,
                                         const char            *name,   /* (nullable) NULL = its base name */
                                         gint64                 now_us,
                                         GCancellable          *cancellable,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
McEvidence *mc_journal_attach_bytes     (McJournal             *self,
                                         GBytes                *bytes,
                                         const char            *name,
                                         gint64                 now_us,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
char       *mc_journal_get_evidence_path (McJournal            *self,
                                          const char           *sha256,
                                          GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McJournal, mc_journal_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (McEvidence, mc_evidence_free)

G_END_DECLS
