/* mc-application.c: opens an enrolment, or makes one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-application-private.h"

#include <glib/gi18n.h>

#include "client/mc-backup.h"
#include "client/mc-sync.h"
#include "core/mc-error.h"
#include "mc-background.h"
#include "mc-backup-window.h"
#include "mc-dialogs.h"
#include "mc-error-text.h"
#include "mc-first-run.h"
#include "mc-let-in.h"
#include "mc-making.h"
#include "mc-notices.h"
#include "mc-paths.h"
#include "mc-pdf.h"
#include "mc-preferences.h"
#include "mc-take-over.h"
#include "mc-ui.h"
#include "mc-window.h"

G_DEFINE_FINAL_TYPE (McApplication, mc_application, ADW_TYPE_APPLICATION)

static void
mc_application_finalize (GObject *object)
{
  McApplication *self = MC_APPLICATION (object);

  if (self->pack_thread != NULL)
    self->pack = g_thread_join (g_steal_pointer (&self->pack_thread));
  g_clear_handle_id (&self->checking_source, g_source_remove);
  g_clear_object (&self->notices);
  g_clear_object (&self->sync);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->pack, mc_pack_unref);
  g_free (self->data_dir);
  g_free (self->page);
  g_free (self->line);
  g_free (self->used_line);
  g_free (self->bundle);
  g_free (self->news);
  g_free (self->place);

  G_OBJECT_CLASS (mc_application_parent_class)->finalize (object);
}

/* Beside GTK's own start, which takes longer. */
static gpointer
read_pack (gpointer user_data)
{
  McPack *pack = mc_pack_get_builtin (NULL, NULL);

  /* All of it: the window shows it at once. */
  if (pack != NULL)
    {
      mc_pack_get_types (pack);
      mc_pack_get_criteria (pack);
    }

  return pack;
}

static gboolean
ensure_pack (McApplication  *self,
             GError        **error)
{
  if (self->pack_thread != NULL)
    self->pack = g_thread_join (g_steal_pointer (&self->pack_thread));
  if (self->pack == NULL)
    self->pack = mc_pack_get_builtin (NULL, error);

  return self->pack != NULL;
}

/* the first run */

static void
finished_cb (McFirstRun    *first,
             McApplication *self)
{
  g_autoptr(GError) error = NULL;
  McAccount *account = mc_account_load (self->data_dir, &error);

  g_clear_pointer (&self->line, g_free);
  if (account != NULL)
    mc_application_open_account (self, account);
  else
    mc_application_tell_failure (self, error);
}

static void
show_first_run (McApplication *self)
{
  GtkWidget *window = mc_making_new (GTK_APPLICATION (self), self->data_dir, self->pack);

  g_signal_connect_object (window, "finished", G_CALLBACK (finished_cb), self, 0);
  if (self->line != NULL)
    mc_first_run_set_line (MC_FIRST_RUN (window), self->line);
  mc_application_set_window (self, window);
}

/* backups */

static void
back_up_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  McApplication *self = user_data;

  if (self->window != NULL && MC_IS_WINDOW (self->window))
    mc_backup_window_write (GTK_WIDGET (self->window), self->data_dir);
}

static void
taken_over_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  McApplication *self = MC_APPLICATION (source);
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = g_task_propagate_pointer (G_TASK (result), &error), *missing = user_data;

  g_clear_pointer (&self->news, g_free);
  if (error != NULL)
    self->news = mc_error_text (error);
  else if (aside != NULL)
    self->news = g_strdup_printf (_("What was on this computer before is kept in the folder %s.%s"), aside, missing);
  g_application_activate (G_APPLICATION (self));
  g_application_release (G_APPLICATION (self));
}

/* The window closes as always, with everything typed on disk; then the folders change places. */
static void
change_places (McApplication *self,
               GTask         *task)   /* (transfer full) */
{
  g_application_hold (G_APPLICATION (self));
  if (self->sync != NULL)
    mc_sync_cancel (self->sync);
  g_clear_object (&self->sync);
  mc_application_end_window (self);
  mc_take_over_run (task, self->data_dir);
  g_object_unref (task);
}

static void
restored_cb (McBackup *backup,
             gpointer  user_data)
{
  McApplication *self = user_data;
  GTask *task = g_task_new (self, NULL, taken_over_cb,
    backup->n_missing == 0 ? g_strdup ("")
    : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                    " %u file was missing or damaged in the backup; the district's server gives it back if it has it.",
                                    " %u files were missing or damaged in the backup; the district's server gives them back if it has them.",
                                    backup->n_missing), backup->n_missing));

  change_places (self, task);
}

