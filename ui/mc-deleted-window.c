/* mc-deleted-window.c: what was deleted, and can be had back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A deletion is a change like any other: bringing an item back is one that says so, and syncs.
 */

#include "mc-deleted-window.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "mc-lines-window.h"
#include "mc-record-text.h"

#define MAX_SHOWN 200

typedef struct
{
  McContext *context;   /* (owned) */
  GtkWidget *list;
} Deleted;

static void
deleted_free (gpointer data)
{
  Deleted *self = data;

  g_object_unref (self->context);
  g_free (self);
}

static void
restore_cb (GtkButton *button,
            Deleted   *self)
{
  McEdit *edit = mc_edit_new ();

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  mc_edit_set_boolean (edit, g_object_get_data (G_OBJECT (button), "record"), "deleted", FALSE);
  mc_context_save (self->context, edit, _("bringing an item back"));
}

static GtkWidget *
make_row (Deleted  *self,
          McRecord *record)
{
  GtkWidget *row = adw_action_row_new (), *button = gtk_button_new_with_label (_("Restore"));
  GPtrArray *heads = mc_record_get_heads (record, "deleted");
  McHead *head = heads != NULL && heads->len > 0 ? heads->pdata[0] : NULL;
  g_autofree char *text = mc_record_text (mc_context_get_pack (self->context), record);
  g_autofree char *at = head != NULL ? mc_text_format_time (head->at) : g_strdup ("");
  /* Translators: who deleted something, and when. */
  g_autofree char *by = g_strdup_printf (_("Deleted by %s, %s"), head != NULL ? head->by : "", at);
  /* Translators: what is brought back. */
  g_autofree char *said = g_strdup_printf (_("Restore %s"), text);
  g_autofree char *title = g_markup_escape_text (text, -1), *subtitle = g_markup_escape_text (by, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 3);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 2);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  g_object_set_data_full (G_OBJECT (button), "record", g_object_ref (record), g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (restore_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return row;
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GtkWidget) window = user_data;
  Deleted *self = g_object_get_data (G_OBJECT (window), "deleted");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) records = mc_store_load_finish (MC_STORE (source), result, &error);

  if (records == NULL)
    {
      mc_context_toast_error (self->context, error);
      return;
    }
  mc_lines_window_set_empty (self->list, _("Nothing was deleted."));
  for (guint i = 0; i < records->len; i++)
    if (mc_pack_find_type (mc_context_get_pack (self->context), mc_record_get_type_id (records->pdata[i])) != NULL)
      gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self, records->pdata[i]));
}

void
mc_deleted_window_show (GtkWidget *parent,
                        McContext *context)
{
  McQuery query = { .flags = MC_RECORD_DELETED, .with_deleted = TRUE, .order = MC_ORDER_UPDATED_DESCENDING, .limit = MAX_SHOWN };
  Deleted *self = g_new0 (Deleted, 1);
  GtkWidget *window;

  self->context = g_object_ref (context);
  window = mc_lines_window_new (parent, _("Deleted items"), 640, 520, NULL, &self->list);
  g_object_set_data_full (G_OBJECT (window), "deleted", self, deleted_free);
  mc_store_load_async (mc_context_get_store (context), &query, NULL, loaded_cb, g_object_ref (window));
  gtk_window_present (GTK_WINDOW (window));
}
