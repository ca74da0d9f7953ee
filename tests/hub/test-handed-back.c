/* test-handed-back.c: rows that a log of this hub had once, and that somebody brings again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub-fixture.h"
#include "hub/mc-hub-evidence.h"
#include "wire/mc-message-heal.h"

/* Rows as a colleague holds them: each with the hashes before it, here none. */
static GPtrArray *
new_rows (Device     *author,
          const char *record)
{
  GPtrArray *groups = hub_groups_new (author, hub_change_new (record, "fee"), hub_change_new (record, "copies"), NULL);

  for (guint i = 0; i < groups->len; i++)
    ((McGroup *) groups->pdata[i])->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  return groups;
}

/* As after a fork: what comes from now on is of another stream of the same device. */
static void
renew (Device *device)
{
  g_free (device->incarnation);
  device->incarnation = mc_id_new (NOW);
  device->n = 0;
  device->chain = (McDigest) { 0 };
}

static void
send_groups (Fixture       *fixture,
             Device        *device,
             GPtrArray     *groups,
             McVerdictKind  expected)
{
  g_autoptr(GBytes) request = hub_request_new (device, groups);
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_null (answer.problem);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, expected);
  hub_answer_clear (&answer);
}

static void
send_refused (Fixture    *fixture,
              Device     *device,
              const char *record)
{
  g_autoptr(GPtrArray) groups = hub_groups_new (device, hub_change_new (record, "review.verdict"), NULL);

  send_groups (fixture, device, groups, MC_VERDICT_REJECTED);
}

/* What was in the log before the hub went back waits behind nothing that the hub has refused of its author since: others
 * have seen it, and nobody could ever let it in. */
static void
test_not_held (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) rows = new_rows (author, record);

  renew (author);
  send_refused (fixture, author, record);
  hub_hand_back (other, rows);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
}

/* … also if its author brought it first, and it was held. */
static void
test_let_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW), *old = NULL, *report = NULL;
  g_autoptr(GPtrArray) rows = new_rows (author, record), elsewhere = NULL;
  McDigest chain = author->chain;
  g_autoptr(GError) error = NULL;

  old = g_strdup (author->incarnation);
  renew (author);
  send_refused (fixture, author, record);
  g_free (author->incarnation);
  author->incarnation = g_steal_pointer (&old);
  author->n = rows->len;
  author->chain = chain;
  send_groups (fixture, author, rows, MC_VERDICT_HELD);
  hub_assert_rows (fixture->hub, "0 rows in 0 logs");

  hub_hand_back (other, rows);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  hub_hand_back (other, rows);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");

  /* The author's own repeat is told so. */
  send_groups (fixture, author, rows, MC_VERDICT_ACCEPTED);
}

/* (transfer full): groups that @author did not sign, each of which could stand at the beginning of its stream. */
static GPtrArray *
new_forged (Device     *author,
            const char *record,
            guint       count)
{
  GPtrArray *forged = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

  for (guint i = 0; i < count; i++)
    {
      g_autoptr(GPtrArray) groups = NULL;
      McGroup *group;

      renew (author);
      groups = new_rows (author, record);
      group = g_ptr_array_steal_index (groups, 0);
      g_bytes_unref (group->signature);
      group->signature = g_bytes_new_take (g_malloc0 (MC_SIGNATURE_BYTES), MC_SIGNATURE_BYTES);
      g_ptr_array_add (forged, group);
    }

  return forged;
}

/* Forged rows cost looks at many names of a branch: past so many no more is looked at in that request.  What is true comes with
 * the next one. */
