/* mc-field-editor.c: one field of one record, typed into one widget
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-field-editor-private.h"

#include <glib/gi18n.h>

#include "core/mc-field.h"
#include "mc-conflict.h"
#include "mc-error-text.h"
#include "mc-present.h"
#include "mc-record-text.h"
#include "mc-words-row.h"

enum
{
  SIGNAL_PREPARE,
  SIGNAL_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McFieldEditor, mc_field_editor, G_TYPE_OBJECT)

static void
mc_field_editor_finalize (GObject *object)
{
  McFieldEditor *self = MC_FIELD_EDITOR (object);

  g_clear_object (&self->context);
  g_clear_object (&self->record);
  g_clear_weak_pointer (&self->words);
  g_free (self->fault);
  g_free (self->typed_fault);

  G_OBJECT_CLASS (mc_field_editor_parent_class)->finalize (object);
}

static void
mc_field_editor_class_init (McFieldEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mc_field_editor_finalize;

  signals[SIGNAL_PREPARE] = g_signal_new ("prepare", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_POINTER, MC_TYPE_RECORD);
  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 0);
}

static void
mc_field_editor_init (McFieldEditor *self)
{
}

/* what is in the widget */

static GtkWidget *
choice_widget (McFieldEditor *self)
{
  return ADW_IS_COMBO_ROW (self->widget) || GTK_IS_DROP_DOWN (self->widget) ? self->widget : NULL;
}

static guint
get_selected (McFieldEditor *self)
{
  return ADW_IS_COMBO_ROW (self->widget) ? adw_combo_row_get_selected (ADW_COMBO_ROW (self->widget))
                                         : gtk_drop_down_get_selected (GTK_DROP_DOWN (self->widget));
}

static void
set_selected (McFieldEditor *self,
              guint          position)
{
  if (ADW_IS_COMBO_ROW (self->widget))
    adw_combo_row_set_selected (ADW_COMBO_ROW (self->widget), position);
  else
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->widget), position);
}

static char *
dup_text (McFieldEditor *self)
{
  GtkTextIter start, end;

  if (self->editable != NULL)
    return g_strdup (gtk_editable_get_text (self->editable));

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);

  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static JsonNode *
selected_value (McFieldEditor *self)
{
  guint selected = get_selected (self);

  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION)
    return json_node_new (JSON_NODE_NULL);
  if (self->field->type == MC_FIELD_BOOLEAN)
    return json_node_init_boolean (json_node_alloc (), selected == 1);

  return json_node_init_string (json_node_alloc (), g_array_index (self->field->values, McChoice, selected - 1).id);
}

/* What stands in the widget as a value; NULL if it is none. */
static JsonNode *
current_value (McFieldEditor *self)
{
  g_autofree char *text = NULL;

  if (GTK_IS_CHECK_BUTTON (self->widget))
    return gtk_check_button_get_active (GTK_CHECK_BUTTON (self->widget))
           ? json_node_init_boolean (json_node_alloc (), TRUE) : json_node_new (JSON_NODE_NULL);
  if (choice_widget (self) != NULL)
    return selected_value (self);
  text = dup_text (self);

  return mc_field_parse (self->field, text, mc_context_get_year (self->context), NULL);
}

static guint
position_of_value (McFieldEditor *self)
{
  const char *id = mc_record_get_text (self->record, self->field->name);

  if (mc_record_is_blank (self->record, self->field->name))
    return 0;
  if (self->field->type == MC_FIELD_BOOLEAN)
    return mc_record_get_boolean (self->record, self->field->name) ? 1 : 2;
  for (guint i = 0; i < self->field->values->len; i++)
    if (g_str_equal (g_array_index (self->field->values, McChoice, i).id, id))
      return i + 1;

  return 0;
}

