/* mc-backup.h: a copy of an enrolment in a folder, such as one on a USB stick, and the way back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   FOLDER/MinhChung-sao-luu-LOG/   backup.json       what the backup is; written last, it names the next two
 *                                   store-TIME.db     the database
 *                                   account-TIME.json the keys
 *                                   evidence/ab/…     files by their SHA-256; those of earlier backups are not copied again
 *
 * Whoever has the folder can read everything in it.  All calls block, none needs the store to be closed but
 * mc_backup_take_over(); errors are of the %MC_STORE_ERROR domain, or %G_IO_ERROR_CANCELLED.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *path;           /* (owned) the folder of backup.json */
  char *log;            /* (owned) */
  char *unit;           /* (owned) name of the unit */
  char *program;        /* (owned) version that wrote it */
  char *store;          /* (owned) names of the files in @path, with their hashes */
  char *store_sha256;   /* (owned) */
  char *account;        /* (owned) */
  char *account_sha256; /* (owned) */
  gint64 made_us;
  guint n_records;
  guint n_files;        /* of evidence */
  guint n_missing;      /* restored: files that the backup should have had; they come from the hub again */
} McBackup;

/* How many bytes of how many are done; in the calling thread. */
typedef void (*McBackupFunc) (guint64  done,
                              guint64  total,
                              gpointer user_data);

void      mc_backup_free      (McBackup      *self);

/* Writes the enrolment in @dir into @folder: everything is synced to the device and read back before TRUE means that a
 * stick may be pulled out.  The backup that was there before is whole until then. */
McBackup *mc_backup_write     (const char    *dir,
                               const char    *folder,
                               gint64         now_us,
                               McBackupFunc   func,        /* (nullable) */
                               gpointer       user_data,
                               GCancellable  *cancellable,
                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* What backup lies in @folder, or in the one folder of a backup inside it. */
McBackup *mc_backup_find      (const char    *folder,
                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Prepares @backup, whole and verified, beside @dir, which is not touched: mc_backup_take_over() puts it in its place. */
gboolean  mc_backup_restore   (McBackup      *backup,
                               const char    *dir,
                               McBackupFunc   func,        /* (nullable) */
                               gpointer       user_data,
                               GCancellable  *cancellable,
                               GError       **error);

/* Prepares a folder with nothing in it, as on the first day. */
gboolean  mc_backup_prepare_empty (const char  *dir,
                                   GError     **error);

/* If a backup was prepared for @dir it becomes @dir, and what was there moves to @out_aside; otherwise nothing happens.
 * %MC_STORE_ERROR_BUSY while a program has the store open: nothing is changed then. */
gboolean  mc_backup_take_over (const char    *dir,
                               gint64         now_us,
                               char         **out_aside,   /* (optional) (nullable) */
                               GError       **error);

/* What was prepared for @dir is thrown away. */
void      mc_backup_forget    (const char    *dir);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McBackup, mc_backup_free)

G_END_DECLS
