/* mc-score.h: the points of a unit, criterion by criterion
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Integers of hundredths, ratios of integers, rounded half up once, at the criterion.
 */

#pragma once

#include "core/mc-journal.h"
#include "core/mc-sandbox.h"

G_BEGIN_DECLS

#define MC_POINTS_NONE G_MININT64
/* The record type in which a criterion is answered that has no measure. */
#define MC_TYPE_ASSESSMENT "assessment"

typedef enum
{
  MC_SCORED,            /* from records or an answer */
  MC_SCORE_MISSING,     /* nothing was entered, or what is no answer to this rule: 0 points */
  MC_SCORE_WAITING,     /* what was entered was not judged yet: 0 points */
  MC_SCORE_NOT_APPLICABLE, /* leaves points and maximum */
} McScoreState;

typedef struct
{
  McCriterion *criterion;
  McScoreState state;
  gint64 points;        /* hundredths, computed */
  gint64 max;           /* hundredths; 0 when not applicable, and of a bonus */
  gint64 numerator, denominator; /* of its measure; 0/0 without one */
  gint64 self, appraised, explained, published; /* as written down, or MC_POINTS_NONE */
} McCriterionScore;

typedef struct
{
  McDomain *domain;
  gint64 points, max;
} McDomainScore;

typedef struct
{
  GArray *criteria;     /* (owned) (element-type McCriterionScore) in the order of the pack */
  GArray *domains;      /* (owned) (element-type McDomainScore) */
  gint64 points, max;
} McScore;

McScore          *mc_score_compute (McSandbox            *sandbox,
                                    const char           *own_log,
                                    const char * const   *communes,
                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* The points of the unit whose store @journal is, in its thread: over all units below it on the last day of the pack's year, whether
 * or not they wrote anything, with the records of those that ended within it, and where there are none, as in a commune, with its own records in their place.  @sandbox is on the
 * same store. */
McScore          *mc_score_of_unit (McJournal            *journal,
                                    McSandbox            *sandbox,
                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether @answer is one to the rule of @criterion. */
gboolean          mc_score_takes   (McCriterion          *criterion,
                                    const char           *answer);
void              mc_score_free    (McScore              *self);
McCriterionScore *mc_score_find    (McScore              *self,
                                    const char           *code);
JsonNode         *mc_score_to_json (McScore              *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McScore, mc_score_free)

G_END_DECLS
