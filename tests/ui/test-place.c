/* test-place.c: a sync may bring something at any moment: whoever reads, types or tabs keeps their place
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <math.h>
#include "core/mc-record-list.h"
#include "mc-cells.h"
#include "mc-copies-page.h"
#include "mc-criteria-page.h"
#include "mc-evidence-list.h"
#include "mc-overview-page.h"
#include "mc-plan-page.h"
#include "mc-register.h"
#include "mc-ui.h"
#include "mc-window.h"
#include "ui/ui-fixture.h"

#define N_LINES 40

/* (transfer full) id */
static char *
add_line (UiFixture *fixture,
          McEdit  *edit,
          int      number)
{
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, "certified-copy", NULL);

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_text (edit, record, "certified_on", "2021-03-04");

  return g_strdup (mc_record_get_id (record));
}

/* widgets */

static gboolean
is_view (GtkWidget  *widget,
         const char *text)
{
  return GTK_IS_COLUMN_VIEW (widget);
}

static gboolean
is_row (GtkWidget  *widget,
        const char *text)
{
  return ADW_IS_ACTION_ROW (widget) && g_str_has_prefix (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), text);
}

static gboolean
is_title (GtkWidget  *widget,
          const char *text)
{
  return GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
}

static gboolean
is_flap (GtkWidget  *widget,
         const char *text)
{
  return ADW_IS_FLAP (widget);
}

static gboolean
is_entry (GtkWidget  *widget,
          const char *text)
{
  return GTK_IS_ENTRY (widget) && g_str_equal (gtk_editable_get_text (GTK_EDITABLE (widget)), text);
}

static GtkWidget *
focus_of (UiFixture *fixture)
{
  return gtk_root_get_focus (GTK_ROOT (fixture->window));
}

/* What has gone may keep the focus until the window is drawn. */
static void
assert_focus (UiFixture *fixture,
              GtkWidget *widget)
{
  g_assert_true (focus_of (fixture) == widget);
  g_assert_true (gtk_widget_get_mapped (widget));
}

/* (transfer full): as long as it is held, nothing else is taken for it. */
static GtkWidget *
focus_on (UiFixture *fixture,
          GtkWidget *widget)
{
  g_assert_true (gtk_widget_grab_focus (widget));
  g_assert_nonnull (focus_of (fixture));

  return g_object_ref (focus_of (fixture));
}

/* a register */

static GtkWidget *
show_register (UiFixture           *fixture,
               char               **ids)
{
  static const char * const columns[] = { "number", "certified_on", NULL };
  GtkWidget *page = mc_register_new (fixture->context, "certified-copy", columns, MC_ORDER_SORT_ASCENDING), *view;
  McEdit *edit = mc_edit_new ();

  for (int i = 0; i < N_LINES; i++)
    ids[i] = add_line (fixture, edit, 10 * (i + 1));
  ui_save (fixture, edit);
  ui_show (fixture, page);
  view = ui_find (page, is_view, NULL);
  UI_WAIT_FOR (ui_find (view, ui_is_cell, "50") != NULL);

  return view;
}

static guint
count (GtkWidget *view)
{
  return g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view))));
}

static gint64
selected_number (GtkWidget *view)
{
  McRecordItem *item = gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (view))));

  return item != NULL && mc_record_item_get_record (item) != NULL ? mc_record_get_int (mc_record_item_get_record (item), "number", 0) : 0;
}

static void
select_line (GtkWidget *view,
             guint      place)
{
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (gtk_column_view_get_model (GTK_COLUMN_VIEW (view))), place);
}

/* The line that a cell is in. */
static GtkWidget *
line_of (GtkWidget *cell)
{
  return gtk_widget_get_parent (gtk_widget_get_parent (cell));
}

