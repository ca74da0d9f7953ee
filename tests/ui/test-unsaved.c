/* test-unsaved.c: what the disk does not take is kept until it does
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <sqlite3.h>

#include "mc-field-editor.h"
#include "mc-ui.h"
#include "mc-unsaved.h"
#include "mc-window.h"
#include "ui/ui-fixture.h"

/* (transfer full) another program holds the store: nothing can be written. */
static sqlite3 *
hold (UiFixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "store.db", NULL);
  sqlite3 *handle = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  sqlite3_busy_timeout (handle, 1000);
  g_assert_cmpint (sqlite3_exec (handle, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);

  return handle;
}

static McRecord *
month_of (UiFixture *fixture)
{
  const char *key[] = { "2021-03", NULL };
  g_autofree char *id = mc_context_id_of_key (fixture->context, "document-month", key);

  return mc_record_new_empty (id, UI_LOG, "document-month", mc_pack_get_id (mc_context_get_pack (fixture->context)), NULL);
}

static void
save (UiFixture  *fixture,
      McRecord   *month,
      const char *field,
      int         number)
{
  McEdit *edit = mc_edit_new ();

  mc_edit_set_text (edit, month, "month", "2021-03");
  mc_edit_set_int (edit, month, field, number);
  mc_context_save (fixture->context, edit, field);
}

static gboolean
has_failed (UiFixture *fixture)
{
  return mc_context_has_unsaved (fixture->context) && !mc_context_get_saving (fixture->context);
}

/* What is saved while another program holds the store goes in by itself afterwards, the last of each field; no field is in conflict
 * with itself. */
static void
test_again (UiFixture     *fixture,
            gconstpointer  data)
{
  g_autoptr(McRecord) month = month_of (fixture), saved = NULL;
  sqlite3 *handle = hold (fixture);

  save (fixture, month, "total", 3);
  UI_WAIT_FOR (has_failed (fixture));
  g_assert_nonnull (mc_context_get_save_error (fixture->context));
  save (fixture, month, "digital", 2);
  save (fixture, month, "total", 5);
  g_assert_true (mc_context_has_unsaved (fixture->context));
  sqlite3_close (handle);
  UI_WAIT_FOR (!mc_context_has_unsaved (fixture->context) && !mc_context_get_saving (fixture->context));
  g_assert_null (mc_context_get_save_error (fixture->context));
  saved = ui_get (fixture, mc_record_get_id (month));
  g_assert_cmpint (mc_record_get_int (saved, "digital", -1), ==, 2);
  g_assert_cmpint (mc_record_get_int (saved, "total", -1), ==, 5);
}

/* A new record is given its key once, not again before that is seen: it would take the place of what was typed meanwhile.  Undone,
 * it is given anew. */
static void
test_begun (UiFixture     *fixture,
            gconstpointer  data)
{
  g_autoptr(McRecord) task = mc_context_new_record (fixture->context, "plan-task", NULL);
  McEdit *edit = mc_edit_new ();

  g_assert_true (mc_context_wants_key (fixture->context, task));
  g_assert_false (mc_context_wants_key (fixture->context, task));
  mc_edit_set_text (edit, task, "content", "a");
  mc_context_save (fixture->context, edit, "content");
  UI_WAIT_FOR (mc_context_get_undo_label (fixture->context) != NULL);
  g_assert_false (mc_context_wants_key (fixture->context, task));
  mc_context_undo (fixture->context);
  UI_WAIT_FOR (!mc_context_get_saving (fixture->context));
  g_assert_true (mc_context_wants_key (fixture->context, task));
}

/* Who types on before the record is read again is not in conflict with himself, and what is typed last counts; a deletion has seen it. */
static void
test_typed_on (UiFixture     *fixture,
               gconstpointer  data)
{
  g_autoptr(McRecord) month = month_of (fixture), saved = NULL, deleted = NULL;
  McEdit *deletion;

  for (int i = 1; i <= 5; i++)
    save (fixture, month, "total", i);
  UI_WAIT_FOR (!mc_context_get_saving (fixture->context));
  saved = ui_get (fixture, mc_record_get_id (month));
  g_assert_cmpint (mc_record_get_int (saved, "total", -1), ==, 5);
  g_assert_cmpuint (mc_record_get_flags (saved) & MC_RECORD_CONFLICT, ==, 0);
  save (fixture, saved, "digital", 4);
  deletion = mc_edit_new ();
  mc_edit_delete (deletion, saved);
  mc_context_save (fixture->context, deletion, "deletion");
  UI_WAIT_FOR (!mc_context_get_saving (fixture->context));
  deleted = ui_get (fixture, mc_record_get_id (month));
  g_assert_cmpuint (mc_record_get_flags (deleted) & (MC_RECORD_DELETED | MC_RECORD_EDITED_AFTER), ==, MC_RECORD_DELETED);
}

/* A cell shows what was typed in it until that is saved, whatever else comes in meanwhile. */
static void
test_shown (UiFixture     *fixture,
            gconstpointer  data)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (fixture->context), "document-month");
  McFieldEditor *editor = mc_field_editor_new (fixture->context, mc_record_type_find_field (type, "total"), MC_LOOK_CELL);
  GtkEditable *cell = GTK_EDITABLE (mc_field_editor_get_widget (editor));
  g_autoptr(McRecord) month = month_of (fixture);
  sqlite3 *handle = hold (fixture);

  ui_show (fixture, GTK_WIDGET (cell));
  mc_field_editor_set_record (editor, month);
  gtk_editable_set_text (cell, "7");
  mc_field_editor_commit (editor);
  UI_WAIT_FOR (has_failed (fixture));
  mc_field_editor_set_record (editor, month);
  g_assert_cmpstr (gtk_editable_get_text (cell), ==, "7");
  sqlite3_close (handle);
  UI_WAIT_FOR (!mc_context_has_unsaved (fixture->context));
}

