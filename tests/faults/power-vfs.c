/* power-vfs.c: a layer under SQLite that knows what has reached the disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "faults/power-vfs.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define SECTOR 512

/* A write that no sync has followed. */
typedef struct
{
  gint64 offset;
  GBytes *bytes;      /* (owned) (nullable) NULL = the file ends at @offset */
} Unsynced;

typedef struct
{
  GByteArray *durable;  /* (owned) what the disk has */
  GPtrArray *writes;    /* (owned) (element-type Unsynced) */
} Dirty;

typedef struct
{
  sqlite3_file base;
  char *path;           /* (owned) (nullable) */
  sqlite3_file real[];
} File;

static sqlite3_vfs *real_vfs, vfs;
static GHashTable *dirties;   /* (owned) path → Dirty */
static char *from_dir, *to_dir;
static guint ops_left;
static GRand *chance;
static gboolean is_cut;

static void
unsynced_free (gpointer data)
{
  g_clear_pointer (&((Unsynced *) data)->bytes, g_bytes_unref);
  g_free (data);
}

static void
dirty_free (gpointer data)
{
  g_byte_array_unref (((Dirty *) data)->durable);
  g_ptr_array_unref (((Dirty *) data)->writes);
  g_free (data);
}

/* the cut */

static void
put_sectors (GByteArray *content,
             Unsynced   *one,
             gboolean    whole)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (one->bytes, &size);

  for (gsize at = 0; at < size; at += SECTOR)
    {
      gsize length = MIN (size - at, SECTOR), end = one->offset + at + length;

      if (!whole && g_rand_boolean (chance))
        continue;
      if (content->len < end)
        {
          gsize before = content->len;

          g_byte_array_set_size (content, end);
          memset (content->data + before, 0, end - before);
        }
      memcpy (content->data + one->offset + at, data + at, length);
    }
}

