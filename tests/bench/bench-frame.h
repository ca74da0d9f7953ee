/* bench-frame.h: the moment of an application's first frame, and its memory at rest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Prints {"first_frame_ms", "rss_kib", "pss_kib"} of the first window of that type, and quits.  BENCH_START is when the
 * program was started, on the monotonic clock in microseconds. */
void bench_frame_watch (GtkApplication *application,
                        GType           window_type);

G_END_DECLS
