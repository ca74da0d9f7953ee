/* test-heal.c: the messages of healing, receipts and certificates
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "mc-test.h"
#include "wire/mc-certificate.h"
#include "wire/mc-message-heal.h"
#include "wire/mc-message-quiet.h"
#include "wire/mc-receipt.h"
#include "wire/mc-sync-error.h"

#define NOW G_GINT64_CONSTANT (1638340443120000)
#define LOG "21609@2004-07-08"

static McGroup *
group_new (guint n_holes)
{
  McGroup *group = g_new0 (McGroup, 1);
  g_autoptr(JsonObject) set = json_object_new ();
  g_autofree char *id = mc_id_new (NOW), *record = mc_id_new (NOW);
  guint8 bytes[MC_SIGNATURE_BYTES] = { 7 };
  g_autoptr(GError) error = NULL;

  json_object_set_int_member (set, "copies", 3);
  group->device = mc_id_new (NOW);
  group->incarnation = mc_id_new (NOW);
  group->n = 5;
  group->signature = g_bytes_new (bytes, sizeof bytes);
  group->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n_holes; i++)
    g_ptr_array_add (group->holes, g_bytes_new (bytes, MC_DIGEST_SIZE));
  group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  g_ptr_array_add (group->changes, mc_change_new (id, record, "certified-copy", "p/1", "2021-11-02T08:14:03.120+07:00", "Hà",
                                                  set, NULL, 0, 1, NULL, NULL, &error));
  g_assert_no_error (error);

  return group;
}

/* Chains and heads come out as they went in, and a list longer than allowed is refused. */
static void
test_places (void)
{
  McPlacesFrame frame = { .log = (char *) LOG, .places = g_array_new (FALSE, TRUE, sizeof (McPlace)) }, out = { 0 };
  guint8 signature[MC_SIGNATURE_BYTES] = { 9 };
  g_autoptr(GBytes) payload = NULL, longer = NULL;
  g_autoptr(GError) error = NULL;

  frame.head.seq = 12;
  frame.head.signature = g_bytes_new (signature, sizeof signature);
  for (guint i = 0; i < MC_PLACES_MAX; i++)
    {
      McPlace place = { .seq = i + 1 };

      g_array_append_val (frame.places, place);
    }
  payload = g_byte_array_free_to_bytes (mc_encode_places (&frame));
  g_assert_true (mc_decode_places (payload, &out, &error));
  g_assert_cmpstr (out.log, ==, LOG);
  g_assert_cmpuint (out.head.seq, ==, 12);
  g_assert_cmpuint (out.places->len, ==, MC_PLACES_MAX);
  g_assert_cmpuint (g_array_index (out.places, McPlace, 3).seq, ==, 4);
  mc_places_frame_clear (&out);

  g_array_append_val (frame.places, g_array_index (frame.places, McPlace, 0));
  longer = g_byte_array_free_to_bytes (mc_encode_places (&frame));
  g_assert_false (mc_decode_places (longer, &out, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL);
  mc_places_frame_clear (&out);
  g_array_unref (frame.places);
  g_bytes_unref (frame.head.signature);
}

/* Rows carry the hashes before them, also where one after them has their signature; cut anywhere they are refused. */
static void
test_rows (void)
{
  McRowsFrame frame = { .log = (char *) LOG }, out = { 0 };
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(GBytes) payload = NULL, bare = NULL;
  g_autoptr(GError) error = NULL;
  McGroup *group;

  g_ptr_array_add (groups, group_new (3));
  frame.groups = groups;
  payload = mc_encode_rows (NULL, &frame);
  g_assert_true (mc_decode_rows (payload, &out, &error));
  group = out.groups->pdata[0];
  g_assert_cmpuint (group->n, ==, 5);
  g_assert_cmpuint (group->holes->len, ==, 3);
  g_assert_cmpstr (group->device, ==, ((McGroup *) groups->pdata[0])->device);
  mc_rows_frame_clear (&out);

  for (gsize size = 0; size < g_bytes_get_size (payload); size++)
    {
      g_autoptr(GBytes) cut = g_bytes_new_from_bytes (payload, 0, size);

      g_assert_false (mc_decode_rows (cut, &out, NULL));
      mc_rows_frame_clear (&out);
    }

  g_clear_pointer (&((McGroup *) groups->pdata[0])->signature, g_bytes_unref);
  bare = mc_encode_rows (NULL, &frame);
  g_assert_true (mc_decode_rows (bare, &out, &error));
  g_assert_null (((McGroup *) out.groups->pdata[0])->signature);
  mc_rows_frame_clear (&out);
}

/* A refused group comes back with the hub's number and reason. */
static void
test_back (void)
{
  McBackFrame frame = { .log = (char *) LOG }, out = { 0 };
  g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_refused_free);
  McRefused *one = g_new0 (McRefused, 1);
  g_autoptr(GBytes) payload = NULL;
  g_autoptr(GError) error = NULL;

  one->number = 42;
  one->held = TRUE;
  one->problem = g_strdup ("{\"type\":\"held\"}");
  one->group = group_new (0);
  g_ptr_array_add (refused, one);
  frame.refused = refused;
  payload = mc_encode_back (NULL, &frame);
  g_assert_true (mc_decode_back (payload, &out, &error));
  one = out.refused->pdata[0];
  g_assert_cmpuint (one->number, ==, 42);
  g_assert_true (one->held);
  g_assert_cmpstr (one->problem, ==, "{\"type\":\"held\"}");
  mc_back_frame_clear (&out);
}