static void
test_unproven (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(Device) forger = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) many = new_forged (forger, record, MC_UNPROVEN_MAX), few = new_forged (forger, record, MC_UNPROVEN_MAX - 1);
  g_autoptr(GPtrArray) first = new_rows (author, record), second = new_rows (author, record);

  g_ptr_array_extend_and_steal (many, g_steal_pointer (&first));
  hub_hand_back (other, many);
  hub_assert_rows (fixture->hub, "0 rows in 0 logs");

  g_ptr_array_remove_range (many, 0, MC_UNPROVEN_MAX);
  g_ptr_array_extend_and_steal (few, g_steal_pointer (&many));
  hub_hand_back (other, few);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  hub_hand_back (other, second);
  hub_assert_rows (fixture->hub, "4 rows in 1 logs");
}

/* How far the hub says to @asker that it is in the stream of @author's @incarnation. */
static guint64
ask_place (Fixture    *fixture,
           Device     *asker,
           Device     *author,
           const char *incarnation)
{
  McFrameWriter *writer = hub_begin_request (asker);
  g_autoptr(GByteArray) question = mc_encode_ask (MC_ASK_STREAMS, TOWN);
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };
  guint64 n = G_MAXUINT64;

  hub_put_cursor (asker, writer, TOWN);
  mc_frame_writer_add (writer, MC_FRAME_ASK, question->data, question->len);
  request = hub_end_request (writer);
  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_null (answer.problem);
  g_assert_nonnull (answer.streams);
  for (guint i = 0; i < answer.streams->len; i++)
    {
      McStreamPlace *place = answer.streams->pdata[i];

      if (g_str_equal (place->device, author->id) && g_str_equal (place->incarnation, incarnation))
        n = place->n;
    }
  hub_answer_clear (&answer);

  return n;
}

/* A hub that went back has of what it refused the hashes alone, before rows that others handed back.  Its author, who goes on
 * under another name meanwhile, is told that the hub is before those places: it alone has the bytes.  The others are told how
 * far the stream goes, so that they do not bring the rows again. */
static void
test_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *refused = mc_id_new (NOW), *record = mc_id_new (NOW), *old = g_strdup (author->incarnation);
  g_autoptr(GPtrArray) first = hub_groups_new (author, hub_change_new (refused, "review.verdict"),
                                               hub_change_new (refused, "fee"), NULL);
  g_autoptr(GPtrArray) rows = new_rows (author, record);
  McGroup *row = rows->pdata[0];

  for (guint i = 0; i < first->len; i++)
    {
      const McDigest *hash = mc_change_get_hash (((McGroup *) first->pdata[i])->changes->pdata[0]);

      g_ptr_array_add (row->holes, g_bytes_new (hash->data, MC_DIGEST_SIZE));
    }
  hub_hand_back (other, rows);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  g_assert_cmpuint (ask_place (fixture, other, author, old), ==, 4);

  renew (author);
  g_assert_cmpuint (ask_place (fixture, author, author, old), ==, 0);
}

/* Of what was never in the log nothing comes in before its time: its author's repeat stays held. */
static void
test_repeat_held (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) rows = NULL;

  send_refused (fixture, author, record);
  rows = new_rows (author, record);
  send_groups (fixture, author, rows, MC_VERDICT_HELD);
  send_groups (fixture, author, rows, MC_VERDICT_HELD);
  hub_assert_rows (fixture->hub, "0 rows in 0 logs");
}

