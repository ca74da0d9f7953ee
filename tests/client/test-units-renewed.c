/* test-units-renewed.c: units that are renamed and merged after a device has enrolled
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-id.h"
#include "two-ends.h"

#define HEIR "21699@2022-01-01"
#define ASKED "units_asked"

/* TOWN as @name, and once it has one HEIR, which took over its work. */
static void
import_table (Fixture    *fixture,
              const char *name,
              gboolean    merged)
{
  g_autofree char *path = g_build_filename (fixture->dir, "table.json", NULL), *text = NULL;

  text = g_strdup_printf ("{\"units\":[{\"code\":\"542\",\"valid_from\":\"2004-07-08\",\"name\":\"Huyện An Lão\",\"kind\":\"district\"},"
                          "{\"code\":\"21609\",\"valid_from\":\"2004-07-08\",\"name\":\"%s\",\"kind\":\"town\","
                          "\"parent\":\"" DISTRICT "\"%s}%s]}", name,
                          merged ? ",\"valid_to\":\"2021-12-31\",\"successors\":[\"" HEIR "\"]" : ",\"valid_to\":\"2025-06-30\"",
                          merged ? ",{\"code\":\"21699\",\"valid_from\":\"2022-01-01\",\"name\":\"Xã mới\",\"kind\":\"commune\","
                                   "\"parent\":\"" DISTRICT "\"}" : "");
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_free (run_hub (fixture, "unit", "import", path, NULL));
}

/* What the account calls @log, here and for whoever opens it next. */
static void
assert_named (McAccount  *account,
              const char *log,
              const char *name)
{
  g_autoptr(McAccount) next = mc_account_load (account->dir, NULL);

  g_assert_cmpstr (mc_account_get_unit_name (account, log), ==, name);
  g_assert_cmpstr (mc_account_get_unit_name (next, log), ==, name);
  g_assert_cmpstr (next->device, ==, account->device);
  g_assert_cmpmem (next->key.seed, sizeof next->key.seed, account->key.seed, sizeof account->key.seed);
  g_assert_cmpmem (next->unit_key, sizeof next->unit_key, account->unit_key, sizeof account->unit_key);
}

/* As if the table had been asked for @hours ago. */
static void
set_asked (McJournal *journal,
           int        hours)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () - hours * G_TIME_SPAN_HOUR);

  g_assert_true (mc_journal_set_setting (journal, ASKED, text, NULL));
}

static void
save_plan (Fixture   *fixture,
           McJournal *journal)
{
  g_autofree char *id = mc_id_new (NOW);
  g_autoptr(McRecord) record = mc_record_new_empty (id, HEIR, "plan", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_text (edit, record, "number", "01/KH-UBND");
  g_assert_true (mc_journal_save (journal, edit, NOW, NULL, &error));
  g_assert_no_error (error);
}

/* A log that the table does not name has come: the table is asked for at once, and not with every sync after it. */
static void
test_merged (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) district = new_device (fixture, "district", DISTRICT, "district"), heir = NULL;
  g_autoptr(McJournal) above = open_journal (fixture, district), journal = NULL;
  g_autofree char *asked = NULL, *again = NULL;
  McSyncReport report;

  run_sync (above, district, &report);
  assert_named (district, HEIR, HEIR);
  import_table (fixture, "Thị trấn An Lão", TRUE);
  run_sync (above, district, &report);
  assert_named (district, HEIR, HEIR);

  heir = new_device (fixture, "heir", HEIR, "commune");
  journal = open_journal (fixture, heir);
  save_plan (fixture, journal);
  run_sync (journal, heir, &report);
  run_sync (above, district, &report);
  assert_named (district, HEIR, "Xã mới");

  asked = mc_journal_get_setting (above, ASKED);
  run_sync (above, district, &report);
  again = mc_journal_get_setting (above, ASKED);
  g_assert_cmpstr (asked, ==, again);
}

/* What was renamed is known a day later, also where the clock went back; a hub that does not answer changes nothing. */
static void
test_renamed (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  McSyncReport report;

  run_sync (journal, town, &report);
  import_table (fixture, "Thị trấn Một", FALSE);
  set_asked (journal, 23);
  run_sync (journal, town, &report);
  assert_named (town, TOWN, "Thị trấn An Lão");
  set_asked (journal, 25);
  run_sync (journal, town, &report);
  assert_named (town, TOWN, "Thị trấn Một");

  import_table (fixture, "Thị trấn Hai", FALSE);
  set_asked (journal, -2);
  run_sync (journal, town, &report);
  assert_named (town, TOWN, "Thị trấn Hai");

  import_table (fixture, "Thị trấn Ba", FALSE);
  set_asked (journal, 25);
  stop_hub (fixture, SIGTERM);
  g_assert_false (mc_account_renew_units (town, journal, g_get_real_time (), NULL));
  assert_named (town, TOWN, "Thị trấn Hai");
  start_hub (fixture);
  run_sync (journal, town, &report);
  assert_named (town, TOWN, "Thị trấn Ba");
}

/* Enrolled anew while the table was on its way: what that wrote stays. */
static void
test_enrolled_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune"), present = mc_account_load (town->dir, NULL), next = NULL;
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  McSyncReport report;

  run_sync (journal, town, &report);
  import_table (fixture, "Thị trấn Một", FALSE);
  set_asked (journal, 25);
  g_free (present->address);
  present->address = g_strdup ("https://hub.example.vn:8443");
  g_assert_true (mc_account_save (present, NULL));
  g_assert_false (mc_account_renew_units (town, journal, g_get_real_time (), NULL));
  next = mc_account_load (town->dir, NULL);
  g_assert_cmpstr (next->address, ==, "https://hub.example.vn:8443");
  g_assert_cmpstr (mc_account_get_unit_name (next, TOWN), ==, "Thị trấn An Lão");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/units-renewed/merged", Fixture, NULL, set_up, test_merged, tear_down);
  g_test_add ("/units-renewed/renamed", Fixture, NULL, set_up, test_renamed, tear_down);
  g_test_add ("/units-renewed/enrolled-meanwhile", Fixture, NULL, set_up, test_enrolled_meanwhile, tear_down);

  return g_test_run ();
}
