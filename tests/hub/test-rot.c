/* test-rot.c: evidence files whose bytes have changed on the disk
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/mc-id.h"
#include "hub-fixture.h"
#include "hub/mc-hub-rot.h"

/* A device whose change names a file of @text, and the file. */
static Device *
bring (Fixture     *fixture,
       const char  *text,
       char       **out_sha256)
{
  Device *town = hub_device_new (fixture, TOWN, "commune");
  g_autofree char *record = mc_id_new (NOW);
  g_autoptr(GPtrArray) groups = NULL;
  g_autoptr(GBytes) request = NULL;
  Answer answer = { 0 };
  McNeed need;

  *out_sha256 = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  groups = hub_groups_new (town, hub_change_full (NULL, record, "files", NULL, NULL, *out_sha256), NULL);
  request = hub_request_new (town, groups);
  hub_send (fixture->hub, request, 8192, &answer);
  hub_answer_clear (&answer);
  hub_send_piece (town, *out_sha256, 0, strlen (text), text, &need);
  g_assert_true (need.complete);

  return town;
}

static char *
path_of (Fixture    *fixture,
         const char *folder,
         const char *sha256)
{
  char start[3] = { sha256[0], sha256[1], '\0' };

  return g_str_equal (folder, "evidence") ? g_build_filename (fixture->hub->dir, folder, start, sha256, NULL)
                                          : g_build_filename (fixture->hub->dir, folder, sha256, NULL);
}

static gint64
ask (Fixture    *fixture,
     const char *sql,
     const char *sha256)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (fixture->hub->db, sql, NULL);
  gboolean has_row;

  mc_stmt_bind_text (stmt, 1, sha256);
  g_assert_true (mc_stmt_next (stmt, &has_row, NULL) && has_row);

  return mc_stmt_get_int64 (stmt, 0);
}

#define IS_WHOLE "SELECT complete FROM evidence WHERE sha256 = ?"

/* A file that has rotted at its full length is found without anybody asking, kept beside, and asked for again; one that is whole
 * stays where it is. */
static void
test_found (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *sha256 = NULL, *good = NULL;
  g_autoptr(Device) town = bring (fixture, "Kế hoạch", &sha256), other = bring (fixture, "Báo cáo", &good);
  g_autofree char *path = path_of (fixture, "evidence", sha256), *kept = path_of (fixture, "rotten", sha256);
  g_autofree char *good_path = path_of (fixture, "evidence", good), *content = NULL, *report = NULL;
  g_autoptr(McHubRot) rot = NULL;
  g_autoptr(GError) error = NULL;
  McNeed need;

  g_assert_true (g_file_set_contents (path, "Kế hoạcH", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "evidence * is not what it was any more: it lies in *");
  rot = mc_hub_rot_new (fixture->hub, 1);
  while (ask (fixture, IS_WHOLE, sha256) != 0)
    g_main_context_iteration (NULL, TRUE);
  g_test_assert_expected_messages ();
  g_assert_cmpint (ask (fixture, "SELECT count (*) FROM audit WHERE what = 'file-rotten' AND detail = ?", sha256), ==, 1);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (kept, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "Kế hoạcH");
  g_assert_cmpint (ask (fixture, IS_WHOLE, good), ==, 1);
  g_assert_true (g_file_test (good_path, G_FILE_TEST_EXISTS));

  hub_send_piece (town, sha256, 0, strlen ("Kế hoạch"), "Kế hoạch", &need);
  g_assert_true (need.complete);
  g_assert_true (mc_hub_verify (fixture->hub, &report, &error));
  g_assert_no_error (error);
}

/* Told to end in the middle of a large file, it ends without reading the rest; what it had not read to the end is left alone. */
static void
test_ends (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr(Device) town = bring (fixture, "Kế hoạch", &sha256);
  g_autofree char *path = path_of (fixture, "evidence", sha256);
  McHubRot *rot;
  gint64 started_us;

  /* A hole on the disk: at 25 MB a second it would be read for some forty minutes. */
  g_assert_true (truncate (path, G_GINT64_CONSTANT (64) << 30) == 0);
  rot = mc_hub_rot_new (fixture->hub, 1);
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, TRUE);
  started_us = g_get_monotonic_time ();
  mc_hub_rot_free (rot);
  g_assert_cmpint (g_get_monotonic_time () - started_us, <, 30 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (ask (fixture, IS_WHOLE, sha256), ==, 1);
}

/* A file that cannot be read at the moment is no rotten one. */
static void
test_unread (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *sha256 = NULL;
  g_autoptr(Device) town = bring (fixture, "Kế hoạch", &sha256);
  g_autofree char *path = path_of (fixture, "evidence", sha256);

  g_assert_cmpint (mc_hub_read_file (fixture->hub->dir, sha256, 0, NULL), ==, MC_HUB_FILE_WHOLE);
  g_assert_true (g_unlink (path) == 0 && g_mkdir (path, 0700) == 0);
  g_assert_cmpint (mc_hub_read_file (fixture->hub->dir, sha256, 0, NULL), ==, MC_HUB_FILE_UNREAD);
  g_assert_true (g_rmdir (path) == 0);
  g_assert_cmpint (mc_hub_read_file (fixture->hub->dir, sha256, 0, NULL), ==, MC_HUB_FILE_UNREAD);
}

/* A store that was copied back does not know of the file; whoever brings it is not told that what lies there is it. */
static void
test_brought (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *sha256 = NULL, *content = NULL;
  g_autoptr(Device) town = bring (fixture, "Kế hoạch", &sha256);
  g_autofree char *path = path_of (fixture, "evidence", sha256);
  McNeed need;

  g_assert_true (mc_db_exec (fixture->hub->db, "UPDATE evidence SET complete = 0, size = 0", NULL));
  hub_send_piece (town, sha256, 0, strlen ("Kế hoạch"), "K", &need);
  g_assert_true (need.complete);
  g_assert_cmpint (ask (fixture, "SELECT size FROM evidence WHERE sha256 = ?", sha256), ==, strlen ("Kế hoạch"));

  g_assert_true (mc_db_exec (fixture->hub->db, "UPDATE evidence SET complete = 0, size = 0", NULL));
  g_assert_true (g_file_set_contents (path, "Kế hoạcH", -1, NULL));
  hub_send_piece (town, sha256, 0, strlen ("Kế hoạch"), "Kế hoạch", &need);
  g_assert_true (need.complete);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "Kế hoạch");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/rot/found", Fixture, NULL, hub_set_up, test_found, hub_tear_down);
  g_test_add ("/rot/ends", Fixture, NULL, hub_set_up, test_ends, hub_tear_down);
  g_test_add ("/rot/brought", Fixture, NULL, hub_set_up, test_brought, hub_tear_down);
  g_test_add ("/rot/unread", Fixture, NULL, hub_set_up, test_unread, hub_tear_down);

  return g_test_run ();
}
