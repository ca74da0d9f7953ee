/* power.c: a disk whose power goes, to be preloaded into a program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands under SQLite's own file layer and under everything else that writes below MC_POWER_DIR.  What is written there
 * is seen at once, as through a page cache, but is kept on the day of the cut only if it was fsynced; of the rest each
 * sector survives or not by chance, and names that were made, moved or removed are undone if their folder was not.
 *
 *   MC_POWER_DIR   folder that is watched
 *   MC_POWER_CUT   the power goes before that many-th write, sync or renaming; "exit": as soon as the program ends; "told": at SIGUSR2
 *   MC_POWER_SEED  which sectors survive
 *   MC_POWER_LIES  if set, fsync says yes and does nothing
 */

#define _GNU_SOURCE
/* The 32-bit names and the 64-bit ones are defined here beside each other. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512

/* A write that no fsync has followed. */
typedef struct
{
  off_t offset;
  gsize size;
  guint8 *bytes;        /* (owned) (nullable) NULL = cut to @offset bytes */
} Unsynced;

/* A file of which something is not on the disk yet. */
typedef struct
{
  char *path;           /* (owned) where its content can be put back */
  dev_t device;
  ino_t inode;
  guint8 *durable;      /* (owned) what is on the disk */
  gsize durable_size;
  GPtrArray *writes;    /* (owned) (element-type Unsynced) */
} Dirty;

/* A name that its folder was not fsynced after. */
typedef struct
{
  char *dir, *name;     /* (owned) */
  char *from;           /* (owned) (nullable) it was moved from there */
  char *old;            /* (owned) (nullable) a link to what the name stood for before */
  gboolean is_dir;
} Entry;

static GMutex lock;
static GPtrArray *dirties, *entries;
static const char *dir;
static char *undo_dir;
static gint64 ops_left = G_MAXINT64;
static gboolean at_exit, lies, is_cut;
static guint64 chance;
static guint n_links;

#define REAL(name) ((typeof (&name)) dlsym (RTLD_NEXT, #name))

static guint64
draw (void)
{
  chance ^= chance << 13;
  chance ^= chance >> 7;
  chance ^= chance << 17;

  return chance;
}

static gboolean
is_watched (const char *path)
{
  return dir != NULL && path != NULL && g_str_has_prefix (path, dir) && path[strlen (dir)] == '/' &&
         !g_str_has_suffix (path, "-shm");   /* made anew after a cut */
}

static char *
path_of (int fd)
{
  char link[64], path[4096];
  ssize_t n;

  if (dir == NULL)
    return NULL;
  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  if ((n = readlink (link, path, sizeof path - 1)) <= 0)
    return NULL;
  path[n] = '\0';

  return is_watched (path) || g_str_equal (path, dir) ? g_strdup (path) : NULL;
}

/* the cut */

static void
put_back_content (Dirty *dirty)
{
  guint64 keeps = draw () % 3;   /* nothing, by sector, everything */
  int fd = REAL (open) (dirty->path, O_RDWR | O_CLOEXEC);

  if (fd < 0)
    return;
  if (REAL (ftruncate) (fd, 0) != 0 || REAL (pwrite) (fd, dirty->durable, dirty->durable_size, 0) != (ssize_t) dirty->durable_size)
    abort ();
  for (guint i = 0; i < dirty->writes->len; i++)
    {
      Unsynced *one = dirty->writes->pdata[i];

      if (one->bytes == NULL && keeps > 0 && REAL (ftruncate) (fd, one->offset) != 0)
        abort ();
      for (gsize at = 0; one->bytes != NULL && at < one->size; )
        {
          gsize size = MIN (SECTOR - (one->offset + at) % SECTOR, one->size - at);

          if ((keeps == 2 || (keeps == 1 && draw () % 2)) &&
              REAL (pwrite) (fd, one->bytes + at, size, one->offset + at) != (ssize_t) size)
            abort ();
          at += size;
        }
    }
  REAL (close) (fd);
}

static void
put_back_name (Entry *entry)
{
  if (entry->is_dir)
    rmdir (entry->name);
  else if (entry->from != NULL)
    REAL (rename) (entry->name, entry->from);
  else if (entry->old == NULL)
    REAL (unlink) (entry->name);
  if (entry->old != NULL)
    REAL (rename) (entry->old, entry->name);
}

static void
cut_power (void)
{
  guint keep;

  is_cut = TRUE;
  for (guint i = 0; i < dirties->len; i++)
    put_back_content (dirties->pdata[i]);
  /* Names go to the disk in their order. */
  keep = draw () % (entries->len + 1);
  for (guint i = entries->len; i > keep; i--)
    put_back_name (entries->pdata[i - 1]);
  kill (getpid (), SIGKILL);
  while (TRUE)
    pause ();
}

/* Held by whoever does something that the disk sees. */
static void
enter (void)
{
  g_mutex_lock (&lock);
  if (!at_exit && --ops_left < 0 && !is_cut)
    cut_power ();
}

