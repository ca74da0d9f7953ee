/* test-disk.c: disks that are full or cannot be written, at a commune and at the hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The disks are small ones in memory, in a mount namespace of this program's own.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "stories/story.h"
#include "wire/mc-sync-error.h"

static const char *no_mounts;   /* why this machine lets us mount nothing, or NULL */

static gboolean
write_text (const char *path,
            const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean done = fd >= 0 && write (fd, text, strlen (text)) == (ssize_t) strlen (text);

  if (fd >= 0)
    close (fd);

  return done;
}

/* Before there is a second thread. */
static void
enter_namespace (void)
{
  char map[64];
  uid_t uid = getuid ();
  gid_t gid = getgid ();

  if (unshare (CLONE_NEWNS) != 0)
    {
      if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
        {
          no_mounts = "neither root nor user namespaces";
          return;
        }
      g_snprintf (map, sizeof map, "0 %u 1", uid);
      write_text ("/proc/self/uid_map", map);
      write_text ("/proc/self/setgroups", "deny");
      g_snprintf (map, sizeof map, "0 %u 1", gid);
      write_text ("/proc/self/gid_map", map);
    }
  if (mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    no_mounts = "mounting is forbidden";
}

static gboolean
can_mount (void)
{
  if (no_mounts != NULL)
    g_test_skip (no_mounts);

  return no_mounts == NULL;
}

/* Moves @from to a disk of @size. */
static char *
move_to_disk (Story      *story,
              const char *from,
              const char *name,
              const char *size)
{
  g_autofree char *disk = g_build_filename (story->ends.dir, name, NULL), *options = g_strconcat ("size=", size, NULL);
  g_autofree char *base = g_path_get_basename (from);

  g_assert_cmpint (g_mkdir (disk, 0700), ==, 0);
  g_assert_cmpint (mount ("none", disk, "tmpfs", 0, options), ==, 0);
  copy_tree (from, disk);

  return g_build_filename (disk, base, NULL);
}

static void
move_town (Story      *story,
           const char *size)
{
  g_autofree char *dir = NULL;

  g_clear_pointer (&story->journal, mc_journal_close);
  dir = move_to_disk (story, story->account->dir, "disk", size);
  mc_account_free (story->account);
  story->account = mc_account_load (dir, NULL);
  story->journal = open_journal (&story->ends, story->account);
}

static void
move_hub (Story      *story,
          const char *size)
{
  char *dir;

  stop_hub (&story->ends, SIGTERM);
  dir = move_to_disk (story, story->ends.hub_dir, "hub-disk", size);
  g_free (story->ends.hub_dir);
  story->ends.hub_dir = dir;
  start_hub (&story->ends);
}

static char *
fill (const char *dir)
{
  char *path = g_build_filename (dir, "something-else", NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  char block[4096] = { 1 };

  while (write (fd, block, sizeof block) == (ssize_t) sizeof block)
    continue;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);

  return path;
}

static gboolean
try_save (Story   *story,
          int      number,
          GError **error)
{
  g_autofree char *id = mc_id_new (NOW);
  g_autoptr(McRecord) record = mc_record_new_empty (id, TOWN, "certified-copy", mc_pack_get_id (story->ends.pack), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();

  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set_text (edit, record, "document", "Giấy khai sinh");

  return mc_journal_save (story->journal, edit, NOW + number, NULL, error);
}

static guint
count_hidden (const char *dir)
{
  g_autoptr(GDir) folder = g_dir_open (dir, 0, NULL);
  const char *name;
  guint count = 0;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    count += *name == '.';

  return count;
}

static void
assert_whole (const char *dir,
              const char *name)
{
  g_assert_cmpint (ask (dir, name, "SELECT count (*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), ==, 0);
}

/* On a full disk the save at hand still fits, the next ones are refused in words, and nothing is half there; with room
 * again everything that was told saved arrives. */
static void
test_22_commune (Story *story, gconstpointer data)
{
  g_autofree char *evidence = NULL, *other = NULL, *folder = NULL;
  g_autoptr(GBytes) big = g_bytes_new_take (g_malloc0 (900 * 1000), 900 * 1000);
  g_autoptr(McEvidence) attached = NULL;
  g_autoptr(GError) error = NULL;
  guint n_saved = 0, n_waiting;

  if (!can_mount ())
    return;
  move_town (story, "6m");
  folder = g_path_get_dirname (story->account->dir);
  evidence = g_build_filename (story->account->dir, "evidence", NULL);
  for (int i = 1; i <= 3; i++)
    n_saved += try_save (story, i, NULL);
  g_assert_cmpuint (n_saved, ==, 3);
  other = fill (folder);
  attached = mc_journal_attach_bytes (story->journal, big, "ảnh.jpg", NOW, &error);
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_cmpuint (count_hidden (evidence), ==, 0);

  g_assert_true (try_save (story, 4, NULL));
  n_saved++;
  g_free (fill (folder));
  while (try_save (story, n_saved + 1, &error) && n_saved < 2000)
    n_saved++;
  g_test_message ("%u saved before: %s", n_saved, error->message);
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_cmpuint (count_rows (story->journal, "certified-copy"), ==, n_saved);
  n_waiting = count_pending (story->journal);
  g_assert_cmpuint (n_waiting, ==, n_saved);
  g_assert_false (try_sync (story, &error));
  g_test_message ("sync says: %s", error->message);
  g_clear_error (&error);

  g_assert_cmpint (g_unlink (other), ==, 0);
  assert_whole (story->account->dir, "store.db");
  g_assert_true (try_sync (story, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  assert_at_district (story, n_saved);
}

/* A hub whose disk is full says so and goes on living; what it did not take waits, and arrives when there is room. */
static void
test_22_hub (Story *story, gconstpointer data)
{
  g_autofree char *sha256 = NULL, *folder = NULL, *other = NULL;
  g_autoptr(GError) error = NULL;

  if (!can_mount ())
    return;
  move_hub (story, "6m");
  folder = g_path_get_dirname (story->ends.hub_dir);
  g_free (save_copy (&story->ends, story->journal, 1));
  g_assert_true (try_sync (story, NULL));
  other = fill (folder);
  for (int i = 2; i <= 200; i++)
    g_free (save_copy (&story->ends, story->journal, i));
  sha256 = save_file (&story->ends, story->journal, 1024 * 1024);
  for (int i = 0; i < 3; i++)
    {
      g_assert_false (try_sync (story, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_HUB_FULL);
      g_clear_error (&error);
    }
  g_assert_nonnull (g_subprocess_get_identifier (story->ends.process));
  g_assert_false (is_at_hub (&story->ends, sha256));

  g_assert_cmpint (g_unlink (other), ==, 0);
  g_assert_true (try_sync (story, &error));
  g_assert_no_error (error);
  g_assert_true (is_at_hub (&story->ends, sha256));
  g_assert_cmpuint (count_pending (story->journal), ==, 0);
  assert_whole (story->ends.hub_dir, "hub.db");
  g_free (run_hub (&story->ends, "verify", NULL));
  g_assert_cmpint (ask (story->ends.hub_dir, "hub.db", "SELECT count (*) FROM change"), ==, 201);
}

static void
set_read_only (const char *disk,
               gboolean    is_read_only)
{
  g_assert_cmpint (mount ("none", disk, NULL, MS_REMOUNT | (is_read_only ? MS_RDONLY : 0), NULL), ==, 0);
}

/* A store that cannot be written is refused in words, no byte of it changes, and it goes on once it can be. */
static void
test_read_only_store (Story *story, gconstpointer data)
{
  g_autofree char *disk = NULL, *path = NULL, *before = NULL, *after = NULL, *said = NULL;
  gsize size_before, size_after;
  gboolean done;

  if (!can_mount ())
    return;
  move_town (story, "8m");
  disk = g_path_get_dirname (story->account->dir);
  path = g_build_filename (story->account->dir, "store.db", NULL);
  g_free (save_copy (&story->ends, story->journal, 1));
  g_clear_pointer (&story->journal, mc_journal_close);
  g_assert_true (g_file_get_contents (path, &before, &size_before, NULL));

  set_read_only (disk, TRUE);
  said = run_ctl (NULL, story->account->dir, &done, "--type", "certified-copy", "set", "number=2", NULL);
  g_test_message ("%s", said);
  g_assert_false (done);
  g_assert_true (strstr (said, "Read-only") != NULL || strstr (said, "read-only") != NULL || strstr (said, "readonly") != NULL);
  g_assert_true (g_file_get_contents (path, &after, &size_after, NULL));
  g_assert_cmpmem (after, size_after, before, size_before);

  set_read_only (disk, FALSE);
  story->journal = open_journal (&story->ends, story->account);
  g_assert_true (try_sync (story, NULL));
  assert_at_district (story, 1);
}

/* A hub whose disk has become read-only takes nothing for taken; when it can write again, all goes through. */
static void
test_read_only_hub (Story *story, gconstpointer data)
{
  g_autofree char *disk = NULL;
  g_autoptr(GError) error = NULL;

  if (!can_mount ())
    return;
  move_hub (story, "8m");
  disk = g_path_get_dirname (story->ends.hub_dir);
  g_free (save_copy (&story->ends, story->journal, 1));
  stop_hub (&story->ends, SIGTERM);
  set_read_only (disk, TRUE);
  g_assert_false (try_start_hub (&story->ends));
  g_assert_false (try_sync (story, &error));
  g_assert_cmpuint (count_pending (story->journal), ==, 1);

  set_read_only (disk, FALSE);
  start_hub (&story->ends);
  g_assert_true (try_sync (story, NULL));
  assert_at_district (story, 1);
}

static void
end_without_disks (Story         *story,
                   gconstpointer  data)
{
  static const char * const names[] = { "disk", "hub-disk" };

  g_clear_pointer (&story->journal, mc_journal_close);
  stop_hub (&story->ends, SIGTERM);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *disk = g_build_filename (story->ends.dir, names[i], NULL);

      umount (disk);
    }
  story_end (story, data);
}

int
main (int argc, char *argv[])
{
  enter_namespace ();
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, inside, func) g_test_add ("/stories/" name, Story, inside, story_begin, func, end_without_disks)
  ADD ("22-disk-full-at-the-commune", NULL, test_22_commune);
  ADD ("22-disk-full-at-the-hub", NULL, test_22_hub);
  ADD ("22-read-only-at-the-commune", NULL, test_read_only_store);
  ADD ("22-read-only-at-the-hub", NULL, test_read_only_hub);

  return g_test_run ();
}
