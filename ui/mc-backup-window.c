/* mc-backup-window.c: backup to a folder or a stick, and back from it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-backup-window.h"

#include <glib/gi18n.h>

#include "core/mc-error.h"
#include "core/mc-text.h"
#include "core/mc-worker.h"
#include "mc-dialogs.h"
#include "mc-error-text.h"
#include "mc-progress-window.h"

#define MC_TYPE_BACKUP_WINDOW (mc_backup_window_get_type ())
G_DECLARE_FINAL_TYPE (McBackupWindow, mc_backup_window, MC, BACKUP_WINDOW, GObject)

/* One backup or restoring, from the question for the folder to the end. */
struct _McBackupWindow
{
  GObject parent_instance;

  GtkWidget *parent;          /* (nullable) weak */
  McProgressWindow *progress; /* (owned) (nullable) */
  char *dir;                  /* (owned) */
  char *folder;               /* (owned) */
  McBackup *backup;           /* (owned) (nullable) */
  McRestoreFunc func;         /* (nullable) NULL = a backup is written */
  GObject *user_data;         /* (owned) (nullable) */
  GCancellable *cancellable;  /* (owned) */
};

G_DEFINE_FINAL_TYPE (McBackupWindow, mc_backup_window, G_TYPE_OBJECT)

static void
mc_backup_window_finalize (GObject *object)
{
  McBackupWindow *self = MC_BACKUP_WINDOW (object);

  g_clear_weak_pointer (&self->parent);
  g_clear_object (&self->progress);
  g_clear_pointer (&self->backup, mc_backup_free);
  g_clear_object (&self->user_data);
  g_clear_object (&self->cancellable);
  g_free (self->dir);
  g_free (self->folder);

  G_OBJECT_CLASS (mc_backup_window_parent_class)->finalize (object);
}

static void
mc_backup_window_class_init (McBackupWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mc_backup_window_finalize;
}

static void
mc_backup_window_init (McBackupWindow *self)
{
  self->cancellable = g_cancellable_new ();
}

static McBackupWindow *
mc_backup_window_new (GtkWidget  *parent,
                      const char *dir)
{
  McBackupWindow *self = g_object_new (MC_TYPE_BACKUP_WINDOW, NULL);

  g_set_weak_pointer (&self->parent, parent);
  self->dir = g_strdup (dir);

  return self;
}

/* in words */

static char *
error_text (const GError *error)
{
  if (error->domain != MC_STORE_ERROR)
    return mc_error_text (error);

  switch ((McStoreError) error->code)
    {
    case MC_STORE_ERROR_NO_SPACE:
      return g_strdup (_("There is not enough room. Make room or choose another stick. Nothing on this computer was changed."));
    case MC_STORE_ERROR_READ_ONLY:
      return g_strdup (_("That folder cannot be written to. Perhaps the stick is locked, or was pulled out. Nothing on this computer was "
                         "changed."));
    case MC_STORE_ERROR_CORRUPT:
    case MC_STORE_ERROR_NOT_DATABASE:
      return g_strdup (_("What was copied does not read back as it was written: the stick or the backup is damaged. Use another one. "
                         "Nothing on this computer was changed."));
    case MC_STORE_ERROR_TOO_NEW:
      return g_strdup (_("The backup was written by a newer version of Minh Chứng. Install that version first. Nothing was changed."));
    case MC_STORE_ERROR_NOT_FOUND:
      return g_strdup (_("There is no whole backup of Minh Chứng in that folder. Choose the folder “MinhChung-sao-luu-…” or the stick "
                         "that it is on. Nothing was changed."));
    case MC_STORE_ERROR_INVALID:
      return g_strdup (_("There are several backups in that folder. Open it and choose one of the folders “MinhChung-sao-luu-…”."));
    case MC_STORE_ERROR_FAILED:
    case MC_STORE_ERROR_BUSY:
    case MC_STORE_ERROR_CONSTRAINT:
    case MC_STORE_ERROR_CLOSED:
    default:
      return g_strdup_printf (_("This did not work. Nothing on this computer was changed. (%s)"), error->message);
    }
}

static void
tell_failure (McBackupWindow *self,
              const GError   *error)
{
  g_autofree char *text = error_text (error);

  g_message ("%s", error->message);
  if (self->parent != NULL)
    mc_dialogs_tell (self->parent, self->func != NULL ? _("The backup was not restored") : _("The backup was not finished"), text);
}

/* the progress */

static void
progress_cb (guint64  done,
             guint64  total,
             gpointer user_data)
{
  McBackupWindow *self = user_data;

  mc_progress_window_set_fraction (self->progress, done, total);
}

/* writing */

