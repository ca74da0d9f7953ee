/* test-rounds.c: hundreds of rounds of work in which programs are killed and the line fails
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   test-rounds [--rounds N] [--seed S]   the seed decides what is tried; when a kill strikes, the machine decides too
 */

#include <glib/gstdio.h>
#include <signal.h>

#include "faults/rounds.h"

#define CHECK_EVERY 40

static int option_rounds = 60;
static gint64 option_seed = -1;

static const GOptionEntry entries[] = {
  { "rounds", 0, 0, G_OPTION_ARG_INT, &option_rounds, "How many", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &option_seed, "What is tried", "S" },
  { NULL },
};

/* Never, or at some moment of an ordinary run or a little after it. */
static gint64
some_moment (Rounds *self)
{
  return rounds_below (self, 3) == 0 ? -1 : (gint64) rounds_below (self, self->usual_us * 5 / 4 + 1000);
}

static const char portal[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 27\r\n\r\n<html>Xin chào Wi-Fi</html>";
static const char moved[] = "HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/login\r\nContent-Length: 0\r\n\r\n";
static const char down[] = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad";

/* The line of the next sync, and whether it needs a kill to end soon. */
static Relay *
pick_line (Rounds   *self,
           gboolean *out_stalls)
{
  static const char * const answers[] = { portal, moved, down };
  RelayPlan plan = RELAY_PLAN_NONE;
  Relay *relay = self->bytes;

  *out_stalls = FALSE;
  plan.reset = rounds_below (self, 2);
  switch (rounds_below (self, 9))
    {
    case 0:
      plan.cut_up = rounds_below (self, 4000);
      break;
    case 1:
      plan.cut_up = rounds_below (self, 400 * 1000);
      break;
    case 2:
      plan.cut_down = rounds_below (self, 6000);
      break;
    case 3:
      plan.stall_up = rounds_below (self, 100 * 1000);
      *out_stalls = TRUE;
      break;
    case 4:
      plan.delay_ms = 1 + rounds_below (self, 10);
      break;
    case 5:
      relay = self->requests;
      plan.copies = 2 + rounds_below (self, 3);
      break;
    case 6:
      relay = self->requests;
      plan.lose_answer = TRUE;
      break;
    case 7:
      relay = self->requests;
      plan.answer = answers[rounds_below (self, G_N_ELEMENTS (answers))];
      break;
    default:
      relay = self->requests;
      plan.cut_down = rounds_below (self, 3000);
      break;
    }
  relay_set_plan (relay, &plan);

  return relay;
}

static void
round_of_sync (Rounds *self,
               guint   place)
{
  g_autoptr(McAccount) account = mc_account_load (self->dirs[place], NULL);
  gboolean stalls = FALSE, done;
  g_autofree char *said = NULL;
  gint64 moment = some_moment (self);
  GSubprocess *process;

  g_assert_nonnull (account);
  point_at (account, rounds_below (self, 4) == 0 ? self->ends.port : relay_get_port (pick_line (self, &stalls)));
  process = rounds_spawn (self, place, "sync", NULL);
  switch (rounds_below (self, 4))
    {
    case 0:   /* the hub ends under it */
      g_usleep (rounds_below (self, self->usual_us));
      rounds_kill_hub (self);
      break;
    case 1:   /* somebody types meanwhile */
      rounds_save (self, place % 2, some_moment (self));
      break;
    default:
      break;
    }
  said = rounds_end (self, process, stalls ? MAX (moment, self->usual_us) : moment, &done);
  self->n_failed_syncs += !done;
}

static void
run_round (Rounds *self)
{
  guint place = rounds_below (self, 2);

  switch (rounds_below (self, 8))
    {
    case 0:
    case 1:
    case 2:
      rounds_save (self, place, some_moment (self));
      break;
    case 3:
      rounds_attach (self, place, 1 + rounds_below (self, 400 * 1000), some_moment (self));
      break;
    default:
      round_of_sync (self, rounds_below (self, 6) == 0 ? N_PLACES - 1 : place);
      break;
    }
  rounds_check_files (self);
}

/* Whatever is killed, cut, doubled or answered falsely: what a person was told is saved arrives, once. */
static void
test_rounds (void)
{
  guint32 seed = option_seed >= 0 ? option_seed : g_random_int ();
  g_autoptr(Rounds) rounds = rounds_new (seed);

  g_test_message ("seed %u, %d rounds, a run takes %" G_GINT64_FORMAT " ms", seed, option_rounds, rounds->usual_us / 1000);
  for (int i = 1; i <= option_rounds; i++)
    {
      run_round (rounds);
      if (i % CHECK_EVERY == 0 || i == option_rounds)
        {
          rounds_check_rest (rounds);
          g_test_message ("round %d: %u saved or tried, %u arrived, %u lost, %u doubled; %u programs and %u hubs killed, "
                          "%u syncs failed", i, rounds->saved->len, rounds->n_arrived, rounds->n_lost, rounds->n_doubled,
                          rounds->n_killed_ctl, rounds->n_killed_hub, rounds->n_failed_syncs);
        }
    }
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
  g_test_add_func ("/faults/rounds", test_rounds);

  return g_test_run ();
}
