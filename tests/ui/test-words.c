/* test-words.c: every state and every error of a sync has its own words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib.h>

#include "core/mc-error.h"
#include "mc-error-text.h"
#include "mc-settings.h"
#include "mc-sync-button.h"
#include "wire/mc-sync-error.h"

/* No two errors of a sync are told in the same words, and the word in the log leads to the same sentence. */
static void
test_errors (void)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  int code;

  for (code = 0; !g_str_equal (mc_sync_error_get_slug (code), "unknown"); code++)
    {
      g_autoptr(GError) error = g_error_new_literal (MC_SYNC_ERROR, code, "technical");
      char *text = mc_error_text (error);
      g_autofree char *again = mc_error_text_slug (mc_sync_error_get_slug (code));

      g_assert_cmpuint (strlen (text), >, 20);
      g_assert_null (strstr (text, "technical"));
      g_assert_cmpstr (again, ==, text);
      g_assert_cmpuint (strlen (mc_error_short (error)), >, 5);
      g_assert_true (g_hash_table_add (seen, text));
    }
  g_assert_cmpint (code, >, 15);
}

/* A computer that could not be enrolled has nothing yet that goes by itself, and is not told so. */
static void
test_enrolment (void)
{
  g_autoptr(GError) off = g_error_new_literal (MC_SYNC_ERROR, MC_SYNC_ERROR_UNREACHABLE, "technical");
  g_autoptr(GError) other = g_error_new_literal (MC_SYNC_ERROR, MC_SYNC_ERROR_WRONG_KEY, "technical");
  g_autofree char *text = mc_error_text_enrol (off), *of_other = mc_error_text_enrol (other);

  g_assert_nonnull (strstr (text, "not enrolled yet"));
  g_assert_null (strstr (of_other, "was enrolled at"));
  for (int code = 0; !g_str_equal (mc_sync_error_get_slug (code), "unknown"); code++)
    {
      g_autoptr(GError) error = g_error_new_literal (MC_SYNC_ERROR, code, "technical");
      g_autofree char *one = mc_error_text_enrol (error);

      if (strstr (one, "by itself") != NULL)
        g_test_message ("%s: %s", mc_sync_error_get_slug (code), one);
      g_assert_null (strstr (one, "by itself"));
    }
}

/* Of ten thousand letters that were pasted into a figure, the beginning is quoted, and what is to be typed is still said. */
static void
test_long (void)
{
  McField field = { .type = MC_FIELD_DATE };
  g_autofree char *typed = g_strnfill (10000, 'x'), *text = mc_error_text_field (&field, typed);
  g_autofree char *brief = mc_error_text_field (&field, "31/02/2021");

  g_assert_cmpuint (strlen (text), <, 120);
  g_assert_nonnull (strstr (text, "xxx…"));
  g_assert_nonnull (strstr (text, "31/12/2021"));
  g_assert_nonnull (strstr (brief, "“31/02/2021”"));
}

static void
check (const McJournalSummary *summary,
       const McSyncReport     *report,
       gboolean                is_working,
       const GError           *error,
       const char             *wanted)
{
  g_autofree char *text = mc_sync_state_text (summary, report, is_working, error, 0);

  g_assert_cmpstr (text, ==, wanted);
}

/* What stands on the button, from the most urgent down. */
static void
test_states (void)
{
  McJournalSummary summary = { .n_pending_records = 3 };
  McSyncReport report = { .files_done = 2, .files_total = 5, .seconds_left = 61 };
  g_autoptr(GError) cut = g_error_new_literal (MC_SYNC_ERROR, MC_SYNC_ERROR_NO_NETWORK, "");

  check (&summary, &report, TRUE, NULL, "Sending 2 of 5 files – about 1 minute left");
  report.seconds_left = 4;
  check (&summary, &report, TRUE, NULL, "Sending 2 of 5 files – less than a minute left");
  report.seconds_left = -1;
  check (&summary, &report, TRUE, NULL, "Sending 2 of 5 files");
  check (&summary, &report, FALSE, NULL, "3 items waiting");
  check (&summary, &report, FALSE, cut, "3 items waiting – No network – saved on this computer");
  check (&summary, NULL, FALSE, NULL, "Trial – nothing is sent");
  summary.n_refused_records = 1;
  check (&summary, &report, FALSE, cut, "Please look: 1 item was refused");
  summary = (McJournalSummary) { .n_spared_records = 60, .n_conflict_records = 1 };
  check (&summary, &report, FALSE, cut, "Please look: 60 items deleted elsewhere");
  summary = (McJournalSummary) { .n_evidence_waiting = 2 };
  check (&summary, &report, FALSE, NULL, "2 files waiting");
  report.files_wait = TRUE;
  check (&summary, &report, FALSE, NULL, "2 files wait for a network that costs nothing");
  summary = (McJournalSummary) { 0 };
  check (&summary, &report, FALSE, NULL, "Not synced yet");
  report.clock_off_us = 10 * G_TIME_SPAN_MINUTE;
  check (&summary, &report, FALSE, NULL, "Synced – the clock of this computer is wrong");
}

/* What rests here for others is not passed over, though nothing waits to be sent. */
static void
test_aside (void)
{
  McJournalSummary summary = { .n_aside_records = 2 };
  McSyncReport report = { .clock_off_us = 0 };
  g_autofree char *text = mc_sync_explain_text (&summary, &report, NULL), *none = NULL;

  g_assert_true (g_str_has_prefix (text, "2 items have entries of another computer that the district's server has lost."));
  summary.n_aside_records = 0;
  none = mc_sync_explain_text (&summary, &report, NULL);
  g_assert_cmpstr (none, ==, "Send what waits and fetch what is new");
}

/* What a person has not chosen is as the handbook says: files wait on a network that costs, notices are shown, nothing starts by
 * itself. */
static void
test_preferred (void)
{
  g_autoptr(McSettings) settings = mc_settings_new ("/nonexistent/minhchung.conf");

  g_assert_cmpstr (mc_settings_get_language (settings), ==, "vi");
  g_assert_cmpint (mc_settings_get_theme (settings), ==, MC_THEME_SYSTEM);
  g_assert_cmpuint (mc_settings_get_interval (settings), ==, 15);
  g_assert_true (mc_settings_get_spares_metered (settings));
  g_assert_true (mc_settings_get_notifies (settings));
  g_assert_false (mc_settings_get_background (settings));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/errors", test_errors);
  g_test_add_func ("/words/enrolment", test_enrolment);
  g_test_add_func ("/words/long", test_long);
  g_test_add_func ("/words/states", test_states);
  g_test_add_func ("/words/aside", test_aside);
  g_test_add_func ("/words/preferred", test_preferred);

  return g_test_run ();
}
