/* mc-window.c: the window of one enrolment
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages know nothing of each other; the window brings them on screen, commits what is typed in the one that is left,
 * and closes only when everything typed is on disk.
 */

#include "mc-window.h"

#include <glib/gi18n.h>

#include "mc-about.h"
#include "mc-attention.h"
#include "mc-copies-page.h"
#include "mc-criteria-page.h"
#include "mc-deleted-window.h"
#include "mc-dialogs.h"
#include "mc-documents-page.h"
#include "mc-error-text.h"
#include "mc-help.h"
#include "mc-months-page.h"
#include "mc-overview-page.h"
#include "mc-plan-page.h"
#include "mc-present.h"
#include "mc-page-focus.h"
#include "mc-preview.h"
#include "mc-receipts-window.h"
#include "mc-records-page.h"
#include "mc-search-window.h"
#include "mc-shortcuts.h"
#include "mc-stick-window.h"
#include "mc-sync-button.h"
#include "mc-sync-log-window.h"
#include "mc-toasts.h"

#define PREVIEW_PIXELS 430
#define WIDE_PIXELS 1600   /* from here on a page has room beside sections and preview */

struct _McWindow
{
  AdwApplicationWindow parent_instance;

  McContext *context;       /* (owned) */
  GtkWidget *toasts;
  McToasts *said;           /* (owned) */
  GtkWidget *sidebar_flap;
  GtkWidget *sidebar;
  GtkWidget *unit_title;
  GtkWidget *page_title;
  GtkWidget *sync_button;
  GtkWidget *menu_button;
  GMenuModel *main_menu;
  GtkWidget *preview_flap;
  GtkWidget *preview;       /* (nullable) until a file is looked at */
  GtkWidget *stack;
  gboolean made_way;        /* the sections are hidden only as long as the preview is shown */
  gboolean is_closing;
  McPageFocus *page_focus;  /* (owned) */
};

G_DEFINE_FINAL_TYPE (McWindow, mc_window, ADW_TYPE_APPLICATION_WINDOW)

typedef struct
{
  const char *name;
  GType (*get_type) (void);
  GtkWidget *(*make) (McContext *context);
} Section;

static const Section sections[] = {
  { "overview", mc_overview_page_get_type, mc_overview_page_new },
  { "criteria", mc_criteria_page_get_type, mc_criteria_page_new },
  { "plan", mc_plan_page_get_type, mc_plan_page_new },
  { "documents", mc_documents_page_get_type, mc_documents_page_new },
  { "copies", mc_copies_page_get_type, mc_copies_page_new },
  { "months", mc_months_page_get_type, mc_months_page_new },
  { "records", mc_records_page_get_type, mc_records_page_new },
};

McPage *
mc_window_get_page (McWindow *self)
{
  return MC_PAGE (gtk_stack_get_visible_child (GTK_STACK (self->stack)));
}

McContext *
mc_window_get_context (McWindow *self)
{
  return self->context;
}

static void
show_title (McWindow *self)
{
  McPage *page = mc_window_get_page (self);
  const char *state;

  if (page == NULL)
    return;
  if (mc_context_get_save_error (self->context) != NULL)
    state = _("Not saved!");
  else if (mc_context_get_saving (self->context))
    state = _("Saving…");
  else
    state = _("Saved");
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->page_title), mc_page_get_title (page));
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->page_title), state);
}

static void
show_undo (McWindow *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.undo", mc_context_get_undo_label (self->context) != NULL);
}

static gboolean
destroy_cb (gpointer user_data)
{
  gtk_window_destroy (user_data);

  return G_SOURCE_REMOVE;
}

static void
unsaved_cb (gboolean is_first,
            gpointer user_data)
{
  if (is_first)
    gtk_window_close (user_data);
  else
    gtk_window_destroy (user_data);
}

static void
ask_unsaved (McWindow *self)
{
  g_autofree char *why = mc_error_text (mc_context_get_save_error (self->context));
  g_autofree char *body = g_strconcat (why, "\n\n", _("What was typed since then goes if the program ends now."), NULL);

  mc_dialogs_choose (GTK_WIDGET (self), _("Not everything is saved"), body, _("_Save again"), _("_End without it"), unsaved_cb, self);
}

static void
saving_changed_cb (McWindow *self)
{
  show_title (self);
  show_undo (self);
  if (!self->is_closing || mc_context_get_saving (self->context))
    return;
  self->is_closing = FALSE;
  if (mc_context_has_unsaved (self->context))
    ask_unsaved (self);
  else
    g_idle_add (destroy_cb, self);
}

/* pages */

