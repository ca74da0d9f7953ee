/* hub-fixture.c: a hub in a folder, and devices that speak to it frame by frame
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/hub-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "wire/mc-enrolment.h"
#include "wire/mc-message-heal.h"
#include "mc-test.h"

void
hub_set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "resources", "units", "an-lao.json", NULL), *units = NULL;
  g_autofree char *hub_dir = NULL;
  g_autoptr(GError) error = NULL;
  guint count;

  fixture->dir = g_dir_make_tmp ("mc-hub-XXXXXX", &error);
  g_assert_no_error (error);
  hub_dir = g_build_filename (fixture->dir, "hub", NULL);
  g_assert_true (mc_hub_init (hub_dir, "https://127.0.0.1:1", &error));
  g_assert_no_error (error);
  fixture->hub = mc_hub_open (hub_dir, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &units, NULL, NULL));
  g_assert_true (mc_hub_import_units (fixture->hub, units, &count, &error));
  g_assert_no_error (error);
}

void
hub_tear_down (Fixture *fixture, gconstpointer data)
{
  mc_hub_close (fixture->hub);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

/* The JSON of an enrolment of @device by @line. */
char *
hub_enrol_request (const char   *line,
               const char   *device,
               McSigningKey *key)
{
  g_autoptr(McEnrolment) enrolment = mc_enrolment_parse (line, NOW, NULL);
  g_autofree char *secret = mc_hex (enrolment->secret, MC_SECRET_BYTES), *hex = mc_hex (key->public_key, MC_KEY_BYTES);

  return g_strdup_printf ("{\"secret\":\"%s\",\"device\":\"%s\",\"public_key\":\"%s\",\"name\":\"may-1\"}", secret, device, hex);
}

Device *
hub_device_new (Fixture    *fixture,
            const char *log,
            const char *role)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *line = mc_hub_enrol (fixture->hub, log, role, NULL, 30, NOW, &error), *request = NULL, *answer = NULL;
  Device *self = g_new0 (Device, 1);
  const char *problem;

  g_assert_no_error (error);
  self->hub = fixture->hub;
  mc_signing_key_new (&self->key);
  self->id = mc_id_new (NOW);
  self->incarnation = mc_id_new (NOW);
  self->log = g_strdup (log);
  request = hub_enrol_request (line, self->id, &self->key);
  answer = mc_hub_answer_enrol (fixture->hub, request, strlen (request), NOW, &problem, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (problem, ==, NULL);
  g_assert_nonnull (answer);

  return self;
}

void
hub_device_free (Device *self)
{
  g_free (self->id);
  g_free (self->incarnation);
  g_free (self->log);
  g_free (self);
}

void
hub_answer_clear (Answer *answer)
{
  g_clear_pointer (&answer->problem, g_free);
  g_clear_pointer (&answer->verdicts, g_array_unref);
  g_clear_pointer (&answer->rows, g_ptr_array_unref);
  g_clear_pointer (&answer->needs, g_array_unref);
  g_clear_pointer (&answer->streams, g_ptr_array_unref);
  memset (answer, 0, sizeof *answer);
}

McChange *
hub_change_full (const char *id,
             const char *record,
             const char *field,
             const char *parent,
             const char *instead,
             const char *sha256)
{
  g_autofree char *new_id = id == NULL ? mc_id_new (NOW) : NULL;
  g_autoptr(JsonObject) set = json_object_new ();
  g_autoptr(GError) error = NULL;
  const char *evidence[] = { sha256, NULL };
  McChange *change;

  json_object_set_string_member (set, field, "x");
  if (parent != NULL)
    json_object_set_string_member (set, "parent", parent);
  change = mc_change_new (id != NULL ? id : new_id, record, "certified-copy", "p/1", "2021-11-02T08:14:03.120+07:00", "Hà",
                          set, NULL, 0, 1, instead, sha256 != NULL ? evidence : NULL, &error);
  g_assert_no_error (error);

  return change;
}

