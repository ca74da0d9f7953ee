/* mc-preview.h: a look at an evidence file without leaving the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

#define MC_TYPE_PREVIEW (mc_preview_get_type ())
G_DECLARE_FINAL_TYPE (McPreview, mc_preview, MC, PREVIEW, GtkWidget)

/* Signals:
 *   ::closed ()
 */

GtkWidget *mc_preview_new  (void);
void       mc_preview_show (McPreview  *self,
                            McContext  *context,
                            const char *sha256,
                            const char *name,
                            const char *mime);

G_END_DECLS
