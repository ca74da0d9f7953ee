/* mc-ctl-sync.c: enrolment, what is waiting, and the sync itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include "client/mc-enrol.h"
#include "client/mc-session.h"
#include "core/mc-file.h"
#include "core/mc-limits.h"
#include "core/mc-sync-log.h"
#include "core/mc-text.h"

#define LOG_LINES 50

static gboolean
enrol (McCtl   *self,
       GError **error)
{
  g_autoptr(McAccount) account = NULL;
  g_autofree char *text = NULL;
  gsize size;

  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "enrol LINE or enrol FILE.mcenrol");
  /* What is no file is the line itself. */
  if (!g_file_test (self->arguments[1], G_FILE_TEST_EXISTS))
    text = g_strdup (self->arguments[1]);
  else if (!mc_file_read (self->arguments[1], MC_ENROL_MAX_BYTES, &text, &size, error))
    return FALSE;
  if (!(account = mc_enrol (self->dir, text, self->by != NULL ? self->by : "", NULL, error)))
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
  json_object_set_int_member (object, "spared_records", summary.n_spared_records);
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

  if (!(self->line != NULL ? mc_session_run_over (self->journal, self->account, self->line, &report, NULL, NULL, NULL, error)
                           : mc_session_run (self->journal, self->account, &report, NULL, NULL, NULL, error)))
    return FALSE;
  if (mc_sync_report_is_clock_off (&report))
    g_printerr ("This computer's clock is %" G_GINT64_FORMAT " minutes %s; everything was synced, please set it\n",
                ABS (report.clock_off_us) / G_TIME_SPAN_MINUTE, report.clock_off_us > 0 ? "slow" : "fast");
  text = mc_sync_report_to_json (&report);
  if (self->json)
    g_print ("%s\n", text);
  else
    g_print ("Sent %u changes and %u files, received %u groups, refused %u; %u turns, %" G_GUINT64_FORMAT " bytes\n",
             report.n_sent, report.files_done, report.n_received, report.n_refused, report.turns,
             report.bytes_sent + report.bytes_received);

  return TRUE;
}

static JsonObject *
entry_to_json (McSyncLogEntry *entry)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "started_us", entry->started_us);
  json_object_set_int_member (object, "ended_us", entry->ended_us);
  json_object_set_string_member (object, "outcome", entry->outcome);
  json_object_set_int_member (object, "turns", entry->turns);
  json_object_set_int_member (object, "bytes_sent", entry->bytes_sent);
  json_object_set_int_member (object, "bytes_received", entry->bytes_received);
  json_object_set_int_member (object, "changes_sent", entry->changes_sent);
  json_object_set_int_member (object, "refused", entry->refused);
  json_object_set_int_member (object, "received", entry->received);
  json_object_set_int_member (object, "files_done", entry->files_done);
  json_object_set_int_member (object, "files_total", entry->files_total);
  json_object_set_int_member (object, "clock_off_seconds", entry->clock_off_seconds);

  return object;
}

static void
print_entry (McCtl          *self,
             McSyncLogEntry *entry)
{
  g_autofree char *date = mc_text_format_moment (entry->started_us, "%Y-%m-%d %H:%M:%S");

  if (self->json)
    {
      g_autoptr(JsonObject) object = entry_to_json (entry);

      mc_ctl_print_json (object);
      return;
    }
  g_print ("%s  %-12s  %.1f s, %u turns, %" G_GUINT64_FORMAT " bytes out, %" G_GUINT64_FORMAT " in;"
           " sent %u changes and %u of %u files, received %u, refused %u\n",
           date, entry->outcome, (entry->ended_us - entry->started_us) / 1e6, entry->turns, entry->bytes_sent,
           entry->bytes_received, entry->changes_sent, entry->files_done, entry->files_total, entry->received, entry->refused);
}

static gboolean
show_log (McCtl   *self,
          GError **error)
{
  guint64 limit = LOG_LINES;
  g_autoptr(GPtrArray) entries = NULL;

  if (self->arguments[1] != NULL && !g_ascii_string_to_unsigned (self->arguments[1], 10, 1, 10000, &limit, NULL))
    return mc_ctl_usage (error, "log [NUMBER OF SYNCS]");
  if (!(entries = mc_journal_list_sync_log (self->journal, limit, error)))
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    print_entry (self, entries->pdata[i]);

  return TRUE;
}

const McCtlCommand mc_ctl_sync_commands[] = {
  { "enrol", "LINE|FILE.mcenrol", "Enrol this device at a hub", MC_CTL_NEEDS_DIR, enrol },
  { "status", NULL, "What is waiting, refused and in conflict", MC_CTL_NEEDS_JOURNAL, status },
  { "sync", NULL, "Send and receive", MC_CTL_NEEDS_LINE, run_sync },
  { "log", "[N]", "What the last syncs did", MC_CTL_NEEDS_JOURNAL, show_log },
  { NULL }
};
