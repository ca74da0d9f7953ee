/* mc-toasts.h: what is said in passing at the foot of a window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "mc-context.h"

G_BEGIN_DECLS

typedef struct _McToasts McToasts;

/* Main thread.  @overlay has to live as long. */
McToasts *mc_toasts_new   (AdwToastOverlay *overlay) G_GNUC_WARN_UNUSED_RESULT;
void      mc_toasts_free  (McToasts        *self);
/* Says @text instead of what was said before, but for what went wrong: that is waited for. */
void      mc_toasts_say   (McToasts        *self,
                           const char      *text,
                           McToast          kind,
                           gpointer         about);  /* (nullable) compared only */
/* What was said of what is typed into @about is so no longer. */
void      mc_toasts_settle (McToasts       *self,
                            gpointer        about);
/* Another page is shown: what was said on the one before is of no use there, but for what went wrong. */
void      mc_toasts_leave (McToasts        *self);

G_END_DECLS
