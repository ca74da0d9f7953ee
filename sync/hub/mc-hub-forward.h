/* mc-hub-forward.h: bundles that somebody's PC carries in over the network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * POST /v1/bundle/SHA256.  Whoever carries one cannot read it, and what is in it counts as if its author had synced.
 */

#pragma once

#include <libsoup/soup.h>

#include "hub/mc-hub-listener.h"
#include "hub/mc-hub.h"

G_BEGIN_DECLS

typedef struct _McHubForward McHubForward;

McHubForward *mc_hub_forward_new          (McHub         *hub) G_GNUC_WARN_UNUSED_RESULT;
/* Waits for the thread, which stops between two pieces of a bundle. */
void          mc_hub_forward_free         (McHubForward  *self);
/* By which it gets rid of who sends on although he was refused. */
void          mc_hub_forward_set_listener (McHubForward  *self,
                                           McHubListener *listener);
/* The early handler of the path. */
void          mc_hub_forward_cb           (SoupServer        *soup,
                                           SoupServerMessage *message,
                                           const char        *path,
                                           GHashTable        *query,
                                           gpointer           user_data);

G_END_DECLS
