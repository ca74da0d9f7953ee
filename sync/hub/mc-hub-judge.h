/* mc-hub-judge.h: the verdict on each group that a device sends
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-log.h"

G_BEGIN_DECLS

/* Whether a group was signed as what makes the chain of its stream that, itself or by one after it. */
typedef struct
{
  McDigest before, chain; /* of the stream, before and after it */
  gboolean is_new;        /* not judged yet: only such were looked at */
  gboolean is_signed;
} McHubChecked;

/* Each of @groups as if it and those before it followed @stream. */
GArray   *mc_hub_check_groups   (McHub          *self,
                                 McHubDevice    *device,
                                 McHubStream    *stream,
                                 GPtrArray      *groups) G_GNUC_WARN_UNUSED_RESULT; /* of McHubChecked */
/* In an open transaction: judges one group that follows @stream, appends it or keeps it refused; @stream is then to be
 * saved.  @out_fork: it was
 * signed over another past than the hub has of this stream; nothing was done. */
gboolean  mc_hub_take_group     (McHub          *self,
                                 McHubDevice    *device,
                                 McHubStream    *stream,
                                 McGroup        *group,
                                 const McHubChecked *checked,
                                 gint64          now_us,
                                 McVerdict      *out_verdict,
                                 gboolean       *out_fork,
                                 GError        **error);
/* In an open transaction: judges @group, whose signature was checked, and puts the verdict into effect.  @chain is that of
 * @stream after it; NULL = @stream is past it already, and had its places by their hash alone.  @was_row: somebody hands
 * it back who had it from a log of this hub; it was let in once, and waits behind nothing that was refused since. */
gboolean  mc_hub_judge_group    (McHub          *self,
                                 McHubDevice    *device,
                                 McHubStream    *stream,
                                 McGroup        *group,
                                 const McDigest *chain,
                                 gboolean        was_row,
                                 gint64          now_us,
                                 McVerdict      *out_verdict,
                                 GError        **error);
/* Whether @author signed @chain at the end of @group. */
gboolean  mc_hub_is_signed      (McHub          *self,
                                 McHubDevice    *author,
                                 McGroup        *group,
                                 const char     *log,
                                 const McDigest *chain);
/* The verdicts of a group that was judged before.  @out_fork: it is not what was judged. */
gboolean  mc_hub_repeat_group   (McHub          *self,
                                 McHubDevice    *device,
                                 McHubStream    *stream,
                                 McGroup        *group,
                                 gint64          now_us,
                                 GArray         *verdicts,
                                 gboolean       *out_fork,
                                 GError        **error);
/* Appends @verdict (transfer full), as one with the last where they continue each other. */
void      mc_hub_add_verdict    (GArray         *verdicts,
                                 McVerdict      *verdict);

G_END_DECLS
