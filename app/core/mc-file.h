/* mc-file.h: what a stranger hands over as a file, read up to a bound
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The content of the file, pipe or device @path, with a NUL behind it.  Blocks.  What has more than @max bytes is refused and not
 * read on (%MC_STORE_ERROR_INVALID); other errors are those of files, and name @path. */
gboolean mc_file_read (const char  *path,
                       gsize        max,
                       char       **out_data,
                       gsize       *out_size,
                       GError     **error);

G_END_DECLS
