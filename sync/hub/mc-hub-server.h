/* mc-hub-server.h: the hub on the network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-listener.h"
#include "hub/mc-hub.h"

G_BEGIN_DECLS

typedef struct _McHubServer McHubServer;

/* Listens on @port, 0 = any free one; runs in the default main context.  @hub stays the caller's. */
McHubServer *mc_hub_server_new      (McHub        *hub,
                                     const char   *address,
                                     guint         port,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;
void         mc_hub_server_free     (McHubServer  *self);
guint        mc_hub_server_get_port (McHubServer  *self);
/* For tests: how long wrong secrets count. */
void         mc_hub_server_set_minute (McHubServer *self,
                                       guint        seconds);
/* For tests: counts a wrong secret from @address as one that came over the line. */
void         mc_hub_server_note_wrong_secret (McHubServer *self,
                                              const char  *address);
McHubListener *mc_hub_server_get_listener (McHubServer *self);  /* its limits, and a stop without haste */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHubServer, mc_hub_server_free)

G_END_DECLS
