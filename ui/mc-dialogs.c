/* mc-dialogs.c: the only file that knows dialog classes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-dialogs.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "mc-portal.h"

/* What is asked for, until the answer. */
typedef struct
{
  GtkWidget *parent;      /* (owned) (nullable) */
  char *title;            /* (owned) (nullable) */
  GtkFileChooserAction action;
  char *filter_name;      /* (owned) (nullable) */
  char *pattern;          /* (owned) (nullable) */
  char *name;             /* (owned) (nullable) of the file to save */
  McFilesFunc files_func;
  McFileFunc file_func;
  McConfirmFunc confirm_func;
  McChoiceFunc choice_func;
  gpointer user_data;     /* (owned) GObject */
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
  g_clear_object (&asking->parent);
  g_free (asking->title);
  g_free (asking->filter_name);
  g_free (asking->pattern);
  g_free (asking->name);
  g_object_unref (asking->user_data);
  g_free (asking);
}

/* choosing files */

/* Ends the asking.  @chooser is %NULL if none could be shown. */
static void
answer_files (Asking         *asking,
              GtkFileChooser *chooser)
{
  g_autoptr(GListModel) files = chooser != NULL ? gtk_file_chooser_get_files (chooser) : NULL;

  if (asking->files_func != NULL)
    asking->files_func (files, asking->user_data);
  else
    {
      g_autoptr(GFile) file = files != NULL ? g_list_model_get_item (files, 0) : NULL;

      asking->file_func (file, asking->user_data);
    }
  asking_free (asking);
}

static void
native_response_cb (GtkNativeDialog *dialog,
                    int              response,
                    Asking          *asking)
{
  answer_files (asking, response == GTK_RESPONSE_ACCEPT ? GTK_FILE_CHOOSER (dialog) : NULL);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
own_response_cb (GtkDialog *dialog,
                 int        response,
                 Asking    *asking)
{
  answer_files (asking, response == GTK_RESPONSE_ACCEPT ? GTK_FILE_CHOOSER (dialog) : NULL);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
configure (GtkFileChooser *chooser,
           Asking         *asking)
{
  gtk_file_chooser_set_select_multiple (chooser, asking->files_func != NULL);
  if (asking->action == GTK_FILE_CHOOSER_ACTION_OPEN)
    {
      g_autoptr(GtkFileFilter) filter = gtk_file_filter_new ();

      /* GNOME's chooser calls what is not filtered "(None)". */
      gtk_file_filter_set_name (filter, asking->pattern != NULL ? asking->filter_name : _("All files"));
      gtk_file_filter_add_pattern (filter, asking->pattern != NULL ? asking->pattern : "*");
      gtk_file_chooser_add_filter (chooser, filter);
      gtk_file_chooser_set_filter (chooser, filter);
    }
  if (asking->name != NULL)
    gtk_file_chooser_set_current_name (chooser, asking->name);
}

static const char *
accept_label (Asking *asking)
{
  return asking->action == GTK_FILE_CHOOSER_ACTION_SAVE ? _("_Save")
       : asking->action == GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER ? _("_Choose") : _("_Open");
}

static GtkWindow *
get_window (Asking *asking)
{
  GtkRoot *root = asking->parent != NULL ? gtk_widget_get_root (asking->parent) : NULL;

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
show_native (Asking *asking)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (asking->title, get_window (asking), asking->action,
                                                               accept_label (asking), _("_Cancel"));

  configure (GTK_FILE_CHOOSER (chooser), asking);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (native_response_cb), asking);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* The one folder of the person that the sandbox sees (finish-args of the Flatpak). */
static GFile *
get_shared_folder (void)
{
  return g_file_new_build_filename (g_get_home_dir (), "MinhChung", NULL);
}

/* The program's own chooser, where no portal shows the desktop's: it says why, and what to do. */
static void
show_own (Asking *asking)
{
  GtkWidget *dialog = gtk_file_chooser_dialog_new (asking->title, get_window (asking), asking->action,
                                                   _("_Cancel"), GTK_RESPONSE_CANCEL,
                                                   accept_label (asking), GTK_RESPONSE_ACCEPT, NULL);
  GtkWidget *reason = gtk_label_new (asking->action == GTK_FILE_CHOOSER_ACTION_OPEN
    ? _("This computer lacks the service that shows all your files (package xdg-desktop-portal-gtk). "
        "Here you see the folder “MinhChung” of your home folder: copy the files there, then choose them.")
    : _("This computer lacks the service that shows all your folders (package xdg-desktop-portal-gtk). "
        "Here you can save into the folder “MinhChung” of your home folder, and copy from there."));
  g_autoptr(GFile) folder = get_shared_folder ();

  configure (GTK_FILE_CHOOSER (dialog), asking);
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
  gtk_label_set_wrap (GTK_LABEL (reason), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (reason), 60);
  gtk_label_set_xalign (GTK_LABEL (reason), 0);
  gtk_widget_add_css_class (reason, "mc-banner");
  gtk_box_prepend (GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (dialog))), reason);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 760, 520);
  g_signal_connect (dialog, "response", G_CALLBACK (own_response_cb), asking);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
