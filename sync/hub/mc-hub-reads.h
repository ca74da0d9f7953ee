/* mc-hub-reads.h: which logs a device follows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

/* The names of the logs that @device follows, in the order of their bytes.  Kept until the store is written by another program. */
GPtrArray *mc_hub_list_reads   (McHub         *self,
                                McHubDevice   *device,
                                GError       **error) G_GNUC_WARN_UNUSED_RESULT;   /* (element-type utf8) */
/* After this program itself wrote units. */
void       mc_hub_forget_reads (McHub         *self);
/* Whether the QUIET @payload of @device under @incarnation says of all @logs what is here, and nothing else is to be said of them. */
gboolean   mc_hub_are_quiet    (McHub         *self,
                                McHubDevice   *device,
                                const char    *incarnation,
                                GPtrArray     *logs,
                                GBytes        *payload,
                                gboolean      *out_quiet,
                                GError       **error);

G_END_DECLS
