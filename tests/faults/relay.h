/* relay.h: a line between device and hub that does what bad lines do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A relay of bytes knows nothing of TLS: it delays, cuts after byte k, stalls.  A relay of requests holds the key of the
 * test's own hub and so stands where only the hub could: it delivers a request twice, loses an answer that was on its
 * way, answers in the hub's place.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RELAY_NEVER (-1)

/* What befalls one connection.  Bytes are counted from its beginning, each way for itself. */
typedef struct
{
  gint64 cut_up, cut_down;      /* the connection ends after this byte of the device's, of the hub's */
  gint64 stall_up, stall_down;  /* after this byte nothing more comes through, and nothing ends */
  guint delay_ms;               /* before each piece */
  gboolean reset;               /* a cut is a reset, not an end */
  guint copies;                 /* relay of requests: how often the hub gets each; 0 = once */
  gboolean lose_answer;         /* relay of requests: the hub has answered, the device never hears it */
  const char *answer;           /* whole, in place of the hub's */
} RelayPlan;

#define RELAY_PLAN_NONE { RELAY_NEVER, RELAY_NEVER, RELAY_NEVER, RELAY_NEVER, 0, FALSE, 0, FALSE, NULL }

typedef struct _Relay Relay;

/* A relay of bytes to @port of this machine. */
Relay   *relay_new          (guint            port) G_GNUC_WARN_UNUSED_RESULT;
/* A relay of requests, with the keys that lie in @hub_dir. */
Relay   *relay_new_inside   (guint            port,
                             const char      *hub_dir) G_GNUC_WARN_UNUSED_RESULT;
void     relay_free         (Relay           *self);
guint    relay_get_port     (Relay           *self);
/* For the connections from now on. */
void     relay_set_plan     (Relay           *self,
                             const RelayPlan *plan);
/* Since the last call: bytes of both ways, and connections. */
void     relay_take_counts  (Relay           *self,
                             guint64         *out_up,
                             guint64         *out_down,
                             guint           *out_connections);
/* The requests, headers and body, that came through a relay of requests so far, the last one last. */
GBytes  *relay_dup_request  (Relay           *self);
/* Hands the hub a request that came through earlier, once more; its answer. */
GBytes  *relay_replay       (Relay           *self,
                             GBytes          *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)

G_END_DECLS