/* Lines come in before and behind the one that has the focus, and others go: it has the focus still, and is selected. */
static void
test_register (UiFixture     *fixture,
               gconstpointer  data)
{
  g_auto(GStrv) ids = g_new0 (char *, N_LINES + 1);
  GtkWidget *view = show_register (fixture, ids);
  g_autoptr(GtkWidget) line = NULL;
  g_autoptr(McRecord) gone = ui_get (fixture, ids[1]), last = ui_get (fixture, ids[N_LINES - 1]);
  McEdit *edit = mc_edit_new ();

  select_line (view, 4);
  line = focus_on (fixture, line_of (ui_find (view, ui_is_cell, "50")));
  for (int number = 5; number < 100; number += 10)
    g_free (add_line (fixture, edit, number));
  mc_edit_delete (edit, gone);
  mc_edit_delete (edit, last);
  ui_save (fixture, edit);
  UI_WAIT_FOR (count (view) == N_LINES + 8);
  UI_WAIT_FOR (ui_find (view, ui_is_cell, "45") != NULL && ui_find (view, ui_is_cell, "55") != NULL);
  g_assert_cmpint (selected_number (view), ==, 50);
  assert_focus (fixture, line);
  g_assert_nonnull (ui_find (line, ui_is_cell, "50"));
}

/* A line whose number becomes another is elsewhere then, and selected there. */
static void
test_moved (UiFixture     *fixture,
            gconstpointer  data)
{
  g_auto(GStrv) ids = g_new0 (char *, N_LINES + 1);
  GtkWidget *view = show_register (fixture, ids);
  g_autoptr(McRecord) record = ui_get (fixture, ids[4]);
  McEdit *edit = mc_edit_new ();

  select_line (view, 4);
  mc_edit_set_int (edit, record, "number", 105);
  ui_save (fixture, edit);
  UI_WAIT_FOR (selected_number (view) == 105);
}

/* The line that has the focus is deleted elsewhere: the focus is in the list still, and Tab does not begin anew. */
static void
test_deleted (UiFixture     *fixture,
              gconstpointer  data)
{
  g_auto(GStrv) ids = g_new0 (char *, N_LINES + 1);
  GtkWidget *view = show_register (fixture, ids);
  g_autoptr(McRecord) record = ui_get (fixture, ids[4]);
  McEdit *edit = mc_edit_new ();

  gtk_widget_grab_focus (line_of (ui_find (view, ui_is_cell, "50")));
  mc_edit_delete (edit, record);
  ui_save (fixture, edit);
  UI_WAIT_FOR (count (view) == N_LINES - 1);
  UI_WAIT_FOR (focus_of (fixture) != NULL && gtk_widget_get_mapped (focus_of (fixture)) &&
            gtk_widget_is_ancestor (focus_of (fixture), view));
}

/* Details that somebody closed stay closed when something comes in. */
static void
test_details (UiFixture     *fixture,
              gconstpointer  data)
{
  g_auto(GStrv) ids = g_new0 (char *, N_LINES + 1);
  GtkWidget *page = gtk_widget_get_ancestor (show_register (fixture, ids), MC_TYPE_REGISTER);
  AdwFlap *flap = ADW_FLAP (ui_find (page, is_flap, NULL));
  g_autoptr(McRecord) record = ui_get (fixture, ids[4]);
  McEdit *edit = mc_edit_new ();

  mc_register_show_record (MC_REGISTER (page), ids[4]);
  UI_WAIT_FOR (adw_flap_get_reveal_flap (flap));
  UI_WAIT_FOR (ui_find (page, ui_is_label, "Số: 50") != NULL);
  gtk_widget_activate_action (gtk_widget_get_first_child (GTK_WIDGET (flap)), "pane.close", NULL);
  g_assert_false (adw_flap_get_reveal_flap (flap));
  mc_edit_set_int (edit, record, "number", 51);
  ui_save (fixture, edit);
  UI_WAIT_FOR (ui_find (page, is_title, "Số: 51") != NULL);
  g_assert_false (adw_flap_get_reveal_flap (flap));
}

