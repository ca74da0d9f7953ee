/* rounds.h: real programs that end in the middle, and what must be true all the same
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "faults/relay.h"
#include "two-ends.h"

G_BEGIN_DECLS

#define N_PLACES 3   /* two PCs of one commune, and the district */

/* Something a person was told is saved, or may have been: the program ended before it said so. */
typedef struct
{
  int number;       /* of a certified copy, or 0 */
  char *sha256;     /* (owned) (nullable) of an evidence file */
  gboolean told;
} Saved;

typedef struct
{
  Fixture ends;
  Relay *bytes, *requests;   /* (owned) */
  GRand *chance;             /* (owned) */
  char *ctl;                 /* (owned) */
  char *dirs[N_PLACES];      /* (owned) */
  char *plans[N_PLACES];     /* (owned) (nullable) a record that files are attached to */
  GArray *saved;             /* (owned) (element-type Saved) */
  gboolean cuts_power;       /* the programs that are started from now on run out of it at some moment */
  gboolean is_told;          /* … when they are told to, by SIGUSR2 */
  gboolean disk_lies;        /* and their disk says that it has what it has not */
  int next_number;
  gint64 usual_us;           /* how long an undisturbed ctl takes here and now */
  guint n_killed_ctl, n_killed_hub, n_failed_syncs;
  guint n_lost, n_doubled, n_arrived;
} Rounds;

Rounds   *rounds_new         (guint32      seed) G_GNUC_WARN_UNUSED_RESULT;
void      rounds_free        (Rounds      *self);
guint     rounds_below       (Rounds      *self,
                              guint        n);   /* 0 … n − 1 */

/* Starts minhchungctl on the store of @place with @first and the words after it. */
GSubprocess *rounds_spawn    (Rounds      *self,
                              guint        place,
                              const char  *first,
                              ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;
/* Waits for it, if @kill_after_us >= 0 only for so long; what it said.  Takes @process. */
char     *rounds_end         (Rounds      *self,
                              GSubprocess *process,
                              gint64       kill_after_us,
                              gboolean    *out_done) G_GNUC_WARN_UNUSED_RESULT;
void      rounds_kill_hub    (Rounds      *self);
/* NAME=VALUE with which a program that writes in @dir runs out of power. */
GStrv     rounds_power_env   (Rounds      *self,
                              const char  *dir) G_GNUC_WARN_UNUSED_RESULT;
/* What the hub has told anybody it has, it has. */
void      rounds_check_promises (Rounds   *self);
void      rounds_save        (Rounds      *self,
                              guint        place,
                              gint64       kill_after_us);
void      rounds_attach      (Rounds      *self,
                              guint        place,
                              gsize        size,
                              gint64       kill_after_us);

/* PRAGMA integrity_check of the stores and of the hub. */
void      rounds_check_files (Rounds      *self);
/* Everything syncs in peace; then what was saved is everywhere, once. */
void      rounds_check_rest  (Rounds      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rounds, rounds_free)

G_END_DECLS
