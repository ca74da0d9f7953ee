/* test-shares.c: a device that wants more of the hub than its share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "core/mc-error.h"
#include "core/mc-id.h"
#include "core/mc-limits.h"
#include "hub/hub-fixture.h"
#include "hub/mc-hub-evidence.h"
#include "hub/mc-hub-quota.h"

/* A device that has used its share waits with a reason and its place unmoved; others go on; more room lets it go on. */
static void
test_log_quota (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) hostile = hub_device_new (fixture, TOWN, "commune"), other = hub_device_new (fixture, OTHER, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = NULL, more = NULL;
  g_autoptr(GBytes) first = NULL, second = NULL;
  Answer answer = { 0 };

  g_assert_true (mc_hub_set_setting (fixture->hub, "quota-log-bytes", "2500", NULL));
  groups = hub_groups_new (hostile, hub_change_new (record, "fee"), hub_change_new (record, "fee"), NULL);
  first = hub_request_new (hostile, groups);
  hub_send (fixture->hub, first, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.n, ==, 2);

  more = hub_groups_new (hostile, hub_change_new (record, "fee"), hub_change_new (record, "fee"),
                         hub_change_new (record, "fee"), hub_change_new (record, "fee"), NULL);
  second = hub_request_new (hostile, more);
  for (guint turn = 0; turn < 2; turn++)
    {
      hub_send (fixture->hub, second, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, "hub-full");
    }
  hub_assert_rows (fixture->hub, "2 rows in 1 logs");
  hub_fill (fixture, other, 1);

  g_assert_true (mc_hub_set_setting (fixture->hub, "quota-log-bytes", "250000", NULL));
  hub_send (fixture->hub, second, 8192, &answer);
  g_assert_cmpstr (answer.problem, ==, NULL);
  g_assert_cmpuint (answer.n, ==, 6);
  hub_assert_rows (fixture->hub, "7 rows in 2 logs");
  hub_answer_clear (&answer);
}

/* What is refused is kept too, and counts: nobody fills the disk with what he may not write. */
static void
test_refused_quota (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Device) hostile = hub_device_new (fixture, OTHER, "commune");
  g_autofree char *record = mc_id_new (NOW);
  Answer answer = { 0 };
  guint sent = 0;

  g_assert_true (mc_hub_set_setting (fixture->hub, "quota-log-bytes", "20000", NULL));
  g_free (hostile->log);
  hostile->log = g_strdup (TOWN);
  do
    {
      g_autoptr(GPtrArray) groups = hub_groups_new (hostile, hub_change_new (record, "fee"), NULL);
      g_autoptr(GBytes) request = hub_request_new (hostile, groups);

      hub_send (fixture->hub, request, 8192, &answer);
    }
  while (answer.problem == NULL && ++sent < 100);
  g_assert_cmpstr (answer.problem, ==, "hub-full");
  g_assert_cmpuint (sent, <, 60);
  hub_assert_rows (fixture->hub, "0 rows");
  hub_answer_clear (&answer);
}

static const char *
take (Fixture    *fixture,
      Device     *self,
      const char *sha256,
      guint64     total,
      const char *piece)
{
  g_autoptr(McHubDevice) device = mc_hub_find_device (fixture->hub, self->id, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new (piece, strlen (piece));
  g_autoptr(GError) error = NULL;
  McNeed need;

  if (mc_hub_take_evidence (fixture->hub, device, sha256, 0, total, bytes, NOW, &need, &error))
    return need.complete ? "whole" : need.offset > 0 ? "part" : "nothing";
  g_test_message ("%s", error->message);
  g_assert_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NO_SPACE);

  return "full";
}

