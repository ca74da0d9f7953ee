/* mc-application.h: opens an enrolment, or makes one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "mc-settings.h"

G_BEGIN_DECLS

#define MC_TYPE_APPLICATION (mc_application_get_type ())
G_DECLARE_FINAL_TYPE (McApplication, mc_application, MC, APPLICATION, AdwApplication)

McApplication *mc_application_new (const char *data_dir,   /* (nullable) NULL = the person's own */
                                   const char *page,       /* (nullable) that is shown first */
                                   gboolean    is_quiet,   /* no window until it is activated again */
                                   McSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
