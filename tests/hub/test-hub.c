/* test-hub.c: what a hub takes, refuses and answers: its sessions byte by byte, its server over TLS
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub/hub-fixture.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-server.h"
#include "hub/mc-hub-session.h"
#include "mc-test.h"
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

static void
send_piece (Device     *self,
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

  send_piece (town, sha256, 0, total, "Kế hoạch", &need);
  g_assert_false (need.complete);
  g_assert_cmpuint (need.offset, ==, 0);

  groups = hub_groups_new (town, hub_change_full (NULL, record, "files", NULL, NULL, sha256), hub_change_full (NULL, record, "files", NULL, NULL, nothing), NULL);
  request = hub_request_new (town, groups);
  hub_send (fixture->hub, request, 8192, &answer);
  send_piece (town, sha256, 0, total, "Kế", &need);
  g_assert_cmpuint (need.offset, ==, 4);
  send_piece (town, sha256, 9, total, "ch", &need);
  g_assert_cmpuint (need.offset, ==, 4);
  send_piece (other, sha256, 4, total, "xxxxxxx", &need);
  g_assert_cmpuint (need.offset, ==, 0);
  g_assert_null (mc_hub_find_evidence (fixture->hub, reader, sha256));

  send_piece (town, sha256, 4, total, " xxxxxxx", &need);
  g_assert_false (need.complete);
  g_assert_cmpuint (need.offset, ==, 0);
  send_piece (town, sha256, 0, total, "Kế hoạch", &need);
  g_assert_true (need.complete);
  found = mc_hub_find_evidence (fixture->hub, reader, sha256);
  g_assert_nonnull (found);
  hidden = mc_hub_find_evidence (fixture->hub, stranger, sha256);
  g_assert_null (hidden);

  send_piece (town, nothing, 0, 0, "", &need);
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

/* over TLS */

typedef struct
{
  McHubServer *server;
  SoupSession *soup;
  char *base;
} Net;

static gboolean
accept_cb (SoupMessage          *message,
           GTlsCertificate      *certificate,
           GTlsCertificateFlags  errors,
           gpointer              user_data)
{
  McHub *hub = user_data;
  guint8 pin[32];

  return mc_tls_get_pin (certificate, pin) && memcmp (pin, hub->identity.tls_pin, sizeof pin) == 0;
}

static void
net_start (Fixture *fixture,
           Net     *net)
{
  g_autoptr(GError) error = NULL;

  net->server = mc_hub_server_new (fixture->hub, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
  net->soup = soup_session_new_with_options ("timeout", 20, NULL);
  soup_session_set_tls_database (net->soup, NULL);
  net->base = g_strdup_printf ("https://127.0.0.1:%u", mc_hub_server_get_port (net->server));
}

static void
net_stop (Net *net)
{
  soup_session_abort (net->soup);
  g_object_unref (net->soup);
  mc_hub_server_free (net->server);
  g_free (net->base);
}

static GBytes *
net_send (Fixture     *fixture,
          Net         *net,
          SoupMessage *message)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GBytes *bytes;

  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_cb), fixture->hub);
  soup_session_send_and_read_async (net->soup, message, G_PRIORITY_DEFAULT, NULL, mc_test_result_cb, &result);
  mc_test_wait (&result);
  bytes = soup_session_send_and_read_finish (net->soup, result, &error);
  g_assert_no_error (error);

  return bytes;
}

/* One request; its status, and the body if @out_body is not NULL. */
static guint
ask (Fixture     *fixture,
     Net         *net,
     const char  *method,
     const char  *path,
     GBytes      *body,
     GBytes     **out_body)
{
  g_autofree char *uri = g_strconcat (net->base, path, NULL);
  g_autoptr(SoupMessage) message = soup_message_new (method, uri);
  g_autoptr(GBytes) answer = NULL;

  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/octet-stream", body);
  answer = net_send (fixture, net, message);
  if (out_body != NULL)
    *out_body = g_steal_pointer (&answer);

  return soup_message_get_status (message);
}

