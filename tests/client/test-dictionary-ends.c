/* test-dictionary-ends.c: devices and hubs of which one knows the dictionary and the other does not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <string.h>

#include "client/mc-http.h"
#include "two-ends.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-frame.h"
#include "wire/mc-sync-error.h"

typedef enum
{
  AS_IT_IS,
  OLD_HUB,     /* from before there were dictionaries and runs: skips these, refuses what is packed with one */
  OTHER_HUB,   /* of another release: has one, and not ours */
} Hub;

/* Carries requests to the real hub, and makes it look like another. */
typedef struct
{
  McTransport parent;
  McTransport *line;    /* (owned) */
  Hub hub;
  guint n_packed;       /* frames with changes that named a dictionary */
  guint n_runs;         /* RUN frames */
  guint n_refused;
  gsize last_bytes;     /* payload of the last frame with changes */
} Middle;

static gboolean
has_dictionary (GBytes *payload)
{
  const guint8 *data = g_bytes_get_data (payload, NULL);

  /* The two lowest bits of zstd's flags: how many bytes name a dictionary. */
  return g_bytes_get_size (payload) > 5 && (data[4] & 3) != 0;
}

static gboolean
is_text (guint8 kind)
{
  return kind == MC_FRAME_GROUPS || kind == MC_FRAME_RUN;
}

/* @payload as the hub in the middle is given it, or says it; NULL = not at all. */
static GBytes *
alter (Middle *self,
       guint8  kind,
       GBytes *payload)
{
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));

  if (self->hub == OLD_HUB && (kind == MC_FRAME_DICTIONARY || kind == MC_FRAME_RUN))
    return NULL;
  if (self->hub == OTHER_HUB && is_text (kind) && has_dictionary (payload))
    data[5] ^= 1;
  if (self->hub == OTHER_HUB && kind == MC_FRAME_HUB_DICTIONARY)
    data[0] ^= 1;

  return g_bytes_new (data, g_bytes_get_size (payload));
}

static GBytes *
alter_body (Middle *self,
            GBytes *body)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  GBytes *payload;
  guint8 kind;

  mc_frame_reader_push (reader, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  while (mc_frame_reader_next (reader, &kind, &payload, NULL))
    {
      g_autoptr(GBytes) given = payload, taken = alter (self, kind, given);

      if (is_text (kind))
        {
          self->n_runs += kind == MC_FRAME_RUN;
          self->n_packed += has_dictionary (given);
          self->last_bytes = g_bytes_get_size (given);
        }
      if (kind == MC_FRAME_END || kind == MC_FRAME_HUB_END)
        mc_frame_writer_end (writer, kind, mc_frame_reader_get_end_number (reader));
      else if (taken != NULL)
        mc_frame_writer_add (writer, kind, g_bytes_get_data (taken, NULL), g_bytes_get_size (taken));
    }

  return mc_frame_writer_take (writer);
}

static GBytes *
middle_post (McTransport   *transport,
             GBytes        *body,
             GCancellable  *cancellable,
             GError       **error)
{
  Middle *self = (Middle *) transport;
  guint n_before = self->n_packed;
  g_autoptr(GBytes) request = alter_body (self, body), answer = NULL;

  if (self->hub == OLD_HUB && self->n_packed > n_before)
    {
      self->n_refused++;
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The hub says: protocol");
      return NULL;
    }
  if (!(answer = self->line->post (self->line, request, cancellable, error)))
    return NULL;

  return alter_body (self, answer);
}

