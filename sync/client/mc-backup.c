/* mc-backup.c: a copy of an enrolment in a folder, such as one on a USB stick, and the way back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-backup.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "client/mc-account.h"
#include "client/mc-copy-file.h"
#include "core/mc-error.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "core/mc-text.h"

#define FOLDER_PREFIX "MinhChung-sao-luu-"
#define FORMAT 1

void
mc_backup_free (McBackup *self)
{
  g_free (self->path);
  g_free (self->log);
  g_free (self->unit);
  g_free (self->program);
  g_free (self->store);
  g_free (self->store_sha256);
  g_free (self->account);
  g_free (self->account_sha256);
  g_free (self);
}

/* One copying of many files. */
typedef struct
{
  guint64 done, total;
  McBackupFunc func;        /* (nullable) */
  gpointer user_data;
  GCancellable *cancellable;
} Work;

/* One file of evidence. */
typedef struct
{
  char sha256[65];
  gint64 size;
} Item;

static void
copied_cb (gsize    n_bytes,
           gpointer user_data)
{
  Work *work = user_data;

  work->done += n_bytes;
  if (work->func != NULL)
    work->func (MIN (work->done, work->total), work->total, work->user_data);
}

static gboolean
make_folder (const char  *path,
             GError     **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, errno == ENOSPC ? MC_STORE_ERROR_NO_SPACE : MC_STORE_ERROR_READ_ONLY,
               "Could not make the folder %s: %s", path, g_strerror (errno));

  return FALSE;
}

