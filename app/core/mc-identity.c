/* mc-identity.c: what a store folder knows about itself outside its database
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   identity    JSON, 0600: home nonce and machine; the database holds the same nonce
 *   high-water  how many changes this incarnation has written, as 8 bytes; not fsynced, it may lag but never leads
 *   in-use      locked shared by whoever has the store open; not empty after an end nobody closed it in
 *   opening     locked while a store is opened
 *   reserve     given back to the file system when the disk is full, so that the last save fits
 */

#include "core/mc-identity.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "core/mc-json.h"

#define RESERVE_BYTES (2 * 1024 * 1024)

struct _McIdentity
{
  char *dir;          /* (owned) */
  char *home;         /* (owned) (nullable) */
  char *machine;      /* (owned) (nullable) */
  guint64 high_water;
  int opening_fd;
  int in_use_fd;
  int high_water_fd;
  gboolean ended_badly;
};

static int
open_file (McIdentity  *self,
           const char  *name,
           GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, name, NULL);
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    g_set_error (error, MC_STORE_ERROR,
                 errno == ENOSPC ? MC_STORE_ERROR_NO_SPACE
                 : errno == EACCES || errno == EROFS || errno == EPERM ? MC_STORE_ERROR_READ_ONLY
                 : MC_STORE_ERROR_FAILED,
                 "Could not open %s: %s", path, g_strerror (errno));

  return fd;
}

static void
read_identity (McIdentity *self)
{
  g_autofree char *path = g_build_filename (self->dir, "identity", NULL);
  g_autofree char *text = NULL;
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;

  /* A file that is missing or damaged is the same as none: the store then takes a new incarnation. */
  if (!g_file_get_contents (path, &text, NULL, NULL) ||
      !(node = json_from_string (text, NULL)) || !JSON_NODE_HOLDS_OBJECT (node))
    return;

  object = json_node_get_object (node);
  self->home = g_strdup (mc_json_get_text (object, "home", NULL));
  self->machine = g_strdup (mc_json_get_text (object, "machine", NULL));
}

static void
take_use (McIdentity *self)
{
  struct stat info;

  if (flock (self->in_use_fd, LOCK_EX | LOCK_NB) == 0)
    {
      self->ended_badly = fstat (self->in_use_fd, &info) == 0 && info.st_size > 0;
      if (!self->ended_badly && write (self->in_use_fd, "1", 1) != 1)
        g_debug ("The mark of use could not be written: %s", g_strerror (errno));
    }

  flock (self->in_use_fd, LOCK_SH);
}

/**
 * mc_identity_open:
 * @dir: folder of the store, which exists
 * @error: return location for an error in the %MC_STORE_ERROR domain
 *
 * Reads the files and holds the lock of opening until mc_identity_unlock().  Blocks while another process
 * opens the same store.
 *
 * Returns: (transfer full) (nullable): the identity
 */
McIdentity *
mc_identity_open (const char  *dir,
                  GError     **error)
{
  g_autoptr(McIdentity) self = g_new0 (McIdentity, 1);
  guint64 high_water;

  self->dir = g_strdup (dir);
  self->in_use_fd = self->high_water_fd = -1;
  self->opening_fd = open_file (self, "opening", error);
  if (self->opening_fd < 0)
    return NULL;
  flock (self->opening_fd, LOCK_EX);

  if ((self->in_use_fd = open_file (self, "in-use", error)) < 0 ||
      (self->high_water_fd = open_file (self, "high-water", error)) < 0)
    return NULL;

  if (pread (self->high_water_fd, &high_water, sizeof high_water, 0) == sizeof high_water)
    self->high_water = GUINT64_FROM_BE (high_water);
  read_identity (self);
  take_use (self);

  return g_steal_pointer (&self);
}

void
mc_identity_close (McIdentity *self)
{
  if (self->in_use_fd >= 0)
    {
      if (flock (self->in_use_fd, LOCK_EX | LOCK_NB) == 0 && ftruncate (self->in_use_fd, 0) != 0)
        g_debug ("The mark of use could not be cleared: %s", g_strerror (errno));
      close (self->in_use_fd);
    }
  if (self->high_water_fd >= 0)
    close (self->high_water_fd);
  if (self->opening_fd >= 0)
    close (self->opening_fd);
  g_free (self->dir);
  g_free (self->home);
  g_free (self->machine);
  g_free (self);
}

void
mc_identity_unlock (McIdentity *self)
{
  flock (self->opening_fd, LOCK_UN);
}

/* Whether the last program that had the store open alone did not close it. */
gboolean
mc_identity_ended_badly (McIdentity *self)
{
  return self->ended_badly;
}

const char *
mc_identity_get_home (McIdentity *self)
{
  return self->home;
}

const char *
mc_identity_get_machine (McIdentity *self)
{
  return self->machine;
}

guint64
mc_identity_get_high_water (McIdentity *self)
{
  return self->high_water;
}

/**
 * mc_identity_renew:
 * @self: an identity
 * @home: the new nonce
 * @machine: what identifies the machine
 * @error: return location for an error
 *
 * Writes the file anew and sets the high-water mark to 0.
 *
 * Returns: %TRUE once it is on disk
 */
gboolean
mc_identity_renew (McIdentity  *self,
                   const char  *home,
                   const char  *machine,
                   GError     **error)
{
  g_autofree char *path = g_build_filename (self->dir, "identity", NULL);
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = NULL;

  json_object_set_string_member (object, "home", home);
  json_object_set_string_member (object, "machine", machine != NULL ? machine : "");
  text = mc_json_to_text (node, TRUE);

  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_DURABLE | G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, error))
    return FALSE;

  /* @machine may be what is kept already. */
  if (self->home != home)
    {
      g_free (self->home);
      self->home = g_strdup (home);
    }
  if (self->machine != machine)
    {
      g_free (self->machine);
      self->machine = g_strdup (machine);
    }
  self->high_water = 0;
  if (ftruncate (self->high_water_fd, 0) != 0)
    g_debug ("The high-water mark could not be cleared: %s", g_strerror (errno));

  return TRUE;
}

void
mc_identity_note_high_water (McIdentity *self,
                             guint64     n)
{
  guint64 value = GUINT64_TO_BE (n);

  if (n <= self->high_water)
    return;

  self->high_water = n;
  if (pwrite (self->high_water_fd, &value, sizeof value, 0) != sizeof value)
    g_debug ("The high-water mark could not be written: %s", g_strerror (errno));
}

gboolean
mc_identity_give_up_reserve (McIdentity *self)
{
  g_autofree char *path = g_build_filename (self->dir, "reserve", NULL);

  return g_unlink (path) == 0;
}

void
mc_identity_refill_reserve (McIdentity *self)
{
  g_autofree char *path = g_build_filename (self->dir, "reserve", NULL);
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    return;
  if (posix_fallocate (fd, 0, RESERVE_BYTES) != 0)
    g_unlink (path);
  close (fd);
}
