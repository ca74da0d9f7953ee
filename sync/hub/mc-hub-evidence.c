/* mc-hub-evidence.c: evidence files on their way in and at rest
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file exists for anybody only when its whole hash was verified.  What came of it so far lies in partial/
 * under the log it comes for and its hash: a cut costs nothing but what was in flight, and no unit learns of another's
 * upload, or can spoil it, by naming the same hash.
 */

#include "hub/mc-hub-evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-quota.h"
#include "wire/mc-sync-error.h"

#define TAKE_UP_BYTES (64 * 1024 * 1024)

char *
mc_hub_evidence_path (const char *dir,
                      const char *sha256)
{
  char folder[3] = { sha256[0], sha256[1], '\0' };

  return g_build_filename (dir, "evidence", folder, sha256, NULL);
}

static char *
partial_path (McHub      *self,
              const char *log,
              const char *sha256)
{
  g_autofree char *unit = g_strdelimit (g_strdup (log), "/", '+'), *name = g_strconcat (unit, "-", sha256, NULL);

  return g_build_filename (self->dir, "partial", name, NULL);
}

static gboolean
fail (GError     **error,
      const char  *path,
      int          number)
{
  g_set_error (error, MC_STORE_ERROR, number == ENOSPC || number == EDQUOT ? MC_STORE_ERROR_NO_SPACE : MC_STORE_ERROR_FAILED,
               "%s: %s", path, g_strerror (number));

  return FALSE;
}

/* (nullable): a log that names the file and that @device may write, or read. */
static char *
find_naming_log (McHub        *self,
                 McHubDevice  *device,
                 const char   *sha256,
                 gboolean      for_writing)
{
  g_autoptr(GPtrArray) logs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT log FROM evidence_use WHERE sha256 = ?", NULL);
  gboolean has_row;

  if (stmt == NULL)
    return NULL;
  mc_stmt_bind_text (stmt, 1, sha256);
  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    g_ptr_array_add (logs, g_strdup (mc_stmt_get_text (stmt, 0)));
  g_clear_pointer (&stmt, mc_stmt_release);

  for (guint i = 0; i < logs->len; i++)
    if (for_writing ? mc_hub_may_write (self, device, logs->pdata[i]) : mc_hub_may_read (self, device, logs->pdata[i]))
      return g_strdup (logs->pdata[i]);

  return NULL;
}

static gboolean
hash_file (const char  *path,
           char         out[65],
           GError     **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (1 << 18);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  ssize_t got;

  if (fd < 0)
    return fail (error, path, errno);
  while ((got = read (fd, buffer, 1 << 18)) > 0)
    g_checksum_update (checksum, buffer, got);
  close (fd);
  if (got < 0)
    return fail (error, path, errno);
  g_strlcpy (out, g_checksum_get_string (checksum), 65);

  return TRUE;
}

static gboolean
mark_complete (McHub       *self,
               const char  *sha256,
               guint64      size,
               gint64       now_us,
               GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "UPDATE evidence SET complete = 1, size = ?, complete_us = ? WHERE sha256 = ?"
                              " AND complete = 0", error)))
    return FALSE;
  mc_stmt_bind_int64 (stmt, 1, size);
  mc_stmt_bind_int64 (stmt, 2, now_us);
  mc_stmt_bind_text (stmt, 3, sha256);

  return mc_stmt_exec (stmt, error);
}

static gboolean
finish (McHub       *self,
        const char  *partial,
        const char  *sha256,
        guint64      size,
        gint64       now_us,
        gboolean    *out_good,
        GError     **error)
{
  g_autofree char *path = mc_hub_evidence_path (self->dir, sha256), *folder = g_path_get_dirname (path);
  char hash[65];
  int fd;

  if (!hash_file (partial, hash, error))
    return FALSE;
  *out_good = g_str_equal (hash, sha256);
  if (!*out_good)
    {
      /* It can never become right: the sender begins again. */
      g_unlink (partial);
      return TRUE;
    }
  if (g_mkdir_with_parents (folder, 0700) != 0 || g_rename (partial, path) != 0)
    return fail (error, path, errno);
  if ((fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)) >= 0)
    {
      fsync (fd);
      close (fd);
    }

  return mark_complete (self, sha256, size, now_us, error);
}

