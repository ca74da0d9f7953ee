/* test-sheet.c: what a table says of a cell that is not right, to whoever has no mouse; what a form calls its rows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <string.h>

#include "mc-field-editor.h"
#include "mc-form.h"
#include "mc-month-sheet.h"
#include "ui/ui-fixture.h"

/* A month with electronic copies and without the day of the first one: a check warns of that cell. */
static void
add_month (UiFixture *fixture)
{
  const char *key[] = { "2021-03", "national", NULL };
  g_autofree char *id = mc_context_id_of_key (fixture->context, "certified-copy-month", key);
  g_autoptr(McRecord) record = mc_record_new_empty (id, UI_LOG, "certified-copy-month", mc_pack_get_id (mc_context_get_pack (fixture->context)),
                                                    NULL);
  McEdit *edit = mc_edit_new ();

  mc_edit_set_text (edit, record, "month", "2021-03");
  mc_edit_set_text (edit, record, "source", "national");
  mc_edit_set_int (edit, record, "files_electronic", 3);
  ui_save (fixture, edit);
}

static gboolean
is_marked (GtkWidget  *widget,
           const char *mark)
{
  return GTK_IS_ENTRY (widget) && gtk_widget_get_mapped (widget) && gtk_widget_has_css_class (widget, mark);
}

static gboolean
is_with_text (GtkWidget  *widget,
              const char *text)
{
  return GTK_IS_ENTRY (widget) && gtk_widget_get_mapped (widget) && g_str_equal (gtk_editable_get_text (GTK_EDITABLE (widget)), text);
}

static GtkWidget *
show_months (UiFixture *fixture)
{
  static const char * const fields[] = { "files_electronic", "copies_electronic", "first_on", NULL };
  GtkWidget *page = mc_month_sheet_new (fixture->context, "certified-copy-month", fields, "source", "national");

  add_month (fixture);
  ui_show (fixture, page);
  UI_WAIT_FOR (ui_find (page, is_with_text, "3") != NULL && ui_find (page, is_marked, "warning") != NULL);

  return page;
}

/* The words of a yellow cell stand under the table while it has the focus, with its line and column, and are its description for
 * a screen reader; with the focus in another cell they are gone. */
static void
test_warning (UiFixture     *fixture,
              gconstpointer  data)
{
  GtkWidget *page = show_months (fixture), *cell = ui_find (page, is_marked, "warning");
  g_autofree char *why = g_strdup (gtk_widget_get_tooltip_text (cell));

  g_assert_nonnull (why);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, why);
  g_assert_null (ui_find (page, ui_is_label, why));
  gtk_widget_grab_focus (cell);
  UI_WAIT_FOR (ui_find (page, ui_is_label, why) != NULL);
  g_assert_nonnull (ui_find (page, ui_is_label, "Month 3"));
  gtk_widget_grab_focus (ui_find (page, is_with_text, "3"));
  UI_WAIT_FOR (ui_find (page, ui_is_label, why) == NULL);
}

/* The same holds for what was typed and is no number. */
static void
test_typed (UiFixture     *fixture,
            gconstpointer  data)
{
  GtkWidget *page = show_months (fixture), *cell = ui_find (page, is_with_text, "3");

  gtk_widget_grab_focus (cell);
  gtk_editable_set_text (GTK_EDITABLE (cell), "3x");
  gtk_widget_grab_focus (ui_find (page, is_marked, "warning"));
  UI_WAIT_FOR (gtk_widget_has_css_class (cell, "error"));
  gtk_widget_grab_focus (cell);
  UI_WAIT_FOR (ui_find (page, ui_is_label, "“3x”") != NULL);
}

static gboolean
is_row (GtkWidget  *widget,
        const char *title)
{
  return ADW_IS_PREFERENCES_ROW (widget) && g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title);
}

/* A form says the unit of a figure where the title does not. */
static void
test_units (UiFixture     *fixture,
            gconstpointer  data)
{
  McPack *pack = mc_context_get_pack (fixture->context);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *months = mc_form_new (fixture->context, mc_pack_find_type (pack, "document-month"));
  GtkWidget *talks = mc_form_new (fixture->context, mc_pack_find_type (pack, "communication"));

  mc_form_add_group (MC_FORM (months), NULL, NULL);
  mc_form_add_group (MC_FORM (talks), NULL, NULL);
  gtk_box_append (GTK_BOX (box), months);
  gtk_box_append (GTK_BOX (box), talks);
  ui_show (fixture, box);
  g_assert_nonnull (ui_find (box, is_row, "Văn bản mật"));
  g_assert_nonnull (ui_find (box, is_row, "Thời lượng (phút)"));
}

