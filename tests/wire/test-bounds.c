/* test-bounds.c: both sides of the bounds of core/mc-limits.h that a decoder of the wire keeps
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-limits.h"
#include "wire/mc-buffer.h"
#include "wire/mc-bundle.h"
#include "wire/mc-certificate.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-enrolment.h"
#include "wire/mc-message.h"
#include "wire/mc-problem.h"
#include "wire/mc-receipt.h"
#include "wire/mc-seal.h"

#define LOG    "21609@2004-07-08"
#define DEVICE "0190a000-0000-7000-8000-000000000001"
#define SHA    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

/* Each says whether what is as large as @size is taken. */

static gboolean
takes_log_name (guint64 size)
{
  g_autofree char *name = g_strnfill (size, 'x'), *read = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new ();
  McReader reader;

  mc_put_name (out, name);
  mc_reader_init (&reader, out->data, out->len);
  read = mc_get_log (&reader);

  return mc_reader_is_done (&reader);
}

static gboolean
takes_needs (guint64 count)
{
  g_autoptr(GArray) needs = g_array_new (FALSE, TRUE, sizeof (McNeed)), read = NULL;
  McNeed need = { SHA, 1, FALSE };
  g_autoptr(GBytes) payload = NULL;

  for (guint64 i = 0; i < count; i++)
    g_array_append_val (needs, need);
  payload = g_byte_array_free_to_bytes (mc_encode_needs (needs));
  read = mc_decode_needs (payload, NULL);
  g_assert_true (read == NULL || read->len == count);

  return read != NULL;
}

static gboolean
takes_receipt_range (guint64 count)
{
  McReceiptFrame frame = { .log = (char *) LOG, .ranges = g_array_new (FALSE, TRUE, sizeof (McReceiptRange)),
                           .files = g_array_new (FALSE, TRUE, sizeof (McReceiptItem)) }, read = { 0 };
  McReceiptRange range = { 1, count, 1 };
  g_autoptr(GBytes) payload = NULL;
  gboolean taken;

  g_array_append_val (frame.ranges, range);
  payload = g_byte_array_free_to_bytes (mc_encode_receipt (&frame));
  taken = mc_decode_receipt (payload, &read, NULL);
  mc_receipt_frame_clear (&read);
  g_array_unref (frame.ranges);
  g_array_unref (frame.files);

  return taken;
}

/* A problem document of @size bytes. */
static gboolean
takes_problem (guint64 size)
{
  static const char before[] = "{\"type\":\"urn:minhchung:problem:revoked\",\"detail\":\"", after[] = "\"}";
  g_autofree char *filler = g_strnfill (size - strlen (before) - strlen (after), 'x');
  g_autofree char *text = g_strconcat (before, filler, after, NULL), *slug = mc_problem_read (text, strlen (text));

  return slug != NULL;
}

static gboolean
takes_deep_problem (guint64 depth)
{
  g_autofree char *open = g_strnfill (depth - 1, '['), *close = g_strnfill (depth - 1, ']');
  g_autofree char *text = g_strdup_printf ("{\"type\":\"urn:minhchung:problem:revoked\",\"a\":%s%s}", open, close);
  g_autofree char *slug = mc_problem_read (text, strlen (text));

  return slug != NULL;
}

static gboolean
takes_certificate (guint64 size)
{
  guint8 seed[MC_KEY_BYTES] = { 1 };
  McCertificate certificate = { .device = (char *) DEVICE, .log = (char *) LOG, .role = (char *) "commune" };
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL, *padded = NULL;
  g_autoptr(McCertificate) read = NULL;
  McSigningKey key;

  mc_signing_key_from_seed (&key, seed);
  mc_certificate_sign (&certificate, &key);
  node = mc_certificate_to_json (&certificate);
  text = json_to_string (node, FALSE);
  padded = g_strdup_printf ("%s%*s", text, (int) (size - strlen (text)), "");
  read = mc_certificate_parse (padded, -1);

  return read != NULL;
}