/* What comes above a list makes it lower: its first line stays whole, as long as the selected one is seen so. */
static void
test_lower (UiFixture     *fixture,
            gconstpointer  data)
{
  g_auto(GStrv) ids = g_new0 (char *, N_LINES + 1);
  GtkWidget *view = show_register (fixture, ids), *above = gtk_label_new ("…");
  GtkAdjustment *place = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  int height;

  UI_WAIT_FOR ((height = gtk_widget_get_height (view)) > 0 && gtk_adjustment_get_upper (place) > height);
  gtk_widget_set_size_request (above, -1, 110);
  select_line (view, 4);
  gtk_widget_grab_focus (line_of (ui_find (view, ui_is_cell, "50")));
  mc_register_set_above (MC_REGISTER (gtk_widget_get_ancestor (view, MC_TYPE_REGISTER)), above);
  UI_WAIT_FOR (gtk_widget_get_height (view) <= height - 110);
  UI_WAIT_FOR (gtk_adjustment_get_value (place) == 0);
}

/* GTK may take the item of a line away before it says that the line lets go of it. */
static void
test_let_go (UiFixture     *fixture,
             gconstpointer  data)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (fixture->context), "certified-copy");
  GtkWidget *view = g_object_ref_sink (gtk_column_view_new (NULL));
  g_autoptr(GtkListItem) item = g_object_new (GTK_TYPE_LIST_ITEM, NULL);
  g_autoptr(GtkColumnViewColumn) column = NULL;
  GtkListItemFactory *factory;

  mc_cells_add_column (GTK_COLUMN_VIEW (view), mc_record_type_find_field (type, "number"), NULL, NULL);
  column = g_list_model_get_item (gtk_column_view_get_columns (GTK_COLUMN_VIEW (view)), 0);
  factory = gtk_column_view_column_get_factory (column);
  g_signal_emit_by_name (factory, "setup", item);
  g_assert_null (gtk_list_item_get_item (item));
  g_signal_emit_by_name (factory, "unbind", item);
  g_object_unref (view);
}

/* What a view would have, that hears only what it is told. */
static void
mirror_cb (GListModel *model,
           guint       position,
           guint       n_removed,
           guint       n_added,
           GArray     *mirror)
{
  g_array_remove_range (mirror, position, n_removed);
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr(McRecordItem) item = g_list_model_get_item (model, i);
      gint64 number = mc_record_item_get_number (item);

      g_array_insert_val (mirror, i, number);
    }
  g_assert_cmpuint (mirror->len, ==, g_list_model_get_n_items (model));
}

/* Some lines come, some go, some get another number, in one save. */
static void
stir (UiFixture *fixture,
      GPtrArray *ids)
{
  McEdit *edit = mc_edit_new ();

  for (int i = g_test_rand_int_range (0, 12); i > 0; i--)
    g_ptr_array_add (ids, add_line (fixture, edit, g_test_rand_int_range (1, 1000)));
  for (int i = g_test_rand_int_range (0, 8); i > 0 && ids->len > 20; i--)
    {
      guint place = g_test_rand_int_range (0, 10) % ids->len;
      g_autoptr(McRecord) record = ui_get (fixture, ids->pdata[place]);

      if (!mc_record_exists (record))
        continue;
      if (g_test_rand_bit ())
        mc_edit_set_int (edit, record, "number", g_test_rand_int_range (1, 1000));
      else
        mc_edit_delete (edit, record);
      g_ptr_array_remove_index (ids, place);
    }
  ui_save (fixture, edit);
}

