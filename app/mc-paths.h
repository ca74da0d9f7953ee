/* mc-paths.h: where things lie: the only place that knows XDG folders
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *mc_paths_dup_data_dir (void) G_GNUC_WARN_UNUSED_RESULT; /* of the enrolment, unless another one is asked for */
char *mc_paths_dup_settings (const char *data_dir) G_GNUC_WARN_UNUSED_RESULT; /* NULL = the person's own */
char *mc_paths_dup_autostart (void) G_GNUC_WARN_UNUSED_RESULT; /* the file from which a desktop starts the program at login */
char *mc_paths_dup_locale   (void) G_GNUC_WARN_UNUSED_RESULT; /* translations: installed, or of the build */
char *mc_paths_dup_pdf_program (void) G_GNUC_WARN_UNUSED_RESULT; /* minhchung-pdf: installed, or of the build */

G_END_DECLS
