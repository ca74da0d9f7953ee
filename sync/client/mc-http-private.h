/* mc-http-private.h: a connection, as its own files see it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "client/mc-http-fault.h"
#include "client/mc-http.h"

G_BEGIN_DECLS

struct _McHttp
{
  GMainContext *context;   /* (owned) */
  SoupSession *session;    /* (owned) */
  char *address;           /* (owned) */
  McHubIdentity hub;
  gint64 stall_us, connect_us;

  /* of the connection */
  GSocket *socket;         /* (owned) (nullable) */
  McLineState line;
  McPeer peer;
  guint n_connections;
  gboolean is_fresh;       /* made since the request began, or for it */
  gboolean is_calling;     /* the kernel has been asked to connect */
  gint64 moved_us;         /* when something moved last */
  GCancellable *opening;   /* (owned) (nullable) of the opening ahead of the first request */
  gboolean is_opening;
  GError *open_error;      /* (owned) (nullable) how that ended; the first request's */

  void (*sent) (guint64 bytes, gpointer user_data);   /* (nullable) */
  gpointer sent_data;
  GBytes *came;            /* (owned) (nullable) of the last answer, if it was cut */
};

/* Follows what becomes of the connection that @message goes over. */
void    mc_http_watch_line    (McHttp      *self,
                               SoupMessage *message);
/* While @on, what is sent leaves in full packets, and the rest with what comes next. */
void    mc_http_pack          (McHttp      *self,
                               gboolean     on);
/* Whether what is unsent is forgotten with the connection. */
void    mc_http_drop_at_close (McHttp      *self,
                               gboolean     drop);
void    mc_http_stop_opening  (McHttp      *self);

/* Sends @message once, and waits for the end.  The body of a 200 or 206 goes to @fd as it comes, unless that is −1.
 * *out_again: it failed because the kept connection was dead, and nothing came of it. */
GBytes *mc_http_send (McHttp        *self,
                      SoupMessage   *message,
                      int            fd,
                      GCancellable  *cancellable,
                      gboolean      *out_again,
                      GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
