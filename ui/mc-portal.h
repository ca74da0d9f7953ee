/* mc-portal.h: whether the desktop's portals answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef void (*McPortalFunc) (gboolean is_there,
                              gpointer user_data);

/* Whether this program runs inside Flatpak, where files are chosen and pages printed by a portal alone. */
gboolean mc_portal_is_needed (void);

/**
 * mc_portal_ask:
 * @interface: such as "org.freedesktop.portal.FileChooser"
 * @func: called once, in the main context, with the answer
 * @user_data: for @func
 *
 * Asks the bus for the portal, starting it if it can be started.  Outside a sandbox the answer is yes, at once.
 */
void     mc_portal_ask       (const char   *interface,
                              McPortalFunc  func,
                              gpointer      user_data);

G_END_DECLS
