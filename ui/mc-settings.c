/* mc-settings.c: what a person prefers, in a small file beside nothing else
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-settings.h"

#define GROUP "minhchung"
#define DEFAULT_INTERVAL_MINUTES 15
#define MAX_INTERVAL_MINUTES (24 * 60)
#define MAX_TOLD 50

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
  return !g_key_file_has_key (self->file, GROUP, "spares-metered", NULL) ||
         g_key_file_get_boolean (self->file, GROUP, "spares-metered", NULL);
}

void
mc_settings_set_spares_metered (McSettings *self,
                                gboolean    spares)
{
  g_key_file_set_boolean (self->file, GROUP, "spares-metered", spares);
  save (self);
}

gboolean
mc_settings_get_notifies (McSettings *self)
{
  return !g_key_file_has_key (self->file, GROUP, "notifies", NULL) || g_key_file_get_boolean (self->file, GROUP, "notifies", NULL);
}

void
mc_settings_set_notifies (McSettings *self,
                          gboolean    notifies)
{
  g_key_file_set_boolean (self->file, GROUP, "notifies", notifies);
  save (self);
}

gboolean
mc_settings_get_background (McSettings *self)
{
  return g_key_file_get_boolean (self->file, GROUP, "background", NULL);
}

void
mc_settings_set_background (McSettings *self,
                            gboolean    is_on)
{
  g_key_file_set_boolean (self->file, GROUP, "background", is_on);
  save (self);
}

gboolean
mc_settings_note_told (McSettings *self,
                       const char *what)
{
  g_auto(GStrv) told = g_key_file_get_string_list (self->file, GROUP, "told", NULL, NULL);
  guint n_told = told != NULL ? g_strv_length (told) : 0, first = n_told >= MAX_TOLD ? n_told - MAX_TOLD + 1 : 0;
  g_autoptr(GPtrArray) list = g_ptr_array_new ();

  if (told != NULL && g_strv_contains ((const char * const *) told, what))
    return FALSE;
  for (guint i = first; i < n_told; i++)
    g_ptr_array_add (list, told[i]);
  g_ptr_array_add (list, (gpointer) what);
  g_key_file_set_string_list (self->file, GROUP, "told", (const char * const *) list->pdata, list->len);
  save (self);

  return TRUE;
}
