/* mc-hub-answer.h: what every route of the hub's server answers with, and who asks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "hub/mc-hub.h"

G_BEGIN_DECLS

/* A problem document, RFC 9457, with the status that belongs to @slug. */
void         mc_hub_answer_problem (SoupServerMessage *message,
                                    const char        *slug,
                                    const char        *detail);   /* (nullable) */
void         mc_hub_answer_json    (SoupServerMessage *message,
                                    guint              status,
                                    char              *text);     /* (transfer full) */
/* Whether the request's method is one of @allowed, such as "GET, HEAD"; else that was answered. */
gboolean     mc_hub_answer_method  (SoupServerMessage *message,
                                    const char        *allowed);
/* The device that signed this request for @path, or NULL after a problem was answered. */
McHubDevice *mc_hub_authenticate   (McHub             *hub,
                                    SoupServerMessage *message,
                                    const char        *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
