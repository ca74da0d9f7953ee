/* test-hostile.c: a device that is enrolled and means harm
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It has a key of its own and a correct program's knowledge of the protocol; what it does not have is the right to
 * anything but its own unit, a share of the disk and its turn.
 */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub/hub-fixture.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-heal.h"
#include "hub/mc-hub-quota.h"
#include "wire/mc-buffer.h"

/* A request of one cursor for @log at 0. */
static GBytes *
cursor_request (Device     *self,
                const char *log)
{
  McFrameWriter *writer = hub_begin_request (self);

  hub_put_cursor (self, writer, log);

  return hub_end_request (writer);
}

/* Another unit's log is neither told nor written: its rows stay what they were. */
static void
test_other_unit (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), hostile = hub_device_new (fixture, OTHER, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GBytes) look = NULL, write = NULL;
  g_autoptr(GPtrArray) groups = NULL;
  Answer answer = { 0 };

  hub_fill (fixture, town, 3);
  look = cursor_request (hostile, TOWN);
  hub_send (fixture->hub, look, 8192, &answer);
  g_assert_null (answer.rows);

  g_free (hostile->log);
  hostile->log = g_strdup (TOWN);
  groups = hub_groups_new (hostile, hub_change_new (record, "fee"), NULL);
  write = hub_request_new (hostile, groups);
  hub_send (fixture->hub, write, 8192, &answer);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_REJECTED);
  g_assert_null (answer.rows);
  hub_assert_rows (fixture->hub, "3 rows in 1 logs");
  hub_answer_clear (&answer);
}

/* Nobody speaks in another device's name: not in HELLO, not in a group that it signs with its own key. */
static void
test_forged (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), hostile = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = NULL, stolen = NULL;
  g_autoptr(GBytes) as_town = NULL, own = NULL;
  McSigningKey right = town->key;
  Answer answer = { 0 };

  hub_fill (fixture, town, 1);
  town->key = hostile->key;
  groups = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
  as_town = hub_request_new (town, groups);
  hub_send (fixture->hub, as_town, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, "bad-signature");

  /* The town's own group and signature, handed in by the other as its own. */
  town->key = right;
  town->n = 1;
  memset (&town->chain, 0, sizeof town->chain);
  stolen = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
  ((McGroup *) stolen->pdata[0])->n = 1;
  hostile->n = 1;
  own = hub_request_new (hostile, stolen);
  hub_send (fixture->hub, own, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, "bad-signature");
  hub_assert_rows (fixture->hub, "1 rows in 1 logs");
  hub_answer_clear (&answer);
}

static long
peak_kib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return usage.ru_maxrss;
}

/* A frame of a few kilobytes that unpacks to megabytes costs what the limit allows, and one past it nothing. */
static void
test_bomb (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) hostile = hub_device_new (fixture, TOWN, "commune");
  g_autofree guint8 *zeros = g_malloc0 (MC_UNPACKED_MAX_BYTES + 1);
  g_autoptr(GBytes) inside = mc_compress (NULL, zeros, MC_UNPACKED_MAX_BYTES);
  g_autoptr(GBytes) outside = mc_compress (NULL, zeros, MC_UNPACKED_MAX_BYTES + 1);
  g_autoptr(GBytes) unpacked = mc_decompress (g_bytes_get_data (inside, NULL), g_bytes_get_size (inside));
  long before = peak_kib ();
  Answer answer = { 0 };

  g_assert_nonnull (unpacked);
  g_assert_null (mc_decompress (g_bytes_get_data (outside, NULL), g_bytes_get_size (outside)));
  g_assert_cmpuint (g_bytes_get_size (outside), <, 64 * 1024);

  for (guint round = 0; round < 2; round++)
    {
      McFrameWriter *writer = hub_begin_request (hostile);
      GBytes *bomb = round == 0 ? inside : outside;
      g_autoptr(GBytes) request = NULL;

      hub_put_cursor (hostile, writer, TOWN);
      for (guint i = 0; i < 200; i++)
        mc_frame_writer_add (writer, MC_FRAME_GROUPS, g_bytes_get_data (bomb, NULL), g_bytes_get_size (bomb));
      request = hub_end_request (writer);
      hub_send (fixture->hub, request, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, "protocol");
    }
  g_test_message ("%ld KiB more", peak_kib () - before);
  g_assert_cmpint (peak_kib () - before, <, 96 * 1024);
  hub_answer_clear (&answer);
}