/* Whatever comes and goes, whichever lines are held meanwhile: what a view was told adds up to what the list holds, in order. */
static void
test_any (UiFixture     *fixture,
          gconstpointer  data)
{
  g_autoptr(McRecordList) list = mc_record_list_new (fixture->store);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free), held = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GArray) mirror = g_array_new (FALSE, FALSE, sizeof (gint64));
  McQuery query = { .type = "certified-copy", .order = MC_ORDER_SORT_ASCENDING };

  g_signal_connect (list, "items-changed", G_CALLBACK (mirror_cb), mirror);
  mc_record_list_set_query (list, &query);
  for (int step = 0; step < 60; step++)
    {
      stir (fixture, ids);
      UI_WAIT_FOR (!mc_record_list_get_loading (list));
      for (guint i = 0; i < mirror->len; i++)
        {
          g_autoptr(McRecordItem) item = g_list_model_get_item (G_LIST_MODEL (list), i);

          g_assert_cmpint (mc_record_item_get_number (item), ==, g_array_index (mirror, gint64, i));
          g_assert_cmpuint (mc_record_list_find (list, mc_record_item_get_number (item)), ==, i);
        }
      g_ptr_array_set_size (held, 0);
      for (int i = g_test_rand_int_range (0, 12); i > 0 && mirror->len > 0; i--)
        g_ptr_array_add (held, g_list_model_get_item (G_LIST_MODEL (list), g_test_rand_int_range (0, mirror->len)));
    }
  for (guint i = 0; i + 1 < mirror->len; i++)
    {
      g_autoptr(McRecordItem) item = g_list_model_get_item (G_LIST_MODEL (list), i);
      g_autoptr(McRecordItem) next = g_list_model_get_item (G_LIST_MODEL (list), i + 1);

      /* A line that is held shows what it was until it has been read again. */
      UI_WAIT_FOR (mc_record_item_get_record (item) != NULL && mc_record_item_get_record (next) != NULL &&
                   mc_record_get_int (mc_record_item_get_record (item), "number", 0) <=
                   mc_record_get_int (mc_record_item_get_record (next), "number", 0));
    }
}

/* other pages */

/* The state of a criterion changes: the row that has the focus is the same one. */
static void
test_criteria (UiFixture     *fixture,
               gconstpointer  data)
{
  GtkWidget *page = mc_criteria_page_new (fixture->context);
  g_autoptr(GtkWidget) row = NULL;
  const char *key[] = { "1.2.1", NULL };
  g_autofree char *id = mc_context_id_of_key (fixture->context, "assessment", key);
  g_autoptr(McRecord) record = mc_record_new_empty (id, UI_LOG, "assessment", mc_pack_get_id (mc_context_get_pack (fixture->context)), NULL);
  McEdit *edit = mc_edit_new ();

  ui_show (fixture, page);
  UI_WAIT_FOR (ui_find (page, is_row, "1.2.1") != NULL);
  row = focus_on (fixture, ui_find (page, is_row, "1.2.1"));
  mc_edit_set_text (edit, record, "criterion", "1.2.1");
  mc_edit_set_text (edit, record, "review.verdict", "returned");
  ui_save (fixture, edit);
  UI_WAIT_FOR (ui_find (page, ui_is_label, "sent back") != NULL);
  assert_focus (fixture, row);
}

/* What is to mend changes: the row that has the focus is the same one. */
static void
test_overview (UiFixture     *fixture,
               gconstpointer  data)
{
  GtkWidget *page = mc_overview_page_new (fixture->context);
  g_autoptr(GtkWidget) row = NULL;
  McEdit *edit = mc_edit_new ();

  ui_show (fixture, page);
  UI_WAIT_FOR (ui_find (page, is_row, "1.") != NULL);
  /* Where nothing is, nothing is praised for being whole. */
  g_assert_nonnull (ui_find (page, ui_is_label, "Nothing has been entered yet."));
  row = focus_on (fixture, ui_find (page, is_row, "1."));
  g_free (add_line (fixture, edit, -1));
  ui_save (fixture, edit);
  UI_WAIT_FOR (ui_find (page, ui_is_label, "to mend") != NULL && ui_find (page, is_row, "Sổ chứng thực") != NULL);
  assert_focus (fixture, row);
}

