/* mc-hub-pipe.h: an accepted connection as libsoup's server may hold it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libsoup 3.2's server does three things that a hub for hundreds of bad lines cannot have: it reads the end of a
 * connection that rests between two requests and forgets it without closing, it closes blocking, and it knows no time
 * limit.  This pipe stands between it and TLS: an end while resting is kept from libsoup and told to the owner, a
 * close returns at once, and bytes are counted.
 *
 * Signals:
 *   ::ended ()    the client went while the connection rested; from an idle source
 *   ::closed ()   libsoup, or the owner, has closed it; the base is still open
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MC_TYPE_HUB_PIPE (mc_hub_pipe_get_type ())
G_DECLARE_FINAL_TYPE (McHubPipe, mc_hub_pipe, MC, HUB_PIPE, GIOStream)

McHubPipe *mc_hub_pipe_new         (GIOStream  *base) G_GNUC_WARN_UNUSED_RESULT;
/* What is written from now on leaves @socket, below it, in full packets, and the rest as soon as something is to be read:
 * of TLS's six messages, or of the head and the body of an answer, none goes alone.  A bad line loses and delays packets,
 * not bytes. */
void       mc_hub_pipe_pack        (McHubPipe  *self,
                                    GSocket    *socket);
/* Between an answer and the next request. */
void       mc_hub_pipe_set_resting (McHubPipe  *self,
                                    gboolean    resting);
guint64    mc_hub_pipe_get_moved   (McHubPipe  *self);  /* bytes, both ways */

G_END_DECLS
