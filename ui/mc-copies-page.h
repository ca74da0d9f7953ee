/* mc-copies-page.h: the register of certified copies
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_COPIES_PAGE (mc_copies_page_get_type ())
G_DECLARE_FINAL_TYPE (McCopiesPage, mc_copies_page, MC, COPIES_PAGE, AdwBin)

GtkWidget *mc_copies_page_new (McContext *context);

G_END_DECLS
