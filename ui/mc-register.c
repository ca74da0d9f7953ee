/* mc-register.c: the records of one type as a list of any length, with the details of one of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorting and searching are the database's; the list holds numbers and a few pages, whatever the length.
 */

#include "mc-register.h"

#include <glib/gi18n.h>

#include "core/mc-field.h"
#include "core/mc-record-list.h"
#include "mc-cells.h"
#include "mc-dialogs.h"
#include "mc-error-text.h"
#include "mc-form.h"
#include "mc-load.h"
#include "mc-pane.h"
#include "mc-reload.h"
#include "mc-void.h"

#define MAX_COLUMNS 6

/* What follows once the record is in the details. */
typedef enum
{
  THEN_NOTHING,
  THEN_EDIT,
  THEN_VOID,
} Then;

struct _McRegister
{
  GtkWidget parent_instance;

  McContext *context;          /* (owned) */
  McRecordType *type;          /* the pack's */
  McOrder order;
  GtkWidget *pane;
  GtkWidget *box;
  GtkWidget *bar;
  GtkWidget *add;
  GtkWidget *search;
  GtkWidget *count;
  GtkWidget *view;
  GtkWidget *empty;
  GtkWidget *form;
  GtkWidget *guarded;          /* why the record cannot be changed */
  GtkWidget *remove;           /* button: deletes, or makes void */
  McGuardFunc guard;           /* (nullable) */
  gpointer guard_data;
  McMarkFunc mark;             /* (nullable) */
  gpointer mark_data;
  Then then;
  McRecordList *list;          /* (owned) */
  GtkSingleSelection *selection;  /* (owned) */
  McRecord *fresh;             /* (owned) (nullable) not saved yet */
  char *shown;                 /* (owned) (nullable) record in the details */
  gboolean opens;              /* the details, once the record is there */
  gint64 selected;             /* number of the record; 0 = none */
  McReload *reload;            /* (owned) of the details */
};

G_DEFINE_FINAL_TYPE (McRegister, mc_register, GTK_TYPE_WIDGET)

/* details */

static void
show_title (McRegister *self,
            McRecord   *record)
{
  const char *key = self->type->key != NULL && self->type->key[0] != NULL ? self->type->key[0] : NULL;
  McField *field = key != NULL ? mc_record_type_find_field (self->type, key) : NULL;
  g_autofree char *value = field != NULL ? mc_field_format (field, mc_record_get (record, key)) : NULL;
  g_autofree char *title = value == NULL || *value == '\0' ? g_strdup (_("New entry"))
                         : mc_record_get_boolean (record, "void") ? g_strdup_printf (_("%s: %s (void)"), field->short_title, value)
                                                                  : g_strdup_printf ("%s: %s", field->short_title, value);

  /* Whoever closed the details meanwhile keeps them closed. */
  if (self->opens)
    mc_pane_show_details (MC_PANE (self->pane), title);
  else
    mc_pane_set_title (MC_PANE (self->pane), title);
  self->opens = FALSE;
}

/* A line that can be void is made so by the button, which asks why; the reason can be mended like any field. */
static void
show_void (McRegister *self,
           McRecord   *record)
{
  gboolean is_void = mc_record_get_boolean (record, "void");

  gtk_widget_set_visible (mc_field_editor_get_widget (mc_form_get_editor (MC_FORM (self->form), "void")), FALSE);
  gtk_widget_set_visible (mc_field_editor_get_widget (mc_form_get_editor (MC_FORM (self->form), "void_reason")), is_void);
  gtk_button_set_label (GTK_BUTTON (self->remove), is_void ? _("_Use this number again") : _("_Void this number…"));
}

static void
show_record (McRegister *self,
             McRecord   *record,
             GPtrArray  *faults)
{
  g_autofree char *guarded = self->guard != NULL ? self->guard (record, self->guard_data) : NULL;

  mc_form_set_record (MC_FORM (self->form), record);
  mc_form_set_faults (MC_FORM (self->form), faults);
  mc_form_set_editable (MC_FORM (self->form), guarded == NULL);
  gtk_label_set_text (GTK_LABEL (self->guarded), guarded != NULL ? guarded : "");
  gtk_widget_set_visible (self->guarded, guarded != NULL);
  if (mc_void_is_known (self->type))
    show_void (self, record);
  gtk_widget_set_sensitive (self->remove, guarded == NULL && mc_record_exists (record));
  show_title (self, record);
}

static void
make_void (McRegister *self)
{
  McRecord *record = mc_form_get_record (MC_FORM (self->form));

  if (record == NULL || !mc_record_exists (record))
    return;
  if (!gtk_widget_get_sensitive (self->remove))
    mc_context_toast (self->context, gtk_label_get_text (GTK_LABEL (self->guarded)));
  else if (mc_record_get_boolean (record, "void"))
    mc_void_take_back (self->context, record);
  else
    mc_void_ask (GTK_WIDGET (self), self->context, record);
}

