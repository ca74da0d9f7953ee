/* test-hub.c: what a hub takes, refuses and answers, byte by byte
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub/hub-fixture.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-session.h"
#include "wire/mc-enrolment.h"

/* A group is accepted, a reader of the log gets it whole, the empty sync after it is small. */
static void
test_accepted (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), district = hub_device_new (fixture, DISTRICT, "district");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), hub_change_new (record, "copies"), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups), pull = NULL, empty = NULL;
  McFrameWriter *writer;
  McCursorFrame cursor = { .log = (char *) TOWN, .seq = 2, .n = 2, .n_chain = town->chain };
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.n, ==, 2);
  g_assert_cmpuint (answer.verdicts->len, ==, 1);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
  g_assert_cmpuint (hub_verdict (&answer, 0)->n_last, ==, 2);
  g_assert_cmpuint (hub_verdict (&answer, 0)->seq_first, ==, 1);
  g_assert_cmpuint (answer.rows->len, ==, 1);
  g_assert_null (((McLogRow *) answer.rows->pdata[0])->group);
  g_assert_cmpuint (((McLogRow *) answer.rows->pdata[0])->count, ==, 2);

  writer = hub_begin_request (district);
  hub_put_cursor (district, writer, TOWN);
  pull = hub_end_request (writer);
  hub_send (fixture->hub, pull, 1, &answer);
  g_assert_cmpuint (answer.rows->len, ==, 2);
  g_assert_true (g_bytes_equal (mc_change_get_bytes (((McLogRow *) answer.rows->pdata[1])->group->changes->pdata[0]),
                                mc_change_get_bytes (((McGroup *) groups->pdata[1])->changes->pdata[0])));

  for (guint i = 0; i < 2; i++)
    mc_chain_step_log (&cursor.seq_chain, town->id, town->incarnation, i + 1,
                       mc_change_get_bytes (((McGroup *) groups->pdata[i])->changes->pdata[0]));
  writer = hub_begin_request (town);
  mc_frame_writer_add_array (writer, MC_FRAME_CURSOR, mc_encode_cursor (&cursor));
  empty = hub_end_request (writer);
  hub_send (fixture->hub, empty, 8192, &answer);
  g_assert_null (answer.verdicts);
  g_assert_null (answer.rows);
  g_assert_cmpuint (answer.size + g_bytes_get_size (empty), <=, 600);

  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  hub_answer_clear (&answer);
}

/* Sent again, a group gets its verdict again and no second row; under a new incarnation it is the same. */
static void
test_repeated (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW), *refused = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), hub_change_new (refused, "review.verdict"), NULL), again = NULL;
  g_autoptr(GBytes) request = hub_request_new (town, groups), renumbered = NULL;
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  for (int turn = 0; turn < 2; turn++)
    {
      hub_send (fixture->hub, request, 8192, &answer);
      g_assert_false (answer.fork);
      g_assert_cmpuint (answer.verdicts->len, ==, 2);
      g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
      g_assert_cmpuint (hub_verdict (&answer, 0)->seq_first, ==, 1);
      g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_REJECTED);
    }

  g_free (town->incarnation);
  town->incarnation = mc_id_new (NOW);
  town->n = 0;
  memset (&town->chain, 0, sizeof town->chain);
  again = hub_groups_new (town, mc_change_ref (((McGroup *) groups->pdata[0])->changes->pdata[0]),
                      mc_change_ref (((McGroup *) groups->pdata[1])->changes->pdata[0]), NULL);
  renumbered = hub_request_new (town, again);
  for (int turn = 0; turn < 2; turn++)
    {
      hub_send (fixture->hub, renumbered, 8192, &answer);
      g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_SAME);
      g_assert_cmpuint (hub_verdict (&answer, 0)->seq_first, ==, 1);
      g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_REJECTED);
    }

  hub_assert_rows (fixture->hub, "1 rows in 1 logs");
  hub_answer_clear (&answer);
}

/* Cut after any byte, a request leaves whole groups only, and sent again it completes without a double. */
static void
test_cut (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  McFrameWriter *writer;
  g_autoptr(GPtrArray) first = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
  g_autoptr(GPtrArray) second = hub_groups_new (town, hub_change_new (record, "copies"), NULL);
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };

  writer = hub_begin_request (town);
  hub_put_cursor (town, writer, TOWN);
  hub_put_groups (town, writer, first);
  hub_put_groups (town, writer, second);
  request = hub_end_request (writer);

  for (gsize cut = 0; cut < g_bytes_get_size (request); cut += 7)
    {
      g_autoptr(GBytes) part = g_bytes_new_from_bytes (request, 0, cut);

      hub_send (fixture->hub, part, 13, &answer);
      g_assert_cmpstr (answer.problem, ==, "protocol");
    }
  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.n, ==, 2);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  hub_answer_clear (&answer);
}