portal_cb (gboolean is_there,
           gpointer user_data)
{
  Asking *asking = user_data;

  /* The window may have gone while the bus was asked. */
  if (get_window (asking) == NULL)
    answer_files (asking, NULL);
  else if (is_there)
    show_native (asking);
  else
    show_own (asking);
}

static void
choose (GtkWidget            *parent,
        const char           *title,
        GtkFileChooserAction  action,
        Asking               *asking)
{
  asking->parent = g_object_ref (parent);
  asking->title = g_strdup (title);
  asking->action = action;
  mc_portal_ask ("org.freedesktop.portal.FileChooser", portal_cb, asking);
}

void
mc_dialogs_open_files (GtkWidget   *parent,
                       const char  *title,
                       McFilesFunc  func,
                       gpointer     user_data)
{
  Asking *asking = asking_new (user_data);

  asking->files_func = func;
  choose (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, asking);
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

  asking->filter_name = g_strdup (filter_name);
  asking->pattern = g_strdup (pattern);
  asking->file_func = func;
  choose (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, asking);
}

void
mc_dialogs_save_file (GtkWidget  *parent,
                      const char *title,
                      const char *name,
                      McFileFunc  func,
                      gpointer    user_data)
{
  Asking *asking = asking_new (user_data);

  asking->name = g_strdup (name);
  asking->file_func = func;
  choose (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, asking);
}

void
mc_dialogs_choose_folder (GtkWidget  *parent,
                          const char *title,
                          McFileFunc  func,
                          gpointer    user_data)
{
  Asking *asking = asking_new (user_data);

  asking->file_func = func;
  choose (parent, title, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, asking);
}

/* telling and confirming */

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

static void
choice_cb (AdwMessageDialog *dialog,
           const char       *response,
           Asking           *asking)
{
  if (!g_str_equal (response, "cancel"))
    asking->choice_func (g_str_equal (response, "first"), asking->user_data);
  asking_free (asking);
}

void
mc_dialogs_choose (GtkWidget    *parent,
                   const char   *heading,
                   const char   *body,
                   const char   *first,
                   const char   *second,
                   McChoiceFunc  func,
                   gpointer      user_data)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);
  Asking *asking = asking_new (user_data);

  asking->choice_func = func;
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "second", second, "first", first, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "first", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "first");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (choice_cb), asking);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* asking for lines */

typedef struct
{
  AdwMessageDialog *dialog;   /* lives as long as this */
  GPtrArray *rows;            /* (owned) (element-type AdwEntryRow) of the dialog */
  GArray *kinds;              /* (owned) (element-type McAskKind) */
  GArray *may_be_blank;       /* (owned) (element-type gboolean) */
  int year;
  McAskFunc func;
  gpointer user_data;         /* (owned) GObject */
} AskingLines;

static void
lines_free (gpointer  data,
             GClosure *closure)
{
  AskingLines *lines = data;

  g_ptr_array_unref (lines->rows);
  g_array_unref (lines->kinds);
  g_array_unref (lines->may_be_blank);
  g_object_unref (lines->user_data);
  g_free (lines);
}

