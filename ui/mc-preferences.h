/* mc-preferences.h: language, theme, when to sync, what to tell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "mc-settings.h"

G_BEGIN_DECLS

void mc_preferences_show (GtkWindow  *parent,
                          McSettings *settings,
                          gboolean    can_start);   /* whether the desktop may start this enrolment at login */

G_END_DECLS
