/* mc-preferences.c: language, theme, when to sync, what to tell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-preferences.h"

#include <glib/gi18n.h>

static const guint intervals[] = { 0, 5, 15, 30, 60 };
static const char * const languages[] = { "vi", "en" };

static void
language_cb (AdwComboRow *row,
             GParamSpec  *pspec,
             McSettings  *settings)
{
  mc_settings_set_language (settings, languages[adw_combo_row_get_selected (row)]);
}

static void
theme_cb (AdwComboRow *row,
          GParamSpec  *pspec,
          McSettings  *settings)
{
  mc_settings_set_theme (settings, adw_combo_row_get_selected (row));
}

static void
interval_cb (AdwComboRow *row,
             GParamSpec  *pspec,
             McSettings  *settings)
{
  mc_settings_set_interval (settings, intervals[adw_combo_row_get_selected (row)]);
}

static void
metered_cb (GtkSwitch  *control,
            GParamSpec *pspec,
            McSettings *settings)
{
  mc_settings_set_spares_metered (settings, gtk_switch_get_active (control));
}

static void
notifies_cb (GtkSwitch  *control,
             GParamSpec *pspec,
             McSettings *settings)
{
  mc_settings_set_notifies (settings, gtk_switch_get_active (control));
}

static void
background_cb (GtkSwitch  *control,
               GParamSpec *pspec,
               McSettings *settings)
{
  if (gtk_switch_get_active (control) != mc_settings_get_background (settings))
    mc_settings_set_background (settings, gtk_switch_get_active (control));
}

/* The desktop may refuse what was asked for: then the switch goes back. */
static void
background_changed_cb (GtkSwitch *control,
                       gpointer   settings)
{
  gtk_switch_set_active (control, mc_settings_get_background (settings));
}

static GtkWidget *
add_switch (GtkWidget  *group,
            const char *title,
            const char *subtitle,
            gboolean    is_active,
            GCallback   callback,
            McSettings *settings)
{
  GtkWidget *row = adw_action_row_new (), *control = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_switch_set_active (GTK_SWITCH (control), is_active);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
  g_signal_connect_object (control, "notify::active", callback, settings, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);

  return control;
}

static void
add_background (GtkWidget  *group,
                McSettings *settings)
{
  GtkWidget *control = add_switch (group, _("Start when I log in and sync in the background"),
                                   _("Closing the window then leaves the program syncing; Ctrl+Q ends it"),
                                   mc_settings_get_background (settings), G_CALLBACK (background_cb), settings);

  g_signal_connect_object (settings, "changed", G_CALLBACK (background_changed_cb), control, G_CONNECT_SWAPPED);
}

static void
add_combo (GtkWidget          *group,
           const char         *title,
           const char         *subtitle,
           const char * const *choices,
           guint               selected,
           GCallback           callback,
           McSettings         *settings)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr(GtkStringList) list = gtk_string_list_new (choices);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), selected);
  g_signal_connect_object (row, "notify::selected", callback, settings, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
}

static guint
interval_position (guint minutes)
{
  guint position = 0;

  for (guint i = 0; i < G_N_ELEMENTS (intervals); i++)
    if (intervals[i] <= minutes)
      position = i;

  return position;
}

void
mc_preferences_show (GtkWindow  *parent,
                     McSettings *settings,
                     gboolean    can_start)
{
  const char *themes[] = { _("As the system"), _("Light"), _("Dark"), NULL };
  const char *tongues[] = { "Tiếng Việt", "English", NULL };
  const char *minutes[] = { _("Only when asked"), _("Every 5 minutes"), _("Every 15 minutes"), _("Every 30 minutes"),
                            _("Every hour"), NULL };
  GtkWidget *window = adw_preferences_window_new (), *page = adw_preferences_page_new ();
  GtkWidget *look = adw_preferences_group_new (), *sync = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (look), _("Look"));
  add_combo (look, _("Language"), _("Takes effect when the program starts next"), tongues,
             g_str_equal (mc_settings_get_language (settings), "en") ? 1 : 0, G_CALLBACK (language_cb), settings);
  add_combo (look, _("Style"), _("Light or dark"), themes, mc_settings_get_theme (settings), G_CALLBACK (theme_cb), settings);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (sync), _("Sync"));
  add_combo (sync, _("By itself"), _("Besides: after every save, and when the network is back"), minutes,
             interval_position (mc_settings_get_interval (settings)), G_CALLBACK (interval_cb), settings);
  add_switch (sync, _("Spare a network that costs"), _("Text is sent at once, files wait for a network that is not paid by volume"),
              mc_settings_get_spares_metered (settings), G_CALLBACK (metered_cb), settings);
  if (can_start)
    add_background (sync, settings);
  add_switch (sync, _("Tell me on the screen"), _("When a sync brought something to settle, and in the last days before figures are due"),
              mc_settings_get_notifies (settings), G_CALLBACK (notifies_cb), settings);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (look));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (sync));
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  /* A handful of rows needs no search, and its button has no name for a screen reader. */
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (window), FALSE);
  gtk_window_set_title (GTK_WINDOW (window), _("Preferences"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_present (GTK_WINDOW (window));
}
