/* mc-copy-file.h: a file that has really arrived on another disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef void (*McCopyFunc) (gsize    n_bytes,
                            gpointer user_data);

/**
 * mc_copy_file:
 * @from: path of a regular file
 * @to: path to write, whose folder exists; replaced in one step
 * @sha256: (nullable): what the content must hash to
 * @func: (nullable): told of every piece that was copied
 * @user_data: for @func
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error in the %MC_STORE_ERROR domain, or %G_IO_ERROR_CANCELLED; %MC_STORE_ERROR_CORRUPT
 *   if @from does not hash to @sha256 or if @to does not read back as it was written
 *
 * Copies, syncs to the device, reads back and compares.  Blocking.  After an error @to is what it was.
 *
 * Returns: (transfer full) (nullable): the SHA-256 of the content
 */
char     *mc_copy_file   (const char    *from,
                          const char    *to,
                          const char    *sha256,
                          McCopyFunc     func,
                          gpointer       user_data,
                          GCancellable  *cancellable,
                          GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes the names in a folder durable. */
gboolean  mc_sync_folder (const char    *path,
                          GError       **error);

G_END_DECLS
