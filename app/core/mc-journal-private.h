/* mc-journal-private.h: what the files of the journal share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-identity.h"
#include "core/mc-journal-sync.h"
#include "core/mc-journal.h"

G_BEGIN_DECLS

/* States of a row of table change. */
enum
{
  MC_CHANGE_PENDING,
  MC_CHANGE_LOGGED,
  MC_CHANGE_SET_ASIDE,
  MC_CHANGE_REJECTED,
  MC_CHANGE_HELD,
  MC_CHANGE_SETTLED,
};

typedef struct _McOrdered McOrdered;

/* Between two reads at the same one nothing was written. */
typedef struct
{
  gint64 version;           /* of the database: what others wrote … */
  gint64 writes;            /* … and what this connection did */
} McMoment;

struct _McJournal
{
  McDb *db;
  McIdentity *identity;
  McPack *pack;             /* (owned) (nullable) */
  McSealer *sealer;         /* (owned) (nullable) */
  JsonNode *units;          /* (owned) (nullable) */
  char *dir, *device, *log, *by;
  char *incarnation;        /* (owned) as last read; the database has the word */
  GHashTable *chains;       /* (owned) log → Chain: how far the own stream's chain is known */
  GHashTable *written;      /* (nullable) record → change of the group that is being saved, to fold it without reading it again */
  gboolean words_later;     /* what is folded now is indexed when there is time */
  gboolean has_summary;
  McJournalSummary summary; /* as of summary_moment */
  McMoment summary_moment;
  McOrdered *ordered;       /* (owned) (nullable) the last query for all of something, for searches in it */
};

/* mc-journal.c */
gboolean  mc_journal_read_incarnation (McJournal   *self,
                                       GError     **error);
gboolean  mc_journal_renew_incarnation (McJournal  *self,
                                       GError     **error);
guint64   mc_journal_count_written    (McJournal   *self);

/* mc-journal-fold.c; in a transaction of its own.  Lines of books that an older program sorted without their year are sorted anew;
 * where there are none, nothing is written.  Needs a pack: without one they wait. */
gboolean  mc_journal_sort_books       (McJournal   *self,
                                       GError     **error);

/* mc-journal-fold.c; in an open transaction */
gboolean  mc_journal_refold           (McJournal   *self,
                                       const char  *record,
                                       GError     **error);
McRecord *mc_journal_load_row         (McJournal   *self,
                                       McStmt      *stmt,
                                       gboolean     with_heads,
                                       GError     **error);
/* That a record waits is not in its row: a verdict would have to write all those rows once more. */
#define MC_JOURNAL_RECORD_WAITS "EXISTS (SELECT 1 FROM change WHERE change.record = record.id AND change.state IN (0, 2))"
#define MC_JOURNAL_RECORD_COLUMNS "id, log, type, pack, parent, body, heads, (flags & ~4) | 4 * " \
  MC_JOURNAL_RECORD_WAITS ", updated_us, number"

/* mc-journal-words.c; in an open transaction */
gboolean  mc_journal_index_words      (McJournal   *self,
                                       McRecord    *record,
                                       gint64       number,
                                       GError     **error);
gboolean  mc_journal_index_words_later (McJournal  *self,
                                       gint64       number,
                                       GError     **error);

/* mc-journal-query.c */
gboolean  mc_journal_get_moment       (McJournal   *self,
                                       McMoment    *out_moment,
                                       GError     **error);
gboolean  mc_moment_equal             (const McMoment *a,
                                       const McMoment *b);
void      mc_ordered_free             (McOrdered   *self);

/* mc-journal-save.c; in an open transaction */
gboolean  mc_journal_insert_change    (McJournal   *self,
                                       McChange    *change,
                                       const char  *log,
                                       const char  *device,
                                       const char  *incarnation,
                                       guint64      n,
                                       int          state,
                                       guint64      seq,
                                       GBytes      *signature,
                                       GBytes      *holes,
                                       GError     **error);

gboolean  mc_journal_take_places      (McJournal   *self,
                                       const char  *log,
                                       guint        count,
                                       guint64     *out_first,
                                       GError     **error);

/* mc-journal-read.c; for MC_FAULT_SEEN_AT_SAVE alone */
void      mc_journal_look_again       (McJournal   *self,
                                       McEdit      *edit);

