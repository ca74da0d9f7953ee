/* mc-records-page.h: every other kind of record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_RECORDS_PAGE (mc_records_page_get_type ())
G_DECLARE_FINAL_TYPE (McRecordsPage, mc_records_page, MC, RECORDS_PAGE, AdwBin)

GtkWidget *mc_records_page_new (McContext *context);

G_END_DECLS
