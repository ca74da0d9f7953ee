/* mc-problem.h: problem documents (RFC 9457), what a hub answers outside frames
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MC_PROBLEM_SLUG_MAX_BYTES 40

char  *mc_problem_write  (const char    *slug,
                          const char    *title,
                          guint          status,
                          const char    *detail) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) detail */
/* The slug, or NULL if the bytes are no problem document of a hub. */
char  *mc_problem_read   (gconstpointer  data,
                          gsize          size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