/* The cursor goes to the first text that is not the key: a number is right as a rule, a name is what was misread. */
static void
edit_details (McRegister *self)
{
  for (guint i = 0; i < self->type->fields->len; i++)
    {
      McField *field = self->type->fields->pdata[i];
      McFieldEditor *editor = mc_form_get_editor (MC_FORM (self->form), field->name);

      if ((field->type == MC_FIELD_TEXT || field->type == MC_FIELD_PERSON) && editor != NULL &&
          !g_strv_contains ((const char * const *) self->type->key, field->name) &&
          gtk_widget_get_visible (mc_field_editor_get_widget (editor)) &&
          gtk_widget_grab_focus (mc_field_editor_get_widget (editor)))
        return;
    }
}

static void
go_on (McRegister *self)
{
  Then then = self->then;

  self->then = THEN_NOTHING;
  if (then == THEN_EDIT)
    edit_details (self);
  else if (then == THEN_VOID)
    make_void (self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(McRegister) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(McLoad) load = mc_load_finish (MC_STORE (source), result, &error);

  if (self->reload == NULL)
    return;
  if (load == NULL)
    {
      g_autofree char *text = mc_error_text (error);

      mc_context_toast (self->context, text);
    }
  else if (load->records->len == 1 && g_strcmp0 (mc_record_get_id (load->records->pdata[0]), self->shown) == 0)
    {
      show_record (self, load->records->pdata[0], load->faults);
      go_on (self);
    }
  mc_reload_done (self->reload);
}

static void
load (gpointer user_data)
{
  McRegister *self = user_data;
  const char *ids[] = { self->shown, NULL };
  McLoadRequest request = { .type = self->type->id, .ids = ids, .with_faults = TRUE };

  if (self->shown == NULL)
    {
      mc_reload_done (self->reload);
      return;
    }
  mc_load_async (mc_context_get_store (self->context), &request, loaded_cb, g_object_ref (self));
}

void
mc_register_show_record (McRegister *self,
                         const char *record)
{
  mc_form_commit (MC_FORM (self->form));
  g_free (self->shown);
  self->shown = g_strdup (record);
  self->opens = TRUE;
  mc_reload_queue (self->reload);
}

void
mc_register_add_new (McRegister *self)
{
  g_clear_object (&self->fresh);
  self->fresh = mc_context_new_record (self->context, self->type->id, NULL);
  mc_register_show_record (self, mc_record_get_id (self->fresh));
}

static void
add_cb (GtkWidget  *widget,
        const char *action,
        GVariant   *parameter)
{
  mc_register_add_new (MC_REGISTER (widget));
}

static void
delete_confirmed_cb (gpointer user_data)
{
  McRegister *self = user_data;
  McRecord *record = mc_form_get_record (MC_FORM (self->form));
  McEdit *edit = mc_edit_new ();

  g_clear_pointer (&self->shown, g_free);
  mc_pane_hide_details (MC_PANE (self->pane));
  mc_edit_delete (edit, record);
  mc_context_save (self->context, edit, _("deleting an entry"));
}

static void
delete_cb (GtkWidget  *widget,
           const char *action,
           GVariant   *parameter)
{
  McRegister *self = MC_REGISTER (widget);

  if (mc_void_is_known (self->type))
    make_void (self);
  else if (mc_form_get_record (MC_FORM (self->form)) != NULL)
    mc_dialogs_confirm (widget, _("Delete this entry?"),
                        _("It disappears from the list. Undo brings it back, and its history is kept."), _("_Delete"),
                        delete_confirmed_cb, self);
}

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
  gtk_overlay_set_child (GTK_OVERLAY (overlay), scrolled);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->empty);
  gtk_widget_set_vexpand (overlay, TRUE);
  g_signal_connect_swapped (self->list, "notify::loading", G_CALLBACK (loading_cb), self);
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self);

  return overlay;
}

static void
make_form (McRegister *self)
{
  self->form = mc_form_new (self->context, self->type);
  self->guarded = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->guarded), 0);
  gtk_label_set_wrap (GTK_LABEL (self->guarded), TRUE);
  gtk_widget_add_css_class (self->guarded, "mc-banner");
  gtk_widget_set_visible (self->guarded, FALSE);
  mc_form_add_widget (MC_FORM (self->form), self->guarded);
  mc_form_add_group (MC_FORM (self->form), NULL, NULL);
  self->remove = gtk_button_new_with_mnemonic (_("_Delete this entry"));
  gtk_widget_add_css_class (self->remove, "destructive-action");
  gtk_widget_set_halign (self->remove, GTK_ALIGN_START);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->remove), "register.delete");
  mc_form_add_widget (MC_FORM (self->form), self->remove);
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
  make_form (self);
  self->pane = mc_pane_new (context, self->box, self->form);
  gtk_widget_set_parent (self->pane, GTK_WIDGET (self));
  self->reload = mc_reload_new (GTK_WIDGET (self), mc_context_get_store (context), load, self);
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
