/* mc-ctl-score.c: the checks of the pack and the points
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include "core/mc-book.h"
#include "core/mc-check.h"
#include "core/mc-journal-sync.h"
#include "core/mc-json.h"
#include "core/mc-points.h"
#include "core/mc-score.h"

static char *
fault_text (McFault *fault)
{
  return fault->rule != NULL ? g_strdup (fault->rule->message) : g_strdup_printf ("“%s” is blank", fault->missing->title);
}

static gboolean
check_type (McCtl         *self,
            McSandbox     *sandbox,
            McRecordType  *type,
            const char    *log,
            guint         *n_errors,
            GError       **error)
{
  g_autoptr(GPtrArray) faults = mc_check_log (sandbox, type, log, error);

  if (faults == NULL ||
      (g_str_equal (log, mc_journal_get_log (self->journal)) && !mc_book_excuse (self->journal, type, faults, error)))
    return FALSE;
  for (guint i = 0; i < faults->len; i++)
    {
      McFault *fault = faults->pdata[i];
      g_autofree char *text = fault_text (fault);
      const char *id = fault->rule != NULL ? fault->rule->id : "required";

      *n_errors += mc_fault_is_error (fault);
      if (self->json)
        {
          g_autoptr(JsonObject) object = json_object_new ();

          json_object_set_string_member (object, "type", type->id);
          json_object_set_string_member (object, "record", fault->record);
          json_object_set_string_member (object, "check", id);
          json_object_set_string_member (object, "level", mc_fault_is_error (fault) ? "error" : "warning");
          json_object_set_string_member (object, "message", text);
          mc_ctl_print_json (object);
        }
      else
        g_print ("%s %s %s %s: %s\n", type->id, fault->record, mc_fault_is_error (fault) ? "error" : "warning", id, text);
    }

  return TRUE;
}

static gboolean
check (McCtl   *self,
       GError **error)
{
  GPtrArray *types = mc_pack_get_types (self->pack);
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (self->journal)), self->pack, error);
  g_auto(GStrv) logs = NULL;
  guint n_errors = 0;

  if (sandbox == NULL || (self->type != NULL && mc_ctl_find_type (self, error) == NULL) || !mc_ctl_check_log (self, error) ||
      !(logs = mc_journal_list_logs (self->journal, error)))
    return FALSE;
  for (guint i = 0; i < types->len; i++)
    for (gsize l = 0; logs[l] != NULL; l++)
      if ((self->type == NULL || g_str_equal (self->type, ((McRecordType *) types->pdata[i])->id)) &&
          (g_strcmp0 (self->log, "*") == 0 || g_str_equal (self->log != NULL ? self->log : self->account->log, logs[l])) &&
          !check_type (self, sandbox, types->pdata[i], logs[l], &n_errors, error))
        return FALSE;
  if (!self->json)
    g_print ("%u errors\n", n_errors);

  return TRUE;
}

static gboolean
score (McCtl   *self,
       GError **error)
{
  g_autoptr(McSandbox) sandbox = mc_sandbox_new (mc_db_get_path (mc_journal_get_db (self->journal)), self->pack, error);
  g_autoptr(McScore) points = sandbox != NULL ? mc_score_of_unit (self->journal, sandbox, error) : NULL;

  if (points == NULL)
    return FALSE;
  if (self->json)
    {
      g_autoptr(JsonNode) node = mc_score_to_json (points);
      g_autofree char *text = mc_json_to_text (node, FALSE);

      g_print ("%s\n", text);
      return TRUE;
    }
  for (guint i = 0; i < points->criteria->len; i++)
    {
      McCriterionScore *one = &g_array_index (points->criteria, McCriterionScore, i);
      g_autofree char *got = mc_points_format (one->points), *max = mc_points_format (one->max);

      g_print ("%-6s %6s / %-5s %s%s\n", one->criterion->code, got, max, one->criterion->name,
               one->criterion->children->len > 0 ? "" : one->state == MC_SCORE_MISSING ? "  (nothing entered)"
               : one->state == MC_SCORE_WAITING ? "  (not judged yet)" : "");
    }
  {
    g_autofree char *got = mc_points_format (points->points), *max = mc_points_format (points->max);
    const char *note = mc_pack_get_status_text (self->pack);

    g_print ("total  %6s / %s%s%s%s\n", got, max, note != NULL ? "  (" : "", note != NULL ? note : "", note != NULL ? ")" : "");
  }

  return TRUE;
}

const McCtlCommand mc_ctl_score_commands[] = {
  { "check", NULL, "What the checks of the pack find", MC_CTL_NEEDS_JOURNAL, check },
  { "score", NULL, "The points", MC_CTL_NEEDS_JOURNAL, score },
  { NULL }
};
