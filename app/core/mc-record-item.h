/* mc-record-item.h: a line of a list: the number of a record, and the record once it is here
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-record.h"

G_BEGIN_DECLS

#define MC_TYPE_RECORD_ITEM (mc_record_item_get_type ())
G_DECLARE_FINAL_TYPE (McRecordItem, mc_record_item, MC, RECORD_ITEM, GObject)
/* properties: record (McRecord, nullable), number (gint64) */

McRecordItem *mc_record_item_new         (gint64        number) G_GNUC_WARN_UNUSED_RESULT;
McRecord     *mc_record_item_get_record  (McRecordItem *self);   /* (nullable) until it has come */
/* Notifies of `record` if @record is another one than before. */
void          mc_record_item_set_record  (McRecordItem *self,
                                          McRecord     *record);
gint64        mc_record_item_get_number  (McRecordItem *self);

G_END_DECLS
