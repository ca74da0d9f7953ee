/* mc-form.c: the fields of one record, as a pack describes them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-form.h"

#include <glib/gi18n.h>

#include "core/mc-check.h"
#include "mc-evidence-list.h"
#include "mc-fault-text.h"

struct _McForm
{
  GtkWidget parent_instance;

  McContext *context;     /* (owned) */
  McRecordType *type;     /* the pack's */
  McRecord *record;       /* (owned) (nullable) */
  GtkWidget *box;
  GtkWidget *faults;      /* label with what is not right yet */
  GPtrArray *editors;     /* (owned) (element-type McFieldEditor), theirs the widgets */
  GPtrArray *lists;       /* (owned) (element-type McEvidenceList) */
};

enum
{
  SIGNAL_PREPARE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (McForm, mc_form, GTK_TYPE_WIDGET)

static void
mc_form_dispose (GObject *object)
{
  McForm *self = MC_FORM (object);

  g_clear_pointer (&self->editors, g_ptr_array_unref);
  g_clear_pointer (&self->lists, g_ptr_array_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->record);

  G_OBJECT_CLASS (mc_form_parent_class)->dispose (object);
}

static void
mc_form_finalize (GObject *object)
{
  McForm *self = MC_FORM (object);

  g_clear_object (&self->context);

  G_OBJECT_CLASS (mc_form_parent_class)->finalize (object);
}

static void
mc_form_class_init (McFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mc_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = mc_form_finalize;
  signals[SIGNAL_PREPARE] = g_signal_new ("prepare", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_POINTER, MC_TYPE_RECORD);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
mc_form_init (McForm *self)
{
  self->editors = g_ptr_array_new_with_free_func (g_object_unref);
  self->lists = g_ptr_array_new_with_free_func (g_object_unref);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->faults = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->faults), 0);
  gtk_label_set_wrap (GTK_LABEL (self->faults), TRUE);
  gtk_widget_set_visible (self->faults, FALSE);
  gtk_box_append (GTK_BOX (self->box), self->faults);
}

GtkWidget *
mc_form_new (McContext    *context,
             McRecordType *type)
{
  McForm *self = g_object_new (MC_TYPE_FORM, NULL);

  self->context = g_object_ref (context);
  self->type = type;

  return GTK_WIDGET (self);
}

static void
prepare_cb (gpointer  source,
            gpointer  edit,
            McRecord *record,
            McForm   *self)
{
  g_signal_emit (self, signals[SIGNAL_PREPARE], 0, edit, record);
}

static void
add_list (McForm  *self,
          McField *field)
{
  GtkWidget *list = mc_evidence_list_new (self->context, field);

  g_signal_connect (list, "prepare", G_CALLBACK (prepare_cb), self);
  gtk_box_append (GTK_BOX (self->box), list);
  g_ptr_array_add (self->lists, g_object_ref (list));
}

static void
add_editor (McForm    *self,
            GtkWidget *group,
            McField   *field)
{
  McFieldEditor *editor = mc_field_editor_new (self->context, field, MC_LOOK_ROW);
  const char *title = adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (group));
  GtkWidget *list;

  g_signal_connect (editor, "prepare", G_CALLBACK (prepare_cb), self);
  g_ptr_array_add (self->editors, g_object_ref (editor));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), mc_field_editor_get_widget (editor));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), mc_field_editor_get_words (editor));
  /* The list inside has no name of its own for a screen reader. */
  list = gtk_widget_get_ancestor (mc_field_editor_get_widget (editor), GTK_TYPE_LIST_BOX);
  if (list != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL && *title != '\0' ? title : self->type->title, -1);
}

/* A key is in the title of what is shown, a reviewer's fields are the district's. */
static gboolean
is_asked (McRecordType *type,
          McField      *field)
{
  if (g_str_has_prefix (field->name, "review.") || field->type == MC_FIELD_LIST)
    return FALSE;

  return !type->natural_key || type->key == NULL || !g_strv_contains ((const char * const *) type->key, field->name);
}

GtkWidget *
mc_form_add_group (McForm             *self,
                   const char         *title,
                   const char * const *fields)
{
  GtkWidget *group = adw_preferences_group_new ();
  g_autofree char *escaped = title != NULL ? g_markup_escape_text (title, -1) : NULL;
  g_autoptr(GPtrArray) files = g_ptr_array_new ();
  guint n_rows = 0;

  if (escaped != NULL)
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), escaped);
  gtk_box_append (GTK_BOX (self->box), group);
  for (guint i = 0; i < self->type->fields->len; i++)
    {
      McField *field = self->type->fields->pdata[i];

      if (fields != NULL ? !g_strv_contains (fields, field->name) : !is_asked (self->type, field))
        continue;
      if (field->type == MC_FIELD_FILES)
        g_ptr_array_add (files, field);
      else
        {
          add_editor (self, group, field);
          n_rows++;
        }
    }
  gtk_widget_set_visible (group, n_rows > 0);
  for (guint i = 0; i < files->len; i++)
    add_list (self, files->pdata[i]);

  return group;
}

void
mc_form_add_field (McForm  *self,
                   McField *field)
{
  GtkWidget *group = adw_preferences_group_new ();

  gtk_box_append (GTK_BOX (self->box), group);
  add_editor (self, group, field);
}

void
mc_form_add_widget (McForm    *self,
                    GtkWidget *widget)
{
  gtk_box_append (GTK_BOX (self->box), widget);
}

void
mc_form_set_record (McForm   *self,
                    McRecord *record)
{
  if (self->record != NULL && !g_str_equal (mc_record_get_id (self->record), mc_record_get_id (record)))
    mc_form_commit (self);
  g_set_object (&self->record, record);
  for (guint i = 0; i < self->editors->len; i++)
    mc_field_editor_set_record (self->editors->pdata[i], record);
  for (guint i = 0; i < self->lists->len; i++)
    mc_evidence_list_set_record (self->lists->pdata[i], record);
}

McRecord *
mc_form_get_record (McForm *self)
{
  return self->record;
}

McFieldEditor *
mc_form_get_editor (McForm     *self,
                    const char *field)
{
  for (guint i = 0; i < self->editors->len; i++)
    if (g_str_equal (mc_field_editor_get_field (self->editors->pdata[i])->name, field))
      return self->editors->pdata[i];

  return NULL;
}

void
mc_form_set_faults (McForm    *self,
                    GPtrArray *faults)
{
  const char *id = self->record != NULL ? mc_record_get_id (self->record) : "";
  g_autofree char *text = mc_fault_texts (faults, id);

  for (guint i = 0; i < self->editors->len; i++)
    {
      McFieldEditor *editor = self->editors->pdata[i];
      gboolean is_error = FALSE;
      g_autofree char *one = mc_fault_text_of_field (faults, id, mc_field_editor_get_field (editor)->name, &is_error);

      mc_field_editor_set_fault (editor, one, is_error);
    }
  gtk_label_set_text (GTK_LABEL (self->faults), text != NULL ? text : "");
  gtk_widget_set_visible (self->faults, text != NULL);
}

void
mc_form_set_editable (McForm   *self,
                      gboolean  is_editable)
{
  for (guint i = 0; i < self->editors->len; i++)
    mc_field_editor_set_editable (self->editors->pdata[i], is_editable);
  for (guint i = 0; i < self->lists->len; i++)
    mc_evidence_list_set_editable (self->lists->pdata[i], is_editable);
}

void
mc_form_commit (McForm *self)
{
  for (guint i = 0; i < self->editors->len; i++)
    mc_field_editor_commit (self->editors->pdata[i]);
}
