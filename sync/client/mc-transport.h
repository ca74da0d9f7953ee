/* mc-transport.h: what carries a request to the hub and its answer back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session knows bytes; HTTPS is one way to carry them (mc-http.h).  A simulation is another.
 */

#pragma once

#include <gio/gio.h>

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

  /* (nullable): set by whoever posts; called now and then during a post, in its thread, with how much of the request
   * has left this machine. */
  void    (*sent) (guint64        bytes,
                   gpointer       user_data);
  gpointer sent_data;
  /* Set by whoever made it: the line costs by the byte, files wait for another one. */
  gboolean is_costly;
};

G_END_DECLS
