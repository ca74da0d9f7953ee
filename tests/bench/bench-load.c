/* bench-load.c: many communes at one hub at once
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every commune is real client code with a store and a connection of its own; they share one process and, on a small
 * machine, the processors with the hub.  What one hub does in a second of its own processor time is therefore said, too.
 */

#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/mc-session.h"
#include "core/mc-id.h"

#define TRIES 40

typedef struct
{
  const char *name;
  guint communes, changes, files;
  gsize file_bytes;
  gboolean beside;        /* the administrator backs up and verifies, over and over */
} Load;

typedef struct
{
  BenchHub hub;
  const char *dir;
  McPack *pack;
  const Load *load;
  GPtrArray *accounts;    /* (owned) (element-type McAccount) */
  GMutex mutex;           /* guards all below */
  GCond go;
  gboolean is_open;
  GArray *seconds;        /* (owned) of double, one for each commune */
  guint failures;         /* syncs that had to be tried again */
  guint undone;           /* communes that never came through */
  int is_over;            /* atomic */
  guint n_beside;         /* backups and proofs that went through meanwhile */
} Bench;

typedef struct
{
  Bench *bench;
  McAccount *account;
} Commune;

static McJournal *
open_journal (Bench     *self,
              McAccount *account)
{
  g_autoptr(GError) error = NULL;
  McJournal *journal = mc_account_open_journal (account, self->pack, &error);

  bench_check (error);

  return journal;
}

/* before */

static void
attach_noise (McJournal *journal,
              guint      number,
              gsize      size)
{
  g_autofree guint32 *noise = g_new (guint32, size / 4 + 1);
  g_autofree char *id = mc_id_new (BENCH_NOW + number);
  g_autoptr(McRecord) record = mc_record_new_empty (id, mc_journal_get_log (journal), "certified-copy",
                                                    mc_pack_get_id (mc_journal_get_pack (journal)), NULL);
  g_autoptr(McEdit) edit = mc_edit_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(McEvidence) evidence = NULL;
  g_autoptr(GBytes) bytes = NULL;
  JsonArray *files = json_array_new ();

  for (gsize i = 0; i < size / 4 + 1; i++)
    noise[i] = g_random_int ();
  bytes = g_bytes_new (noise, size);
  evidence = mc_journal_attach_bytes (journal, bytes, "minh-chung.pdf", BENCH_NOW, &error);
  bench_check (error);
  json_array_add_element (files, mc_evidence_to_json (evidence));
  mc_edit_set_int (edit, record, "number", number);
  mc_edit_set (edit, record, "files", json_node_init_array (json_node_alloc (), files));
  json_array_unref (files);
  mc_journal_save (journal, edit, BENCH_NOW + number, NULL, &error);
  bench_check (error);
}

static void
prepare_commune (Bench *self,
                 guint  number)
{
  g_autofree char *name = g_strdup_printf ("%s-%u", self->load->name, number), *dir = g_build_filename (self->dir, name, NULL);
  g_autofree char *unit = g_strdup_printf ("%u", 30000 + number);
  McAccount *account = bench_hub_enrol (&self->hub, dir, unit);
  g_autoptr(McJournal) journal = open_journal (self, account);

  /* Each file comes with the change that names it. */
  bench_fill (journal, 1, self->load->changes - self->load->files);
  bench_hurry (journal, TRUE);
  for (guint i = 0; i < self->load->files; i++)
    attach_noise (journal, self->load->changes - self->load->files + 1 + i, self->load->file_bytes);
  g_ptr_array_add (self->accounts, account);
}

/* A district with as many communes as are wanted. */
static char *
write_units (const char *dir,
             guint       count)
{
  g_autoptr(GString) json = g_string_new ("{\"units\":[{\"code\":\"52\",\"valid_from\":\"2004-07-08\",\"name\":\"Tỉnh\",\"kind\":\"province\"},"
                                          "{\"code\":\"542\",\"valid_from\":\"2004-07-08\",\"name\":\"Huyện\",\"kind\":\"district\","
                                          "\"parent\":\"52@2004-07-08\"}");
  char *path = g_build_filename (dir, "units.json", NULL);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < count; i++)
    g_string_append_printf (json, ",{\"code\":\"%u\",\"valid_from\":\"2004-07-08\",\"name\":\"Xã %u\",\"kind\":\"commune\","
                            "\"parent\":\"542@2004-07-08\"}", 30000 + i, i);
  g_string_append (json, "]}");
  g_file_set_contents (path, json->str, -1, &error);
  bench_check (error);

  return path;
}

