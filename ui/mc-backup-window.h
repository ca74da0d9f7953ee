/* mc-backup-window.h: backup to a folder or a stick, and back from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "client/mc-backup.h"

G_BEGIN_DECLS

typedef void (*McRestoreFunc) (McBackup *backup,     /* what was prepared; mc_backup_take_over() is the caller's */
                               gpointer  user_data);

/* Asks for a folder and copies the enrolment in @dir there; the window says how far it is and how it ended. */
void mc_backup_window_write   (GtkWidget     *parent,
                               const char    *dir);
/* Asks for a folder, says what backup is in it, and prepares it for @dir once the person wants it.  @func is called only
 * then; @user_data is a GObject that is kept alive until the end. */
void mc_backup_window_restore (GtkWidget     *parent,
                               const char    *dir,
                               McRestoreFunc  func,
                               gpointer       user_data);

G_END_DECLS
