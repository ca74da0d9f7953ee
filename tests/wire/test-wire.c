/* test-wire.c: frames, messages, signatures, enrolment lines and seals
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "wire/mc-buffer.h"
#include "wire/mc-enrolment.h"
#include "wire/mc-message.h"
#include "wire/mc-seal.h"
#include "wire/mc-sync-error.h"

#define DEVICE "0190a000-0000-7000-8000-000000000001"
#define INCARNATION "0190a000-0000-7000-8000-000000000002"
#define LOG "21609@2004-07-08"
#define NOW G_GINT64_CONSTANT (1638340443120000)

static GBytes *
body (void)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();

  mc_frame_writer_add (writer, MC_FRAME_HELLO, "one", 3);
  mc_frame_writer_add (writer, 200, "unknown", 7);
  mc_frame_writer_end (writer, MC_FRAME_END, 2);

  return mc_frame_writer_take (writer);
}

/* Feeds @size bytes in pieces of @piece; the number of frames read, or −1 with an error. */
static int
feed (const guint8  *data,
      gsize          size,
      gsize          piece,
      gboolean      *ended,
      GError       **error)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(GError) local_error = NULL;
  int count = 0;

  for (gsize at = 0; at < size; at += piece)
    {
      guint8 kind;
      GBytes *payload = NULL;

      mc_frame_reader_push (reader, data + at, MIN (piece, size - at));
      while (mc_frame_reader_next (reader, &kind, &payload, &local_error))
        {
          g_clear_pointer (&payload, g_bytes_unref);
          count++;
        }
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return -1;
        }
    }
  *ended = mc_frame_reader_has_ended (reader);

  return count;
}

/* A body reads the same in pieces of any size, frames of unknown kinds included, and only a whole one has ended. */
static void
test_frames (void)
{
  g_autoptr(GBytes) bytes = body ();
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autoptr(GError) error = NULL;
  gboolean ended;

  for (gsize piece = 1; piece <= size; piece++)
    {
      g_assert_cmpint (feed (data, size, piece, &ended, &error), ==, 3);
      g_assert_no_error (error);
      g_assert_true (ended);
    }
  for (gsize cut = 0; cut < size; cut++)
    {
      feed (data, cut, 7, &ended, &error);
      g_assert_no_error (error);
      g_assert_false (ended);
    }
}

/* A flipped bit anywhere in a body is noticed. */
static void
test_flipped (void)
{
  g_autoptr(GBytes) bytes = body ();
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize bit = 0; bit < size * 8; bit++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr(GError) error = NULL;
      gboolean ended = FALSE;
      int count;

      copy[bit / 8] ^= 1 << bit % 8;
      count = feed (copy, size, size, &ended, &error);
      g_assert_true (count < 0 || !ended);
    }
}

/* A frame one byte over the limit is refused, one at the limit is read. */
static void
test_frame_limit (void)
{
  g_autofree guint8 *data = g_malloc0 (MC_FRAME_MAX_BYTES + 5);
  guint32 limit = GUINT32_TO_BE (MC_FRAME_MAX_BYTES), past = GUINT32_TO_BE (MC_FRAME_MAX_BYTES + 1);
  guint8 header[5] = { 9 }, over[5] = { 9 };
  g_autoptr(GError) error = NULL;
  gboolean ended;

  memcpy (header + 1, &limit, sizeof limit);
  memcpy (over + 1, &past, sizeof past);
  memcpy (data, header, 5);
  g_assert_cmpint (feed (data, MC_FRAME_MAX_BYTES + 5, 65536, &ended, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpint (feed (over, 5, 5, &ended, &error), ==, -1);
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL);
}

static McChange *
new_change (int copies)
{
  g_autofree char *id = mc_id_new (NOW), *record = mc_id_new (NOW);
  g_autoptr(JsonObject) set = json_object_new ();

  json_object_set_int_member (set, "copies", copies);

  return mc_change_new (id, record, "certified-copy", "p/1", "2021-11-02T08:14:03.120+07:00", "Hà", set, NULL, 0, 1,
                        NULL, NULL, NULL);
}

static GPtrArray *
new_groups (guint count)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

  for (guint i = 0; i < count; i++)
    {
      McGroup *group = g_new0 (McGroup, 1);

      group->device = g_strdup (DEVICE);
      group->incarnation = g_strdup (INCARNATION);
      group->n = i + 1;
      group->signature = g_bytes_new_take (g_malloc0 (MC_SIGNATURE_BYTES), MC_SIGNATURE_BYTES);
      group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
      g_ptr_array_add (group->changes, new_change (i));
      g_ptr_array_add (groups, group);
    }

  return groups;
}

