/* mc-pace.h: how much to ask of a line at once, and how long to leave it alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arithmetic only: no clock, no line, no chance of its own.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MC_PACE_SMALL_BYTES  (64 * 1024)         /* every line takes that, also through a proxy that keeps all until the end */
#define MC_PACE_LARGE_BYTES  (4 * 1024 * 1024)   /* what this machine keeps of a request in memory */
#define MC_PACE_PROXY_BYTES  (128 * 1024)        /* so much sent and nothing arrived: somebody keeps it */

typedef struct
{
  gsize budget;      /* bytes of the next request */
  gsize ceiling;
  gsize last;        /* bytes of the last one */
  gboolean is_fast;  /* the line takes bytes sooner than they can be packed well */
  guint n_good;      /* requests in a row that went through below the ceiling */
} McPace;

/* @unheard: bytes of the last request that had no answer, in the session before this one. */
void   mc_pace_begin        (McPace       *self,
                             guint64       unheard);
/* A request of @size bytes was answered after @took_us. */
void   mc_pace_note_turn    (McPace       *self,
                             gsize         size,
                             gint64        took_us);
/* Bytes had arrived that were not in the last request: what was unheard went through after all. */
void   mc_pace_note_arrived (McPace       *self,
                             guint64       bytes);

/**
 * mc_pace_next_delay:
 * @attempts: how many have failed in a row, at least 1
 * @error: how the last one failed
 * @random: from 0 to below 1
 *
 * Half to one and a half times a time that doubles from attempt to attempt, so that a hundred devices that failed at
 * once do not come back at once.
 *
 * Returns: seconds until the next try; 0 = none by itself, a person has to do something first
 */
guint  mc_pace_next_delay   (guint         attempts,
                             const GError *error,
                             double        random);

G_END_DECLS
