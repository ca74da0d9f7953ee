/* sim-world.h: one history: a hub, its devices and everything that can go wrong between them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journals, the fold, the wire, the client's session and the hub's session are the real ones, on real SQLite files
 * in memory (/dev/shm).  Only the line between them is made here, and time and chance: everything that happens follows
 * from the seed, so that a history that failed can be played again, word for word.
 */

#pragma once

#include "client/mc-session.h"
#include "hub/mc-hub-session.h"
#include "wire/mc-bundle.h"

G_BEGIN_DECLS

#define SIM_TOWN     "21609@2004-07-08"
#define SIM_COMMUNE  "21610@2004-07-08"
#define SIM_DISTRICT "542@2004-07-08"
#define SIM_SHARED   SIM_DISTRICT "/shared"
#define SIM_NOW      G_GINT64_CONSTANT (1638340443120000)
#define SIM_SEATS    8   /* enrolments; clones share one */

/* chance */
typedef struct
{
  guint64 state;
} SimRandom;

guint64   sim_random_next   (SimRandom *self);
guint     sim_random_below  (SimRandom *self,
                             guint      n);   /* 0 … n − 1 */
gboolean  sim_random_is     (SimRandom *self,
                             guint      percent);

/* A change that somebody was told is saved. */
typedef struct
{
  char *id, *log, *author;   /* (owned) */
  GBytes *bytes;             /* (owned) */
  gboolean required;         /* FALSE once every copy of it was destroyed */
} SimSaved;

typedef struct _SimWorld SimWorld;

typedef struct
{
  SimWorld *world;
  char *name, *dir, *machine;  /* (owned) */
  guint seat;
  McAccount *account;          /* (owned) */
  McJournal *journal;          /* (owned) */
  GStrv reads;                 /* (owned) the logs that it may read; account->read is what it asks for */
  gint64 clock_off_us;
  GPtrArray *copies;           /* (owned) folders that it can go back to */
  McRecord *form;              /* (owned) (nullable) what it has on the screen */
  int commits_left;            /* −1: the power stays on */
  int turns_left;              /* −1: the line holds; else after so many it is gone */
  int fails_in;                /* −1: no commit fails; else that one does, and the program goes on */
  gboolean crashed, failed;    /* of the present act: the power went, a commit did not go through */
  gboolean full;               /* its disk */
  gboolean lied_to;            /* and has not been through a whole sync since */
  gboolean idle;               /* its last sync was one turn with nothing in it */
} SimDevice;

/* A file that is carried about. */
typedef struct
{
  char *path;                  /* (owned) */
  char *device;                /* (owned) whose request it is, or for whom the reply; of a snapshot the log */
  McBundleKind kind;
} SimStick;

struct _SimWorld
{
  guint64 seed;
  SimRandom chance;            /* what happens */
  SimRandom ids;               /* what mc_random_bytes() gives */
  gboolean trace;
  char *dir, *hub_dir;         /* (owned) */
  guint n_folders;
  McHub *hub;                  /* (owned) */
  int hub_commits_left, hub_fails_in;
  gboolean hub_crashed, hub_failed, hub_full;
  GPtrArray *backups;          /* (owned) folders of mc_hub_backup() */
  GPtrArray *devices;          /* (owned) (element-type SimDevice) */
  guint seats_taken;
  GHashTable *saved;           /* (owned) id → SimSaved */
  GPtrArray *old_requests;     /* (owned) (element-type GBytes): may come, once more or at last, at any time */
  GPtrArray *old_answers;      /* (owned) (element-type GBytes) */
  GPtrArray *sticks;           /* (owned) (element-type SimStick) */
  gboolean lies;               /* not all that is said on the line is so */
  gboolean little;             /* requests bring little, so that a sync takes several */
  gboolean merged;             /* the town has taken over the commune's work */
  gboolean rights;             /* one of them audits, some ask for what they may not read, and some are shut out */
  GHashTable *shut_out;        /* (owned) device → (element-type utf8) ids of its changes that had left it by then */
  GHashTable *once_out;        /* (owned) devices that were shut out at any time */
  GHashTable *been_at_hub;     /* (owned) ids that were in a backup of the hub */
  gint64 now_us;
  char *failure;               /* (owned) (nullable) the first thing that was wrong */
};