/* A signed GET; its status. */
static guint
get_signed (Fixture     *fixture,
            Net         *net,
            Device      *device,
            const char  *path,
            const char  *range,
            GBytes     **out_body)
{
  g_autofree char *uri = g_strconcat (net->base, path, NULL), *nonce = mc_id_new (NOW), *hex = NULL;
  g_autoptr(SoupMessage) message = soup_message_new ("GET", uri);
  g_autoptr(GBytes) to_sign = mc_message_ask (&fixture->hub->identity, "GET", device->id, path, nonce);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  guint8 signature[MC_SIGNATURE_BYTES];

  mc_sign (&device->key, g_bytes_get_data (to_sign, NULL), g_bytes_get_size (to_sign), signature);
  hex = mc_hex (signature, sizeof signature);
  soup_message_headers_append (headers, "Mc-Device", device->id);
  soup_message_headers_append (headers, "Mc-Nonce", nonce);
  soup_message_headers_append (headers, "Mc-Signature", hex);
  if (range != NULL)
    soup_message_headers_append (headers, "Range", range);
  *out_body = net_send (fixture, net, message);

  return soup_message_get_status (message);
}

static void
assert_problem (GBytes     *body,
                const char *slug)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autofree char *type = g_strconcat ("urn:minhchung:problem:", slug, NULL);

  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, type));
}

/* Everything is answered over TLS with the hub's own key, and wrong paths, methods and sizes by problem documents. */
static void
test_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autofree guint8 *noise = g_malloc0 (1024 * 1024);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups), large = g_bytes_new (noise, 1024 * 1024), answer = NULL;
  g_autoptr(GBytes) health = NULL, nowhere = NULL, method = NULL, too_large = NULL, open = NULL, units = NULL, garbage = NULL;
  Answer parts = { 0 };
  Net net;

  net_start (fixture, &net);
  g_assert_cmpuint (ask (fixture, &net, "GET", "/v1/health", NULL, &health), ==, 200);
  g_assert_cmpuint (ask (fixture, &net, "POST", "/v1/sync", request, &answer), ==, 200);
  hub_read_answer (answer, &parts);
  g_assert_cmpuint (parts.n, ==, 1);
  g_assert_cmpuint (ask (fixture, &net, "POST", "/v1/sync", large, &garbage), ==, 400);
  assert_problem (garbage, "protocol");
  g_assert_cmpuint (ask (fixture, &net, "GET", "/v1/sync", NULL, &method), ==, 405);
  assert_problem (method, "method-not-allowed");
  g_assert_cmpuint (ask (fixture, &net, "GET", "/wp-login.php", NULL, &nowhere), ==, 404);
  assert_problem (nowhere, "not-found");
  g_assert_cmpuint (ask (fixture, &net, "POST", "/v1/enrol", large, &too_large), ==, 413);
  assert_problem (too_large, "too-large");
  g_assert_cmpuint (ask (fixture, &net, "GET", "/v1/units", NULL, &open), ==, 403);
  assert_problem (open, "unknown-device");
  g_assert_cmpuint (get_signed (fixture, &net, town, "/v1/units", NULL, &units), ==, 200);
  hub_assert_rows (fixture->hub, "1 rows");
  hub_answer_clear (&parts);
  net_stop (&net);
}

