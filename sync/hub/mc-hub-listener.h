/* mc-hub-listener.h: lets devices in, over TLS, as many and for as long as is fair
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Accepts, shakes hands and hands the connection to libsoup's server; watches the time and closes what stalls, what
 * dribbles and what rests too long.  One main context.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct
{
  guint max_connections;
  guint max_shaking;           /* hands at once; a quarter of them from one neighbourhood */
  guint knock_seconds;         /* until it is one's turn to */
  guint hurry_seconds;         /* for shaking hands while neighbours wait for their turn */
  guint welcome_seconds;       /* in which nobody who was let in is sent away for another */
  guint work_seconds;          /* in which nobody who is at work is */
  guint handshake_seconds;     /* for that; and for saying anything at all before */
  guint header_seconds;        /* from the handshake, or a request's first byte, to the end of its headers */
  guint stall_seconds;         /* in which at least @stall_bytes must move, one way or the other */
  guint stall_bytes;
  guint idle_seconds;          /* between two requests */
} McHubLimits;

typedef struct _McHubListener McHubListener;

extern const McHubLimits mc_hub_limits_default;

McHubListener *mc_hub_listener_new               (SoupServer          *soup,
                                                  GTlsCertificate     *certificate, /* (nullable) NULL = without TLS */
                                                  const char          *address,
                                                  guint                port,
                                                  GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void           mc_hub_listener_free              (McHubListener       *self);
void           mc_hub_listener_set_limits        (McHubListener       *self,
                                                  const McHubLimits   *limits);
guint          mc_hub_listener_get_port          (McHubListener       *self);
guint          mc_hub_listener_get_n_connections (McHubListener       *self);
/* Cuts the connection of @message, which has sent enough. */
void           mc_hub_listener_drop              (McHubListener       *self,
                                                  SoupServerMessage   *message);
/* Lets nobody in any more and waits, at most so long, until the requests under way are answered. */
void           mc_hub_listener_drain             (McHubListener       *self,
                                                  guint                seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHubListener, mc_hub_listener_free)

G_END_DECLS
