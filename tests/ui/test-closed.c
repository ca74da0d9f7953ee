/* test-closed.c: what the page of a register shows of volumes that are closed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "mc-copies-page.h"
#include "mc-page.h"
#include "ui/ui-fixture.h"

static McRecord *
add_line (UiFixture  *fixture,
          int         number,
          int         volume)
{
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, "certified-copy", NULL);
  McEdit *edit = mc_edit_new ();

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_int (edit, record, "volume", volume);
  mc_edit_set_text (edit, record, "certified_on", "2021-03-04");
  ui_save (fixture, edit);

  return ui_get (fixture, mc_record_get_id (record));
}

/* (transfer full) record of the volume; @closed_on may be "" */
static McRecord *
add_volume (UiFixture  *fixture,
            int         volume,
            const char *closed_on)
{
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, "certified-copy-book", NULL);
  McEdit *edit = mc_edit_new ();

  mc_edit_set_int (edit, record, "volume", volume);
  mc_edit_set_text (edit, record, "opened_on", "2021-01-04");
  mc_edit_set_text (edit, record, "closed_on", closed_on);
  mc_edit_set_int (edit, record, "last_number", 2);
  ui_save (fixture, edit);

  return ui_get (fixture, mc_record_get_id (record));
}

static gboolean
is_field (GtkWidget  *widget,
          const char *title)
{
  return ADW_IS_ENTRY_ROW (widget) && gtk_widget_get_mapped (widget) &&
         g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title);
}

static gboolean
is_empty_cell (GtkWidget  *widget,
               const char *text)
{
  return GTK_IS_ENTRY (widget) && gtk_widget_get_mapped (widget) && *gtk_editable_get_text (GTK_EDITABLE (widget)) == '\0' &&
         g_strcmp0 (gtk_entry_get_placeholder_text (GTK_ENTRY (widget)), text) == 0;
}

static GtkEditable *
document_of (GtkWidget *page)
{
  return GTK_EDITABLE (ui_find (page, is_field, "Tên của bản chính giấy tờ, văn bản"));
}

/* A volume that is closed within the year is shut like a closed year: its lines are shown with the reason and cannot be edited,
 * the other volume's can, the next line goes into the next volume, and once the volume is open again so are its lines. */
static void
test_volume (UiFixture     *fixture,
             gconstpointer  data)
{
  GtkWidget *page = mc_copies_page_new (fixture->context);
  g_autoptr(McRecord) line = add_line (fixture, 1, 1), other = add_line (fixture, 2, 1), open = NULL;
  g_autoptr(McRecord) first = add_volume (fixture, 1, "2021-06-30"), second = add_volume (fixture, 2, "");
  McEdit *edit;

  ui_show (fixture, page);
  UI_WAIT_FOR (ui_find (page, ui_is_cell, "2") != NULL);
  mc_page_show_record (MC_PAGE (page), mc_record_get_id (line), "certified-copy");
  UI_WAIT_FOR (ui_find (page, ui_is_label, "Volume 1 of 2021 is closed") != NULL);
  g_assert_false (gtk_editable_get_editable (document_of (page)));

  /* The line that is begun by its number is of the open volume. */
  gtk_editable_set_text (GTK_EDITABLE (ui_find (page, is_empty_cell, "3")), "3");
  mc_page_commit (MC_PAGE (page));
  UI_WAIT_FOR (ui_find (page, ui_is_cell, "3") != NULL);
  open = add_line (fixture, 4, 2);
  mc_page_show_record (MC_PAGE (page), mc_record_get_id (open), "certified-copy");
  UI_WAIT_FOR (ui_find (page, ui_is_label, "is closed") == NULL);
  g_assert_true (gtk_editable_get_editable (document_of (page)));

  mc_page_show_record (MC_PAGE (page), mc_record_get_id (other), "certified-copy");
  UI_WAIT_FOR (ui_find (page, ui_is_label, "Volume 1 of 2021 is closed") != NULL);
  edit = mc_edit_new ();
  mc_edit_set_text (edit, first, "closed_on", "");
  ui_save (fixture, edit);
  UI_WAIT_FOR (ui_find (page, ui_is_label, "is closed") == NULL);
  g_assert_true (gtk_editable_get_editable (document_of (page)));
}

/* A line that whoever closed did not count says so in its notes. */
static void
test_mark (UiFixture     *fixture,
           gconstpointer  data)
{
  GtkWidget *page = mc_copies_page_new (fixture->context);
  g_autoptr(McRecord) line = add_line (fixture, 1, 1), late = add_line (fixture, 5, 1), volume = add_volume (fixture, 1, "2021-12-31");

  ui_show (fixture, page);
  UI_WAIT_FOR (ui_find (page, ui_is_cell, "⚠ written after the closing") != NULL);
  UI_WAIT_FOR (ui_find (page, ui_is_label, "Closed by Đinh Thị Hà, Văn thư") != NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/closed/volume", UiFixture, NULL, ui_set_up, test_volume, ui_tear_down);
  g_test_add ("/closed/mark", UiFixture, NULL, ui_set_up, test_mark, ui_tear_down);

  return g_test_run ();
}
