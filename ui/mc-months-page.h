/* mc-months-page.h: the other monthly figures: one-stop office, post, electronic copies
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_MONTHS_PAGE (mc_months_page_get_type ())
G_DECLARE_FINAL_TYPE (McMonthsPage, mc_months_page, MC, MONTHS_PAGE, AdwBin)

GtkWidget *mc_months_page_new (McContext *context);

G_END_DECLS
