/* mc-hub-session-private.h: what the files of a session share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-log.h"
#include "hub/mc-hub-receipts.h"
#include "hub/mc-hub-session.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-frame.h"
#include "wire/mc-message-heal.h"

G_BEGIN_DECLS

/* What the request has said of one log. */
typedef struct
{
  McCursorFrame cursor;
  McHubStream stream;
  gboolean fork;
  gboolean readable;
  gboolean asks_streams;
  GArray *verdicts;    /* (owned) (element-type McVerdict) */
  GArray *places;      /* (owned) (nullable) (element-type McPlace) */
  GArray *taken;       /* (owned) (element-type McHubTaken) own rows that this answer names */
} SessionLog;

struct _McHubSession
{
  McHub *hub;
  gint64 now_us;
  McFrameReader *reader;
  McHello hello;
  McHubDevice *device;    /* (owned) (nullable) known after HELLO */
  GPtrArray *logs;        /* (owned) (element-type SessionLog) */
  GArray *needs;          /* (owned) (element-type McNeed) */
  const McDictionary *dictionary;  /* (nullable) that the device has too */
  gboolean is_asked;      /* for the dictionaries of this hub */
  gboolean declines_runs; /* this request had one whose end got no row */
  gboolean more;          /* something was left for the next request */
  gboolean asks_lacks;    /* which files are not whole here; once a session */
  GBytes *quiet;          /* (owned) (nullable) what QUIET said of the logs without a CURSOR */
  gboolean is_seen;       /* it was noted that the device was here */
  gboolean unsure;        /* this hub may have gone back: it signs no pages */
  const char *problem;
  char *detail;           /* (owned) */
  guint64 received;
  guint n_changes;
  guint n_refused;
  guint unproven;         /* groups of others whose signature did not hold */
  guint64 evidence_bytes;
  SessionLog *runs_log;   /* (nullable) whose RUNs came last */
  GMutex lock;            /* over waiting, waiting_bytes and is_taking */
  GCond picked_up;        /* what waited is in the hands of the thread, or the thread is at its end */
  GPtrArray *waiting;     /* (owned) (element-type GPtrArray) runs that came whole and are not taken yet */
  gsize waiting_bytes;    /* packed */
  gboolean is_lent;       /* there is a thread that takes them … */
  gboolean is_taking;     /* … and it picks up what comes */
  GError *taking_error;   /* (owned) (nullable) of that thread */
  GSource *taken_source;  /* (owned) (nullable) runs are taken in a thread; when the next may be */
  gboolean is_bundle;
  GPtrArray *echo;        /* (owned) (element-type GBytes) HELLO and CURSORs of a bundle, as they came */
  guint64 max_bytes;      /* of the pages of an answer; 0 = one page a log */
  McHubPieceFunc func;    /* (nullable) takes the answer in pieces */
  gpointer user_data;
};

void        mc_hub_session_note_error       (McHubSession   *self,
                                             GError         *error);   /* what it means to the device */
gboolean    mc_hub_session_refuse           (McHubSession   *self,
                                             const char     *problem,
                                             const char     *detail);  /* FALSE, for a tail call */
SessionLog *mc_hub_session_add_log          (McHubSession   *self);
SessionLog *mc_hub_session_find_log         (McHubSession   *self,
                                             const char     *name);    /* (nullable) */
gboolean    mc_hub_session_note_seen        (McHubSession   *self,
                                             GError        **error);

/* mc-hub-session-take.c */
gboolean    mc_hub_session_take_frame       (McHubSession   *self,
                                             guint8          kind,
                                             GBytes         *payload,
                                             GError        **error);

/* mc-hub-session-changes.c */
gboolean    mc_hub_session_take_groups      (McHubSession   *self,
                                             SessionLog     *log,
                                             GPtrArray      *groups,
                                             GError        **error);
/* Takes the run soon: at the latest with mc_hub_session_take_rest().  @size: packed. */
gboolean    mc_hub_session_add_run          (McHubSession   *self,
                                             SessionLog     *log,
                                             GPtrArray      *groups,   /* (transfer full) */
                                             gsize           size,
                                             GError        **error);

/* All runs that came: they are committed then, and on disk after mc_hub_session_sync(), without which nobody is told of them,
 * or after a commit that waits for the disk, which mc_hub_session_note_synced() is told of. */
void        mc_hub_session_take_rest        (McHubSession   *self);
gboolean    mc_hub_session_sync             (McHubSession   *self,
                                             GError        **error);
void        mc_hub_session_note_synced      (McHubSession   *self);

/* mc-hub-session-answer.c */
gboolean    mc_hub_session_put_answer       (McHubSession   *self,
                                             McFrameWriter  *writer,
                                             GError        **error);
gboolean    mc_hub_session_flush            (McHubSession   *self,
                                             McFrameWriter  *writer,
                                             GError        **error);

/* mc-hub-session-heal.c */
gboolean    mc_hub_session_is_parted        (McHubSession   *self,
                                             SessionLog     *log,
                                             guint64        *out_seq,
                                             gboolean       *out_parted,
                                             GError        **error);
gboolean    mc_hub_session_look_for_parting (McHubSession   *self,
                                             GError        **error);
gboolean    mc_hub_session_put_parting      (McHubSession   *self,
                                             SessionLog     *log,
                                             McFrameWriter  *writer,
                                             guint64        *out_common,
                                             GError        **error);
gboolean    mc_hub_session_put_healing      (McHubSession   *self,
                                             SessionLog     *log,
                                             McFrameWriter  *writer,
                                             GError        **error);

G_END_DECLS
