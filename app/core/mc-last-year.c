/* mc-last-year.c: the plan of an earlier year as a start for this one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-last-year.h"

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-journal-private.h"
#include "core/mc-text.h"

#define PLAN "plan"
#define TASK "plan-task"

/* The order is new, the state begins anew, and files prove what was done then. */
static const char * const left_behind[] = { "order", "state", "done_on", "files", NULL };

void
mc_last_year_free (McLastYear *self)
{
  g_clear_object (&self->plan);
  g_ptr_array_unref (self->tasks);
  g_free (self);
}

static int
year_of (const char *date)
{
  return strlen (date) >= 4 ? (int) g_ascii_strtoll (date, NULL, 10) : 0;
}

static McLastYear *
read_plan (McJournal   *journal,
           const char  *id,
           GError     **error)
{
  McQuery query = { .parent = id, .order = MC_ORDER_SORT_ASCENDING };
  g_autoptr(McLastYear) self = g_new0 (McLastYear, 1);
  g_autoptr(GArray) numbers = mc_journal_query (journal, &query, error);
  g_autoptr(GPtrArray) parts = NULL;

  self->tasks = g_ptr_array_new_with_free_func (g_object_unref);
  if (numbers == NULL || !(parts = mc_journal_fetch (journal, (const gint64 *) numbers->data, numbers->len, error)) ||
      !(self->plan = mc_journal_get (journal, id, error)))
    return NULL;
  for (guint i = 0; i < parts->len; i++)
    {
      McRecord *task = parts->pdata[i];

      if (!g_str_equal (mc_record_get_type_id (task), TASK))
        continue;
      self->year = MAX (self->year, year_of (mc_record_get_text (task, "deadline")));
      if (!g_str_equal (mc_record_get_text (task, "state"), "cancelled"))
        g_ptr_array_add (self->tasks, g_object_ref (task));
    }

  return g_steal_pointer (&self);
}

static GPtrArray *
list_plans (McJournal  *journal,
            GError    **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = mc_db_prepare (journal->db, "SELECT id FROM record WHERE type = ? AND pack <> ? AND log = ?"
                                          " AND flags & 1 = 0 ORDER BY number", error);
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  mc_stmt_bind_text (stmt, 1, PLAN);
  mc_stmt_bind_text (stmt, 2, mc_pack_get_id (journal->pack));
  mc_stmt_bind_text (stmt, 3, journal->log);
  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_steal_pointer (&ids);
      g_ptr_array_add (ids, g_strdup (mc_stmt_get_text (stmt, 0)));
    }
}

gboolean
mc_last_year_read (McJournal   *journal,
                   McLastYear **out_plan,
                   GError     **error)
{
  g_autoptr(GPtrArray) ids = list_plans (journal, error);
  g_autoptr(McLastYear) newest = NULL;

  *out_plan = NULL;
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    {
      g_autoptr(McLastYear) one = read_plan (journal, ids->pdata[i], error);

      if (one == NULL)
        return FALSE;
      if (one->tasks->len > 0 && one->year < mc_pack_get_year (journal->pack) && (newest == NULL || one->year > newest->year))
        {
          g_clear_pointer (&newest, mc_last_year_free);
          newest = g_steal_pointer (&one);
        }
    }
  *out_plan = g_steal_pointer (&newest);

  return ids != NULL;
}

/* 29 February of a leap year is 28 February of the next. */
static char *
move_date (const char *date,
           int         years)
{
  g_autoptr(GDateTime) then = NULL;
  g_autoptr(GDateTime) moved = NULL;
  g_autofree char *text = g_strdup_printf ("%sT00:00:00Z", date);

  if (!(then = g_date_time_new_from_iso8601 (text, NULL)))
    return g_strdup ("");
  moved = g_date_time_add_years (then, years);

  return g_date_time_format (moved, "%Y-%m-%d");
}

static gboolean
is_there (GPtrArray *present,
          McRecord  *task)
{
  for (guint i = 0; i < present->len; i++)
    if (mc_text_is_same (mc_record_get_text (present->pdata[i], "content"), mc_record_get_text (task, "content")) &&
        g_str_equal (mc_record_get_text (present->pdata[i], "domain"), mc_record_get_text (task, "domain")))
      return TRUE;

  return FALSE;
}

static void
copy_task (McEdit       *edit,
           McRecordType *type,
           McRecord     *task,
           McRecord     *copy,
           int           years)
{
  for (guint i = 0; i < type->fields->len; i++)
    {
      McField *field = type->fields->pdata[i];

      if (g_strv_contains (left_behind, field->name) || g_str_has_prefix (field->name, "review.") ||
          field->type == MC_FIELD_FILES || mc_record_is_blank (task, field->name))
        continue;
      if (field->type == MC_FIELD_DATE)
        {
          g_autofree char *moved = move_date (mc_record_get_text (task, field->name), years);

          mc_edit_set_text (edit, copy, field->name, moved);
        }
      else
        mc_edit_set (edit, copy, field->name, json_node_copy (mc_record_get (task, field->name)));
    }
  mc_edit_set_text (edit, copy, "state", "planned");
}

guint
mc_last_year_copy (McLastYear *self,
                   McPack     *pack,
                   McEdit     *edit,
                   McRecord   *plan,
                   GPtrArray  *present,
                   gint64      now_us)
{
  McRecordType *type = mc_pack_find_type (pack, TASK);
  gint64 order = 0;
  guint n_copied = 0;

  for (guint i = 0; i < present->len; i++)
    order = MAX (order, mc_record_get_int (present->pdata[i], "order", 0));
  for (guint i = 0; i < self->tasks->len && n_copied < MC_GROUP_MAX_CHANGES - 1; i++)
    {
      McRecord *task = self->tasks->pdata[i];
      g_autofree char *id = NULL;
      g_autoptr(McRecord) copy = NULL;

      if (is_there (present, task))
        continue;
      id = mc_id_new (now_us);
      copy = mc_record_new_empty (id, mc_record_get_log (plan), TASK, mc_pack_get_id (pack), mc_record_get_id (plan));
      if (n_copied++ == 0 && !mc_record_exists (plan))
        mc_edit_set_text (edit, plan, "symbol", "KH-UBND");
      mc_edit_set_int (edit, copy, "order", order + n_copied);
      copy_task (edit, type, task, copy, mc_pack_get_year (pack) - self->year);
    }

  return n_copied;
}