static gboolean
is_words (GtkWidget  *widget,
          const char *text)
{
  return ui_is_label (widget, text) && gtk_widget_has_css_class (widget, "error");
}

static gboolean
is_inner_text (GtkWidget  *widget,
               const char *text)
{
  return GTK_IS_TEXT (widget);
}

/* A row of a form that is refused says why below itself, for as long as it is refused; its inner text, which has the keyboard,
 * tells its name and the reason. */
static void
test_refused (UiFixture     *fixture,
              gconstpointer  data)
{
  McPack *pack = mc_context_get_pack (fixture->context);
  McRecordType *type = mc_pack_find_type (pack, "plan");
  GtkWidget *form = mc_form_new (fixture->context, type), *row, *inner;
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, "plan", NULL);

  mc_form_add_group (MC_FORM (form), NULL, NULL);
  mc_form_set_record (MC_FORM (form), record);
  ui_show (fixture, form);
  UI_WAIT_FOR (ui_find (form, is_row, "Ngày ban hành") != NULL);
  row = ui_find (form, is_row, "Ngày ban hành");
  inner = ui_find (row, is_inner_text, NULL);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (inner), GTK_ACCESSIBLE_PROPERTY_LABEL, "Ngày ban hành");
  gtk_widget_grab_focus (row);
  gtk_editable_set_text (GTK_EDITABLE (row), "31/02/2021");
  g_assert_null (ui_find (form, is_words, ""));
  mc_form_commit (MC_FORM (form));
  g_assert_true (gtk_widget_has_css_class (row, "error"));
  UI_WAIT_FOR (ui_find (form, is_words, "“31/02/2021”") != NULL);
  g_assert_true (gtk_widget_get_next_sibling (row) ==
                 gtk_widget_get_ancestor (ui_find (form, is_words, "“31/02/2021”"), ADW_TYPE_PREFERENCES_ROW));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (inner), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       gtk_label_get_text (GTK_LABEL (ui_find (form, is_words, "“31/02/2021”"))));
  /* Tab goes past the words, and back past them. */
  gtk_widget_child_focus (form, GTK_DIR_TAB_FORWARD);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (fixture->window)), ui_find (form, is_row, "Trích yếu")));
  gtk_widget_child_focus (form, GTK_DIR_TAB_BACKWARD);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) == inner);
  gtk_editable_set_text (GTK_EDITABLE (row), "28/02/2021");
  UI_WAIT_FOR (ui_find (form, is_words, "") == NULL);
  g_assert_false (gtk_widget_has_css_class (row, "error"));
}

/* (transfer full) a month that has more electronic copies than there are, which is an error. */
static McEdit *
wrong_month (UiFixture *fixture)
{
  const char *key[] = { "2021-03", NULL };
  g_autofree char *id = mc_context_id_of_key (fixture->context, "document-month", key);
  g_autoptr(McRecord) record = mc_record_new_empty (id, UI_LOG, "document-month", mc_pack_get_id (mc_context_get_pack (fixture->context)),
                                                    NULL);
  McEdit *edit = mc_edit_new ();

  mc_edit_set_text (edit, record, "month", "2021-03");
  mc_edit_set_int (edit, record, "total", 3);
  mc_edit_set_int (edit, record, "digital", 5);

  return edit;
}

static gboolean
is_flagged (GtkWidget  *widget,
            const char *text)
{
  return GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL && strstr (gtk_button_get_label (GTK_BUTTON (widget)), "⚠");
}

static gboolean
is_grid (GtkWidget  *widget,
         const char *text)
{
  return GTK_IS_GRID (widget);
}

static int
width_of (GtkWidget *page)
{
  int minimum;

  gtk_widget_measure (ui_find (page, is_grid, NULL), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);

  return minimum;
}

