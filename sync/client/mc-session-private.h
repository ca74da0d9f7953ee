/* mc-session-private.h: what the files of a session share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-pace.h"
#include "client/mc-session.h"
#include "core/mc-journal-heal.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-frame.h"
#include "wire/mc-message-heal.h"

G_BEGIN_DECLS

/* What a session knows of one log that is not in the journal. */
typedef struct
{
  char *name;                /* (owned) */
  guint64 common, parted;    /* where the hub's log and ours part; parted 0 = they do not */
  GPtrArray *streams;        /* (owned) (nullable) (element-type McStreamPlace) how far the hub is */
  GArray *wanted;            /* (owned) (nullable) (element-type guint64) places to send again */
  gboolean resent;           /* they were, in this session */
  guint n_aside;             /* rows set aside when they were last handed back; 0 = not yet */
  gboolean branches;         /* what is left of them is offered as branches of streams that were written twice */
  guint way;                 /* in which of MC_BRANCH_WAYS; that number: by what fits the signatures */
  guint n_in_vain;           /* how many groups were, and are aside still … */
  guint n_offered;           /* … and how many after them, in the request of turn … */
  guint offered_turn;        /* … this one */
  gboolean handed;           /* what can be handed back was */
  gboolean is_unjudged;      /* nothing of it was judged in another way than accepted, nor is since */
  gboolean is_told;          /* the hub says that this device may read it */
  gboolean is_lost;          /* it said so once, and does not any more */
  gboolean is_quiet;         /* the request that is written says nothing of it but QUIET */
  guint64 far;               /* the hub's last seq, where this device lacks very much; 0 = it does not */
} SessionLog;

/* Where an answer that is not taken yet will have brought the own stream of a log, and the log. */
typedef struct
{
  char *log;                 /* (owned) (nullable) */
  guint64 hub_n;
  guint64 seq;
  McDigest chain;            /* of the log, at seq */
} SessionAhead;

/* Where a request ended in the own stream of a log of which it could not bring all. */
typedef struct
{
  char *log;                 /* (owned) (nullable) NULL = it brought all */
  guint64 next;              /* the first place that it did not bring */
  McDigest chain;            /* of the stream, before it */
} SessionEnd;

typedef struct _SessionPacked SessionPacked;

typedef gboolean (*McSessionFlush) (GBytes   *bytes,
                                    gpointer  user_data,
                                    GError  **error);

typedef struct
{
  McJournal *journal;
  McAccount *account;
  McTransport *transport;
  McSyncReport *report;
  GCancellable *cancellable;
  guint8 nonce[MC_ID_BYTES];
  gsize budget;              /* of the next request */
  McPace pace;               /* what the line bears */
  gint64 started_us;         /* monotonic */
  GPtrArray *files_of;       /* (owned) what mc_session_files_of() returned last */
  gboolean files_wait;       /* for a line that does not cost by the byte */
  guint held_back;           /* from a hub that is full: 0 nothing, 1 files, 2 all that it would keep */
  McSyncProgress progress;   /* (nullable) */
  gpointer progress_data;
  SessionAhead *ahead;       /* (nullable) the request is written for what will be then */
  SessionEnd end;            /* of the last request that was written */
  SessionPacked *packed;     /* (owned) (nullable) what comes behind it */
  GBytes *next_answer;       /* (owned) (nullable) to the request that went out ahead */
  gboolean more;             /* the hub has more to say */
  gboolean moved;            /* this turn brought anything forward */
  gboolean plain;            /* this answer says only that all was accepted */
  gboolean forked;           /* this answer was to an incarnation that is no more */
  gboolean met_fork;         /* … seen here, by rows whose places alone came: it is believed once */
  const McDictionary *dictionary;  /* (nullable) that the hub has too, by what it said last */
  gboolean runs;             /* the hub takes many groups under one signature, by what it said last */
  gboolean told_runs;        /* this answer says so */
  gboolean takes_quiet;      /* the hub knows QUIET, by what it said last */
  gboolean told_quiet;       /* this answer says so */
  gboolean was_quiet;        /* the last request had one */
  gboolean names_all;        /* no further one in this session: it was not so, or was not understood */
  gboolean takes_branches;   /* the hub does, by what it said in this session */
  gboolean introduce;        /* the hub does not know this device: it is shown the certificate */
  GArray *taken;             /* (owned) (element-type guint64) refused groups that came back and are kept */
  GPtrArray *logs;           /* (owned) (element-type SessionLog) */
  McSessionFlush flush;      /* (nullable) a bundle: takes the request as it is written */
  gpointer flush_data;
  GArray *files;             /* (owned) (nullable) (element-type McEvidenceState) of a bundle in parts */
  guint next_file;           /* the first of them that is in no part yet */
  guint64 part_bytes;        /* about how much a part may hold */
} Session;

