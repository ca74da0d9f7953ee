/* mc-message-quiet.h: many logs in a word: that all are as they were, and which of them a device may read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-digest.h"

G_BEGIN_DECLS

#define MC_QUIET_BYTES 16

/* QUIET is the beginning of the SHA-256 of these heads of logs and of the device's own streams in them, which stand in the order of
 * their logs' names as bytes. */
void        mc_quiet_add     (GByteArray     *heads,
                              const char     *log,
                              guint64         seq,
                              const McDigest *chain,
                              guint64         n,
                              const McDigest *n_chain);
GByteArray *mc_encode_quiet  (GByteArray     *heads) G_GNUC_WARN_UNUSED_RESULT;
/* Whether @payload, of a QUIET, speaks of just @heads. */
gboolean    mc_is_quiet      (GBytes         *payload,
                              GByteArray     *heads);

/* READS: names of logs, one at least and MC_CURSORS_MAX at most. */
GByteArray *mc_encode_reads  (GPtrArray      *logs) G_GNUC_WARN_UNUSED_RESULT;   /* (element-type utf8) */
GStrv       mc_decode_reads  (GBytes         *payload,
                              GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