/* (transfer full) (nullable) the answer of a line; NULL if it is none */
static char *
read_row (AskingLines *lines,
          guint   i)
{
  g_autofree char *text = mc_text_normalize (gtk_editable_get_text (GTK_EDITABLE (lines->rows->pdata[i])));

  if (*text == '\0')
    return g_array_index (lines->may_be_blank, gboolean, i) ? g_steal_pointer (&text) : NULL;
  if (g_array_index (lines->kinds, McAskKind, i) == MC_ASK_DATE)
    return mc_text_parse_date (text, lines->year, NULL);

  return g_steal_pointer (&text);
}

static void
check_lines (AskingLines *lines)
{
  gboolean is_whole = TRUE;

  for (guint i = 0; i < lines->rows->len; i++)
    {
      GtkWidget *row = lines->rows->pdata[i];
      g_autofree char *text = read_row (lines, i);
      gboolean is_wrong = text == NULL && *gtk_editable_get_text (GTK_EDITABLE (row)) != '\0';

      is_whole &= text != NULL;
      if (is_wrong)
        gtk_widget_add_css_class (row, "error");
      else
        gtk_widget_remove_css_class (row, "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_INVALID,
                                   is_wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
    }
  adw_message_dialog_set_response_enabled (lines->dialog, "accept", is_whole);
}

static void
lines_cb (AdwMessageDialog *dialog,
             const char       *response,
             AskingLines           *lines)
{
  g_auto(GStrv) texts = g_new0 (char *, lines->rows->len + 1);

  if (!g_str_equal (response, "accept"))
    return;
  for (guint i = 0; i < lines->rows->len; i++)
    if (!(texts[i] = read_row (lines, i)))
      return;
  lines->func ((const char * const *) texts, lines->user_data);
}

static GtkWidget *
make_row (AskingLines      *lines,
          const McAsk *ask)
{
  GtkWidget *row = adw_entry_row_new ();
  g_autofree char *shown = ask->kind == MC_ASK_DATE && ask->text != NULL ? mc_text_format_date (ask->text) : g_strdup (ask->text);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), ask->label);
  gtk_editable_set_text (GTK_EDITABLE (row), shown != NULL ? shown : "");
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (check_lines), lines);
  g_ptr_array_add (lines->rows, row);
  g_array_append_val (lines->kinds, ask->kind);
  g_array_append_val (lines->may_be_blank, ask->may_be_blank);

  return row;
}

void
mc_dialogs_ask (GtkWidget   *parent,
                const char  *heading,
                const char  *body,
                const char  *accept,
                const McAsk *asks,
                guint        n_asks,
                int          year,
                McAskFunc    func,
                gpointer     user_data)
{
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);
  GtkWidget *group = adw_preferences_group_new ();
  AskingLines *lines = g_new0 (AskingLines, 1);

  lines->dialog = ADW_MESSAGE_DIALOG (dialog);
  lines->rows = g_ptr_array_new ();
  lines->kinds = g_array_new (FALSE, FALSE, sizeof (McAskKind));
  lines->may_be_blank = g_array_new (FALSE, FALSE, sizeof (gboolean));
  lines->year = year;
  lines->func = func;
  lines->user_data = g_object_ref (user_data);
  for (guint i = 0; i < n_asks; i++)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_row (lines, &asks[i]));
  gtk_widget_set_size_request (group, 360, -1);
  adw_message_dialog_set_extra_child (lines->dialog, group);
  adw_message_dialog_add_responses (lines->dialog, "cancel", _("_Cancel"), "accept", accept, NULL);
  adw_message_dialog_set_response_appearance (lines->dialog, "accept", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (lines->dialog, "accept");
  adw_message_dialog_set_close_response (lines->dialog, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (lines_cb), lines, lines_free, 0);
  check_lines (lines);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (lines->rows->pdata[0]);
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

void
mc_dialogs_close_on_escape (GtkWindow *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (GTK_WIDGET (window), controller);
}
