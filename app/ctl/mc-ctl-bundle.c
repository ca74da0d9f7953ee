/* mc-ctl-bundle.c: syncs that are carried on a USB stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include "client/mc-stick.h"

#define USAGE "bundle write FOLDER|FILE, bundle read FILE or bundle forward FILE"

static gboolean
write_bundle (McCtl   *self,
              GError **error)
{
  g_autoptr(McStickReport) report = NULL;

  if (!mc_stick_write (self->journal, self->account, self->arguments[2], 0, &report, NULL, NULL, NULL, error))
    return FALSE;

  if (self->json)
    {
      g_autoptr(JsonObject) object = json_object_new ();
      JsonArray *paths = json_array_new ();

      for (gsize i = 0; report->paths[i] != NULL; i++)
        json_array_add_string_element (paths, report->paths[i]);
      json_object_set_array_member (object, "paths", paths);
      json_object_set_int_member (object, "changes", report->n_changes);
      json_object_set_int_member (object, "files", report->n_files);
      json_object_set_int_member (object, "bytes", report->bytes);
      mc_ctl_print_json (object);
      return TRUE;
    }
  for (gsize i = 0; report->paths[i] != NULL; i++)
    g_print ("%s\n", report->paths[i]);
  g_print ("%u changes and %u files, %" G_GUINT64_FORMAT " bytes, read back and found whole\n", report->n_changes, report->n_files,
           report->bytes);

  return TRUE;
}

static gboolean
read_bundle (McCtl   *self,
             GError **error)
{
  g_autofree char *text = NULL;
  McSyncReport report;

  if (!mc_stick_read (self->journal, self->account, self->arguments[2], &report, NULL, NULL, NULL, error))
    return FALSE;
  text = mc_sync_report_to_json (&report);
  if (self->json)
    g_print ("%s\n", text);
  else
    g_print ("%u changes have a verdict, %u of them refused; %u records and %u files are new\n", report.n_sent, report.n_refused,
             report.n_received, report.files_done);

  return TRUE;
}

static gboolean
forward_bundle (McCtl   *self,
                GError **error)
{
  g_autofree char *reply = mc_stick_forward (self->account, self->arguments[2], NULL, NULL, NULL, error);

  if (reply == NULL)
    return FALSE;
  if (self->json)
    {
      g_autoptr(JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "reply", reply);
      mc_ctl_print_json (object);
    }
  else
    g_print ("%s\nThe hub has taken the bundle.  Carry its answer back to the device that wrote it.\n", reply);

  return TRUE;
}

static gboolean
bundle (McCtl   *self,
        GError **error)
{
  const char *what = self->arguments[1];

  if (what == NULL || self->arguments[2] == NULL)
    return mc_ctl_usage (error, USAGE);
  if (g_str_equal (what, "write"))
    return write_bundle (self, error);
  if (g_str_equal (what, "read"))
    return read_bundle (self, error);
  if (g_str_equal (what, "forward"))
    return forward_bundle (self, error);

  return mc_ctl_usage (error, USAGE);
}

static gboolean
snapshot (McCtl   *self,
          GError **error)
{
  McSyncReport report;

  if (g_strcmp0 (self->arguments[1], "read") != 0 || self->arguments[2] == NULL)
    return mc_ctl_usage (error, "snapshot read FILE");
  if (!mc_stick_read_snapshot (self->journal, self->account, self->arguments[2], &report, NULL, NULL, NULL, error))
    return FALSE;
  g_print (self->json ? "{\"received\":%u}\n" : "%u records\n", report.n_received);

  return TRUE;
}

const McCtlCommand mc_ctl_bundle_commands[] = {
  { "bundle", "write FOLDER|FILE", "Write what waits to a stick", MC_CTL_NEEDS_JOURNAL, bundle },
  { "bundle", "read FILE", "Take the hub's answer from a stick", MC_CTL_NEEDS_JOURNAL, bundle },
  { "bundle", "forward FILE", "Carry another device's bundle to the hub", MC_CTL_NEEDS_JOURNAL, bundle },
  { "snapshot", "read FILE", "Take unit logs from a stick, for a new computer", MC_CTL_NEEDS_JOURNAL, snapshot },
  { NULL }
};
