/* rounds.c: real programs that end in the middle
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "faults/rounds.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "core/mc-id.h"
#include "mc-test.h"

static void
saved_clear (gpointer data)
{
  g_free (((Saved *) data)->sha256);
}

guint
rounds_below (Rounds *self,
              guint   n)
{
  return g_rand_int_range (self->chance, 0, n);
}

/* programs */

static char *
undo_dir (const char *dir)
{
  return g_strconcat (dir, ".undo", NULL);
}

GStrv
rounds_power_env (Rounds     *self,
                  const char *dir)
{
  g_autoptr(GStrvBuilder) env = g_strv_builder_new ();
  g_autofree char *library = g_test_build_filename (G_TEST_BUILT, "libpower.so", NULL), *preload = NULL, *where = NULL;
  g_autofree char *cut = NULL, *seed = NULL, *undo = undo_dir (dir);

  mc_test_remove_tree (undo);
  preload = g_strconcat ("LD_PRELOAD=", library, NULL);
  where = g_strconcat ("MC_POWER_DIR=", dir, NULL);
  if (self->is_told)
    cut = g_strdup ("MC_POWER_CUT=told");
  else
    cut = rounds_below (self, 4) == 0 ? g_strdup ("MC_POWER_CUT=exit") : g_strdup_printf ("MC_POWER_CUT=%u", 1 + rounds_below (self, 150));
  seed = g_strdup_printf ("MC_POWER_SEED=%u", g_rand_int (self->chance));
  g_strv_builder_add_many (env, preload, where, cut, seed, self->disk_lies ? "MC_POWER_LIES=1" : NULL, NULL);

  return g_strv_builder_end (env);
}

/* Whether the program that ran out of power in @dir had ended before, and well. */
static gboolean
had_ended (const char *dir)
{
  g_autofree char *undo = undo_dir (dir), *marker = g_build_filename (undo, "ended", NULL);
  gboolean ended = g_file_test (marker, G_FILE_TEST_EXISTS);

  mc_test_remove_tree (undo);

  return ended;
}

GSubprocess *
rounds_spawn (Rounds     *self,
              guint       place,
              const char *first,
              ...)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *log = g_build_filename (self->ends.dir, "ctl.log", NULL);
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  GSubprocess *process;
  va_list words;

  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  g_ptr_array_add (argv, self->ctl);
  g_ptr_array_add (argv, (char *) "--data-dir");
  g_ptr_array_add (argv, self->dirs[place]);
  g_ptr_array_add (argv, (char *) "--json");
  va_start (words, first);
  for (const char *word = first; word != NULL; word = va_arg (words, const char *))
    g_ptr_array_add (argv, (char *) word);
  va_end (words);
  g_ptr_array_add (argv, NULL);

  if (self->cuts_power)
    {
      g_auto(GStrv) env = rounds_power_env (self, self->dirs[place]);

      for (gsize i = 0; env[i] != NULL; i++)
        {
          g_auto(GStrv) pair = g_strsplit (env[i], "=", 2);

          g_subprocess_launcher_setenv (launcher, pair[0], pair[1], TRUE);
        }
    }
  process = g_subprocess_launcher_spawnv (launcher, (const char * const *) argv->pdata, &error);
  g_assert_no_error (error);

  return process;
}

char *
rounds_end (Rounds      *self,
            GSubprocess *process,
            gint64       kill_after_us,
            gboolean    *out_done)
{
  g_autoptr(GSubprocess) owned = process;
  g_autoptr(GError) error = NULL;
  char *said = NULL;

  if (kill_after_us >= 0)
    {
      g_usleep (kill_after_us);
      g_subprocess_send_signal (process, SIGKILL);
    }
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &said, NULL, &error));
  g_assert_no_error (error);
  *out_done = g_subprocess_get_successful (process);
  self->n_killed_ctl += g_subprocess_get_if_signaled (process);
  if (g_subprocess_get_if_signaled (process) && g_subprocess_get_term_sig (process) != SIGKILL)
    {
      g_autofree char *path = g_build_filename (self->ends.dir, "ctl.log", NULL), *log = NULL;

      g_file_get_contents (path, &log, NULL, NULL);
      g_error ("minhchungctl crashed with signal %d: %s", g_subprocess_get_term_sig (process), log);
    }

  return said;
}

void
rounds_kill_hub (Rounds *self)
{
  stop_hub (&self->ends, SIGKILL);
  self->n_killed_hub++;
  start_hub (&self->ends);
}