static gboolean
append (const char  *path,
        guint64      offset,
        GBytes      *data,
        guint64      total,
        guint64     *out_have,
        GError     **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  gsize size = g_bytes_get_size (data), done = 0;
  const guint8 *bytes = g_bytes_get_data (data, NULL);
  struct stat info;
  gboolean good = TRUE;

  if (fd < 0)
    return fail (error, path, errno);
  good = fstat (fd, &info) == 0 || fail (error, path, errno);
  *out_have = good ? info.st_size : 0;

  /* Only what follows is taken; a piece further on says where the sender should go back to. */
  if (good && offset <= *out_have && offset + size > *out_have)
    {
      gsize skip = *out_have - offset;

      while (good && skip + done < size)
        {
          ssize_t n = pwrite (fd, bytes + skip + done, size - skip - done, *out_have + done);

          if (n < 0 && errno != EINTR)
            good = fail (error, path, errno);
          done += MAX (n, 0);
        }
      *out_have += done;
      if (good && (*out_have / (256 * 1024) != (*out_have - done) / (256 * 1024) || *out_have == total))
        good = fsync (fd) == 0 || fail (error, path, errno);
    }
  close (fd);

  return good;
}

static gboolean
is_complete (McHub       *self,
             const char  *sha256,
             gboolean    *out_complete,
             GError     **error)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (self->db, "SELECT 1 FROM evidence WHERE sha256 = ? AND complete = 1", error);

  if (stmt == NULL)
    return FALSE;
  mc_stmt_bind_text (stmt, 1, sha256);

  return mc_stmt_next (stmt, out_complete, error);
}

/* A store that was copied back does not know of files that came since and lie there: they are whole, or make room for what
 * is.  *budget: how many bytes may still be read for this answer. */
static gboolean
take_up_file (McHub       *self,
              const char  *sha256,
              gint64       now_us,
              goffset     *budget,
              gboolean    *out_whole,
              GError     **error)
{
  g_autofree char *path = mc_hub_evidence_path (self->dir, sha256);
  char hash[65];
  GStatBuf info;

  *out_whole = FALSE;
  if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > *budget)
    return TRUE;
  *budget -= info.st_size;
  if (!hash_file (path, hash, error))
    return FALSE;
  *out_whole = g_str_equal (hash, sha256);
  if (!*out_whole)
    g_unlink (path);

  return !*out_whole || mark_complete (self, sha256, info.st_size, now_us, error);
}

gboolean
mc_hub_take_evidence (McHub        *self,
                      McHubDevice  *device,
                      const char   *sha256,
                      guint64       offset,
                      guint64       total,
                      GBytes       *data,
                      gint64        now_us,
                      McNeed       *out_need,
                      GError      **error)
{
  g_autofree char *path = mc_hub_evidence_path (self->dir, sha256), *partial = NULL, *log = NULL;
  goffset budget = G_MAXOFFSET;
  guint64 have = 0;

  memset (out_need, 0, sizeof *out_need);
  g_strlcpy (out_need->sha256, sha256, sizeof out_need->sha256);
  if (!(log = find_naming_log (self, device, sha256, TRUE)))
    return TRUE;
  partial = partial_path (self, log, sha256);
  /* Another unit was faster; or the power went between the file and the row about it. */
  if (!is_complete (self, sha256, &out_need->complete, error) ||
      (!out_need->complete && !take_up_file (self, sha256, now_us, &budget, &out_need->complete, error)))
    return FALSE;
  if (out_need->complete && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_unlink (partial);
      out_need->offset = total;
      return TRUE;
    }
  out_need->complete = FALSE;
  if (!mc_hub_reserve_file (self, log, sha256, total, error) ||
      !append (partial, offset, data, total, &have, error))
    return FALSE;
  if (have >= total)
    {
      if (!finish (self, partial, sha256, total, now_us, &out_need->complete, error))
        return FALSE;
      have = out_need->complete ? total : 0;
    }
  out_need->offset = have;

  return TRUE;
}

