/* test-last-year.c: the plan of an earlier year as a start for this one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "core/mc-id.h"
#include "core/mc-last-year.h"
#include "mc-test.h"

#define LOG "21610@2004-07-08"
#define NOW G_GINT64_CONSTANT (1611000000000000)

typedef struct
{
  char *dir;
  McPack *pack;
  McJournal *journal;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  McJournalConfig config = { .device = "0190a000-0000-7000-8000-000000000001", .log = LOG, .by = "Đinh Thị Hà, Văn thư", .machine = "" };

  fixture->dir = g_dir_make_tmp ("minhchung-last-year-XXXXXX", NULL);
  fixture->pack = mc_pack_get_builtin (NULL, &error);
  g_assert_no_error (error);
  config.dir = fixture->dir;
  config.pack = fixture->pack;
  fixture->journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  mc_journal_close (fixture->journal);
  mc_pack_unref (fixture->pack);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

static McRecord *
new_record (const char *type,
            const char *pack,
            const char *parent)
{
  g_autofree char *id = mc_id_new (NOW);

  return mc_record_new_empty (id, LOG, type, pack, parent);
}

static void
add_task (McEdit     *edit,
          McRecord   *plan,
          int         order,
          const char *content,
          const char *deadline,
          const char *state)
{
  g_autoptr(McRecord) task = new_record ("plan-task", mc_record_get_pack (plan), mc_record_get_id (plan));
  g_autoptr(JsonNode) files = json_from_string ("[{\"name\":\"a.pdf\",\"size\":1,\"mime\":\"application/pdf\",\"sha256\":"
                                                "\"0000000000000000000000000000000000000000000000000000000000000000\"}]", NULL);

  mc_edit_set_int (edit, task, "order", order);
  mc_edit_set_text (edit, task, "domain", "1");
  mc_edit_set_text (edit, task, "content", content);
  mc_edit_set_text (edit, task, "lead", "Văn phòng");
  mc_edit_set_int (edit, task, "funding", 5000000);
  mc_edit_set_text (edit, task, "start", "2020-02-29");
  mc_edit_set_text (edit, task, "deadline", deadline);
  mc_edit_set_text (edit, task, "state", state);
  if (g_str_equal (state, "done"))
    {
      mc_edit_set_text (edit, task, "done_on", deadline);
      mc_edit_set (edit, task, "files", json_node_copy (files));
    }
}

static void
save (Fixture *fixture,
      McEdit  *edit,
      char   **out_change)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (mc_journal_save (fixture->journal, edit, NOW, out_change, &error));
  g_assert_no_error (error);
}

static void
save_plan (Fixture    *fixture,
           const char *pack,
           int         year)
{
  g_autoptr(McRecord) plan = new_record ("plan", pack, NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autofree char *spring = g_strdup_printf ("%d-03-31", year), *winter = g_strdup_printf ("%d-12-20", year - 1);

  mc_edit_set_text (edit, plan, "number", "15");
  add_task (edit, plan, 1, "Ban hành kế hoạch", winter, "done");
  add_task (edit, plan, 2, "Tuyên truyền", spring, "doing");
  add_task (edit, plan, 3, "Bỏ giữa chừng", spring, "cancelled");
  add_task (edit, plan, 4, "Rà soát thủ tục", spring, "planned");
  save (fixture, edit, NULL);
}

static McLastYear *
read_last (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;
  McLastYear *last = NULL;

  g_assert_true (mc_last_year_read (fixture->journal, &last, &error));
  g_assert_no_error (error);

  return last;
}

static GPtrArray *
load (Fixture    *fixture,
      const char *type)
{
  McQuery query = { .type = type, .order = MC_ORDER_SORT_ASCENDING };
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) numbers = mc_journal_query (fixture->journal, &query, &error);
  GPtrArray *records;

  g_assert_no_error (error);
  records = mc_journal_fetch (fixture->journal, (const gint64 *) numbers->data, numbers->len, &error);
  g_assert_no_error (error);

  return records;
}

/* Of several earlier plans the newest is taken, never one of this year's pack or without a task. */
static void
test_newest (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(McLastYear) none = read_last (fixture), last = NULL;

  g_assert_null (none);
  save_plan (fixture, mc_pack_get_id (fixture->pack), 2020);
  g_assert_null (none = read_last (fixture));
  save_plan (fixture, "binh-dinh-2878-2019", 2019);
  save_plan (fixture, "binh-dinh-2878-2020", 2020);
  save_plan (fixture, "binh-dinh-2878-2018", 2018);
  last = read_last (fixture);
  g_assert_cmpint (last->year, ==, 2020);
  g_assert_cmpuint (last->tasks->len, ==, 3);
}