static void
restore_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  McApplication *self = user_data;

  if (self->window != NULL)
    mc_backup_window_restore (GTK_WIDGET (self->window), self->data_dir, restored_cb, self);
}

/* from the trial to work */

static void
trial_ended_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  McApplication *self = MC_APPLICATION (source);
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    mc_application_tell_failure (self, error);
  else
    g_application_activate (G_APPLICATION (self));
  g_application_release (G_APPLICATION (self));
}

static void
end_trial (gpointer user_data)
{
  McApplication *self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  if (mc_backup_prepare_empty (self->data_dir, &error))
    {
      change_places (self, g_task_new (self, NULL, trial_ended_cb, NULL));
      return;
    }
  text = mc_error_text (error);
  mc_dialogs_tell (GTK_WIDGET (self->window), _("The trial was not ended"), text);
}

/* A trial has no way to the district, and nothing of it may get there: who has a line begins anew. */
static void
ask_to_end_trial (McApplication *self)
{
  mc_dialogs_confirm (GTK_WIDGET (self->window), _("End the trial and enrol?"),
                      _("With the line or the file from the district this computer is enrolled for your office's own work. What was entered "
                        "in the trial is not sent and not taken over; it is kept in a folder of its own on this computer."),
                      _("_Enrol"), end_trial, self);
}

static void
enrol_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  McApplication *self = user_data;

  g_clear_pointer (&self->line, g_free);
  if (self->window != NULL && MC_IS_WINDOW (self->window) && self->sync == NULL)
    ask_to_end_trial (self);
}

/* the application */

static void
mc_application_activate (GApplication *application)
{
  McApplication *self = MC_APPLICATION (application);
  g_autoptr(GError) error = NULL;
  McAccount *account;

  /* Somebody asks for what was started without being shown. */
  if (self->n_activations++ > 0)
    self->is_quiet = FALSE;
  if (self->window != NULL)
    {
      gtk_window_present (self->window);
      return;
    }
  /* Once more while it opens: then whoever closed the window wants it after all. */
  if (self->is_opening)
    {
      self->is_given_up = FALSE;
      if (self->checking_source == 0)
        mc_application_show_checking (self);
      return;
    }
  /* A backup that was prepared when the power failed. */
  if (!mc_backup_take_over (self->data_dir, g_get_real_time (), NULL, &error))
    {
      mc_application_tell_failure (self, error);
      return;
    }
  if (!ensure_pack (self, &error))
    {
      mc_application_tell_failure (self, error);
      return;
    }
  account = mc_account_load (self->data_dir, &error);
  /* Nothing to sync, nothing to show: the program that was started at login ends. */
  if (self->is_quiet && (account == NULL ? g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT) : mc_account_is_trial (account)))
    g_clear_pointer (&account, mc_account_free);
  else if (account != NULL)
    mc_application_open_account (self, account);
  else if (g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    show_first_run (self);
  else
    mc_application_tell_failure (self, error);
}

/* One that runs already syncs already, and need not come to the front. */
static gboolean
mc_application_local_command_line (GApplication   *application,
                                   char         ***arguments,
                                   int            *exit_status)
{
  if (MC_APPLICATION (application)->is_quiet && g_application_register (application, NULL, NULL) &&
      g_application_get_is_remote (application))
    {
      *exit_status = 0;
      return TRUE;
    }

  return G_APPLICATION_CLASS (mc_application_parent_class)->local_command_line (application, arguments, exit_status);
}

/* An .mcbundle file by double click.  Before the first run there is nobody to take it. */
static void
open_bundle (McApplication *self,
             const char    *path)
{
  g_free (self->bundle);
  self->bundle = g_strdup (path);
  g_application_activate (G_APPLICATION (self));
  if (self->window != NULL && MC_IS_FIRST_RUN (self->window))
    mc_dialogs_tell (GTK_WIDGET (self->window), _("Not taken yet"),
                     _("This file is for a computer that is enrolled. It is taken as soon as this one is."));
  mc_application_take_bundle (self);
}

static void
let_in_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  McApplication *self = MC_APPLICATION (source);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL, *body = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (self->window != NULL && MC_IS_WINDOW (self->window))
        mc_window_toast (MC_WINDOW (self->window), _("The district's server takes this computer in again."));
      if (self->sync != NULL)
        mc_sync_run (self->sync);
    }
  else if (self->window != NULL)
    {
      text = mc_error_text (error);
      body = g_strdup_printf (_("%s\n\nThis computer stays enrolled as it was."), text);
      mc_dialogs_tell (GTK_WIDGET (self->window), _("Not enrolled anew"), body);
    }
  g_application_release (G_APPLICATION (self));
}