static void
show_value (McFieldEditor *self)
{
  const char *draft = mc_record_get_draft (self->record, self->field->name);
  g_autofree char *text = draft != NULL ? g_strdup (draft) : mc_field_format (self->field, mc_record_get (self->record, self->field->name));

  self->is_updating = TRUE;
  if (GTK_IS_CHECK_BUTTON (self->widget))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (self->widget), mc_record_get_boolean (self->record, self->field->name));
  else if (choice_widget (self) != NULL)
    set_selected (self, position_of_value (self));
  else if (self->editable != NULL)
    {
      gboolean was_empty = *gtk_editable_get_text (self->editable) == '\0';

      if (!g_str_equal (gtk_editable_get_text (self->editable), text))
        gtk_editable_set_text (self->editable, text);
      /* Whoever has come into an empty cell types in place of what is proposed there, as in any other. */
      if (was_empty && gtk_widget_has_focus (GTK_WIDGET (gtk_editable_get_delegate (self->editable))))
        gtk_editable_select_region (self->editable, 0, -1);
    }
  else
    {
      g_autofree char *shown = dup_text (self);

      if (!g_str_equal (shown, text))
        gtk_text_buffer_set_text (self->buffer, text, -1);
    }
  self->is_updating = FALSE;
}

/* What a cell has no room for; else what the field is for. */
static const char *
plain_tooltip (McFieldEditor *self)
{
  const char *text = GTK_IS_ENTRY (self->widget) ? gtk_editable_get_text (self->editable) : "";

  if (self->record != NULL && mc_record_value_is_sealed (mc_record_get (self->record, self->field->name)))
    return _("Sealed: the computer that wrote it can read it. What is typed here takes its place.");
  return self->field->type == MC_FIELD_TEXT && g_utf8_strlen (text, -1) > MC_CELL_CHARS ? text : self->field->help;
}

const char *
mc_field_editor_get_fault (McFieldEditor *self)
{
  if (self->typed_fault != NULL)
    return self->typed_fault;
  /* A row of a form has a button for it. */
  if (self->conflict == NULL && self->record != NULL && mc_record_has_conflict (self->record, self->field->name))
    return _("Two people edited this. Open the details at the end of the line to choose what is right.");

  return self->fault;
}

/* What is inside a row and has the keyboard; the widget itself for all others. */
static GtkAccessible *
typed_into (McFieldEditor *self)
{
  if (self->text_view != NULL)
    return GTK_ACCESSIBLE (self->text_view);

  return GTK_ACCESSIBLE (ADW_IS_ENTRY_ROW (self->widget) ? GTK_WIDGET (gtk_editable_get_delegate (self->editable)) : self->widget);
}

