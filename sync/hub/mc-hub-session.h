/* mc-hub-session.h: one request of POST /v1/sync, from its first byte to the answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Knows no network: bytes go in as they arrive, the answer comes out.  Every complete frame is committed as soon as the
 * one before it is, at the latest when the session ends, so a line that is cut loses only what was not whole.
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

typedef struct _McHubSession McHubSession;

McHubSession *mc_hub_session_new         (McHub         *hub,
                                          gint64         now_us) G_GNUC_WARN_UNUSED_RESULT;
void          mc_hub_session_free        (McHubSession  *self);
/* Before the first byte: what comes is kept in a thread, while the next bytes are pushed.  For a session in a main loop,
 * which is told when that is done; mc_hub_session_push() of another session of the hub waits for it. */
void          mc_hub_session_take_ahead  (McHubSession  *self);
/* When it returns, all that came whole is kept, or the session has a problem. */
void          mc_hub_session_settle      (McHubSession  *self);
void          mc_hub_session_push        (McHubSession  *self,
                                          gconstpointer  data,
                                          gsize          size);
/* The answer; NULL when the request was refused as a whole: see mc_hub_session_get_problem(). */
GBytes       *mc_hub_session_finish      (McHubSession  *self) G_GNUC_WARN_UNUSED_RESULT;
/* For a bundle, before the first byte: its size is not limited, and its HELLO and CURSORs come back with the answer. */
void          mc_hub_session_set_bundle  (McHubSession  *self);
typedef gboolean (*McHubPieceFunc)       (GBytes        *piece,
                                          gpointer       user_data,
                                          GError       **error);
/* The answer in pieces, with all pages of the logs up to about @max_bytes: who waits for a stick asks once.  FALSE when
 * the request was refused as a whole, or with the error of @func. */
gboolean      mc_hub_session_finish_all  (McHubSession  *self,
                                          guint64        max_bytes,
                                          McHubPieceFunc func,
                                          gpointer       user_data,
                                          GError       **error);
const char   *mc_hub_session_get_problem (McHubSession  *self);  /* (nullable) slug */
const char   *mc_hub_session_get_detail  (McHubSession  *self);  /* (nullable) English */
const char   *mc_hub_session_get_device  (McHubSession  *self);  /* (nullable) */
void          mc_hub_session_get_counts  (McHubSession  *self,
                                          guint         *out_changes,
                                          guint         *out_refused,
                                          guint64       *out_evidence_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHubSession, mc_hub_session_free)

G_END_DECLS
