/* mc-register-details.c: one record of a register beside the list: shown, edited, made void, deleted
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-register-private.h"

#include <glib/gi18n.h>

#include "core/mc-field.h"
#include "mc-dialogs.h"
#include "mc-form.h"
#include "mc-load.h"
#include "mc-pane.h"
#include "mc-void.h"

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
    mc_context_toast_error (self->context, error);
  else if (load->records->len == 1 && g_strcmp0 (mc_record_get_id (load->records->pdata[0]), self->shown) == 0)
    {
      show_record (self, load->records->pdata[0], load->faults);
      go_on (self);
    }
  mc_reload_done (self->reload);
}

void
mc_register_load (gpointer user_data)
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

void
mc_register_delete_shown (McRegister *self)
{
  if (mc_void_is_known (self->type))
    make_void (self);
  else if (mc_form_get_record (MC_FORM (self->form)) != NULL)
    mc_dialogs_confirm (GTK_WIDGET (self), _("Delete this entry?"),
                        _("It disappears from the list. Undo brings it back, and its history is kept."), _("_Delete"),
                        delete_confirmed_cb, self);
}

void
mc_register_make_form (McRegister *self)
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