/* mc-journal-verdict.c; in an open transaction.  Refused and held groups that a correction in @log names are settled, whoever of
 * this device and its clones wrote it, and whichever of the two came last: they leave the screen. */
gboolean  mc_journal_settle_corrected (McJournal   *self,
                                       const char  *log,
                                       GError     **error);

/* mc-journal-page.c; in an open transaction */
gboolean  mc_journal_write_cursor     (McJournal       *self,
                                       const char      *log,
                                       guint64          seq,
                                       const McDigest  *chain,
                                       const McCursor  *head,
                                       GError         **error);

/* The rows of @log in order, and one of them into its chain. */
McStmt   *mc_journal_select_log       (McJournal   *self,
                                       const char  *log,
                                       GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void      mc_journal_step_log         (McDigest    *chain,
                                       McStmt      *stmt);

/* mc-journal.c; after the commit of a new incarnation */
gboolean  mc_journal_keep_renewed     (McJournal   *self,
                                       GError     **error);

/* mc-journal-aside.c; in an open transaction */
/* Where @rows (element-type McLogRow) have places of the own stream that this store never wrote, it went back: it takes a new
 * incarnation. */
gboolean  mc_journal_meet_own_future  (McJournal   *self,
                                       const char  *log,
                                       GPtrArray   *rows,
                                       gboolean    *out_renewed,
                                       GError     **error);
gboolean  mc_journal_clear_place      (McJournal   *self,
                                       const char  *log,
                                       McGroup     *group,
                                       guint        i,
                                       GError     **error);

/* Another hash that is kept for the place is of a branch that was lost, and stays known: under this name of the stream, which is
 * no incarnation.  Of more branches than two each has a name of its own behind it. */
#define MC_PLACE_BEFORE "'-' || "
#define MC_PLACE_OLDER  "incarnation || '-' || substr (hex (hash), 1, 8)"
gboolean  mc_journal_keep_place       (McJournal   *self,
                                       const char  *log,
                                       const char  *device,
                                       const char  *incarnation,
                                       guint64      n,
                                       GBytes      *hash,
                                       GError     **error);
/* A row of others that is here under another place, or set aside, becomes row @i of @row. */
gboolean  mc_journal_move_row         (McJournal   *self,
                                       const char  *log,
                                       McLogRow    *row,
                                       guint        i,
                                       gboolean    *out_known,
                                       GError     **error);

/* mc-journal-heal.c */
/* The next group of @stmt (device, incarnation, n, k, m, bytes, signature, in the order of their streams), which stands on its
 * first row and then on the row after it; without changes where not all of them are there. */
McGroup  *mc_journal_read_group       (McStmt      *stmt,
                                       gboolean    *has_row,
                                       GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* Bytes of its changes and of the hashes before them. */
gsize     mc_group_get_size           (McGroup     *group);

/* mc-spared.c; in an open transaction */
gboolean  mc_journal_is_shown         (McJournal   *self,
                                       const char  *record,
                                       gboolean    *out_shown,
                                       GError     **error);
gboolean  mc_journal_is_spared        (McJournal   *self,
                                       const char  *record,
                                       gboolean    *out_spared,
                                       GError     **error);
/* @shown_before (element-type utf8): records that a page touched and that were not deleted before it. */
gboolean  mc_journal_spare_deleted    (McJournal   *self,
                                       const char  *log,
                                       GPtrArray   *shown_before,
                                       GError     **error);

/* mc-receipts.c; in an open transaction */
gboolean  mc_journal_ask_receipt      (McJournal   *self,
                                       const char  *log,
                                       McGroup     *group,
                                       GError     **error);

/* mc-evidence.c; in an open transaction */
gboolean  mc_journal_note_evidence    (McJournal   *self,
                                       McRecord    *record,
                                       GError     **error);

/* Typing a refused field again is its correction: @edit then names what it replaces, and is not held for it. */
gboolean   mc_journal_name_corrected    (McJournal    *self,
                                         McEdit       *edit,
                                         GError      **error);

/* Typed text of @record that is no value of its field, and so no change. */
gboolean mc_journal_load_drafts (McJournal *self,
                                 McRecord  *record,
                                 GError   **error);

G_END_DECLS
