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
#include "hub/mc-hub-heal.h"
#include "hub/mc-hub-log.h"
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
  static const struct
  {
    const char *text;
    gboolean taken;
  } heirs[] = {
    { "[]", TRUE }, { "[\"2@2022-01-01\", \"2@2022-01-01\"]", TRUE }, { "[\"2\"]", FALSE }, { "[3]", FALSE }, { "[null]", FALSE },
    { "[\"1@2021-01-01\"]", FALSE }, { "[\"3@2022-01-01\"]", FALSE },
  };

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
  for (guint i = 0; i < G_N_ELEMENTS (heirs); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"units\":[{\"code\":\"1\",\"valid_from\":\"2021-01-01\",\"name\":\"x\","
                                               "\"kind\":\"commune\",\"valid_to\":\"2021-12-31\",\"successors\":%s},"
                                               "{\"code\":\"2\",\"valid_from\":\"2022-01-01\",\"name\":\"y\",\"kind\":\"commune\"}]}",
                                               heirs[i].text);

      g_assert_true (takes_units (fixture->hub, text) == heirs[i].taken);
    }
  g_assert_false (takes_units (fixture->hub, slash));
  g_assert_false (takes_units (fixture->hub, date));
  g_assert_false (takes_units (fixture->hub, empty));
  g_assert_false (takes_units (fixture->hub, ""));
}

/* What a table says of its units is true of them, one by one and together; one that is refused changes nothing. */
static void
test_table (Fixture *fixture, gconstpointer data)
{
#define UNIT(code, from, rest) "{\"code\":\"" code "\",\"valid_from\":\"" from "\",\"name\":\"x\"" rest "}"
#define COMMUNE ",\"kind\":\"commune\""
  static const struct
  {
    const char *units;
    gboolean taken;
  } tables[] = {
    { UNIT ("7", "2021-01-01", COMMUNE), TRUE }, { UNIT ("7", "2021-02-29", COMMUNE), FALSE },
    { UNIT ("7", "2021-13-01", COMMUNE), FALSE }, { UNIT ("7", "2021-01-01", ""), FALSE },
    { UNIT ("7", "2021-01-01", ",\"kind\":\"village\""), FALSE }, { UNIT ("7", "2021-01-01", COMMUNE ",\"valid_to\":\"2020-12-31\""), FALSE },
    { UNIT ("7", "2021-01-01", COMMUNE ",\"valid_to\":\"2021-01-01\""), TRUE }, { UNIT ("7", "2021-01-01", COMMUNE ",\"valid_to\":5"), FALSE },
    { UNIT ("7", "2021-01-01", COMMUNE ",\"valid_to\":\"\""), FALSE }, { UNIT ("7", "2021-01-01", COMMUNE ",\"parent\":\"8@2021-01-01\""), FALSE },
    { UNIT ("7", "2021-01-01", COMMUNE ",\"parent\":\"7@2021-01-01\""), FALSE }, { UNIT ("7", "2021-01-01", COMMUNE ",\"parent\":\"542\""), TRUE },
    { UNIT ("7", "2021-01-01", COMMUNE ",\"parent\":\"8@2021-01-01\"") "," UNIT ("8", "2021-01-01", COMMUNE ",\"parent\":\"7@2021-01-01\""), FALSE },
    { UNIT ("7", "2021-01-01", COMMUNE) "," UNIT ("7", "2022-01-01", COMMUNE), FALSE },
    { UNIT ("7", "2021-01-01", COMMUNE ",\"valid_to\":\"2021-12-31\"") "," UNIT ("7", "2022-01-01", COMMUNE), TRUE },
    { "{\"code\":\"9\",\"valid_from\":\"2021-01-01\",\"kind\":\"commune\"}", FALSE },
    { "{\"code\":\"9\",\"valid_from\":\"2021-01-01\",\"kind\":\"commune\",\"name\":\"\"}", FALSE },
  };
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"units\":[%s]}", tables[i].units), *log = NULL;

      g_test_message ("%s", text);
      g_assert_true (mc_db_exec (fixture->hub->db, "DELETE FROM unit WHERE code IN ('7', '8', '9')", &error));
      g_assert_true (takes_units (fixture->hub, text) == tables[i].taken);
      log = mc_hub_find_log (fixture->hub, "7", "2021-01-01", NULL);
      g_assert_true ((log != NULL) == tables[i].taken);
    }
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

/* what is too much for one answer */