/* The changes of one frame, of about @n_values brackets and commas together. */
static GPtrArray *
heavy_groups (Device *self,
              guint   n_values)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

  for (guint left = n_values; left > 0;)
    {
      g_autoptr(JsonObject) set = json_object_new ();
      JsonArray *list = json_array_new ();
      g_autofree char *id = mc_id_new (NOW), *record = mc_id_new (NOW);
      guint n = MIN (left, 4000), n_lists = n / 2;

      for (guint i = 0; i < n_lists; i++)
        json_array_add_array_element (list, json_array_new ());
      json_object_set_array_member (set, "a", list);
      g_ptr_array_add (groups, hub_group_new (self, mc_change_new (id, record, "plan", "p/1", "2021-11-02T08:14:03.120+07:00", "",
                                                                   set, NULL, 0, 1, NULL, NULL, NULL)));
      left -= n;
    }

  return groups;
}

/* Many small values take a hundred times their text: a frame with more than its bound of them is not parsed. */
static void
test_values (Fixture *fixture, gconstpointer data)
{
  for (guint past = 0; past < 2; past++)
    {
      g_autoptr(Device) hostile = hub_device_new (fixture, TOWN, "commune");
      g_autoptr(GPtrArray) groups = heavy_groups (hostile, past ? MC_FRAME_MAX_VALUES * 2 : MC_FRAME_MAX_VALUES / 4);
      g_autoptr(GBytes) request = hub_request_new (hostile, groups);
      Answer answer = { 0 };

      hub_send (fixture->hub, request, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, past ? "protocol" : NULL);
      hub_answer_clear (&answer);
    }
}

/* A small request for the same log many times is not answered many times, and GROUPS past its bound is not opened. */
static void
test_counts (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) hostile = hub_device_new (fixture, TOWN, "commune");
  McFrameWriter *twice = hub_begin_request (hostile), *many, *large;
  g_autofree guint8 *noise = g_malloc0 (MC_GROUPS_MAX_BYTES + 1);
  g_autoptr(GBytes) same = NULL;
  Answer answer = { 0 };

  hub_put_cursor (hostile, twice, TOWN);
  hub_put_cursor (hostile, twice, TOWN);
  same = hub_end_request (twice);
  hub_send (fixture->hub, same, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, "protocol");

  for (guint past = 0; past < 2; past++)
    {
      g_autoptr(GBytes) request = NULL, big = NULL;

      many = hub_begin_request (hostile);
      for (guint i = 0; i < MC_CURSORS_MAX + past; i++)
        {
          g_autofree char *log = g_strdup_printf ("%u@2004-07-08", i);

          hub_put_cursor (hostile, many, log);
        }
      request = hub_end_request (many);
      hub_send (fixture->hub, request, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, past ? "protocol" : NULL);

      large = hub_begin_request (hostile);
      mc_frame_writer_add (large, MC_FRAME_GROUPS, noise, MC_GROUPS_MAX_BYTES + past);
      big = hub_end_request (large);
      hub_send (fixture->hub, big, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, past ? "too-large" : "protocol");
    }
  hub_answer_clear (&answer);
}

/* A request that goes on for ever is not read to its end. */
static void
test_request_size (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) hostile = hub_device_new (fixture, TOWN, "commune");
  g_autofree guint8 *noise = g_malloc0 (MC_FRAME_MAX_BYTES);

  for (guint past = 0; past < 2; past++)
    {
      McFrameWriter *writer = hub_begin_request (hostile);
      g_autoptr(GBytes) request = NULL;
      Answer answer = { 0 };
      guint64 room;

      while ((room = MC_REQUEST_MAX_BYTES - mc_frame_writer_get_size (writer)) > MC_FRAME_MAX_BYTES)
        mc_frame_writer_add (writer, 200, noise, MC_FRAME_MAX_BYTES / 2);
      /* The frame's head, and END. */
      mc_frame_writer_add (writer, 200, noise, room - 46 + past);
      request = hub_end_request (writer);
      g_assert_cmpuint (g_bytes_get_size (request), ==, MC_REQUEST_MAX_BYTES + past);
      hub_send (fixture->hub, request, 1024 * 1024, &answer);
      g_assert_cmpstr (answer.problem, ==, past ? "too-large" : NULL);
      hub_answer_clear (&answer);
    }
}

