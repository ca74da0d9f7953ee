/* fuzz-accounts.c: what makes a device one: a hub's answer to an enrolment, the account file, what a backup says of itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says which.  The account and the backup come from sticks as well as from this machine.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "client/mc-backup.h"
#include "client/mc-enrol.h"
#include "core/mc-error.h"
#include "fuzz/mc-fuzz.h"
#include "wire/mc-sync-error.h"

static const char *
get_folder (void)
{
  static char *folder = NULL;

  if (folder == NULL)
    folder = fuzz_new_folder ();

  return folder;
}

static void
put (const char   *name,
     const guint8 *data,
     gsize         size)
{
  g_autofree char *path = g_build_filename (get_folder (), name, NULL);

  g_assert_true (g_file_set_contents_full (path, (const char *) data, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

/* What is loaded is saved, and then loaded as the same. */
static void
read_account (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McAccount) account = mc_account_load (get_folder (), &error), again = NULL;

  if (account == NULL)
    {
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT);
      return;
    }
  g_assert_true (mc_account_is_trial (account) || *account->address != '\0');
  g_assert_nonnull (mc_account_get_unit_name (account, account->log));
  g_assert_true (mc_account_save (account, &error));
  g_assert_no_error (error);
  again = mc_account_load (get_folder (), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->device, ==, account->device);
  g_assert_cmpstr (again->log, ==, account->log);
  g_assert_cmpuint (g_strv_length (again->read), ==, g_strv_length (account->read));
}

/* An answer that is none leaves the account as it was. */
static void
read_answer (const guint8 *data,
             gsize         size)
{
  g_autoptr(McAccount) account = mc_account_new (get_folder (), FUZZ_LOG, "commune", "Hà");
  McEnrolment enrolment = { .address = (char *) "https://hub.invalid", .log = (char *) FUZZ_LOG, .role = (char *) "commune" };
  g_autoptr(GBytes) body = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  gboolean done = mc_enrol_read_answer (account, &enrolment, body, &error);

  fuzz_check_error (done, error, MC_SYNC_ERROR);
  g_assert_true (done || mc_account_is_trial (account));
  if (!done)
    return;
  g_assert_true (mc_account_save (account, &error));
  g_assert_no_error (error);
  read_account ();
}

/* A backup names files beside it and nowhere else. */
static void
read_backup (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(McBackup) backup = mc_backup_find (get_folder (), &error);

  fuzz_check_error (backup != NULL, error, MC_STORE_ERROR);
  if (backup == NULL)
    return;
  g_assert_null (strchr (backup->store, '/'));
  g_assert_null (strchr (backup->account, '/'));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  fuzz_begin ();
  if (size < 1)
    return 0;
  switch (data[0] % 3)
    {
    case 0:
      read_answer (data + 1, size - 1);
      break;
    case 1:
      put ("account.json", data + 1, size - 1);
      read_account ();
      break;
    default:
      put ("backup.json", data + 1, size - 1);
      read_backup ();
      break;
    }

  return 0;
}
