/* mc-first-run.h: three steps: the enrolment line, who works here, a look around
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks and shows; the application does what was asked for and says how it went.
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MC_TYPE_FIRST_RUN (mc_first_run_get_type ())
G_DECLARE_FINAL_TYPE (McFirstRun, mc_first_run, MC, FIRST_RUN, AdwApplicationWindow)

/* Signals:
 *   ::enrol (line, person)   answer with mc_first_run_done() or mc_first_run_fail()
 *   ::trial (unit, person)   the same; @unit is the position in the list of trial units
 *   ::finished ()            the tour was read; open the window
 */

GtkWidget *mc_first_run_new       (GtkApplication     *application,
                                   const char * const *trial_units);   /* names */
void       mc_first_run_set_line  (McFirstRun         *self,
                                   const char         *line);
/* The line in @file, read beside the window; what is none is told there. */
void       mc_first_run_read_file (McFirstRun         *self,
                                   GFile              *file);
void       mc_first_run_done      (McFirstRun         *self,
                                   const char         *unit_name);
void       mc_first_run_fail      (McFirstRun         *self,
                                   const GError       *error);

G_END_DECLS