/* One group of @n_changes, each nearly as large as a change may be, of what does not pack. */
static McGroup *
new_large_group (Device     *author,
                 const char *record,
                 guint       n_changes)
{
  McGroup *group = NULL;

  for (guint i = 0; i < n_changes; i++)
    {
      guint8 noise[45000], signature[MC_SIGNATURE_BYTES];
      g_autofree char *id = mc_id_new (NOW), *text = NULL;
      g_autoptr(JsonObject) set = json_object_new ();
      g_autoptr(GBytes) message = NULL;
      McChange *change;

      mc_random_bytes (noise, sizeof noise);
      text = g_base64_encode (noise, sizeof noise);
      json_object_set_string_member (set, "fee", text);
      change = mc_change_new (id, record, "certified-copy", "p/1", "2021-11-02T08:14:03.120+07:00", "Hà", set, NULL, i, n_changes,
                              NULL, NULL, NULL);
      if (group == NULL)
        {
          group = hub_group_new (author, change);
          continue;
        }
      g_ptr_array_add (group->changes, change);
      author->n++;
      mc_chain_step (&author->chain, mc_change_get_hash (change));
      message = mc_message_stream (author->hub->identity.id, author->id, author->incarnation, author->log, author->n, &author->chain);
      mc_sign (&author->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
      g_bytes_unref (group->signature);
      group->signature = g_bytes_new (signature, sizeof signature);
    }
  g_assert_nonnull (group);
  group->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  return group;
}

/* A group that GROUPS would not carry is not let in by handing it back either: MC_HANDED_MAX_BYTES is 34 of these changes. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  static const guint sizes[] = { 30, 40 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
      g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
      g_autofree char *record = mc_id_new (NOW);

      g_ptr_array_add (rows, new_large_group (author, record, sizes[i]));
      hub_hand_back (other, rows);
      hub_assert_rows (fixture->hub, "30 rows in 1 logs");
    }
}

static guint
count_lacks (Fixture     *fixture,
             McHubDevice *device)
{
  gboolean is_all;
  g_autoptr(GArray) lacks = mc_hub_list_lacks (fixture->hub, device, NOW, &is_all, NULL);

  return lacks != NULL ? lacks->len : G_MAXUINT;
}

/* A file that lies at a hub whose store was copied back is not asked of anybody who may not have it any more; one that has
 * rotted there meanwhile is, and comes again. */
static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(McHubDevice) device = mc_hub_find_device (fixture->hub, author->id, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("0123456789", 10);
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes), *record = mc_id_new (NOW), *path = NULL;
  g_autoptr(GPtrArray) groups = hub_groups_new (author, hub_change_full (NULL, record, "files", NULL, NULL, sha256), NULL);
  McNeed need;

  send_groups (fixture, author, groups, MC_VERDICT_ACCEPTED);
  g_assert_cmpuint (count_lacks (fixture, device), ==, 1);
  g_assert_true (mc_hub_take_evidence (fixture->hub, device, sha256, 0, 10, bytes, NOW, &need, NULL));
  g_assert_true (need.complete);

  g_assert_true (mc_db_exec (fixture->hub->db, "UPDATE evidence SET complete = 0, size = 0", NULL));
  g_assert_cmpuint (count_lacks (fixture, device), ==, 0);
  hub_assert_rows (fixture->hub, "1 rows in 1 logs, 1 evidence files");

  path = mc_hub_find_evidence (fixture->hub, device, sha256);
  g_assert_true (g_file_set_contents (path, "0123456780", 10, NULL));
  g_assert_true (mc_db_exec (fixture->hub->db, "UPDATE evidence SET complete = 0, size = 0", NULL));
  g_assert_cmpuint (count_lacks (fixture, device), ==, 1);
  g_assert_true (mc_hub_take_evidence (fixture->hub, device, sha256, 0, 10, bytes, NOW, &need, NULL));
  g_assert_true (need.complete);
  hub_assert_rows (fixture->hub, "1 rows in 1 logs, 1 evidence files");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/handed-back/not-held", Fixture, NULL, hub_set_up, test_not_held, hub_tear_down);
  g_test_add ("/handed-back/let-in", Fixture, NULL, hub_set_up, test_let_in, hub_tear_down);
  g_test_add ("/handed-back/unproven", Fixture, NULL, hub_set_up, test_unproven, hub_tear_down);
  g_test_add ("/handed-back/forgotten", Fixture, NULL, hub_set_up, test_forgotten, hub_tear_down);
  g_test_add ("/handed-back/repeat-held", Fixture, NULL, hub_set_up, test_repeat_held, hub_tear_down);
  g_test_add ("/handed-back/large", Fixture, NULL, hub_set_up, test_large, hub_tear_down);
  g_test_add ("/handed-back/file", Fixture, NULL, hub_set_up, test_file, hub_tear_down);

  return g_test_run ();
}