static void
sync_through (Middle     *self,
              McJournal  *journal,
              McAccount  *account,
              Hub         hub)
{
  McSyncReport report;
  g_autoptr(GError) error = NULL;

  self->parent.post = middle_post;
  self->hub = hub;
  self->n_packed = self->n_refused = self->n_runs = 0;
  self->line = mc_http_transport_new (account->address, &account->hub);
  mc_session_run_over (journal, account, &self->parent, &report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  self->line->free (self->line);
  g_assert_cmpuint (count_pending (journal), ==, 0);
}

/* A first sync is plain, the next one packs with what the hub said it has, and is shorter. */
static void
test_known (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  Middle middle = { 0 };
  gsize plain;

  g_free (save_copy (fixture, journal, 1));
  sync_through (&middle, journal, town, AS_IT_IS);
  g_assert_cmpuint (middle.n_packed, ==, 0);
  plain = middle.last_bytes;
  g_free (save_copy (fixture, journal, 2));
  sync_through (&middle, journal, town, AS_IT_IS);
  g_test_message ("one record: %" G_GSIZE_FORMAT " bytes without, %" G_GSIZE_FORMAT " with the dictionary", plain, middle.last_bytes);
  g_assert_cmpuint (middle.n_packed, ==, 1);
  g_assert_cmpuint (middle.last_bytes, <, plain * 8 / 10);
}

/* A hub that was put back to a program without dictionaries is asked again without, once, and everything arrives. */
static void
test_old_hub (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *verified = NULL;
  Middle middle = { 0 };

  g_free (save_copy (fixture, journal, 1));
  sync_through (&middle, journal, town, AS_IT_IS);
  g_free (save_copy (fixture, journal, 2));
  sync_through (&middle, journal, town, OLD_HUB);
  g_assert_cmpuint (middle.n_refused, ==, 1);
  g_free (save_copy (fixture, journal, 3));
  sync_through (&middle, journal, town, OLD_HUB);
  g_assert_cmpuint (middle.n_packed, ==, 0);

  /* And back: it is used again. */
  sync_through (&middle, journal, town, AS_IT_IS);
  g_free (save_copy (fixture, journal, 4));
  sync_through (&middle, journal, town, AS_IT_IS);
  g_assert_cmpuint (middle.n_packed, ==, 1);
  verified = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (verified, "4 rows in 1 logs"));
}

/* A hub that takes runs gets all that waits under one signature, from the first request on; one that was put back to a
 * program that does not know them passes over a run, and the same sync brings each group with its own. */
static void
test_runs (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *verified = NULL, *again = NULL;
  Middle middle = { 0 };
  gsize run;

  g_free (save_copy (fixture, journal, 1));
  sync_through (&middle, journal, town, AS_IT_IS);
  g_assert_cmpuint (middle.n_runs, ==, 1);
  for (guint i = 2; i <= 11; i++)
    g_free (save_copy (fixture, journal, i));
  sync_through (&middle, journal, town, AS_IT_IS);
  g_assert_cmpuint (middle.n_runs, ==, 1);
  run = middle.last_bytes;
  verified = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (verified, "11 rows in 1 logs"));

  for (guint i = 12; i <= 21; i++)
    g_free (save_copy (fixture, journal, i));
  sync_through (&middle, journal, town, OLD_HUB);
  g_test_message ("ten records: %" G_GSIZE_FORMAT " bytes in a run, %" G_GSIZE_FORMAT " one by one", run, middle.last_bytes);
  again = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (again, "21 rows in 1 logs"));
}

/* A hub that was never heard and is older passes over the run; the same sync brings the groups one by one. */
static void
test_first_old (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *verified = NULL;
  Middle middle = { 0 };

  for (guint i = 1; i <= 10; i++)
    g_free (save_copy (fixture, journal, i));
  sync_through (&middle, journal, town, OLD_HUB);
  g_assert_cmpuint (middle.n_runs, ==, 1);
  verified = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (verified, "10 rows in 1 logs"));

  /* It is known to be old from now on. */
  g_free (save_copy (fixture, journal, 11));
  sync_through (&middle, journal, town, OLD_HUB);
  g_assert_cmpuint (middle.n_runs, ==, 0);
}

/* A hub with another dictionary passes over what it cannot read and says so: the same sync goes on without. */
static void
test_other_hub (Fixture *fixture, gconstpointer data)
{
  g_autoptr(McAccount) town = new_device (fixture, "town", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (fixture, town);
  g_autofree char *verified = NULL;
  Middle middle = { 0 };

  g_free (save_copy (fixture, journal, 1));
  sync_through (&middle, journal, town, AS_IT_IS);
  g_free (save_copy (fixture, journal, 2));
  sync_through (&middle, journal, town, OTHER_HUB);
  g_assert_cmpuint (middle.n_packed, ==, 1);
  g_free (save_copy (fixture, journal, 3));
  sync_through (&middle, journal, town, OTHER_HUB);
  g_assert_cmpuint (middle.n_packed, ==, 0);
  verified = run_hub (fixture, "verify", NULL);
  g_assert_true (g_str_has_prefix (verified, "3 rows in 1 logs"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/dictionary/known", Fixture, NULL, set_up, test_known, tear_down);
  g_test_add ("/dictionary/old-hub", Fixture, NULL, set_up, test_old_hub, tear_down);
  g_test_add ("/dictionary/first-old", Fixture, NULL, set_up, test_first_old, tear_down);
  g_test_add ("/dictionary/runs", Fixture, NULL, set_up, test_runs, tear_down);
  g_test_add ("/dictionary/other-hub", Fixture, NULL, set_up, test_other_hub, tear_down);

  return g_test_run ();
}
