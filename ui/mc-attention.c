/* mc-attention.c: what a person has to settle: two values of one field, refused edits, edits after a
 * deletion, many deletions at once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever is picked here is an ordinary edit that has seen all values, so it can itself be undone, and two people
 * who settle one thing differently find each other's answer here again.
 */

#include "mc-attention.h"

#include <glib/gi18n.h>

#include "core/mc-text.h"
#include "mc-conflict.h"
#include "mc-deletions.h"
#include "mc-dialogs.h"
#include "mc-error-text.h"
#include "mc-record-text.h"
#include "mc-reload.h"

#define PLACE "mc-place"
#define KEY "mc-key"
#define MAX_SHOWN 100

typedef struct
{
  McContext *context;      /* (owned) */
  McReload *reload;        /* (owned) */
  McDeletions *deletions;  /* (owned) (nullable) as read last */
  GtkWidget *window;       /* owns this */
  GtkWidget *page;
  GtkWidget *empty;
  GtkWidget *stack;
  GPtrArray *groups;       /* (owned) (element-type GtkWidget) on the page now */
} Attention;

static void
attention_free (gpointer data)
{
  Attention *self = data;

  mc_reload_free (self->reload);
  g_clear_pointer (&self->deletions, mc_deletions_free);
  g_object_unref (self->context);
  g_ptr_array_unref (self->groups);
  g_free (self);
}

/* what a button does */

typedef struct
{
  Attention *self;
  McRecord *record;   /* (owned) */
  McField *field;     /* (nullable) */
  guint head;         /* or the refusal */
} Choice;

static void
choice_free (gpointer  data,
             GClosure *closure)
{
  Choice *choice = data;

  g_object_unref (choice->record);
  g_free (choice);
}

static GtkWidget *
make_button (Attention  *self,
             McRecord   *record,
             McField    *field,
             guint       head,
             const char *text,
             const char *said,
             GCallback   callback)
{
  GtkWidget *button = gtk_button_new_with_label (text);
  Choice *choice = g_new0 (Choice, 1);

  choice->self = self;
  choice->record = g_object_ref (record);
  choice->field = field;
  choice->head = head;
  g_signal_connect_data (button, "clicked", callback, choice, choice_free, 0);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  /* Which it is, when all are made anew. */
  g_object_set_data_full (G_OBJECT (button), PLACE, g_strdup_printf ("%s/%s", mc_record_get_id (record), said), g_free);

  return button;
}

static void
choose_cb (GtkButton *button,
           Choice    *choice)
{
  mc_conflict_choose (choice->self->context, choice->record, choice->field, choice->head);
}

static void
keep_all_cb (GtkButton *button,
             Choice    *choice)
{
  mc_conflict_keep_all (choice->self->context, choice->record, choice->field);
}

static void
open_cb (GtkButton *button,
         Choice    *choice)
{
  GtkWindow *window = GTK_WINDOW (choice->self->window);

  mc_context_show_record (choice->self->context, mc_record_get_id (choice->record), mc_record_get_type_id (choice->record));
  gtk_window_destroy (window);
}

static void
withdraw_cb (GtkButton *button,
             Choice    *choice)
{
  McRefusal *refusal = mc_record_get_refusals (choice->record)->pdata[choice->head];

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  mc_context_withdraw (choice->self->context, refusal->change_id);
}

static void
keep_cb (GtkButton *button,
         Choice    *choice)
{
  McEdit *edit = mc_edit_new ();

  mc_edit_set_boolean (edit, choice->record, "deleted", FALSE);
  mc_context_save (choice->self->context, edit, _("keeping an item"));
}

static void
delete_cb (GtkButton *button,
           Choice    *choice)
{
  McEdit *edit = mc_edit_new ();

  mc_edit_delete (edit, choice->record);
  mc_context_save (choice->self->context, edit, _("deleting an item"));
}

/* rows */

static GtkWidget *
add_row (GtkWidget  *group,
         const char *title,
         const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title_markup = g_markup_escape_text (title, -1), *subtitle_markup = g_markup_escape_text (subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title_markup);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle_markup);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 3);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 4);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);

  return row;
}