static McReceipt *
receipt_new (void)
{
  McReceipt *receipt = mc_receipt_new (LOG, "00000001-0000-7000-8000-000000000001");
  McDigest hash = { { 1 } };

  receipt->time_us = NOW;
  mc_receipt_add (receipt, MC_RECEIPT_CHANGE, &hash, NOW - 5);
  mc_receipt_add (receipt, MC_RECEIPT_FILE, &hash, NOW);

  return receipt;
}

/* A receipt holds under the key it was signed with, and no part of it can be another. */
static void
test_receipt (void)
{
  g_autoptr(McReceipt) receipt = receipt_new (), copy = mc_receipt_new (LOG, "x");
  guint8 hub[MC_ID_BYTES] = { 1 }, other[MC_ID_BYTES] = { 2 };
  g_autoptr(GBytes) items = NULL, cut = NULL;
  McSigningKey key, wrong;

  mc_signing_key_new (&key);
  mc_signing_key_new (&wrong);
  g_assert_false (mc_receipt_holds (receipt, hub, key.public_key));
  mc_receipt_sign (receipt, hub, &key);
  g_assert_true (mc_receipt_holds (receipt, hub, key.public_key));
  g_assert_false (mc_receipt_holds (receipt, other, key.public_key));
  g_assert_false (mc_receipt_holds (receipt, hub, wrong.public_key));
  receipt->time_us--;
  g_assert_false (mc_receipt_holds (receipt, hub, key.public_key));
  receipt->time_us++;
  g_array_index (receipt->items, McReceiptItem, 0).at_us--;
  g_assert_false (mc_receipt_holds (receipt, hub, key.public_key));

  items = mc_receipt_dup_items (receipt);
  g_assert_true (mc_receipt_set_items (copy, items));
  g_assert_cmpuint (copy->items->len, ==, 2);
  g_assert_cmpint (g_array_index (copy->items, McReceiptItem, 1).at_us, ==, NOW);
  cut = g_bytes_new_from_bytes (items, 0, g_bytes_get_size (items) - 1);
  g_assert_false (mc_receipt_set_items (copy, cut));
}

