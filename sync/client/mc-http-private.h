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

  void (*sent) (guint64 bytes, gpointer user_data);   /* (nullable) */
  gpointer sent_data;
  GBytes *came;            /* (owned) (nullable) of the last answer, if it was cut */
};

/* Sends @message once, and waits for the end.  The body of a 200 or 206 goes to @fd as it comes, unless that is −1.
 * *out_again: it failed because the kept connection was dead, and nothing came of it. */
GBytes *mc_http_send (McHttp        *self,
                      SoupMessage   *message,
                      int            fd,
                      GCancellable  *cancellable,
                      gboolean      *out_again,
                      GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
