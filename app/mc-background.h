/* mc-background.h: whether the desktop starts the program when the person logs in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside a sandbox the desktop's Background portal decides; outside a file in the person's autostart folder does it.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  MC_BACKGROUND_REFUSED,    /* the person or the desktop said no: neither starting nor staying without a window */
  MC_BACKGROUND_STAYS,      /* it may stay, but nobody starts it at login */
  MC_BACKGROUND_STARTS,     /* it starts at login, and may stay */
} McBackgroundAnswer;

void               mc_background_ask_async       (gboolean              is_on,
                                                  GAsyncReadyCallback   callback,
                                                  gpointer              user_data);
McBackgroundAnswer mc_background_ask_finish      (GAsyncResult         *result,
                                                  GError              **error);

gboolean           mc_background_write_autostart (const char           *path,
                                                  const char           *program,
                                                  GError              **error);
gboolean           mc_background_drop_autostart  (const char           *path,
                                                  GError              **error);

G_END_DECLS
