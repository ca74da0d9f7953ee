/* test-line.c: one connection to the hub, what it bears, and what is said of everything else that answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <signal.h>
#include <string.h>

#include "client/mc-enrol.h"
#include "client/mc-http.h"
#include "client/stranger.h"
#include "core/mc-limits.h"
#include "faults/relay.h"
#include "two-ends.h"
#include "wire/mc-sync-error.h"

#define PROBLEM(status, slug) \
  "HTTP/1.1 " status " X\r\nContent-Type: application/problem+json\r\nConnection: close\r\n\r\n{\"type\":\"urn:minhchung:problem:" slug "\"}"

static const char * const faketimes[] = {
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
};

typedef struct
{
  Fixture ends;
  McAccount *account;      /* (owned) */
  McJournal *journal;      /* (owned) */
} Line;

static void
begin (Line *line, gconstpointer data)
{
  set_up (&line->ends, NULL);
  line->account = new_device (&line->ends, "town", TOWN, "commune");
  line->journal = open_journal (&line->ends, line->account);
}

static void
end (Line *line, gconstpointer data)
{
  mc_journal_close (line->journal);
  mc_account_free (line->account);
  tear_down (&line->ends, NULL);
}

/* A sync with whoever is at @port fails with @code. */
static void
assert_fails (Line        *line,
              guint        port,
              McSyncError  code)
{
  guint pending = count_pending (line->journal), right = line->ends.port;
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  point_at (line->account, port);
  g_assert_false (mc_session_run (line->journal, line->account, &report, NULL, NULL, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, MC_SYNC_ERROR, (int) code);
  g_assert_cmpuint (count_pending (line->journal), ==, pending);
  point_at (line->account, right);
}

/* Whoever answers with something else is told from the hub and from one another; nothing is lost, and then all goes. */
static void
test_words (Line *line, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    McSyncError code;
  } cases[] = {
    { "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 6\r\n\r\n<html>", MC_SYNC_ERROR_PORTAL },
    { "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n", MC_SYNC_ERROR_PORTAL },
    { "HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n", MC_SYNC_ERROR_PORTAL },
    { "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", MC_SYNC_ERROR_PROXY },
    { "HTTP/1.1 413 Content Too Large\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", MC_SYNC_ERROR_PROXY },
    { "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", MC_SYNC_ERROR_PROXY },
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", MC_SYNC_ERROR_NOT_A_HUB },
    { "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 5\r\n\r\nhello", MC_SYNC_ERROR_NOT_A_HUB },
    { "HTTP/1.1 200 OK\r\nContent-Type: " SYNC_TYPE "\r\nContent-Length: 500\r\n\r\nhello", MC_SYNC_ERROR_CUT },
    { "HTTP/1.1 200 OK\r\nContent-Ty", MC_SYNC_ERROR_CUT },
    { PROBLEM ("507", "hub-full"), MC_SYNC_ERROR_HUB_FULL },
    { PROBLEM ("403", "revoked"), MC_SYNC_ERROR_REVOKED },
    { PROBLEM ("403", "unknown-device"), MC_SYNC_ERROR_UNKNOWN_DEVICE },
    { PROBLEM ("503", "not-ready"), MC_SYNC_ERROR_UNAVAILABLE },
    { PROBLEM ("403", "something-new"), MC_SYNC_ERROR_REJECTED },
  };
  McSyncReport report;

  g_free (save_copy (&line->ends, line->journal, 1));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Stranger) stranger = stranger_new (line->ends.hub_dir, &(StrangerManner) { cases[i].answer, TRUE, 0 });

      g_test_message ("%s", cases[i].answer);
      assert_fails (line, stranger_get_port (stranger), cases[i].code);
    }
  run_sync (line->journal, line->account, &report);
  g_assert_cmpuint (report.n_sent, ==, 1);
}

