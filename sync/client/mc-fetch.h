/* mc-fetch.h: evidence files of others, brought here; blocking
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of a file stays when the line is cut, and the next attempt goes on after it.  A file exists for anyone only
 * when its whole hash is what the record says.
 */

#pragma once

#include "client/mc-account.h"

G_BEGIN_DECLS

#define MC_FETCH_PART_BYTES (128 * 1024)

typedef void (*McFetchProgress) (guint64   done,
                                 guint64   total,
                                 gpointer  user_data);

/* What brings a piece of what lies at the hub: HTTPS, or a simulation. */
typedef struct _McFetchLine McFetchLine;
struct _McFetchLine
{
  /* Blocking.  At most @size bytes from @offset on, or NULL with an MC_SYNC_ERROR; MC_SYNC_ERROR_REJECTED: not there. */
  GBytes *(*get_part) (McFetchLine         *self,
                       const char          *path,
                       guint64              offset,
                       gsize                size,
                       GCancellable        *cancellable,
                       GError             **error);
  gsize part_bytes;          /* how much at once */
};

/* TRUE once the whole file is on this machine, also if it was before; a damaged one is replaced.  MC_SYNC_ERROR_REJECTED: the hub does not have it yet, or
 * not for this device. */
gboolean mc_fetch_evidence     (McJournal        *journal,
                                McAccount        *account,
                                const char       *sha256,
                                McFetchProgress   progress,
                                gpointer          user_data,
                                GCancellable     *cancellable,
                                GError          **error);
/* All that records name and that is missing here, smallest first, none larger than @max_bytes (0 = any); goes on past what
 * the hub does not have either. */
gboolean mc_fetch_all_evidence (McJournal        *journal,
                                McAccount        *account,
                                gint64            max_bytes,
                                guint            *out_fetched,
                                guint            *out_missing,
                                GCancellable     *cancellable,
                                GError          **error);

/* As mc_fetch_all_evidence(), over @line. */
gboolean mc_fetch_all_over     (McJournal        *journal,
                                McAccount        *account,
                                McFetchLine      *line,
                                gint64            max_bytes,
                                guint            *out_fetched,
                                guint            *out_missing,
                                GCancellable     *cancellable,
                                GError          **error);

G_END_DECLS