static gboolean
takes_evidence (guint64 chunk,
                guint64 total)
{
  g_autofree guint8 *data = g_malloc0 (chunk);
  g_autoptr(GBytes) payload = g_byte_array_free_to_bytes (mc_encode_evidence (SHA, 0, total, data, chunk)), read = NULL;
  guint64 offset, said;
  char sha256[65];

  return mc_decode_evidence (payload, sha256, &offset, &said, &read, NULL);
}

static gboolean
takes_chunk (guint64 size)
{
  return takes_evidence (size, MC_EVIDENCE_MAX_BYTES);
}

static gboolean
takes_file (guint64 size)
{
  return takes_evidence (1, size);
}

static gboolean
takes_unpacked (guint64 size)
{
  g_autofree char *zeros = g_malloc0 (size);
  g_autoptr(GBytes) packed = mc_compress (NULL, zeros, size), plain = NULL;

  plain = mc_decompress (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  g_assert_true (plain == NULL || g_bytes_get_size (plain) == size);

  return plain != NULL;
}

static gboolean
takes_frame (guint64 size)
{
  g_autofree guint8 *data = g_malloc0 (size);
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GBytes) empty = NULL, payload = NULL;
  g_autoptr(GError) error = NULL;
  guint8 kind;

  /* What begins a body, then a frame as a stranger would write it. */
  mc_frame_writer_add (writer, 200, "", 0);
  empty = mc_frame_writer_take (writer);
  mc_put_data (out, g_bytes_get_data (empty, NULL), g_bytes_get_size (empty));
  mc_put_u8 (out, 200);
  mc_put_u32 (out, size);
  mc_put_data (out, data, size);
  mc_frame_reader_push (reader, out->data, out->len);
  g_assert_true (mc_frame_reader_next (reader, &kind, &payload, NULL));
  g_clear_pointer (&payload, g_bytes_unref);

  return mc_frame_reader_next (reader, &kind, &payload, &error) && g_bytes_get_size (payload) == size;
}