static void
describe_one (GtkAccessible *one,
              const char    *text)   /* (nullable) */
{
  if (text != NULL)
    gtk_accessible_update_property (one, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  else
    gtk_accessible_reset_property (one, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/* A tooltip is for those with a mouse; the description is what a screen reader says. */
static void
describe (McFieldEditor *self,
          const char    *text)   /* (nullable) */
{
  gtk_widget_set_tooltip_text (self->widget, text);
  describe_one (GTK_ACCESSIBLE (self->widget), text);
  describe_one (typed_into (self), text);
}

static void
show_fault (McFieldEditor *self)
{
  const char *text = self->typed_fault != NULL ? self->typed_fault : self->fault;
  gboolean is_error = self->typed_fault != NULL || self->fault_is_error;

  gtk_widget_remove_css_class (self->widget, "error");
  gtk_widget_remove_css_class (self->widget, "warning");
  if (text != NULL)
    gtk_widget_add_css_class (self->widget, is_error ? "error" : "warning");
  describe (self, mc_field_editor_get_fault (self) != NULL ? mc_field_editor_get_fault (self) : plain_tooltip (self));
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->widget), GTK_ACCESSIBLE_STATE_INVALID,
                               text != NULL && is_error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_state (typed_into (self), GTK_ACCESSIBLE_STATE_INVALID,
                               text != NULL && is_error ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  if (self->words != NULL)
    mc_words_row_set_text (MC_WORDS_ROW (self->words), self->typed_fault);
}

/* saving */

static void
set_typed_fault (McFieldEditor *self,
                 char          *text)   /* (transfer full) (nullable) */
{
  g_free (self->typed_fault);
  self->typed_fault = text;
  show_fault (self);
}

/* What is typed now is right. */
static void
settle (McFieldEditor *self)
{
  set_typed_fault (self, NULL);
  mc_context_settle_toast (self->context, self);
}

static void
save_value (McFieldEditor *self,
            JsonNode      *value)   /* (transfer full) */
{
  McEdit *edit = mc_edit_new ();
  McRecord *shown = self->record;

  /* First what is proposed, so that what was typed counts in its own field too. */
  if (!JSON_NODE_HOLDS_NULL (value) && mc_context_wants_key (self->context, shown))
    g_signal_emit (self, signals[SIGNAL_PREPARE], 0, edit, shown);
  mc_edit_set (edit, shown, self->field->name, value);
  self->is_dirty = FALSE;
  mc_context_save (self->context, edit, self->field->title);
}

void
mc_field_editor_commit (McFieldEditor *self)
{
  JsonNode *value;

  if (!self->is_dirty || self->record == NULL)
    return;

  if ((value = current_value (self)) == NULL)
    {
      g_autofree char *text = dup_text (self);

      set_typed_fault (self, mc_error_text_field (self->field, text));
      mc_context_toast_typed (self->context, self, self->typed_fault);
      return;
    }
  settle (self);
  save_value (self, value);
}

void
mc_field_editor_typed (McFieldEditor *self)
{
  JsonNode *value;

  if (self->is_updating || self->record == NULL)
    return;

  self->is_dirty = TRUE;
  if ((value = current_value (self)) != NULL)
    {
      settle (self);
      mc_context_draft (self->context, self->record, self->field->name, value);
    }
  else
    {
      g_autofree char *text = dup_text (self);

      /* Half a date is no mistake yet: it is kept as it is and looked at when the field is left. */
      mc_context_draft (self->context, self->record, self->field->name, json_node_init_string (json_node_alloc (), text));
    }
}

void
mc_field_editor_chosen (McFieldEditor *self)
{
  if (self->is_updating || self->record == NULL)
    return;

  self->is_dirty = TRUE;
  mc_field_editor_commit (self);
}

void
mc_field_editor_activated (McFieldEditor *self)
{
  mc_field_editor_commit (self);
  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0);
}

/* Two values of one field: a button beside it says so and leads to the choice. */
static void
conflict_clicked_cb (McFieldEditor *self)
{
  mc_conflict_show (self->context, self->record, self->field, self->widget);
}

static void
show_conflict (McFieldEditor *self)
{
  gboolean is_shown = mc_record_has_conflict (self->record, self->field->name);

  if (is_shown && self->conflict == NULL && (ADW_IS_ENTRY_ROW (self->widget) || ADW_IS_ACTION_ROW (self->widget)))
    {
      self->conflict = gtk_button_new_with_label (_("Two people edited this"));
      gtk_widget_set_valign (self->conflict, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (self->conflict, "warning");
      g_signal_connect_swapped (self->conflict, "clicked", G_CALLBACK (conflict_clicked_cb), self);
      if (ADW_IS_ENTRY_ROW (self->widget))
        adw_entry_row_add_suffix (ADW_ENTRY_ROW (self->widget), self->conflict);
      else
        adw_action_row_add_suffix (ADW_ACTION_ROW (self->widget), self->conflict);
    }
  if (self->conflict != NULL)
    gtk_widget_set_visible (self->conflict, is_shown);
  if (is_shown)
    gtk_widget_add_css_class (self->widget, "conflict");
  else
    gtk_widget_remove_css_class (self->widget, "conflict");
}

McFieldEditor *
mc_field_editor_new (McContext *context,
                     McField   *field,
                     McLook     look)
{
  McFieldEditor *self = g_object_new (MC_TYPE_FIELD_EDITOR, NULL);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->context = g_object_ref (context);
  self->field = field;
  mc_field_editor_make_widget (self, look);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (mc_field_editor_commit), self);
  gtk_widget_add_controller (self->widget, focus);
  describe (self, field->help);
  if (look == MC_LOOK_CELL)
    mc_field_editor_set_label (self, field->title);
  /* The widget keeps its editor, so that whoever drops the row drops both. */
  g_object_set_data_full (G_OBJECT (self->widget), "mc-field-editor", self, g_object_unref);

  return self;
}

GtkWidget *
mc_field_editor_get_widget (McFieldEditor *self)
{
  return self->widget;
}

GtkWidget *
mc_field_editor_get_words (McFieldEditor *self)
{
  return self->words;
}

McField *
mc_field_editor_get_field (McFieldEditor *self)
{
  return self->field;
}

void
mc_field_editor_set_record (McFieldEditor *self,
                            McRecord      *record)
{
  gboolean is_same = self->record != NULL && g_str_equal (mc_record_get_id (self->record), mc_record_get_id (record));

  /* Whoever types goes on typing; the edit then names what they had before them.  What could not be saved yet stays on screen. */
  if (is_same && (self->is_dirty || mc_context_is_unsaved (self->context, record, self->field->name)))
    return;
  if (self->is_dirty)
    mc_field_editor_commit (self);

  self->is_dirty = FALSE;
  g_set_object (&self->record, record);
  show_value (self);
  show_conflict (self);
  set_typed_fault (self, NULL);   /* the tooltip too */
  /* Text that was rescued after a crash may be half a number, and is no change. */
  if (self->editable != NULL)
    {
      g_autoptr(JsonNode) value = current_value (self);

      if (value == NULL)
        set_typed_fault (self, mc_error_text_field (self->field, gtk_editable_get_text (self->editable)));
    }
}

void
mc_field_editor_set_editable (McFieldEditor *self,
                              gboolean       is_editable)
{
  if (self->editable != NULL)
    gtk_editable_set_editable (self->editable, is_editable);
  else if (self->text_view != NULL)
    gtk_text_view_set_editable (GTK_TEXT_VIEW (self->text_view), is_editable);
  else
    gtk_widget_set_sensitive (self->widget, is_editable);
}

void
mc_field_editor_set_label (McFieldEditor *self,
                           const char    *label)
{
  if (GTK_IS_DROP_DOWN (self->widget))
    mc_present_drop_down (GTK_DROP_DOWN (self->widget), label);
  else
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
mc_field_editor_set_placeholder (McFieldEditor *self,
                                 const char    *text)
{
  if (GTK_IS_ENTRY (self->widget))
    gtk_entry_set_placeholder_text (GTK_ENTRY (self->widget), text);
}

gboolean
mc_field_editor_put_text (McFieldEditor *self,
                          McEdit        *edit,
                          const char    *text)
{
  g_autoptr(JsonNode) value = mc_field_parse (self->field, text, mc_context_get_year (self->context), NULL);

  if (value == NULL)
    {
      /* It stays where it was put, as a draft, marked with the reason. */
      if (self->editable != NULL)
        gtk_editable_set_text (self->editable, text);
      set_typed_fault (self, mc_error_text_field (self->field, text));
      return FALSE;
    }
  self->is_dirty = FALSE;
  settle (self);
  mc_edit_set (edit, self->record, self->field->name, g_steal_pointer (&value));

  return TRUE;
}

void
mc_field_editor_set_fault (McFieldEditor *self,
                           const char    *text,
                           gboolean       is_error)
{
  if (g_strcmp0 (self->fault, text) == 0 && self->fault_is_error == is_error)
    return;

  g_free (self->fault);
  self->fault = g_strdup (text);
  self->fault_is_error = is_error;
  show_fault (self);
}
