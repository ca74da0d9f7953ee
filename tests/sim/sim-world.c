/* sim-world.c: the folders of a history, and its hub
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim/sim-world.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mc-id-private.h"
#include "core/mc-id.h"
#include "hub/mc-hub-restore.h"
#include "mc-test.h"

static char *base;       /* folder of this program's histories */
static char *template;   /* a fresh hub and a fresh store, copied for each */
static McPack *pack;

/* chance: splitmix64 */

guint64
sim_random_next (SimRandom *self)
{
  guint64 z = (self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ (z >> 31);
}

guint
sim_random_below (SimRandom *self,
                  guint      n)
{
  return n == 0 ? 0 : sim_random_next (self) % n;
}

gboolean
sim_random_is (SimRandom *self,
               guint      percent)
{
  return sim_random_below (self, 100) < percent;
}

static void
random_cb (guint8   *data,
           gsize     size,
           gpointer  user_data)
{
  SimRandom *random = user_data;

  for (gsize i = 0; i < size; i++)
    data[i] = sim_random_next (random) >> 24;
}

/* folders */

/* All but the memory that readers of a store share, which a copy never has. */
void
sim_copy_tree (const char *from,
               const char *to)
{
  g_autoptr(GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_true (g_mkdir_with_parents (to, 0700) == 0);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL), *target = g_build_filename (to, name, NULL);
      g_autofree char *content = NULL;
      gsize size;

      if (g_str_has_suffix (name, "-shm"))
        continue;
      if (g_file_test (source, G_FILE_TEST_IS_DIR))
        {
          sim_copy_tree (source, target);
          continue;
        }
      g_assert_true (g_file_get_contents (source, &content, &size, NULL));
      g_assert_true (g_file_set_contents_full (target, content, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

char *
sim_new_folder (SimWorld   *self,
                const char *kind)
{
  return g_strdup_printf ("%s/%s-%u", self->dir, kind, self->n_folders++);
}

void
sim_db_relax (McDb *db)
{
  g_assert_true (mc_db_exec (db, "PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE", NULL));
}

void
sim_db_fill (McDb *db)
{
  g_autoptr(McStmt) count = mc_db_prepare (db, "PRAGMA page_count", NULL);
  g_autofree char *sql = NULL;
  gboolean has_row;

  g_assert_true (mc_stmt_next (count, &has_row, NULL) && has_row);
  sql = g_strdup_printf ("PRAGMA max_page_count = %d", (int) mc_stmt_get_int64 (count, 0));
  g_clear_pointer (&count, mc_stmt_release);
  g_assert_true (mc_db_exec (db, sql, NULL));
}

void
sim_db_make_room (McDb *db)
{
  g_assert_true (mc_db_exec (db, "PRAGMA max_page_count = 1000000", NULL));
}

/* the template */

static void
make_template (void)
{
  static const char units[] =
    "{\"units\":[{\"code\":\"542\",\"name\":\"Huyện\",\"kind\":\"district\",\"valid_from\":\"2004-07-08\"},"
    "{\"code\":\"21609\",\"name\":\"Thị trấn\",\"kind\":\"town\",\"parent\":\"542@2004-07-08\",\"valid_from\":\"2004-07-08\"},"
    "{\"code\":\"21610\",\"name\":\"Xã\",\"kind\":\"commune\",\"parent\":\"542@2004-07-08\",\"valid_from\":\"2004-07-08\"}]}";
  g_autofree char *hub_dir = g_build_filename (template, "hub", NULL), *store_dir = g_build_filename (template, "store", NULL);
  g_autofree char *key = g_build_filename (hub_dir, "hub.key", NULL), *reserve = g_build_filename (store_dir, "reserve", NULL);
  g_autofree char *db = g_build_filename (store_dir, "store.db", NULL);
  McJournalConfig config = { .dir = store_dir, .device = "", .log = SIM_TOWN, .pack = pack };
  g_autoptr(GError) error = NULL;
  McJournal *journal;
  McHub *hub;
  guint count;

  g_assert_true (mc_hub_init (hub_dir, "https://hub.invalid", &error));
  g_assert_true (g_file_set_contents (key, "5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5ea5", -1, &error));
  hub = mc_hub_open (hub_dir, &error);
  g_assert_no_error (error);
  g_assert_true (mc_hub_import_units (hub, units, &count, &error));
  mc_hub_close (hub);

  /* A store with its tables and nothing else; a folder where the reserve would be saves 2 MiB a device. */
  journal = mc_journal_open (&config, &error);
  g_assert_no_error (error);
  g_assert_true (mc_db_exec (mc_journal_get_db (journal), "DELETE FROM setting; DELETE FROM stream", &error));
  mc_journal_close (journal);
  {
    g_autofree char *content = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (db, &content, &size, NULL));
    mc_test_remove_tree (store_dir);
    g_assert_true (g_mkdir_with_parents (reserve, 0700) == 0);
    g_assert_true (g_file_set_contents (db, content, size, NULL));
  }
}

/* What a hub tells its administrator on the way. */
static void
drop_message (const char     *domain,
              GLogLevelFlags  level,
              const char     *message,
              gpointer        user_data)
{
}

void
sim_setup (void)
{
  const char *memory = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) && access ("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir ();
  SimRandom random = { 1 };
  g_autoptr(GError) error = NULL;

  g_log_set_handler (NULL, G_LOG_LEVEL_MESSAGE, drop_message, NULL);
  sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
  base = g_strdup_printf ("%s/mc-sim-XXXXXX", memory);
  g_assert_nonnull (g_mkdtemp (base));
  template = g_build_filename (base, "template", NULL);
  pack = mc_pack_get_builtin (NULL, &error);
  g_assert_no_error (error);
  mc_random_set_source (random_cb, &random);
  make_template ();
  mc_random_set_source (NULL, NULL);
}

void
sim_teardown (void)
{
  mc_test_remove_tree (base);
  g_clear_pointer (&base, g_free);
  g_clear_pointer (&template, g_free);
  g_clear_pointer (&pack, mc_pack_unref);
}

McPack *
sim_get_pack (void)
{
  return pack;
}

const char *
sim_get_template (void)
{
  return template;
}

/* a world */

static void
saved_free (gpointer data)
{
  SimSaved *saved = data;

  g_free (saved->id);
  g_free (saved->log);
  g_free (saved->author);
  g_bytes_unref (saved->bytes);
  g_free (saved);
}

SimWorld *
sim_world_new (guint64  seed,
               gboolean trace)
{
  SimWorld *self = g_new0 (SimWorld, 1);
  g_autofree char *hub = g_build_filename (template, "hub", NULL);

  self->seed = seed;
  self->trace = trace;
  self->chance.state = seed;
  self->ids.state = ~seed;
  self->now_us = SIM_NOW;
  self->dir = g_strdup_printf ("%s/%" G_GUINT64_FORMAT, base, seed);
  self->backups = g_ptr_array_new_with_free_func (g_free);
  self->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_device_free);
  self->saved = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, saved_free);
  self->old_requests = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->old_answers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->sticks = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_stick_free);
  self->shut_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  self->once_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->been_at_hub = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  mc_random_set_source (random_cb, &self->ids);

  self->hub_dir = sim_new_folder (self, "hub");
  sim_copy_tree (hub, self->hub_dir);
  sim_hub_open (self);

  return self;
}

