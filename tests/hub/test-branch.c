/* test-branch.c: a stream that was written twice from some place on, of which the hub has the second branch
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub-fixture.h"
#include "hub/mc-hub-branch.h"
#include "wire/mc-branch.h"

static void
send_groups (Fixture   *fixture,
             Device    *device,
             GPtrArray *groups)
{
  g_autoptr(GBytes) request = hub_request_new (device, groups);
  Answer answer = { 0 };

  hub_send (fixture->hub, request, 8192, &answer);
  g_assert_null (answer.problem);
  g_assert_cmpint (hub_verdict (&answer, 0)->kind, ==, MC_VERDICT_ACCEPTED);
  hub_answer_clear (&answer);
}

static GBytes *
hash_of (GPtrArray *groups,
         guint      i)
{
  McGroup *group = groups->pdata[i];

  return g_bytes_new (mc_change_get_hash (group->changes->pdata[0])->data, MC_DIGEST_SIZE);
}

/* The last of @groups (element-type McGroup, each of one change) with the hashes of all before it: what a colleague keeps
 * who has read that one alone, or to whom the others are rows of the log. */
static GPtrArray *
last_of (GPtrArray *groups)
{
  GPtrArray *last = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  McGroup *group = g_ptr_array_steal_index (groups, groups->len - 1);

  group->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < groups->len; i++)
    g_ptr_array_add (group->holes, hash_of (groups, i));
  g_ptr_array_add (last, group);

  return last;
}

/* The author's first place reaches the hub; then it writes two more that only a colleague reads, goes back, and writes the
 * second place again. */
static GPtrArray *
write_twice (Fixture *fixture,
             Device  *author)
{
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) lost = hub_groups_new (author, hub_change_new (record, "fee"), NULL), again = NULL;
  McDigest chain = author->chain;

  send_groups (fixture, author, lost);
  g_ptr_array_add (lost, hub_group_new (author, hub_change_new (record, "copies")));
  g_ptr_array_add (lost, hub_group_new (author, hub_change_new (record, "total")));
  author->n = 1;
  author->chain = chain;
  again = hub_groups_new (author, hub_change_new (record, "note"), NULL);
  send_groups (fixture, author, again);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");

  return last_of (lost);
}

/* What proves itself as another branch gets its rows, once, whoever brings it; what only goes on behind the wrong place does
 * not. */
static void
test_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(Device) third = hub_device_new (fixture, DISTRICT, "district");
  g_autoptr(GPtrArray) lost = write_twice (fixture, author);

  hub_hand_back (other, lost);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  hub_hand_back_as (other, MC_FRAME_BRANCH, lost);
  hub_assert_rows (fixture->hub, "3 rows in 1 logs");

  g_free (third->log);
  third->log = g_strdup (TOWN);
  hub_hand_back_as (third, MC_FRAME_BRANCH, lost);
  hub_assert_rows (fixture->hub, "3 rows in 1 logs");
}

/* Other hashes before a row, or a signature of somebody else, prove nothing. */
static void
test_forged (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autoptr(GPtrArray) lost = write_twice (fixture, author), theirs = NULL;
  g_autofree char *record = mc_id_new (NOW);
  McGroup *group = lost->pdata[0], *forged;

  g_bytes_unref (group->holes->pdata[1]);
  group->holes->pdata[1] = g_bytes_ref (group->holes->pdata[0]);
  hub_hand_back_as (other, MC_FRAME_BRANCH, lost);

  theirs = hub_groups_new (other, hub_change_new (record, "fee"), NULL);
  forged = theirs->pdata[0];
  forged->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_free (forged->device);
  g_free (forged->incarnation);
  forged->device = g_strdup (author->id);
  forged->incarnation = g_strdup (author->incarnation);
  hub_hand_back_as (other, MC_FRAME_BRANCH, theirs);
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
}

/* One stream branches MC_BRANCHES_MAX times and no further: what comes then stays where it is. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) author = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW), *expected = g_strdup_printf ("%d rows in 1 logs", MC_BRANCHES_MAX + 1);

  for (guint i = 0; i < MC_BRANCHES_MAX + 3; i++)
    {
      g_autoptr(GPtrArray) groups = NULL;

      author->n = 0;
      author->chain = (McDigest) { 0 };
      groups = hub_groups_new (author, hub_change_new (record, "fee"), NULL);
      ((McGroup *) groups->pdata[0])->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      hub_hand_back_as (other, MC_FRAME_BRANCH, groups);
    }
  hub_assert_rows (fixture->hub, expected);
}

/* A number leads away from a name and back, also past the end of its digits. */
static void
test_name (void)
{
  static const char * const names[] = { "2436348b-1a2b-4c3d-8e4f-00112233fffb", "2436348b-1a2b-4c3d-8e4f-001122330000" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *branch = mc_branch_name (names[i], 9), *back = mc_branch_name (branch, -9);

      g_assert_cmpstr (branch, !=, names[i]);
      g_assert_cmpuint (strlen (branch), ==, strlen (names[i]));
      g_assert_cmpstr (back, ==, names[i]);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/branch/taken", Fixture, NULL, hub_set_up, test_taken, hub_tear_down);
  g_test_add ("/branch/forged", Fixture, NULL, hub_set_up, test_forged, hub_tear_down);
  g_test_add ("/branch/many", Fixture, NULL, hub_set_up, test_many, hub_tear_down);
  g_test_add_func ("/branch/name", test_name);

  return g_test_run ();
}
