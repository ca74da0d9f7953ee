/* mc-pace.c: how much to ask of a line at once, and how long to leave it alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-pace.h"

#include "wire/mc-sync-error.h"

#define TURN_SECONDS 20      /* what a request takes of the line: between two it rests for a round trip and more */
#define GROWTH       8       /* one short request says little */
#define GOOD_TURNS   8       /* before a ceiling is tried again */
#define DOUBLINGS    16
/* A second, with the hub's own work in it.  Ten thousand changes pack to 23.3 % at level 1 and to 22.9 % at 12, at 760 and
 * 33 MB/s: what that saves is sent sooner than it is packed already at 120 kB a second. */
#define FAST_BYTES   (256 * 1024)

void
mc_pace_begin (McPace  *self,
               guint64  unheard)
{
  /* How far the last request came before it was cut only the hub knows, and all of that would be sent again: the first
   * request is small and asks. */
  *self = (McPace) { .budget = MC_PACE_SMALL_BYTES };
  self->ceiling = unheard > MC_PACE_PROXY_BYTES ? MC_PACE_SMALL_BYTES : MC_PACE_LARGE_BYTES;
}

void
mc_pace_note_turn (McPace *self,
                   gsize   size,
                   gint64  took_us)
{
  double wanted = (double) size / MAX (took_us, 1) * TURN_SECONDS * G_TIME_SPAN_SECOND;

  self->is_fast = wanted >= FAST_BYTES * TURN_SECONDS;
  self->last = size;
  self->n_good++;
  if (self->ceiling < MC_PACE_LARGE_BYTES && self->n_good >= GOOD_TURNS)
    {
      self->ceiling = MIN (self->ceiling * 2, MC_PACE_LARGE_BYTES);
      self->n_good = 0;
    }
  /* One that was not full was mostly waiting: it may show that the line bears more, never that it bears less. */
  if (size < self->budget / 2)
    wanted = MAX (wanted, self->budget);
  wanted = MIN (wanted, (double) self->budget * GROWTH);
  self->budget = CLAMP (wanted, MC_PACE_SMALL_BYTES, self->ceiling);
}

void
mc_pace_note_arrived (McPace  *self,
                      guint64  bytes)
{
  if (bytes > self->last)
    self->ceiling = MC_PACE_LARGE_BYTES;
}

typedef struct
{
  guint first, last;     /* seconds */
} Delays;

static Delays
find_delays (const GError *error)
{
  if (error->domain != MC_SYNC_ERROR)
    return error->domain == G_IO_ERROR ? (Delays) { 0, 0 } : (Delays) { 60, 3600 };

  switch ((McSyncError) error->code)
    {
    case MC_SYNC_ERROR_CUT:
    case MC_SYNC_ERROR_STALLED:
      return (Delays) { 5, 900 };
    case MC_SYNC_ERROR_UNREACHABLE:
      return (Delays) { 15, 900 };
    case MC_SYNC_ERROR_NO_NETWORK:
    case MC_SYNC_ERROR_PORTAL:
    case MC_SYNC_ERROR_PROXY:
    case MC_SYNC_ERROR_UNAVAILABLE:
    case MC_SYNC_ERROR_PROTOCOL:
    case MC_SYNC_ERROR_LOCAL:
      return (Delays) { 60, 1800 };
    case MC_SYNC_ERROR_HUB_FULL:
    case MC_SYNC_ERROR_NOT_A_HUB:
    case MC_SYNC_ERROR_REJECTED:
      return (Delays) { 600, 3600 };
    case MC_SYNC_ERROR_WRONG_KEY:
    case MC_SYNC_ERROR_REVOKED:
    case MC_SYNC_ERROR_UNKNOWN_DEVICE:
    case MC_SYNC_ERROR_BAD_LINE:
    case MC_SYNC_ERROR_SECRET_USED:
    case MC_SYNC_ERROR_SECRET_EXPIRED:
    case MC_SYNC_ERROR_BUNDLE_DAMAGED:
    case MC_SYNC_ERROR_BUNDLE_FOREIGN:
    case MC_SYNC_ERROR_BUNDLE_OTHER:
    case MC_SYNC_ERROR_BUNDLE_NEWER:
    default:
      return (Delays) { 0, 0 };
    }
}

guint
mc_pace_next_delay (guint         attempts,
                    const GError *error,
                    double        random)
{
  Delays delays = find_delays (error);
  double seconds = delays.first * (double) (1u << MIN (MAX (attempts, 1) - 1, DOUBLINGS));

  if (delays.first == 0)
    return 0;

  return MAX (1, MIN (seconds, delays.last) * (0.5 + random));
}
