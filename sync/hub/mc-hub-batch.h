/* mc-hub-batch.h: what is the same for all groups that one transaction takes, read and written once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-log.h"

G_BEGIN_DECLS

/* In an open transaction: until mc_hub_batch_end() what follows is about @device's groups for @log.  The row of @log in
 * the table of heads is behind meanwhile; mc_hub_get_head() knows. */
gboolean  mc_hub_batch_begin      (McHub       *self,
                                   const char  *device,
                                   const char  *log,
                                   GError     **error);
/* Before the transaction is committed; where it is abandoned, mc_hub_batch_drop(). */
gboolean  mc_hub_batch_end        (McHub       *self,
                                   GError     **error);
void      mc_hub_batch_drop       (McHub       *self);

/* The head of @log, if it is that of the batch. */
gboolean  mc_hub_batch_get_head   (McHub       *self,
                                   const char  *log,
                                   guint64     *out_seq,
                                   McDigest    *out_chain);
/* FALSE: @log is not that of the batch, its head is to be written. */
gboolean  mc_hub_batch_set_head   (McHub          *self,
                                   const char     *log,
                                   guint64         seq,
                                   const McDigest *chain);
/* Of @device, nothing is refused or held; @device NULL: of nobody. */
gboolean  mc_hub_batch_none_refused (McHub      *self,
                                     const char *device);
/* From now on that has to be asked for. */
void      mc_hub_batch_note_refused (McHub      *self);
/* The quota of a log: 0 = no batch is open, or none was told. */
guint64   mc_hub_batch_get_quota  (McHub       *self);
void      mc_hub_batch_set_quota  (McHub       *self,
                                   guint64      bytes);

G_END_DECLS