/* What is proposed in an empty cell while a person is in it gives way to what is typed, as it does on coming into the cell. */
static void
test_proposed (UiFixture     *fixture,
               gconstpointer  data)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (fixture->context), "document-month");
  McFieldEditor *editor = mc_field_editor_new (fixture->context, mc_record_type_find_field (type, "total"), MC_LOOK_CELL);
  GtkEditable *cell = GTK_EDITABLE (mc_field_editor_get_widget (editor));
  g_autoptr(McRecord) month = month_of (fixture), saved = NULL;
  int from, to;

  ui_show (fixture, GTK_WIDGET (cell));
  mc_field_editor_set_record (editor, month);
  gtk_widget_grab_focus (GTK_WIDGET (cell));
  save (fixture, month, "total", 31);
  UI_WAIT_FOR (!mc_context_get_saving (fixture->context));
  saved = ui_get (fixture, mc_record_get_id (month));
  mc_field_editor_set_record (editor, saved);
  g_assert_cmpstr (gtk_editable_get_text (cell), ==, "31");
  g_assert_true (gtk_editable_get_selection_bounds (cell, &from, &to));
  g_assert_cmpint (from, ==, 0);
  g_assert_cmpint (to, ==, 2);
}

static void
try_cb (McEdit     *edit,
        const char *label,
        gpointer    user_data)
{
  g_string_append (user_data, label);
  mc_edit_free (edit);
}

/* One edit that is refused time after time keeps the others from nothing. */
static void
test_one_by_one (void)
{
  g_autoptr(GString) tried = g_string_new (NULL);
  McUnsaved *unsaved = mc_unsaved_new (try_cb, tried);

  for (const char *label = "abc"; *label != '\0'; label++)
    {
      g_autofree char *name = g_strndup (label, 1), *id = g_strdup_printf ("0190a000-0000-7000-8000-00000000000%c", *label);
      g_autoptr(McRecord) record = mc_record_new_empty (id, UI_LOG, "document-month", "binh-dinh-2878-2021", NULL);
      McEdit *edit = mc_edit_new ();

      mc_edit_set_int (edit, record, "total", 3);
      mc_unsaved_add (unsaved, edit, name);
    }
  for (int i = 0; i < 3; i++)
    {
      mc_unsaved_try (unsaved);
      mc_unsaved_tried (unsaved, i > 0);
    }
  g_assert_cmpstr (tried->str, ==, "abca");
  mc_unsaved_tried (unsaved, TRUE);
  g_assert_true (mc_unsaved_is_empty (unsaved));
  mc_unsaved_free (unsaved);
}

static AdwMessageDialog *
find_dialog (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  AdwMessageDialog *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr(GtkWidget) one = g_list_model_get_item (toplevels, i);

      if (ADW_IS_MESSAGE_DIALOG (one))
        found = ADW_MESSAGE_DIALOG (one);
    }

  return found;
}

static gboolean
is_button (GtkWidget  *widget,
           const char *text)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) && ui_find (widget, ui_is_label, text) != NULL;
}

/* A window does not end without a word with what is not saved: it asks, and ends by itself once that is saved. */
static void
test_closing (UiFixture     *fixture,
              gconstpointer  data)
{
  GtkWidget *window = mc_window_new (NULL, fixture->context), *again;
  g_autoptr(McRecord) month = month_of (fixture), saved = NULL;
  sqlite3 *handle;

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_present (GTK_WINDOW (window));
  UI_WAIT_FOR (gtk_widget_get_mapped (window));
  handle = hold (fixture);
  save (fixture, month, "total", 3);
  gtk_window_close (GTK_WINDOW (window));
  UI_WAIT_FOR (find_dialog () != NULL);
  g_assert_nonnull (window);
  sqlite3_close (handle);
  UI_WAIT_FOR ((again = ui_find (GTK_WIDGET (find_dialog ()), is_button, "Save again")) != NULL);
  g_signal_emit_by_name (again, "clicked");
  UI_WAIT_FOR (window == NULL);
  saved = ui_get (fixture, mc_record_get_id (month));
  g_assert_cmpint (mc_record_get_int (saved, "total", -1), ==, 3);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  mc_ui_init ();
  g_test_add ("/unsaved/again", UiFixture, NULL, ui_set_up, test_again, ui_tear_down);
  g_test_add ("/unsaved/proposed", UiFixture, NULL, ui_set_up, test_proposed, ui_tear_down);
  g_test_add ("/unsaved/typed-on", UiFixture, NULL, ui_set_up, test_typed_on, ui_tear_down);
  g_test_add ("/unsaved/begun", UiFixture, NULL, ui_set_up, test_begun, ui_tear_down);
  g_test_add_func ("/unsaved/one-by-one", test_one_by_one);
  g_test_add ("/unsaved/shown", UiFixture, NULL, ui_set_up, test_shown, ui_tear_down);
  g_test_add ("/unsaved/closing", UiFixture, NULL, ui_set_up, test_closing, ui_tear_down);

  return g_test_run ();
}