/* A bundle that says it is sealed to so many keys: one past the bound is damaged at once, before its keys have come. */
static gboolean
takes_keys (guint64 count)
{
  guint8 seed[MC_KEY_BYTES] = { 1 }, hub[MC_ID_BYTES];
  g_autoptr(McBundleSealer) sealer = NULL;
  g_autoptr(McBundleOpener) opener = NULL;
  g_autoptr(GBytes) sealed = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree guint8 *head = NULL;
  McSigningKey key;
  GBytes *piece;
  gsize at = 0;

  memset (hub, 0xaa, sizeof hub);
  mc_signing_key_from_seed (&key, seed);
  sealer = mc_bundle_sealer_new (MC_BUNDLE_REPLY, hub, key.public_key, 1);
  sealed = mc_bundle_sealer_take (sealer);
  head = g_memdup2 (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  /* Their count stands behind the hub's id. */
  while (memcmp (head + at, hub, sizeof hub) != 0)
    at++;
  head[at + sizeof hub] = count >> 8;
  head[at + sizeof hub + 1] = count;
  opener = mc_bundle_opener_new (MC_BUNDLE_REPLY, hub, &key);
  mc_bundle_opener_push (opener, head, g_bytes_get_size (sealed));
  g_assert_false (mc_bundle_opener_next (opener, &piece, &error));

  return error == NULL;
}

static const struct
{
  const char *name;
  guint64 bound;
  gboolean (*takes) (guint64 size);
} bounds[] = {
  { "log-name", MC_LOG_NAME_MAX_BYTES, takes_log_name },
  { "needs", MC_NEEDS_MAX, takes_needs },
  { "receipt-range", MC_VERDICTS_MAX, takes_receipt_range },
  { "problem", MC_PROBLEM_MAX_BYTES, takes_problem },
  { "problem-depth", MC_PROBLEM_MAX_DEPTH, takes_deep_problem },
  { "certificate", MC_CERTIFICATE_MAX_BYTES, takes_certificate },
  { "evidence-chunk", MC_EVIDENCE_CHUNK_BYTES, takes_chunk },
  { "evidence-file", MC_EVIDENCE_MAX_BYTES, takes_file },
  { "unpacked", MC_UNPACKED_MAX_BYTES, takes_unpacked },
  { "frame", MC_FRAME_MAX_BYTES, takes_frame },
  { "bundle-keys", MC_BUNDLE_MAX_KEYS, takes_keys },
};

/* What is as large as may be is taken, what is one larger is not. */
static void
test_bound (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_true (bounds[i].takes (bounds[i].bound));
  g_assert_false (bounds[i].takes (bounds[i].bound + 1));
}

/* The longest address that there can be fits a line; of what is longer than any line no more is read. */
static void
test_line (void)
{
  g_autofree char *filler = g_strnfill (255 - strlen ("https://"), 'x'), *address = g_strconcat ("https://", filler, NULL);
  McEnrolment made = { .address = address, .log = (char *) LOG, .role = (char *) "commune" };
  g_autofree char *line = mc_enrolment_to_line (&made), *more = g_strnfill (MC_LINE_MAX_BYTES, 'A'), *endless = NULL;
  g_autoptr(McEnrolment) read = mc_enrolment_parse (line, 0, NULL), cut = NULL;

  g_assert_cmpuint (strlen (line), <, MC_LINE_MAX_BYTES);
  g_assert_nonnull (read);
  g_assert_cmpstr (read->address, ==, address);
  endless = g_strconcat (line, more, NULL);
  cut = mc_enrolment_parse (endless, 0, NULL);
  g_assert_null (cut);
}

/* What is sealed is held to the bounds of a change, whoever sealed it. */
static void
test_sealed (void)
{
  guint8 unit_key[MC_SEAL_KEY_BYTES] = { 7 };
  McSealer *sealer = mc_seal_new (unit_key, 1);

  for (guint past = 0; past < 2; past++)
    {
      g_autofree char *open = g_strnfill (MC_CHANGE_MAX_DEPTH + past, '['), *close = g_strnfill (MC_CHANGE_MAX_DEPTH + past, ']');
      g_autofree char *text = g_strconcat (open, close, NULL);
      g_autoptr(JsonNode) plain = json_from_string (text, NULL), sealed = NULL, again = NULL;
      g_autoptr(GError) error = NULL;

      sealed = sealer->seal (sealer, DEVICE, "note", plain, &error);
      g_assert_no_error (error);
      again = sealer->open (sealer, DEVICE, "note", sealed, &error);
      g_assert_true ((again != NULL) == !past);
      g_assert_true ((error != NULL) == past);
    }
  sealer->free (sealer);
}

/* However many verdicts there are, and however much each has to say, they fit a frame, and none is half a problem. */
static void
test_verdicts_fit (void)
{
  static const guint counts[] = { 1, 1000, 8192, MC_VERDICTS_MAX };
  g_autofree char *text = g_strnfill (MC_PROBLEM_MAX_BYTES, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      McStreamFrame stream = { .log = (char *) LOG, .verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict)) }, read = { 0 };
      McVerdict verdict = { MC_VERDICT_CONFLICT, 1, 1, 1, text };
      g_autoptr(GByteArray) encoded = NULL;
      g_autoptr(GBytes) payload = NULL;
      g_autoptr(GError) error = NULL;

      for (guint k = 0; k < counts[i]; k++)
        g_array_append_val (stream.verdicts, verdict);
      encoded = mc_encode_stream (&stream);
      g_assert_cmpuint (encoded->len, <=, MC_FRAME_MAX_BYTES);
      payload = g_bytes_new (encoded->data, encoded->len);
      g_assert_true (mc_decode_stream (payload, &read, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (read.verdicts->len, ==, counts[i]);
      verdict = g_array_index (read.verdicts, McVerdict, counts[i] - 1);
      g_assert_true (verdict.problem == NULL || strlen (verdict.problem) == 0 || g_str_equal (verdict.problem, text));
      g_assert_true (counts[i] > 1000 || g_strcmp0 (verdict.problem, text) == 0);
      mc_stream_frame_clear (&read);
      g_array_unref (stream.verdicts);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      g_autofree char *path = g_strconcat ("/bounds/", bounds[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_bound);
    }
  g_test_add_func ("/bounds/line", test_line);
  g_test_add_func ("/bounds/verdicts-fit", test_verdicts_fit);
  g_test_add_func ("/bounds/sealed", test_sealed);

  return g_test_run ();
}
