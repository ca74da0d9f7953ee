/* mc-hub-stream.h: an accepted connection as libsoup's server may hold it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libsoup 3.2's server does three things that a hub for hundreds of bad lines cannot have: it reads the end of a
 * connection that rests between two requests and forgets it without closing, it closes blocking, and it knows no time
 * limit.  This stream stands between it and TLS: an end while resting is kept from libsoup and told to the owner, a
 * close returns at once, and bytes are counted.
 *
 * Signals:
 *   ::ended ()    the client went while the connection rested; from an idle source
 *   ::closed ()   libsoup, or the owner, has closed it; the base is still open
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MC_TYPE_HUB_STREAM (mc_hub_stream_get_type ())
G_DECLARE_FINAL_TYPE (McHubStream, mc_hub_stream, MC, HUB_STREAM, GIOStream)

McHubStream *mc_hub_stream_new         (GIOStream    *base) G_GNUC_WARN_UNUSED_RESULT;
/* Between an answer and the next request. */
void         mc_hub_stream_set_resting (McHubStream  *self,
                                        gboolean      resting);
guint64      mc_hub_stream_get_moved   (McHubStream  *self);  /* bytes, both ways */

G_END_DECLS
