/* mc-reload.h: when a page fetches its records again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Once for many changes, one at a time, and only while the page is on screen.
 */

#pragma once

#include <gtk/gtk.h>

#include "core/mc-store.h"

G_BEGIN_DECLS

typedef struct _McReload McReload;

/* @func starts fetching; its callback calls mc_reload_done(). */
McReload *mc_reload_new   (GtkWidget   *widget,
                           McStore     *store,
                           void       (*func) (gpointer user_data),
                           gpointer     user_data) G_GNUC_WARN_UNUSED_RESULT;
void      mc_reload_free  (McReload    *self);
void      mc_reload_queue (McReload    *self);
void      mc_reload_done  (McReload    *self);

G_END_DECLS
