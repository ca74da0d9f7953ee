/* mc-ctl-backup.c: backup, restore
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-backup.h"
#include "ctl/mc-ctl.h"

static void
print_backup (McCtl      *self,
              McBackup   *backup,
              const char *aside)   /* (nullable) */
{
  g_autoptr(JsonObject) object = json_object_new ();

  if (!self->json)
    {
      g_print ("%s (%s): %u records, %u files in %s\n", backup->unit, backup->log, backup->n_records, backup->n_files, backup->path);
      if (backup->n_missing > 0)
        g_print ("%u files are missing or damaged in the backup; the hub gives them back if it has them\n", backup->n_missing);
      if (aside != NULL)
        g_print ("What was here is now in %s\n", aside);
      return;
    }
  json_object_set_string_member (object, "path", backup->path);
  json_object_set_string_member (object, "log", backup->log);
  json_object_set_int_member (object, "records", backup->n_records);
  json_object_set_int_member (object, "files", backup->n_files);
  json_object_set_int_member (object, "missing", backup->n_missing);
  if (aside != NULL)
    json_object_set_string_member (object, "aside", aside);
  mc_ctl_print_json (object);
}

static gboolean
run_backup (McCtl   *self,
            GError **error)
{
  g_autoptr(McBackup) backup = NULL;

  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "backup FOLDER");
  if (!(backup = mc_backup_write (self->dir, self->arguments[1], g_get_real_time (), NULL, NULL, NULL, error)))
    return FALSE;
  print_backup (self, backup, NULL);

  return TRUE;
}

/* What is here goes aside, it is never overwritten. */
static gboolean
run_restore (McCtl   *self,
             GError **error)
{
  g_autoptr(McBackup) backup = NULL;
  g_autofree char *aside = NULL;

  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "restore FOLDER");
  if (!(backup = mc_backup_find (self->arguments[1], error)) ||
      !mc_backup_restore (backup, self->dir, NULL, NULL, NULL, error))
    return FALSE;
  if (!mc_backup_take_over (self->dir, g_get_real_time (), &aside, error))
    {
      mc_backup_forget (self->dir);
      return FALSE;
    }
  print_backup (self, backup, aside);

  return TRUE;
}

const McCtlCommand mc_ctl_backup_commands[] = {
  { "backup", "FOLDER", "Copy everything into a folder, such as one on a stick", MC_CTL_NEEDS_JOURNAL, run_backup },
  { "restore", "FOLDER", "Bring a backup back; what is here goes aside", MC_CTL_NEEDS_DIR, run_restore },
  { NULL }
};