static GBytes *
ask (McHub  *hub,
     GBytes *request)
{
  g_autoptr(McHubSession) session = mc_hub_session_new (hub, NOW);
  GBytes *answer;

  mc_hub_session_push (session, g_bytes_get_data (request, NULL), g_bytes_get_size (request));
  answer = mc_hub_session_finish (session);
  g_assert_cmpstr (mc_hub_session_get_problem (session), ==, NULL);

  return answer;
}

/* How often @kind comes in @answer; @out_before (nullable): how many bytes stand before the last of them, and @out_size
 * (nullable) before END. */
static guint
count_frames (GBytes *answer,
              guint8  kind,
              gsize  *out_before,
              gsize  *out_size)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  gsize at = 4;
  guint count = 0;
  guint8 next;
  GBytes *payload;

  mc_frame_reader_push (reader, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  while (mc_frame_reader_next (reader, &next, &payload, NULL))
    {
      if (next == kind)
        {
          count++;
          if (out_before != NULL)
            *out_before = at;
        }
      if (out_size != NULL && next != MC_FRAME_HUB_END)
        *out_size = at + 5 + g_bytes_get_size (payload);
      at += 5 + g_bytes_get_size (payload);
      g_bytes_unref (payload);
    }
  g_assert_true (mc_frame_reader_has_ended (reader));

  return count;
}

/* Places that are wanted of their author are named up to the bound; the rest waits until these have come. */
static void
test_wanted (Fixture *fixture, gconstpointer data)
{
  for (guint past = 0; past < 2; past++)
    {
      McHubStream stream = { .device = (char *) "d", .incarnation = (char *) "i", .log = (char *) TOWN };
      g_autofree char *sql = g_strdup_printf ("DELETE FROM wanted; WITH RECURSIVE number (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM number"
                                              " WHERE n < %u) INSERT INTO wanted SELECT 'd', 'i', '" TOWN "', n FROM number", MC_WANTED_MAX + past);
      g_autoptr(GArray) wanted = NULL;

      g_assert_true (mc_db_exec (fixture->hub->db, sql, NULL));
      wanted = mc_hub_list_wanted (fixture->hub, &stream, NULL);
      g_assert_cmpuint (wanted->len, ==, MC_WANTED_MAX);
      g_assert_cmpuint (g_array_index (wanted, guint64, MC_WANTED_MAX - 1), ==, MC_WANTED_MAX);
    }
}

/* A device that lacks more rows than the bound after an answer is told how far it has to go; one that lacks so many is not. */
static void
test_far (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), reader = hub_device_new (fixture, TOWN, "commune");
  const guint total = MC_FAR_ROWS + 3;
  McFrameWriter *writer = hub_begin_request (town);
  g_autoptr(GBytes) request = NULL, taken = NULL;

  hub_put_cursor (town, writer, TOWN);
  for (guint sent = 0; sent < total;)
    {
      g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

      for (guint i = 0; i < 256 && sent < total; i++, sent++)
        {
          g_autofree char *record = mc_id_new (NOW);

          g_ptr_array_add (groups, hub_group_new (town, hub_change_new (record, "fee")));
        }
      hub_put_groups (town, writer, groups);
    }
  request = hub_end_request (writer);
  taken = ask (fixture->hub, request);

  /* A row a page, and a page an answer. */
  fixture->hub->page_bytes = 1;
  for (guint past = 0; past < 2; past++)
    {
      McCursorFrame cursor = { .log = (char *) TOWN, .seq = total - MC_FAR_ROWS - 1 - past };
      McFrameWriter *look = hub_begin_request (reader);
      g_autoptr(GBytes) question = NULL, answer = NULL;

      g_assert_true (mc_hub_get_chain (fixture->hub, TOWN, cursor.seq, &cursor.seq_chain, NULL));
      mc_frame_writer_add_array (look, MC_FRAME_CURSOR, mc_encode_cursor (&cursor));
      question = hub_end_request (look);
      answer = ask (fixture->hub, question);
      g_assert_cmpuint (count_frames (answer, MC_FRAME_HUB_LOG, NULL, NULL), ==, 1);
      g_assert_cmpuint (count_frames (answer, MC_FRAME_HUB_FAR, NULL, NULL), ==, past);
    }
}

/* Pages of 3 MB, a little less when packed: the fourth passes the bound, and there is a fifth. */
static const char * const communes[] = {
  "21609@2004-07-08", "21610@2004-07-08", "21613@2004-07-08", "21616@2004-07-08", "21619@2004-07-08",
};