/* Fresh, with the logs that the device follows; for mc_session_clear(). */
gboolean    mc_session_init          (Session       *self,
                                      McJournal     *journal,
                                      McAccount     *account,
                                      McSyncReport  *report,
                                      GCancellable  *cancellable,
                                      GError       **error);
void        mc_session_clear         (Session       *self);
SessionLog *mc_session_find_log      (Session       *self,
                                      const char    *name);  /* (nullable) */

/* That the hub has @dictionary, by what it said last. */
gboolean    mc_session_note_dictionary (Session             *self,
                                        const McDictionary  *dictionary,  /* (nullable) */
                                        GError             **error);

/* Posts @request, telling how much of it has gone, and learns from that what the line bears.  The store may be lent. */
GBytes     *mc_session_post          (Session       *self,
                                      GBytes        *request,
                                      GError       **error);
/* Whether the hub is asked once more after @fault (transfer full), with what it needs; else @fault is the error. */
gboolean    mc_session_asks_again    (Session       *self,
                                      GError        *fault,
                                      GError       **error);
/* Takes what a whole answer says, all but its HELLO. */
gboolean    mc_session_take_answer   (Session       *self,
                                      GArray        *kinds,
                                      GPtrArray     *frames,
                                      GError       **error);

/* mc-session-quiet.c */
GPtrArray  *mc_session_list_logs     (McJournal     *journal,
                                      McAccount     *account,
                                      GError       **error) G_GNUC_WARN_UNUSED_RESULT;   /* (element-type SessionLog) */
/* Of which logs the hub takes files from here: of none if the device only reads; of its unit's own, and of those that the unit took
 * over, if it is a commune's.  (nullable): NULL = of all; valid until the next call. */
const char * const *mc_session_files_of (Session *self);
gboolean    mc_session_take_reads    (Session       *self,
                                      GBytes        *payload,
                                      GError       **error);
void        mc_session_recall_quiet  (Session       *self);
/* After the frames of an answer, and before what hangs on whether the hub has more to say. */
gboolean    mc_session_note_quiet    (Session       *self,
                                      GError       **error);
gboolean    mc_session_mark_quiet    (Session       *self,
                                      GByteArray    *heads,
                                      GError       **error);

/* mc-session-ahead.c */
/* As mc_session_post(); what follows @request is packed meanwhile, if that may be soon. */
GBytes     *mc_session_post_first    (Session       *self,
                                      GBytes        *request,
                                      GError       **error);
/* Where much is left to send and the answer says only that all was accepted: takes it while the next request is on its way,
 * whose answer is then @self's next.  *out_taken FALSE: nothing was done. */
gboolean    mc_session_go_ahead      (Session       *self,
                                      GArray        *kinds,
                                      GPtrArray     *frames,
                                      gboolean      *out_taken,
                                      GError       **error);

/* mc-session-request.c */
gboolean    mc_session_write_request (Session       *self,
                                      McFrameWriter *writer,
                                      GError       **error);
gboolean    mc_session_flush         (Session       *self,
                                      McFrameWriter *writer,
                                      GError       **error);

