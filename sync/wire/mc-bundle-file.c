/* mc-bundle-file.c: bundles as files on a stick
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-bundle-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "wire/mc-sync-error.h"

#define BUFFER_BYTES (64 * 1024)

struct _McBundleFile
{
  McBundleSealer *sealer;  /* (owned) */
  char *path;              /* (owned) */
  char *temporary;         /* (owned) beside it */
  int fd;                  /* −1 = closed */
  GChecksum *checksum;     /* (owned) of what was written */
};

static gboolean
failed (const char  *path,
        GError     **error)
{
  g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_LOCAL, "%s: %s", path, g_strerror (errno));

  return FALSE;
}

static gboolean
flush (McBundleFile  *self,
       GError       **error)
{
  g_autoptr(GBytes) bytes = mc_bundle_sealer_take (self->sealer);
  gsize size, at = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  while (at < size)
    {
      ssize_t done = write (self->fd, data + at, size - at);

      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        return failed (self->path, error);
      at += done;
    }
  if (size > 0)
    g_checksum_update (self->checksum, data, size);

  return TRUE;
}

/**
 * mc_bundle_file_new:
 * @path: the file; one of that name is replaced when the new one is whole
 * @kind: what it will be
 * @hub_id: the hub that it goes to or comes from
 * @keys: (array length=n_keys): Ed25519 public keys of the readers
 * @n_keys: how many
 * @error: return location for %MC_SYNC_ERROR_LOCAL
 *
 * Returns: (transfer full) (nullable): a file that has no name yet
 */
McBundleFile *
mc_bundle_file_new (const char    *path,
                    McBundleKind   kind,
                    const guint8   hub_id[MC_ID_BYTES],
                    const guint8  *keys,
                    guint          n_keys,
                    GError       **error)
{
  g_autoptr(McBundleFile) self = g_new0 (McBundleFile, 1);

  self->path = g_strdup (path);
  self->temporary = g_strconcat (path, ".part", NULL);
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  self->sealer = mc_bundle_sealer_new (kind, hub_id, keys, n_keys);
  self->fd = g_open (self->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      failed (path, error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
mc_bundle_file_free (McBundleFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  mc_bundle_sealer_free (self->sealer);
  g_checksum_free (self->checksum);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

gboolean
mc_bundle_file_write (McBundleFile   *self,
                      gconstpointer   data,
                      gsize           size,
                      GError        **error)
{
  mc_bundle_sealer_add (self->sealer, data, size);

  return flush (self, error);
}

/* Hashes what the stick gives back, not what the kernel remembers having given it. */
static gboolean
read_back (McBundleFile  *self,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (BUFFER_BYTES);
  int fd = g_open (self->temporary, O_RDONLY | O_CLOEXEC, 0);
  ssize_t got;

  if (fd < 0)
    return failed (self->path, error);
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  while ((got = read (fd, buffer, BUFFER_BYTES)) > 0 || (got < 0 && errno == EINTR))
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          close (fd);
          return FALSE;
        }
      if (got > 0)
        g_checksum_update (checksum, buffer, got);
    }
  if (got < 0)
    failed (self->path, error);
  close (fd);
  if (got < 0)
    return FALSE;
  if (!g_str_equal (g_checksum_get_string (checksum), g_checksum_get_string (self->checksum)))
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_LOCAL, "%s was written, and reads back as something else: use another stick",
                   self->path);
      return FALSE;
    }

  return TRUE;
}

static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  /* Not every file system of a stick can; the file itself was flushed. */
  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

/**
 * mc_bundle_file_close:
 * @self: a file to which everything was written
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for %MC_SYNC_ERROR_LOCAL or %G_IO_ERROR_CANCELLED
 *
 * Ends the bundle, flushes it, reads it back and gives it its name.  After an error there is no file of it; one that
 * had the name before is untouched.
 *
 * Returns: %TRUE if the stick may be drawn
 */
gboolean
mc_bundle_file_close (McBundleFile  *self,
                      GCancellable  *cancellable,
                      GError       **error)
{
  gboolean done;

  mc_bundle_sealer_end (self->sealer);
  done = flush (self, error) && (fsync (self->fd) == 0 || failed (self->path, error));
  if (close (self->fd) != 0 && done)
    done = failed (self->path, error);
  self->fd = -1;
  done = done && read_back (self, cancellable, error) &&
         (g_rename (self->temporary, self->path) == 0 || failed (self->path, error));
  if (done)
    {
      sync_folder (self->path);
      g_clear_pointer (&self->temporary, g_free);
    }

  return done;
}

static gboolean
open_pieces (McBundleOpener     *opener,
             McBundlePieceFunc   func,
             gpointer            user_data,
             GError            **error)
{
  g_autoptr(GError) local_error = NULL;
  GBytes *piece;

  while (mc_bundle_opener_next (opener, &piece, &local_error))
    {
      gboolean done = func (piece, user_data, error);

      g_bytes_unref (piece);
      if (!done)
        return FALSE;
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/**
 * mc_bundle_file_read:
 * @path: a file
 * @opener: knows which bundle it must be, and has the key
 * @func: (scope call): called with each piece
 * @user_data: for @func
 * @cancellable: (nullable): a #GCancellable
 * @error: return location for an error of @func, of @opener, %MC_SYNC_ERROR_LOCAL or %G_IO_ERROR_CANCELLED
 *
 * What came before an error was handed to @func; only the end says that it was whole.
 *
 * Returns: %TRUE if it was read to its end
 */
gboolean
mc_bundle_file_read (const char         *path,
                     McBundleOpener     *opener,
                     McBundlePieceFunc   func,
                     gpointer            user_data,
                     GCancellable       *cancellable,
                     GError            **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_BYTES);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean done = TRUE;
  ssize_t got = 0;

  if (fd < 0)
    return failed (path, error);
  while (done && ((got = read (fd, buffer, BUFFER_BYTES)) > 0 || (got < 0 && errno == EINTR)))
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        done = FALSE;
      else if (got > 0)
        {
          mc_bundle_opener_push (opener, buffer, got);
          done = open_pieces (opener, func, user_data, error);
        }
    }
  if (done && got < 0)
    done = failed (path, error);
  close (fd);

  return done && mc_bundle_opener_finish (opener, error);
}