/* the rush */

static gpointer
sync_in_thread (gpointer user_data)
{
  Commune *commune = user_data;
  Bench *self = commune->bench;
  g_autoptr(McJournal) journal = open_journal (self, commune->account);
  gboolean done = FALSE;
  guint failures = 0;
  double start;

  g_mutex_lock (&self->mutex);
  while (!self->is_open)
    g_cond_wait (&self->go, &self->mutex);
  g_mutex_unlock (&self->mutex);

  start = bench_now ();
  while (!done && failures < TRIES)
    {
      McSyncReport report;
      g_autoptr(GError) error = NULL;

      done = mc_session_run (journal, commune->account, &report, NULL, NULL, NULL, &error);
      if (!done)
        {
          failures++;
          if (g_getenv ("BENCH_VERBOSE") != NULL)
            g_printerr ("%s\n", error->message);
          g_usleep (g_random_int_range (200, 1000) * 1000 * MIN (failures, 10));
        }
    }
  start = bench_now () - start;

  g_mutex_lock (&self->mutex);
  g_array_append_val (self->seconds, start);
  self->failures += failures;
  self->undone += !done;
  g_mutex_unlock (&self->mutex);
  g_free (commune);

  return NULL;
}

/* What an administrator may do at any time, by programs of their own. */
static gboolean
run_beside (Bench      *self,
            const char *first,
            const char *second)
{
  g_autoptr(GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, self->hub.program, "--data",
                                                     self->hub.dir, first, second, NULL);

  return process != NULL && g_subprocess_wait_check (process, NULL, NULL);
}

static gpointer
administer_in_thread (gpointer user_data)
{
  Bench *self = user_data;

  while (!g_atomic_int_get (&self->is_over))
    {
      g_autofree char *backup = g_strdup_printf ("%s/backup-%u", self->dir, self->n_beside);

      self->n_beside += run_beside (self, "backup", backup) && run_beside (self, "verify", NULL);
      mc_test_remove_tree (backup);
    }

  return NULL;
}

static void
rush (Bench *self)
{
  g_autoptr(GPtrArray) threads = g_ptr_array_new ();

  for (guint i = 0; i < self->accounts->len; i++)
    {
      Commune *commune = g_new0 (Commune, 1);

      commune->bench = self;
      commune->account = self->accounts->pdata[i];
      g_ptr_array_add (threads, g_thread_new ("commune", sync_in_thread, commune));
    }
  g_usleep (500000);
  g_mutex_lock (&self->mutex);
  self->is_open = TRUE;
  g_cond_broadcast (&self->go);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (threads->pdata[i]);
}

/* after */

static double
read_status (Bench      *self,
             const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (self->hub.process)), *text = NULL;
  const char *at;

  if (!g_file_get_contents (path, &text, NULL, NULL) || !(at = strstr (text, name)))
    return 0;

  return g_ascii_strtod (at + strlen (name), NULL) / 1024;
}

static double
read_processor_seconds (Bench *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/stat", g_subprocess_get_identifier (self->hub.process)), *text = NULL;
  g_auto(GStrv) words = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  words = g_strsplit (strrchr (text, ')'), " ", -1);

  return (g_ascii_strtod (words[12], NULL) + g_ascii_strtod (words[13], NULL)) / sysconf (_SC_CLK_TCK);
}

