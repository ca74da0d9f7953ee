/* test-receipts.c: what a hub has signed for, line by line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-id.h"
#include "core/mc-journal.h"
#include "core/mc-receipts.h"

#define DEVICE "0190a000-0000-7000-8000-000000000001"
#define LOG "21610@2004-07-08"
#define NOW G_GINT64_CONSTANT (1640000000000000)

static void
save_text (McJournal  *journal,
           McRecord   *record,
           const char *field,
           const char *text)
{
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_text (edit, record, field, text);
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
has_line_of (GPtrArray  *lines,
             const char *field)
{
  for (guint i = 0; i < lines->len; i++)
    {
      McReceiptLine *line = lines->pdata[i];

      if (line->fields != NULL && g_str_equal (line->fields[0], field) && line->fields[1] == NULL)
        return TRUE;
    }

  return FALSE;
}

/* Two edits of one record are two lines; each says what it was that the hub signed for. */
static void
test_lines (void)
{
  g_autofree char *dir = g_dir_make_tmp ("minhchung-receipts-XXXXXX", NULL), *id = mc_id_new (NOW);
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", dir);
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);
  McJournalConfig config = { .dir = dir, .device = DEVICE, .log = LOG, .by = "Đinh Thị Hà", .machine = "", .pack = pack };
  g_autoptr(McRecord) record = mc_record_new_empty (id, LOG, "communication", mc_pack_get_id (pack), NULL), again = NULL;
  g_autoptr(McReceipt) receipt = mc_receipt_new (LOG, DEVICE);
  g_autoptr(GPtrArray) lines = NULL;
  McJournal *journal = mc_journal_open (&config, &error);
  gboolean is_whole;

  g_assert_no_error (error);
  save_text (journal, record, "heading", "Phát thanh");
  again = mc_journal_get (journal, id, &error);
  save_text (journal, again, "link", "https://anlao.example");
  g_assert_true (mc_journal_fill_receipt (journal, receipt, 1, 2, NOW, &is_whole, &error));
  g_assert_true (is_whole);
  receipt->signature = g_bytes_new_static ("signature", 9);
  g_assert_true (mc_journal_add_receipt (journal, receipt, &error));
  g_assert_no_error (error);

  lines = mc_journal_list_receipt_lines (journal, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, 2);
  g_assert_true (has_line_of (lines, "heading"));
  g_assert_true (has_line_of (lines, "link"));
  mc_journal_close (journal);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/receipts/lines", test_lines);

  return g_test_run ();
}
