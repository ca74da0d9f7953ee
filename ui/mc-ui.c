/* mc-ui.c: making the widgets ready for use
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-ui.h"

#include <gio/gio.h>

#include "mc-ui-resources.h"

void
mc_ui_init (void)
{
  mc_ui_register_resource ();
}
