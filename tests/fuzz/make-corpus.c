/* make-corpus.c: writes the seeds that the fuzz targets begin with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * usage: make-corpus FOLDER.  What is written is the same each time but for the sealed bundle; corpus/pack/small is written by hand.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "fuzz/mc-fuzz.h"
#include "wire/mc-buffer.h"
#include "wire/mc-enrolment.h"
#include "wire/mc-bundle.h"
#include "wire/mc-certificate.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-message-heal.h"
#include "wire/mc-message-quiet.h"
#include "wire/mc-message.h"
#include "wire/mc-receipt.h"

#define RAW_CHANGES 'c'
#define RAW_RUN     'r'

static const char *folder;

static void
seed (const char    *target,
      const char    *name,
      gconstpointer  data,
      gsize          size)
{
  g_autofree char *dir = g_build_filename (folder, target, NULL), *path = g_build_filename (dir, name, NULL);
  g_autoptr(GError) error = NULL;

  g_mkdir_with_parents (dir, 0755);
  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
}

static void
seed_text (const char *target,
           const char *name,
           const char *text)
{
  seed (target, name, text, strlen (text));
}

/* @selector before @payload. */
static void
seed_payload (const char    *name,
              guint8         selector,
              gconstpointer  payload,
              gsize          size)
{
  g_autoptr(GByteArray) out = g_byte_array_new ();

  mc_put_u8 (out, selector);
  mc_put_data (out, payload, size);
  seed ("payloads", name, out->data, out->len);
}

static void
seed_array (const char *name,
            guint8      selector,
            GByteArray *payload)
{
  seed_payload (name, selector, payload->data, payload->len);
  g_byte_array_unref (payload);
}

#define ID_FORMAT "0190a000-0000-7000-8000-%012x"

/* "#n" in @more stands for the short id of change n. */
static char *
change_text (guint       number,
             const char *set,
             const char *more)
{
  g_autoptr(GString) text = g_string_new (NULL);

  g_string_printf (text, "{\"id\":\"" ID_FORMAT "\",\"record\":\"" FUZZ_RECORD "\",\"type\":\"certified-copy\","
                   "\"pack\":\"binh-dinh-2878-2021/1\",\"at\":\"2021-11-02T08:14:03.120+07:00\","
                   "\"by\":\"Đinh Thị Hà, Văn thư\",\"set\":%s%s}", 0x100 + number, set, more);
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *name = g_strdup_printf ("\"#%u\"", i), *id = g_strdup_printf (ID_FORMAT, 0x100 + i);
      g_autofree char *short_id = mc_id_to_short (id), *quoted = g_strdup_printf ("\"%s\"", short_id);

      g_string_replace (text, name, quoted, 0);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define SHA "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

/* (array zero-terminated=1): what devices write, and a little of what only a hostile one does. */
static GStrv
make_changes (void)
{
  g_autoptr(GStrvBuilder) lines = g_strv_builder_new ();
  static const struct
  {
    const char *set, *more;
  } changes[] = {
    { "{\"number\":7,\"fee\":12.5,\"document\":\"Bằng tốt nghiệp\"}", "" },
    { "{\"number\":8}", ",\"seen\":{\"number\":[\"#0\"]}" },
    { "{\"files\":[{\"sha256\":\"" SHA "\",\"name\":\"anh.jpg\",\"size\":4,\"mime\":\"image/jpeg\"}]}", ",\"evidence\":[\"" SHA "\"]" },
    { "{\"files\":[{\"sha256\":7,\"name\":[],\"size\":\"x\",\"mime\":{}}]}", "" },
    { "{\"deleted\":true}", ",\"seen\":{\"*\":[\"#0\"]}" },
    { "{\"requester\":{\"sealed\":\"QUFB\",\"key\":\"0123456789abcdef\"}}", "" },
    { "{\"review.note\":\"Thiếu dấu\",\"parent\":\"" FUZZ_RECORD "\"}", "" },
    { "{\"number\":1e999}", "" },
    { "{\"number\":9}", ",\"instead\":\"0190a000-0000-7000-8000-000000000100\"" },
    { "{\"number\":null,\"number\":3}", ",\"new-member\":{\"a\":[1,2,{\"b\":null}]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *line = change_text (i, changes[i].set, changes[i].more);

      g_strv_builder_add (lines, line);
    }

  return g_strv_builder_end (lines);
}

static void
seed_changes (GStrv lines)
{
  g_autofree char *all = g_strjoinv ("\n", lines), *ring = NULL, *first = NULL, *second = NULL;

  seed_text ("changes", "all", all);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("change-%u", i);

      seed_text ("changes", name, lines[i]);
    }
  first = change_text (20, "{\"number\":1}", ",\"group\":[0,2],\"seen\":{\"number\":[\"#21\"]}");
  second = change_text (21, "{\"number\":2}", ",\"group\":[1,2],\"seen\":{\"number\":[\"#20\"]}");
  ring = g_strjoin ("\n", first, second, NULL);
  seed_text ("changes", "ring", ring);
}

static GPtrArray *
make_groups (GStrv lines)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

  for (guint i = 0; i < 2; i++)
    {
      McGroup *group = g_new0 (McGroup, 1);
      g_autoptr(GBytes) bytes = g_bytes_new (lines[i], strlen (lines[i]));

      group->device = g_strdup (FUZZ_DEVICE);
      group->incarnation = g_strdup (FUZZ_INCARNATION);
      group->n = i + 1;
      group->signature = g_bytes_new_take (g_malloc0 (MC_SIGNATURE_BYTES), MC_SIGNATURE_BYTES);
      group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
      g_ptr_array_add (group->changes, mc_change_parse (bytes, NULL));
      g_ptr_array_add (groups, group);
    }

  return groups;
}