/* A certificate is the hub's word on key, unit and role; with another of them, or another hub, it is nobody's. */
static void
test_certificate (void)
{
  g_autoptr(McCertificate) certificate = g_new0 (McCertificate, 1), read = NULL, promoted = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL;
  g_auto(GStrv) parts = NULL;
  g_autofree char *forged = NULL;
  McSigningKey hub, other;

  mc_signing_key_new (&hub);
  mc_signing_key_new (&other);
  certificate->device = mc_id_new (NOW);
  certificate->log = g_strdup (LOG);
  certificate->role = g_strdup ("commune");
  certificate->issued_us = NOW;
  mc_certificate_sign (certificate, &hub);
  node = mc_certificate_to_json (certificate);
  text = json_to_string (node, FALSE);
  g_assert_nonnull (read = mc_certificate_parse (text, -1));
  g_assert_true (mc_certificate_holds (read, hub.public_key));
  g_assert_false (mc_certificate_holds (read, other.public_key));

  parts = g_strsplit (text, "commune", 2);
  forged = g_strjoinv ("district", parts);
  g_assert_nonnull (promoted = mc_certificate_parse (forged, -1));
  g_assert_false (mc_certificate_holds (promoted, hub.public_key));
  g_assert_null (mc_certificate_parse ("{}", -1));
  g_assert_null (mc_certificate_parse ("[", -1));
}

/* A list of logs at the bound is read, one past it, an empty one and one that is cut are not. */
static void
test_reads (void)
{
  g_autoptr(GPtrArray) logs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GBytes) empty = g_bytes_new_static ("", 0);

  g_assert_null (mc_decode_reads (empty, NULL));
  for (guint i = 0; i < MC_CURSORS_MAX; i++)
    g_ptr_array_add (logs, g_strdup_printf ("%05u@2004-07-08", i));
  for (guint past = 0; past < 2; past++)
    {
      g_autoptr(GBytes) whole = g_byte_array_free_to_bytes (mc_encode_reads (logs));
      g_autoptr(GBytes) cut = g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) - 1);
      g_auto(GStrv) read = mc_decode_reads (whole, NULL);

      g_assert_true ((read != NULL) == !past);
      g_assert_null (mc_decode_reads (cut, NULL));
      if (read != NULL)
        {
          g_assert_cmpuint (g_strv_length (read), ==, logs->len);
          g_assert_cmpstr (read[7], ==, logs->pdata[7]);
        }
      g_ptr_array_add (logs, g_strdup ("99999@2004-07-08"));
    }
}

/* The word on many logs holds for just those heads. */
static void
test_quiet (void)
{
  McDigest chains[2] = { { { 1 } }, { { 2 } } };
  g_autoptr(GByteArray) heads = g_byte_array_new ();
  g_autoptr(GBytes) word = NULL, cut = NULL;

  for (guint i = 0; i < 2; i++)
    mc_quiet_add (heads, i == 0 ? "21609@2004-07-08" : "21610@2004-07-08", 7, &chains[i], 3, &chains[1 - i]);
  word = g_byte_array_free_to_bytes (mc_encode_quiet (heads));
  cut = g_bytes_new_from_bytes (word, 0, g_bytes_get_size (word) - 1);
  g_assert_cmpuint (g_bytes_get_size (word), ==, MC_QUIET_BYTES);
  g_assert_true (mc_is_quiet (word, heads));
  g_assert_false (mc_is_quiet (cut, heads));
  for (guint i = 0; i < heads->len; i++)
    {
      heads->data[i] ^= 1;
      g_assert_false (mc_is_quiet (word, heads));
      heads->data[i] ^= 1;
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/heal/places", test_places);
  g_test_add_func ("/heal/rows", test_rows);
  g_test_add_func ("/heal/back", test_back);
  g_test_add_func ("/heal/reads", test_reads);
  g_test_add_func ("/heal/quiet", test_quiet);
  g_test_add_func ("/heal/receipt", test_receipt);
  g_test_add_func ("/heal/certificate", test_certificate);

  return g_test_run ();
}