/* mc-session-pack.c */
void        mc_session_sign_groups   (Session       *self,
                                      const char    *log,
                                      GPtrArray     *groups,
                                      gboolean       is_run,
                                      McDigest      *chain);
/* What the hub lacks of @stream, as far as the request has room for it. */
gboolean    mc_session_put_groups    (Session       *self,
                                      McFrameWriter *writer,
                                      const char    *log,
                                      McStreamHead  *stream,
                                      GError       **error);
/* Packs up to about @bytes of what comes behind the last request, for the next one.  Best effort. */
void        mc_session_pack_ahead    (Session       *self,
                                      gsize          bytes);
void        mc_session_packed_free   (SessionPacked *self);

/* mc-session-answer.c */
gboolean    mc_session_take_hello    (Session       *self,
                                      GBytes        *payload,
                                      GError       **error);
gboolean    mc_session_check_head    (Session       *self,
                                      McLogFrame    *frame,
                                      GError       **error);
void        mc_session_count_verdicts (Session       *self,
                                       McStreamFrame *frame);
gboolean    mc_session_take_frame    (Session       *self,
                                      guint8         kind,
                                      GBytes        *payload,
                                      GError       **error);

/* mc-session-part.c */
/* The pages that came whole of an answer that has no end.  Best effort: what does not fit is left to the next answer. */
void        mc_session_take_part     (Session       *self,
                                      GBytes        *came);

/* mc-session-receipt.c */
gboolean    mc_session_take_receipt  (Session       *self,
                                      GBytes        *payload,
                                      GError       **error);

/* mc-session-far.c */
/* Takes the rows of a LOG frame that follow the cursor.  *out_follows: they do, or are known all. */
gboolean    mc_session_take_rows     (Session       *self,
                                      GBytes        *payload,
                                      gboolean      *out_follows,
                                      GError       **error);
gboolean    mc_session_take_far      (Session       *self,
                                      GBytes        *payload,
                                      GError       **error);
/* Fetches the logs of which very much is lacking, as far as they can be had in long stretches. */
gboolean    mc_session_fetch_far     (Session       *self,
                                      GError       **error);

/* mc-session-branch.c */
GPtrArray  *mc_session_next_branch   (Session       *self,
                                      SessionLog    *log,
                                      GError       **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McGroup) */
/* All of them, one after the other: where nobody answers. */
gboolean    mc_session_put_all_branches (Session       *self,
                                         SessionLog    *log,
                                         McFrameWriter *writer,
                                         GError       **error);

/* mc-session-head.c */
gboolean    mc_session_keep_head     (McJournal     *journal,
                                      const char    *log,
                                      GError       **error);
gboolean    mc_session_get_head      (McJournal     *journal,
                                      const char    *log,
                                      McCursor      *out,
                                      GError       **error);

/* mc-session-heal.c */
void        mc_session_log_free      (SessionLog    *log);
/* ROWS, or BRANCH, and before them who their authors are. */
void        mc_session_put_rows      (Session       *self,
                                      SessionLog    *log,
                                      guint8         kind,
                                      GPtrArray     *groups,   /* (element-type McGroup) */
                                      McFrameWriter *writer);
gboolean    mc_session_put_healing   (Session       *self,
                                      SessionLog    *log,
                                      McFrameWriter *writer,
                                      GError       **error);
/* TRUE with *out_taken FALSE: no frame of these. */
gboolean    mc_session_take_healing  (Session       *self,
                                      guint8         kind,
                                      GBytes        *payload,
                                      GError       **error);
/* Whether something is still to be handed back, sent again or asked. */
gboolean    mc_session_has_healing   (Session       *self,
                                      SessionLog    *log,
                                      gboolean      *out_work,
                                      GError       **error);

static inline void
session_ahead_clear (SessionAhead *ahead)
{
  g_clear_pointer (&ahead->log, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SessionAhead, session_ahead_clear)

static inline void
session_end_clear (SessionEnd *end)
{
  g_clear_pointer (&end->log, g_free);
}

G_END_DECLS
