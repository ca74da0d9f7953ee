/* mc-history.c: who changed what in a record, when, on which machine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-history.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/mc-text.h"
#include "mc-lines-window.h"
#include "mc-record-text.h"

typedef struct
{
  char *by;             /* (owned) */
  char *at;             /* (owned) RFC 3339 */
  char *device;         /* (owned) */
  int state;
  GPtrArray *names;     /* (owned) (element-type utf8) fields */
  GPtrArray *values;    /* (owned) (element-type JsonNode) opened */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->by);
  g_free (entry->at);
  g_free (entry->device);
  g_ptr_array_unref (entry->names);
  g_ptr_array_unref (entry->values);
  g_free (entry);
}

/* in the store's thread */

static Entry *
read_entry (McJournal      *journal,
            McHistoryEntry *from)
{
  Entry *entry = g_new0 (Entry, 1);
  JsonObject *set = mc_change_get_set (from->change);
  g_autoptr(GList) names = json_object_get_members (set);

  entry->by = g_strdup (mc_change_get_by (from->change));
  entry->at = g_strdup (mc_change_get_at (from->change));
  entry->device = g_strdup (from->device);
  entry->state = from->state;
  entry->names = g_ptr_array_new_with_free_func (g_free);
  entry->values = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_ptr_array_add (entry->names, g_strdup (l->data));
      g_ptr_array_add (entry->values, mc_journal_open_value (journal, mc_change_get_record (from->change), l->data,
                                                             json_object_get_member (set, l->data)));
    }

  return entry;
}

static gpointer
read_in_worker (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr(GPtrArray) history = mc_journal_get_history (journal, data, error);
  GPtrArray *entries;

  if (history == NULL)
    return NULL;
  entries = g_ptr_array_new_with_free_func (entry_free);
  for (guint i = 0; i < history->len; i++)
    g_ptr_array_add (entries, read_entry (journal, history->pdata[i]));

  return entries;
}

/* in the window */

typedef struct
{
  McContext *context;   /* (owned) */
  McRecord *record;     /* (owned) */
  GtkWidget *list;
  GtkWidget *window;    /* owns this */
} History;

static void
history_free (gpointer data)
{
  History *history = data;

  g_object_unref (history->context);
  g_object_unref (history->record);
  g_free (history);
}

static void
restore_cb (GtkButton *button,
            History   *history)
{
  Entry *entry = g_object_get_data (G_OBJECT (button), "entry");
  McEdit *edit = mc_edit_new ();

  for (guint i = 0; i < entry->names->len; i++)
    mc_edit_set (edit, history->record, entry->names->pdata[i], json_node_ref (entry->values->pdata[i]));
  mc_context_save (history->context, edit, _("restoring an earlier version"));
  gtk_window_destroy (GTK_WINDOW (history->window));
}

static char *
entry_text (McRecordType *type,
            Entry        *entry)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < entry->names->len; i++)
    {
      const char *name = entry->names->pdata[i];
      McField *field = mc_record_type_find_field (type, name);
      g_autofree char *value = field != NULL ? mc_record_value_text (field, entry->values->pdata[i]) : NULL;

      /* What a part belongs to is seen where it stands. */
      if (g_str_equal (name, "parent"))
        continue;
      if (text->len > 0)
        g_string_append_c (text, '\n');
      if (field != NULL)
        g_string_append_printf (text, "%s: %s", field->title, value);
      else if (g_str_equal (name, "deleted"))
        g_string_append (text, json_node_get_boolean (entry->values->pdata[i]) ? _("Deleted") : _("Kept"));
      else
        g_string_append (text, name);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static const char *
state_text (int state)
{
  switch (state)
    {
    case 1:
      return _("at the district");
    case 3:
      return _("refused by the district");
    case 4:
      return _("held by the district");
    case 2:
    case 5:
      return _("settled");
    default:
      return _("waiting to be sent");
    }
}

static GtkWidget *
make_row (History *history,
          Entry   *entry,
          gboolean is_newest)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (history->context), mc_record_get_type_id (history->record));
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *at = mc_text_format_time (entry->at), *changes = entry_text (type, entry);
  /* An id begins with the minute it was made in: computers that were enrolled together differ at its end. */
  gsize length = strlen (entry->device);
  const char *device = entry->device + (length > 8 ? length - 8 : 0);
  g_autofree char *title = g_strdup_printf ("%s – %s", at, entry->by);
  /* Translators: what changed; on which machine; how far it has got. */
  g_autofree char *subtitle = g_strdup_printf (_("%s\nMachine %s, %s"), changes, device, state_text (entry->state));
  g_autofree char *title_markup = g_markup_escape_text (title, -1), *subtitle_markup = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle_markup);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (!is_newest && !mc_context_is_others (history->context, history->record))
    {
      GtkWidget *button = gtk_button_new_with_label (_("Restore"));

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      g_object_set_data (G_OBJECT (button), "entry", entry);
      g_signal_connect (button, "clicked", G_CALLBACK (restore_cb), history);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  g_object_set_data_full (G_OBJECT (row), "entry", entry, entry_free);

  return row;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GtkWidget) window = user_data;
  History *history = g_object_get_data (G_OBJECT (window), "history");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = mc_store_run_finish (MC_STORE (source), result, &error);

  if (history == NULL)
    return;
  if (entries == NULL)
    {
      mc_context_toast_error (history->context, error);
      return;
    }
  mc_lines_window_set_empty (history->list, _("Nothing was entered here yet."));
  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (history->list), make_row (history, entries->pdata[i], i == 0));
}

GtkWidget *
mc_history_button_new (void)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-open-recent-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Who changed what"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Who changed what"), -1);

  return button;
}

void
mc_history_show (GtkWidget *parent,
                 McContext *context,
                 McRecord  *record)
{
  History *history = g_new0 (History, 1);

  history->context = g_object_ref (context);
  history->record = g_object_ref (record);
  history->window = mc_lines_window_new (parent, mc_context_is_others (context, record)
                                         ? mc_context_name_log (context, mc_record_get_log (record))
                                         : _("Who changed what"), 560, 520, NULL, &history->list);
  g_object_set_data_full (G_OBJECT (history->window), "history", history, history_free);
  mc_store_run_async (mc_context_get_store (context), read_in_worker, g_strdup (mc_record_get_id (record)), g_free,
                      (GDestroyNotify) g_ptr_array_unref, NULL, read_cb, g_object_ref (history->window));
  gtk_window_present (GTK_WINDOW (history->window));
}
