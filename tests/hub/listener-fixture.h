/* listener-fixture.h: a hub that listens, and clients that write what they like
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hub runs in the main context of this thread, its clients in a thread of their own.
 */

#pragma once

#include "hub/hub-fixture.h"
#include "hub/mc-hub-server.h"

#define HEALTH "GET /v1/health HTTP/1.1\r\nHost: hub\r\n\r\n"

typedef struct
{
  Fixture base;
  McHubServer *server;
  McHubListener *listener;
  guint port;
} Listening;

typedef void (*ClientFunc) (Listening *fixture);

void listener_set_up (Listening *fixture, gconstpointer data);
void listener_tear_down (Listening *fixture, gconstpointer data);
/* Runs @func in a thread, and the hub until it is through. */
void listener_run_client (Listening *fixture, ClientFunc func);
/* @from (nullable): the address that the hub sees, such as 127.0.0.2. */
GSocketConnection *listener_connect_plain (Listening *fixture, const char *from);
/* A connection after its handshake; @out_socket (nullable) to treat it badly. */
GIOStream *listener_connect_tls (Listening *fixture, const char *from, GSocket **out_socket);
gboolean listener_accept_cb (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags flags, gpointer user_data);
void listener_say (GIOStream *stream, const char *text);
/* The status of the answer that follows, read with its body; 0 = the connection is at its end. */
guint listener_hear (GIOStream *stream);
/* Runs the hub until it holds @count connections. */
void listener_wait_for_connections (Listening *fixture, guint count);
