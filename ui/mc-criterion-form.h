/* mc-criterion-form.h: one criterion: its rule, the evidence asked for, and what the unit answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

/* An McForm for the assessment of @criterion, which is the pack's and outlives it, as does @context. */
GtkWidget *mc_criterion_form_new          (McContext   *context,
                                           McCriterion *criterion);
/* What the score says of it now. */
void       mc_criterion_form_show_figures (GtkWidget   *form,
                                           const char  *text);

/* Whether a unit in @context has to do with it: a commune only with what communes contribute to, a district with every one. */
gboolean   mc_criterion_concerns          (McContext   *context,
                                           McCriterion *criterion);

G_END_DECLS
