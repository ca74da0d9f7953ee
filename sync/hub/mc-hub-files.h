/* mc-hub-files.h: the files of one folder over plain HTTP, for updates on the local network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _McHubFiles McHubFiles;

/**
 * mc_hub_files_new:
 * @folder: what is handed out, under /flatpak/
 * @address: IP address to listen on
 * @port: port, 0 = any free one
 * @error: return location for an error: no such folder, or the port is taken
 *
 * Answers GET and HEAD of regular files below @folder, also parts of them, in the default main context.  Nothing is
 * listed, links are not followed, names that begin with a dot are not there.  No encryption: what is handed out must
 * prove itself, as a signed repository does.
 *
 * Returns: (transfer full) (nullable): the server; after an error nothing listens
 */
McHubFiles *mc_hub_files_new      (const char  *folder,
                                   const char  *address,
                                   guint        port,
                                   GError     **error) G_GNUC_WARN_UNUSED_RESULT;
void        mc_hub_files_free     (McHubFiles  *self);
guint       mc_hub_files_get_port (McHubFiles  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McHubFiles, mc_hub_files_free)

G_END_DECLS