static void
add_value (Attention *self,
           GtkWidget *group,
           McRecord  *record,
           McField   *field,
           guint      number)
{
  McHead *head = mc_record_get_heads (record, field->name)->pdata[number];
  g_autofree char *value = mc_record_value_text (field, head->value), *at = mc_text_format_time (head->at);
  /* Translators: title of a field, its value. */
  g_autofree char *title = g_strdup_printf (_("%s: %s"), field->title, value);
  /* Translators: who wrote a value, and when. */
  g_autofree char *by = g_strdup_printf (_("%s, %s"), head->by, at);
  g_autofree char *subtitle = g_strdup_printf ("%s%s", by, number == 0 && field->type != MC_FIELD_FILES
                                              ? _(" · counts until you choose") : "");
  g_autofree char *said = g_strdup_printf (_("This one is right: %s"), title);
  GtkWidget *row = add_row (group, title, subtitle);

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (self, record, field, number, _("This one is right"), said,
                                                                G_CALLBACK (choose_cb)));
}

/* Files do not exclude each other. */
static void
add_all_files (Attention *self,
               GtkWidget *group,
               McRecord  *record,
               McField   *field)
{
  g_autofree char *value = mc_record_value_text (field, mc_record_get (record, field->name));
  g_autofree char *title = g_strdup_printf (_("%s: %s"), field->title, value);
  g_autofree char *said = g_strdup_printf (_("Keep all files: %s"), title);
  GtkWidget *row = add_row (group, title, _("All of them count until you choose"));

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (self, record, field, 0, _("Keep all files"), said,
                                                                G_CALLBACK (keep_all_cb)));
}

/* What two people of another unit entered is theirs to settle, what reviewers said of it is the reviewers'. */
static gboolean
is_to_settle (Attention  *self,
              McRecord   *record,
              const char *field)
{
  return mc_record_has_conflict (record, field) &&
         (!mc_context_is_others (self->context, record) || g_str_has_prefix (field, "review."));
}

static void
add_conflicts (Attention    *self,
               GtkWidget    *group,
               McRecord     *record,
               McRecordType *type)
{
  g_auto(GStrv) names = mc_record_list_fields (record);

  for (gsize i = 0; names[i] != NULL; i++)
    {
      McField *field = mc_record_type_find_field (type, names[i]);

      if (field == NULL || !is_to_settle (self, record, names[i]))
        continue;
      for (guint head = 0; head < mc_record_get_heads (record, names[i])->len; head++)
        add_value (self, group, record, field, head);
      if (field->type == MC_FIELD_FILES)
        add_all_files (self, group, record, field);
    }
}

static void
add_refusal (Attention    *self,
             GtkWidget    *group,
             McRecord     *record,
             McRecordType *type,
             guint         number)
{
  McRefusal *refusal = mc_record_get_refusals (record)->pdata[number];
  McField *field = mc_record_type_find_field (type, refusal->field);
  g_autofree char *value = field != NULL ? mc_record_value_text (field, refusal->value) : g_strdup ("");
  g_autofree char *title = g_strdup_printf (_("%s: %s"), field != NULL ? field->title : refusal->field, value);
  g_autofree char *why = mc_error_text_verdict (refusal->verdict, refusal->held);
  g_autofree char *said = g_strdup_printf (_("Withdraw %s"), title);
  GtkWidget *row = add_row (group, title, why);

  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), "dialog-warning-symbolic");
  /* What is held goes by itself once the refused one before it is settled. */
  if (!refusal->held)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (self, record, field, number, _("Withdraw"), said,
                                                                  G_CALLBACK (withdraw_cb)));
}

static void
add_revived (Attention *self,
             GtkWidget *group,
             McRecord  *record)
{
  GtkWidget *row = add_row (group, _("Deleted on one computer, edited on another"),
                            _("So it was kept. Keep it, or delete it after all."));

  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (self, record, NULL, 0, _("Keep"), _("Keep this item"),
                                                                G_CALLBACK (keep_cb)));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button (self, record, NULL, 0, _("Delete"), _("Delete this item"),
                                                                G_CALLBACK (delete_cb)));
}

static void
add_group (Attention  *self,
           GtkWidget  *group,
           const char *key)
{
  g_object_set_data_full (G_OBJECT (group), KEY, g_strdup (key), g_free);
  g_ptr_array_add (self->groups, group);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self->page), ADW_PREFERENCES_GROUP (group));
}