void
sim_world_free (SimWorld *self)
{
  g_ptr_array_unref (self->devices);
  g_clear_pointer (&self->hub, mc_hub_close);
  mc_random_set_source (NULL, NULL);
  mc_test_remove_tree (self->dir);
  g_ptr_array_unref (self->backups);
  g_ptr_array_unref (self->old_requests);
  g_ptr_array_unref (self->old_answers);
  g_ptr_array_unref (self->sticks);
  g_hash_table_unref (self->saved);
  g_hash_table_unref (self->shut_out);
  g_hash_table_unref (self->once_out);
  g_hash_table_unref (self->been_at_hub);
  g_free (self->failure);
  g_free (self->dir);
  g_free (self->hub_dir);
  g_free (self);
}

void
sim_say (SimWorld   *self,
         const char *format,
         ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (!self->trace)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_print ("# %s\n", text);
}

void
sim_fail (SimWorld   *self,
          const char *format,
          ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  sim_say (self, "WRONG: %s", text);
  if (self->failure != NULL)
    return;
  self->failure = g_steal_pointer (&text);
  sim_tell_stores (self);
}

/* the hub */

/* Power ends at the commit that finds nothing left: that one and all after it never were. */
static int
hub_commit_cb (gpointer data)
{
  SimWorld *self = data;

  if (self->hub_fails_in >= 0 && self->hub_fails_in-- == 0)
    {
      self->hub_failed = TRUE;
      return 1;
    }
  if (self->hub_commits_left < 0)
    return 0;
  if (self->hub_commits_left > 0)
    {
      self->hub_commits_left--;
      return 0;
    }
  self->hub_crashed = TRUE;

  return 1;
}

void
sim_hub_open (SimWorld *self)
{
  g_autoptr(GError) error = NULL;

  self->hub = mc_hub_open (self->hub_dir, &error);
  g_assert_no_error (error);
  self->hub_commits_left = self->hub_fails_in = -1;
  self->hub_crashed = self->hub_failed = self->hub_full = FALSE;
  self->hub->page_bytes = 200 << sim_random_below (&self->chance, 10);
  if (sim_random_is (&self->chance, 40))
    {
      self->hub->far_rows = sim_random_below (&self->chance, 6);
      self->hub->segment_bytes = 100 << sim_random_below (&self->chance, 7);
    }
  sim_db_relax (self->hub->db);
  sqlite3_commit_hook (mc_db_get_handle (self->hub->db), hub_commit_cb, self);
}

void
sim_hub_restart (SimWorld *self)
{
  mc_hub_close (self->hub);
  sim_hub_open (self);
}

void
sim_hub_make_room (SimWorld *self)
{
  sim_db_make_room (self->hub->db);
  self->hub_full = FALSE;
}

