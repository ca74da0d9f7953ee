/* test-check.c: the checks of the pack, over records
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/core-fixture.h"
#include "core/mc-check.h"
#include "core/mc-id.h"
#include "core/mc-sandbox.h"
#include "mc-test.h"

#define LOG "542@2004-07-08"

typedef struct
{
  char *dir;
  McPack *pack;
  McJournal *journal;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  McJournalConfig config = { .device = "0190a000-0000-7000-8000-000000000001", .log = LOG, .by = "Huyện", .machine = "" };
  g_autoptr(GError) error = NULL;

  config.dir = fixture->dir = g_dir_make_tmp ("mc-check-XXXXXX", &error);
  config.pack = fixture->pack = builtin_pack ();
  fixture->journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mc_journal_close (fixture->journal);
  mc_pack_unref (fixture->pack);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

static gboolean
has_fault (GPtrArray *faults, const char *rule, const char *missing)
{
  for (guint i = 0; i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];

      if (rule != NULL ? fault->rule != NULL && g_str_equal (fault->rule->id, rule)
                       : fault->missing != NULL && g_str_equal (fault->missing->name, missing))
        return TRUE;
    }

  return FALSE;
}

static McRecord *
save_month (Fixture *fixture, const char *blank)
{
  static const char * const fields[] = { "total", "digital", "digital_with_paper", "paper_only", "classified", NULL };
  const char *key[] = { "2021-03", NULL };
  g_autofree char *id = mc_id_new_from_key (LOG, "document-month", mc_pack_get_id (fixture->pack), key);
  g_autoptr(McRecord) record = mc_record_new_empty (id, LOG, "document-month", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_text (edit, record, "month", "2021-03");
  for (guint i = 0; fields[i] != NULL; i++)
    if (g_strcmp0 (fields[i], blank) != 0)
      mc_edit_set_int (edit, record, fields[i], 10);
  g_assert_true (mc_journal_save (fixture->journal, edit, 1000000, NULL, &error));

  return g_steal_pointer (&record);
}

/* A record breaks the rules that do not hold for it and no others; a blank required field is named as such. */
static void
test_rules (Fixture *fixture, gconstpointer data)
{
  McRecordType *months = mc_pack_find_type (fixture->pack, "document-month"), *plans = mc_pack_find_type (fixture->pack, "plan");
  g_autoptr(McRecord) month = save_month (fixture, "paper_only");
  g_autoptr(McRecord) whole = NULL, plan = NULL;
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(McSandbox) sandbox = NULL;
  g_autoptr(GPtrArray) faults = NULL, all = NULL, of_plan = NULL;
  g_autofree char *plan_id = mc_id_new (5000000);
  g_autoptr(GError) error = NULL;

  sandbox = new_sandbox (fixture->journal);
  faults = mc_check_record (sandbox, months, mc_record_get_id (month), &error);
  g_assert_no_error (error);
  g_assert_true (has_fault (faults, "filled", NULL));
  g_assert_false (has_fault (faults, "outgoing-sum", NULL));

  whole = save_month (fixture, NULL);
  all = mc_check_log (sandbox, months, LOG, &error);
  g_assert_no_error (error);
  g_assert_false (has_fault (all, "filled", NULL));
  g_assert_true (has_fault (all, "outgoing-sum", NULL));

  plan = mc_record_new_empty (plan_id, LOG, "plan", mc_pack_get_id (fixture->pack), NULL);
  mc_edit_set_text (edit, plan, "number", "15");
  g_assert_true (mc_journal_save (fixture->journal, edit, 2000000, NULL, &error));
  of_plan = mc_check_record (sandbox, plans, plan_id, &error);
  g_assert_no_error (error);
  g_assert_true (has_fault (of_plan, NULL, "summary"));
  g_assert_false (has_fault (of_plan, NULL, "number"));
  g_assert_false (has_fault (of_plan, NULL, "files"));
}

static void
save_copies (Fixture *fixture, int month, const char *first_on)
{
  g_autofree char *name = g_strdup_printf ("2021-%02d", month);
  const char *key[] = { name, "national", NULL };
  g_autofree char *id = mc_id_new_from_key (LOG, "certified-copy-month", mc_pack_get_id (fixture->pack), key);
  g_autoptr(McRecord) known = mc_journal_get (fixture->journal, id, NULL);
  g_autoptr(McRecord) record = known != NULL ? g_object_ref (known)
    : mc_record_new_empty (id, LOG, "certified-copy-month", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;

  mc_edit_set_text (edit, record, "month", name);
  mc_edit_set_text (edit, record, "source", "national");
  mc_edit_set_int (edit, record, "files_electronic", 3);
  mc_edit_set_text (edit, record, "first_on", first_on);
  g_assert_true (mc_journal_save (fixture->journal, edit, 3000000 + month, NULL, &error));
  g_assert_no_error (error);
}

/* The day of a year's first electronic copy is asked for once: in the first month that has copies, until some month says it. */
static void
test_first_known (Fixture *fixture, gconstpointer data)
{
  McRecordType *type = mc_pack_find_type (fixture->pack, "certified-copy-month");
  static const guint expected[] = { 1, 0 };

  for (int month = 3; month <= 5; month++)
    save_copies (fixture, month, "");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr(McSandbox) sandbox = new_sandbox (fixture->journal);
      g_autoptr(GError) error = NULL;
      g_autoptr(GPtrArray) faults = mc_check_log (sandbox, type, LOG, &error);
      const char *key[] = { "2021-03", "national", NULL };
      g_autofree char *first = mc_id_new_from_key (LOG, type->id, mc_pack_get_id (fixture->pack), key);
      guint count = 0;

      g_assert_no_error (error);
      for (guint k = 0; k < faults->len; k++)
        {
          McFault *fault = faults->pdata[k];

          if (fault->rule == NULL || !g_str_equal (fault->rule->id, "first-known"))
            continue;
          g_assert_cmpstr (fault->record, ==, first);
          count++;
        }
      g_assert_cmpuint (count, ==, expected[i]);
      save_copies (fixture, 5, "2021-03-09");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/check/rules", Fixture, NULL, set_up, test_rules, tear_down);
  g_test_add ("/check/first-known", Fixture, NULL, set_up, test_first_known, tear_down);

  return g_test_run ();
}
