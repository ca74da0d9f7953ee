/* test-ahead.c: the next request goes out before the last answer is taken, and nothing comes of it but time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-http.h"
#include "client/mc-session-private.h"
#include "two-ends.h"
#include "wire/mc-frame.h"
#include "wire/mc-message.h"
#include "wire/mc-sync-error.h"

#define N_COPIES      60
#define REQUEST_BYTES 200

/* Carries small requests to the real hub, and looks at the store while it does. */
typedef struct
{
  McTransport parent;
  McTransport *line;     /* (owned) */
  McJournal *journal;
  McAccount *account;
  guint n_posts, n_ahead;
  guint lost;            /* the answer to this post is; 0 = none */
  guint other;           /* while this post is under way, what it was sent after is seen to be another's here; 0 = never */
} Watcher;

/* Place of the first change in @request; 0 = it has none. */
static guint64
first_place (Watcher *self,
             GBytes  *request)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  guint64 first = 0;
  GBytes *payload;
  guint8 kind;

  mc_frame_reader_push (reader, g_bytes_get_data (request, NULL), g_bytes_get_size (request));
  while (mc_frame_reader_next (reader, &kind, &payload, NULL))
    {
      g_autoptr(GBytes) owned = payload;
      g_autofree char *log = NULL;
      g_autoptr(GPtrArray) groups = kind == MC_FRAME_RUN
                                    ? mc_decode_run (owned, self->account->device,
                                                     mc_journal_get_incarnation (self->journal), &log, NULL) : NULL;

      if (groups != NULL && first == 0)
        first = ((McGroup *) groups->pdata[0])->n;
    }

  return first;
}

/* At the first place of which no answer was taken stands the last change now: the rest of the stream is another, as after a
 * fork. */
static void
write_other (Watcher *self)
{
  g_autoptr(GError) error = NULL;

  mc_db_exec (mc_journal_get_db (self->journal),
              "CREATE TEMP TABLE place AS SELECT min (n) AS first, max (n) AS last FROM change WHERE state = 0;"
              "UPDATE change SET n = 1000 WHERE n = (SELECT first FROM place);"
              "UPDATE change SET n = (SELECT first FROM place) WHERE n = (SELECT last FROM place);"
              "UPDATE change SET n = (SELECT last FROM place) WHERE n = 1000;", &error);
  g_assert_no_error (error);
}

static GBytes *
watcher_post (McTransport   *transport,
              GBytes        *body,
              GCancellable  *cancellable,
              GError       **error)
{
  Watcher *self = (Watcher *) transport;
  g_autoptr(GBytes) answer = NULL;
  McStreamHead stream;

  self->n_posts++;
  if (!transport->is_apart)
    {
      g_assert_true (mc_journal_get_stream (self->journal, self->account->log, &stream, NULL));
      self->n_ahead += first_place (self, body) > stream.hub_n + 1;
    }
  answer = self->line->post (self->line, body, cancellable, error);
  if (self->n_posts == self->other)
    write_other (self);
  if (self->n_posts == self->lost)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_CUT, "The answer is lost");
      return NULL;
    }

  return g_steal_pointer (&answer);
}

typedef struct
{
  Fixture ends;
  McAccount *account;      /* (owned) */
  McJournal *journal;      /* (owned) */
  Watcher watcher;
} Ahead;

static void
begin (Ahead *self, gconstpointer data)
{
  set_up (&self->ends, NULL);
  self->account = new_device (&self->ends, "town", TOWN, "commune");
  self->journal = open_journal (&self->ends, self->account);
  for (guint i = 0; i < N_COPIES; i++)
    g_free (save_copy (&self->ends, self->journal, 1 + i));
  self->watcher = (Watcher) { .parent = { .post = watcher_post, .request_bytes = REQUEST_BYTES }, .journal = self->journal,
                              .line = mc_http_transport_new (self->account->address, &self->account->hub),
                              .account = self->account };
}

static void
end (Ahead *self, gconstpointer data)
{
  self->watcher.line->free (self->watcher.line);
  mc_journal_close (self->journal);
  mc_account_free (self->account);
  tear_down (&self->ends, NULL);
}

