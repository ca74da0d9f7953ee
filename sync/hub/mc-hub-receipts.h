/* mc-hub-receipts.h: what the hub signs for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-log.h"
#include "wire/mc-receipt.h"

G_BEGIN_DECLS

/* A change of the stream that sent the request, and the row that it is. */
typedef struct
{
  guint64 n, seq;
  gboolean is_new;   /* it came with this request: */
  McDigest hash;     /* … of its bytes */
} McHubTaken;

/* In an open transaction: a receipt for what @taken (element-type McHubTaken) and @files (element-type utf8) name, as it
 * is given to @device and kept.  @out_any FALSE: there was nothing to sign for, and @out is not filled in. */
gboolean  mc_hub_write_receipt (McHub           *self,
                                const char      *device,
                                const char      *log,
                                GArray          *taken,
                                GPtrArray       *files,
                                gint64           now_us,
                                McReceiptFrame  *out,
                                gboolean        *out_any,
                                GError         **error);

G_END_DECLS