/* In a window that is too narrow for the table, what is said of a cell is seen whole; a mark at the end of a line makes the table no wider. */
static void
test_narrow (UiFixture     *fixture,
             gconstpointer  data)
{
  static const char * const fields[] = { "total", "digital", "digital_with_paper", "paper_only", "classified", "incoming_digital",
                                         "incoming_paper", "work_files_total", "work_files_digital", "nil", NULL };
  GtkWidget *page = mc_month_sheet_new (fixture->context, "document-month", fields, NULL, NULL), *said;
  graphene_rect_t bounds;
  int width;

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 450, 700);
  ui_show (fixture, page);
  UI_WAIT_FOR (ui_find (page, ui_is_label, "Month 3") != NULL);
  width = width_of (page);
  ui_save (fixture, wrong_month (fixture));
  UI_WAIT_FOR (ui_find (page, is_flagged, NULL) != NULL);
  g_assert_cmpint (width_of (page), ==, width);
  gtk_widget_grab_focus (ui_find (page, is_with_text, "5"));
  UI_WAIT_FOR ((said = ui_find (page, ui_is_label, "⚠ Month 3")) != NULL && gtk_widget_get_width (said) > 0);
  g_assert_cmpint (gtk_widget_get_width (page), <, width);
  UI_WAIT_FOR (gtk_widget_compute_bounds (said, page, &bounds) && bounds.origin.x >= 0 &&
               bounds.origin.x + bounds.size.width <= gtk_widget_get_width (page));
}

static gboolean
is_text_view (GtkWidget  *widget,
              const char *text)
{
  return GTK_IS_TEXT_VIEW (widget);
}

/* A text that no change could hold is not let in, into a line or a paragraph; what was there stays. */
static void
test_too_long (UiFixture     *fixture,
               gconstpointer  data)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (fixture->context), "plan");
  GtkWidget *form = mc_form_new (fixture->context, type), *row, *view;
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, "plan", NULL);
  g_autofree char *text = g_strnfill (1000 * 1000, 'x');
  int position = 0;

  mc_form_add_group (MC_FORM (form), NULL, NULL);
  mc_form_set_record (MC_FORM (form), record);
  ui_show (fixture, form);
  UI_WAIT_FOR (ui_find (form, is_row, "Trích yếu") != NULL && ui_find (form, is_text_view, NULL) != NULL);
  row = ui_find (form, is_row, "Trích yếu");
  gtk_editable_set_text (GTK_EDITABLE (row), "Kế hoạch");
  gtk_editable_insert_text (GTK_EDITABLE (row), text, -1, &position);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "Kế hoạch");
  view = ui_find (form, is_text_view, NULL);
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, 10000);
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  g_assert_cmpint (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view))), ==, 10000);
}

static gboolean
has_text (GtkWidget  *widget,
          const char *text)
{
  g_autofree char *shown = NULL;

  if (GTK_IS_TEXT (widget))
    shown = g_strdup (gtk_editable_get_text (GTK_EDITABLE (widget)));
  else
    g_object_get (gtk_text_view_get_buffer (GTK_TEXT_VIEW (widget)), "text", &shown, NULL);

  return g_str_equal (shown, text);
}

static void
count_cb (guint *count)
{
  *count += 1;
}

/* A paste that is refused, because it is too long or a picture, takes nothing away either; one that fits takes the place of what is
 * selected: in a row and in a field of several lines, each alone, as a second selection may end the first. */
static void
test_pasted_over (UiFixture     *fixture,
                  gconstpointer  data)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (fixture->context), "plan");
  GtkWidget *form = mc_form_new (fixture->context, type), *inner;
  GdkClipboard *clipboard = gtk_widget_get_clipboard (fixture->window);
  g_autoptr(GdkPixbuf) pixels = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 1, 1);
  g_autoptr(GdkTexture) picture = gdk_texture_new_for_pixbuf (pixels);
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, "plan", NULL);
  g_autofree char *text = g_strnfill (20000, 'x');
  guint n_said = 0;

  g_signal_connect_swapped (fixture->context, "toast", G_CALLBACK (count_cb), &n_said);
  mc_form_add_group (MC_FORM (form), NULL, NULL);
  mc_form_set_record (MC_FORM (form), record);
  ui_show (fixture, form);
  UI_WAIT_FOR (ui_find (form, is_row, "Trích yếu") != NULL && ui_find (form, is_text_view, NULL) != NULL);
  inner = data != NULL ? ui_find (form, is_text_view, NULL) : ui_find (ui_find (form, is_row, "Trích yếu"), is_inner_text, NULL);
  if (data != NULL)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (inner)), "Kế hoạch", -1);
  else
    gtk_editable_set_text (GTK_EDITABLE (inner), "Kế hoạch");
  gdk_clipboard_set_text (clipboard, text);
  gtk_widget_activate_action (inner, "selection.select-all", NULL);
  gtk_widget_activate_action (inner, "clipboard.paste", NULL);
  UI_WAIT_FOR (n_said == 1);
  gdk_clipboard_set_texture (clipboard, picture);
  gtk_widget_activate_action (inner, "clipboard.paste", NULL);
  UI_WAIT_FOR (n_said == 2);
  g_assert_true (has_text (inner, "Kế hoạch"));
  gdk_clipboard_set_text (clipboard, "Khác");
  gtk_widget_activate_action (inner, "clipboard.paste", NULL);
  UI_WAIT_FOR (has_text (inner, "Khác"));
}