McChange *
hub_change_new (const char *record,
            const char *field)
{
  return hub_change_full (NULL, record, field, NULL, NULL, NULL);
}

/* A group of one change, the next of the stream, signed. */
McGroup *
hub_group_new (Device   *self,
           McChange *change)
{
  McGroup *group = g_new0 (McGroup, 1);
  g_autoptr(GBytes) message = NULL;
  guint8 signature[MC_SIGNATURE_BYTES];

  group->device = g_strdup (self->id);
  group->incarnation = g_strdup (self->incarnation);
  group->n = ++self->n;
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  g_ptr_array_add (group->changes, change);
  mc_chain_step (&self->chain, mc_change_get_hash (change));
  message = mc_message_stream (self->hub->identity.id, self->id, self->incarnation, self->log, self->n, &self->chain);
  mc_sign (&self->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  group->signature = g_bytes_new (signature, sizeof signature);

  return group;
}

/* (element-type McGroup) of the changes, up to NULL. */
GPtrArray *
hub_groups_new (Device   *self,
            McChange *first,
            ...)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  va_list changes;

  va_start (changes, first);
  for (McChange *change = first; change != NULL; change = va_arg (changes, McChange *))
    g_ptr_array_add (groups, hub_group_new (self, change));
  va_end (changes);

  return groups;
}

McFrameWriter *
hub_begin_request (Device *self)
{
  McFrameWriter *writer = mc_frame_writer_new ();
  McHello hello = { .protocol = MC_PROTOCOL_VERSION, .device = self->id, .incarnation = self->incarnation,
                    .program = (char *) "test" };
  g_autoptr(GBytes) message = NULL;

  mc_random_bytes (hello.nonce, sizeof hello.nonce);
  message = mc_message_hello (&self->hub->identity, self->id, self->incarnation, hello.nonce);
  mc_sign (&self->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), hello.signature);
  mc_frame_writer_add_array (writer, MC_FRAME_HELLO, mc_encode_hello (&hello));

  return writer;
}

void
hub_put_cursor (Device        *self,
            McFrameWriter *writer,
            const char    *log)
{
  McCursorFrame cursor = { .log = (char *) log, .n = g_str_equal (log, self->log) ? self->n : 0, .n_chain = self->chain };

  mc_frame_writer_add_array (writer, MC_FRAME_CURSOR, mc_encode_cursor (&cursor));
}

