/* relay-private.h: what the two kinds of relay share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "faults/relay.h"

G_BEGIN_DECLS

struct _Relay
{
  guint to_port, port;
  int listener;
  GThread *thread;
  GTlsCertificate *certificate;   /* (owned) (nullable) of a relay of requests */
  GMutex lock;                    /* of what follows */
  RelayPlan plan;
  GPtrArray *threads;             /* (owned) */
  GArray *sockets;                /* (owned) (element-type int) open ones */
  GBytes *last_request;           /* (owned) (nullable) */
  guint64 up, down;
  guint connections;
  gboolean closing;
};

typedef struct
{
  Relay *relay;
  int device;
  RelayPlan plan;
} RelayLine;

/* -1 if nobody listens there. */
int   relay_connect       (Relay     *self);
/* Its owner closes it now. */
void  relay_forget_socket (Relay     *self,
                           int        fd);
void  relay_close_socket  (Relay     *self,
                           int        fd,
                           gboolean   reset);
void  relay_run_inside    (RelayLine *line);

G_END_DECLS
