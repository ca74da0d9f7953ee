/* mc-record-list.h: a GListModel over a query: 100,000 records without loading them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeps the record numbers (8 bytes each) and a few pages of items.  mc_record_list_get_item() never waits:
 * an item whose record is not here yet has `record` NULL and notifies when the worker has brought it.
 * A new query empties the model and fills it again in two steps (one combined items-changed makes GTK 4.8
 * ask for every item).  Changes of single records of the same query only refresh their items.
 */

#pragma once

#include "core/mc-store.h"

G_BEGIN_DECLS

#define MC_TYPE_RECORD_ITEM (mc_record_item_get_type ())
G_DECLARE_FINAL_TYPE (McRecordItem, mc_record_item, MC, RECORD_ITEM, GObject)
/* properties: record (McRecord, nullable), number (gint64) */
McRecord     *mc_record_item_get_record   (McRecordItem *self);  /* (nullable) */
gint64        mc_record_item_get_number   (McRecordItem *self);

#define MC_TYPE_RECORD_LIST (mc_record_list_get_type ())
G_DECLARE_FINAL_TYPE (McRecordList, mc_record_list, MC, RECORD_LIST, GObject)
/* properties: loading (gboolean) */
McRecordList *mc_record_list_new          (McStore      *store) G_GNUC_WARN_UNUSED_RESULT;
void          mc_record_list_set_query    (McRecordList *self,
                                           const McQuery *query);
gboolean      mc_record_list_get_loading  (McRecordList *self);

G_END_DECLS
