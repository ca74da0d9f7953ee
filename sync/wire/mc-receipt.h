/* mc-receipt.h: the hub's signed word on what it has, and since when
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A receipt names the hash of each change that is in a unit log, and of each file that is whole, with the time it came.
 * It can be checked with the hub's key alone, years later.
 */

#pragma once

#include "core/mc-receipts.h"
#include "wire/mc-message.h"

G_BEGIN_DECLS

/* On the way the device knows the hashes: only places are said. */
typedef struct
{
  guint64 n_first, n_last;      /* of the stream that sent the request */
  gint64 at_us;
} McReceiptRange;

typedef struct
{
  char *log;                    /* (owned) */
  guint8 epoch[MC_ID_BYTES];
  gint64 time_us;
  GArray *ranges;               /* (owned) (element-type McReceiptRange) */
  GArray *files;                /* (owned) (element-type McReceiptItem) */
  guint8 signature[MC_SIGNATURE_BYTES];
} McReceiptFrame;

void          mc_receipt_frame_clear  (McReceiptFrame       *self);
GByteArray   *mc_encode_receipt       (const McReceiptFrame *receipt) G_GNUC_WARN_UNUSED_RESULT;
gboolean      mc_decode_receipt       (GBytes               *payload,
                                       McReceiptFrame       *out,
                                       GError              **error);

/* Signs a receipt with its items (McReceipt of core/mc-receipts.h). */
void          mc_receipt_sign         (McReceipt            *receipt,
                                       const guint8          hub_id[MC_ID_BYTES],
                                       const McSigningKey   *key);
gboolean      mc_receipt_holds        (const McReceipt      *receipt,
                                       const guint8          hub_id[MC_ID_BYTES],
                                       const guint8          hub_key[MC_KEY_BYTES]);

G_END_DECLS
