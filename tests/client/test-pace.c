/* test-pace.c: how much is asked of a line at once, and how long it is left alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-pace.h"
#include "client/mc-sync-report.h"
#include "wire/mc-sync-error.h"

static gint64
time_of (gsize  size,
         double bytes_a_second,
         double overhead)
{
  return (size / bytes_a_second + overhead) * G_TIME_SPAN_SECOND;
}

/* On every line between the slowest and the fastest a full request soon takes 10 to 20 seconds. */
static void
test_sizes (void)
{
  for (double rate = 8000; rate <= 240000; rate *= 1.3)
    for (double overhead = 0; overhead <= 2; overhead += 0.5)
      {
        McPace pace;
        double seconds;

        mc_pace_begin (&pace, 0);
        g_assert_cmpuint (pace.budget, ==, MC_PACE_SMALL_BYTES);
        for (guint i = 0; i < 12; i++)
          mc_pace_note_turn (&pace, pace.budget, time_of (pace.budget, rate, overhead));
        seconds = time_of (pace.budget, rate, overhead) / 1e6;
        g_assert_cmpfloat (seconds, >=, 8);
        g_assert_cmpfloat (seconds, <=, 20);
      }
}

/* A line of this country's communes is worth packing well for, one inside a building is not, also where its hub is slow. */
static void
test_packing (void)
{
  McPace pace;

  mc_pace_begin (&pace, 0);
  g_assert_false (pace.is_fast);
  mc_pace_note_turn (&pace, pace.budget, time_of (pace.budget, 64000, 0.3));
  g_assert_false (pace.is_fast);
  mc_pace_note_turn (&pace, pace.budget, time_of (pace.budget, 1e8, 0.2));
  g_assert_true (pace.is_fast);
  mc_pace_note_turn (&pace, pace.budget, time_of (pace.budget, 128000, 0));
  g_assert_false (pace.is_fast);
}

/* However bad or good the line, a request is neither smaller than 64 KiB nor more than this machine keeps in memory. */
static void
test_bounds (void)
{
  McPace pace;

  mc_pace_begin (&pace, 0);
  for (guint i = 0; i < 20; i++)
    {
      mc_pace_note_turn (&pace, pace.budget, time_of (pace.budget, 100, 5));
      g_assert_cmpuint (pace.budget, ==, MC_PACE_SMALL_BYTES);
    }
  for (guint i = 0; i < 20; i++)
    mc_pace_note_turn (&pace, pace.budget, time_of (pace.budget, 1e9, 0));
  g_assert_cmpuint (pace.budget, ==, MC_PACE_LARGE_BYTES);
  /* Ten edits on the way do not make the next file slow. */
  mc_pace_note_turn (&pace, 500, time_of (500, 1e6, 0.6));
  g_assert_cmpuint (pace.budget, ==, MC_PACE_LARGE_BYTES);
}

/* Where much was sent and nothing arrived, somebody keeps requests until their end: small ones, until they work. */
static void
test_proxy (void)
{
  McPace pace;
  guint turns = 0;

  mc_pace_begin (&pace, MC_PACE_PROXY_BYTES);
  g_assert_cmpuint (pace.ceiling, ==, MC_PACE_LARGE_BYTES);

  mc_pace_begin (&pace, MC_PACE_PROXY_BYTES + 1);
  for (; pace.budget == MC_PACE_SMALL_BYTES && turns < 100; turns++)
    mc_pace_note_turn (&pace, pace.budget, time_of (pace.budget, 1e6, 0.1));
  g_assert_cmpuint (turns, >=, 5);
  g_assert_cmpuint (turns, <, 100);
  g_assert_cmpuint (pace.budget, ==, 2 * MC_PACE_SMALL_BYTES);

  mc_pace_begin (&pace, 10000000);
  mc_pace_note_turn (&pace, 2000, 100000);
  mc_pace_note_arrived (&pace, 3000000);
  g_assert_cmpuint (pace.ceiling, ==, MC_PACE_LARGE_BYTES);
}

/* Pauses grow, have an end, and scatter; what only a person can mend is left to a person. */
static void
test_delays (void)
{
  for (int code = MC_SYNC_ERROR_NO_NETWORK; code <= MC_SYNC_ERROR_CUT; code++)
    {
      g_autoptr(GError) error = g_error_new_literal (MC_SYNC_ERROR, code, "");
      gboolean person = code == MC_SYNC_ERROR_WRONG_KEY || code == MC_SYNC_ERROR_REVOKED || code == MC_SYNC_ERROR_UNKNOWN_DEVICE ||
                        code == MC_SYNC_ERROR_BAD_LINE || code == MC_SYNC_ERROR_SECRET_USED || code == MC_SYNC_ERROR_SECRET_EXPIRED;
      guint before = 0;

      g_test_message ("%s", mc_sync_error_get_slug (code));
      for (guint attempts = 1; attempts <= 100; attempts++)
        {
          guint shortest = mc_pace_next_delay (attempts, error, 0), middle = mc_pace_next_delay (attempts, error, 0.5);
          guint longest = mc_pace_next_delay (attempts, error, 0.999999);

          g_assert_cmpint (person, ==, middle == 0);
          g_assert_cmpuint (middle, >=, before);
          g_assert_cmpuint (middle, <=, 3600);
          if (!person)
            {
              g_assert_cmpuint (shortest, >=, 1);
              g_assert_cmpuint (shortest, <, middle);
              g_assert_cmpuint (middle, <, longest);
            }
          before = middle;
        }
    }
}

/* A cancel is not a failure that is tried again. */
static void
test_cancelled (void)
{
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "");

  g_assert_cmpuint (mc_pace_next_delay (1, error, 0.5), ==, 0);
}

/* What is left is estimated from what went, and not before anything can be said. */
static void
test_estimate (void)
{
  McSyncReport report = { .bytes_sent = 64000, .evidence_done = 50000, .evidence_total = 4050000 };

  mc_sync_report_estimate (&report, G_TIME_SPAN_SECOND);
  g_assert_cmpint (report.seconds_left, ==, -1);
  mc_sync_report_estimate (&report, 4 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (report.seconds_left, ==, 250);
  report.sending = 1000000;
  report.sending_total = 1100000;
  mc_sync_report_estimate (&report, 66 * G_TIME_SPAN_SECOND + G_TIME_SPAN_SECOND / 2);
  g_assert_cmpint (report.seconds_left, ==, 188);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pace/sizes", test_sizes);
  g_test_add_func ("/pace/packing", test_packing);
  g_test_add_func ("/pace/bounds", test_bounds);
  g_test_add_func ("/pace/proxy", test_proxy);
  g_test_add_func ("/pace/delays", test_delays);
  g_test_add_func ("/pace/cancelled", test_cancelled);
  g_test_add_func ("/pace/estimate", test_estimate);

  return g_test_run ();
}
