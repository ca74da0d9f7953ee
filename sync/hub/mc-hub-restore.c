/* mc-hub-restore.c: a hub that went back, on purpose or not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-restore.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-id.h"
#include "hub/mc-hub-evidence.h"

/* the head outside the database */

typedef struct
{
  guint8 epoch[MC_ID_BYTES];
  guint64 rows;              /* big endian */
} Head;

static char *
head_path (McHub *self)
{
  return g_build_filename (self->dir, "head", NULL);
}

static gboolean
read_head (McHub *self,
           Head  *out)
{
  g_autofree char *path = head_path (self);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && pread (fd, out, sizeof *out, 0) == sizeof *out;

  if (fd >= 0)
    close (fd);

  return done;
}

static gboolean
count_rows (McHub   *self,
            guint64 *out_rows,
            GError **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT coalesce (sum (seq), 0) FROM log", error)) ||
      !mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  *out_rows = mc_stmt_get_int64 (stmt, 0);

  return TRUE;
}

/* Not fsynced: it may lag behind the database, and never leads. */
void
mc_hub_note_head (McHub *self)
{
  g_autofree char *path = head_path (self);
  Head head = { 0 };
  int fd;

  memcpy (head.epoch, self->epoch, sizeof head.epoch);
  if (!count_rows (self, &head.rows, NULL))
    return;
  head.rows = GUINT64_TO_BE (head.rows);
  if ((fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) < 0)
    return;
  if (pwrite (fd, &head, sizeof head, 0) != sizeof head)
    g_debug ("%s: %s", path, g_strerror (errno));
  close (fd);
}

/* epochs */

static gboolean
is_past (McHub       *self,
         const char  *epoch,
         gboolean    *out_past,
         GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "SELECT 1 FROM past_epoch WHERE epoch = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, epoch);

  return mc_stmt_next (stmt, out_past, error);
}

static gboolean
note_past (McHub       *self,
           const char  *epoch,
           gint64       now_us,
           GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO past_epoch (epoch, left_us) VALUES (?, ?) ON CONFLICT DO NOTHING", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, epoch);
  mc_stmt_bind_int64 (stmt, 2, now_us);

  return mc_stmt_exec (stmt, error);
}

/* Evidence is kept by other means than the database: what is not here is looked up file by file.  What is here, and was not whole when
 * the database was as it is now, is whole once it has been read: mc_hub_list_lacks(). */
static gboolean
recheck_evidence (McHub   *self,
                  GError **error)
{
  g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) list = NULL;
  gboolean has_row;

  if (!(list = mc_db_prepare (self->db, "SELECT sha256 FROM evidence WHERE complete = 1", error)))
    return FALSE;
  while (mc_stmt_next (list, &has_row, error) && has_row)
    g_ptr_array_add (hashes, g_strdup (mc_stmt_get_text (list, 0)));
  g_clear_pointer (&list, mc_stmt_release);

  for (guint i = 0; i < hashes->len; i++)
    {
      const char *sha256 = hashes->pdata[i];
      g_autofree char *path = mc_hub_evidence_path (self->dir, sha256);
      g_autoptr(McStmt) stmt = NULL;
      GStatBuf info;

      if (g_stat (path, &info) == 0 && S_ISREG (info.st_mode))
        continue;
      if (!(stmt = mc_db_prepare (self->db, "UPDATE evidence SET complete = 0 WHERE sha256 = ?", error)))
        return FALSE;
      mc_stmt_bind_text (stmt, 1, sha256);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
}

/* @shown: (nullable): an epoch that a device has a head of, to be left as well. */
static gboolean
renew_epoch (McHub       *self,
             const char  *shown,
             gint64       now_us,
             const char  *why,
             GError     **error)
{
  g_autoptr(McTransaction) transaction = NULL;
  g_autofree char *old = mc_hex (self->epoch, MC_ID_BYTES), *hex = NULL;
  guint8 epoch[MC_ID_BYTES];

  mc_random_bytes (epoch, sizeof epoch);
  hex = mc_hex (epoch, sizeof epoch);
  if (!(transaction = mc_db_begin (self->db, error)) || !note_past (self, old, now_us, error) ||
      (shown != NULL && !note_past (self, shown, now_us, error)) || !mc_hub_set_setting (self, "epoch", hex, error) ||
      !recheck_evidence (self, error) || !mc_hub_apply_revoked (self, error) ||
      !mc_hub_audit (self, now_us, why, hex, error) || !mc_transaction_commit (g_steal_pointer (&transaction), error))
    return FALSE;
  memcpy (self->epoch, epoch, sizeof epoch);
  /* An end before this line costs one more epoch at the next start. */
  mc_hub_note_head (self);

  return TRUE;
}

gboolean
mc_hub_check_head (McHub   *self,
                   gint64   now_us,
                   GError **error)
{
  guint64 rows;
  Head head;
  gboolean known = read_head (self, &head);

  if (!count_rows (self, &rows, error))
    return FALSE;
  return (known && memcmp (head.epoch, self->epoch, MC_ID_BYTES) == 0 && rows >= GUINT64_FROM_BE (head.rows)) ||
         renew_epoch (self, NULL, now_us, "went-back", error);
}