/* An answer is read up to the bound, and one that goes on is given up. */
static void
test_answer_size (Line *line, gconstpointer data)
{
  for (guint past = 0; past < 2; past++)
    {
      const gsize size = MC_ANSWER_MAX_BYTES + past;
      g_autofree char *noise = g_strnfill (size, 'x'), *answer = NULL, *address = NULL;
      g_autoptr(Stranger) stranger = NULL;
      g_autoptr(GBytes) request = g_bytes_new_static ("x", 1), body = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(McHttp) http = NULL;

      answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.minhchung.sync\r\nContent-Length: %" G_GSIZE_FORMAT
                                "\r\n\r\n%s", size, noise);
      stranger = stranger_new (line->ends.hub_dir, &(StrangerManner) { answer, TRUE, 0 });
      address = g_strdup_printf ("https://127.0.0.1:%u", stranger_get_port (stranger));
      http = mc_http_new (address, &line->account->hub);
      body = mc_http_post (http, "/v1/sync", "application/vnd.minhchung.sync", request, NULL, &error);
      g_assert_true ((body != NULL) == !past);
      if (past)
        g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_NOT_A_HUB);
      else
        g_assert_cmpuint (g_bytes_get_size (body), ==, size);
    }
}

/* Another hub is a wrong key; a sign-in page, with a certificate or without TLS, is that; nobody, and who hangs up without a
 * word, is nobody. */
static void
test_strangers (Line *line, gconstpointer data)
{
  g_autofree char *portal = g_build_filename (line->ends.dir, "portal", NULL), *other = g_build_filename (line->ends.dir, "other", NULL);
  StrangerManner page = { "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", TRUE, 0 };
  StrangerManner hangs_up = { "", FALSE, 0 };
  g_autoptr(Stranger) signed_page = NULL, plain_page = NULL, other_hub = NULL, nobody = NULL;
  guint free_port;

  g_free (save_copy (&line->ends, line->journal, 1));
  stranger_make_keys (portal, "wifi.example");
  stranger_make_keys (other, "minhchung-hub");
  signed_page = stranger_new (portal, &page);
  plain_page = stranger_new (NULL, &page);
  other_hub = stranger_new (other, &page);
  assert_fails (line, stranger_get_port (signed_page), MC_SYNC_ERROR_PORTAL);
  assert_fails (line, stranger_get_port (plain_page), MC_SYNC_ERROR_PORTAL);
  assert_fails (line, stranger_get_port (other_hub), MC_SYNC_ERROR_WRONG_KEY);
  nobody = stranger_new (NULL, &hangs_up);
  assert_fails (line, stranger_get_port (nobody), MC_SYNC_ERROR_UNREACHABLE);

  free_port = stranger_get_port (plain_page);
  g_clear_pointer (&plain_page, stranger_free);
  assert_fails (line, free_port, MC_SYNC_ERROR_UNREACHABLE);
  g_free (line->account->address);
  line->account->address = g_strdup ("https://hub.invalid:1");
  {
    g_autoptr(GError) error = NULL;
    McSyncReport report;

    g_assert_false (mc_session_run (line->journal, line->account, &report, NULL, NULL, NULL, &error));
    g_test_message ("%s", error->message);
    g_assert_true (g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_UNREACHABLE) ||
                   (g_error_matches (error, MC_SYNC_ERROR, MC_SYNC_ERROR_NO_NETWORK) &&
                    !g_network_monitor_get_network_available (g_network_monitor_get_default ())));
  }
}

/* Runs a sync of @line by the real program, through a proxy at @port; what it says. */
static char *
sync_through (Line  *line,
              guint  port)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "..", "app", "minhchungctl", NULL);
  g_autofree char *proxy = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  char *said = NULL;

  /* Inside a sandbox it would be the desktop's portal that is asked. */
  g_subprocess_launcher_setenv (launcher, "GIO_USE_PROXY_RESOLVER", "libproxy", TRUE);
  g_subprocess_launcher_setenv (launcher, "PX_FORCE_CONFIG", "config-env", TRUE);
  /* It warns of a session bus that is not there, and needs none. */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  g_subprocess_launcher_setenv (launcher, "http_proxy", proxy, TRUE);
  g_subprocess_launcher_setenv (launcher, "https_proxy", proxy, TRUE);
  g_subprocess_launcher_setenv (launcher, "no_proxy", "", TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, program, "--data-dir", line->account->dir, "sync", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, &error));
  g_assert_no_error (error);
  g_assert_false (g_subprocess_get_successful (process));

  return said;
}