static void
seed_payloads (GStrv lines)
{
  g_autoptr(GPtrArray) groups = make_groups (lines);
  g_autoptr(GBytes) packed = mc_encode_groups (NULL, FUZZ_LOG, groups), raw = NULL, log = NULL, raw_log = NULL;
  g_autoptr(GBytes) run = NULL, raw_run = NULL;
  McHello hello = { .protocol = 1, .device = (char *) FUZZ_DEVICE, .incarnation = (char *) FUZZ_INCARNATION, .program = (char *) "x 1" };
  McCursorFrame cursor = { .log = (char *) FUZZ_LOG, .seq = 3, .n = 2 };
  McHubHello hub = { .time_us = FUZZ_NOW_US };
  McVerdict verdict = { MC_VERDICT_REJECTED, 3, 5, 0, (char *) "{\"type\":\"forbidden\"}" };
  McStreamFrame stream = { .log = (char *) FUZZ_LOG, .n = 5, .verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict)) };
  McLogFrame page = { .log = (char *) FUZZ_LOG, .head = { .seq = 2 } };
  g_autoptr(GArray) needs = g_array_new (FALSE, TRUE, sizeof (McNeed));
  McNeed need = { SHA, 65536, TRUE };
  McLogRow *row = g_new0 (McLogRow, 1), *own = g_new0 (McLogRow, 1);

  seed_array ("hello", 0, mc_encode_hello (&hello));
  seed_array ("cursor", 1, mc_encode_cursor (&cursor));
  seed_payload ("groups", 2, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  raw = mc_decompress (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  seed_payload ("groups-raw", 3, g_bytes_get_data (raw, NULL), g_bytes_get_size (raw));
  run = mc_encode_run (NULL, FUZZ_LOG, groups);
  seed_payload ("run", 26, g_bytes_get_data (run, NULL), g_bytes_get_size (run));
  raw_run = mc_decompress (g_bytes_get_data (run, NULL), g_bytes_get_size (run));
  seed_payload ("run-raw", 27, g_bytes_get_data (raw_run, NULL), g_bytes_get_size (raw_run));
  seed_payload ("groups-dictionary", 11, g_bytes_get_data (raw, NULL), g_bytes_get_size (raw));
  seed_array ("dictionaries", 10, mc_encode_dictionaries ());
  seed_array ("evidence", 4, mc_encode_evidence (SHA, 2, 9, "abcdefg", 7));
  seed_array ("hub-hello", 5, mc_encode_hub_hello (&hub));
  g_array_append_val (stream.verdicts, verdict);
  seed_array ("stream", 6, mc_encode_stream (&stream));
  g_array_append_val (needs, need);
  seed_array ("need", 9, mc_encode_needs (needs));

  page.head.signature = g_bytes_new_take (g_malloc0 (MC_SIGNATURE_BYTES), MC_SIGNATURE_BYTES);
  page.rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);
  own->seq = 1;
  own->incarnation = g_strdup (FUZZ_INCARNATION);
  own->n = own->count = 1;
  row->seq = 2;
  row->group = g_ptr_array_steal_index (groups, 0);
  g_ptr_array_add (page.rows, own);
  g_ptr_array_add (page.rows, row);
  log = mc_encode_log (NULL, &page);
  seed_payload ("log", 7, g_bytes_get_data (log, NULL), g_bytes_get_size (log));
  raw_log = mc_decompress (g_bytes_get_data (log, NULL), g_bytes_get_size (log));
  seed_payload ("log-raw", 8, g_bytes_get_data (raw_log, NULL), g_bytes_get_size (raw_log));
  g_ptr_array_unref (page.rows);
  g_bytes_unref (page.head.signature);
  g_array_unref (stream.verdicts);
}