/* sim-world.c */
void       sim_setup           (void);  /* once a program: the folders that every history begins with */
void       sim_teardown        (void);
McPack    *sim_get_pack        (void);
const char *sim_get_template   (void);
SimWorld  *sim_world_new       (guint64     seed,
                                gboolean    trace);
void       sim_world_free      (SimWorld   *self);
void       sim_say             (SimWorld   *self,
                                const char *format,
                                ...) G_GNUC_PRINTF (2, 3);
void       sim_fail            (SimWorld   *self,
                                const char *format,
                                ...) G_GNUC_PRINTF (2, 3);
/* No page more fits on the disk of @db, until there is room again. */
void       sim_db_fill         (McDb       *db);
void       sim_db_make_room    (McDb       *db);
/* Nobody else opens this file, and power is cut by copying it: neither locks nor fsync are of use. */
void       sim_db_relax        (McDb       *db);
char      *sim_new_folder      (SimWorld   *self,
                                const char *kind) G_GNUC_WARN_UNUSED_RESULT;
void       sim_copy_tree       (const char *from,
                                const char *to);
void       sim_hub_open        (SimWorld   *self);
void       sim_hub_restart     (SimWorld   *self);
void       sim_hub_backup      (SimWorld   *self);
void       sim_hub_restore     (SimWorld   *self);
/* The whole machine, with what the hub keeps outside its store, goes back to a backup: only devices can tell. */
void       sim_hub_put_back    (SimWorld   *self,
                                guint       which);
void       sim_hub_make_room   (SimWorld   *self);
/* Some bytes of a request come to the hub; if @whole its answer, NULL with @out_problem if it refuses. */
GBytes    *sim_hub_deliver     (SimWorld   *self,
                                GBytes     *request,
                                gsize       size,
                                const char **out_problem);

/* sim-device.c */
void       sim_seat_fill_account (guint      seat,
                                  McAccount *out);
SimDevice *sim_device_new      (SimWorld   *world);
void       sim_device_free     (SimDevice  *self);
void       sim_device_open     (SimDevice  *self);
void       sim_device_close    (SimDevice  *self);
void       sim_device_crash    (SimDevice  *self);
void       sim_device_keep     (SimDevice  *self);
void       sim_device_restore  (SimDevice  *self);
void       sim_device_put_back (SimDevice  *self);
void       sim_device_clone    (SimDevice  *self);
void       sim_device_lose     (SimDevice  *self);
void       sim_device_make_room (SimDevice *self);
/* A commit of what the device does next may not go through, or be its last. */
void       sim_device_tempt    (SimDevice  *self,
                                guint       crash_percent,
                                guint       fail_percent);
/* After that: starts again if the power went.  FALSE: something of the act may be missing. */
gboolean   sim_device_settle   (SimDevice  *self);
gboolean   sim_device_sync     (SimDevice  *self,
                                gboolean    calm);
/* A good line, on which after so many turns nothing goes any more. */
void       sim_device_sync_turns (SimDevice *self,
                                  guint      turns);
/* After anything was destroyed: what no longer exists anywhere is nobody's debt. */
void       sim_count_losses    (SimWorld   *world);

/* sim-rights.c */
void       sim_rights_begin    (SimWorld   *world);
/* What @device does, one of the first in such a history: it audits, or asks for a log of another unit. */
void       sim_rights_give     (SimDevice  *device);
/* The table of units says that the town took over the commune's work: it reads and writes there as well. */
void       sim_rights_merge    (SimWorld   *world);
/* Whether those of @own write in @log. */
gboolean   sim_is_at_home      (SimWorld   *world,
                                const char *own,
                                const char *log);
/* The hub shuts somebody out. */
void       sim_rights_shut_out (SimWorld   *world);
gboolean   sim_is_shut_out     (SimDevice  *device);
/* The hub went back, with its list of them or, as a @whole, without. */
void       sim_rights_go_back  (SimWorld   *world,
                                gboolean    whole);
/* An answer, or rows, for @device (nullable), which the hub may have shut out. */
void       sim_rights_check_answer (SimWorld   *world,
                                    const char *device);
/* At rest. */
void       sim_rights_check    (SimWorld   *world);
void       sim_add_ids         (McDb       *db,
                                const char *sql,
                                GHashTable *ids);