/* The proxy that the machine is told to use is asked, and what it refuses is its own word, not the hub's. */
static void
test_proxy (Line *line, gconstpointer data)
{
  static const struct
  {
    const char *answer, *slug;
  } cases[] = {
    { "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "[proxy]" },
    { "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "[proxy]" },
    { "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n", "[proxy]" },
    { "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n", "[portal]" },
    { "HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n", "[portal]" },
  };
  McSyncReport report;

  g_free (save_copy (&line->ends, line->journal, 1));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(Stranger) proxy = stranger_new (NULL, &(StrangerManner) { cases[i].answer, FALSE, 0 });
      g_autofree char *said = sync_through (line, stranger_get_port (proxy));

      g_test_message ("%s", said);
      g_assert_nonnull (strstr (said, cases[i].slug));
    }
  run_sync (line->journal, line->account, &report);
  g_assert_cmpuint (report.n_sent, ==, 1);
}

/* A proxy that keeps a request until its end, and gives up on large ones. */
typedef struct
{
  McTransport parent;
  McTransport *real;       /* (owned) */
  gsize largest;
  guint n_swallowed;
} Keeper;

static GBytes *
keeper_post (McTransport   *transport,
             GBytes        *body,
             GCancellable  *cancellable,
             GError       **error)
{
  Keeper *self = (Keeper *) transport;

  self->largest = MAX (self->largest, g_bytes_get_size (body));
  if (g_bytes_get_size (body) <= 128 * 1024)
    return self->real->post (self->real, body, cancellable, error);
  self->n_swallowed++;
  transport->sent (g_bytes_get_size (body), transport->sent_data);
  g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_CUT, "Kept, and given up");

  return NULL;
}

/* Where a large request was swallowed the next sync goes in small ones, and everything arrives. */
static void
test_keeper (Line *line, gconstpointer data)
{
  Keeper keeper = { { .post = keeper_post }, mc_http_transport_new (line->account->address, &line->account->hub), 0, 0 };
  g_autofree char *file = save_file (&line->ends, line->journal, 1500000);
  g_autoptr(GError) error = NULL;
  McSyncReport report;

  g_assert_false (mc_session_run_over (line->journal, line->account, &keeper.parent, &report, NULL, NULL, NULL, &error));
  g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_CUT);
  g_assert_cmpuint (report.unheard, >, 128 * 1024);
  g_assert_cmpuint (count_pending (line->journal), ==, 0);
  g_clear_error (&error);
  for (guint i = 0; i < 8 && !is_at_hub (&line->ends, file); i++)
    {
      mc_session_run_over (line->journal, line->account, &keeper.parent, &report, NULL, NULL, NULL, &error);
      g_clear_error (&error);
    }
  g_test_message ("%u large requests were swallowed", keeper.n_swallowed);
  g_assert_true (is_at_hub (&line->ends, file));
  keeper.real->free (keeper.real);
}

/* A clock that is years off is a warning: the sync goes on, an enrolment line is as old as the hub says. */
static void
test_clock (Line *line, gconstpointer data)
{
  g_autofree char *preload = NULL;
  McSyncReport report;

  for (guint i = 0; i < G_N_ELEMENTS (faketimes) && preload == NULL; i++)
    if (g_file_test (faketimes[i], G_FILE_TEST_EXISTS))
      preload = g_strconcat ("LD_PRELOAD=", faketimes[i], NULL);
  if (preload == NULL)
    {
      g_test_skip ("libfaketime is not installed");
      return;
    }
#ifdef __SANITIZE_ADDRESS__
  g_test_skip ("The sanitizer wants to be loaded before libfaketime");
  return;
#endif
  g_free (save_copy (&line->ends, line->journal, 1));
  run_sync (line->journal, line->account, &report);
  g_assert_false (mc_sync_report_is_clock_off (&report));

  for (guint i = 0; i < 2; i++)
    {
      const char *env[] = { preload, i == 0 ? "FAKETIME=-3650d" : "FAKETIME=+3650d", "FAKETIME_DONT_FAKE_MONOTONIC=1", NULL };
      g_autofree char *enrolment = new_line (&line->ends, TOWN, "commune");
      g_autofree char *name = g_strdup_printf ("other-%u", i), *dir = g_build_filename (line->ends.dir, name, NULL);
      g_autoptr(McAccount) other = NULL;
      g_autoptr(GError) error = NULL;

      stop_hub (&line->ends, SIGTERM);
      g_clear_pointer (&line->ends.hub_env, g_strfreev);
      line->ends.hub_env = g_strdupv ((char **) env);
      start_hub (&line->ends);
      g_free (save_copy (&line->ends, line->journal, 2 + i));
      run_sync (line->journal, line->account, &report);
      g_assert_cmpuint (report.n_sent, ==, 1);
      g_assert_true (mc_sync_report_is_clock_off (&report));
      /* In its tenth year before, the hub sees no line as too old; ten years on, it does. */
      other = mc_enrol (dir, enrolment, "A", NULL, &error);
      if (i == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_SECRET_EXPIRED);
    }
  g_clear_pointer (&line->ends.hub_env, g_strfreev);
}

