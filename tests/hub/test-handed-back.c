/* test-handed-back.c: rows that a log of this hub had once, and that somebody brings again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-id.h"
#include "hub-fixture.h"

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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/handed-back/not-held", Fixture, NULL, hub_set_up, test_not_held, hub_tear_down);
  g_test_add ("/handed-back/let-in", Fixture, NULL, hub_set_up, test_let_in, hub_tear_down);
  g_test_add ("/handed-back/repeat-held", Fixture, NULL, hub_set_up, test_repeat_held, hub_tear_down);

  return g_test_run ();
}
