/* mc-transport.h: what carries a request to the hub and its answer back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session knows bytes; HTTPS is one way to carry them (mc-http.h).  A simulation is another.
 */

#pragma once

#include "wire/mc-keys.h"

G_BEGIN_DECLS

typedef struct _McTransport McTransport;

struct _McTransport
{
  /* Blocking.  The body of the answer, or NULL with an MC_SYNC_ERROR, or G_IO_ERROR_CANCELLED.  What came of a request
   * that has no answer is not known. */
  GBytes *(*post) (McTransport   *self,
                   GBytes        *body,
                   GCancellable  *cancellable,
                   GError       **error);
  void    (*free) (McTransport   *self);

  /* (nullable): a signed GET into the file at @file, which goes on behind what is there of it.  Blocking.  FALSE with an
   * error as of post; what came before one stays in the file.  *out_none: there is no such thing, and no file. */
  gboolean (*get) (McTransport         *self,
                   const char          *path,
                   const char          *device,
                   const McSigningKey  *key,
                   const char          *file,
                   gboolean            *out_none,
                   GCancellable        *cancellable,
                   GError             **error);

  /* (nullable): the time by which the line is measured, in microseconds that only grow; NULL = the machine's. */
  gint64 (*now_us) (McTransport         *self);

  /* post() touches nothing but the line: another thread may work with the store meanwhile. */
  gboolean is_apart;
  /* About how much of changes a request brings of each log, and the next goes ahead of the answer whenever it may: for a
   * simulation, whose histories are short.  0 = what the line bears. */
  gsize request_bytes;

  /* (nullable): set by whoever posts; called now and then during a post, in its thread, with how much of the request
   * has left this machine. */
  void    (*sent) (guint64        bytes,
                   gpointer       user_data);
  gpointer sent_data;
  /* (owned) (nullable): what came of the answer to the last post, where that failed after the hub had begun to answer. */
  GBytes *came;
  /* Set by whoever made it: the line costs by the byte, files wait for another one. */
  gboolean is_costly;
};

G_END_DECLS
