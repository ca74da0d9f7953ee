/* test-attaching.c: files that come while others are still on their way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "core/mc-field.h"
#include "mc-evidence-list.h"
#include "mc-test.h"
#include "mc-ui.h"
#include "ui/ui-fixture.h"

#define FIELD "files"

static GListModel *
make_file (UiFixture  *fixture,
           const char *name)
{
  GListStore *files = g_list_store_new (G_TYPE_FILE);
  g_autoptr(GFile) file = g_file_new_build_filename (fixture->dir, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (g_file_peek_path (file), name, -1, &error);
  g_assert_no_error (error);
  g_list_store_append (files, file);

  return G_LIST_MODEL (files);
}

static McRecord *
make_record (UiFixture *fixture)
{
  g_autoptr(McRecord) record = mc_context_new_record (fixture->context, "communication", NULL);
  McEdit *edit = mc_edit_new ();

  mc_edit_set_text (edit, record, "title", "Tin trên đài truyền thanh");
  ui_save (fixture, edit);

  return ui_get (fixture, mc_record_get_id (record));
}

static guint
count_files (UiFixture  *fixture,
             const char *id)
{
  g_autoptr(McRecord) record = ui_get (fixture, id);
  g_autoptr(GPtrArray) files = mc_field_parse_files (mc_record_get (record, FIELD));

  g_assert_false (mc_record_has_conflict (record, FIELD));

  return files->len;
}

/* Two drops, the second before the program has looked at the files of the first. */
static void
test_looked_at (UiFixture     *fixture,
                gconstpointer  data)
{
  McRecordType *type = mc_pack_find_type (mc_context_get_pack (fixture->context), "communication");
  GtkWidget *list = mc_evidence_list_new (fixture->context, mc_record_type_find_field (type, FIELD));
  g_autoptr(McRecord) record = make_record (fixture);

  ui_show (fixture, list);
  mc_evidence_list_set_record (MC_EVIDENCE_LIST (list), record);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.txt", i);
      g_autoptr(GListModel) files = make_file (fixture, name);
      g_autoptr(GFile) file = g_list_model_get_item (files, 0);
      g_autoptr(GSList) one = g_slist_append (NULL, file);
      g_auto(GValue) value = G_VALUE_INIT;

      g_value_init (&value, GDK_TYPE_FILE_LIST);
      g_value_take_boxed (&value, gdk_file_list_new_from_list (one));
      gdk_clipboard_set_value (gtk_widget_get_clipboard (list), &value);
      g_assert_true (gtk_widget_activate_action (list, "evidence.paste", NULL));
    }
  UI_WAIT_FOR (count_files (fixture, mc_record_get_id (record)) == 3);
}

/* Two ways into one field at once, both from what was on screen when they began. */
static void
test_side_by_side (UiFixture     *fixture,
                   gconstpointer  data)
{
  g_autoptr(McRecord) record = make_record (fixture);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("ba", 2);
  g_autoptr(GListModel) one = make_file (fixture, "một.txt"), other = make_file (fixture, "hai.txt");

  mc_context_attach_files (fixture->context, record, FIELD, one, FALSE);
  mc_context_attach_files (fixture->context, record, FIELD, other, FALSE);
  mc_context_attach_bytes (fixture->context, record, FIELD, bytes, "ba.txt");
  UI_WAIT_FOR (count_files (fixture, mc_record_get_id (record)) == 3);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  mc_ui_init ();
  g_test_add ("/attaching/looked-at", UiFixture, NULL, ui_set_up, test_looked_at, ui_tear_down);
  g_test_add ("/attaching/side-by-side", UiFixture, NULL, ui_set_up, test_side_by_side, ui_tear_down);

  return g_test_run ();
}
