/* mc-plan-start.h: a button that begins the plan of a year with the tasks of the year before
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not to be seen while there is no plan of an earlier year here.
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_PLAN_START (mc_plan_start_get_type ())
G_DECLARE_FINAL_TYPE (McPlanStart, mc_plan_start, MC, PLAN_START, AdwBin)

GtkWidget *mc_plan_start_new      (McContext   *context);
/* The plan that the tasks go into, and what is in it: looks whether there is an earlier one. */
void       mc_plan_start_set_plan (McPlanStart *self,
                                   McRecord    *plan);

G_END_DECLS