/* When so many changes in a row were refused that their hashes no longer fit a row, the device waits at its place. */
static void
test_holes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) hostile = hub_device_new (fixture, OTHER, "commune");
  g_autofree char *record = mc_id_new (NOW), *sql = NULL;

  g_free (hostile->log);
  hostile->log = g_strdup (TOWN);
  for (guint past = 0; past < 2; past++)
    {
      g_autoptr(GPtrArray) groups = hub_groups_new (hostile, hub_change_new (record, "fee"), NULL);
      g_autoptr(GBytes) request = hub_request_new (hostile, groups);
      Answer answer = { 0 };

      hub_send (fixture->hub, request, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, past ? "not-ready" : NULL);
      sql = g_strdup_printf ("UPDATE stream SET holes = zeroblob (%d)", MC_HOLES_MAX * MC_DIGEST_SIZE);
      g_assert_true (mc_db_exec (fixture->hub->db, sql, NULL));
      g_clear_pointer (&sql, g_free);
      hub_answer_clear (&answer);
    }
}

/* Rows behind as many refused changes as there may be are told one by one: together their hashes fit no frame. */
static void
test_many_holes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) hostile = hub_device_new (fixture, TOWN, "commune"), reader = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *sql = g_strdup_printf ("UPDATE stream SET holes = randomblob (%d)", (MC_HOLES_MAX - 1) * MC_DIGEST_SIZE);
  g_autoptr(GBytes) look = NULL;
  Answer answer = { 0 };

  hub_fill (fixture, hostile, 1);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_true (mc_db_exec (fixture->hub->db, sql, NULL));
      hub_fill (fixture, hostile, 1);
    }
  look = cursor_request (reader, TOWN);
  hub_send (fixture->hub, look, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.rows->len, ==, 2);
  hub_answer_clear (&answer);
}

/* A device that begins anew with each change makes a log of many streams.  As many as fit a frame are told, the longest first,
 * so that nobody else's are missing. */
static void
test_many_streams (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");

  hub_fill (fixture, town, 3);
  for (guint past = 0; past < 2; past++)
    {
      g_autofree char *sql = g_strdup_printf ("DELETE FROM stream WHERE n = 1; WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL"
                                              " SELECT n + 1 FROM number WHERE n < %u) INSERT INTO stream SELECT '%s',"
                                              " printf ('0190a000-0000-7000-8000-%%012x', n), '" TOWN "', 1, zeroblob (32), x'' FROM number",
                                              MC_STREAMS_MAX - 1 + past, town->id);
      McFrameWriter *writer = hub_begin_request (town);
      g_autoptr(GPtrArray) streams = NULL;
      g_autoptr(GBytes) request = NULL;
      g_autoptr(GByteArray) question = mc_encode_ask (MC_ASK_STREAMS, TOWN);
      Answer answer = { 0 };

      g_assert_true (mc_db_exec (fixture->hub->db, sql, NULL));
      streams = mc_hub_list_streams (fixture->hub, TOWN, "", NULL);
      g_assert_cmpuint (streams->len, ==, MC_STREAMS_MAX);
      g_assert_cmpstr (((McStreamPlace *) streams->pdata[0])->incarnation, ==, town->incarnation);

      hub_put_cursor (town, writer, TOWN);
      mc_frame_writer_add (writer, MC_FRAME_ASK, question->data, question->len);
      request = hub_end_request (writer);
      hub_send (fixture->hub, request, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, NULL);
      hub_answer_clear (&answer);
    }
}

static int
count_step (gpointer data)
{
  (*(guint64 *) data)++;

  return 0;
}

/* How many steps the store takes to judge @n_groups of @hostile, every other one of them rejected. */
static guint64
steps_of (Fixture *fixture,
          Device  *hostile,
          guint    n_groups)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };
  guint64 steps = 0;

  for (guint i = 0; i < n_groups; i++)
    {
      g_autofree char *record = mc_id_new (NOW);

      g_ptr_array_add (groups, hub_group_new (hostile, hub_change_new (record, i % 2 ? "review.verdict" : "fee")));
    }
  request = hub_request_new (hostile, groups);
  sqlite3_progress_handler (mc_db_get_handle (fixture->hub->db), 1, count_step, &steps);
  hub_send (fixture->hub, request, 8192, &answer);
  sqlite3_progress_handler (mc_db_get_handle (fixture->hub->db), 0, NULL, NULL);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.n, ==, hostile->n);
  hub_answer_clear (&answer);

  return steps;
}

/* A group more is judged as fast behind much that was rejected as on the first day. */
static void
test_many_rejected (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) hostile = hub_device_new (fixture, TOWN, "commune");
  guint64 before, after;

  steps_of (fixture, hostile, 16);
  before = steps_of (fixture, hostile, 16);
  before = steps_of (fixture, hostile, 80) - before;
  steps_of (fixture, hostile, 1024);
  after = steps_of (fixture, hostile, 16);
  after = steps_of (fixture, hostile, 80) - after;
  g_test_message ("64 groups: %" G_GUINT64_FORMAT " steps behind 16 rejected, %" G_GUINT64_FORMAT " behind 576", before, after);
  g_assert_cmpuint (after, <, 2 * before);
}

