/* test-run.c: many groups under the signature of the last, as they are pushed and as others hand them back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <string.h>

#include "core/mc-id.h"
#include "hub-fixture.h"
#include "hub/mc-hub-log.h"

#define N_GROUPS 4

/* @n groups of one stream; only the last keeps its signature. */
static GPtrArray *
new_run (Device *device,
         guint   n)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *record = mc_id_new (NOW + i);
      McGroup *group = hub_group_new (device, hub_change_new (record, "fee"));

      group->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      if (i + 1 < n)
        g_clear_pointer (&group->signature, g_bytes_unref);
      g_ptr_array_add (groups, group);
    }

  return groups;
}

static void
forge (McGroup *group)
{
  guint8 signature[MC_SIGNATURE_BYTES];

  memcpy (signature, g_bytes_get_data (group->signature, NULL), sizeof signature);
  signature[7] ^= 1;
  g_bytes_unref (group->signature);
  group->signature = g_bytes_new (signature, sizeof signature);
}

/* Other words than were signed, under the same id and place. */
static void
replace_change (McGroup *group)
{
  McChange *change = group->changes->pdata[0];
  McChange *other = hub_change_full (mc_change_get_id (change), mc_change_get_record (change), "copies", NULL, NULL, NULL);

  g_ptr_array_set_size (group->changes, 0);
  g_ptr_array_add (group->changes, other);
}

static void
push_run (Fixture   *fixture,
          Device    *device,
          GPtrArray *groups,
          Answer    *answer)
{
  McFrameWriter *writer = hub_begin_request (device);
  g_autoptr(GBytes) payload = mc_encode_run (NULL, device->log, groups), request = NULL;

  hub_put_cursor (device, writer, device->log);
  mc_frame_writer_add (writer, MC_FRAME_RUN, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  request = hub_end_request (writer);
  hub_send (fixture->hub, request, 8192, answer);
}

/* Groups of a run are accepted one by one, and what others are told of them verifies. */
static void
test_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(GPtrArray) groups = new_run (town, N_GROUPS);
  Answer answer = { 0 };

  push_run (fixture, town, groups, &answer);
  g_assert_null (answer.problem);
  g_assert_cmpuint (answer.n, ==, N_GROUPS);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
  hub_answer_clear (&answer);
  hub_assert_rows (fixture->hub, "4 rows in 1 logs");
}

/* A run that begins before what the hub has goes on after it; what is different there is a fork. */
static void
test_repeated (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(GPtrArray) groups = new_run (town, N_GROUPS), more = new_run (town, 2);
  Answer answer = { 0 };

  push_run (fixture, town, groups, &answer);
  hub_answer_clear (&answer);
  /* As one whose answer was lost sends it: all of it, and more. */
  g_clear_pointer (&((McGroup *) groups->pdata[N_GROUPS - 1])->signature, g_bytes_unref);
  g_ptr_array_extend_and_steal (groups, g_steal_pointer (&more));
  push_run (fixture, town, groups, &answer);
  g_assert_cmpuint (answer.n, ==, N_GROUPS + 2);
  hub_answer_clear (&answer);
  hub_assert_rows (fixture->hub, "6 rows in 1 logs");

  replace_change (groups->pdata[1]);
  push_run (fixture, town, groups, &answer);
  g_assert_true (answer.fork);
  hub_answer_clear (&answer);
  hub_assert_rows (fixture->hub, "6 rows in 1 logs");
}

/* Nothing of a run is taken if its signature is another, or if any change in it is another than was signed. */
static void
test_forged (Fixture *fixture, gconstpointer data)
{
  for (int i = -1; i < N_GROUPS; i++)
    {
      g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
      g_autoptr(GPtrArray) groups = new_run (town, N_GROUPS);
      Answer answer = { 0 };

      if (i < 0)
        forge (groups->pdata[N_GROUPS - 1]);
      else
        replace_change (groups->pdata[i]);
      push_run (fixture, town, groups, &answer);
      g_assert_cmpstr (answer.problem, ==, "bad-signature");
      hub_answer_clear (&answer);
      hub_assert_rows (fixture->hub, "0 rows in 0 logs");
    }
}

/* A run whose end gets no row is not taken: the rows before it would have no signature after them.  Signed one by one its
 * groups are. */
static void
test_end_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW), *refused = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = hub_groups_new (town, hub_change_new (record, "fee"), hub_change_new (refused, "review.verdict"), NULL);
  McGroup *first = groups->pdata[0];
  g_autoptr(GBytes) signature = g_steal_pointer (&first->signature), request = NULL;
  Answer answer = { 0 };

  push_run (fixture, town, groups, &answer);
  g_assert_null (answer.problem);
  g_assert_cmpuint (answer.n, ==, 0);
  g_assert_true (answer.verdicts == NULL || answer.verdicts->len == 0);
  hub_answer_clear (&answer);
  hub_assert_rows (fixture->hub, "0 rows in 0 logs");

  first->signature = g_steal_pointer (&signature);
  request = hub_request_new (town, groups);
  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpuint (answer.n, ==, 2);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
  g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_REJECTED);
  hub_answer_clear (&answer);
  hub_assert_rows (fixture->hub, "1 rows in 1 logs");
}

