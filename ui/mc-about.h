/* mc-about.h: what this program is, and whose
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void mc_about_show (GtkWindow *parent);

G_END_DECLS