static void
select_row (McWindow   *self,
            const char *name)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->sidebar), i)) != NULL; i++)
    if (g_str_equal (g_object_get_data (G_OBJECT (row), "name"), name))
      gtk_list_box_select_row (GTK_LIST_BOX (self->sidebar), row);
}

/* A page is made when it is first looked at: most days most of them are not. */
static McPage *
ensure_page (McWindow   *self,
             const char *name)
{
  GtkWidget *page = gtk_stack_get_child_by_name (GTK_STACK (self->stack), name);

  for (guint i = 0; i < G_N_ELEMENTS (sections) && page == NULL; i++)
    if (g_str_equal (sections[i].name, name))
      {
        page = sections[i].make (self->context);
        gtk_stack_add_named (GTK_STACK (self->stack), page, name);
      }

  return MC_PAGE (page);
}

void
mc_window_show_page (McWindow   *self,
                     const char *name)
{
  McPage *page = mc_window_get_page (self);

  if (ensure_page (self, name) == NULL)
    return;
  if (page != NULL)
    mc_page_commit (page);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
  if (mc_window_get_page (self) != page)
    mc_toasts_leave (self->said);
  select_row (self, name);
  show_title (self);
}

/* Tab walks over the sections and selects each: once it has left them, the one whose page is shown is selected again. */
static void
sidebar_left_cb (McWindow *self)
{
  const char *name = gtk_stack_get_visible_child_name (GTK_STACK (self->stack));

  if (name != NULL)
    select_row (self, name);
}

static void
sidebar_activated_cb (GtkListBox    *list,
                      GtkListBoxRow *row,
                      gpointer       user_data)
{
  McWindow *self = MC_WINDOW (gtk_widget_get_root (GTK_WIDGET (list)));

  mc_window_show_page (self, g_object_get_data (G_OBJECT (row), "name"));
  if (adw_flap_get_folded (ADW_FLAP (self->sidebar_flap)))
    adw_flap_set_reveal_flap (ADW_FLAP (self->sidebar_flap), FALSE);
}

static void
add_row (McWindow      *self,
         const Section *section)
{
  const char *title = mc_page_type_get_title (section->get_type ());
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* A desktop's letters may come out a hair wider than they were measured: then a title would break with room beside it. */
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (mc_page_type_get_icon_name (section->get_type ())));
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data (G_OBJECT (row), "name", (gpointer) section->name);
  gtk_list_box_append (GTK_LIST_BOX (self->sidebar), row);
}

static void
show_record_cb (McContext  *context,
                const char *record,
                const char *type,
                McWindow   *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      McPage *page = ensure_page (self, sections[i].name);

      if (mc_page_show_record (page, record, type))
        {
          mc_window_show_page (self, sections[i].name);
          return;
        }
    }
}

/* The list that the file belongs to is needed beside it, the sections are not. */
static void
make_way (McWindow *self)
{
  AdwFlap *flap = ADW_FLAP (self->sidebar_flap);

  if (adw_flap_get_folded (flap) || gtk_widget_get_width (GTK_WIDGET (self)) >= WIDE_PIXELS)
    return;
  self->made_way = TRUE;
  adw_flap_set_fold_policy (flap, ADW_FLAP_FOLD_POLICY_ALWAYS);
  adw_flap_set_reveal_flap (flap, FALSE);
}

static void
preview_closed_cb (McWindow *self)
{
  adw_flap_set_reveal_flap (ADW_FLAP (self->preview_flap), FALSE);
  if (!self->made_way)
    return;
  self->made_way = FALSE;
  adw_flap_set_fold_policy (ADW_FLAP (self->sidebar_flap), ADW_FLAP_FOLD_POLICY_AUTO);
  adw_flap_set_reveal_flap (ADW_FLAP (self->sidebar_flap), TRUE);
}

static void
ensure_preview (McWindow *self)
{
  if (self->preview != NULL)
    return;
  self->preview = mc_preview_new ();
  gtk_widget_set_size_request (self->preview, PREVIEW_PIXELS, -1);
  gtk_widget_set_hexpand (self->preview, FALSE);
  g_signal_connect_object (self->preview, "closed", G_CALLBACK (preview_closed_cb), self, G_CONNECT_SWAPPED);
  adw_flap_set_flap (ADW_FLAP (self->preview_flap), self->preview);
  mc_present_flap (ADW_FLAP (self->preview_flap), self->preview);
}

static void
preview_cb (McContext  *context,
            const char *sha256,
            const char *name,
            const char *mime,
            McWindow   *self)
{
  ensure_preview (self);
  mc_preview_show (MC_PREVIEW (self->preview), context, sha256, name, mime);
  make_way (self);
  adw_flap_set_reveal_flap (ADW_FLAP (self->preview_flap), TRUE);
}

