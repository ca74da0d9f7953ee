/* mc-stick-window.c: a sync that is carried on a USB stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-stick-window.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "mc-dialogs.h"
#include "mc-error-text.h"
#include "mc-progress-window.h"

#define MC_TYPE_STICK_WINDOW (mc_stick_window_get_type ())
G_DECLARE_FINAL_TYPE (McStickWindow, mc_stick_window, MC, STICK_WINDOW, GObject)

/* One bundle, from the question for the place to the end. */
struct _McStickWindow
{
  GObject parent_instance;

  GtkWidget *parent;          /* (nullable) weak */
  McContext *context;         /* (owned) */
  McProgressWindow *progress; /* (owned) (nullable) */
  GCancellable *cancellable;  /* (owned) */
};

G_DEFINE_FINAL_TYPE (McStickWindow, mc_stick_window, G_TYPE_OBJECT)

static void
mc_stick_window_finalize (GObject *object)
{
  McStickWindow *self = MC_STICK_WINDOW (object);

  g_clear_weak_pointer (&self->parent);
  g_clear_object (&self->progress);
  g_object_unref (self->context);
  g_object_unref (self->cancellable);

  G_OBJECT_CLASS (mc_stick_window_parent_class)->finalize (object);
}

static void
mc_stick_window_class_init (McStickWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mc_stick_window_finalize;
}

static void
mc_stick_window_init (McStickWindow *self)
{
  self->cancellable = g_cancellable_new ();
}

static McStickWindow *
stick_window_new (GtkWidget *parent,
                  McContext *context)
{
  McStickWindow *self = g_object_new (MC_TYPE_STICK_WINDOW, NULL);

  g_set_weak_pointer (&self->parent, parent);
  self->context = g_object_ref (context);

  return self;
}

static void
tell (McStickWindow *self,
      const char    *heading,
      const char    *text)
{
  if (self->parent != NULL)
    mc_dialogs_tell (self->parent, heading, text);
}

static void
end_badly (McStickWindow *self,
           const char    *heading,
           const GError  *error)
{
  g_autofree char *text = mc_error_text (error);

  gtk_window_destroy (GTK_WINDOW (self->progress));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_message ("%s", error->message);
  tell (self, heading, text);
}

static void
progress_cb (const McSyncReport *report,
             gpointer            user_data)
{
  McStickWindow *self = user_data;

  mc_progress_window_set_fraction (self->progress, report->evidence_done, report->evidence_total);
}

/* writing */

static char *
written_text (McStickReport *report)
{
  g_autofree char *size = mc_text_format_size (report->bytes), *name = g_path_get_basename (report->paths[0]);

  if (report->n_changes == 0 && report->n_files == 0)
    /* Translators: name of the file on the stick. */
    return g_strdup_printf (_("Nothing waits to be sent here. “%s” only asks the district's server for what is new for this unit; it was "
                              "written and read back. The stick may be taken out now. Open the district's answer here when it comes "
                              "back."), name);

  /* Translators: number of edits, of files, their size, name of the file on the stick. */
  return g_strdup_printf (_("%u edits and %u files (%s) are in “%s”, written and read back. The stick may be taken out now. Only the "
                            "district's server can read it. Everything stays “waiting” here until the district's answer comes back, by "
                            "stick or by network."), report->n_changes, report->n_files, size, name);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(McStickWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McStickReport) report = mc_sync_write_bundle_finish (MC_SYNC (source), result, &error);
  g_autofree char *text = NULL;

  if (report == NULL)
    {
      end_badly (self, _("The stick was not written"), error);
      return;
    }
  text = written_text (report);
  mc_progress_window_finish (self->progress, _("The stick is written"), text);
}

static void
folder_chosen_cb (GFile    *folder,
                  gpointer  user_data)
{
  McStickWindow *self = user_data;
  g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

  if (folder == NULL)
    return;
  if (path == NULL)
    {
      tell (self, _("This folder cannot be used"), _("It is not on this computer or on a stick in it. Choose another one."));
      return;
    }
  self->progress = mc_progress_window_new (self->parent, _("Writing the stick…"),
                                           _("The stick is written, then read back. Leave it in until this says that it may be taken "
                                             "out."), self->cancellable);
  mc_sync_write_bundle_async (mc_context_get_sync (self->context), path, progress_cb, self, self->cancellable, written_cb,
                              g_object_ref (self));
}

static gboolean
has_hub (McStickWindow *self)
{
  if (mc_context_get_sync (self->context) != NULL)
    return TRUE;
  gtk_widget_activate_action (self->parent, "app.enrol", NULL);

  return FALSE;
}

void
mc_stick_window_write (GtkWidget *parent,
                       McContext *context)
{
  g_autoptr(McStickWindow) self = stick_window_new (parent, context);

  if (has_hub (self))
    mc_dialogs_choose_folder (parent, _("Choose the USB stick, or a folder on it"), folder_chosen_cb, self);
}

/* reading */

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(McStickWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL, *reply = NULL, *name = NULL;
  McSyncReport report;

  if (!mc_sync_read_bundle_finish (MC_SYNC (source), result, &report, &reply, &error))
    {
      end_badly (self, _("Nothing was taken from this file"), error);
      return;
    }
  if (reply != NULL)
    {
      name = g_path_get_basename (reply);
      /* Translators: name of a file on the stick. */
      text = g_strdup_printf (_("The district's server has what is in it, as if the office that wrote it had synced. The answer is in “%s” "
                                "beside it: give the stick back to that office, and have them open this file there."), name);
      mc_progress_window_finish (self->progress, _("The bundle was handed to the district's server"), text);
      return;
    }
  /* Translators: edits the district confirmed, files it has whole, items of others. */
  text = g_strdup_printf (_("The district confirms %u edits and %u files; %u items of others came with it. Taking the same answer again "
                            "does no harm."), report.n_sent, report.files_done, report.n_received);
  mc_progress_window_finish (self->progress, _("The district's answer was taken"), text);
}

static void
take (McStickWindow *self,
      const char    *path)
{
  self->progress = mc_progress_window_new (self->parent, _("Taking the stick…"),
                                           _("The district's answer is read and checked. What another office wrote goes to the district's "
                                             "server; nobody on the way can read it."), self->cancellable);
  mc_sync_read_bundle_async (mc_context_get_sync (self->context), path, progress_cb, self, self->cancellable, read_cb,
                             g_object_ref (self));
}

static void
file_chosen_cb (GFile    *file,
                gpointer  user_data)
{
  McStickWindow *self = user_data;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    take (self, path);
}

void
mc_stick_window_read (GtkWidget  *parent,
                      McContext  *context,
                      const char *path)
{
  g_autoptr(McStickWindow) self = stick_window_new (parent, context);

  if (!has_hub (self))
    return;
  if (path != NULL)
    take (self, path);
  else
    mc_dialogs_open_file (parent, _("Open the answer of the district, or the stick of another office"), _("Bundles of Minh Chứng"), "*.mcbundle", file_chosen_cb, self);
}