/* Copies are records of this year: dates a year later, nothing done, no file; the old plan stays as it was, and undo takes
 * all of it away in one step, the plan too if it came with them. */
static void
test_copied (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(McRecord) plan = new_record ("plan", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GPtrArray) nothing = g_ptr_array_new (), tasks = NULL, gone = NULL, plans = NULL;
  g_autoptr(McLastYear) last = NULL, after = NULL;
  g_autofree char *change = NULL;
  g_autoptr(GError) error = NULL;
  McRecord *first;

  save_plan (fixture, "binh-dinh-2878-2020", 2020);
  last = read_last (fixture);
  g_assert_cmpuint (mc_last_year_copy (last, fixture->pack, edit, plan, nothing, NOW), ==, 3);
  save (fixture, edit, &change);

  tasks = load (fixture, "plan-task");
  g_assert_cmpuint (tasks->len, ==, 3);
  first = tasks->pdata[0];
  g_assert_cmpstr (mc_record_get_parent (first), ==, mc_record_get_id (plan));
  g_assert_cmpint (mc_record_get_int (first, "order", 0), ==, 1);
  g_assert_cmpstr (mc_record_get_text (first, "content"), ==, "Ban hành kế hoạch");
  g_assert_cmpstr (mc_record_get_text (first, "deadline"), ==, "2020-12-20");
  g_assert_cmpstr (mc_record_get_text (first, "start"), ==, "2021-02-28");
  g_assert_cmpstr (mc_record_get_text (first, "state"), ==, "planned");
  g_assert_cmpint (mc_record_get_int (first, "funding", 0), ==, 5000000);
  g_assert_true (mc_record_is_blank (first, "done_on"));
  g_assert_true (mc_record_is_blank (first, "files"));
  g_assert_cmpstr (mc_record_get_text (tasks->pdata[2], "content"), ==, "Rà soát thủ tục");
  g_assert_cmpint (mc_record_get_int (tasks->pdata[2], "order", 0), ==, 3);
  after = read_last (fixture);
  g_assert_cmpuint (after->tasks->len, ==, 3);
  g_assert_cmpstr (mc_record_get_text (after->tasks->pdata[0], "state"), ==, "done");

  g_assert_true (mc_journal_revert (fixture->journal, change, NOW, NULL, &error));
  g_assert_no_error (error);
  gone = load (fixture, "plan-task");
  plans = load (fixture, "plan");
  g_assert_cmpuint (gone->len, ==, 0);
  g_assert_cmpuint (plans->len, ==, 0);
}

/* Pressed twice, or after some were typed by hand, nothing comes double; what comes stands after what is there. */
static void
test_twice (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(McRecord) plan = new_record ("plan", mc_pack_get_id (fixture->pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new (), more = mc_edit_new (), again = mc_edit_new ();
  g_autoptr(McLastYear) last = NULL;
  g_autoptr(GPtrArray) present = NULL, all = NULL;

  save_plan (fixture, "binh-dinh-2878-2020", 2020);
  last = read_last (fixture);
  mc_edit_set_text (edit, plan, "number", "3");
  add_task (edit, plan, 7, "TUYÊN TRUYỀN", "2021-05-31", "planned");
  save (fixture, edit, NULL);
  present = load (fixture, "plan-task");
  g_assert_cmpuint (mc_last_year_copy (last, fixture->pack, more, plan, present, NOW), ==, 2);
  save (fixture, more, NULL);
  all = load (fixture, "plan-task");
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpint (mc_record_get_int (all->pdata[2], "order", 0), ==, 9);
  g_assert_cmpuint (mc_last_year_copy (last, fixture->pack, again, plan, all, NOW), ==, 0);
  g_assert_true (mc_edit_is_empty (again));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/last-year/newest", Fixture, NULL, set_up, test_newest, tear_down);
  g_test_add ("/last-year/copied", Fixture, NULL, set_up, test_copied, tear_down);
  g_test_add ("/last-year/twice", Fixture, NULL, set_up, test_twice, tear_down);

  return g_test_run ();
}