/* Healing, receipts and certificates. */
static void
seed_later_payloads (void)
{
  guint8 hub_seed[MC_KEY_BYTES] = { FUZZ_HUB_SEED };
  McPlacesFrame places = { .log = (char *) FUZZ_LOG, .places = g_array_new (FALSE, TRUE, sizeof (McPlace)) };
  McPartedFrame parted = { (char *) FUZZ_LOG, 3, 4 };
  McWantedFrame wanted = { (char *) FUZZ_LOG, g_array_new (FALSE, TRUE, sizeof (guint64)) };
  McReceiptFrame receipt = { .log = (char *) FUZZ_LOG, .time_us = FUZZ_NOW_US,
                             .ranges = g_array_new (FALSE, TRUE, sizeof (McReceiptRange)), .files = g_array_new (FALSE, TRUE, sizeof (McReceiptItem)) };
  McCertificate certificate = { .device = (char *) FUZZ_DEVICE, .log = (char *) FUZZ_LOG, .role = (char *) "commune" };
  McReceiptRange range = { 1, 2, FUZZ_NOW_US };
  McPlace place = { .seq = 2 };
  McReceiptItem file = { 0 };
  guint64 number = 7;
  McSigningKey hub_key;
  g_autoptr(GPtrArray) reads = g_ptr_array_new ();
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL;

  mc_signing_key_from_seed (&hub_key, hub_seed);
  g_array_append_val (places.places, place);
  seed_array ("places", 12, mc_encode_places (&places));
  seed_array ("parted", 13, mc_encode_parted (&parted));
  g_array_append_val (wanted.places, number);
  seed_array ("wanted", 16, mc_encode_wanted (&wanted));
  g_array_append_val (receipt.ranges, range);
  g_array_append_val (receipt.files, file);
  seed_array ("receipt", 18, mc_encode_receipt (&receipt));
  seed_array ("taken", 19, mc_encode_taken (wanted.places));
  seed_array ("ask", 20, mc_encode_ask (MC_ASK_STREAMS, FUZZ_LOG));
  mc_certificate_sign (&certificate, &hub_key);
  node = mc_certificate_to_json (&certificate);
  text = json_to_string (node, FALSE);
  seed_payload ("certificate", 22, text, strlen (text));
  seed_payload ("certificate-list", 22, "{\"issued_us\":[]}", 16);
  g_ptr_array_add (reads, (char *) FUZZ_LOG);
  g_ptr_array_add (reads, (char *) FUZZ_LOG "/shared");
  seed_array ("reads", 28, mc_encode_reads (reads));
  g_array_unref (places.places);
  g_array_unref (wanted.places);
  g_array_unref (receipt.ranges);
  g_array_unref (receipt.files);
}

/* A bundle that the fuzz device can open. */
static void
seed_bundle (void)
{
  guint8 seed_bytes[MC_KEY_BYTES] = { FUZZ_DEVICE_SEED }, hub[MC_ID_BYTES] = { 0 };
  g_autoptr(McBundleSealer) sealer = NULL;
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GBytes) sealed = NULL;
  McSigningKey key;

  mc_signing_key_from_seed (&key, seed_bytes);
  sealer = mc_bundle_sealer_new (MC_BUNDLE_REPLY, hub, key.public_key, 1);
  mc_bundle_sealer_add (sealer, "Kế hoạch", 10);
  mc_bundle_sealer_end (sealer);
  sealed = mc_bundle_sealer_take (sealer);
  mc_put_u8 (out, 1);
  mc_put_data (out, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  seed ("bundle", "reply", out->data, out->len);
}

static void
put_frame (GByteArray    *out,
           guint8         kind,
           gconstpointer  payload,
           gsize          size)
{
  mc_put_u8 (out, kind);
  mc_put_u16 (out, size);
  mc_put_data (out, payload, size);
}

/* Groups under one signature: one of two changes among others; one that is refused, one that comes again, and a correction.
 * And one with a control character in it, which SQLite's JSON does not take, before others of its record. */