void
mc_window_toast (McWindow   *self,
                 const char *text)
{
  mc_toasts_say (self->said, text, MC_TOAST_DONE, NULL);
}

static void
toast_cb (McContext  *context,
          const char *text,
          int         kind,
          gpointer    about,
          McWindow   *self)
{
  mc_toasts_say (self->said, text, kind, about);
}

static void
toast_settled_cb (McContext *context,
                  gpointer   about,
                  McWindow  *self)
{
  mc_toasts_settle (self->said, about);
}

/* actions */

static void
sync_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  McWindow *self = MC_WINDOW (widget);
  McSync *sync = mc_context_get_sync (self->context);

  mc_page_commit (mc_window_get_page (self));
  mc_context_flush_drafts (self->context);
  if (sync != NULL)
    mc_sync_run (sync);
  else
    gtk_widget_activate_action (widget, "app.enrol", NULL);
}

/* While something is being typed, undo is the text's. */
static gboolean
undo_in_text (McWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  return focus != NULL && (GTK_IS_TEXT (focus) || GTK_IS_TEXT_VIEW (focus)) && mc_context_get_saving (self->context) &&
         gtk_widget_activate_action (focus, "text.undo", NULL);
}

static void
undo_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  McWindow *self = MC_WINDOW (widget);

  if (undo_in_text (self))
    return;
  mc_page_commit (mc_window_get_page (self));
  mc_context_undo (self->context);
}

static void
search_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  mc_search_window_show (widget, MC_WINDOW (widget)->context);
}

static void
attention_cb (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  mc_attention_show (widget, MC_WINDOW (widget)->context);
}

static void
deleted_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  mc_deleted_window_show (widget, MC_WINDOW (widget)->context);
}

static void
receipts_cb (GtkWidget  *widget,
             const char *action,
             GVariant   *parameter)
{
  mc_receipts_window_show (widget, MC_WINDOW (widget)->context);
}

static void
write_stick_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  McWindow *self = MC_WINDOW (widget);

  mc_page_commit (mc_window_get_page (self));
  mc_context_flush_drafts (self->context);
  mc_stick_window_write (widget, self->context);
}

static void
read_stick_cb (GtkWidget  *widget,
               const char *action,
               GVariant   *parameter)
{
  mc_stick_window_read (widget, MC_WINDOW (widget)->context, NULL);
}

static void
sync_log_cb (GtkWidget  *widget,
             const char *action,
             GVariant   *parameter)
{
  mc_sync_log_window_show (widget, MC_WINDOW (widget)->context);
}

static void
find_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  if (!mc_page_start_search (mc_window_get_page (MC_WINDOW (widget))))
    search_cb (widget, action, parameter);
}

static void
help_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  mc_help_show (widget, mc_page_get_help (mc_window_get_page (MC_WINDOW (widget))));
}

static void
page_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  guint number = g_variant_get_int32 (parameter);

  if (number >= G_N_ELEMENTS (sections))
    return;
  mc_window_show_page (MC_WINDOW (widget), sections[number].name);
  mc_page_focus_bring (MC_WINDOW (widget)->page_focus, GTK_WIDGET (mc_window_get_page (MC_WINDOW (widget))));
}

static void
about_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  mc_about_show (GTK_WINDOW (widget));
}

/* Made when it is asked for: a start does not wait for it. */
static void
make_menu (GtkMenuButton *button,
           gpointer       user_data)
{
  McWindow *self = user_data;

  if (gtk_menu_button_get_menu_model (button) != NULL)
    return;
  gtk_menu_button_set_menu_model (button, self->main_menu);
  mc_present_menu (button);
}

static void
shortcuts_cb (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  mc_shortcuts_show (GTK_APPLICATION_WINDOW (widget));
}

/* What was opened beside it goes with it. */
static void
hide (GtkWindow *window)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  g_autoptr(GPtrArray) beside = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr(GtkWindow) other = g_list_model_get_item (toplevels, i);

      if (gtk_window_get_transient_for (other) == window)
        g_ptr_array_add (beside, g_steal_pointer (&other));
    }
  for (guint i = 0; i < beside->len; i++)
    gtk_window_close (beside->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
}

static gboolean
mc_window_close_request (GtkWindow *window)
{
  McWindow *self = MC_WINDOW (window);

  mc_page_commit (mc_window_get_page (self));
  mc_context_flush_drafts (self->context);
  if (gtk_window_get_hide_on_close (window))
    {
      hide (window);
      return GDK_EVENT_STOP;
    }
  mc_context_save_again (self->context);
  if (!mc_context_get_saving (self->context))
    return GDK_EVENT_PROPAGATE;

  /* What was typed last is on its way to the disk: the window goes when it is there. */
  self->is_closing = TRUE;

  return GDK_EVENT_STOP;
}