/* A first number beyond the hub's next is no fork: nothing is taken, the answer says where to begin. */
static void
test_gap (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "a"), hub_change_new (record, "b"), hub_change_new (record, "c"), NULL);
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };

  g_ptr_array_remove_index (groups, 0);
  request = hub_request_new (town, groups);
  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_false (answer.fork);
  g_assert_cmpuint (answer.n, ==, 0);
  g_assert_cmpuint (answer.verdicts->len, ==, 0);
  hub_answer_clear (&answer);
}

/* Two machines with one identity: the second is told of the fork, at the same place and further on, and loses nothing. */
static void
test_fork (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  Device clone = *town;
  g_autofree char *record = mc_id_new (NOW), *fresh = mc_id_new (NOW);
  g_autoptr(GPtrArray) ours = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
  g_autoptr(GPtrArray) theirs = hub_groups_new (&clone, hub_change_new (record, "copies"), hub_change_new (record, "number"), NULL);
  g_autoptr(GPtrArray) only = NULL, rest = NULL, moved = NULL;
  g_autoptr(GBytes) request = hub_request_new (town, ours), forked = hub_request_new (&clone, theirs), within = NULL, beyond = NULL, renumbered = NULL;
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_false (answer.fork);
  hub_send (fixture->hub, forked, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_true (answer.fork);

  only = g_ptr_array_new ();
  g_ptr_array_add (only, theirs->pdata[0]);
  within = hub_request_new (&clone, only);
  hub_send (fixture->hub, within, 8192, &answer);
  g_assert_true (answer.fork);
  g_assert_cmpuint (answer.verdicts->len, ==, 0);

  rest = g_ptr_array_new ();
  g_ptr_array_add (rest, theirs->pdata[1]);
  beyond = hub_request_new (&clone, rest);
  hub_send (fixture->hub, beyond, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_true (answer.fork);
  hub_assert_rows (fixture->hub, "1 rows in 1 logs");

  clone.incarnation = fresh;
  clone.n = 0;
  memset (&clone.chain, 0, sizeof clone.chain);
  moved = hub_groups_new (&clone, mc_change_ref (((McGroup *) theirs->pdata[0])->changes->pdata[0]),
                      mc_change_ref (((McGroup *) theirs->pdata[1])->changes->pdata[0]), NULL);
  renumbered = hub_request_new (&clone, moved);
  hub_send (fixture->hub, renumbered, 8192, &answer);
  g_assert_false (answer.fork);
  hub_assert_rows (fixture->hub, "3 rows in 1 logs");
  hub_answer_clear (&answer);
}

/* Behind a rejected group only its record and its children wait; a correction lets them in, in their order. */
static void
test_held (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), colleague = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW), *child = mc_id_new (NOW), *other = mc_id_new (NOW);
  McChange *bad = hub_change_new (record, "review.verdict");
  g_autoptr(GPtrArray) groups = hub_groups_new (town, bad, hub_change_new (record, "fee"), hub_change_full (NULL, child, "content", record, NULL, NULL),
                                            hub_change_new (child, "product"), hub_change_new (other, "fee"), NULL);
  g_autoptr(GPtrArray) correction = NULL, elsewhere = hub_groups_new (colleague, hub_change_new (record, "copies"), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups), correct = NULL, again = NULL, free_request = hub_request_new (colleague, elsewhere);
  static const McVerdictKind kinds[] = { MC_VERDICT_REJECTED, MC_VERDICT_HELD, MC_VERDICT_ACCEPTED };
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpuint (answer.verdicts->len, ==, G_N_ELEMENTS (kinds));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpint (hub_verdict (&answer, i)->kind, ==, kinds[i]);
  g_assert_cmpuint (hub_verdict (&answer, 1)->n_last, ==, 4);
  hub_send (fixture->hub, free_request, 8192, &answer);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");

  correction = hub_groups_new (town, hub_change_full (NULL, record, "number", NULL, mc_change_get_id (bad), NULL), hub_change_new (record, "note"), NULL);
  correct = hub_request_new (town, correction);
  hub_send (fixture->hub, correct, 8192, &answer);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
  g_assert_cmpuint (hub_verdict (&answer, 0)->seq_first, ==, 3);
  g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_ACCEPTED);
  g_assert_cmpuint (hub_verdict (&answer, 1)->seq_first, ==, 7);
  hub_assert_rows (fixture->hub, "7 rows in 1 logs");

  /* Asked for again, what was held is accepted now. */
  again = hub_request_new (town, groups);
  hub_send (fixture->hub, again, 8192, &answer);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_REJECTED);
  g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_ACCEPTED);
  g_assert_cmpuint (hub_verdict (&answer, 1)->seq_first, ==, 4);
  hub_answer_clear (&answer);
}