static char *
evidence_path (const char *dir,
               const char *sha256)
{
  char folder[3] = { sha256[0], sha256[1], '\0' };

  return g_build_filename (dir, "evidence", folder, sha256, NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

/* The evidence that a database says is there. */
static GArray *
list_evidence (McDb    *db,
               Work    *work,
               GError **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, "SELECT sha256, size FROM evidence WHERE have = 1 ORDER BY sha256", error);
  g_autoptr(GArray) items = g_array_new (FALSE, TRUE, sizeof (Item));
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  while (mc_stmt_next (stmt, &has_row, error))
    {
      Item item = { .size = has_row ? mc_stmt_get_int64 (stmt, 1) : 0 };

      if (!has_row)
        return g_steal_pointer (&items);
      g_strlcpy (item.sha256, mc_stmt_get_text (stmt, 0), sizeof item.sha256);
      /* A name from a file that came from outside becomes a path. */
      if (strlen (item.sha256) != 64 || strspn (item.sha256, "0123456789abcdef") != 64)
        continue;
      g_array_append_val (items, item);
      work->total += item.size;
    }

  return NULL;
}

/* writing */

/* The database as it is at one moment, beside it; what is written meanwhile does not wait. */
static gboolean
snapshot (McDb        *db,
          const char  *path,
          GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  g_unlink (path);
  if (!(stmt = mc_db_prepare (db, "VACUUM INTO ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, path);

  return mc_stmt_exec (stmt, error);
}

static gboolean
count_records (McDb     *db,
               McBackup *self,
               GError  **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, "SELECT count (*) FROM record", error);
  gboolean has_row;

  if (stmt == NULL || !mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  self->n_records = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

/* Files that an earlier backup brought are not copied again. */
static gboolean
write_evidence (McBackup    *self,
                const char  *dir,
                GArray      *items,
                Work        *work,
                GError     **error)
{
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = &g_array_index (items, Item, i);
      g_autofree char *from = evidence_path (dir, item->sha256), *to = evidence_path (self->path, item->sha256);
      g_autofree char *folder = g_path_get_dirname (to), *hash = NULL;
      GStatBuf info;

      if (g_stat (to, &info) == 0 && info.st_size == item->size)
        {
          copied_cb (item->size, work);
          continue;
        }
      if (!make_folder (folder, error) ||
          !(hash = mc_copy_file (from, to, item->sha256, copied_cb, work, work->cancellable, error)) ||
          !mc_sync_folder (folder, error))
        return FALSE;
    }
  self->n_files = items->len;

  return TRUE;
}

static gboolean
write_manifest (McBackup  *self,
                GError   **error)
{
  g_autofree char *path = g_build_filename (self->path, "backup.json", NULL), *draft = g_strconcat (path, ".new", NULL), *text = NULL;
  g_autofree char *hash = NULL;
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);

  json_object_set_int_member (object, "format", FORMAT);
  json_object_set_string_member (object, "program", self->program);
  json_object_set_string_member (object, "log", self->log);
  json_object_set_string_member (object, "unit", self->unit);
  json_object_set_int_member (object, "made_us", self->made_us);
  json_object_set_int_member (object, "records", self->n_records);
  json_object_set_int_member (object, "files", self->n_files);
  json_object_set_string_member (object, "store", self->store);
  json_object_set_string_member (object, "store_sha256", self->store_sha256);
  json_object_set_string_member (object, "account", self->account);
  json_object_set_string_member (object, "account_sha256", self->account_sha256);
  text = mc_json_to_text (node, TRUE);
  if (!g_file_set_contents_full (draft, text, -1, G_FILE_SET_CONTENTS_DURABLE, 0600, error))
    return FALSE;
  hash = mc_copy_file (draft, path, NULL, NULL, NULL, NULL, error);
  g_unlink (draft);

  return hash != NULL && mc_sync_folder (self->path, error);
}

/* What an earlier backup was made of is no longer named by anything. */
static void
remove_former (McBackup *self)
{
  g_autoptr(GDir) dir = g_dir_open (self->path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if ((g_str_has_prefix (name, "store-") || g_str_has_prefix (name, "account-")) && !g_str_equal (name, self->store) &&
        !g_str_equal (name, self->account))
      {
        g_autofree char *path = g_build_filename (self->path, name, NULL);

        g_unlink (path);
      }
}

/* Database, keys, evidence, and last what names them. */
static gboolean
write_all (McBackup    *self,
           McDb        *db,
           const char  *dir,
           Work        *work,
           GError     **error)
{
  g_autofree char *snapshot_path = g_build_filename (dir, "backup-part.db", NULL);
  g_autofree char *store = g_build_filename (self->path, self->store, NULL);
  g_autofree char *keys = g_build_filename (dir, "account.json", NULL), *account = g_build_filename (self->path, self->account, NULL);
  g_autoptr(GArray) items = list_evidence (db, work, error);
  gboolean done;
  GStatBuf info;

  if (items == NULL)
    return FALSE;
  done = make_folder (self->path, error) && count_records (db, self, error) && snapshot (db, snapshot_path, error);
  if (done)
    {
      work->total += g_stat (snapshot_path, &info) == 0 ? info.st_size : 0;
      done = (self->store_sha256 = mc_copy_file (snapshot_path, store, NULL, copied_cb, work, work->cancellable, error)) != NULL &&
             (self->account_sha256 = mc_copy_file (keys, account, NULL, copied_cb, work, work->cancellable, error)) != NULL;
    }
  g_unlink (snapshot_path);

  return done && write_evidence (self, dir, items, work, error) && write_manifest (self, error);
}

McBackup *
mc_backup_write (const char    *dir,
                 const char    *folder,
                 gint64         now_us,
                 McBackupFunc   func,
                 gpointer       user_data,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr(McAccount) account = mc_account_load (dir, error);
  g_autoptr(McBackup) self = NULL;
  g_autoptr(McDb) db = NULL;
  g_autofree char *path = g_build_filename (dir, "store.db", NULL), *time = NULL, *name = NULL;
  Work work = { .func = func, .user_data = user_data, .cancellable = cancellable };

  if (account == NULL || !(db = mc_db_open (path, error)))
    return NULL;
  mc_db_set_cancellable (db, cancellable);
  time = mc_text_format_moment (now_us, "%Y%m%d-%H%M%S");
  name = g_strconcat (FOLDER_PREFIX, account->log, NULL);
  self = g_new0 (McBackup, 1);
  self->path = g_build_filename (folder, name, NULL);
  self->log = g_strdup (account->log);
  self->unit = g_strdup (mc_account_get_unit_name (account, account->log));
  self->program = g_strdup (MC_VERSION);
  self->store = g_strdup_printf ("store-%s.db", time);
  self->account = g_strdup_printf ("account-%s.json", time);
  self->made_us = now_us;
  if (!write_all (self, db, dir, &work, error))
    {
      g_prefix_error (error, "The backup was not finished: ");
      return NULL;
    }
  remove_former (self);

  return g_steal_pointer (&self);
}

/* finding */

static char *
dup_member (JsonObject *object,
            const char *name)
{
  return g_strdup (mc_json_get_text (object, name, ""));
}

/* A name of a file right here, whatever the manifest says. */
static gboolean
is_plain_name (const char *name)
{
  return *name != '\0' && *name != '.' && strpbrk (name, "/\\") == NULL;
}

static McBackup *
read_manifest (const char  *folder,
               GError     **error)
{
  g_autofree char *path = g_build_filename (folder, "backup.json", NULL), *text = NULL;
  g_autoptr(McBackup) self = g_new0 (McBackup, 1);
  g_autoptr(JsonNode) root = NULL;
  JsonObject *object;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  root = mc_json_read (text, size, MC_ENROL_MAX_DEPTH);
  object = root != NULL ? json_node_get_object (root) : NULL;
  if (object == NULL || mc_json_get_int (object, "format", 0) < 1)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "%s is damaged", path);
      return NULL;
    }
  if (mc_json_get_int (object, "format", 0) > FORMAT)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_TOO_NEW, "%s was written by version %s", path,
                   mc_json_get_text (object, "program", "?"));
      return NULL;
    }
  self->path = g_strdup (folder);
  self->log = dup_member (object, "log");
  self->unit = dup_member (object, "unit");
  self->program = dup_member (object, "program");
  self->store = dup_member (object, "store");
  self->store_sha256 = dup_member (object, "store_sha256");
  self->account = dup_member (object, "account");
  self->account_sha256 = dup_member (object, "account_sha256");
  self->made_us = mc_json_get_int (object, "made_us", 0);
  self->n_records = mc_json_get_int (object, "records", 0);
  self->n_files = mc_json_get_int (object, "files", 0);
  if (!is_plain_name (self->store) || !is_plain_name (self->account))
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "%s is damaged", path);
      return NULL;
    }

  return g_steal_pointer (&self);
}