gboolean
mc_hub_leave_epoch (McHub         *self,
                    const guint8   epoch[MC_ID_BYTES],
                    gint64         now_us,
                    GError       **error)
{
  g_autofree char *hex = mc_hex (epoch, MC_ID_BYTES);
  gboolean past;

  if (mc_faults & MC_FAULT_KEEP_EPOCH)
    return TRUE;
  if (!is_past (self, hex, &past, error))
    return FALSE;

  /* The present one is never past, whatever an end in the middle has left behind. */
  return (past && memcmp (epoch, self->epoch, MC_ID_BYTES) != 0) || renew_epoch (self, hex, now_us, "went-back", error);
}

/* who was shut out */

gboolean
mc_hub_note_revoked (McHub       *self,
                     const char  *device,
                     gint64       now_us,
                     GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, "revoked", NULL);
  g_autofree char *line = g_strdup_printf ("%s %" G_GINT64_FORMAT "\n", device, now_us);
  int fd = g_open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  gboolean done = fd >= 0 && write (fd, line, strlen (line)) == (ssize_t) strlen (line) && fsync (fd) == 0;

  if (!done)
    g_set_error (error, MC_STORE_ERROR, errno == ENOSPC ? MC_STORE_ERROR_NO_SPACE : MC_STORE_ERROR_READ_ONLY, "%s: %s", path,
                 g_strerror (errno));
  if (fd >= 0)
    close (fd);

  return done;
}

/* (nullable) in @out: who is shut out.  What cannot be read is not nobody. */
static gboolean
read_revoked (const char  *dir,
              char       **out,
              GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "revoked", NULL);
  g_autoptr(GError) local_error = NULL;

  if (g_file_get_contents (path, out, NULL, &local_error) || g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

gboolean
mc_hub_forget_revoked (McHub       *self,
                       const char  *device,
                       GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, "revoked", NULL), *text = NULL, *mark = g_strconcat (device, " ", NULL);
  g_autoptr(GString) left = g_string_new (NULL);
  g_auto(GStrv) lines = NULL;

  if (!read_revoked (self->dir, &text, error))
    return FALSE;
  if (text == NULL || strstr (text, mark) == NULL)
    return TRUE;
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0' && !g_str_has_prefix (lines[i], mark))
      g_string_append_printf (left, "%s\n", lines[i]);

  return g_file_set_contents_full (path, left->str, left->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                   error);
}

gboolean
mc_hub_apply_revoked (McHub   *self,
                      GError **error)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  if (!read_revoked (self->dir, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) words = g_strsplit (lines[i], " ", 2);
      g_autoptr(McStmt) find = NULL, stmt = NULL;
      gboolean is_in;

      if (words[0] == NULL || words[1] == NULL)
        continue;
      /* Mostly there is nothing to write. */
      if (!(find = mc_db_prepare (self->db, "SELECT 1 FROM device WHERE id = ? AND revoked_us IS NULL", error)))
        return FALSE;
      mc_stmt_bind_text (find, 1, words[0]);
      if (!mc_stmt_next (find, &is_in, error))
        return FALSE;
      g_clear_pointer (&find, mc_stmt_release);
      if (!is_in)
        continue;
      if (!(stmt = mc_db_prepare (self->db, "UPDATE device SET revoked_us = ? WHERE id = ? AND revoked_us IS NULL", error)))
        return FALSE;
      mc_stmt_bind_int64 (stmt, 1, g_ascii_strtoll (words[1], NULL, 10));
      mc_stmt_bind_text (stmt, 2, words[0]);
      if (!mc_stmt_exec (stmt, error))
        return FALSE;
    }

  return TRUE;
}

/* restoring on purpose */

int
mc_hub_lock (const char  *dir,
             GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "lock", NULL);
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_BUSY,
               fd >= 0 ? "A hub is running in %s; stop it first" : "Could not make the lock in %s", dir);
  if (fd >= 0)
    close (fd);

  return -1;
}

static const char * const keys[] = { "hub.key", "tls-cert.pem", "tls-key.pem" };
static const char * const stores[] = { "hub.db", "hub.db-wal", "hub.db-shm", "head" };

/* Opens @folder as a hub, to see that store and keys are whole and belong together: on a copy, as opening writes. */
static McHub *
try_backup (const char  *backup,
            const char  *copy,
            GError     **error)
{
  static const char * const files[] = { "hub.db", "hub.key", "tls-cert.pem", "tls-key.pem" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *from_path = g_build_filename (backup, files[i], NULL), *to_path = g_build_filename (copy, files[i], NULL);
      g_autoptr(GFile) from = g_file_new_for_path (from_path), to = g_file_new_for_path (to_path);

      if (!g_file_test (from_path, G_FILE_TEST_IS_REGULAR))
        {
          g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND,
                       "There is no %s in %s.  Without the hub's own keys nobody could prove its logs and no device would talk to it;"
                       " bring a whole backup folder", files[i], backup);
          return NULL;
        }
      if (!g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, error))
        return NULL;
      g_chmod (to_path, 0600);
    }

  return mc_hub_open (copy, error);
}