/* the connection */

/* However many turns a sync takes, it makes one connection. */
static void
test_one_connection (Line *line, gconstpointer data)
{
  g_autoptr(Relay) relay = relay_new (line->ends.port);
  g_autofree char *first = save_file (&line->ends, line->journal, 3000000), *second = save_file (&line->ends, line->journal, 3000000);
  McSyncReport report;
  guint connections;
  guint64 up, down;

  point_at (line->account, relay_get_port (relay));
  run_sync (line->journal, line->account, &report);
  relay_take_counts (relay, &up, &down, &connections);
  g_test_message ("%u turns, %u connection", report.turns, connections);
  g_assert_cmpuint (report.turns, >, 3);
  g_assert_cmpuint (connections, ==, 1);
  g_assert_true (is_at_hub (&line->ends, first) && is_at_hub (&line->ends, second));
}

/* A kept connection that has died meanwhile is made anew without a word. */
static void
test_dead_connection (Line *line, gconstpointer data)
{
  g_autoptr(McHttp) http = http_to (line->account, line->ends.port);
  g_autoptr(GBytes) body = noise_new (100);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) answer = mc_http_post (http, "/v1/sync", SYNC_TYPE, body, NULL, &error);

      /* The hub says what it thinks of noise: it was heard. */
      g_assert_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL);
      g_assert_cmpuint (mc_http_get_n_connections (http), ==, 1 + i / 2);
      if (i == 1)
        {
          stop_hub (&line->ends, SIGKILL);
          start_hub (&line->ends);
        }
    }
}

typedef struct
{
  guint64 last;
  GCancellable *enough;
} Told;

static void
note_sent (guint64  bytes,
           gpointer user_data)
{
  Told *told = user_data;

  g_assert_cmpuint (bytes, >=, told->last);
  told->last = bytes;
  if (bytes > 0)
    g_cancellable_cancel (told->enough);
}

/* While a request goes out it is told how much of it has gone: here it comes no further than its head, and the hub says
 * nothing to it. */
static void
test_progress (Line *line, gconstpointer data)
{
  g_autoptr(Relay) relay = relay_new (line->ends.port);
  g_autofree char *address = g_strdup_printf ("https://127.0.0.1:%u", relay_get_port (relay));
  g_autoptr(GBytes) body = noise_new (4 * 1024 * 1024), answer = NULL;
  g_autoptr(GCancellable) enough = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  Told told = { 0, enough };
  RelayPlan stuck = RELAY_PLAN_NONE;
  McTransport *transport;

  /* Before the transport, which opens the line. */
  stuck.stall_up = 2048;
  relay_set_plan (relay, &stuck);
  transport = mc_http_transport_new (address, &line->account->hub);
  transport->sent = note_sent;
  transport->sent_data = &told;
  answer = transport->post (transport, body, enough, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (told.last, >, 0);
  g_assert_cmpuint (told.last, <=, 4 * 1024 * 1024);
  transport->free (transport);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SOUP_FORCE_HTTP1", "1", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Line, NULL, begin, func, end)
  ADD ("/line/words", test_words);
  ADD ("/line/strangers", test_strangers);
  ADD ("/line/answer-size", test_answer_size);
  ADD ("/line/proxy", test_proxy);
  ADD ("/line/keeper", test_keeper);
  ADD ("/line/clock", test_clock);
  ADD ("/line/one-connection", test_one_connection);
  ADD ("/line/dead-connection", test_dead_connection);
  ADD ("/line/progress", test_progress);

  return g_test_run ();
}