/* An id that is known with other bytes is rejected, and the rest of the stream goes on. */
static void
test_id_reused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *id = mc_id_new (NOW), *record = mc_id_new (NOW), *other = mc_id_new (NOW), *third = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_full (id, record, "fee", NULL, NULL, NULL),
                                            hub_change_full (id, other, "copies", NULL, NULL, NULL), hub_change_new (third, "fee"), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups);
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpuint (answer.verdicts->len, ==, 3);
  g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_REJECTED);
  g_assert_nonnull (strstr (hub_verdict (&answer, 1)->problem, "id-reused"));
  g_assert_cmpint (hub_verdict (&answer, 2)->kind, ==, MC_VERDICT_ACCEPTED);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  hub_answer_clear (&answer);
}

/* A commune reads and writes its own log only; an auditor writes nowhere; a district sets review fields only. */
static void
test_rights (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, OTHER, "commune");
  g_autoptr(Device) auditor = hub_device_new (fixture, DISTRICT, "auditor"), district = hub_device_new (fixture, DISTRICT, "district");
  Device *intruders[] = { other, auditor };
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), NULL), review = NULL;
  g_autoptr(GBytes) request = hub_request_new (town, groups), judged = NULL;
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  for (guint i = 0; i < G_N_ELEMENTS (intruders); i++)
    {
      g_autoptr(GPtrArray) forbidden = NULL;
      g_autoptr(GBytes) intrusion = NULL;

      g_free (intruders[i]->log);
      intruders[i]->log = g_strdup (TOWN);
      forbidden = hub_groups_new (intruders[i], hub_change_new (record, "review.verdict"), NULL);
      intrusion = hub_request_new (intruders[i], forbidden);
      hub_send (fixture->hub, intrusion, 8192, &answer);
      g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_REJECTED);
      g_assert_cmpint (answer.rows != NULL, ==, intruders[i] == auditor);
    }

  g_free (district->log);
  district->log = g_strdup (TOWN);
  review = hub_groups_new (district, hub_change_new (record, "review.verdict"), hub_change_new (record, "fee"), NULL);
  judged = hub_request_new (district, review);
  hub_send (fixture->hub, judged, 8192, &answer);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
  g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_REJECTED);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  hub_answer_clear (&answer);
}

/* Without the right signature, a known device or a HELLO nothing is taken, and each is told in its own word. */
static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW), *unknown = mc_id_new (NOW), *known = NULL;
  g_autofree guint8 *noise = g_malloc0 (100000);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
  McGroup *group = groups->pdata[0];
  g_autoptr(GBytes) request = NULL, strange = NULL, forged = NULL, no_hello = NULL, revoked = NULL;
  guint8 signature[MC_SIGNATURE_BYTES];
  McSigningKey key;
  Answer answer = { 0 };

  memcpy (signature, g_bytes_get_data (group->signature, NULL), sizeof signature);
  signature[5] ^= 1;
  g_bytes_unref (group->signature);
  group->signature = g_bytes_new (signature, sizeof signature);
  request = hub_request_new (town, groups);
  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, "bad-signature");

  known = g_steal_pointer (&town->id);
  town->id = g_steal_pointer (&unknown);
  strange = hub_request_new (town, NULL);
  hub_send (fixture->hub, strange, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, "unknown-device");
  g_free (town->id);
  town->id = g_steal_pointer (&known);

  key = town->key;
  mc_signing_key_new (&town->key);
  forged = hub_request_new (town, NULL);
  hub_send (fixture->hub, forged, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, "bad-signature");
  town->key = key;

  noise[0] = MC_FRAME_HELLO;
  noise[2] = 0x30;
  no_hello = g_bytes_new (noise, 100000);
  hub_send (fixture->hub, no_hello, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, "protocol");

  g_assert_true (mc_hub_revoke (fixture->hub, town->id, NOW, NULL));
  revoked = hub_request_new (town, NULL);
  hub_send (fixture->hub, revoked, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, "revoked");
  hub_assert_rows (fixture->hub, "0 rows in 0 logs");
  hub_answer_clear (&answer);
}

/* Who was shut out stays out when the store alone is copied back, also if it lacks no row and so is not seen to have gone
 * back. */
static void
test_stays_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *folder = g_build_filename (fixture->dir, "copy", NULL), *store = g_build_filename (folder, "hub.db", NULL);
  g_autofree char *dir = g_build_filename (fixture->dir, "hub", NULL), *path = g_build_filename (dir, "hub.db", NULL);
  g_autofree char *content = NULL;
  g_autoptr(McHubDevice) device = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;

  g_assert_true (mc_hub_backup (fixture->hub, folder, &error));
  g_assert_true (mc_hub_revoke (fixture->hub, town->id, NOW, &error));
  mc_hub_close (fixture->hub);
  g_assert_true (g_file_get_contents (store, &content, &size, &error));
  g_assert_true (g_file_set_contents (path, content, size, &error));

  fixture->hub = mc_hub_open (dir, &error);
  g_assert_no_error (error);
  device = mc_hub_find_device (fixture->hub, town->id, &error);
  g_assert_true (device->revoked);
}