McBackup *
mc_backup_find (const char  *folder,
                GError     **error)
{
  g_autofree char *here = g_build_filename (folder, "backup.json", NULL), *found = NULL;
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (g_file_test (here, G_FILE_TEST_EXISTS))
    return read_manifest (folder, error);
  if (!(dir = g_dir_open (folder, 0, error)))
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *manifest = g_build_filename (path, "backup.json", NULL);

      if (!g_str_has_prefix (name, FOLDER_PREFIX) || !g_file_test (manifest, G_FILE_TEST_EXISTS))
        continue;
      if (found != NULL)
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s has several backups: choose one of the folders in it", folder);
          return NULL;
        }
      found = g_steal_pointer (&path);
    }
  if (found == NULL)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "There is no backup in %s", folder);
      return NULL;
    }

  return read_manifest (found, error);
}

/* restoring */

static char *
prepared_path (const char *dir)
{
  return g_strconcat (dir, ".restored", NULL);
}

/* A file that the backup lacks, or has damaged, is noted as one that is not here: the hub may still have it. */
static gboolean
note_missing (McDb        *db,
              const char  *sha256,
              GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (db, "UPDATE evidence SET have = 0 WHERE sha256 = ?", error);

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, sha256);

  return mc_stmt_exec (stmt, error);
}

