/* mc-preferences.h: language, theme, how often to sync
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "mc-settings.h"

G_BEGIN_DECLS

void mc_preferences_show (GtkWindow  *parent,
                          McSettings *settings);

G_END_DECLS