/* Other tasks come in between and at the end, one goes: whoever types goes on typing. */
static void
test_sheet (UiFixture     *fixture,
            gconstpointer  data)
{
  GtkWidget *page = mc_plan_page_new (fixture->context), *entry;
  g_autoptr(GtkWidget) focus = NULL;
  g_autoptr(McRecord) plan = mc_context_new_record (fixture->context, "plan", NULL), gone = NULL;
  g_autofree char *first = NULL;
  McEdit *edit = mc_edit_new ();

  mc_edit_set_text (edit, plan, "symbol", "KH-UBND");
  for (int i = 1; i <= 3; i++)
    {
      g_autoptr(McRecord) task = mc_context_new_record (fixture->context, "plan-task", mc_record_get_id (plan));

      mc_edit_set_int (edit, task, "order", 10 * i);
      mc_edit_set_text (edit, task, "content", i == 1 ? "một" : i == 2 ? "hai" : "ba");
      if (i == 1)
        first = g_strdup (mc_record_get_id (task));
    }
  ui_save (fixture, edit);
  ui_show (fixture, page);
  UI_WAIT_FOR (ui_find (page, is_entry, "ba") != NULL);
  entry = ui_find (page, is_entry, "ba");
  focus = focus_on (fixture, entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), "ba và");

  gone = ui_get (fixture, first);
  edit = mc_edit_new ();
  mc_edit_delete (edit, gone);
  for (int i = 1; i <= 2; i++)
    {
      g_autoptr(McRecord) task = mc_context_new_record (fixture->context, "plan-task", mc_record_get_id (plan));

      mc_edit_set_int (edit, task, "order", 10 * i + 5);
      mc_edit_set_text (edit, task, "content", i == 1 ? "giữa" : "sau");
    }
  ui_save (fixture, edit);
  UI_WAIT_FOR (ui_find (page, is_entry, "giữa") != NULL && ui_find (page, is_entry, "một") == NULL);
  assert_focus (fixture, focus);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "ba và");
}

/* A file comes in before the one whose row has the focus, and that one's neighbour goes. */
static void
test_evidence (UiFixture     *fixture,
               gconstpointer  data)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (fixture->context), "communication");
  McField *field = mc_record_type_find_field (type, "files");
  GtkWidget *list = mc_evidence_list_new (fixture->context, field);
  g_autoptr(GtkWidget) focus = NULL;
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, type->id, NULL);
  static const char * const names[][4] = { { "a.pdf", "b.pdf", "c.pdf", NULL }, { "0.pdf", "b.pdf", "c.pdf", NULL }, { "0.pdf", NULL } };

  ui_show (fixture, list);
  for (guint step = 0; step < G_N_ELEMENTS (names); step++)
    {
      JsonArray *array = json_array_new ();
      g_autoptr(McRecord) now = NULL;
      McEdit *edit = mc_edit_new ();

      for (guint i = 0; names[step][i] != NULL; i++)
        {
          g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, names[step][i], -1);
          JsonObject *file = json_object_new ();

          json_object_set_string_member (file, "sha256", sha256);
          json_object_set_string_member (file, "name", names[step][i]);
          json_object_set_string_member (file, "mime", "application/pdf");
          json_object_set_int_member (file, "size", 1000);
          json_array_add_object_element (array, file);
        }
      mc_edit_set (edit, record, "files", json_node_init_array (json_node_alloc (), array));
      json_array_unref (array);
      ui_save (fixture, edit);
      now = ui_get (fixture, mc_record_get_id (record));
      g_set_object (&record, now);
      mc_evidence_list_set_record (MC_EVIDENCE_LIST (list), record);
      if (step == 0)
        focus = focus_on (fixture, ui_find (list, is_row, "c.pdf"));
      else if (step == 1)
        assert_focus (fixture, focus);
      /* At last its own row goes, and the focus to the one that is left. */
      else
        assert_focus (fixture, ui_find (list, is_row, "0.pdf"));
    }
}

static gboolean
is_column_title (GtkWidget  *widget,
                 const char *text)
{
  return ui_is_label (widget, text) && gtk_widget_get_ancestor (widget, g_type_from_name ("GtkColumnViewTitle")) != NULL;
}