/* Evidence is given whole or in part to a device that may read it, and to nobody whose signature does not hold. */
static void
test_download (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, OTHER, "commune");
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "0123456789", -1), *record = mc_id_new (NOW);
  g_autofree char *path = g_strconcat ("/v1/evidence/", sha256, NULL);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_full (NULL, record, "files", NULL, NULL, sha256), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, groups), whole = NULL, part = NULL, hidden = NULL, forged = NULL;
  Answer answer = { 0 };
  McNeed need;
  Net net;

  hub_send (fixture->hub, request, 8192, &answer);
  send_piece (town, sha256, 0, 10, "0123456789", &need);
  g_assert_true (need.complete);

  net_start (fixture, &net);
  g_assert_cmpuint (get_signed (fixture, &net, town, path, NULL, &whole), ==, 200);
  g_assert_cmpmem (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), "0123456789", 10);
  g_assert_cmpuint (get_signed (fixture, &net, town, path, "bytes=4-", &part), ==, 206);
  g_assert_cmpmem (g_bytes_get_data (part, NULL), g_bytes_get_size (part), "456789", 6);
  g_assert_cmpuint (get_signed (fixture, &net, other, path, NULL, &hidden), ==, 404);
  mc_signing_key_new (&town->key);
  g_assert_cmpuint (get_signed (fixture, &net, town, path, NULL, &forged), ==, 403);
  assert_problem (forged, "bad-signature");
  net_stop (&net);
  hub_answer_clear (&answer);
}

static const char *
enrol_again (Fixture      *fixture,
             const char   *line,
             const char   *device,
             McSigningKey *key,
             gint64        now)
{
  g_autofree char *request = hub_enrol_request (line, device, key), *answer = NULL;
  g_autoptr(GError) error = NULL;
  const char *problem;

  answer = mc_hub_answer_enrol (fixture->hub, request, strlen (request), now, &problem, &error);
  g_assert_no_error (error);
  g_assert_cmpint (answer == NULL, ==, problem != NULL);

  return problem;
}

/* A secret lets one device in, again if its answer was lost; nobody takes another's name; guessing is slowed down. */
static void
test_enrol (Fixture *fixture, gconstpointer data)
{
  g_autofree char *line = mc_hub_enrol (fixture->hub, TOWN, "commune", NULL, 30, NOW, NULL), *device = mc_id_new (NOW);
  g_autofree char *second = mc_hub_enrol (fixture->hub, TOWN, "commune", NULL, 30, NOW, NULL), *other = mc_id_new (NOW);
  g_autofree char *above = mc_hub_enrol (fixture->hub, DISTRICT, "district", NULL, 30, NOW, NULL), *wrong = NULL;
  g_autoptr(GBytes) guess = NULL;
  McSigningKey key, thief;
  guint status = 0;
  Net net;

  mc_signing_key_new (&key);
  mc_signing_key_new (&thief);
  g_assert_cmpstr (enrol_again (fixture, line, device, &key, NOW), ==, NULL);
  g_assert_cmpstr (enrol_again (fixture, line, device, &key, NOW), ==, NULL);
  g_assert_cmpstr (enrol_again (fixture, line, other, &thief, NOW), ==, "secret-used");
  g_assert_cmpstr (enrol_again (fixture, second, device, &thief, NOW), ==, "forbidden");
  g_assert_cmpstr (enrol_again (fixture, above, device, &key, NOW), ==, "forbidden");
  g_assert_cmpstr (enrol_again (fixture, second, other, &thief, NOW + 31 * 24 * G_TIME_SPAN_HOUR), ==, "secret-expired");

  wrong = g_strdup_printf ("{\"secret\":\"00000000000000000000000000000000\",\"device\":\"%s\",\"public_key\":\"%064d\",\"name\":\"\"}", other, 0);
  guess = g_bytes_new (wrong, strlen (wrong));
  net_start (fixture, &net);
  for (int i = 0; i < MC_WRONG_SECRETS_A_MINUTE + 2; i++)
    {
      status = ask (fixture, &net, "POST", "/v1/enrol", guess, NULL);
      g_assert_cmpuint (status, ==, i < MC_WRONG_SECRETS_A_MINUTE ? 403 : 429);
    }
  net_stop (&net);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
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
  ADD ("/hub/evidence", test_evidence);
  ADD ("/hub/verify", test_verify);
  ADD ("/hub/server", test_server);
  ADD ("/hub/download", test_download);
  ADD ("/hub/enrol", test_enrol);

  return g_test_run ();
}