/* A change of 60 KB that cannot be made smaller by much. */
static McChange *
large_change (void)
{
  g_autofree char *id = mc_id_new (NOW), *record = mc_id_new (NOW), *text = NULL;
  g_autofree guint8 *noise = g_malloc (45000);
  g_autoptr(JsonObject) set = json_object_new ();
  g_autoptr(GError) error = NULL;
  McChange *change;

  mc_random_bytes (noise, 45000);
  text = g_base64_encode (noise, 45000);
  json_object_set_string_member (set, "note", text);
  change = mc_change_new (id, record, "certified-copy", "p/1", "2021-11-02T08:14:03.120+07:00", "Hà", set, NULL, 0, 1, NULL, NULL, &error);
  g_assert_no_error (error);

  return change;
}

static void
fill (Fixture    *fixture,
      const char *log)
{
  g_autoptr(Device) town = hub_device_new (fixture, log, "commune");
  McFrameWriter *writer = hub_begin_request (town);
  g_autoptr(GBytes) request = NULL, taken = NULL;

  hub_put_cursor (town, writer, log);
  for (guint frame = 0; frame < 6; frame++)
    {
      g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

      for (guint i = 0; i < 10; i++)
        g_ptr_array_add (groups, hub_group_new (town, large_change ()));
      hub_put_groups (town, writer, groups);
    }
  request = hub_end_request (writer);
  taken = ask (fixture->hub, request);
}

/* An answer that is not at the bound yet gets another log's page, and one that is none: the device asks for the rest. */
static void
test_pages (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) district = hub_device_new (fixture, DISTRICT, "district");

  for (guint i = 0; i < G_N_ELEMENTS (communes); i++)
    fill (fixture, communes[i]);
  fixture->hub->page_bytes = 3 * 1024 * 1024;
  for (guint n_logs = 4; n_logs <= G_N_ELEMENTS (communes); n_logs++)
    {
      McFrameWriter *writer = hub_begin_request (district);
      g_autoptr(GBytes) question = NULL, answer = NULL;
      gsize before = 0, size = 0;
      guint n_pages;

      for (guint i = 0; i < n_logs; i++)
        hub_put_cursor (district, writer, communes[i]);
      question = hub_end_request (writer);
      answer = ask (fixture->hub, question);
      n_pages = count_frames (answer, MC_FRAME_HUB_LOG, &before, &size);
      g_test_message ("%u of %u logs, %" G_GSIZE_FORMAT " bytes, the last behind %" G_GSIZE_FORMAT, n_pages, n_logs, size, before);
      g_assert_cmpuint (before, <, MC_PAGES_MAX_BYTES);
      g_assert_true (n_pages == n_logs || size >= MC_PAGES_MAX_BYTES);
      g_assert_cmpuint (n_pages, ==, 4);
    }
}

static gboolean
is_two (McHub *hub)
{
  g_autofree char *list = mc_hub_list_devices (hub, NULL);

  return strstr (list, "TWO COMPUTERS") != NULL;
}

/* Incarnations one after the other are one computer; one that was left and speaks again is a second one, as long as no more than
 * the bound were left since. */
static void
test_incarnations (Fixture *fixture, gconstpointer data)
{
  for (guint past = 0; past < 2; past++)
    {
      g_autoptr(Device) device = hub_device_new (fixture, TOWN, "commune");
      gboolean was_two = is_two (fixture->hub);

      /* The first is left with the second, and so on. */
      for (guint i = 0; i <= MC_INCARNATIONS_MAX + past; i++)
        {
          g_autofree char *incarnation = mc_id_new (NOW);

          g_assert_true (mc_hub_note_spoken (fixture->hub, device->id, i == 0 ? device->incarnation : incarnation, NOW, NULL));
        }
      g_assert_true (is_two (fixture->hub) == was_two);
      g_assert_true (mc_hub_note_spoken (fixture->hub, device->id, device->incarnation, NOW, NULL));
      if (past == 0)
        {
          g_assert_true (is_two (fixture->hub));
          g_assert_true (mc_db_exec (fixture->hub->db, "DELETE FROM audit", NULL));
        }
      else
        g_assert_false (is_two (fixture->hub));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, hub_set_up, func, hub_tear_down)
  ADD ("/hub-bounds/table", test_table);
  ADD ("/hub-bounds/units", test_units);
  ADD ("/hub-bounds/enrol-depth", test_enrol_depth);
  ADD ("/hub-bounds/stranger", test_stranger);
  ADD ("/hub-bounds/partials", test_partials);
  ADD ("/hub-bounds/verdicts", test_verdicts);
  ADD ("/hub-bounds/shares", test_shares);
  ADD ("/hub-bounds/wanted", test_wanted);
  ADD ("/hub-bounds/far", test_far);
  ADD ("/hub-bounds/pages", test_pages);
  ADD ("/hub-bounds/incarnations", test_incarnations);

  return g_test_run ();
}