/* Of WCAG 2: how light a channel is. */
static double
linear (double channel)
{
  return channel <= 0.03928 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *color)
{
  return 0.2126 * linear (color->red) + 0.7152 * linear (color->green) + 0.0722 * linear (color->blue);
}

/* The titles of a list's columns can be read: 4.5 to 1, as WCAG asks of small letters. */
static void
test_titles (UiFixture     *fixture,
             gconstpointer  data)
{
  g_autoptr(GtkCssProvider) provider = gtk_css_provider_new ();
  GtkWidget *label;
  GtkStyleContext *style;
  GdkRGBA color, ground;
  double one, other;

  /* As the application loads it. */
  gtk_css_provider_load_from_resource (provider, "/vn/minhchung/MinhChung/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  ui_show (fixture, mc_copies_page_new (fixture->context));
  UI_WAIT_FOR ((label = ui_find (fixture->window, is_column_title, "Giấy tờ")) != NULL);
  style = gtk_widget_get_style_context (label);
  gtk_style_context_get_color (style, &color);
  g_assert_true (gtk_style_context_lookup_color (style, "view_bg_color", &ground));
  color.red = color.red * color.alpha + ground.red * (1 - color.alpha);
  color.green = color.green * color.alpha + ground.green * (1 - color.alpha);
  color.blue = color.blue * color.alpha + ground.blue * (1 - color.alpha);
  one = luminance (&color);
  other = luminance (&ground);
  g_assert_cmpfloat ((MAX (one, other) + 0.05) / (MIN (one, other) + 0.05), >=, 4.5);
}

/* Whoever turns to the register by a key types a name at once: number and date are there. */
static void
test_ready (UiFixture     *fixture,
            gconstpointer  data)
{
  GtkWidget *window = mc_window_new (NULL, fixture->context);
  GtkWidget *focus = NULL;

  gtk_window_set_default_size (GTK_WINDOW (window), 1300, 760);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (gtk_widget_activate_action (window, "win.page", "i", 4));
  UI_WAIT_FOR (GTK_IS_EDITABLE (focus = gtk_window_get_focus (GTK_WINDOW (window))) && gtk_widget_get_mapped (focus));
  gtk_editable_set_text (GTK_EDITABLE (focus), "Đinh Văn Thành");
  gtk_widget_child_focus (window, GTK_DIR_TAB_FORWARD);
  UI_WAIT_FOR (ui_find (window, ui_is_cell, "Đinh Văn Thành") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  mc_ui_init ();
  g_test_add ("/place/register", UiFixture, NULL, ui_set_up, test_register, ui_tear_down);
  g_test_add ("/place/moved", UiFixture, NULL, ui_set_up, test_moved, ui_tear_down);
  g_test_add ("/place/deleted", UiFixture, NULL, ui_set_up, test_deleted, ui_tear_down);
  g_test_add ("/place/details", UiFixture, NULL, ui_set_up, test_details, ui_tear_down);
  g_test_add ("/place/lower", UiFixture, NULL, ui_set_up, test_lower, ui_tear_down);
  g_test_add ("/place/let-go", UiFixture, NULL, ui_set_up, test_let_go, ui_tear_down);
  g_test_add ("/place/any", UiFixture, NULL, ui_set_up, test_any, ui_tear_down);
  g_test_add ("/place/criteria", UiFixture, NULL, ui_set_up, test_criteria, ui_tear_down);
  g_test_add ("/place/overview", UiFixture, NULL, ui_set_up, test_overview, ui_tear_down);
  g_test_add ("/place/sheet", UiFixture, NULL, ui_set_up, test_sheet, ui_tear_down);
  g_test_add ("/place/evidence", UiFixture, NULL, ui_set_up, test_evidence, ui_tear_down);
  g_test_add ("/place/titles", UiFixture, NULL, ui_set_up, test_titles, ui_tear_down);
  g_test_add ("/place/ready", UiFixture, NULL, ui_set_up, test_ready, ui_tear_down);

  return g_test_run ();
}