static gboolean
is_same_hub (McHub       *restored,
             const char  *dir,
             GError     **error)
{
  g_autofree char *path = g_build_filename (dir, "hub.db", NULL), *id = mc_hex (restored->identity.id, MC_ID_BYTES), *present = NULL;
  g_autoptr(McDb) db = NULL;
  McHub hub = { 0 };

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  /* A store that is too damaged to be read is no reason to refuse its backup. */
  if (!(db = mc_db_open (path, NULL)))
    return TRUE;
  hub.db = db;
  present = mc_hub_get_setting (&hub, "hub");
  if (present == NULL || g_str_equal (present, id))
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CONSTRAINT, "This is the backup of another hub than the one in %s", dir);

  return FALSE;
}

static gboolean
move_file (const char  *from_dir,
           const char  *to_dir,
           const char  *name,
           GError     **error)
{
  g_autofree char *from = g_build_filename (from_dir, name, NULL), *to = g_build_filename (to_dir, name, NULL);

  if (g_rename (from, to) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_FAILED, "%s: %s", from, g_strerror (errno));

  return FALSE;
}

static char *
stamp (gint64 now_us)
{
  g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autofree char *text = g_date_time_format (now, "%Y%m%d-%H%M%S");

  return g_strdup_printf ("%s-%06d", text, (int) (now_us % G_USEC_PER_SEC));
}

/* Who is shut out here, and who was when the backup was made. */
static gboolean
read_both_revoked (const char  *dir,
                   const char  *backup,
                   char       **out,
                   GError     **error)
{
  g_autofree char *now = NULL, *old = NULL;

  if (!read_revoked (dir, &now, error) || !read_revoked (backup, &old, error))
    return FALSE;
  *out = g_strconcat (now != NULL ? now : "", old, NULL);

  return TRUE;
}

/* What is in @dir goes to @before, what is in @copy to @dir. */
static gboolean
exchange (const char  *dir,
          const char  *backup,
          const char  *copy,
          const char  *before,
          GError     **error)
{
  static const char * const folders[] = { "evidence", "partial" };
  g_autofree char *path = g_build_filename (dir, "revoked", NULL), *revoked = NULL;

  if (!read_both_revoked (dir, backup, &revoked, error))
    return FALSE;
  if (g_mkdir (before, 0700) != 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY, "%s: %s", before, g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (stores); i++)
    if (!move_file (dir, before, stores[i], error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!move_file (dir, before, keys[i], error) || !move_file (copy, dir, keys[i], error))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *folder = g_build_filename (dir, folders[i], NULL);

      g_mkdir_with_parents (folder, 0700);
    }

  if (*revoked != '\0' && !g_file_set_contents_full (path, revoked, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                                     0600, error))
    return FALSE;

  /* The store last: with it the folder is a hub again. */
  return move_file (copy, dir, "head", error) && move_file (copy, dir, "hub.db", error);
}

gboolean
mc_hub_restore (const char  *dir,
                const char  *backup,
                gint64       now_us,
                char       **out_report,
                GError     **error)
{
  g_autofree char *when = stamp (now_us), *before_name = g_strconcat ("before-", when, NULL);
  g_autofree char *copy_name = g_strconcat ("restoring-", when, NULL);
  g_autofree char *copy = g_build_filename (dir, copy_name, NULL), *before = g_build_filename (dir, before_name, NULL);
  g_autoptr(McHub) hub = NULL;
  guint64 rows = 0;
  gboolean done;
  int lock;

  if (g_mkdir_with_parents (dir, 0700) != 0 || !mc_hub_check_user (dir, error) || (lock = mc_hub_lock (dir, error)) < 0)
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_READ_ONLY, "%s: %s", dir, g_strerror (errno));
      return FALSE;
    }
  done = g_mkdir (copy, 0700) == 0 && (hub = try_backup (backup, copy, error)) != NULL && is_same_hub (hub, dir, error);
  g_clear_pointer (&hub, mc_hub_close);
  done = done && exchange (dir, backup, copy, before, error);

  /* The first opening of the copy found no head beside it, and took a new epoch. */
  done = done && (hub = mc_hub_open (dir, error)) != NULL && count_rows (hub, &rows, error) &&
         recheck_evidence (hub, error) && mc_hub_apply_revoked (hub, error) && mc_hub_audit (hub, now_us, "restore", backup, error);
  if (done)
    *out_report = g_strdup_printf ("Restored %" G_GUINT64_FORMAT " rows.  What was here before is in %s.  Start the hub:"
                                   " devices bring back by themselves what they have beyond it.", rows, before);
  for (guint i = 0; i < G_N_ELEMENTS (stores); i++)
    {
      g_autofree char *path = g_build_filename (copy, stores[i], NULL);

      g_unlink (path);
    }
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *path = g_build_filename (copy, keys[i], NULL);

      g_unlink (path);
    }
  g_rmdir (copy);
  close (lock);

  return done;
}