static void
let_in (gpointer user_data)
{
  McApplication *self = user_data;
  g_autoptr(GTask) task = g_task_new (self, NULL, let_in_cb, NULL);

  g_application_hold (G_APPLICATION (self));
  mc_let_in_run (task, self->data_dir, self->used_line);
}

/* A server that gives no answer may be gone for good, and the file of the one after it: that a person knows. */
static void
use_line (McApplication *self)
{
  const GError *error = self->sync != NULL ? mc_sync_get_error (self->sync) : NULL;
  g_autofree char *text = NULL, *body = NULL;

  g_free (self->used_line);
  self->used_line = g_steal_pointer (&self->line);
  if (mc_let_in_helps (self->sync))
    let_in (self);
  else if (self->window != NULL && error == NULL)
    mc_window_toast (MC_WINDOW (self->window), _("This computer is enrolled already. Nothing was changed."));
  else if (self->window != NULL)
    {
      text = mc_error_text (error);
      body = g_strdup_printf (_("%s\n\nThis computer stays enrolled as it is. If the district has a new server and sent this file for it, "
                                "enrol anew: everything on this computer stays, and goes there too."), text);
      mc_dialogs_confirm (GTK_WIDGET (self->window), _("Enrol this computer anew?"), body, _("_Enrol Anew"), let_in, self);
    }
}

/* What the hub says of this device now is known. */
static void
line_asked_cb (McSync        *sync,
               McApplication *self)
{
  if (mc_sync_get_state (sync) == MC_SYNC_WORKING)
    return;
  g_signal_handlers_disconnect_by_func (sync, line_asked_cb, self);
  use_line (self);
}

/* An .mcenrol file where there is an enrolment: a line lets one device in, once, so it is used where that helps alone.  Whether it
 * does the hub is asked: who was just opened, or synced an hour ago, does not know. */
void
mc_application_take_line (McApplication *self)
{
  if (self->line == NULL || self->window == NULL || !MC_IS_WINDOW (self->window))
    return;
  if (self->sync == NULL)
    {
      ask_to_end_trial (self);
      return;
    }
  if (mc_let_in_helps (self->sync))
    {
      use_line (self);
      return;
    }
  g_signal_handlers_disconnect_by_func (self->sync, line_asked_cb, self);
  g_signal_connect_object (self->sync, "state-changed", G_CALLBACK (line_asked_cb), self, 0);
  mc_sync_run (self->sync);
}

/* An .mcenrol file by double click. */
static void
mc_application_open (GApplication  *application,
                     GFile        **files,
                     int            n_files,
                     const char    *hint)
{
  McApplication *self = MC_APPLICATION (application);
  g_autofree char *path = g_file_get_path (files[0]);

  g_clear_pointer (&self->line, g_free);
  if (path != NULL && g_str_has_suffix (path, ".mcbundle"))
    {
      open_bundle (self, path);
      return;
    }
  if (path == NULL || !g_file_get_contents (path, &self->line, NULL, NULL) || !g_utf8_validate (self->line, -1, NULL))
    g_clear_pointer (&self->line, g_free);
  g_application_activate (application);
  if (self->window != NULL && MC_IS_FIRST_RUN (self->window))
    mc_first_run_read_file (MC_FIRST_RUN (self->window), files[0]);
  else
    mc_application_take_line (self);
}

/* staying without a window */

static void
background_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(McApplication) self = user_data;
  g_autoptr(GError) error = NULL;
  McBackgroundAnswer answer = mc_background_ask_finish (result, &error);
  GtkWidget *parent = GTK_WIDGET (self->window);
  g_autofree char *text = NULL;

  if (answer == MC_BACKGROUND_STARTS || !self->stays)
    return;
  if (error != NULL)
    text = g_strdup_printf (_("The file that starts it could not be written: %s"), error->message);
  if (parent != NULL && answer == MC_BACKGROUND_STAYS)
    mc_dialogs_tell (parent, _("Not started by itself"),
                     _("This desktop starts no programs at login: please open Minh Chứng yourself. "
                       "It then goes on syncing after its window has been closed."));
  else if (parent != NULL)
    mc_dialogs_tell (parent, _("Not in the background"),
                     text != NULL ? text : _("The desktop does not allow it. Minh Chứng syncs while its window is open, as before."));
  if (answer == MC_BACKGROUND_REFUSED)
    mc_settings_set_background (self->settings, FALSE);
}

static void
apply_background (McApplication *self)
{
  gboolean stays = self->is_own && mc_settings_get_background (self->settings);

  if (stays == self->stays)
    return;
  self->stays = stays;
  mc_application_apply_stay (self);
  mc_background_ask_async (stays, background_cb, g_object_ref (self));
}

