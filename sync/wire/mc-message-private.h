/* mc-message-private.h: what the files of the messages share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "wire/mc-buffer.h"
#include "wire/mc-message.h"

G_BEGIN_DECLS

/* mc_change_scan() for whoever passes changes on, mc_change_parse() for whoever folds them. */
typedef McChange *(*McMessageParse) (GBytes  *bytes,
                                     GError **error);

/* Sets the error that the frame is cut or malformed; FALSE. */
gboolean   mc_message_refuse       (GError     **error,
                                    const char  *frame);
void       mc_message_read         (McReader    *reader,
                                    GBytes      *payload);
/* (transfer full) (nullable): what @payload unpacks to, read by @reader */
GBytes    *mc_message_unpack       (McReader    *reader,
                                    GBytes      *payload,
                                    const char  *frame,
                                    GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void       mc_message_put_place    (GByteArray     *out,
                                    guint64         place,
                                    const McDigest *chain);
void       mc_message_get_place    (McReader    *reader,
                                    guint64     *place,
                                    McDigest    *chain);
void       mc_message_put_changes  (GByteArray  *out,
                                    GPtrArray   *changes);
/* The changes come without being parsed, and are NULL, until mc_message_parse_all() has parsed all of a payload. */
GPtrArray *mc_message_get_changes  (McReader    *reader,
                                    GArray      *unparsed,
                                    GError     **error) G_GNUC_WARN_UNUSED_RESULT;
GArray    *mc_message_unparsed_new (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean   mc_message_parse_all    (GArray         *unparsed,
                                    McMessageParse  parse,
                                    GError        **error);
/* A group with its device, incarnation, place, signature, holes and changes. */
void       mc_message_put_group    (GByteArray  *raw,
                                    McGroup     *group);
McGroup   *mc_message_get_group    (McReader    *reader,
                                    GArray      *unparsed,
                                    GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void       mc_message_get_hash     (McReader    *reader,
                                    char         out[65]);

G_END_DECLS
