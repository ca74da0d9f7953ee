/* mc-rate-chart.h: a rate per month against the bands that give points
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "core/mc-pack.h"

G_BEGIN_DECLS

#define MC_TYPE_RATE_CHART (mc_rate_chart_get_type ())
G_DECLARE_FINAL_TYPE (McRateChart, mc_rate_chart, MC, RATE_CHART, GtkWidget)

GtkWidget *mc_rate_chart_new    (void);
/* Hundredths of a percent per month; negative = no figure.  Bands are the rule's (nullable). */
void       mc_rate_chart_set    (McRateChart  *self,
                                 const gint64 *rates,
                                 guint         n_rates,
                                 GArray       *bands);

G_END_DECLS