/* The body of POST /v1/enrol may be anything that JSON can say, and more. */
static void
test_enrol_bodies (Fixture *fixture, gconstpointer data)
{
  static const char * const bodies[] = {
    "", "null", "5", "[]", "{}", "{\"secret\":5}", "{\"secret\":[]}", "{\"secret\":\"x\",\"device\":{}}", "{}{}", "2[1]]",
    "{\"secret\":\"00000000000000000000000000000000\",\"device\":5,\"public_key\":null,\"name\":[[]]}",
  };
  g_autofree char *deep = g_strnfill (MC_ENROL_MAX_BYTES, '[');

  for (guint i = 0; i <= G_N_ELEMENTS (bodies); i++)
    {
      const char *body = i < G_N_ELEMENTS (bodies) ? bodies[i] : deep, *problem;
      g_autoptr(GError) error = NULL;

      g_assert_null (mc_hub_answer_enrol (fixture->hub, body, strlen (body), NOW, &problem, &error));
      g_assert_cmpstr (problem, ==, "bad-request");
      g_assert_no_error (error);
    }
}

static gint64
count_rows (McHub      *hub,
            const char *sql)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (hub->db, sql, NULL);
  gboolean has_row;

  g_assert_nonnull (stmt);
  g_assert_true (mc_stmt_next (stmt, &has_row, NULL));

  return mc_stmt_get_int64 (stmt, 0);
}

/* An id that two held groups have, or that came into the log while its group was held, stops nobody's correction: the first
 * keeps it, and what the others say is kept as refused. */
static void
test_held_ids (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, OTHER, "commune");
  g_autofree char *record = mc_id_new (NOW), *second = mc_id_new (NOW), *elsewhere = mc_id_new (NOW);
  g_autofree char *twice = mc_id_new (NOW), *stolen = mc_id_new (NOW);
  McChange *bad = hub_change_new (record, "review.verdict"), *worse = hub_change_new (second, "review.verdict");
  g_autoptr(GPtrArray) groups = hub_groups_new (town, bad, hub_change_full (twice, record, "fee", NULL, NULL, NULL),
                                                hub_change_full (twice, record, "copies", NULL, NULL, NULL), worse,
                                                hub_change_full (stolen, second, "note", NULL, NULL, NULL), NULL);
  g_autoptr(GPtrArray) thief = hub_groups_new (other, hub_change_full (stolen, elsewhere, "fee", NULL, NULL, NULL), NULL), corrections = NULL;
  g_autoptr(GBytes) request = hub_request_new (town, groups), taken = hub_request_new (other, thief), correct = NULL;
  g_autofree char *report = NULL;
  g_autoptr(GError) error = NULL;
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_HELD);
  hub_send (fixture->hub, taken, 8192, &answer);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);

  corrections = hub_groups_new (town, hub_change_full (NULL, record, "number", NULL, mc_change_get_id (bad), NULL),
                                hub_change_full (NULL, second, "number", NULL, mc_change_get_id (worse), NULL), NULL);
  correct = hub_request_new (town, corrections);
  hub_send (fixture->hub, correct, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
  g_assert_cmpint (count_rows (fixture->hub, "SELECT count(*) FROM refused WHERE held = 0 AND problem LIKE '%id-reused%'"), ==, 2);
  g_assert_cmpint (count_rows (fixture->hub, "SELECT count(*) FROM refused WHERE held = 1"), ==, 0);
  g_assert_true (mc_hub_verify (fixture->hub, &report, &error));
  g_assert_no_error (error);
  hub_answer_clear (&answer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, hub_set_up, func, hub_tear_down)
  ADD ("/hostile/other-unit", test_other_unit);
  ADD ("/hostile/forged", test_forged);
  ADD ("/hostile/bomb", test_bomb);
  ADD ("/hostile/values", test_values);
  ADD ("/hostile/counts", test_counts);
  ADD ("/hostile/request-size", test_request_size);
  ADD ("/hostile/holes", test_holes);
  ADD ("/hostile/many-holes", test_many_holes);
  ADD ("/hostile/many-streams", test_many_streams);
  ADD ("/hostile/many-rejected", test_many_rejected);
  ADD ("/hostile/enrol-bodies", test_enrol_bodies);
  ADD ("/hostile/held-ids", test_held_ids);

  return g_test_run ();
}