static void
apply_settings (McApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[mc_settings_get_theme (self->settings)]);
  if (self->sync != NULL)
    {
      mc_sync_set_interval (self->sync, mc_settings_get_interval (self->settings));
      mc_sync_set_spares_metered (self->sync, mc_settings_get_spares_metered (self->settings));
    }
  apply_background (self);
}

static void
show_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  McApplication *self = user_data;

  g_free (self->place);
  self->place = g_variant_dup_string (parameter, NULL);
  g_application_activate (G_APPLICATION (self));
  mc_application_take_place (self);
}

static void
preferences_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  McApplication *self = user_data;

  mc_preferences_show (gtk_application_get_active_window (GTK_APPLICATION (self)), self->settings, self->is_own);
}

static void
quit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  McApplication *self = user_data;

  mc_application_end_window (self);
}

static void
set_accels (GtkApplication *application,
            const char     *action,
            const char     *first,
            const char     *second)
{
  const char *accels[] = { first, second, NULL };

  gtk_application_set_accels_for_action (application, action, accels);
}

static void
mc_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "back-up", .activate = back_up_cb },
    { .name = "enrol", .activate = enrol_cb },
    { .name = "preferences", .activate = preferences_cb },
    { .name = "quit", .activate = quit_cb },
    { .name = "restore", .activate = restore_cb },
    { .name = "show", .activate = show_cb, .parameter_type = "s" },
  };
  McApplication *self = MC_APPLICATION (application);
  g_autofree char *pdf_program = mc_paths_dup_pdf_program ();

  self->pack_thread = g_thread_new ("mc-pack", read_pack, NULL);
  mc_ui_init ();
  mc_pdf_set_program (pdf_program);
  G_APPLICATION_CLASS (mc_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (GTK_APPLICATION (self), "app.quit", "<Control>q", NULL);
  set_accels (GTK_APPLICATION (self), "app.preferences", "<Control>comma", NULL);
  set_accels (GTK_APPLICATION (self), "win.sync", "F5", "<Control>s");
  set_accels (GTK_APPLICATION (self), "win.undo", "<Control>z", NULL);
  set_accels (GTK_APPLICATION (self), "win.find", "<Control>f", NULL);
  set_accels (GTK_APPLICATION (self), "win.search", "<Control>k", NULL);
  set_accels (GTK_APPLICATION (self), "win.attention", "<Control>j", NULL);
  set_accels (GTK_APPLICATION (self), "win.help", "F1", NULL);
  set_accels (GTK_APPLICATION (self), "win.shortcuts", "<Control>question", NULL);
  set_accels (GTK_APPLICATION (self), "window.close", "<Control>w", NULL);
  for (int i = 0; i < 7; i++)
    {
      g_autofree char *action = g_strdup_printf ("win.page(%d)", i), *accel = g_strdup_printf ("<Alt>%d", i + 1);

      set_accels (GTK_APPLICATION (self), action, accel, NULL);
    }
  self->notices = mc_notices_new (GTK_APPLICATION (self), self->settings);
  /* The desktop has been told when it was chosen. */
  self->stays = self->is_own && mc_settings_get_background (self->settings);
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (apply_settings), self, G_CONNECT_SWAPPED);
  apply_settings (self);
  /* That of the application as pixels: resources/meson.build. */
  gtk_window_set_default_icon_name ("minhchung-window");
  mc_ui_read_icons ();
}

static void
mc_application_class_init (McApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mc_application_finalize;
  application_class->activate = mc_application_activate;
  application_class->local_command_line = mc_application_local_command_line;
  application_class->open = mc_application_open;
  application_class->startup = mc_application_startup;
}

static void
mc_application_init (McApplication *self)
{
}

McApplication *
mc_application_new (const char *data_dir,
                    const char *page,
                    gboolean    is_quiet,
                    McSettings *settings)
{
  /* Another folder is another program to the session: two demonstrations may stand side by side. */
  GApplicationFlags flags = G_APPLICATION_HANDLES_OPEN | (data_dir != NULL ? G_APPLICATION_NON_UNIQUE : 0);
  McApplication *self = g_object_new (MC_TYPE_APPLICATION, "application-id", MC_APP_ID, "flags", flags,
                                      "resource-base-path", "/vn/minhchung/MinhChung", NULL);

  self->data_dir = data_dir != NULL ? g_strdup (data_dir) : mc_paths_dup_data_dir ();
  self->is_own = data_dir == NULL;
  self->is_quiet = is_quiet;
  self->page = g_strdup (page);
  self->settings = g_object_ref (settings);

  return self;
}
