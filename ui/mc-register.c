/* mc-register.c: the records of one type as a list of any length, with the details of one of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorting and searching are the database's; the list holds numbers and a few pages, whatever the length.
 */

#include "mc-register-private.h"

#include <glib/gi18n.h>

#include "mc-form.h"
#include "mc-pane.h"
#include "mc-void.h"

#define MAX_COLUMNS 6

G_DEFINE_FINAL_TYPE (McRegister, mc_register, GTK_TYPE_WIDGET)

/* list */

static char *
mark_cb (McRecord *record,
         gpointer  user_data)
{
  McRegister *self = user_data;

  return self->mark != NULL ? self->mark (record, self->mark_data) : NULL;
}

static void
add_columns (McRegister         *self,
             const char * const *columns)
{
  guint n = 0;

  for (guint i = 0; columns != NULL && columns[i] != NULL; i++)
    mc_cells_add_column (GTK_COLUMN_VIEW (self->view), mc_record_type_find_field (self->type, columns[i]), mark_cb, self);
  for (guint i = 0; columns == NULL && i < self->type->fields->len && n < MAX_COLUMNS; i++)
    {
      McField *field = self->type->fields->pdata[i];

      if (field->type == MC_FIELD_FILES || field->type == MC_FIELD_LIST || g_str_has_prefix (field->name, "review."))
        continue;
      mc_cells_add_column (GTK_COLUMN_VIEW (self->view), field, mark_cb, self);
      n++;
    }
}

static void
activate_cb (GtkColumnView *view,
             guint          position,
             McRegister    *self)
{
  g_autoptr(McRecordItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), position);
  McRecord *record = item != NULL ? mc_record_item_get_record (item) : NULL;

  if (record != NULL)
    mc_register_show_record (self, mc_record_get_id (record));
}

/* what is above the list may come and go: GTK keeps the line that has the keyboard where it is, and may cut the first one in two */

static gboolean
to_top_cb (gpointer user_data)
{
  GtkAdjustment *place = user_data;

  gtk_adjustment_set_value (place, gtk_adjustment_get_lower (place));

  return G_SOURCE_REMOVE;
}

/* Whether the selected line, if any, can be seen from the top. */
static gboolean
fits_from_top (McRegister    *self,
               GtkAdjustment *place)
{
  guint selected = gtk_single_selection_get_selected (self->selection), n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  double height = gtk_adjustment_get_upper (place) - gtk_adjustment_get_lower (place);

  return selected == GTK_INVALID_LIST_POSITION || (selected + 1) * height / n <= gtk_adjustment_get_page_size (place);
}

static void
place_cb (GtkAdjustment *place,
          McRegister    *self)
{
  gboolean is_at_top = gtk_adjustment_get_value (place) <= gtk_adjustment_get_lower (place);
  gboolean is_other_height = gtk_adjustment_get_page_size (place) != self->view_height;

  self->view_height = gtk_adjustment_get_page_size (place);
  /* Not at once: this is told while sizes are given out. */
  if (is_other_height && self->is_at_top && !is_at_top && fits_from_top (self, place))
    g_idle_add_full (GDK_PRIORITY_REDRAW - 1, to_top_cb, g_object_ref (place), g_object_unref);
  else
    self->is_at_top = is_at_top;
}

/* keys in the list */

static void
show_focused (McRegister *self,
              Then        then)
{
  McRecord *record = mc_cells_get_focused (self->view);

  if (record == NULL)
    return;
  self->then = then;
  mc_register_show_record (self, mc_record_get_id (record));
}

static gboolean
edit_key_cb (GtkWidget *view,
             GVariant  *arguments,
             gpointer   user_data)
{
  show_focused (user_data, THEN_EDIT);

  return TRUE;
}

static gboolean
void_key_cb (GtkWidget *view,
             GVariant  *arguments,
             gpointer   user_data)
{
  McRegister *self = user_data;

  if (!mc_void_is_known (self->type))
    return FALSE;
  show_focused (self, THEN_VOID);

  return TRUE;
}

static void
watch_keys (McRegister *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_F2, 0),
                                                          gtk_callback_action_new (edit_key_cb, self, NULL)));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Delete, 0),
                                                          gtk_callback_action_new (void_key_cb, self, NULL)));
  gtk_widget_add_controller (self->view, keys);
}

static const char *
empty_text (McRegister *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0')
    return _("Nothing has these words.");
  if (!gtk_widget_get_visible (self->add))
    return _("Nothing is here yet. Begin with the line above.");

  return _("Nothing is here yet. Begin with “New entry”.");
}

static void
count_cb (McRegister *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  g_autofree char *text = g_strdup_printf (ngettext ("%u entry", "%u entries", n), n);

  gtk_label_set_text (GTK_LABEL (self->count), text);
  gtk_label_set_text (GTK_LABEL (self->empty), empty_text (self));
  gtk_widget_set_visible (self->empty, n == 0 && !mc_record_list_get_loading (self->list));
}

/* While lines come and go the selection is the list's: what it loses then is no choice of the person. */
static void
selected_cb (McRegister *self)
{
  McRecordItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item != NULL)
    self->selected = mc_record_item_get_number (item);
  else if (!mc_record_list_get_loading (self->list))
    self->selected = 0;
}

/* A line that went elsewhere in the list, or came back into it, is selected there again. */
static void
loading_cb (McRegister *self)
{
  guint place;

  count_cb (self);
  if (!mc_record_list_get_loading (self->list) && self->selected != 0 && gtk_single_selection_get_selected_item (self->selection) == NULL &&
      (place = mc_record_list_find (self->list, self->selected)) != G_MAXUINT)
    gtk_single_selection_set_selected (self->selection, place);
}