/* work */

static void
note (Rounds     *self,
      int         number,
      const char *sha256,
      gboolean    told)
{
  Saved saved = { number, g_strdup (sha256), told };

  g_array_append_val (self->saved, saved);
}

void
rounds_save (Rounds *self,
             guint   place,
             gint64  kill_after_us)
{
  g_autofree char *number = g_strdup_printf ("number=%d", self->next_number), *said = NULL;
  g_autofree char *document = g_strdup_printf ("document=Giấy khai sinh số %08x", g_rand_int (self->chance));
  gboolean done;

  said = rounds_end (self, rounds_spawn (self, place, "--type", "certified-copy", "set", number, document, "copies=2", NULL),
                     kill_after_us, &done);
  done = had_ended (self->dirs[place]) || done;
  note (self, self->next_number, NULL, done || strstr (said, "\"id\":") != NULL);
  self->next_number++;
}

/* The plan that files of @place hang on, made the first time. */
static gboolean
has_plan (Rounds *self,
          guint   place)
{
  g_autofree char *number = g_strdup_printf ("number=%u", place + 1), *said = NULL;
  const char *id;
  gboolean done;

  if (self->plans[place] != NULL)
    return TRUE;
  said = rounds_end (self, rounds_spawn (self, place, "--type", "plan", "set", number, "summary=Kế hoạch", NULL), -1, &done);
  if ((id = strstr (said, "\"id\":\"")) != NULL)
    self->plans[place] = g_strndup (id + strlen ("\"id\":\""), 36);

  return self->plans[place] != NULL;
}

void
rounds_attach (Rounds *self,
               guint   place,
               gsize   size,
               gint64  kill_after_us)
{
  g_autofree char *path = g_build_filename (self->ends.dir, "minh-chung.pdf", NULL), *sha256 = NULL, *said = NULL;
  g_autofree guint32 *noise = g_new (guint32, size / 4 + 1);
  gboolean done;

  if (!has_plan (self, place))
    return;
  for (gsize i = 0; i <= size / 4; i++)
    noise[i] = g_rand_int (self->chance);
  g_assert_true (g_file_set_contents (path, (char *) noise, size, NULL));
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) noise, size);
  said = rounds_end (self, rounds_spawn (self, place, "attach", self->plans[place], path, NULL), kill_after_us, &done);
  done = had_ended (self->dirs[place]) || done;
  note (self, 0, sha256, done);
}

/* beginning and end */

/* Makes the stores, and learns how fast this machine is. */
static void
sync_once (Rounds *self)
{
  for (guint i = 0; i < N_PLACES; i++)
    {
      gint64 started_us = g_get_monotonic_time ();
      g_autofree char *said = NULL;
      gboolean done;

      said = rounds_end (self, rounds_spawn (self, i, "sync", NULL), -1, &done);
      g_assert_true (done);
      self->usual_us = g_get_monotonic_time () - started_us;
    }
}

Rounds *
rounds_new (guint32 seed)
{
  static const char * const names[N_PLACES] = { "a", "b", "district" };
  Rounds *self = g_new0 (Rounds, 1);

  set_up (&self->ends, NULL);
  self->chance = g_rand_new_with_seed (seed);
  self->ctl = g_test_build_filename (G_TEST_BUILT, "..", "app", "minhchungctl", NULL);
  self->bytes = relay_new (self->ends.port);
  self->requests = relay_new_inside (self->ends.port, self->ends.hub_dir);
  self->saved = g_array_new (FALSE, FALSE, sizeof (Saved));
  g_array_set_clear_func (self->saved, saved_clear);
  self->next_number = 1;
  for (guint i = 0; i < N_PLACES; i++)
    {
      g_autoptr(McAccount) account = new_device (&self->ends, names[i], i < 2 ? TOWN : DISTRICT, i < 2 ? "commune" : "district");

      self->dirs[i] = g_strdup (account->dir);
    }
  sync_once (self);

  return self;
}

void
rounds_free (Rounds *self)
{
  relay_free (self->bytes);
  relay_free (self->requests);
  tear_down (&self->ends, NULL);
  for (guint i = 0; i < N_PLACES; i++)
    {
      g_free (self->dirs[i]);
      g_free (self->plans[i]);
    }
  g_array_unref (self->saved);
  g_rand_free (self->chance);
  g_free (self->ctl);
  g_free (self);
}
