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
 * @out_list: its GtkListBox, empty */
GtkWidget *mc_lines_window_new (GtkWidget   *parent,
                                const char  *title,
                                int          width,
                                int          height,
                                GtkWidget  **out_header,
                                GtkWidget  **out_list) G_GNUC_WARN_UNUSED_RESULT;

/* What an empty list says: once it is known to be empty, not while it is still being read. */
void       mc_lines_window_set_empty (GtkWidget  *list,
                                      const char *text);

G_END_DECLS