void
sim_hub_backup (SimWorld *self)
{
  char *folder = sim_new_folder (self, "backup");
  g_autoptr(GError) error = NULL;

  sim_hub_make_room (self);
  g_assert_true (mc_hub_backup (self->hub, folder, &error));
  g_assert_no_error (error);
  {
    g_autofree char *from = g_build_filename (self->hub_dir, "head", NULL), *to = g_build_filename (folder, "head", NULL);
    g_autofree char *content = NULL;
    gsize size;

    g_assert_true (g_file_get_contents (from, &content, &size, NULL));
    g_assert_true (g_file_set_contents (to, content, size, NULL));
  }
  g_ptr_array_add (self->backups, folder);
  sim_add_ids (self->hub->db, "SELECT id FROM change UNION ALL SELECT id FROM refused", self->been_at_hub);
  sim_say (self, "hub: backup %u", self->backups->len - 1);
}

typedef enum
{
  BACK_ON_PURPOSE,      /* minhchung-hub restore */
  BACK_STORE,           /* the store alone was copied over */
  BACK_MACHINE,         /* with what the hub keeps outside its store: only devices can tell */
  N_BACKS,
} Back;

static const char * const back_names[N_BACKS] = { "restored", "store copied over", "whole machine put back" };

static void
copy_back (SimWorld   *self,
           const char *backup,
           Back        back)
{
  static const char * const rests[] = { "hub.db", "hub.db-wal", "hub.db-shm" };
  g_autofree char *head = g_build_filename (self->hub_dir, "head", NULL), *content = NULL;
  g_autofree char *revoked = g_build_filename (self->hub_dir, "revoked", NULL), *list = NULL;
  gsize size = 0;

  g_file_get_contents (head, &content, &size, NULL);
  g_file_get_contents (revoked, &list, NULL, NULL);
  g_unlink (revoked);
  for (guint i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      g_autofree char *path = g_build_filename (self->hub_dir, rests[i], NULL);

      g_unlink (path);
    }
  sim_copy_tree (backup, self->hub_dir);
  if (back != BACK_STORE)
    return;
  g_assert_true (g_file_set_contents (head, content, size, NULL));
  if (list != NULL)
    g_assert_true (g_file_set_contents (revoked, list, -1, NULL));
}

static void
go_back (SimWorld *self,
         guint     which,
         Back      back)
{
  const char *backup = self->backups->pdata[which];
  g_autofree char *report = NULL;
  g_autoptr(GError) error = NULL;

  mc_hub_close (self->hub);
  /* Files are kept by other means than the store; sometimes by none, and went with it. */
  if (back != BACK_MACHINE && sim_random_is (&self->chance, 30))
    {
      g_autofree char *files = g_build_filename (self->hub_dir, "evidence", NULL);

      mc_test_remove_tree (files);
      g_mkdir (files, 0700);
      sim_say (self, "hub: its files are gone");
    }
  if (back == BACK_ON_PURPOSE)
    {
      mc_hub_restore (self->hub_dir, backup, self->now_us + self->n_folders++, &report, &error);
      g_assert_no_error (error);
    }
  else
    copy_back (self, backup, back);
  sim_hub_open (self);
  sim_rights_go_back (self, back == BACK_MACHINE);
  sim_say (self, "hub: %s from backup %u", back_names[back], which);
  sim_count_losses (self);
}

/* Back to any backup; its evidence files stay, as they are kept by other means. */
void
sim_hub_restore (SimWorld *self)
{
  guint which = sim_random_below (&self->chance, self->backups->len);

  go_back (self, which, sim_random_below (&self->chance, N_BACKS));
}

void
sim_hub_put_back (SimWorld *self,
                  guint     which)
{
  go_back (self, which, BACK_MACHINE);
}

GBytes *
sim_hub_deliver (SimWorld    *self,
                 GBytes      *request,
                 gsize        size,
                 const char **out_problem)
{
  McHubSession *session = mc_hub_session_new (self->hub, self->now_us);
  const guint8 *data = g_bytes_get_data (request, NULL);
  gboolean whole = size == g_bytes_get_size (request);
  GBytes *answer = NULL;
  gsize at = 0;

  *out_problem = NULL;
  while (at < size)
    {
      gsize piece = 1 + sim_random_below (&self->chance, 4096);

      piece = MIN (piece, size - at);
      mc_hub_session_push (session, data + at, piece);
      at += piece;
    }
  if (whole)
    answer = mc_hub_session_finish (session);
  if (whole && answer == NULL)
    {
      *out_problem = mc_hub_session_get_problem (session);
      sim_say (self, "hub: refuses: %s: %s", *out_problem, mc_hub_session_get_detail (session));
      if (!self->hub_crashed && !self->hub_failed && g_strcmp0 (*out_problem, "internal") == 0)
        sim_fail (self, "the hub failed by itself: %s", mc_hub_session_get_detail (session));
    }
  if (answer != NULL)
    sim_rights_check_answer (self, mc_hub_session_get_device (session));
  mc_hub_session_free (session);

  return answer;
}