static void
seed_runs (GStrv             lines,
           const GByteArray *place,
           const GByteArray *names)
{
  g_autofree char *first = change_text (22, "{\"number\":1}", ",\"group\":[0,2]"), *second = change_text (23, "{\"fee\":2}", ",\"group\":[1,2]");
  g_autofree char *run = g_strjoin ("\n", lines[0], "", first, second, "", lines[1], NULL);
  g_autofree char *correction = change_text (24, "{\"number\":4}", ",\"instead\":\"0190a000-0000-7000-8000-000000000106\"");
  g_autofree char *mixed = g_strjoin ("\n", lines[6], "", lines[0], "", correction, NULL);
  g_autofree char *control = change_text (25, "{\"number\":1,\"document\":\"\x1f\"}", "");
  g_autofree char *behind = g_strjoin ("\n", control, "", lines[0], "", lines[6], "", lines[1], NULL);
  g_autoptr(GByteArray) request = g_byte_array_new ();

  put_frame (request, MC_FRAME_DICTIONARY, names->data, names->len);
  put_frame (request, MC_FRAME_CURSOR, place->data, place->len);
  put_frame (request, RAW_RUN, run, strlen (run));
  seed ("session", "run", request->data, request->len);
  put_frame (request, RAW_RUN, mixed, strlen (mixed));
  seed ("session", "runs", request->data, request->len);
  put_frame (request, RAW_CHANGES, lines[3], strlen (lines[3]));
  put_frame (request, 'b', NULL, 0);
  seed ("session", "runs-on-stick", request->data, request->len);

  g_byte_array_set_size (request, 0);
  put_frame (request, MC_FRAME_CURSOR, place->data, place->len);
  put_frame (request, RAW_CHANGES, behind, strlen (behind));
  seed ("session", "control", request->data, request->len);
}