void
hub_put_groups (Device        *self,
            McFrameWriter *writer,
            GPtrArray     *groups)
{
  g_autoptr(GBytes) payload = mc_encode_groups (NULL, self->log, groups);

  mc_frame_writer_add (writer, MC_FRAME_GROUPS, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
}

GBytes *
hub_end_request (McFrameWriter *writer)
{
  GBytes *bytes;

  mc_frame_writer_end (writer, MC_FRAME_END, 0);
  bytes = mc_frame_writer_take (writer);
  mc_frame_writer_free (writer);

  return bytes;
}

/* A whole request with a cursor at the beginning of @self's log and @groups. */
GBytes *
hub_request_new (Device    *self,
             GPtrArray *groups)
{
  McFrameWriter *writer = hub_begin_request (self);

  hub_put_cursor (self, writer, self->log);
  if (groups != NULL)
    hub_put_groups (self, writer, groups);

  return hub_end_request (writer);
}

void
hub_read_answer (GBytes *bytes,
             Answer *out)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(GError) error = NULL;
  GBytes *payload;
  guint8 kind;

  mc_frame_reader_push (reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  while (mc_frame_reader_next (reader, &kind, &payload, &error))
    {
      McStreamFrame stream = { 0 };
      McLogFrame page = { 0 };
      McStreamsFrame streams = { 0 };

      if (kind == MC_FRAME_HUB_STREAM && out->verdicts == NULL)
        {
          g_assert_true (mc_decode_stream (payload, &stream, &error));
          out->n = stream.n;
          out->fork = stream.fork;
          out->verdicts = g_steal_pointer (&stream.verdicts);
        }
      else if (kind == MC_FRAME_HUB_LOG && out->rows == NULL)
        {
          g_assert_true (mc_decode_log (payload, &page, &error));
          out->rows = g_steal_pointer (&page.rows);
        }
      else if (kind == MC_FRAME_HUB_NEED)
        out->needs = mc_decode_needs (payload, &error);
      else if (kind == MC_FRAME_HUB_STREAMS)
        {
          g_assert_true (mc_decode_streams (payload, &streams, &error));
          g_clear_pointer (&out->streams, g_ptr_array_unref);
          out->streams = g_steal_pointer (&streams.streams);
        }
      mc_stream_frame_clear (&stream);
      mc_log_frame_clear (&page);
      mc_streams_frame_clear (&streams);
      g_bytes_unref (payload);
      g_assert_no_error (error);
    }
  g_assert_no_error (error);
  g_assert_true (mc_frame_reader_has_ended (reader));
  out->size = g_bytes_get_size (bytes);
}

/* Sends @request in pieces of @piece bytes. */
void
hub_send (McHub  *hub,
      GBytes *request,
      gsize   piece,
      Answer *out)
{
  g_autoptr(McHubSession) session = mc_hub_session_new (hub, NOW);
  g_autoptr(GBytes) answer = NULL;
  const guint8 *data = g_bytes_get_data (request, NULL);
  gsize size = g_bytes_get_size (request);

  hub_answer_clear (out);
  for (gsize at = 0; at < size; at += piece)
    mc_hub_session_push (session, data + at, MIN (piece, size - at));
  answer = mc_hub_session_finish (session);
  out->problem = g_strdup (mc_hub_session_get_problem (session));
  if (answer != NULL)
    hub_read_answer (answer, out);
}

void
hub_send_piece (Device     *self,
                const char *sha256,
                guint64     offset,
                guint64     total,
                const char *piece,
                McNeed     *out_need)
{
  McFrameWriter *writer = hub_begin_request (self);
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };

  mc_frame_writer_add_array (writer, MC_FRAME_EVIDENCE, mc_encode_evidence (sha256, offset, total, piece, strlen (piece)));
  request = hub_end_request (writer);
  hub_send (self->hub, request, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.needs->len, ==, 1);
  *out_need = g_array_index (answer.needs, McNeed, 0);
  hub_answer_clear (&answer);
}

void
hub_hand_back (Device    *sender,
               GPtrArray *groups)
{
  hub_hand_back_as (sender, MC_FRAME_ROWS, groups);
}

void
hub_hand_back_as (Device    *sender,
                  guint8     kind,
                  GPtrArray *groups)
{
  McFrameWriter *writer = hub_begin_request (sender);
  McRowsFrame frame = { sender->log, groups };
  g_autoptr(GBytes) payload = mc_encode_rows (NULL, &frame), request = NULL;
  Answer answer = { 0 };

  hub_put_cursor (sender, writer, sender->log);
  mc_frame_writer_add (writer, kind, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  request = hub_end_request (writer);
  hub_send (sender->hub, request, 8192, &answer);
  g_assert_null (answer.problem);
  hub_answer_clear (&answer);
}

McVerdict *
hub_verdict (Answer *answer,
         guint   i)
{
  g_assert_nonnull (answer->verdicts);
  g_assert_cmpuint (i, <, answer->verdicts->len);

  return &g_array_index (answer->verdicts, McVerdict, i);
}

void
hub_assert_rows (McHub      *hub,
             const char *expected)
{
  g_autofree char *report = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (mc_hub_verify (hub, &report, &error));
  g_assert_no_error (error);
  g_test_message ("%s", report);
  g_assert_true (g_str_has_prefix (report, expected));
}

void
hub_fill (Fixture *fixture,
          Device  *town,
          guint    n_groups)
{
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };

  for (guint i = 0; i < n_groups; i++)
    g_ptr_array_add (groups, hub_group_new (town, hub_change_new (record, "fee")));
  request = hub_request_new (town, groups);
  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.n, ==, town->n);
  hub_answer_clear (&answer);
}