static gboolean
restore_evidence (McBackup    *self,
                  McDb        *db,
                  const char  *prepared,
                  Work        *work,
                  GError     **error)
{
  g_autoptr(GArray) items = list_evidence (db, work, error);

  if (items == NULL)
    return FALSE;
  self->n_missing = 0;
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = &g_array_index (items, Item, i);
      g_autofree char *from = evidence_path (self->path, item->sha256), *to = evidence_path (prepared, item->sha256);
      g_autofree char *folder = g_path_get_dirname (to), *hash = NULL;
      g_autoptr(GError) local_error = NULL;

      if (!make_folder (folder, error))
        return FALSE;
      if ((hash = mc_copy_file (from, to, item->sha256, copied_cb, work, work->cancellable, &local_error)))
        continue;
      if (!g_error_matches (local_error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND) &&
          !g_error_matches (local_error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      self->n_missing++;
      if (!note_missing (db, item->sha256, error))
        return FALSE;
    }

  return TRUE;
}

/* From now on it is taken over, also after the power failed. */
static gboolean
mark_whole (const char  *prepared,
            GError     **error)
{
  g_autofree char *mark = g_build_filename (prepared, "whole", NULL);

  return mc_sync_folder (prepared, error) &&
         g_file_set_contents_full (mark, "", 0, G_FILE_SET_CONTENTS_DURABLE, 0600, error) && mc_sync_folder (prepared, error);
}

static gboolean
prepare (McBackup    *self,
         const char  *prepared,
         Work        *work,
         GError     **error)
{
  g_autofree char *store = g_build_filename (self->path, self->store, NULL), *to = g_build_filename (prepared, "store.db", NULL);
  g_autofree char *keys = g_build_filename (self->path, self->account, NULL), *account = g_build_filename (prepared, "account.json", NULL);
  g_autofree char *hash = NULL, *key_hash = NULL;
  g_autoptr(McDb) db = NULL;
  GStatBuf info;

  work->total = g_stat (store, &info) == 0 ? info.st_size : 0;
  if (!make_folder (prepared, error) ||
      !(hash = mc_copy_file (store, to, self->store_sha256, copied_cb, work, work->cancellable, error)) ||
      !(key_hash = mc_copy_file (keys, account, self->account_sha256, NULL, NULL, work->cancellable, error)) ||
      !mc_journal_check_store (to, error) || !(db = mc_db_open (to, error)) ||
      !restore_evidence (self, db, prepared, work, error))
    return FALSE;
  /* The write-ahead log goes into the file with the last connection. */
  g_clear_pointer (&db, mc_db_close);

  return mark_whole (prepared, error);
}

gboolean
mc_backup_restore (McBackup      *backup,
                   const char    *dir,
                   McBackupFunc   func,
                   gpointer       user_data,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_autofree char *prepared = prepared_path (dir);
  Work work = { .func = func, .user_data = user_data, .cancellable = cancellable };

  remove_tree (prepared);
  if (prepare (backup, prepared, &work, error))
    return TRUE;
  remove_tree (prepared);
  g_prefix_error (error, "The backup was not restored: ");

  return FALSE;
}

gboolean
mc_backup_prepare_empty (const char  *dir,
                         GError     **error)
{
  g_autofree char *prepared = prepared_path (dir);

  remove_tree (prepared);

  return make_folder (prepared, error) && mark_whole (prepared, error);
}

void
mc_backup_forget (const char *dir)
{
  g_autofree char *prepared = prepared_path (dir);

  remove_tree (prepared);
}

/* Nobody has the store of @dir open; true also when there is none. */
static gboolean
lock (const char  *dir,
      int         *out_fd,
      GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "in-use", NULL);

  *out_fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  if (*out_fd < 0 || flock (*out_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY, "A program has the data in %s open", dir);

  return FALSE;
}

static gboolean
move (const char  *from,
      const char  *to,
      GError     **error)
{
  if (g_rename (from, to) == 0)
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY, "%s could not be moved to %s: %s", from, to, g_strerror (errno));

  return FALSE;
}

gboolean
mc_backup_take_over (const char  *dir,
                     gint64       now_us,
                     char       **out_aside,
                     GError     **error)
{
  g_autofree char *prepared = prepared_path (dir), *mark = g_build_filename (prepared, "whole", NULL);
  g_autofree char *time = NULL, *aside = NULL, *parent = g_path_get_dirname (dir);
  gboolean done = TRUE;
  int fd;

  if (out_aside != NULL)
    *out_aside = NULL;
  if (!g_file_test (mark, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!lock (dir, &fd, error))
    {
      close (fd);
      return FALSE;
    }
  time = mc_text_format_moment (now_us, "%Y%m%d-%H%M%S");
  aside = g_strdup_printf ("%s.before-%s", dir, time);
  if (g_file_test (dir, G_FILE_TEST_EXISTS))
    done = move (dir, aside, error);
  else
    g_clear_pointer (&aside, g_free);
  done = done && move (prepared, dir, error) && mc_sync_folder (parent, error);
  if (fd >= 0)
    close (fd);
  if (done)
    {
      g_autofree char *done_mark = g_build_filename (dir, "whole", NULL);

      g_unlink (done_mark);
      if (out_aside != NULL)
        *out_aside = g_steal_pointer (&aside);
    }

  return done;
}
