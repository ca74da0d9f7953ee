/* mc-hub-turns.h: how many requests of one device are under way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request holds memory until its answer is read, and the reader may be slow.  A device has one at a time, a second from
 * another program on it, and perhaps some from lines that have died unheard; past MC_TURNS_MAX the oldest gives way.
 */

#pragma once

#include "hub/mc-hub-listener.h"

G_BEGIN_DECLS

typedef struct _McHubTurns McHubTurns;

McHubTurns *mc_hub_turns_new          (void) G_GNUC_WARN_UNUSED_RESULT;
/* Messages that are still under way are forgotten. */
void        mc_hub_turns_free         (McHubTurns        *self);
void        mc_hub_turns_set_listener (McHubTurns        *self,
                                       McHubListener     *listener);
/* @message is of @device, which has proven it; until it is gone. */
void        mc_hub_turns_take         (McHubTurns        *self,
                                       const char        *device,
                                       SoupServerMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHubTurns, mc_hub_turns_free)

G_END_DECLS