/* sim-edit.c */
void       sim_edit_elsewhere  (SimDevice  *device);
gint64     sim_last_number     (SimDevice  *device);
/* Everything after @number is now owed to the one who saved it. */
void       sim_note_saved      (SimDevice  *device,
                                gint64      number,
                                const char *how);
/* Whether the device may only review in @log. */
gboolean   sim_is_reviewer     (SimDevice  *device,
                                const char *log);
void       sim_save            (SimDevice  *device,
                                McEdit     *edit,
                                const char *how);
void       sim_edit            (SimDevice  *device);
void       sim_edit_refused    (SimDevice  *device);
/* Something that a file belongs to. */
void       sim_edit_with_file  (SimDevice  *device);
/* What the hub will refuse, and on the same record what it will hold behind it; then a correction of something refused. */
void       sim_edit_held       (SimDevice  *device);
void       sim_edit_mend       (SimDevice  *device);

/* sim-purge.c: many deletions at once, and the question before they are believed */
void       sim_purge_prepare   (SimDevice  *device);
void       sim_purge           (SimDevice  *device);
/* FALSE: nobody was asked anything. */
gboolean   sim_purge_answer    (SimDevice  *device);

/* sim-files.c */
void       sim_files_attach    (SimDevice  *device,
                                McRecord   *record);
/* A file of the device is deleted by hand, or rots. */
void       sim_files_damage    (SimDevice  *device);
/* One of the hub's is deleted in its folder by hand, or rots. */
void       sim_files_lose      (SimWorld   *world);
/* The hub has read all of its files, as it does by and by. */
void       sim_files_read      (SimWorld   *world);
void       sim_files_fetch     (SimDevice  *device,
                                gboolean    calm);
/* At rest, after everybody has fetched what there is. */
void       sim_files_check     (SimWorld   *world);

/* sim-stick.c */
void       sim_stick_free      (SimStick   *stick);
/* A request goes to the hub by stick, and its answer comes back, without a fault. */
void       sim_stick_exchange  (SimDevice  *device);
/* Somebody writes, carries or reads a bundle, new or old. */
void       sim_stick_step      (SimDevice  *device);
/* All that lie about, in any order. */
void       sim_stick_carry_all (SimWorld   *world);

/* sim-line.c */
McTransport *sim_line_new      (SimDevice  *device,
                                gboolean    calm) G_GNUC_WARN_UNUSED_RESULT;

/* sim-false.c */
/* A request of @device, or an answer to it, that is not what was said; either way it is lied to. */
GBytes    *sim_falsify         (SimDevice  *device,
                                GBytes     *body,
                                gboolean    is_answer) G_GNUC_WARN_UNUSED_RESULT;

/* sim-epoch.c */
/* The heads that the device has to show. */
GPtrArray *sim_epoch_look      (SimDevice  *device) G_GNUC_WARN_UNUSED_RESULT;
/* After that device was through. */
void       sim_epoch_check     (SimDevice  *device,
                                GPtrArray  *heads);

/* sim-tell.c */
/* Where the history is told, what is in every store at this moment. */
void       sim_tell_stores     (SimWorld   *world);

/* sim-history.c */
/* In how many of a hundred histories. */
typedef struct
{
  guint forks;                 /* a stream is written twice */
  guint little;                /* requests bring little */
  guint mergers;               /* one unit has taken over another's work */
  guint lies;                  /* not all that is said is so */
} SimOften;
#define SIM_OFTEN { .forks = 10, .little = 12, .mergers = 15 }

/* NULL, or what was wrong. */
char      *sim_run_history     (guint64         seed,
                                const SimOften *often,
                                gboolean        trace) G_GNUC_WARN_UNUSED_RESULT;

/* sim-deletion.c */
typedef struct _SimDeletions SimDeletions;
SimDeletions *sim_deletions_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void       sim_deletions_free  (SimDeletions *self);
void       sim_deletions_add   (SimDeletions *self,
                                McChange     *change);
gboolean   sim_deletions_hide  (SimDeletions *self,
                                const char   *record);

/* sim-oracle.c */
void       sim_check_groups    (SimDevice  *device);
void       sim_check_synced    (SimDevice  *device);
void       sim_check_rest      (SimWorld   *world);

G_END_DECLS