/* A body of frames, and the shorter lists of frames that the session and answer targets take. */
static void
seed_bodies (GStrv lines)
{
  g_autofree char *some = g_strjoin ("\n", lines[0], lines[1], lines[2], NULL), *all = g_strjoinv ("\n", lines);
  McCursorFrame cursor = { .log = (char *) FUZZ_LOG };
  g_autoptr(GByteArray) place = mc_encode_cursor (&cursor), request = g_byte_array_new (), answer = g_byte_array_new ();
  g_autoptr(GByteArray) piece = mc_encode_evidence (SHA, 0, 4, "test", 4), rewind = g_byte_array_new ();
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(GByteArray) names = mc_encode_dictionaries (), knows = mc_encode_knows ();
  g_autoptr(GBytes) body = NULL;
  guint8 one = 1;

  mc_put_u8 (request, 3);
  mc_frame_writer_add (writer, MC_FRAME_CURSOR, place->data, place->len);
  mc_frame_writer_add (writer, 200, "unknown", 7);
  mc_frame_writer_end (writer, MC_FRAME_END, 2);
  body = mc_frame_writer_take (writer);
  mc_put_data (request, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  seed ("frames", "body", request->data, request->len);

  g_byte_array_set_size (request, 0);
  put_frame (request, MC_FRAME_CURSOR, place->data, place->len);
  put_frame (request, RAW_CHANGES, some, strlen (some));
  for (guint i = 3; lines[i] != NULL; i++)
    put_frame (request, RAW_CHANGES, lines[i], strlen (lines[i]));
  put_frame (request, MC_FRAME_EVIDENCE, piece->data, piece->len);
  seed ("session", "changes", request->data, request->len);

  g_byte_array_set_size (request, 0);
  put_frame (request, RAW_CHANGES, NULL, 0);
  put_frame (request, MC_FRAME_EVIDENCE, piece->data, piece->len);
  seed ("session", "empty", request->data, request->len);
  put_frame (request, 'b', NULL, 0);
  put_frame (request, MC_FRAME_CURSOR, place->data, place->len);
  put_frame (request, RAW_CHANGES, lines[0], strlen (lines[0]));
  seed ("session", "stick", request->data, request->len);

  seed_runs (lines, place, names);

  mc_put_data (answer, &one, 1);
  put_frame (answer, RAW_CHANGES, all, strlen (all));
  seed ("answer", "page", answer->data, answer->len);
  put_frame (answer, MC_FRAME_HUB_KNOWS, knows->data, knows->len);
  seed ("answer", "page-and-knows", answer->data, answer->len);
  mc_put_name (rewind, FUZZ_LOG);
  mc_put_u64 (rewind, 0);
  put_frame (answer, MC_FRAME_HUB_REWIND, rewind->data, rewind->len);
  seed ("answer", "page-and-rewind", answer->data, answer->len);
  answer->data[0] = 2;
  seed ("answer", "reply-on-stick", answer->data, answer->len);
  answer->data[0] = 3;
  seed ("answer", "snapshot-on-stick", answer->data, answer->len);
  seed_text ("answer", "portal", "0<html><body>Vui lòng đăng nhập</body></html>");
}

static void
seed_lines (void)
{
  McEnrolment made = { .address = (char *) "https://huyen-an-lao.vn:8443", .log = (char *) FUZZ_LOG, .role = (char *) "commune" };
  g_autofree char *line = mc_enrolment_to_line (&made), *mailed = g_strdup_printf ("0# Minh Chứng\n%.40s\r\n %s\n", line, line + 40);
  g_autofree guint8 *data = NULL;
  g_autoptr(GByteArray) fields = g_byte_array_new ();
  gsize size;

  g_strdelimit (line, "-", '+');
  data = g_base64_decode (line + 4, &size);
  seed_text ("enrolment", "mailed", mailed);
  mc_put_u8 (fields, 1);
  mc_put_data (fields, data, size - 4);
  seed ("enrolment", "fields", fields->data, fields->len);

  seed_text ("enrol", "request", "{\"secret\":\"00000000000000000000000000000000\",\"device\":\"" FUZZ_DEVICE "\",\"public_key\":"
             "\"0000000000000000000000000000000000000000000000000000000000000000\",\"name\":\"may-1\"}");
  seed_text ("enrol", "numbers", "{\"secret\":5,\"device\":[],\"public_key\":{},\"name\":null}");
  seed_text ("enrol", "list", "[1,2]");
  seed_text ("problem", "revoked", "{\"type\":\"urn:minhchung:problem:revoked\",\"title\":\"revoked\",\"status\":403}");
  seed_text ("problem", "number", "{\"type\":5}");
  seed_text ("problem", "page", "<html><body>407</body></html>");
}

static void
seed_tables (void)
{
  seed_text ("tables", "months", "0month;total;digital\r\n1/2021;100;90\r\n 02/2021 ;1.000;950,5\r\n");
  seed_text ("tables", "quotes", "1number,requester,document\n1,\"Đinh \"\"Thành\"\"\",\"a\nb\"\n");
  seed_text ("tables", "broken", "1number\n\"never closed\n");
  seed ("tables", "utf-16", "0\xff\xfem\0o\0n\0t\0h\0\n\0" "1\0/\0", 19);
}

static void
seed_core (void)
{
  static const char * const expressions[] = {
    "0sum(total)", "1count(*) > 0", "2digital > 0 AND (SELECT count(*) FROM \"plan\") >= 0", "0replace(hex(zeroblob(9)),'0','00')",
    "2unit LIKE '%a%a%a%a%b'", "0(SELECT sum(length(sql)) FROM sqlite_master)", "01) FROM record; DELETE FROM record --",
  };

  for (guint i = 0; i < G_N_ELEMENTS (expressions); i++)
    {
      g_autofree char *name = g_strdup_printf ("expression-%u", i);

      seed_text ("expressions", name, expressions[i]);
    }
  seed ("names", "plain", "kế hoạch.pdf\0%PDF-1.4", 25);
  seed ("names", "lines", "a\nb/../c\x01\x7f\xff\0x", 14);
  seed ("keys", "signature", "2\1\2\3\4\5\6\7\10", 9);
  seed_text ("keys", "hex", "1" SHA);
}

/* What a hub hears on a connection, and what it is told by its administrator. */
static void
seed_hub (void)
{
  static const char post[] = "0POST /v1/enrol HTTP/1.1\r\nHost: hub\r\nContent-Length: 2\r\n\r\n{}";
  static const char chunked[] = "0POST /v1/sync HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "5;name=value\r\nMCS1\x01\r\n0\r\nTrailer: x\r\n\r\n";
  static const char deep[] = "{\"units\":[[[[[[[[[[[[]]]]]]]]]]]]}";

  seed_text ("http", "health", "0GET /v1/health HTTP/1.1\r\nHost: hub\r\n\r\nGET /v1/units HTTP/1.0\r\n\r\n");
  seed_text ("http", "post", post);
  seed_text ("http", "chunked", chunked);
  seed_text ("http", "expect", "0POST /v1/sync HTTP/1.1\r\nHost: hub\r\nContent-Length: 99\r\nExpect: 100-continue\r\n\r\n");
  seed_text ("http", "broken", "0GET /v1/%zz/../\r\n HTTP/9\r\n: \r\n\r\n");
  seed_text ("http", "range", "1Range: bytes=1-3,5-,-2\r\nConnection: keep-alive");
  seed_text ("http", "etag", "1If-None-Match: \"x\"\r\nRange: bytes=9-2");
  seed_text ("http", "segment", "2Accept-Encoding: br\r\nRange: bytes=0-0");

  seed_text ("units", "two", "{\"units\":[{\"code\":\"542\",\"valid_from\":\"2004-07-08\",\"name\":\"An Lão\",\"kind\":\"district\"},"
             "{\"code\":\"21609\",\"valid_from\":\"2004-07-08\",\"name\":\"An Tân\",\"kind\":\"commune\",\"parent\":\"542\"}]}");
  seed_text ("units", "ring", "{\"units\":[{\"code\":\"21609\",\"valid_from\":\"2004-07-08\",\"name\":\"\",\"kind\":\"commune\",\"parent\":\"21609\"}]}");
  seed_text ("units", "numbers", "{\"units\":[{\"code\":21609,\"valid_from\":null,\"name\":[],\"kind\":{}}]}");
  seed_text ("units", "deep", deep);
}

/* What makes a device one. */
static void
seed_accounts (void)
{
  static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
  g_autofree char *account = g_strdup_printf ("1{\"device\":\"" FUZZ_DEVICE "\",\"log\":\"" FUZZ_LOG "\",\"role\":\"commune\","
                                              "\"by\":\"Hà\",\"address\":\"https://hub.invalid\",\"hub\":\"%.32s\",\"hub_key\":\"%s\","
                                              "\"tls_pin\":\"%s\",\"signing_key\":\"%s\",\"unit_key\":\"%s\",\"read\":[\"" FUZZ_LOG "\"],"
                                              "\"units\":[{\"code\":\"21609\"}]}", zeros, zeros, zeros, zeros, zeros);
  g_autofree char *answer = g_strdup_printf ("0{\"hub\":\"%.32s\",\"read\":[\"" FUZZ_LOG "\",7],\"units\":[{\"code\":\"21609\"}],"
                                             "\"certificate\":{}}", zeros);

  seed_text ("accounts", "account", account);
  seed_text ("accounts", "answer", answer);
  seed_text ("accounts", "portal", "0<html>");
  seed_text ("accounts", "backup", "2{\"format\":1,\"log\":\"" FUZZ_LOG "\",\"store\":\"store.db\",\"account\":\"account.json\",\"records\":3}");
  seed_text ("accounts", "backup-lists", "2{\"format\":[1],\"records\":{},\"files\":\"x\",\"store\":\"../store.db\"}");
}

/* What zstd makes of things, and what is none of it. */
static void
seed_packed (void)
{
  static const char plain[] = "Kế hoạch cải cách hành chính năm 2022; kế hoạch cải cách hành chính năm 2022";
  g_autoptr(GBytes) packed = mc_compress (NULL, plain, strlen (plain));
  g_autoptr(GBytes) named = mc_compress (mc_dictionary_for_pack ("binh-dinh-2878-2021"), plain, strlen (plain));
  GBytes *both[] = { packed, named };
  g_autoptr(GByteArray) names = mc_encode_dictionaries (), out = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_byte_array_set_size (out, 0);
      mc_put_u8 (out, 4);
      mc_put_data (out, g_bytes_get_data (both[i], NULL), g_bytes_get_size (both[i]));
      seed ("dictionary", i == 0 ? "packed" : "packed-with", out->data, out->len);
    }
  g_byte_array_set_size (out, 0);
  mc_put_u8 (out, 7);
  mc_put_data (out, names->data, names->len);
  seed ("dictionary", "names", out->data, out->len);
  seed_text ("dictionary", "plain", "3Kế hoạch cải cách hành chính");
}

int
main (int argc, char *argv[])
{
  g_auto(GStrv) lines = make_changes ();

  g_assert_cmpint (argc, ==, 2);
  folder = argv[1];
  seed_changes (lines);
  seed_payloads (lines);
  seed_later_payloads ();
  seed_bundle ();
  seed_bodies (lines);
  seed_lines ();
  seed_tables ();
  seed_core ();
  seed_hub ();
  seed_accounts ();
  seed_packed ();

  return 0;
}
