/* mc-hub-heal.h: how a hub that went back gets again what its devices still have
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nobody is asked: devices show where the logs part, hand back the rows of others, and these prove themselves by their
 * authors' signatures and the hub's own certificates.
 */

#pragma once

#include "hub/mc-hub-log.h"
#include "wire/mc-certificate.h"
#include "wire/mc-message-heal.h"

G_BEGIN_DECLS

/* Narrows where the device's log and this one part by the chains it shows; @places (nullable). */
gboolean  mc_hub_find_parting     (McHub          *self,
                                   McCursorFrame  *cursor,
                                   GArray         *places,
                                   guint64        *out_common,
                                   guint64        *out_parted,
                                   GError        **error);
/* A head that this hub signed and does not have any more: it went back, and takes a new epoch. */
gboolean  mc_hub_look_at_head     (McHub          *self,
                                   const char     *log,
                                   const McCursor *head,
                                   gint64          now_us,
                                   GError        **error);
/* In an open transaction: takes what proves itself of @groups, none of @sender; the others are left to who can prove
 * them.  @unproven (inout): of how many of this request no signature held; past MC_UNPROVEN_MAX none is looked at. */
gboolean  mc_hub_take_rows        (McHub          *self,
                                   const char     *log,
                                   const char     *sender,
                                   GPtrArray      *groups,
                                   gint64          now_us,
                                   guint          *unproven,
                                   guint          *out_taken,
                                   GError        **error);
/* In an open transaction: @group at places that @stream has by their hash alone; or, as it @was_row, which is held.
 * @out_taken FALSE: it is none such. */
gboolean  mc_hub_take_late        (McHub          *self,
                                   McHubDevice    *author,
                                   McHubStream    *stream,
                                   McGroup        *group,
                                   gboolean        was_row,
                                   gint64          now_us,
                                   McVerdict      *out_verdict,
                                   gboolean       *out_taken,
                                   GError        **error);
/* How far the streams of @log are here.  Those of the device @asker only up to the first place of which the hash alone is here:
 * under a former incarnation it is not asked for that by WANTED, and nobody else has it. */
GPtrArray *mc_hub_list_streams    (McHub          *self,
                                   const char     *log,
                                   const char     *asker,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McStreamPlace) */
/* (element-type guint64) places of @stream that its author is asked for */
GArray   *mc_hub_list_wanted      (McHub          *self,
                                   McHubStream    *stream,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/* Lets a device in that this hub certified once and does not know any more. */
gboolean  mc_hub_take_certificate (McHub          *self,
                                   const char     *json,
                                   gsize           size,
                                   GError        **error);
/* (nullable) without an error: unknown */
McCertificate *mc_hub_certify     (McHub          *self,
                                   const char     *device,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