/* What is at the hub that was not saved, or the other way round; and files that are not whole. */
static guint
count_lost (Bench *self)
{
  g_autofree char *path = g_build_filename (self->hub.dir, "hub.db", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(McDb) db = mc_db_open (path, &error);
  g_autoptr(McStmt) stmt = NULL;
  guint wanted = self->load->communes * self->load->changes;
  gboolean has_row;

  bench_check (error);
  stmt = mc_db_prepare (db, "SELECT count(*), count(DISTINCT id), (SELECT count(*) FROM evidence WHERE complete = 1) FROM change",
                        &error);
  bench_check (error);
  mc_stmt_next (stmt, &has_row, &error);
  bench_check (error);

  return ABS ((int) wanted - (int) mc_stmt_get_int64 (stmt, 0)) + ABS ((int) wanted - (int) mc_stmt_get_int64 (stmt, 1)) +
         ABS ((int) (self->load->communes * self->load->files) - (int) mc_stmt_get_int64 (stmt, 2));
}

static void
report (Bench      *self,
        const char *what,
        const char *unit,
        double      measured,
        double      bound)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", self->load->name, what);

  bench_report (name, unit, measured, bound);
}

static void
measure (const char *program,
         const Load *load,
         McPack     *pack)
{
  g_autofree char *dir = bench_make_dir (), *hub_dir = g_build_filename (dir, "hub", NULL);
  g_autofree char *units = write_units (dir, load->communes);
  g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_account_free);
  g_autoptr(GArray) seconds = g_array_new (FALSE, FALSE, sizeof (double));
  Bench self = { .dir = dir, .pack = pack, .load = load, .accounts = accounts, .seconds = seconds };
  GThread *administrator = NULL;
  double start, processor, wall;

  g_print ("# %s\n", load->name);
  bench_hub_start (&self.hub, program, units, hub_dir);
  for (guint i = 0; i < load->communes; i++)
    prepare_commune (&self, i);
  processor = read_processor_seconds (&self);
  if (load->beside)
    administrator = g_thread_new ("administrator", administer_in_thread, &self);
  start = bench_now ();
  rush (&self);
  wall = bench_now () - start - 0.5;
  processor = read_processor_seconds (&self) - processor;
  g_atomic_int_set (&self.is_over, TRUE);
  if (administrator != NULL)
    {
      g_thread_join (administrator);
      report (&self, "backups and proofs meanwhile", "", self.n_beside, -1);
    }

  report (&self, "lost or doubled", "", count_lost (&self) + self.undone, 0.5);
  report (&self, "tried again", "", self.failures, 0);
  report (&self, "whole", "s", wall, 0);
  report (&self, "a commune, p50", "s", bench_median (seconds), 0);
  report (&self, "a commune, p99", "s", bench_percentile (seconds, 99), 0);
  report (&self, "changes a second", "", load->communes * load->changes / wall, 0);
  report (&self, "changes a second of the hub's processor time", "", load->communes * load->changes / processor,
          load->files == 0 && load->changes >= 1000 ? -5000 : 0);
  report (&self, "hub's memory at most", "MiB", read_status (&self, "VmHWM:"), load->communes == 50 ? 64 : 0);
  bench_hub_stop (&self.hub);
  mc_test_remove_tree (dir);
}

int
main (int    argc,
      char **argv)
{
  static const Load loads[] = {
    { "10 communes with 2,000 changes", 10, 2000, 0, 0, FALSE },
    { "50 communes with 200 changes", 50, 200, 0, 0, FALSE },
    { "10 communes with 20 changes", 10, 20, 0, 0, FALSE },
    { "100 communes with 20 changes", 100, 20, 0, 0, FALSE },
    { "500 communes with 20 changes", 500, 20, 0, 0, FALSE },
    { "deadline hour: 160 communes, 200 changes, 5 files of 300 kB", 160, 200, 5, 300000, FALSE },
    { "50 communes with 2,000 changes", 50, 2000, 0, 0, FALSE },
    { "50 communes with 2,000 changes, beside backup and verify", 50, 2000, 0, 0, TRUE },
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(McPack) pack = mc_pack_get_builtin (NULL, &error);

  bench_check (error);
  if (argc < 2)
    {
      g_printerr ("usage: bench-load HUB [NUMBER-OF-THE-LOAD]\n");
      return 2;
    }
  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    if (argc < 3 || (guint) atoi (argv[2]) == i)
      measure (argv[1], &loads[i], pack);

  return 0;
}
