/* mc-criteria-page.h: domains and criteria, with what is there and what is missing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_CRITERIA_PAGE (mc_criteria_page_get_type ())
G_DECLARE_FINAL_TYPE (McCriteriaPage, mc_criteria_page, MC, CRITERIA_PAGE, AdwBin)

GtkWidget *mc_criteria_page_new (McContext *context);

G_END_DECLS
