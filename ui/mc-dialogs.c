/* mc-dialogs.c: the only file that knows dialog classes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-dialogs.h"

#include <glib/gi18n.h>

typedef struct
{
  McFilesFunc files_func;
  McFileFunc file_func;
  McConfirmFunc confirm_func;
  gpointer user_data;   /* (owned) GObject */
} Asking;

static Asking *
asking_new (gpointer user_data)
{
  Asking *asking = g_new0 (Asking, 1);

  asking->user_data = g_object_ref (user_data);

  return asking;
}

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->user_data);
  g_free (asking);
}

static void
file_response_cb (GtkNativeDialog *dialog,
                  int              response,
                  Asking          *asking)
{
  g_autoptr(GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  if (asking->files_func != NULL)
    asking->files_func (files, asking->user_data);
  else
    {
      g_autoptr(GFile) file = files != NULL ? g_list_model_get_item (files, 0) : NULL;

      asking->file_func (file, asking->user_data);
    }
  asking_free (asking);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static GtkFileChooserNative *
chooser_new (GtkWidget            *parent,
             const char           *title,
             GtkFileChooserAction  action,
             Asking               *asking)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action,
                                                               action == GTK_FILE_CHOOSER_ACTION_SAVE ? _("_Save") : _("_Open"),
                                                               _("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (file_response_cb), asking);

  return chooser;
}

void
mc_dialogs_open_files (GtkWidget   *parent,
                       const char  *title,
                       McFilesFunc  func,
                       gpointer     user_data)
{
  Asking *asking = asking_new (user_data);
  GtkFileChooserNative *chooser = chooser_new (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, asking);

  asking->files_func = func;
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
mc_dialogs_open_file (GtkWidget  *parent,
                      const char *title,
                      const char *filter_name,
                      const char *pattern,
                      McFileFunc  func,
                      gpointer    user_data)
{
  Asking *asking = asking_new (user_data);
  GtkFileChooserNative *chooser = chooser_new (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, asking);
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new ();

  asking->file_func = func;
  gtk_file_filter_set_name (filter, filter_name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
mc_dialogs_save_file (GtkWidget  *parent,
                      const char *title,
                      const char *name,
                      McFileFunc  func,
                      gpointer    user_data)
{
  Asking *asking = asking_new (user_data);
  GtkFileChooserNative *chooser = chooser_new (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, asking);

  asking->file_func = func;
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
confirm_cb (AdwMessageDialog *dialog,
            const char       *response,
            Asking           *asking)
{
  if (g_str_equal (response, "accept") && asking->confirm_func != NULL)
    asking->confirm_func (asking->user_data);
  asking_free (asking);
}

void
mc_dialogs_confirm (GtkWidget     *parent,
                    const char    *heading,
                    const char    *body,
                    const char    *accept,
                    McConfirmFunc  func,
                    gpointer       user_data)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);
  Asking *asking = asking_new (user_data);

  asking->confirm_func = func;
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "accept", accept, NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "accept");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (confirm_cb), asking);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
mc_dialogs_tell (GtkWidget  *parent,
                 const char *heading,
                 const char *body)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}