/* How much of a file came so far. */
static guint64
partial_size (McHub      *self,
              const char *log,
              const char *sha256)
{
  g_autofree char *path = partial_path (self, log, sha256);
  GStatBuf info;

  return g_stat (path, &info) == 0 && S_ISREG (info.st_mode) ? info.st_size : 0;
}

/* Leaves what is lacking after all. */
static gboolean
take_up_files (McHub   *self,
               GArray  *lacks,
               gint64   now_us,
               GError **error)
{
  goffset budget = TAKE_UP_BYTES;

  for (guint i = lacks->len; i > 0; i--)
    {
      gboolean whole;

      if (!take_up_file (self, g_array_index (lacks, McNeed, i - 1).sha256, now_us, &budget, &whole, error))
        return FALSE;
      if (whole)
        g_array_remove_index (lacks, i - 1);
    }

  return TRUE;
}

GArray *
mc_hub_list_lacks (McHub        *self,
                   McHubDevice  *device,
                   gint64        now_us,
                   gboolean     *out_whole,
                   GError      **error)
{
  g_autoptr(GArray) lacks = g_array_new (FALSE, TRUE, sizeof (McNeed));
  g_autoptr(GHashTable) readable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  *out_whole = TRUE;
  if (!(stmt = mc_db_prepare (self->db, "SELECT e.sha256, u.log FROM evidence AS e JOIN evidence_use AS u ON u.sha256 = e.sha256"
                              " WHERE e.complete = 0 ORDER BY e.sha256", error)))
    return NULL;

  while (TRUE)
    {
      McNeed need = { 0 };
      const char *sha256, *log;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      sha256 = mc_stmt_get_text (stmt, 0);
      log = mc_stmt_get_text (stmt, 1);
      if (!g_hash_table_contains (readable, log))
        g_hash_table_insert (readable, g_strdup (log), GINT_TO_POINTER (mc_hub_may_read (self, device, log)));
      if (!GPOINTER_TO_INT (g_hash_table_lookup (readable, log)) ||
          (lacks->len > 0 && g_str_equal (g_array_index (lacks, McNeed, lacks->len - 1).sha256, sha256)))
        continue;
      if (lacks->len >= MC_NEEDS_MAX)
        {
          *out_whole = FALSE;
          break;
        }
      g_strlcpy (need.sha256, sha256, sizeof need.sha256);
      need.offset = partial_size (self, log, sha256);
      g_array_append_val (lacks, need);
    }
  g_clear_pointer (&stmt, mc_stmt_release);

  return take_up_files (self, lacks, now_us, error) ? g_steal_pointer (&lacks) : NULL;
}

/* Nobody went on with these for so long that nobody will. */
void
mc_hub_drop_old_partials (McHub  *self,
                          gint64  now_us)
{
  g_autofree char *folder = g_build_filename (self->dir, "partial", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf info;

      if (g_lstat (path, &info) == 0 && S_ISREG (info.st_mode) &&
          info.st_mtime < now_us / G_TIME_SPAN_SECOND - MC_PARTIAL_DAYS * 24 * 3600)
        g_unlink (path);
    }
}

char *
mc_hub_find_evidence (McHub       *self,
                      McHubDevice *device,
                      const char  *sha256)
{
  g_autofree char *path = NULL, *log = NULL;

  if (strlen (sha256) != 64 || strspn (sha256, "0123456789abcdef") != 64 || !(log = find_naming_log (self, device, sha256, FALSE)))
    return NULL;
  path = mc_hub_evidence_path (self->dir, sha256);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}