/* A file is taken only if a change names it, goes on where it was cut, and exists only when its hash is right. */
static void
test_evidence (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, OTHER, "commune");
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "Kế hoạch", -1), *record = mc_id_new (NOW);
  g_autofree char *nothing = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "", -1), *found = NULL, *hidden = NULL;
  g_autoptr(McHubDevice) reader = mc_hub_find_device (fixture->hub, town->id, NULL), stranger = mc_hub_find_device (fixture->hub, other->id, NULL);
  guint64 total = strlen ("Kế hoạch");
  g_autoptr(GPtrArray) groups = NULL;
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };
  McNeed need;

  hub_send_piece (town, sha256, 0, total, "Kế hoạch", &need);
  g_assert_false (need.complete);
  g_assert_cmpuint (need.offset, ==, 0);

  groups = hub_groups_new (town, hub_change_full (NULL, record, "files", NULL, NULL, sha256), hub_change_full (NULL, record, "files", NULL, NULL, nothing), NULL);
  request = hub_request_new (town, groups);
  hub_send (fixture->hub, request, 8192, &answer);
  hub_send_piece (town, sha256, 0, total, "Kế", &need);
  g_assert_cmpuint (need.offset, ==, 4);
  hub_send_piece (town, sha256, 9, total, "ch", &need);
  g_assert_cmpuint (need.offset, ==, 4);
  hub_send_piece (other, sha256, 4, total, "xxxxxxx", &need);
  g_assert_cmpuint (need.offset, ==, 0);
  g_assert_null (mc_hub_find_evidence (fixture->hub, reader, sha256));

  hub_send_piece (town, sha256, 4, total, " xxxxxxx", &need);
  g_assert_false (need.complete);
  g_assert_cmpuint (need.offset, ==, 0);
  hub_send_piece (town, sha256, 0, total, "Kế hoạch", &need);
  g_assert_true (need.complete);
  found = mc_hub_find_evidence (fixture->hub, reader, sha256);
  g_assert_nonnull (found);
  hidden = mc_hub_find_evidence (fixture->hub, stranger, sha256);
  g_assert_null (hidden);

  hub_send_piece (town, nothing, 0, 0, "", &need);
  g_assert_true (need.complete);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs, 2 evidence files");
  g_assert_true (g_file_set_contents (found, "Kế hoạcH", -1, NULL));
  g_assert_false (mc_hub_verify (fixture->hub, &(char *) { NULL }, NULL));
  hub_answer_clear (&answer);
}

/* Whatever is altered or cut off in the store behind the hub's back is noticed. */
static void
test_verify (Fixture *fixture, gconstpointer data)
{
  static const char * const damages[] = {
    "UPDATE change SET bytes = CAST (replace (CAST (bytes AS TEXT), 'fee', 'fie') AS BLOB) WHERE seq = 1",
    "UPDATE change SET signature = zeroblob (64) WHERE seq = 2",
    "UPDATE change SET chain = zeroblob (32) WHERE seq = 2",
    "DELETE FROM change WHERE seq = 1",
    "DELETE FROM change WHERE seq = 2",
    "DELETE FROM change",
    "DELETE FROM log",
    "DELETE FROM device",
  };
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), hub_change_new (record, "copies"), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups);
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  hub_assert_rows (fixture->hub, "2 rows");
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autoptr(McTransaction) transaction = mc_db_begin (fixture->hub->db, NULL);
      g_autofree char *report = NULL;
      g_autoptr(GError) error = NULL;

      g_assert_true (mc_db_exec (fixture->hub->db, damages[i], NULL));
      g_test_message ("%s", damages[i]);
      g_assert_false (mc_hub_verify (fixture->hub, &report, &error));
      g_assert_nonnull (error);
    }
  hub_assert_rows (fixture->hub, "2 rows");
  hub_answer_clear (&answer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, hub_set_up, func, hub_tear_down)
  ADD ("/hub/accepted", test_accepted);
  ADD ("/hub/repeated", test_repeated);
  ADD ("/hub/cut", test_cut);
  ADD ("/hub/gap", test_gap);
  ADD ("/hub/fork", test_fork);
  ADD ("/hub/held", test_held);
  ADD ("/hub/id-reused", test_id_reused);
  ADD ("/hub/rights", test_rights);
  ADD ("/hub/strangers", test_strangers);
  ADD ("/hub/stays-out", test_stays_out);
  ADD ("/hub/evidence", test_evidence);
  ADD ("/hub/verify", test_verify);

  return g_test_run ();
}