/* The same as long as add_record() would show the same, and what is picked there would mean the same. */
static char *
key_of_record (McRecord *record)
{
  g_auto(GStrv) names = mc_record_list_fields (record);
  g_autoptr(GString) key = g_string_new (mc_record_get_id (record));

  g_string_append_printf (key, " %u", mc_record_get_flags (record) & MC_RECORD_EDITED_AFTER);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      GPtrArray *heads = mc_record_get_heads (record, names[i]);

      g_string_append_printf (key, " %s", names[i]);
      for (guint head = 0; heads != NULL && head < heads->len; head++)
        g_string_append_printf (key, " %s", ((McHead *) heads->pdata[head])->short_id);
    }
  for (guint i = 0; i < mc_record_get_refusals (record)->len; i++)
    {
      McRefusal *refusal = mc_record_get_refusals (record)->pdata[i];

      g_string_append_printf (key, " %s %s %s", refusal->change_id, refusal->field, refusal->held ? "held" : refusal->verdict);
    }

  return g_string_free (g_steal_pointer (&key), FALSE);
}

static void
add_record (Attention  *self,
            McRecord   *record,
            const char *key)
{
  McPack *pack = mc_context_get_pack (self->context);
  McRecordType *type = mc_pack_find_type (pack, mc_record_get_type_id (record));
  GtkWidget *group = adw_preferences_group_new ();
  g_autofree char *text = mc_record_text (pack, record), *markup = g_markup_escape_text (text, -1);
  g_autofree char *said = g_strdup_printf (_("Open %s"), text);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), markup);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (group),
                                           make_button (self, record, NULL, 0, _("Open"), said, G_CALLBACK (open_cb)));
  add_conflicts (self, group, record, type);
  for (guint i = 0; i < mc_record_get_refusals (record)->len; i++)
    add_refusal (self, group, record, type, i);
  if ((mc_record_get_flags (record) & MC_RECORD_EDITED_AFTER) && !mc_context_is_others (self->context, record))
    add_revived (self, group, record);
  add_group (self, group, key);
}

static void
destroy_cb (GtkWidget *window)
{
  g_object_set_data (G_OBJECT (window), "attention", NULL);
}

/* loading */

static void
fail (Attention    *self,
      const GError *error)
{
  mc_context_toast_error (self->context, error);
  mc_reload_done (self->reload);
}

static gboolean
focus_again (GtkWidget  *root,
             const char *place)
{
  if (g_strcmp0 (g_object_get_data (G_OBJECT (root), PLACE), place) == 0)
    return gtk_widget_grab_focus (root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (focus_again (child, place))
      return TRUE;

  return FALSE;
}

static const char *
key_of_group (Attention *self,
              guint      place)
{
  return g_object_get_data (G_OBJECT (self->groups->pdata[place]), KEY);
}

static void
remove_group (Attention *self,
              guint      place)
{
  adw_preferences_page_remove (ADW_PREFERENCES_PAGE (self->page), ADW_PREFERENCES_GROUP (self->groups->pdata[place]));
  g_ptr_array_remove_index (self->groups, place);
}

/* What is to be shown as it is shown stays: whoever is about to press a button there presses that one. */
static void
keep_groups (Attention          *self,
             const char * const *keys)
{
  guint n_kept = 0;

  for (guint i = self->groups->len; i > 0; i--)
    if (!g_strv_contains (keys, key_of_group (self, i - 1)))
      remove_group (self, i - 1);
  while (n_kept < self->groups->len && g_str_equal (key_of_group (self, n_kept), keys[n_kept]))
    n_kept++;
  while (self->groups->len > n_kept)
    remove_group (self, n_kept);
}

static gboolean
concerns_us (Attention *self,
             McRecord  *record)
{
  g_auto(GStrv) names = mc_record_list_fields (record);
  gboolean is_ours = !mc_context_is_others (self->context, record) || mc_record_get_refusals (record)->len > 0;

  if (mc_pack_find_type (mc_context_get_pack (self->context), mc_record_get_type_id (record)) == NULL)
    return FALSE;
  for (gsize i = 0; names[i] != NULL && !is_ours; i++)
    is_ours = is_to_settle (self, record, names[i]);

  return is_ours;
}

static void
show (Attention *self,
      GPtrArray *records)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self->window));
  g_autofree char *place = focus != NULL ? g_strdup (g_object_get_data (G_OBJECT (focus), PLACE)) : NULL;
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func (g_free), of_keys = g_ptr_array_new ();
  char *deletions = mc_deletions_to_key (self->deletions);

  if (deletions != NULL)
    {
      g_ptr_array_add (keys, deletions);
      g_ptr_array_add (of_keys, NULL);
    }
  for (guint i = 0; i < records->len; i++)
    if (of_keys->len < MAX_SHOWN && concerns_us (self, records->pdata[i]))
      {
        g_ptr_array_add (keys, key_of_record (records->pdata[i]));
        g_ptr_array_add (of_keys, records->pdata[i]);
      }
  g_ptr_array_add (keys, NULL);
  keep_groups (self, (const char * const *) keys->pdata);
  for (guint i = self->groups->len; i < of_keys->len; i++)
    if (of_keys->pdata[i] != NULL)
      add_record (self, of_keys->pdata[i], keys->pdata[i]);
    else
      add_group (self, mc_deletions_to_rows (self->deletions, self->context), keys->pdata[i]);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->groups->len > 0 ? self->page : self->empty);
  /* What was just settled has no button any more: then the next one. */
  if (place != NULL && !focus_again (self->page, place) && self->groups->len > 0)
    gtk_widget_child_focus (self->page, GTK_DIR_TAB_FORWARD);
  mc_reload_done (self->reload);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GtkWidget) window = user_data;
  Attention *self = g_object_get_data (G_OBJECT (window), "attention");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) records = mc_store_load_finish (MC_STORE (source), result, &error);

  if (self == NULL)
    return;
  if (records != NULL)
    show (self, records);
  else
    fail (self, error);
}