static void
show_written (McBackupWindow *self,
              McBackup       *backup)
{
  g_autofree char *entries = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u entry", "%u entries", backup->n_records), backup->n_records);
  g_autofree char *files = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file", "%u files", backup->n_files), backup->n_files);
  g_autofree char *name = g_path_get_basename (backup->path);
  /* Translators: name of the unit, "12 entries", "3 files", name of the folder. */
  g_autofree char *text = g_strdup_printf (_("%s: %s and %s are in “%s”. The stick may be taken out now. Keep it like a filing cabinet: "
                                             "whoever has it can read everything."), backup->unit, entries, files, name);

  mc_progress_window_finish (self->progress, _("The backup is finished"), text);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  McBackupWindow *self = source;
  g_autoptr(GError) error = NULL;
  McBackup *backup = mc_backup_write (self->dir, self->folder, g_get_real_time (), progress_cb, self, cancellable, &error);

  mc_worker_return (task, backup, (GDestroyNotify) mc_backup_free, g_steal_pointer (&error));
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  McBackupWindow *self = MC_BACKUP_WINDOW (source);
  g_autoptr(GError) error = NULL;
  g_autoptr(McBackup) backup = g_task_propagate_pointer (G_TASK (result), &error);

  if (backup != NULL)
    {
      show_written (self, backup);
      return;
    }
  gtk_window_destroy (GTK_WINDOW (self->progress));
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell_failure (self, error);
}

/* Runs @thread; a cancelled one says so itself, once it has tidied up. */
static void
run (McBackupWindow      *self,
     GTaskThreadFunc      thread,
     GAsyncReadyCallback  callback)
{
  g_autoptr(GTask) task = g_task_new (self, self->cancellable, callback, NULL);

  g_task_set_check_cancellable (task, FALSE);
  mc_worker_run_apart (task, thread);
}

static gboolean
take_folder (McBackupWindow *self,
             GFile          *folder)
{
  self->folder = folder != NULL ? g_file_get_path (folder) : NULL;
  if (folder != NULL && self->folder == NULL && self->parent != NULL)
    mc_dialogs_tell (self->parent, _("This folder cannot be used"), _("It is not on this computer or on a stick in it. Choose another one."));

  return self->folder != NULL;
}

static void
folder_to_write_cb (GFile    *folder,
                    gpointer  user_data)
{
  McBackupWindow *self = user_data;

  if (!take_folder (self, folder))
    return;
  self->progress = mc_progress_window_new (self->parent, _("Backing up…"),
                                           _("Everything is copied, then read back to make sure. Leave the stick in; you can cancel at "
                                             "any time."), self->cancellable);
  run (self, write_in_thread, written_cb);
}

void
mc_backup_window_write (GtkWidget  *parent,
                        const char *dir)
{
  g_autoptr(McBackupWindow) self = mc_backup_window_new (parent, dir);

  mc_dialogs_choose_folder (parent, _("Choose a folder or a stick for the backup"), folder_to_write_cb, self);
}

/* restoring */

static void
restore_in_thread (GTask        *task,
                   gpointer      source,
                   gpointer      task_data,
                   GCancellable *cancellable)
{
  McBackupWindow *self = source;
  g_autoptr(GError) error = NULL;

  if (mc_backup_restore (self->backup, self->dir, progress_cb, self, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
restored_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  McBackupWindow *self = MC_BACKUP_WINDOW (source);
  g_autoptr(GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);

  gtk_window_destroy (GTK_WINDOW (self->progress));
  if (done)
    self->func (self->backup, self->user_data);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell_failure (self, error);
}

static void
wanted_cb (gpointer user_data)
{
  McBackupWindow *self = user_data;

  self->progress = mc_progress_window_new (self->parent, _("Restoring…"),
                                           _("Everything is copied and checked before it takes the place of what is here."),
                                           self->cancellable);
  run (self, restore_in_thread, restored_cb);
}

static void
find_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  McBackupWindow *self = source;
  g_autoptr(GError) error = NULL;
  McBackup *backup = mc_backup_find (self->folder, &error);

  mc_worker_return (task, backup, (GDestroyNotify) mc_backup_free, g_steal_pointer (&error));
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  McBackupWindow *self = MC_BACKUP_WINDOW (source);
  g_autoptr(GError) error = NULL;
  g_autofree char *made = NULL, *entries = NULL, *files = NULL, *text = NULL;

  self->backup = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->backup == NULL)
    {
      tell_failure (self, error);
      return;
    }
  if (self->parent == NULL)
    return;
  made = mc_text_format_moment (self->backup->made_us, "%H:%M %d/%m/%Y");
  entries = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u entry", "%u entries", self->backup->n_records), self->backup->n_records);
  files = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file", "%u files", self->backup->n_files), self->backup->n_files);
  /* Translators: name of the unit, time and date, "12 entries", "3 files". */
  text = g_strdup_printf (_("Backup of %s, made at %s: %s, %s.\n\nIt takes the place of what is on this computer. That is not deleted but kept "
                            "in a folder beside it. What was entered after the backup and was never synced is then only there."),
                          self->backup->unit, made, entries, files);
  mc_dialogs_confirm (self->parent, _("Restore this backup?"), text, _("_Restore"), wanted_cb, self);
}

static void
folder_to_read_cb (GFile    *folder,
                   gpointer  user_data)
{
  McBackupWindow *self = user_data;

  if (take_folder (self, folder))
    run (self, find_in_thread, found_cb);
}

void
mc_backup_window_restore (GtkWidget     *parent,
                          const char    *dir,
                          McRestoreFunc  func,
                          gpointer       user_data)
{
  g_autoptr(McBackupWindow) self = mc_backup_window_new (parent, dir);

  self->func = func;
  self->user_data = g_object_ref (user_data);
  mc_dialogs_choose_folder (parent, _("Choose the folder or the stick with the backup"), folder_to_read_cb, self);
}
