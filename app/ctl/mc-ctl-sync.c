/* mc-ctl-sync.c: enrolment, what is waiting, and the sync itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include "client/mc-enrol.h"
#include "client/mc-session.h"

static gboolean
enrol (McCtl   *self,
       GError **error)
{
  g_autoptr(McAccount) account = NULL;
  g_autofree char *text = NULL;

  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "enrol LINE or enrol FILE.mcenrol");
  if (!g_file_get_contents (self->arguments[1], &text, NULL, NULL))
    text = g_strdup (self->arguments[1]);
  if (!(account = mc_enrol (self->dir, text, self->by != NULL ? self->by : "", g_get_real_time (), NULL, error)))
    return FALSE;

  if (self->json)
    {
      g_autoptr(JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "log", account->log);
      json_object_set_string_member (object, "role", account->role);
      json_object_set_string_member (object, "device", account->device);
      mc_ctl_print_json (object);
    }
  else
    g_print ("Enrolled for %s (%s) as %s\n", mc_account_get_unit_name (account, account->log), account->log, account->role);

  return TRUE;
}

static gboolean
status (McCtl   *self,
        GError **error)
{
  g_autoptr(JsonObject) object = json_object_new ();
  McJournalSummary summary;

  if (!mc_journal_get_summary (self->journal, &summary, error))
    return FALSE;

  if (!self->json)
    {
      g_print ("%s (%s), %s\n%u records waiting, %u refused, %u in conflict, %u files waiting\n",
               mc_account_get_unit_name (self->account, self->account->log), self->account->log,
               self->account->role, summary.n_pending_records, summary.n_refused_records,
               summary.n_conflict_records, summary.n_evidence_waiting);
      return TRUE;
    }
  json_object_set_string_member (object, "log", self->account->log);
  json_object_set_string_member (object, "role", self->account->role);
  json_object_set_string_member (object, "device", self->account->device);
  json_object_set_int_member (object, "pending_records", summary.n_pending_records);
  json_object_set_int_member (object, "pending_changes", summary.n_pending_changes);
  json_object_set_int_member (object, "refused_records", summary.n_refused_records);
  json_object_set_int_member (object, "conflict_records", summary.n_conflict_records);
  json_object_set_int_member (object, "evidence_waiting", summary.n_evidence_waiting);
  json_object_set_int_member (object, "last_sync_us", summary.last_sync_us);
  mc_ctl_print_json (object);

  return TRUE;
}

static gboolean
run_sync (McCtl   *self,
          GError **error)
{
  g_autofree char *text = NULL;
  McSyncReport report;

  if (!mc_session_run (self->journal, self->account, &report, NULL, NULL, NULL, error))
    return FALSE;
  text = mc_sync_report_to_json (&report);
  if (self->json)
    g_print ("%s\n", text);
  else
    g_print ("Sent %u changes and %u files, received %u groups, refused %u; %u turns, %" G_GUINT64_FORMAT " bytes\n",
             report.n_sent, report.files_done, report.n_received, report.n_refused, report.turns,
             report.bytes_sent + report.bytes_received);

  return TRUE;
}

const McCtlCommand mc_ctl_sync_commands[] = {
  { "enrol", "LINE|FILE.mcenrol", "Enrol this device at a hub", MC_CTL_NEEDS_DIR, enrol },
  { "status", NULL, "What is waiting, refused and in conflict", MC_CTL_NEEDS_JOURNAL, status },
  { "sync", NULL, "Send and receive", MC_CTL_NEEDS_JOURNAL, run_sync },
  { NULL }
};
