/* mc-receipts.h: what a hub has signed for, as a device keeps it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A receipt proves that changes and files were at the hub at a time.  It is kept for ever; whether its signature holds
 * is for sync/wire/mc-receipt.h to say.
 */

#pragma once

#include "core/mc-digest.h"
#include "core/mc-journal.h"

G_BEGIN_DECLS

typedef enum
{
  MC_RECEIPT_CHANGE = 1,   /* SHA-256 of a change's bytes: it is in the unit log */
  MC_RECEIPT_FILE   = 2,   /* SHA-256 of an evidence file: it is whole */
} McReceiptKind;

typedef struct
{
  guint8   kind;           /* McReceiptKind */
  McDigest hash;
  gint64   at_us;          /* when it came, by the hub's clock */
} McReceiptItem;

typedef struct
{
  gint64   number;         /* of this store; 0 = not kept yet */
  char    *log;            /* (owned) */
  char    *device;         /* (owned) whom the hub gave it to */
  guint8   epoch[16];
  gint64   time_us;        /* when the hub signed it */
  GBytes  *signature;      /* (owned) (nullable) before it is signed */
  GArray  *items;          /* (owned) (element-type McReceiptItem) */
} McReceipt;

/* One item of a receipt, in words: for a list on a screen or on paper. */
typedef struct
{
  gint64   receipt;        /* number */
  gint64   at_us;
  guint8   kind;
  char    *record;         /* (owned) (nullable) the record that was changed, or that names the file */
  char    *type;           /* (owned) (nullable) its type */
  char    *name;           /* (owned) (nullable) of a file */
  gint64   size;           /* of a file */
  char   **fields;         /* (owned) (nullable) of a change: what it set */
  char     hash[65];
} McReceiptLine;

McReceipt  *mc_receipt_new                 (const char        *log,
                                            const char        *device) G_GNUC_WARN_UNUSED_RESULT;
void        mc_receipt_free                (McReceipt         *receipt);
void        mc_receipt_add                 (McReceipt         *receipt,
                                            McReceiptKind      kind,
                                            const McDigest    *hash,
                                            gint64             at_us);
/* Items as they are signed and stored: 1 byte kind, 32 bytes hash, 8 bytes time, big endian. */
GBytes     *mc_receipt_dup_items           (const McReceipt   *receipt) G_GNUC_WARN_UNUSED_RESULT;
gboolean    mc_receipt_set_items           (McReceipt         *receipt,
                                            GBytes            *items);

/* Adds the own changes at these places of the present stream; @out_whole FALSE: not all of them are here. */
gboolean    mc_journal_fill_receipt        (McJournal         *self,
                                            McReceipt         *receipt,
                                            guint64            n_first,
                                            guint64            n_last,
                                            gint64             at_us,
                                            gboolean          *out_whole,
                                            GError           **error);
/* Keeps @receipt, unless every item of it is proven by an earlier one. */
gboolean    mc_journal_add_receipt         (McJournal         *self,
                                            McReceipt         *receipt,
                                            GError           **error);
/* (element-type McReceipt) oldest first */
GPtrArray  *mc_journal_list_receipts       (McJournal         *self,
                                            GError           **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type McReceiptLine) newest first; @record (nullable) = all, @since_us 0 = from the beginning */
GPtrArray  *mc_journal_list_receipt_lines  (McJournal         *self,
                                            const char        *record,
                                            gint64             since_us,
                                            GError           **error) G_GNUC_WARN_UNUSED_RESULT;
void        mc_receipt_line_free           (McReceiptLine     *line);
/* How many of the files with these hashes the hub is not known to have whole, whoever attached them. */
gboolean    mc_journal_count_evidence_left (McJournal          *self,
                                            const char * const *hashes,
                                            guint              *out_left,
                                            GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McReceipt, mc_receipt_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (McReceiptLine, mc_receipt_line_free)

G_END_DECLS