static void
leave (void)
{
  g_mutex_unlock (&lock);
}

/* The program has said what it had to say; the marker tells the test that it ended well. */
static void
end_cb (int   status,
        void *data)
{
  g_autofree char *marker = g_strconcat (undo_dir, "/ended", NULL);

  g_mutex_lock (&lock);
  if (status == 0)
    REAL (close) (REAL (open) (marker, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  cut_power ();
}

/* content */

static Dirty *
find_dirty (int         fd,
            const char *path)
{
  struct stat info;
  Dirty *dirty;
  int again;

  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    return NULL;
  for (guint i = 0; i < dirties->len; i++)
    {
      dirty = dirties->pdata[i];
      if (dirty->inode == info.st_ino && dirty->device == info.st_dev)
        return dirty;
    }
  dirty = g_new0 (Dirty, 1);
  dirty->path = g_strdup (path);
  dirty->device = info.st_dev;
  dirty->inode = info.st_ino;
  dirty->writes = g_ptr_array_new ();
  dirty->durable = g_malloc (info.st_size + 1);
  again = REAL (open) (path, O_RDONLY | O_CLOEXEC);
  if (again >= 0)
    {
      ssize_t n = REAL (pread) (again, dirty->durable, info.st_size, 0);

      dirty->durable_size = MAX (n, 0);
      REAL (close) (again);
    }
  g_ptr_array_add (dirties, dirty);

  return dirty;
}

static void
note_write (int         fd,
            const char *path,
            const void *bytes,
            gsize       size,
            off_t       offset)
{
  Dirty *dirty = find_dirty (fd, path);
  Unsynced *one = g_new0 (Unsynced, 1);

  if (dirty == NULL)
    return;
  one->offset = offset;
  one->size = size;
  one->bytes = bytes != NULL ? g_memdup2 (bytes, size) : NULL;
  g_ptr_array_add (dirty->writes, one);
}

static void
forget_dirty (int fd)
{
  struct stat info;

  if (fstat (fd, &info) != 0)
    return;
  for (guint i = 0; i < dirties->len; i++)
    {
      Dirty *dirty = dirties->pdata[i];

      if (dirty->inode != info.st_ino || dirty->device != info.st_dev)
        continue;
      for (guint k = 0; k < dirty->writes->len; k++)
        {
          g_free (((Unsynced *) dirty->writes->pdata[k])->bytes);
          g_free (dirty->writes->pdata[k]);
        }
      g_ptr_array_unref (dirty->writes);
      g_free (dirty->durable);
      g_free (dirty->path);
      g_free (dirty);
      g_ptr_array_remove_index_fast (dirties, i);
      return;
    }
}

#define WRITE(name, offset_type)                                            \
  ssize_t                                                                   \
  name (int fd, const void *bytes, size_t size, offset_type offset)         \
  {                                                                         \
    g_autofree char *path = path_of (fd);                                   \
    ssize_t n;                                                              \
                                                                            \
    if (path == NULL)                                                       \
      return REAL (name) (fd, bytes, size, offset);                         \
    enter ();                                                               \
    note_write (fd, path, bytes, size, offset);                             \
    n = REAL (name) (fd, bytes, size, offset);                              \
    leave ();                                                               \
    return n;                                                               \
  }

WRITE (pwrite, off_t)
WRITE (pwrite64, off64_t)

ssize_t
write (int         fd,
       const void *bytes,
       size_t      size)
{
  g_autofree char *path = path_of (fd);
  ssize_t n;

  if (path == NULL)
    return REAL (write) (fd, bytes, size);
  enter ();
  note_write (fd, path, bytes, size, lseek (fd, 0, SEEK_CUR));
  n = REAL (write) (fd, bytes, size);
  leave ();

  return n;
}

#define TRUNCATE(name, offset_type)                                         \
  int                                                                       \
  name (int fd, offset_type size)                                           \
  {                                                                         \
    g_autofree char *path = path_of (fd);                                   \
    int status;                                                             \
                                                                            \
    if (path == NULL)                                                       \
      return REAL (name) (fd, size);                                        \
    enter ();                                                               \
    note_write (fd, path, NULL, 0, size);                                   \
    status = REAL (name) (fd, size);                                        \
    leave ();                                                               \
    return status;                                                          \
  }

TRUNCATE (ftruncate, off_t)
TRUNCATE (ftruncate64, off64_t)

static void
note_sync (int         fd,
           const char *path)
{
  struct stat info;

  enter ();
  if (fstat (fd, &info) == 0 && S_ISDIR (info.st_mode))
    {
      for (guint i = entries->len; i > 0; i--)
        if (g_str_equal (((Entry *) entries->pdata[i - 1])->dir, path))
          g_ptr_array_remove_index (entries, i - 1);
    }
  else
    forget_dirty (fd);
  leave ();
}

#define SYNC(name)                                                          \
  int                                                                       \
  name (int fd)                                                             \
  {                                                                         \
    g_autofree char *path = path_of (fd);                                   \
                                                                            \
    if (path != NULL && !lies)                                              \
      note_sync (fd, path);                                                 \
    return path != NULL ? 0 : REAL (name) (fd);                             \
  }

SYNC (fsync)
SYNC (fdatasync)

/* names */

static Entry *
add_entry (const char *name)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->dir = g_path_get_dirname (name);
  entry->name = g_strdup (name);
  g_ptr_array_add (entries, entry);

  return entry;
}

/* A second name for what @path stands for now. */
static char *
link_aside (const char *path)
{
  char *aside = g_strdup_printf ("%s/%d-%u", undo_dir, getpid (), n_links++);

  if (link (path, aside) == 0)
    return aside;
  g_free (aside);

  return NULL;
}

/* Its inode may soon be another file's. */
static void
forget_path (const char *path)
{
  int fd = REAL (open) (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  forget_dirty (fd);
  REAL (close) (fd);
}

int
rename (const char *from,
        const char *to)
{
  int status;

  if (!is_watched (from) || !is_watched (to))
    return REAL (rename) (from, to);
  enter ();
  forget_path (to);
  {
    char *old = link_aside (to);
    Entry *entry = add_entry (to);

    entry->from = g_strdup (from);
    entry->old = old;
  }
  status = REAL (rename) (from, to);
  for (guint i = 0; i < dirties->len; i++)
    {
      Dirty *dirty = dirties->pdata[i];

      if (g_str_equal (dirty->path, from))
        {
          g_free (dirty->path);
          dirty->path = g_strdup (to);
        }
    }
  leave ();

  return status;
}

int
unlink (const char *path)
{
  int status;
  char *old;

  if (!is_watched (path))
    return REAL (unlink) (path);
  enter ();
  forget_path (path);
  if ((old = link_aside (path)) != NULL)
    add_entry (path)->old = old;
  status = REAL (unlink) (path);
  leave ();

  return status;
}

int
mkdir (const char *path,
       mode_t      mode)
{
  int status;

  if (!is_watched (path))
    return REAL (mkdir) (path, mode);
  enter ();
  if ((status = REAL (mkdir) (path, mode)) == 0)
    add_entry (path)->is_dir = TRUE;
  leave ();

  return status;
}

#define OPEN(name)                                                          \
  int                                                                       \
  name (const char *path, int flags, ...)                                   \
  {                                                                         \
    va_list rest;                                                           \
    mode_t mode;                                                            \
    gboolean is_new;                                                        \
    int fd;                                                                 \
                                                                            \
    va_start (rest, flags);                                                 \
    mode = flags & O_CREAT ? va_arg (rest, mode_t) : 0;                     \
    va_end (rest);                                                          \
    is_new = (flags & O_CREAT) && is_watched (path) && access (path, F_OK) != 0;  \
    if (is_new)                                                             \
      enter ();                                                             \
    fd = REAL (name) (path, flags, mode);                                   \
    if (is_new && fd >= 0)                                                  \
      add_entry (path);                                                     \
    if (is_new)                                                             \
      leave ();                                                             \
    return fd;                                                              \
  }

OPEN (open)
OPEN (open64)

/* beginning */

/* A handler could not wait for the lock; nobody else hears the signal. */
static gpointer
hear (gpointer data)
{
  sigset_t told;
  int number;

  sigemptyset (&told);
  sigaddset (&told, SIGUSR2);
  while (sigwait (&told, &number) != 0)
    ;
  g_mutex_lock (&lock);
  cut_power ();

  return NULL;
}

static void
wait_to_be_told (void)
{
  sigset_t told;

  sigemptyset (&told);
  sigaddset (&told, SIGUSR2);
  pthread_sigmask (SIG_BLOCK, &told, NULL);
  g_thread_unref (g_thread_new ("power", hear, NULL));
}

__attribute__((constructor)) static void
begin (void)
{
  const char *cut = getenv ("MC_POWER_CUT"), *seed = getenv ("MC_POWER_SEED");

  dir = getenv ("MC_POWER_DIR");
  if (dir == NULL || cut == NULL)
    {
      dir = NULL;
      return;
    }
  dirties = g_ptr_array_new ();
  entries = g_ptr_array_new ();
  undo_dir = g_strconcat (dir, ".undo", NULL);
  REAL (mkdir) (undo_dir, 0700);
  at_exit = strcmp (cut, "exit") == 0;
  if (g_ascii_isdigit (cut[0]))
    ops_left = atoll (cut);
  chance = (seed != NULL ? strtoull (seed, NULL, 10) : 1) * 0x9e3779b97f4a7c15ull + 1;
  lies = getenv ("MC_POWER_LIES") != NULL;
  if (at_exit)
    on_exit (end_cb, NULL);
  if (strcmp (cut, "told") == 0)
    wait_to_be_told ();
}
