/* mc-settings.c: what a person prefers, in a small file beside nothing else
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-settings.h"

#define GROUP "minhchung"
#define DEFAULT_INTERVAL_MINUTES 15
#define MAX_INTERVAL_MINUTES (24 * 60)

struct _McSettings
{
  GObject parent_instance;

  char *path;        /* (owned) */
  GKeyFile *file;    /* (owned) */
  char *language;    /* (owned) */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McSettings, mc_settings, G_TYPE_OBJECT)

static void
mc_settings_finalize (GObject *object)
{
  McSettings *self = MC_SETTINGS (object);

  g_free (self->path);
  g_free (self->language);
  g_key_file_unref (self->file);

  G_OBJECT_CLASS (mc_settings_parent_class)->finalize (object);
}

static void
mc_settings_class_init (McSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mc_settings_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
mc_settings_init (McSettings *self)
{
  self->file = g_key_file_new ();
}

/* A file that cannot be read is as good as none: nothing but preferences is in it. */
McSettings *
mc_settings_new (const char *path)
{
  McSettings *self = g_object_new (MC_TYPE_SETTINGS, NULL);

  self->path = g_strdup (path);
  g_key_file_load_from_file (self->file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);

  return self;
}

static void
save (McSettings *self)
{
  g_autofree char *dir = g_path_get_dirname (self->path);
  g_autoptr(GError) error = NULL;

  g_mkdir_with_parents (dir, 0700);
  if (!g_key_file_save_to_file (self->file, self->path, &error))
    g_message ("Preferences not written to %s: %s", self->path, error->message);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const char *
mc_settings_get_language (McSettings *self)
{
  g_free (self->language);
  self->language = g_key_file_get_string (self->file, GROUP, "language", NULL);

  return g_strcmp0 (self->language, "en") == 0 ? "en" : "vi";
}

void
mc_settings_set_language (McSettings *self,
                          const char *language)
{
  g_key_file_set_string (self->file, GROUP, "language", language);
  save (self);
}

McTheme
mc_settings_get_theme (McSettings *self)
{
  int theme = g_key_file_get_integer (self->file, GROUP, "theme", NULL);

  return theme < MC_THEME_SYSTEM || theme > MC_THEME_DARK ? MC_THEME_SYSTEM : (McTheme) theme;
}

void
mc_settings_set_theme (McSettings *self,
                       McTheme     theme)
{
  g_key_file_set_integer (self->file, GROUP, "theme", theme);
  save (self);
}

guint
mc_settings_get_interval (McSettings *self)
{
  if (!g_key_file_has_key (self->file, GROUP, "interval", NULL))
    return DEFAULT_INTERVAL_MINUTES;

  return CLAMP (g_key_file_get_integer (self->file, GROUP, "interval", NULL), 0, MAX_INTERVAL_MINUTES);
}

void
mc_settings_set_interval (McSettings *self,
                          guint       minutes)
{
  g_key_file_set_integer (self->file, GROUP, "interval", minutes);
  save (self);
}

gboolean
mc_settings_get_spares_metered (McSettings *self)
{
  return g_key_file_get_boolean (self->file, GROUP, "spares-metered", NULL);
}

void
mc_settings_set_spares_metered (McSettings *self,
                                gboolean    spares)
{
  g_key_file_set_boolean (self->file, GROUP, "spares-metered", spares);
  save (self);
}
