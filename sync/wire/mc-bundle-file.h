/* mc-bundle-file.h: bundles as files on a stick; blocking
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file gets its name only after it was written, flushed to the stick, read back and found the same.
 */

#pragma once

#include "wire/mc-bundle.h"

G_BEGIN_DECLS

typedef struct _McBundleFile McBundleFile;

McBundleFile *mc_bundle_file_new      (const char       *path,
                                       McBundleKind      kind,
                                       const guint8      hub_id[MC_ID_BYTES],
                                       const guint8     *keys,
                                       guint             n_keys,
                                       GError          **error) G_GNUC_WARN_UNUSED_RESULT;
/* Drops what was not closed: no file is left. */
void          mc_bundle_file_free     (McBundleFile     *self);
gboolean      mc_bundle_file_write    (McBundleFile     *self,
                                       gconstpointer     data,
                                       gsize             size,
                                       GError          **error);
gboolean      mc_bundle_file_close    (McBundleFile     *self,
                                       GCancellable     *cancellable,
                                       GError          **error);

/* Called with each piece of what was sealed; FALSE ends the reading. */
typedef gboolean (*McBundlePieceFunc) (GBytes           *piece,
                                       gpointer          user_data,
                                       GError          **error);
gboolean      mc_bundle_file_read     (const char       *path,
                                       McBundleOpener   *opener,
                                       McBundlePieceFunc func,
                                       gpointer          user_data,
                                       GCancellable     *cancellable,
                                       GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McBundleFile, mc_bundle_file_free)

G_END_DECLS
