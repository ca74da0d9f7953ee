/* mc-progress-window.h: how far something long has got, with a way to stop it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MC_TYPE_PROGRESS_WINDOW (mc_progress_window_get_type ())
G_DECLARE_FINAL_TYPE (McProgressWindow, mc_progress_window, MC, PROGRESS_WINDOW, AdwWindow)

/* On screen at once.  Closing it cancels @cancellable, and it stays until the work has ended: whoever made it then calls
 * mc_progress_window_finish() or gtk_window_destroy(). */
McProgressWindow *mc_progress_window_new          (GtkWidget        *parent,   /* (nullable) */
                                                   const char       *title,
                                                   const char       *text,
                                                   GCancellable     *cancellable) G_GNUC_WARN_UNUSED_RESULT;
/* From any thread that holds a reference. */
void              mc_progress_window_set_fraction (McProgressWindow *self,
                                                   guint64           done,
                                                   guint64           total);
/* The work is done: says so, and closing only closes. */
void              mc_progress_window_finish       (McProgressWindow *self,
                                                   const char       *title,
                                                   const char       *text);

G_END_DECLS
