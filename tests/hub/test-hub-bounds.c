/* test-hub-bounds.c: both sides of the bounds of core/mc-limits.h that only a hub keeps
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>
#include <utime.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub/hub-fixture.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-quota.h"

static gboolean
takes_units (McHub      *hub,
             const char *text)
{
  g_autoptr(GError) error = NULL;
  guint count;
  gboolean done = mc_hub_import_units (hub, text, &count, &error);

  g_assert_true (done == (error == NULL));
  if (error != NULL)
    {
      g_test_message ("%s", error->message);
      g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID);
    }

  return done;
}

static char *
unit_text (const char *code,
           const char *from,
           guint       padding)
{
  return g_strdup_printf ("{\"units\":[{\"code\":\"%s\",\"valid_from\":\"%s\",\"name\":\"x\",\"kind\":\"commune\"}]%*s}", code, from,
                          (int) padding, "");
}

/* A table of units at a bound is taken, one past it is refused in words, and so is what cannot name a log. */
static void
test_units (Fixture *fixture, gconstpointer data)
{
  g_autofree char *small = unit_text ("1", "2021-01-01", 0), *slash = unit_text ("1/shared", "2021-01-01", 0);
  g_autofree char *date = unit_text ("1", "2021-01-01\\n", 0), *empty = unit_text ("", "2021-01-01", 0);
  gsize room = MC_UNITS_MAX_BYTES - strlen (small);

  for (guint past = 0; past < 2; past++)
    {
      g_autofree char *code = g_strnfill (MC_UNIT_CODE_MAX_BYTES + past, '7'), *long_code = unit_text (code, "2021-01-01", 0);
      g_autofree char *large = unit_text ("1", "2021-01-01", room + past);
      g_autofree char *open = g_strnfill (MC_UNITS_MAX_DEPTH - 1 + past, '['), *close = g_strnfill (MC_UNITS_MAX_DEPTH - 1 + past, ']');
      g_autofree char *deep = g_strdup_printf ("{\"units\":[],\"a\":%s%s}", open, close);

      g_assert_true (takes_units (fixture->hub, long_code) == !past);
      g_assert_true (takes_units (fixture->hub, large) == !past);
      g_assert_true (takes_units (fixture->hub, deep) == !past);
    }
  g_assert_false (takes_units (fixture->hub, slash));
  g_assert_false (takes_units (fixture->hub, date));
  g_assert_false (takes_units (fixture->hub, empty));
  g_assert_false (takes_units (fixture->hub, ""));
}

/* A request to enrol that is nested at the bound is judged by what it says; one deeper is not looked at. */
static void
test_enrol_depth (Fixture *fixture, gconstpointer data)
{
  for (guint past = 0; past < 2; past++)
    {
      g_autofree char *open = g_strnfill (MC_ENROL_MAX_DEPTH - 1 + past, '['), *close = g_strnfill (MC_ENROL_MAX_DEPTH - 1 + past, ']');
      g_autofree char *zeros = g_strnfill (64, '0'), *answer = NULL;
      g_autofree char *text = g_strdup_printf ("{\"secret\":\"%.32s\",\"device\":\"0190a000-0000-7000-8000-000000000001\","
                                               "\"public_key\":\"%s\",\"name\":\"\",\"a\":%s%s}", zeros, zeros, open, close);
      const char *problem = NULL;

      answer = mc_hub_answer_enrol (fixture->hub, text, strlen (text), NOW, &problem, NULL);
      g_assert_null (answer);
      g_assert_cmpstr (problem, ==, past ? "bad-request" : "secret-unknown");
    }
}

/* Whoever has not said who he is is heard up to the bound and not past it. */
static void
test_stranger (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *head = NULL;
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(GBytes) begin = NULL;
  gsize size;

  /* A frame that is announced as large, and never comes to its end. */
  mc_frame_writer_add (writer, MC_FRAME_HELLO, "", 0);
  begin = mc_frame_writer_take (writer);
  size = g_bytes_get_size (begin);
  head = g_memdup2 (g_bytes_get_data (begin, NULL), size);
  head[size - 2] = 0x7f;
  for (guint past = 0; past < 2; past++)
    {
      McHubSession *session = mc_hub_session_new (fixture->hub, NOW);
      guint8 byte = 0;

      mc_hub_session_push (session, head, size);
      for (gsize sent = size; sent <= MC_STRANGER_MAX_BYTES + 1 - !past; sent++)
        mc_hub_session_push (session, &byte, 1);
      g_test_message ("%s", mc_hub_session_get_problem (session) != NULL ? mc_hub_session_get_problem (session) : "none");
      g_assert_true ((mc_hub_session_get_problem (session) != NULL) == past);
      mc_hub_session_free (session);
    }
}

/* A cut upload that lies for less than the bound is kept, one that lies longer is dropped. */
static void
test_partials (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_build_filename (fixture->hub->dir, "partial", NULL);
  const char *names[] = { "1111111111111111111111111111111111111111111111111111111111111111",
                          "2222222222222222222222222222222222222222222222222222222222222222" };
  gint64 now_s = NOW / G_TIME_SPAN_SECOND;

  for (guint past = 0; past < 2; past++)
    {
      g_autofree char *path = g_build_filename (dir, names[past], NULL);
      struct utimbuf times = { now_s - MC_PARTIAL_DAYS * 24 * 3600 - past, now_s - MC_PARTIAL_DAYS * 24 * 3600 - past };

      g_assert_true (g_file_set_contents (path, "x", 1, NULL));
      g_assert_cmpint (utime (path, &times), ==, 0);
    }
  mc_hub_drop_old_partials (fixture->hub, NOW);
  for (guint past = 0; past < 2; past++)
    {
      g_autofree char *path = g_build_filename (dir, names[past], NULL);

      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS) == !past);
    }
}

/* Verdicts that cannot be said in one go stop at the bound, and the device is told to go on from there. */
static void
test_verdicts (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  McFrameWriter *writer = hub_begin_request (town);
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };
  guint sent = 0;

  hub_put_cursor (town, writer, TOWN);
  while (sent <= MC_ANSWER_VERDICTS_MAX)
    {
      g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

      /* Every other one is refused, so that no two verdicts are one. */
      for (guint i = 0; i < 256 && sent <= MC_ANSWER_VERDICTS_MAX; i++, sent++)
        {
          g_autofree char *record = mc_id_new (NOW);

          g_ptr_array_add (groups, hub_group_new (town, hub_change_new (record, sent % 2 ? "review.verdict" : "fee")));
        }
      hub_put_groups (town, writer, groups);
    }
  request = hub_end_request (writer);
  hub_send (fixture->hub, request, 65536, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.n, ==, MC_ANSWER_VERDICTS_MAX);
  g_assert_cmpuint (answer.verdicts->len, ==, MC_ANSWER_VERDICTS_MAX);
  hub_answer_clear (&answer);
}

/* A hub that nobody has told anything gives each its share by the constants. */
static void
test_shares (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (mc_hub_get_log_quota (fixture->hub), ==, MC_QUOTA_LOG_BYTES);
  g_assert_cmpuint (mc_hub_get_evidence_quota (fixture->hub), ==, MC_QUOTA_EVIDENCE_BYTES);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, hub_set_up, func, hub_tear_down)
  ADD ("/hub-bounds/units", test_units);
  ADD ("/hub-bounds/enrol-depth", test_enrol_depth);
  ADD ("/hub-bounds/stranger", test_stranger);
  ADD ("/hub-bounds/partials", test_partials);
  ADD ("/hub-bounds/verdicts", test_verdicts);
  ADD ("/hub-bounds/shares", test_shares);

  return g_test_run ();
}
