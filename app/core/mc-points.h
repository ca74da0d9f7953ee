/* mc-points.h: exact points: hundredths, integer ratios, rounded half up once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 0.8736 × 30 is 26.21 and the sums are 84.31: no floating point touches a score.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MC_POINTS_MAX (G_GINT64_CONSTANT (1) << 53)

/* "26.21" or "26,21" → 2621; at most two decimals.  FALSE on anything else. */
gboolean  mc_points_parse          (const char  *text,
                                    gint64      *out_hundredths);
#define MC_POINTS_DIGITS   12
#define MC_POINTS_DECIMALS 6

/* "66.667" or "66,667" → 66667 / 1000: as it is, of at most so many digits and decimals; further decimals are left out.  FALSE on
 * anything else. */
gboolean  mc_points_parse_fraction (const char  *text,
                                    gint64      *out_numerator,
                                    gint64      *out_denominator);
/* "3" → 3, and at most MC_POINTS_MAX; FALSE on anything else than digits. */
gboolean  mc_points_parse_count    (const char  *text,
                                    gint64      *out_count);
char     *mc_points_format         (gint64       hundredths) G_GNUC_WARN_UNUSED_RESULT; /* 2621 → "26.21", 50 → "0.5" */
char     *mc_points_format_vi      (gint64       hundredths) G_GNUC_WARN_UNUSED_RESULT; /* "26,21" */

/* max × numerator / denominator, rounded half up.  FALSE if that does not fit (never wraps). */
gboolean  mc_points_of_ratio       (gint64       max,
                                    gint64       numerator,
                                    gint64       denominator,
                                    gint64      *out_hundredths);
/* max × (numerator / denominator) / target, with a target in hundredths of a percent; otherwise the same. */
gboolean  mc_points_of_target      (gint64       max,
                                    gint64       numerator,
                                    gint64       denominator,
                                    gint64       target,
                                    gint64      *out_hundredths);
/* numerator / denominator in hundredths of a percent, rounded half up, for showing. */
gboolean  mc_points_percent        (gint64       numerator,
                                    gint64       denominator,
                                    gint64      *out_hundredths);
/* Compares numerator / denominator (denominator > 0) with hundredths of a percent, exactly: −1, 0, 1. */
int       mc_points_compare_ratio  (gint64       numerator,
                                    gint64       denominator,
                                    gint64       percent_hundredths);

G_END_DECLS
