/* mc-hub-listener-private.h: the connections of a listener, as its own files see them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-listener.h"
#include "hub/mc-hub-pipe.h"

G_BEGIN_DECLS

typedef enum
{
  MC_HUB_KNOCKING,     /* accepted, and silent as yet, or not asked yet who it is */
  MC_HUB_SHAKING,      /* hands */
  MC_HUB_WAITING,      /* for the headers of a request */
  MC_HUB_BUSY,         /* with a body or an answer */
  MC_HUB_RESTING,      /* between two requests */
  MC_HUB_LEAVING,      /* says goodbye */
} McHubState;

typedef struct
{
  McHubListener *listener;
  GSocket *socket;              /* (owned) */
  GIOStream *base;              /* (owned) (nullable) TLS, or the socket itself */
  McHubPipe *pipe;              /* (owned) (nullable) once libsoup has it */
  GSocketAddress *remote;       /* (owned) libsoup gives it back with every message */
  guint64 neighbourhood;        /* whose connections are counted together */
  SoupServerMessage *message;   /* (owned) (nullable) the last one: by it libsoup can be made to let go */
  McHubState state;
  GSource *knock_source;        /* (owned) (nullable) waits for its first byte */
  gint64 since_us;              /* of the state */
  guint64 since_moved;
  gint64 mark_us;               /* a stall is counted from here */
  guint64 mark_moved;
  guint cut_source, gone_source;
} McHubConnection;

struct _McHubListener
{
  SoupServer *soup;             /* (owned) */
  GTlsCertificate *certificate; /* (owned) (nullable) */
  McHubLimits limits;
  GSocket *socket;              /* (owned) (nullable) */
  GSource *accept_source;       /* (owned) (nullable) */
  guint pause_source;
  guint sweep_source;
  GPtrArray *connections;       /* (owned) (element-type McHubConnection) */
  GSocket *never;               /* (owned) what libsoup believes to listen on */
  int never_peer;
  gboolean draining;
};

/* one connection */

McHubConnection *mc_hub_connection_new        (McHubListener     *listener,
                                               GSocket           *socket,
                                               GSocketAddress    *remote) G_GNUC_WARN_UNUSED_RESULT;
void             mc_hub_connection_free       (McHubConnection   *self);
/* The one that @message came over; NULL once it is gone. */
McHubConnection *mc_hub_connection_find       (SoupServerMessage *message);
void             mc_hub_connection_set_state  (McHubConnection   *self,
                                               McHubState         state);
/* A request has begun. */
void             mc_hub_connection_begin      (McHubConnection   *self,
                                               SoupServerMessage *message);
/* Gives it to libsoup. */
void             mc_hub_connection_serve      (McHubConnection   *self);
/* Takes it away from libsoup, whatever it is about, and closes it.  Not from within a signal of its message. */
void             mc_hub_connection_leave      (McHubConnection   *self);
/* Ends the line from here on; libsoup hears of it and lets go. */
void             mc_hub_connection_break      (McHubConnection   *self);
/* Why it ends, in the log. */
void             mc_hub_connection_tell       (McHubConnection   *self,
                                               const char        *why);
/* All three. */
void             mc_hub_connection_cut        (McHubConnection   *self,
                                               const char        *why);
/* (nullable): why its time is over. */
const char      *mc_hub_connection_find_fault (McHubConnection   *self,
                                               gint64             now_us);

/* the crowd */

/* Whether one more may be let in; if not, somebody may have been sent away for it. */
gboolean         mc_hub_crowd_make_room       (McHubListener     *self);
/* (nullable): who has been knocking longest of those whose turn it is to shake hands. */
McHubConnection *mc_hub_crowd_find_next       (McHubListener     *self);
/* Cuts who takes too long over it, one for each neighbour of his that waits. */
void             mc_hub_crowd_hurry           (McHubListener     *self);

/* The connection is at its end. */
void             mc_hub_listener_forget       (McHubListener     *self,
                                               McHubConnection   *connection);

G_END_DECLS
