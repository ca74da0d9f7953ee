/* mc-journal-sync.h: what the sync client does with a journal: streams, verdicts, pages, evidence
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every function is one transaction.  A page and its cursor are committed together or not at all.
 */

#pragma once

#include "core/mc-journal.h"

G_BEGIN_DECLS

/* Own stream of one log. */
typedef struct
{
  guint64  n;         /* last own n */
  McDigest chain;     /* chain (n), computed on demand and remembered */
  guint64  hub_n;     /* last n with a verdict */
} McStreamHead;

typedef struct
{
  char     *device, *incarnation;  /* (owned) UUIDs */
  guint64   n;                     /* stream place of the first change */
  GPtrArray *changes;              /* (owned) (element-type McChange) one group, consecutive n */
  GBytes   *signature;             /* (owned) (nullable) of the head at its last n */
  GPtrArray *holes;                /* (owned) (nullable) (element-type GBytes) hashes of stream numbers before it that have no row */
} McGroup;
void       mc_group_free                 (McGroup *group);

/* Logs that this device writes to or holds. */
char     **mc_journal_list_logs          (McJournal     *self,
                                          GError       **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   mc_journal_get_stream         (McJournal     *self,
                                          const char    *log,
                                          McStreamHead  *out_head,
                                          GError       **error);
/* Own groups from stream place @from_n on, at most about @max_bytes of change bytes (at least one group). */
GPtrArray *mc_journal_get_groups         (McJournal     *self,
                                          const char    *log,
                                          guint64        from_n,
                                          gsize          max_bytes,
                                          GError       **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McGroup) */
/* chain (n) of the own stream at any n ≤ last. */
gboolean   mc_journal_get_stream_chain   (McJournal     *self,
                                          const char    *log,
                                          guint64        n,
                                          McDigest      *out_chain,
                                          GError       **error);
/* A fork or a rewound database: every own change not seen in the unit log gets a new n under a new incarnation. */
gboolean   mc_journal_new_incarnation    (McJournal     *self,
                                          GError       **error);

/* The hub went back: it has the own stream only up to @hub_n now. */
gboolean   mc_journal_set_hub_n          (McJournal     *self,
                                          const char    *log,
                                          guint64        hub_n,
                                          GError       **error);

typedef enum
{
  MC_VERDICT_ACCEPTED,  /* in the unit log at seq */
  MC_VERDICT_SAME,      /* was there already, under this or another incarnation */
  MC_VERDICT_CONFLICT,  /* accepted; stands beside another value */
  MC_VERDICT_HELD,      /* waits behind a rejected group of the same record */
  MC_VERDICT_REJECTED,
} McVerdictKind;

typedef struct
{
  McVerdictKind  kind;
  guint64        n_first, n_last;  /* stream places */
  guint64        seq_first;        /* of n_first, for accepted / same / conflict; 0 = unknown */
  char          *problem;          /* (owned) (nullable) JSON: {"type":slug,"detail":…} for rejected and held */
} McVerdict;

typedef struct
{
  guint64    seq;
  McGroup   *group;     /* (owned) (nullable): NULL = an own row sent without bytes */
  char      *incarnation; /* (owned) own rows: whose n */
  guint64    n;           /* own rows: first stream place */
  guint      count;       /* changes of the group, consecutive seq */
} McLogRow;
void       mc_log_row_free               (McLogRow *row);

typedef struct
{
  guint64   seq;
  McDigest  chain;
  guint8    epoch[16];
  GBytes   *signature;  /* (owned) (nullable) */
} McCursor;

gboolean   mc_journal_get_cursor         (McJournal     *self,
                                          const char    *log,
                                          McCursor      *out_cursor,
                                          GError       **error);
gboolean   mc_journal_apply_verdicts     (McJournal     *self,
                                          const char    *log,
                                          const char    *incarnation,
                                          GArray        *verdicts,  /* (element-type McVerdict) */
                                          GError       **error);
/* Applies rows that follow the cursor and moves it; checks that the chain comes out as @head says when
 * the page is complete, else MC_STORE_ERROR_INVALID and nothing is changed. */
gboolean   mc_journal_apply_page         (McJournal     *self,
                                          const char    *log,
                                          GPtrArray     *rows,      /* (element-type McLogRow) */
                                          const McCursor *head,
                                          guint         *out_n_records,
                                          GError       **error);
/* The hub has only @common of what this device holds: rows after it are set aside (never deleted), the cursor goes back. */
gboolean   mc_journal_rewind             (McJournal     *self,
                                          const char    *log,
                                          guint64        common,
                                          GError       **error);
gboolean   mc_journal_offer_again        (McJournal     *self,
                                          const char    *log,
                                          guint         *out_count,
                                          GError       **error);
gboolean   mc_journal_get_log_chain      (McJournal     *self,
                                          const char    *log,
                                          guint64        seq,
                                          McDigest      *out_chain,
                                          GError       **error);

typedef struct
{
  char    sha256[65];
  gint64  size;
  gint64  hub_bytes;
} McEvidenceState;
/* @logs: (nullable): the hub takes only files that one of these names from here; NULL = any. */
GArray    *mc_journal_list_evidence_to_send (McJournal           *self,
                                             const char * const  *logs,
                                             GError             **error) G_GNUC_WARN_UNUSED_RESULT; /* smallest first */
gboolean   mc_journal_set_evidence_state (McJournal     *self,
                                          const char    *sha256,
                                          gint64         hub_bytes,
                                          gboolean       confirmed,
                                          GError       **error);
/* Reads a file that is here again; one that is damaged is no longer had, and is attached or fetched anew. */
gboolean   mc_journal_check_evidence     (McJournal     *self,
                                          const char    *sha256,
                                          GError       **error);
/* What the hub says it has not whole (element-type McEvidenceState: sha256 and hub_bytes); @whole: every other file that a
 * row of a log names is there.  What this device has of them is to be sent again, if one of @logs names it or that is
 * NULL. */
gboolean   mc_journal_note_lacks         (McJournal     *self,
                                          const char * const *logs,
                                          GArray        *lacks,
                                          gboolean       whole,
                                          gboolean      *out_changed,
                                          GError       **error);
/* Evidence of others: where a download may go on, and the finished file put in its place after its hash was checked. */
GArray    *mc_journal_list_evidence_missing (McJournal  *self,
                                             GError    **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   mc_journal_add_evidence_file  (McJournal     *self,
                                          const char    *sha256,
                                          const char    *path,
                                          gint64         now_us,
                                          GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McGroup, mc_group_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (McLogRow, mc_log_row_free)

G_END_DECLS