/* A page of the log ends where a run does: whoever gets no more than that can prove all of it.  What was held, and is let in by a
 * row of the run, stands in the middle of it under its own signature. */
static void
test_page_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW), *other = mc_id_new (NOW + 1), *more = mc_id_new (NOW + 2), *id = mc_id_new (NOW + 3);
  McChange *rejected = hub_change_new (record, "review.verdict");
  g_autofree char *wrong = g_strdup (mc_change_get_id (rejected));
  g_autoptr(GPtrArray) before = hub_groups_new (town, rejected, hub_change_new (record, "fee"), NULL);
  g_autoptr(GPtrArray) run = hub_groups_new (town, hub_change_full (id, record, "copies", NULL, wrong, NULL),
                                             hub_change_new (other, "fee"), NULL);
  g_autoptr(GPtrArray) next = hub_groups_new (town, hub_change_new (more, "fee"), NULL);
  g_autoptr(GBytes) request = hub_request_new (town, before);
  Answer answer = { 0 };
  McLogFrame page;

  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_cmpint (hub_verdict (&answer, 1)->kind, ==, MC_VERDICT_HELD);
  hub_answer_clear (&answer);
  push_run (fixture, town, run, &answer);
  hub_answer_clear (&answer);
  push_run (fixture, town, next, &answer);
  g_assert_cmpuint (answer.n, ==, 5);
  hub_answer_clear (&answer);
  hub_assert_rows (fixture->hub, "4 rows in 1 logs");

  g_assert_true (mc_hub_read_page (fixture->hub, TOWN, 0, NULL, 1, &page, NULL));
  g_assert_cmpuint (page.head.seq, ==, 3);
  mc_log_frame_clear (&page);
}

/* Rows of a run that others hand back are taken as far as a signature of their author follows, and no further. */
static void
test_handed_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(GPtrArray) groups = new_run (author, N_GROUPS), tail = new_run (author, 2);

  g_clear_pointer (&((McGroup *) tail->pdata[1])->signature, g_bytes_unref);
  g_ptr_array_extend_and_steal (groups, g_steal_pointer (&tail));
  hub_hand_back (other, groups);
  hub_assert_rows (fixture->hub, "4 rows in 1 logs");
}

/* … and none of them if one is another than was signed. */
static void
test_handed_back_forged (Fixture *fixture, gconstpointer data)
{
  for (int i = -1; i < N_GROUPS; i++)
    {
      g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
      g_autoptr(GPtrArray) groups = new_run (author, N_GROUPS);

      if (i < 0)
        forge (groups->pdata[N_GROUPS - 1]);
      else
        replace_change (groups->pdata[i]);
      hub_hand_back (other, groups);
      hub_assert_rows (fixture->hub, "0 rows in 0 logs");
    }
}

/* Whoever holds only the end of a run hands that back with the hashes before it; who holds the rest brings it later, and
 * it has to be what the hashes say. */
static void
test_rest_comes_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(GPtrArray) groups = new_run (author, N_GROUPS), rest = new_run (author, 0), wrong = new_run (author, 0);
  McGroup *last = groups->pdata[N_GROUPS - 1];

  for (guint i = 0; i + 1 < N_GROUPS; i++)
    g_ptr_array_add (last->holes, g_bytes_new (mc_change_get_hash (((McGroup *) groups->pdata[i])->changes->pdata[0])->data,
                                               MC_DIGEST_SIZE));
  for (guint i = 0; i + 1 < N_GROUPS; i++)
    g_ptr_array_add (rest, g_ptr_array_steal_index (groups, 0));
  hub_hand_back (other, groups);
  hub_assert_rows (fixture->hub, "1 rows in 1 logs");

  g_ptr_array_add (wrong, g_ptr_array_steal_index (rest, 0));
  replace_change (wrong->pdata[0]);
  hub_hand_back (other, wrong);
  hub_assert_rows (fixture->hub, "1 rows in 1 logs");
  hub_hand_back (other, rest);
  hub_assert_rows (fixture->hub, "3 rows in 1 logs");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/run/taken", Fixture, NULL, hub_set_up, test_taken, hub_tear_down);
  g_test_add ("/run/repeated", Fixture, NULL, hub_set_up, test_repeated, hub_tear_down);
  g_test_add ("/run/forged", Fixture, NULL, hub_set_up, test_forged, hub_tear_down);
  g_test_add ("/run/end-refused", Fixture, NULL, hub_set_up, test_end_refused, hub_tear_down);
  g_test_add ("/run/page-end", Fixture, NULL, hub_set_up, test_page_end, hub_tear_down);
  g_test_add ("/run/handed-back", Fixture, NULL, hub_set_up, test_handed_back, hub_tear_down);
  g_test_add ("/run/handed-back-forged", Fixture, NULL, hub_set_up, test_handed_back_forged, hub_tear_down);
  g_test_add ("/run/rest-comes-later", Fixture, NULL, hub_set_up, test_rest_comes_later, hub_tear_down);

  return g_test_run ();
}