/* Groups come back with the very bytes they went with; a cut payload is refused at every length. */
static void
test_groups (void)
{
  g_autoptr(GPtrArray) groups = new_groups (3), back = NULL;
  g_autoptr(GBytes) payload = mc_encode_groups (NULL, LOG, groups);
  g_autoptr(GError) error = NULL;
  g_autofree char *log = NULL;

  back = mc_decode_groups (payload, DEVICE, INCARNATION, &log, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (log, ==, LOG);
  g_assert_cmpint (back->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_true (g_bytes_equal (mc_change_get_bytes (((McGroup *) groups->pdata[i])->changes->pdata[0]),
                                  mc_change_get_bytes (((McGroup *) back->pdata[i])->changes->pdata[0])));

  for (gsize cut = 0; cut < g_bytes_get_size (payload); cut++)
    {
      g_autoptr(GBytes) part = g_bytes_new_from_bytes (payload, 0, cut);
      g_autofree char *no_log = NULL;

      g_assert_null (mc_decode_groups (part, DEVICE, INCARNATION, &no_log, NULL));
    }
}

/* A run comes back with its places in order and one signature, at its end; a cut payload is refused at every length. */
static void
test_run (void)
{
  g_autoptr(GPtrArray) groups = new_groups (3), back = NULL;
  g_autoptr(GBytes) payload = mc_encode_run (NULL, LOG, groups);
  g_autoptr(GByteArray) knows = mc_encode_knows ();
  g_autoptr(GBytes) kinds = g_bytes_new (knows->data, knows->len), none = g_bytes_new (NULL, 0);
  g_autoptr(GError) error = NULL;
  g_autofree char *log = NULL;

  back = mc_decode_run (payload, DEVICE, INCARNATION, &log, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (log, ==, LOG);
  g_assert_cmpint (back->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      McGroup *group = back->pdata[i];

      g_assert_cmpuint (group->n, ==, i + 1);
      g_assert_cmpstr (group->device, ==, DEVICE);
      g_assert_true ((group->signature != NULL) == (i == 2));
      g_assert_true (g_bytes_equal (mc_change_get_bytes (((McGroup *) groups->pdata[i])->changes->pdata[0]),
                                    mc_change_get_bytes (group->changes->pdata[0])));
    }

  for (gsize cut = 0; cut < g_bytes_get_size (payload); cut++)
    {
      g_autoptr(GBytes) part = g_bytes_new_from_bytes (payload, 0, cut);
      g_autofree char *no_log = NULL;

      g_assert_null (mc_decode_run (part, DEVICE, INCARNATION, &no_log, NULL));
    }

  g_assert_true (mc_knows (kinds, MC_FRAME_RUN));
  g_assert_false (mc_knows (kinds, MC_FRAME_GROUPS));
  g_assert_false (mc_knows (none, MC_FRAME_RUN));
}

/* A page with own rows and with others' comes back as it went. */
static void
test_log (void)
{
  McLogFrame frame = { 0 }, back = { 0 };
  g_autoptr(GPtrArray) groups = new_groups (1);
  McLogRow *own = g_new0 (McLogRow, 1), *other = g_new0 (McLogRow, 1);
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(GError) error = NULL;

  frame.log = g_strdup (LOG);
  frame.rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);
  frame.head.seq = 12;
  frame.head.signature = g_bytes_new_take (g_malloc0 (MC_SIGNATURE_BYTES), MC_SIGNATURE_BYTES);
  own->seq = 1;
  own->incarnation = g_strdup (INCARNATION);
  own->n = 4;
  own->count = 11;
  other->seq = 12;
  other->group = g_ptr_array_steal_index (groups, 0);
  g_ptr_array_add (frame.rows, own);
  g_ptr_array_add (frame.rows, other);

  payload = mc_encode_log (NULL, &frame);
  g_assert_true (mc_decode_log (payload, &back, &error));
  g_assert_no_error (error);
  g_assert_cmpint (back.rows->len, ==, 2);
  g_assert_cmpuint (((McLogRow *) back.rows->pdata[0])->count, ==, 11);
  g_assert_cmpstr (((McLogRow *) back.rows->pdata[1])->group->device, ==, DEVICE);
  g_assert_cmpuint (back.head.seq, ==, 12);
  mc_log_frame_clear (&frame);
  mc_log_frame_clear (&back);
}

/* Verdicts come back in every member. */
static void
test_stream (void)
{
  McStreamFrame frame = { 0 }, back = { 0 };
  McVerdict verdict = { MC_VERDICT_REJECTED, 3, 5, 0, "{\"type\":\"forbidden\"}" };
  g_autoptr(GByteArray) raw = NULL;
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(GError) error = NULL;

  frame.log = (char *) LOG;
  frame.n = 5;
  frame.verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  g_array_append_val (frame.verdicts, verdict);
  raw = mc_encode_stream (&frame);
  payload = g_bytes_new (raw->data, raw->len);
  g_assert_true (mc_decode_stream (payload, &back, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (back.n, ==, 5);
  g_assert_cmpuint (g_array_index (back.verdicts, McVerdict, 0).n_last, ==, 5);
  g_assert_cmpstr (g_array_index (back.verdicts, McVerdict, 0).problem, ==, verdict.problem);
  g_array_unref (frame.verdicts);
  mc_stream_frame_clear (&back);
}

/* A signature holds for its message alone. */
static void
test_signature (void)
{
  McSigningKey key;
  guint8 hub[MC_ID_BYTES] = { 1 }, signature[MC_SIGNATURE_BYTES];
  McDigest chain = { { 7 } };
  g_autoptr(GBytes) message = mc_message_stream (hub, DEVICE, INCARNATION, LOG, 3, &chain);
  g_autoptr(GBytes) other = mc_message_stream (hub, DEVICE, INCARNATION, LOG, 4, &chain);

  mc_signing_key_new (&key);
  mc_sign (&key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  g_assert_true (mc_verify (key.public_key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature));
  g_assert_false (mc_verify (key.public_key, g_bytes_get_data (other, NULL), g_bytes_get_size (other), signature));
  for (guint bit = 0; bit < sizeof signature * 8; bit++)
    {
      signature[bit / 8] ^= 1 << bit % 8;
      g_assert_false (mc_verify (key.public_key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature));
      signature[bit / 8] ^= 1 << bit % 8;
    }
}

/* A line says again what it was made of; cut, mistyped and expired ones are told apart; blanks of a mailer do no harm. */
static void
test_enrolment (void)
{
  McEnrolment made = { .address = (char *) "https://huyen-an-lao.vn:8443", .log = (char *) LOG, .role = (char *) "commune",
                       .expires_us = NOW };
  g_autofree char *line = mc_enrolment_to_line (&made), *broken = NULL, *file = NULL;
  g_autoptr(McEnrolment) back = NULL, from_file = NULL;
  g_autoptr(GError) error = NULL;

  back = mc_enrolment_parse (line, NOW, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (back->address, ==, made.address);
  g_assert_cmpstr (back->log, ==, LOG);

  broken = g_strndup (line, 40);
  file = g_strconcat ("# Minh Chứng\n", broken, "\n ", line + 40, "\n", NULL);
  from_file = mc_enrolment_parse (file, NOW, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (from_file->role, ==, "commune");

  for (gsize cut = 0; cut < strlen (line); cut++)
    {
      g_autofree char *part = g_strndup (line, cut);
      g_autoptr(GError) cut_error = NULL;

      g_assert_null (mc_enrolment_parse (part, NOW, &cut_error));
      g_assert_error (cut_error, MC_SYNC_ERROR, MC_SYNC_ERROR_BAD_LINE);
    }
  g_assert_null (mc_enrolment_parse (line, NOW + 1, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_SECRET_EXPIRED);
}

/* Equal values of one field are equal bytes, elsewhere they are not; only the right key opens, and nothing changed does. */
static void
test_seal (void)
{
  guint8 key[MC_SEAL_KEY_BYTES] = { 1 }, other_key[MC_SEAL_KEY_BYTES] = { 2 };
  McSealer *sealer = mc_seal_new (key, 1), *other = mc_seal_new (other_key, 1);
  g_autoptr(JsonNode) plain = json_node_init_string (json_node_alloc (), "Đinh Văn Thành");
  g_autoptr(JsonNode) a = sealer->seal (sealer, DEVICE, "requester", plain, NULL);
  g_autoptr(JsonNode) b = sealer->seal (sealer, DEVICE, "requester", plain, NULL);
  g_autoptr(JsonNode) c = sealer->seal (sealer, INCARNATION, "requester", plain, NULL);
  g_autoptr(JsonNode) opened = sealer->open (sealer, DEVICE, "requester", a, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (json_node_equal (a, b));
  g_assert_false (json_node_equal (a, c));
  g_assert_cmpstr (json_node_get_string (opened), ==, "Đinh Văn Thành");
  g_assert_null (other->open (other, DEVICE, "requester", a, &error));
  g_assert_no_error (error);
  g_assert_null (sealer->open (sealer, DEVICE, "note", a, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL);
  sealer->free (sealer);
  other->free (other);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/frames", test_frames);
  g_test_add_func ("/wire/flipped", test_flipped);
  g_test_add_func ("/wire/frame-limit", test_frame_limit);
  g_test_add_func ("/wire/groups", test_groups);
  g_test_add_func ("/wire/run", test_run);
  g_test_add_func ("/wire/log", test_log);
  g_test_add_func ("/wire/stream", test_stream);
  g_test_add_func ("/wire/signature", test_signature);
  g_test_add_func ("/wire/enrolment", test_enrolment);
  g_test_add_func ("/wire/seal", test_seal);

  return g_test_run ();
}
