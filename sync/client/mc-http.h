/* mc-http.h: one pinned connection to the hub; blocking
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Made, used and freed in one thread.  One request is under way at a time, over a connection that is kept.  No request
 * has a time limit as a whole: one in which nothing moves for a minute has failed.  A cancel ends it at once.
 */

#pragma once

#include <gio/gio.h>

#include "client/mc-transport.h"
#include "wire/mc-keys.h"

G_BEGIN_DECLS

typedef struct _McHttp McHttp;

McHttp   *mc_http_new     (const char           *address,
                           const McHubIdentity  *hub) G_GNUC_WARN_UNUSED_RESULT;
void      mc_http_free    (McHttp               *self);
/* Begins to connect, ahead of the first request, and returns at once: a few milliseconds, or fifty where a name must be asked
 * for.  How it ends is the first request's to say. */
void      mc_http_open    (McHttp               *self);
/* The body of a 200; anything else is an MC_SYNC_ERROR. */
GBytes   *mc_http_post    (McHttp               *self,
                           const char           *path,
                           const char           *type,
                           GBytes               *body,
                           GCancellable         *cancellable,
                           GError              **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes   *mc_http_get     (McHttp               *self,
                           const char           *path,
                           const char           *device,
                           const McSigningKey   *key,
                           GCancellable         *cancellable,
                           GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* A part of what is there: @size bytes from @offset on, fewer at its end. */
GBytes   *mc_http_get_part (McHttp              *self,
                            const char          *path,
                            const char          *device,
                            const McSigningKey  *key,
                            guint64              offset,
                            gsize                size,
                            GCancellable        *cancellable,
                            GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* A GET into a file, which goes on behind what is there of it; what came before an error stays.  *out_none: there is
 * nothing of that path (204), and no file. */
gboolean  mc_http_get_file (McHttp              *self,
                            const char          *path,
                            const char          *device,
                            const McSigningKey  *key,
                            const char          *file,
                            gboolean            *out_none,
                            GCancellable        *cancellable,
                            GError             **error);
/* A signed POST of bytes that belong at @offset of @total.  *out_whole: the hub has them all, and the answer is to the whole;
 * else it says how far it has them. */
GBytes   *mc_http_post_piece (McHttp              *self,
                              const char          *path,
                              const char          *device,
                              const McSigningKey  *key,
                              GBytes              *piece,
                              guint64              offset,
                              guint64              total,
                              gboolean            *out_whole,
                              GCancellable        *cancellable,
                              GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* For tests: how long is a stall, and how long a call may ring. */
void      mc_http_set_patience (McHttp          *self,
                                guint            stall_seconds,
                                guint            connect_seconds);
guint     mc_http_get_n_connections (McHttp     *self);

/* POST /v1/sync over a connection of its own. */
McTransport *mc_http_transport_new (const char          *address,
                                    const McHubIdentity *hub) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHttp, mc_http_free)

G_END_DECLS
