/* mc-plan-page.h: the commune's reform plan of the year and its tasks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_PLAN_PAGE (mc_plan_page_get_type ())
G_DECLARE_FINAL_TYPE (McPlanPage, mc_plan_page, MC, PLAN_PAGE, AdwBin)

GtkWidget *mc_plan_page_new (McContext *context);

G_END_DECLS
