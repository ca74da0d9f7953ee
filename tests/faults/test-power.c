/* test-power.c: rounds of work in which the power goes, and with it what was not fsynced
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   test-power [--rounds N] [--seed S]
 *
 * A hub that waits for its disk nowhere does not get through these rounds: it has told what it then has not.  Which of its waits
 * is missing they do not always see, as the next one keeps what came before it, too: that the runs of a request are on the disk
 * before its answer, also where nothing else is written, hub/test-runs-together.c proves.
 */

#include <glib/gstdio.h>
#include <signal.h>

#include "faults/rounds.h"
#include "mc-test.h"

#define CHECK_EVERY 25

static int option_rounds = 50;
static gint64 option_seed = -1;

static const GOptionEntry entries[] = {
  { "rounds", 0, 0, G_OPTION_ARG_INT, &option_rounds, "How many", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &option_seed, "What is tried", "S" },
  { NULL },
};

static void
sync_place (Rounds *self,
            guint   place)
{
  g_autofree char *said = NULL;
  gboolean done;

  said = rounds_end (self, rounds_spawn (self, place, "sync", NULL), -1, &done);
  self->n_failed_syncs += !done;
}

/* The hub works until its power goes: in the middle of something, or as soon as it has answered, when all that it has not waited
 * for is still on its way to the disk. */
static void
round_of_hub (Rounds *self)
{
  g_autofree char *undo = g_strconcat (self->ends.hub_dir, ".undo", NULL);
  gboolean is_told = rounds_below (self, 2) == 0;

  self->cuts_power = FALSE;
  stop_hub (&self->ends, SIGTERM);
  self->is_told = is_told;
  self->ends.hub_env = rounds_power_env (self, self->ends.hub_dir);
  self->is_told = FALSE;
  if (try_start_hub (&self->ends))
    {
      for (guint i = 0; i < (is_told ? 1 : 2); i++)
        {
          guint place = rounds_below (self, 2);

          if (is_told)
            rounds_save (self, place, -1);
          sync_place (self, place);
        }
      g_subprocess_send_signal (self->ends.process, is_told ? SIGUSR2 : SIGTERM);
      g_subprocess_wait (self->ends.process, NULL, NULL);
      g_clear_object (&self->ends.process);
    }
  self->n_killed_hub++;
  g_clear_pointer (&self->ends.hub_env, g_strfreev);
  mc_test_remove_tree (undo);
  start_hub (&self->ends);
}

static void
run_round (Rounds *self)
{
  guint place = rounds_below (self, 2);

  self->cuts_power = rounds_below (self, 5) > 0;
  switch (rounds_below (self, 6))
    {
    case 0:
    case 1:
      rounds_save (self, place, -1);
      break;
    case 2:
      rounds_attach (self, place, 1 + rounds_below (self, 300 * 1000), -1);
      break;
    case 3:
    case 4:
      round_of_hub (self);
      break;
    default:
      sync_place (self, rounds_below (self, N_PLACES));
      break;
    }
  self->cuts_power = FALSE;
}

/* Whenever the power goes, at a commune or at the hub: what a person was told is saved is there when it is back, files
 * are whole, and the hub has what it told anybody it has. */
static void
test_power (gconstpointer data)
{
  guint32 seed = option_seed >= 0 ? option_seed : g_random_int ();
  g_autoptr(Rounds) rounds = rounds_new (seed);

  rounds->disk_lies = data != NULL;
  g_test_message ("seed %u, %d rounds", seed, option_rounds);
  for (int i = 1; i <= option_rounds; i++)
    {
      run_round (rounds);
      rounds_check_files (rounds);
      rounds_check_promises (rounds);
      if (i % CHECK_EVERY == 0 || i == option_rounds)
        {
          rounds_check_rest (rounds);
          g_test_message ("round %d: %u saved or tried, %u arrived, %u lost, %u doubled; %u programs and %u hubs out of power, "
                          "%u syncs failed", i, rounds->saved->len, rounds->n_arrived, rounds->n_lost, rounds->n_doubled,
                          rounds->n_killed_ctl, rounds->n_killed_hub, rounds->n_failed_syncs);
        }
    }
}

/* A disk that says it has what it has not is noticed by the very same rounds: they can fail. */
static void
test_lying_disk (void)
{
  g_autofree char *dir = g_dir_make_tmp ("mc-lying-disk-XXXXXX", NULL);

  /* What the rounds leave behind when they fail. */
  g_setenv ("TMPDIR", dir, TRUE);
  g_test_trap_subprocess ("/faults/lying-disk/subprocess", 0, 0);
  g_test_trap_assert_failed ();
  mc_test_remove_tree (dir);
}

int
main (int argc, char *argv[])
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/faults/power", NULL, test_power);
  g_test_add_func ("/faults/lying-disk", test_lying_disk);
  g_test_add_data_func ("/faults/lying-disk/subprocess", "lies", test_power);

  return g_test_run ();
}
