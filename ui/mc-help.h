/* mc-help.h: the handbook
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* @page: name of a file under resources/help, without its ending. */
void  mc_help_show   (GtkWidget  *parent,
                      const char *page);
/* One paragraph of the handbook's small Markdown as Pango markup. */
char *mc_help_markup (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
