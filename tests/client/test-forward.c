/* test-forward.c: a commune's bundle, carried to a real hub by another device's PC, over TLS
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "client/mc-http.h"
#include "client/mc-stick.h"
#include "core/mc-limits.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

/* A commune without a network, and a district that has one. */
typedef struct
{
  McAccount *town, *district;
  McJournal *journal;
  char *path;          /* what the commune wrote: two records, one with a file */
  char *sha256;        /* of the file */
} Office;

static void
office_clear (Office *self)
{
  mc_account_free (self->town);
  mc_account_free (self->district);
  mc_journal_close (self->journal);
  g_free (self->path);
  g_free (self->sha256);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Office, office_clear)

static void
write_stick (Fixture *fixture,
             Office  *self)
{
  g_autoptr(McStickReport) report = NULL;
  g_autoptr(GError) error = NULL;

  g_clear_pointer (&self->path, g_free);
  self->path = g_build_filename (fixture->dir, "xa.mcbundle", NULL);
  mc_stick_write (self->journal, self->town, self->path, 0, &report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
office_init (Fixture *fixture,
             Office  *self)
{
  self->path = NULL;
  self->town = new_device (fixture, "town", TOWN, "commune");
  self->district = new_device (fixture, "district", DISTRICT, "district");
  self->journal = open_journal (fixture, self->town);
  self->sha256 = save_file (fixture, self->journal, 700000);
  g_free (save_copy (fixture, self->journal, 1));
  write_stick (fixture, self);
}

static char *
forward (Office         *self,
         const char     *path,
         McSyncProgress  progress,
         gpointer        user_data)
{
  g_autoptr(GError) error = NULL;
  char *reply = mc_stick_forward (self->district, path, progress, user_data, NULL, &error);

  g_assert_no_error (error);

  return reply;
}

static void
assert_refused (Office      *self,
                const char  *path,
                McSyncError  code)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (mc_stick_forward (self->district, path, NULL, NULL, NULL, &error));
  g_test_message ("%s", error != NULL ? error->message : "");
  g_assert_error (error, MC_SYNC_ERROR, (int) code);
}

static void
assert_verified (Fixture    *fixture,
                 const char *text)
{
  g_autofree char *verified = run_hub (fixture, "verify", NULL);

  g_test_message ("%s", verified);
  g_assert_true (g_str_has_prefix (verified, text));
}

static void
read_stick (Office       *self,
            const char   *path,
            McSyncReport *report)
{
  g_autoptr(GError) error = NULL;

  mc_stick_read (self->journal, self->town, path, report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* Records and files that a district's PC carries in are at the hub as if the commune had synced; the PC learns nothing of
 * them; the answer settles them at the commune; carrying and reading all of it again changes nothing. */
static void
test_there_and_back (Fixture *fixture, gconstpointer data)
{
  g_auto(Office) office;
  g_autofree char *reply = NULL, *again = NULL;
  McSyncReport report;

  office_init (fixture, &office);
  reply = forward (&office, office.path, NULL, NULL);
  g_assert_true (is_at_hub (fixture, office.sha256));
  assert_nowhere (reply, "accepted");
  assert_nowhere (reply, "certified-copy");
  g_assert_cmpuint (count_pending (office.journal), ==, 2);

  read_stick (&office, reply, &report);
  g_assert_cmpuint (report.n_sent, ==, 2);
  g_assert_cmpuint (report.files_done, ==, 1);
  g_assert_cmpuint (count_pending (office.journal), ==, 0);

  again = forward (&office, office.path, NULL, NULL);
  g_assert_cmpstr (again, ==, reply);
  read_stick (&office, again, &report);
  g_assert_cmpuint (report.n_sent, ==, 0);
  run_sync (office.journal, office.town, &report);
  g_assert_cmpuint (report.n_sent, ==, 0);
  assert_verified (fixture, "2 rows in 1 logs");
}

/* A bundle that is cut, changed, for another hub, an answer, too large or none at all says so, and nothing of it is taken. */
static void
test_bad (Fixture *fixture, gconstpointer data)
{
  g_auto(Office) office;
  g_autofree char *bad = g_build_filename (fixture->dir, "bad.mcbundle", NULL), *reply = NULL;

  office_init (fixture, &office);
  spoil_file (office.path, bad, 400000, -1);
  assert_refused (&office, bad, MC_SYNC_ERROR_BUNDLE_DAMAGED);
  spoil_file (office.path, bad, -1, 400000);
  assert_refused (&office, bad, MC_SYNC_ERROR_BUNDLE_DAMAGED);
  spoil_file (office.path, bad, -1, 14);
  assert_refused (&office, bad, MC_SYNC_ERROR_BUNDLE_FOREIGN);
  spoil_file (office.path, bad, -1, 3);
  assert_refused (&office, bad, MC_SYNC_ERROR_BUNDLE_OTHER);
  spoil_file (office.path, bad, 0, -1);
  assert_refused (&office, bad, MC_SYNC_ERROR_BUNDLE_OTHER);
  spoil_file (office.path, bad, -1, -1);
  g_assert_cmpint (truncate (bad, MC_BUNDLE_FORWARD_BYTES + 1), ==, 0);
  assert_refused (&office, bad, MC_SYNC_ERROR_BUNDLE_OTHER);
  g_unlink (bad);
  assert_refused (&office, bad, MC_SYNC_ERROR_LOCAL);
  g_assert_false (is_at_hub (fixture, office.sha256));
  assert_verified (fixture, "0 rows");

  reply = forward (&office, office.path, NULL, NULL);
  assert_refused (&office, reply, MC_SYNC_ERROR_BUNDLE_OTHER);
  assert_verified (fixture, "2 rows in 1 logs");
}

static char *
dup_resource (const char *path)
{
  g_autofree char *data = NULL, *sha256 = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) data, size);

  return g_strconcat ("/v1/bundle/", sha256, NULL);
}

/* What the hub says to @size bytes from the beginning of @path that belong at @offset of @total. */
static char *
post_piece (McAccount   *account,
            const char  *path,
            gsize        size,
            guint64      offset,
            guint64      total,
            GError     **error)
{
  g_autofree char *resource = dup_resource (path), *data = NULL;
  g_autoptr(McHttp) http = mc_http_new (account->address, &account->hub);
  g_autoptr(GBytes) piece = NULL, answer = NULL;
  gboolean is_whole;
  gsize whole;

  g_assert_true (g_file_get_contents (path, &data, &whole, NULL));
  piece = g_bytes_new (data + MIN (offset, whole), MIN (size, whole));
  answer = mc_http_post_piece (http, resource, account->device, &account->key, piece, offset, total, &is_whole, NULL, error);

  return answer != NULL ? g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer)) : NULL;
}