static void
deletions_loaded_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(GtkWidget) window = user_data;
  Attention *self = g_object_get_data (G_OBJECT (window), "attention");
  McQuery query = { .flags = MC_RECORD_CONFLICT | MC_RECORD_REJECTED | MC_RECORD_EDITED_AFTER,
                    .log = "*", .order = MC_ORDER_UPDATED_DESCENDING, .limit = 1000 };
  g_autoptr(GError) error = NULL;
  g_autoptr(McDeletions) deletions = mc_store_run_finish (MC_STORE (source), result, &error);

  if (self == NULL)
    return;
  if (deletions == NULL)
    {
      fail (self, error);
      return;
    }
  g_clear_pointer (&self->deletions, mc_deletions_free);
  self->deletions = g_steal_pointer (&deletions);
  mc_store_load_async (MC_STORE (source), &query, NULL, loaded_cb, g_steal_pointer (&window));
}

static gpointer
load_deletions (McJournal     *journal,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  return mc_deletions_load (journal, error);
}

static void
load_cb (gpointer user_data)
{
  Attention *self = user_data;

  mc_store_run_async (mc_context_get_store (self->context), load_deletions, NULL, NULL, (GDestroyNotify) mc_deletions_free, NULL,
                      deletions_loaded_cb, g_object_ref (self->window));
}

void
mc_attention_show (GtkWidget *parent,
                   McContext *context)
{
  Attention *self = g_new0 (Attention, 1);
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->context = g_object_ref (context);
  self->groups = g_ptr_array_new ();
  self->window = adw_window_new ();
  self->page = adw_preferences_page_new ();
  self->empty = adw_status_page_new ();
  self->stack = gtk_stack_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->empty), "emblem-ok-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (self->empty), _("Nothing to settle"));
  adw_status_page_set_description (ADW_STATUS_PAGE (self->empty), _("No two people edited the same, nothing was refused, and nobody deleted many items at once."));
  gtk_stack_add_child (GTK_STACK (self->stack), self->page);
  gtk_stack_add_child (GTK_STACK (self->stack), self->empty);
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), self->stack);
  gtk_window_set_title (GTK_WINDOW (self->window), _("Please look at these"));
  gtk_window_set_default_size (GTK_WINDOW (self->window), 720, 560);
  gtk_window_set_transient_for (GTK_WINDOW (self->window), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (self->window), TRUE);
  adw_window_set_content (ADW_WINDOW (self->window), box);
  self->reload = mc_reload_new (self->window, mc_context_get_store (context), load_cb, self);
  g_object_set_data_full (G_OBJECT (self->window), "attention", self, attention_free);
  g_signal_connect (self->window, "destroy", G_CALLBACK (destroy_cb), NULL);
  mc_dialogs_close_on_escape (GTK_WINDOW (self->window));
  gtk_window_present (GTK_WINDOW (self->window));
}
