/* mc-record-list.h: a GListModel over a query: 100,000 records without loading them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeps the record numbers (8 bytes each) and a few pages of items.  mc_record_list_get_item() never waits:
 * an item whose record is not here yet has `record` NULL and notifies when the worker has brought it.
 * A new query empties the model and fills it again in two steps (one combined items-changed makes GTK 4.8
 * ask for every item).  Changes of single records of the same query only refresh their items, and records that
 * come or go leave those in place that somebody holds: a view loses neither its selection nor its focus.
 */

#pragma once

#include "core/mc-record-item.h"
#include "core/mc-store.h"

G_BEGIN_DECLS

#define MC_TYPE_RECORD_LIST (mc_record_list_get_type ())
G_DECLARE_FINAL_TYPE (McRecordList, mc_record_list, MC, RECORD_LIST, GObject)
/* properties: loading (gboolean) */
McRecordList *mc_record_list_new          (McStore      *store) G_GNUC_WARN_UNUSED_RESULT;
void          mc_record_list_set_query    (McRecordList *self,
                                           const McQuery *query);
gboolean      mc_record_list_get_loading  (McRecordList *self);
/* Where the record of that number is; G_MAXUINT = nowhere. */
guint         mc_record_list_find         (McRecordList *self,
                                           gint64        number);

G_END_DECLS