static void
assert_piece (McAccount  *account,
              const char *path,
              gsize       size,
              guint64     offset,
              guint64     total,
              const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = post_piece (account, path, size, offset, total, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (answer, ==, expected);
}

static void
sum_cb (const McSyncReport *report,
        gpointer            user_data)
{
  *(guint64 *) user_data = report->bytes_sent;
}

/* What arrived before a cut is not sent again, also when the hub was killed meanwhile; a piece that belongs elsewhere is not
 * taken; what one device carries is no part of what another carries. */
static void
test_goes_on (Fixture *fixture, gconstpointer data)
{
  g_auto(Office) office;
  g_autofree char *reply = NULL;
  guint64 sent = 0, size;
  GStatBuf info;

  office_init (fixture, &office);
  g_assert_cmpint (g_stat (office.path, &info), ==, 0);
  size = info.st_size;
  assert_piece (office.district, office.path, 300000, 0, size, "{\"offset\":300000}");
  assert_piece (office.district, office.path, 300000, 0, size, "{\"offset\":300000}");
  assert_piece (office.district, office.path, 1000, 500000, size, "{\"offset\":300000}");
  assert_piece (office.town, office.path, 0, 0, size, "{\"offset\":0}");
  stop_hub (fixture, SIGKILL);
  start_hub (fixture);
  assert_piece (office.town, office.path, 1000, 0, size, "{\"offset\":1000}");

  reply = forward (&office, office.path, sum_cb, &sent);
  g_assert_cmpuint (sent, ==, size - 300000);
  g_assert_true (is_at_hub (fixture, office.sha256));
  assert_verified (fixture, "2 rows in 1 logs");
}

static void
assert_piece_refused (McAccount   *account,
                      const char  *path,
                      gsize        size,
                      guint64      total,
                      const char  *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (post_piece (account, path, size, 0, total, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

/* Who is shut out carries nothing, and what he wrote is not taken from somebody else's hands; the hub takes no bundle that
 * no device can have written, and no more of one than it was said to be. */
static void
test_hostile (Fixture *fixture, gconstpointer data)
{
  g_auto(Office) office;
  g_autoptr(McAccount) thief = NULL;

  office_init (fixture, &office);
  assert_piece_refused (office.district, office.path, 0, MC_BUNDLE_FORWARD_BYTES + 1, "too-large");
  assert_piece_refused (office.district, office.path, 2000, 1000, "bad-request");

  thief = new_device (fixture, "thief", TOWN, "commune");
  g_free (run_hub (fixture, "device", "revoke", thief->device, NULL));
  assert_piece_refused (thief, office.path, 1000, 10000, "no longer accepts this device");
  memcpy (&thief->key, &office.town->key, sizeof thief->key);
  g_free (thief->device);
  thief->device = g_strdup (office.district->device);
  assert_piece_refused (thief, office.path, 1000, 10000, "bad-signature");

  g_free (run_hub (fixture, "device", "revoke", office.town->device, NULL));
  assert_refused (&office, office.path, MC_SYNC_ERROR_REJECTED);
  assert_verified (fixture, "0 rows");
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/forward/there-and-back", test_there_and_back);
  ADD ("/forward/bad", test_bad);
  ADD ("/forward/goes-on", test_goes_on);
  ADD ("/forward/hostile", test_hostile);

  return g_test_run ();
}