/* What of @path is found when the power is back. */
static void
copy_rest (const char *path,
           const char *target)
{
  Dirty *dirty = g_hash_table_lookup (dirties, path);
  guint keeps = g_rand_int_range (chance, 0, 3);   /* nothing, by sector, everything */
  g_autofree char *text = NULL;
  gsize size;

  for (guint i = 0; dirty != NULL && keeps > 0 && i < dirty->writes->len; i++)
    {
      Unsynced *one = dirty->writes->pdata[i];

      if (one->bytes != NULL)
        put_sectors (dirty->durable, one, keeps == 2);
      else if (dirty->durable->len > one->offset)
        g_byte_array_set_size (dirty->durable, one->offset);
    }
  if (dirty != NULL)
    g_assert_true (g_file_set_contents (target, (char *) dirty->durable->data, dirty->durable->len, NULL));
  else if (g_file_get_contents (path, &text, &size, NULL))
    g_assert_true (g_file_set_contents_full (target, text, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

void
power_vfs_cut (void)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (is_cut)
    return;
  is_cut = TRUE;
  g_assert_cmpint (g_mkdir_with_parents (to_dir, 0700), ==, 0);
  dir = g_dir_open (from_dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (from_dir, name, NULL), *target = g_build_filename (to_dir, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        g_mkdir (target, 0700);
      else if (!g_str_has_suffix (name, "-shm"))
        copy_rest (path, target);
    }
}

static void
tick (File *file)
{
  if (file->path != NULL && !is_cut && from_dir != NULL && g_str_has_prefix (file->path, from_dir) && --ops_left == 0)
    power_vfs_cut ();
}

/* what SQLite asks */

static void
note (File    *file,
      gint64   offset,
      GBytes  *bytes)
{
  Dirty *dirty;
  Unsynced *one;

  if (file->path == NULL)
    {
      g_clear_pointer (&bytes, g_bytes_unref);
      return;
    }
  if (!(dirty = g_hash_table_lookup (dirties, file->path)))
    {
      char *text = NULL;
      gsize size = 0;

      dirty = g_new0 (Dirty, 1);
      dirty->writes = g_ptr_array_new_with_free_func (unsynced_free);
      g_file_get_contents (file->path, &text, &size, NULL);
      dirty->durable = text != NULL ? g_byte_array_new_take ((guint8 *) text, size) : g_byte_array_new ();
      g_hash_table_insert (dirties, g_strdup (file->path), dirty);
    }
  one = g_new0 (Unsynced, 1);
  one->offset = offset;
  one->bytes = bytes;
  g_ptr_array_add (dirty->writes, one);
}

static int
file_write (sqlite3_file *base, const void *data, int size, sqlite3_int64 offset)
{
  File *self = (File *) base;

  tick (self);
  note (self, offset, g_bytes_new (data, size));

  return self->real->pMethods->xWrite (self->real, data, size, offset);
}

static int
file_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  File *self = (File *) base;

  tick (self);
  note (self, size, NULL);

  return self->real->pMethods->xTruncate (self->real, size);
}

static int
file_sync (sqlite3_file *base, int flags)
{
  File *self = (File *) base;

  tick (self);
  if (self->path != NULL)
    g_hash_table_remove (dirties, self->path);

  return SQLITE_OK;
}

static int
file_close (sqlite3_file *base)
{
  File *self = (File *) base;

  g_clear_pointer (&self->path, g_free);

  return self->real->pMethods->xClose (self->real);
}

#define PASS(name, parameters, arguments) \
  static int \
  file_##name parameters \
  { \
    sqlite3_file *real = ((File *) base)->real; \
 \
    return real->pMethods->x##name arguments; \
  }

PASS (Read, (sqlite3_file *base, void *data, int size, sqlite3_int64 offset), (real, data, size, offset))
PASS (FileSize, (sqlite3_file *base, sqlite3_int64 *size), (real, size))
PASS (Lock, (sqlite3_file *base, int lock), (real, lock))
PASS (Unlock, (sqlite3_file *base, int lock), (real, lock))
PASS (CheckReservedLock, (sqlite3_file *base, int *out), (real, out))
PASS (FileControl, (sqlite3_file *base, int op, void *arg), (real, op, arg))
PASS (SectorSize, (sqlite3_file *base), (real))
PASS (ShmMap, (sqlite3_file *base, int page, int size, int extend, void volatile **out), (real, page, size, extend, out))
PASS (ShmLock, (sqlite3_file *base, int offset, int n, int flags), (real, offset, n, flags))
PASS (ShmUnmap, (sqlite3_file *base, int remove), (real, remove))

/* Nothing is promised of a disk whose power goes. */
static int
file_characteristics (sqlite3_file *base)
{
  return 0;
}

static void
file_barrier (sqlite3_file *base)
{
  sqlite3_file *real = ((File *) base)->real;

  real->pMethods->xShmBarrier (real);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2, .xClose = file_close, .xRead = file_Read, .xWrite = file_write, .xTruncate = file_truncate,
  .xSync = file_sync, .xFileSize = file_FileSize, .xLock = file_Lock, .xUnlock = file_Unlock,
  .xCheckReservedLock = file_CheckReservedLock, .xFileControl = file_FileControl, .xSectorSize = file_SectorSize,
  .xDeviceCharacteristics = file_characteristics, .xShmMap = file_ShmMap, .xShmLock = file_ShmLock,
  .xShmBarrier = file_barrier, .xShmUnmap = file_ShmUnmap,
};

static int
vfs_open (sqlite3_vfs *self, const char *name, sqlite3_file *base, int flags, int *out_flags)
{
  File *file = (File *) base;
  int rc;

  base->pMethods = NULL;
  rc = real_vfs->xOpen (real_vfs, name, file->real, flags, out_flags);
  if (rc != SQLITE_OK)
    return rc;
  file->path = name != NULL ? g_strdup (name) : NULL;
  base->pMethods = &methods;

  return SQLITE_OK;
}

static int
vfs_delete (sqlite3_vfs *self, const char *name, int sync_dir)
{
  g_hash_table_remove (dirties, name);

  return real_vfs->xDelete (real_vfs, name, sync_dir);
}

void
power_vfs_install (void)
{
  real_vfs = sqlite3_vfs_find (NULL);
  vfs = *real_vfs;
  vfs.zName = "power";
  vfs.szOsFile = sizeof (File) + real_vfs->szOsFile;
  vfs.xOpen = vfs_open;
  vfs.xDelete = vfs_delete;
  vfs.pNext = NULL;
  dirties = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, dirty_free);
  g_assert_cmpint (sqlite3_vfs_register (&vfs, TRUE), ==, SQLITE_OK);
}

void
power_vfs_arm (const char *dir,
               const char *to,
               guint       ops,
               guint32     seed)
{
  g_free (from_dir);
  g_free (to_dir);
  from_dir = g_strdup (dir);
  to_dir = g_strdup (to);
  ops_left = ops;
  is_cut = FALSE;
  g_clear_pointer (&chance, g_rand_free);
  chance = g_rand_new_with_seed (seed);
}

gboolean
power_vfs_is_cut (void)
{
  return is_cut;
}
