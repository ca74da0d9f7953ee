/* mc-hub-log.h: judging groups and reading pages of unit logs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub.h"

G_BEGIN_DECLS

/* How far the hub is in one device's stream. */
typedef struct
{
  char *device, *incarnation, *log;  /* (owned) */
  guint64 n;
  McDigest chain;
  GByteArray *holes;                 /* (owned) */
} McHubStream;

gboolean  mc_hub_stream_load    (McHub          *self,
                                 const char     *device,
                                 const char     *incarnation,
                                 const char     *log,
                                 McHubStream    *out,
                                 GError        **error);
void      mc_hub_stream_clear   (McHubStream    *stream);

/* In an open transaction: judges one group that follows the stream, appends it or keeps it refused. */
gboolean  mc_hub_take_group     (McHub          *self,
                                 McHubDevice    *device,
                                 McHubStream    *stream,
                                 McGroup        *group,
                                 gint64          now_us,
                                 McVerdict      *out_verdict,
                                 GError        **error);
/* The verdicts of groups that were judged before, from @from to @to. */
gboolean  mc_hub_repeat_verdicts (McHub         *self,
                                  McHubStream   *stream,
                                  guint64        from,
                                  guint64        to,
                                  GArray        *verdicts,
                                  GError       **error);

gboolean  mc_hub_get_head       (McHub          *self,
                                 const char     *log,
                                 guint64        *out_seq,
                                 McDigest       *out_chain,
                                 GError        **error);
gboolean  mc_hub_get_chain      (McHub          *self,
                                 const char     *log,
                                 guint64         seq,
                                 McDigest       *out_chain,
                                 GError        **error);
/* Rows after @seq, whole groups, about @max_bytes; the head in it is signed.  Rows of @reader's own stream
 * (nullable) come without their bytes. */
gboolean  mc_hub_read_page      (McHub          *self,
                                 const char     *log,
                                 guint64         seq,
                                 McHubStream    *reader,
                                 gsize           max_bytes,
                                 McLogFrame     *out,
                                 GError        **error);

G_END_DECLS