static void
mc_window_dispose (GObject *object)
{
  McWindow *self = MC_WINDOW (object);

  g_clear_pointer (&self->page_focus, mc_page_focus_free);
  g_clear_pointer (&self->said, mc_toasts_free);
  if (self->context != NULL)
    g_signal_handlers_disconnect_by_data (self->context, self);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_window_parent_class)->dispose (object);
}

static void
mc_window_class_init (McWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MC_TYPE_SYNC_BUTTON);
  G_OBJECT_CLASS (klass)->dispose = mc_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = mc_window_close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/vn/minhchung/MinhChung/ui/mc-window.ui");
  gtk_widget_class_bind_template_child (widget_class, McWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, McWindow, sidebar_flap);
  gtk_widget_class_bind_template_child (widget_class, McWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, McWindow, unit_title);
  gtk_widget_class_bind_template_child (widget_class, McWindow, page_title);
  gtk_widget_class_bind_template_child (widget_class, McWindow, sync_button);
  gtk_widget_class_bind_template_child (widget_class, McWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, McWindow, main_menu);
  gtk_widget_class_bind_template_child (widget_class, McWindow, preview_flap);
  gtk_widget_class_bind_template_child (widget_class, McWindow, stack);
  gtk_widget_class_bind_template_callback (widget_class, sidebar_activated_cb);
  gtk_widget_class_install_action (widget_class, "win.sync", NULL, sync_cb);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_cb);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_cb);
  gtk_widget_class_install_action (widget_class, "win.find", NULL, find_cb);
  gtk_widget_class_install_action (widget_class, "win.attention", NULL, attention_cb);
  gtk_widget_class_install_action (widget_class, "win.deleted", NULL, deleted_cb);
  gtk_widget_class_install_action (widget_class, "win.receipts", NULL, receipts_cb);
  gtk_widget_class_install_action (widget_class, "win.sync-log", NULL, sync_log_cb);
  gtk_widget_class_install_action (widget_class, "win.write-stick", NULL, write_stick_cb);
  gtk_widget_class_install_action (widget_class, "win.read-stick", NULL, read_stick_cb);
  gtk_widget_class_install_action (widget_class, "win.help", NULL, help_cb);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, shortcuts_cb);
  gtk_widget_class_install_action (widget_class, "win.about", NULL, about_cb);
  gtk_widget_class_install_action (widget_class, "win.page", "i", page_cb);
}

static void
mc_window_init (McWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->said = mc_toasts_new (ADW_TOAST_OVERLAY (self->toasts));
}

GtkWidget *
mc_window_new (GtkApplication *application,
               McContext      *context)
{
  McWindow *self = g_object_new (MC_TYPE_WINDOW, "application", application, NULL);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->context = g_object_ref (context);
  self->page_focus = mc_page_focus_new (GTK_WINDOW (self), GTK_LIST_BOX (self->sidebar));
  g_signal_connect_object (context, "toast", G_CALLBACK (toast_cb), self, 0);
  g_signal_connect_object (context, "toast-settled", G_CALLBACK (toast_settled_cb), self, 0);
  g_signal_connect_object (context, "show-record", G_CALLBACK (show_record_cb), self, 0);
  g_signal_connect_object (context, "preview", G_CALLBACK (preview_cb), self, 0);
  g_signal_connect_object (context, "saving-changed", G_CALLBACK (saving_changed_cb), self, G_CONNECT_SWAPPED);
  mc_sync_button_set_context (MC_SYNC_BUTTON (self->sync_button), context);
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->unit_title), mc_context_get_unit_name (context));
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->unit_title), mc_context_get_person (context));
  gtk_widget_set_tooltip_text (self->unit_title, mc_context_get_person (context));
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    add_row (self, &sections[i]);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (sidebar_left_cb), self);
  gtk_widget_add_controller (self->sidebar, focus);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->menu_button), make_menu, self, NULL);
  mc_present_stack (GTK_STACK (self->stack));
  mc_present_flap (ADW_FLAP (self->sidebar_flap), adw_flap_get_flap (ADW_FLAP (self->sidebar_flap)));
  mc_window_show_page (self, sections[0].name);
  /* Not the button that sends: Enter on a window that has just opened does nothing. */
  gtk_widget_grab_focus (GTK_WIDGET (gtk_list_box_get_selected_row (GTK_LIST_BOX (self->sidebar))));
  show_undo (self);

  return GTK_WIDGET (self);
}