/* All is here and there, each once, and there is nothing left to say. */
static void
assert_settled (Ahead *self)
{
  g_autoptr(McAccount) other = new_device (&self->ends, "other", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (&self->ends, other);
  McSyncReport report;

  g_assert_cmpuint (count_pending (self->journal), ==, 0);
  run_sync (self->journal, self->account, &report);
  g_assert_cmpuint (report.n_sent, ==, 0);
  g_assert_cmpuint (report.turns, ==, 1);
  run_sync (journal, other, &report);
  g_assert_cmpuint (report.n_received, ==, N_COPIES);
}

/* A request is on its way before the store knows of the answer to the one before it. */
static void
test_goes (Ahead *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  mc_session_run_over (self->journal, self->account, &self->watcher.parent, &report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%u of %u requests went ahead", self->watcher.n_ahead, self->watcher.n_posts);
  g_assert_cmpuint (self->watcher.n_ahead, >, 3);
  g_assert_cmpuint (self->watcher.n_posts, ==, report.turns);
  g_assert_cmpuint (report.n_sent, ==, N_COPIES);
  assert_settled (self);
}

/* The same while a thread works with the store. */
static void
test_apart (Ahead *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  self->watcher.parent.is_apart = TRUE;
  mc_session_run_over (self->journal, self->account, &self->watcher.parent, &report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->watcher.n_posts, >, 5);
  g_assert_cmpuint (report.n_sent, ==, N_COPIES);
  assert_settled (self);
}

/* Whichever answer is lost: what came before it is kept, and the next sync has the rest. */
static void
test_lost (Ahead *self, gconstpointer data)
{
  guint before = count_pending (self->journal), n_lost = 0;

  self->watcher.parent.is_apart = GPOINTER_TO_UINT (data);
  for (guint i = 0; count_pending (self->journal) > 0 && i < N_COPIES; i++)
    {
      g_autoptr(GError) error = NULL;
      McSyncReport report;

      self->watcher.n_posts = 0;
      self->watcher.lost = 3;
      if (!mc_session_run_over (self->journal, self->account, &self->watcher.parent, &report, NULL, NULL, NULL, &error))
        {
          g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_CUT);
          n_lost++;
        }
      g_assert_cmpuint (count_pending (self->journal), <, before);
      before = count_pending (self->journal);
    }
  g_assert_cmpuint (n_lost, >, 1);
  assert_settled (self);
}

/* (transfer full): id and place in the log of all that the hub has, by what a device knows. */
static char *
list_placed (McJournal *journal)
{
  g_autoptr(McStmt) stmt = mc_db_prepare (mc_journal_get_db (journal), "SELECT id || ' ' || seq FROM change WHERE state = 1"
                                          " ORDER BY seq", NULL);
  GString *text = g_string_new (NULL);
  gboolean has_row;

  while (mc_stmt_next (stmt, &has_row, NULL) && has_row)
    g_string_append_printf (text, "%s\n", mc_stmt_get_text (stmt, 0));

  return g_string_free (text, FALSE);
}

/* The answer shows a fork after the next request went out: what is answered to that is not taken for the new incarnation's. */
static void
test_fork (Ahead *self, gconstpointer data)
{
  g_autoptr(McAccount) other = new_device (&self->ends, "other", TOWN, "commune");
  g_autoptr(McJournal) journal = open_journal (&self->ends, other);
  g_autofree char *before = g_strdup (mc_journal_get_incarnation (self->journal)), *here = NULL, *there = NULL;
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  self->watcher.other = 3;
  mc_session_run_over (self->journal, self->account, &self->watcher.parent, &report, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mc_journal_get_incarnation (self->journal), !=, before);
  g_assert_cmpuint (count_pending (self->journal), ==, 0);
  run_sync (journal, other, &report);
  g_assert_cmpuint (report.n_received, ==, N_COPIES);
  here = list_placed (self->journal);
  there = list_placed (journal);
  g_assert_cmpstr (here, ==, there);
}

/* (transfer full): what @session says next to a hub that is at @hub_n. */
static GBytes *
write_for (Session *session,
           guint64  hub_n)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(GError) error = NULL;
  SessionAhead ahead = { .log = session->account->log, .hub_n = hub_n };

  session->ahead = &ahead;
  g_assert_true (mc_session_write_request (session, writer, &error));
  g_assert_no_error (error);
  session->ahead = NULL;

  return mc_frame_writer_take (writer);
}

/* What follows a request is packed while the hub has it: the next one does not read it any more, and goes on behind it.  Where
 * the hub turns out to be elsewhere, or takes it in another way, it is packed anew. */
static void
test_packed (Ahead *self, gconstpointer data)
{
  g_autoptr(GBytes) first = NULL, elsewhere = NULL, other = NULL, next = NULL;
  g_autoptr(GError) error = NULL;
  McSyncReport report;
  Session session;
  guint64 end;

  g_assert_true (mc_session_init (&session, self->journal, self->account, &report, NULL, &error));
  g_assert_no_error (error);
  session.transport = &self->watcher.parent;
  session.dictionary = mc_dictionary_for_pack (mc_pack_get_id (self->ends.pack));
  session.pace.is_fast = session.runs = TRUE;
  first = write_for (&session, 0);
  end = session.end.next;
  g_assert_cmpuint (end, >, 1);
  mc_session_pack_ahead (&session, REQUEST_BYTES);

  elsewhere = write_for (&session, end);
  g_assert_cmpuint (first_place (&self->watcher, elsewhere), ==, end + 1);
  session.end.next = end;
  g_assert_true (mc_journal_get_stream_chain (self->journal, self->account->log, end - 1, &session.end.chain, &error));
  mc_session_pack_ahead (&session, REQUEST_BYTES);
  session.dictionary = NULL;
  other = write_for (&session, end - 1);
  g_assert_cmpuint (first_place (&self->watcher, other), ==, end);
  session.dictionary = mc_dictionary_for_pack (mc_pack_get_id (self->ends.pack));

  mc_db_exec (mc_journal_get_db (self->journal), "UPDATE change SET bytes = x'00'", &error);
  g_assert_no_error (error);
  next = write_for (&session, end - 1);
  g_assert_cmpuint (first_place (&self->watcher, next), ==, end);
  g_assert_cmpuint (session.end.next, >, end);
  mc_session_clear (&session);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/ahead/packed", Ahead, NULL, begin, test_packed, end);
  g_test_add ("/ahead/goes", Ahead, NULL, begin, test_goes, end);
  g_test_add ("/ahead/apart", Ahead, NULL, begin, test_apart, end);
  g_test_add ("/ahead/lost", Ahead, NULL, begin, test_lost, end);
  g_test_add ("/ahead/lost-apart", Ahead, GUINT_TO_POINTER (TRUE), begin, test_lost, end);
  g_test_add ("/ahead/fork", Ahead, NULL, begin, test_fork, end);

  return g_test_run ();
}