static void
set_query (McRegister *self)
{
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->search));
  McQuery query = { .type = self->type->id, .search = *words != '\0' ? words : NULL, .order = self->order };

  mc_record_list_set_query (self->list, &query);
}

/* the widget */

static void
add_cb (GtkWidget  *widget,
        const char *action,
        GVariant   *parameter)
{
  mc_register_add_new (MC_REGISTER (widget));
}

static void
delete_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  mc_register_delete_shown (MC_REGISTER (widget));
}

static void
mc_register_dispose (GObject *object)
{
  McRegister *self = MC_REGISTER (object);

  g_clear_pointer (&self->reload, mc_reload_free);
  g_clear_pointer (&self->pane, gtk_widget_unparent);
  if (self->list != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      g_signal_handlers_disconnect_by_data (self->selection, self);
    }
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_object (&self->fresh);
  g_clear_pointer (&self->shown, g_free);

  G_OBJECT_CLASS (mc_register_parent_class)->dispose (object);
}

static void
mc_register_finalize (GObject *object)
{
  McRegister *self = MC_REGISTER (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_register_parent_class)->finalize (object);
}

static void
mc_register_class_init (McRegisterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mc_register_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_register_finalize;
  gtk_widget_class_install_action (widget_class, "register.add", NULL, add_cb);
  gtk_widget_class_install_action (widget_class, "register.delete", NULL, delete_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
mc_register_init (McRegister *self)
{
}

static GtkWidget *
make_bar (McRegister *self)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *add = gtk_button_new_with_mnemonic (_("_New entry"));

  self->search = gtk_search_entry_new ();
  self->count = gtk_label_new (NULL);
  g_object_set (self->search, "placeholder-text", _("Search in this list"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search in this list"), -1);
  gtk_widget_set_hexpand (self->search, TRUE);
  gtk_widget_add_css_class (self->count, "dim-label");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (add), "register.add");
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (set_query), self);
  self->add = add;
  self->bar = bar;
  gtk_box_append (GTK_BOX (bar), self->search);
  gtk_box_append (GTK_BOX (bar), self->count);
  gtk_box_append (GTK_BOX (bar), add);

  return bar;
}

static GtkWidget *
make_view (McRegister         *self,
           const char * const *columns)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (), *overlay = gtk_overlay_new ();

  self->empty = gtk_label_new (NULL);
  gtk_widget_set_visible (self->empty, FALSE);
  gtk_widget_set_can_target (self->empty, FALSE);
  gtk_widget_add_css_class (self->empty, "dim-label");
  self->list = mc_record_list_new (mc_context_get_store (self->context));
  g_signal_connect_swapped (self->list, "items-changed", G_CALLBACK (count_cb), self);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  self->view = gtk_column_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)));
  gtk_column_view_set_single_click_activate (GTK_COLUMN_VIEW (self->view), TRUE);
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (self->view), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, self->type->title, -1);
  gtk_widget_add_css_class (self->view, "register");
  g_signal_connect (self->view, "activate", G_CALLBACK (activate_cb), self);
  add_columns (self, columns);
  watch_keys (self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->view);
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  self->is_at_top = TRUE;
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)), "changed", G_CALLBACK (place_cb), self, 0);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)), "value-changed", G_CALLBACK (place_cb),
                           self, 0);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), scrolled);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->empty);
  gtk_widget_set_vexpand (overlay, TRUE);
  g_signal_connect_swapped (self->list, "notify::loading", G_CALLBACK (loading_cb), self);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self);

  return overlay;
}

GtkWidget *
mc_register_new (McContext          *context,
                 const char         *type,
                 const char * const *columns,
                 McOrder             order)
{
  McRegister *self = g_object_new (MC_TYPE_REGISTER, NULL);

  self->context = g_object_ref (context);
  self->type = mc_pack_find_type (mc_context_get_pack (context), type);
  self->order = order;
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->box, "page");
  gtk_box_append (GTK_BOX (self->box), make_bar (self));
  gtk_box_append (GTK_BOX (self->box), make_view (self, columns));
  mc_register_make_form (self);
  self->pane = mc_pane_new (context, self->box, self->form);
  gtk_widget_set_parent (self->pane, GTK_WIDGET (self));
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), mc_register_load, self);
  set_query (self);

  return GTK_WIDGET (self);
}

void
mc_register_set_above (McRegister *self,
                       GtkWidget  *widget)
{
  gtk_box_prepend (GTK_BOX (self->box), widget);
  /* One way to begin an entry is enough. */
  gtk_widget_set_visible (self->add, FALSE);
  count_cb (self);
}

void
mc_register_add_button (McRegister *self,
                        GtkWidget  *button)
{
  gtk_box_append (GTK_BOX (self->bar), button);
}

void
mc_register_set_guard (McRegister  *self,
                       McGuardFunc  func,
                       gpointer     user_data)
{
  self->guard = func;
  self->guard_data = user_data;
  mc_reload_queue (self->reload);
}

void
mc_register_set_mark (McRegister *self,
                      McMarkFunc  func,
                      gpointer    user_data)
{
  self->mark = func;
  self->mark_data = user_data;
  mc_cells_show_again (self->view);
}

void
mc_register_start_search (McRegister *self)
{
  gtk_widget_grab_focus (self->search);
}

void
mc_register_commit (McRegister *self)
{
  mc_form_commit (MC_FORM (self->form));
}
