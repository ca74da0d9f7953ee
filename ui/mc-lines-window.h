/* mc-lines-window.h: a window over another with lines to be read: what was changed, synced, received
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A modal window over the one that @parent is in, not shown yet; Escape closes it.
 *
 * @title: also what a screen reader calls the list
 * @out_header: (optional) its header bar, for buttons
 * @out_list: its GtkListBox, empty; whoever fills it says with a placeholder why it is */
GtkWidget *mc_lines_window_new (GtkWidget   *parent,
                                const char  *title,
                                int          width,
                                int          height,
                                GtkWidget  **out_header,
                                GtkWidget  **out_list) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
