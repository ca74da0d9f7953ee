/* mc-http-fault.h: what it means when no hub's answer came, in the kinds that people are told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How far a connection came; later is larger. */
typedef enum
{
  MC_LINE_NONE,        /* looking for the hub, or for the proxy before it */
  MC_LINE_CONNECTED,   /* somebody has taken the call */
  MC_LINE_SECURE,      /* and holds the key */
} McLineState;

/* What the certificate of the other side showed. */
typedef enum
{
  MC_PEER_UNKNOWN,
  MC_PEER_RIGHT,
  MC_PEER_OTHER_HUB,   /* a hub's certificate, of another key */
  MC_PEER_STRANGER,
} McPeer;

/* Sets @error for a request that failed with @cause. */
void     mc_http_fault_from_error  (const char    *address,
                                    McLineState    line,
                                    McPeer         peer,
                                    const GError  *cause,
                                    GError       **error);
/* Whether an answer is the hub's, wanted or a problem: if not, or a problem, sets @error.  @peer tells whether its
 * sender held the hub's key. */
gboolean mc_http_fault_from_answer (const char    *address,
                                    McPeer         peer,
                                    guint          status,
                                    const char    *content_type,
                                    GBytes        *body,
                                    GError       **error);

G_END_DECLS
