/* mc-copy-file.c: a file that has really arrived on another disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-copy-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/mc-error.h"

#define PIECE_BYTES (256 * 1024)

static gboolean
set_io_error (GError     **error,
              const char  *path,
              int          number)
{
  g_set_error (error, MC_STORE_ERROR,
               number == ENOSPC || number == EDQUOT || number == EFBIG ? MC_STORE_ERROR_NO_SPACE
               : number == EROFS || number == EACCES || number == EPERM ? MC_STORE_ERROR_READ_ONLY
               : number == ENOENT ? MC_STORE_ERROR_NOT_FOUND
               : MC_STORE_ERROR_FAILED,
               "%s: %s", path, g_strerror (number));

  return FALSE;
}

static gboolean
write_all (int           fd,
           const guint8 *data,
           gsize         size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      size -= n;
    }

  return TRUE;
}

/* The hash of what @from gives; written to @to unless that is negative. */
static char *
pump (int            from,
      const char    *from_path,
      int            to,
      const char    *to_path,
      McCopyFunc     func,
      gpointer       user_data,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  gssize n;

  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      n = read (from, piece, PIECE_BYTES);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          set_io_error (error, from_path, errno);
          return NULL;
        }
      if (n == 0)
        return g_strdup (g_checksum_get_string (sum));
      g_checksum_update (sum, piece, n);
      if (to >= 0 && !write_all (to, piece, n))
        {
          set_io_error (error, to_path, errno);
          return NULL;
        }
      if (func != NULL)
        func (n, user_data);
    }

  return NULL;
}

static gboolean
must_be (const char  *sha256,
         const char  *expected,
         const char  *path,
         GError     **error)
{
  if (g_str_equal (sha256, expected))
    return TRUE;
  g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_CORRUPT, "%s is damaged: it hashes to %s, not to %s", path, sha256, expected);

  return FALSE;
}

/* Copies into @part and compares what the device gives back. */
static char *
fill (int            from,
      const char    *from_path,
      const char    *part,
      const char    *sha256,
      McCopyFunc     func,
      gpointer       user_data,
      GCancellable  *cancellable,
      GError       **error)
{
  g_autofree char *written = NULL, *read_back = NULL;
  int to = g_open (part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (to < 0)
    {
      set_io_error (error, part, errno);
      return NULL;
    }
  if ((written = pump (from, from_path, to, part, func, user_data, cancellable, error)) &&
      (sha256 == NULL || must_be (written, sha256, from_path, error)))
    {
      if (fsync (to) != 0)
        set_io_error (error, part, errno);
      else
        {
          /* From the device, not from memory, as far as the system can be asked to. */
          posix_fadvise (to, 0, 0, POSIX_FADV_DONTNEED);
          lseek (to, 0, SEEK_SET);
          read_back = pump (to, part, -1, NULL, NULL, NULL, cancellable, error);
        }
    }
  close (to);

  return read_back != NULL && must_be (read_back, written, part, error) ? g_steal_pointer (&written) : NULL;
}

char *
mc_copy_file (const char    *from,
              const char    *to,
              const char    *sha256,
              McCopyFunc     func,
              gpointer       user_data,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autofree char *part = g_strconcat (to, ".part", NULL), *hash = NULL;
  int fd = g_open (from, O_RDONLY | O_CLOEXEC, 0);

  if (fd < 0)
    {
      set_io_error (error, from, errno);
      return NULL;
    }
  hash = fill (fd, from, part, sha256, func, user_data, cancellable, error);
  close (fd);
  if (hash != NULL && g_rename (part, to) != 0)
    {
      set_io_error (error, to, errno);
      g_clear_pointer (&hash, g_free);
    }
  if (hash == NULL)
    g_unlink (part);

  return g_steal_pointer (&hash);
}

gboolean
mc_sync_folder (const char  *path,
                GError     **error)
{
  int fd = g_open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && (fsync (fd) == 0 || errno == EINVAL || errno == ENOTSUP);

  if (!done)
    set_io_error (error, path, errno);
  if (fd >= 0)
    close (fd);

  return done;
}
