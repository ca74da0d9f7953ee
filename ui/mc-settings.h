/* mc-settings.h: what a person prefers, in a small file beside nothing else
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A key file instead of GSettings, so that it is there in a Flatpak, from a stick and without a session bus.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MC_TYPE_SETTINGS (mc_settings_get_type ())
G_DECLARE_FINAL_TYPE (McSettings, mc_settings, MC, SETTINGS, GObject)

typedef enum
{
  MC_THEME_SYSTEM,
  MC_THEME_LIGHT,
  MC_THEME_DARK,
} McTheme;

/* Signals:
 *   ::changed ()
 */

McSettings *mc_settings_new              (const char *path) G_GNUC_WARN_UNUSED_RESULT;
const char *mc_settings_get_language     (McSettings *self);  /* "vi" or "en" */
void        mc_settings_set_language     (McSettings *self,
                                          const char *language);
McTheme     mc_settings_get_theme        (McSettings *self);
void        mc_settings_set_theme        (McSettings *self,
                                          McTheme     theme);
guint       mc_settings_get_interval     (McSettings *self);  /* minutes between syncs, 0 = never by itself */
void        mc_settings_set_interval     (McSettings *self,
                                          guint       minutes);
gboolean    mc_settings_get_spares_metered (McSettings *self);  /* files wait on a line that costs by the byte */
void        mc_settings_set_spares_metered (McSettings *self,
                                            gboolean    spares);
gboolean    mc_settings_get_notifies     (McSettings *self);  /* whether the desktop tells what has to be settled or is due */
void        mc_settings_set_notifies     (McSettings *self,
                                          gboolean    notifies);
gboolean    mc_settings_get_background   (McSettings *self);  /* starts at login, and goes on without a window */
void        mc_settings_set_background   (McSettings *self,
                                          gboolean    is_on);
/* Notes that the person has been told of @what.  %FALSE if that was noted before. */
gboolean    mc_settings_note_told        (McSettings *self,
                                          const char *what);

G_END_DECLS
