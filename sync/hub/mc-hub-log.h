/* mc-hub-log.h: how far the hub is in each stream, and the unit logs
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
  gboolean is_moved;                 /* since it was last saved */
} McHubStream;

gboolean  mc_hub_stream_load    (McHub          *self,
                                 const char     *device,
                                 const char     *incarnation,
                                 const char     *log,
                                 McHubStream    *out,
                                 GError        **error);
void      mc_hub_stream_clear   (McHubStream    *stream);

gboolean  mc_hub_stream_save    (McHub          *self,
                                 McHubStream    *stream,
                                 GError        **error);
/* In an open transaction: @group becomes the next rows of @log.  @holes, hashes of the stream numbers right before it
 * that have no row, go with its first row and are emptied. */
gboolean  mc_hub_append_group   (McHub          *self,
                                 const char     *log,
                                 McGroup        *group,
                                 GByteArray     *holes,
                                 gint64          now_us,
                                 guint64        *out_seq_first,
                                 GError        **error);

gboolean  mc_hub_write_head     (McHub          *self,
                                 const char     *log,
                                 guint64         seq,
                                 const McDigest *chain,
                                 GError        **error);
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
