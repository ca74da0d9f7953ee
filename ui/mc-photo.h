/* mc-photo.h: photographs that are larger than evidence needs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A telephone's picture of a sheet of paper has 4 MB; at 2,200 pixels it is as readable and a tenth of that, which
 * on a commune's line is the difference between a minute and a quarter of an hour.
 */

#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

#define MC_PHOTO_LARGE_BYTES (1024 * 1024)
#define MC_PHOTO_PIXELS      2200   /* of the longer side, after shrinking */

/* (transfer full) the picture the right way up, with its longer side no more than @most pixels; blocks. */
GdkPixbuf *mc_photo_load            (const char          *path,
                                     int                  most,
                                     GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many of @files (of GFile) are photographs worth shrinking, and their bytes.  Files that cannot be read count as none. */
void     mc_photo_find_large_async  (GListModel          *files,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
guint    mc_photo_find_large_finish (GAsyncResult        *result,
                                     guint64             *out_bytes);
/* The picture of @file as a smaller JPEG, the right way up.  %NULL without an error: it is no large photograph. */
void     mc_photo_shrink_async      (GFile               *file,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
GBytes  *mc_photo_shrink_finish     (GAsyncResult        *result,
                                     GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