/* A unit's files get their share of the disk and no more, however large they are said to be; another unit's still fit. */
static void
test_evidence_quota (Fixture *fixture, gconstpointer data)
{
  static const char * const units[] = { TOWN, OTHER };
  g_autofree char *small = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "small", -1);
  g_autofree char *large = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "large", -1);
  g_autofree char *name = g_strconcat (TOWN "-", large, NULL);
  g_autofree char *partial = g_build_filename (fixture->hub->dir, "partial", name, NULL);
  Device *devices[2];

  g_assert_true (mc_hub_set_setting (fixture->hub, "quota-evidence-bytes", "1000", NULL));
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *record = mc_id_new (NOW);
      g_autoptr(GPtrArray) groups = NULL;
      g_autoptr(GBytes) request = NULL;
      Answer answer = { 0 };

      devices[i] = hub_device_new (fixture, units[i], "commune");
      groups = hub_groups_new (devices[i], hub_change_full (NULL, record, "files", NULL, NULL, i == 0 ? large : small), NULL);
      if (i == 0)
        g_ptr_array_add (groups, hub_group_new (devices[i], hub_change_full (NULL, record, "files", NULL, NULL, small)));
      request = hub_request_new (devices[i], groups);
      hub_send (fixture->hub, request, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, NULL);
      hub_answer_clear (&answer);
    }

  g_assert_cmpstr (take (fixture, devices[0], large, 1001, "lar"), ==, "full");
  g_assert_false (g_file_test (partial, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (take (fixture, devices[0], large, 999, "lar"), ==, "part");
  /* The claim counts, not only what has come. */
  g_assert_cmpstr (take (fixture, devices[0], small, 5, "small"), ==, "full");
  g_assert_cmpstr (take (fixture, devices[1], small, 5, "small"), ==, "whole");
  hub_device_free (devices[0]);
  hub_device_free (devices[1]);
}

/* A device whose unit names the hash of another unit's file learns nothing of its upload and cannot spoil it, nor the other
 * way round; within its unit the upload goes on where it was. */
static void
test_evidence_of_others (Fixture *fixture, gconstpointer data)
{
  static const char * const units[] = { TOWN, OTHER, TOWN };
  g_autofree char *sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "minh chung", -1), *path = NULL, *whole = NULL;
  g_autoptr(McHubDevice) reader = NULL, spy = NULL;
  g_autoptr(GArray) lacks = NULL;
  gboolean is_all;
  Device *devices[3];

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *record = mc_id_new (NOW);
      g_autoptr(GPtrArray) groups = NULL;
      g_autoptr(GBytes) request = NULL;
      Answer answer = { 0 };

      devices[i] = hub_device_new (fixture, units[i], "commune");
      groups = hub_groups_new (devices[i], hub_change_full (NULL, record, "files", NULL, NULL, sha256), NULL);
      request = hub_request_new (devices[i], groups);
      hub_send (fixture->hub, request, 8192, &answer);
      g_assert_cmpstr (answer.problem, ==, NULL);
      hub_answer_clear (&answer);
    }

  g_assert_cmpstr (take (fixture, devices[0], sha256, 10, "minh"), ==, "part");
  g_assert_cmpstr (take (fixture, devices[1], sha256, 10, ""), ==, "nothing");
  spy = mc_hub_find_device (fixture->hub, devices[1]->id, NULL);
  lacks = mc_hub_list_lacks (fixture->hub, spy, NOW, &is_all, NULL);
  g_assert_cmpuint (lacks->len, ==, 1);
  g_assert_cmpuint (g_array_index (lacks, McNeed, 0).offset, ==, 0);
  g_assert_cmpstr (take (fixture, devices[1], sha256, 10, "MINH CHUN"), ==, "part");
  g_assert_cmpstr (take (fixture, devices[2], sha256, 10, "minh chung"), ==, "whole");

  reader = mc_hub_find_device (fixture->hub, devices[0]->id, NULL);
  path = mc_hub_find_evidence (fixture->hub, reader, sha256);
  g_assert_true (g_file_get_contents (path, &whole, NULL, NULL));
  g_assert_cmpstr (whole, ==, "minh chung");
  g_assert_cmpstr (take (fixture, devices[1], sha256, 10, "G"), ==, "whole");
  hub_assert_rows (fixture->hub, "3 rows in 2 logs, 1 evidence files");
  for (guint i = 0; i < 3; i++)
    hub_device_free (devices[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, hub_set_up, func, hub_tear_down)
  ADD ("/shares/log-quota", test_log_quota);
  ADD ("/shares/refused-quota", test_refused_quota);
  ADD ("/shares/evidence-quota", test_evidence_quota);
  ADD ("/shares/evidence-of-others", test_evidence_of_others);

  return g_test_run ();
}