static gboolean
is_drop_down (GtkWidget  *widget,
              const char *text)
{
  return GTK_IS_DROP_DOWN (widget);
}

/* The keyboard is in the button of a list of choices: its name says what for, and what is chosen. */
static void
test_choice (UiFixture     *fixture,
             gconstpointer  data)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (fixture->context), "plan-task");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *choice;
  McFieldEditor *editor = mc_field_editor_new (fixture->context, mc_record_type_find_field (type, "state"), MC_LOOK_CELL);

  choice = mc_field_editor_get_widget (editor);
  gtk_box_append (GTK_BOX (box), choice);
  ui_show (fixture, box);
  mc_field_editor_set_label (editor, "2, Tình trạng");
  gtk_widget_grab_focus (choice);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (fixture->window)), ui_find (box, is_drop_down, NULL)));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_window_get_focus (GTK_WINDOW (fixture->window))), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "2, Tình trạng: not chosen");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), 2);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_window_get_focus (GTK_WINDOW (fixture->window))), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "2, Tình trạng: Đang thực hiện");
}

static gboolean
is_cut (GtkWidget  *widget,
        const char *text)
{
  return ui_is_label (widget, text) && gtk_label_get_layout (GTK_LABEL (widget)) != NULL &&
         pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget)));
}

/* The long titles of the law are read whole where the details are narrow, empty or not. */
static void
test_long_title (UiFixture     *fixture,
                 gconstpointer  data)
{
  McPack *pack = mc_context_get_pack (fixture->context);
  GtkWidget *form = mc_form_new (fixture->context, mc_pack_find_type (pack, "document-month"));
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, "document-month", NULL);

  mc_form_add_group (MC_FORM (form), NULL, NULL);
  mc_form_set_record (MC_FORM (form), record);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 700);
  ui_show (fixture, form);
  UI_WAIT_FOR (ui_find (form, ui_is_label, "Hồ sơ công việc lập") != NULL && gtk_widget_get_width (form) > 0);
  g_assert_cmpint (gtk_widget_get_width (form), <=, 360);
  g_assert_null (ui_find (form, is_cut, "Hồ sơ công việc lập"));
}

static char *
nothing_cb (McRecord *record,
            gpointer  data)
{
  return g_strdup ("");
}

/* The title of a column with results is whole also where there is little room and no result yet. */
static void
test_empty (UiFixture     *fixture,
            gconstpointer  data)
{
  static const char * const fields[] = { "files_electronic", NULL };
  GtkWidget *page = mc_month_sheet_new (fixture->context, "certified-copy-month", fields, "source", "national"), *title;
  int minimum, natural;

  mc_sheet_add_computed (mc_month_sheet_get_sheet (MC_MONTH_SHEET (page)), "Two words", nothing_cb, NULL);
  ui_show (fixture, page);
  UI_WAIT_FOR ((title = ui_find (page, ui_is_label, "Two words")) != NULL);
  gtk_widget_measure (title, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, ==, natural);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/sheet/warning", UiFixture, NULL, ui_set_up, test_warning, ui_tear_down);
  g_test_add ("/sheet/typed", UiFixture, NULL, ui_set_up, test_typed, ui_tear_down);
  g_test_add ("/sheet/refused", UiFixture, NULL, ui_set_up, test_refused, ui_tear_down);
  g_test_add ("/sheet/units", UiFixture, NULL, ui_set_up, test_units, ui_tear_down);
  g_test_add ("/sheet/narrow", UiFixture, NULL, ui_set_up, test_narrow, ui_tear_down);
  g_test_add ("/sheet/too-long", UiFixture, NULL, ui_set_up, test_too_long, ui_tear_down);
  g_test_add ("/sheet/pasted-over/row", UiFixture, NULL, ui_set_up, test_pasted_over, ui_tear_down);
  g_test_add ("/sheet/pasted-over/lines", UiFixture, "", ui_set_up, test_pasted_over, ui_tear_down);
  g_test_add ("/sheet/choice", UiFixture, NULL, ui_set_up, test_choice, ui_tear_down);
  g_test_add ("/sheet/long-title", UiFixture, NULL, ui_set_up, test_long_title, ui_tear_down);
  g_test_add ("/sheet/empty", UiFixture, NULL, ui_set_up, test_empty, ui_tear_down);

  return g_test_run ();
}
