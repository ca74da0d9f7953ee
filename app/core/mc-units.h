/* mc-units.h: the table of units that a device was given at its enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of objects: code, name, kind, parent (a log), valid_from, valid_to.  What is none is passed over.
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Adds to @out (element-type utf8, owned) the logs of the units that lie below that of @log on @day (yyyy-mm-dd) and have
 * none below themselves, to @former those of which this was or will be so on another day.
 * Returns: FALSE where the table knows the unit of @log, and no unit that ever lay below it. */
gboolean mc_units_add_below (JsonNode    *units,   /* (nullable) */
                             const char  *log,
                             const char  *day,
                             GPtrArray   *out,
                             GPtrArray   *former);

G_END_DECLS
