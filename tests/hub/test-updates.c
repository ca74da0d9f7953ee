/* test-updates.c: what the hub hands out on the local network, and what it does not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>
#include <unistd.h>

#include "hub/mc-hub-files.h"
#include "mc-test.h"

#define BIG_BYTES (3 * 1024 * 1024 + 17)

typedef struct
{
  char *dir;             /* holds "stick", which is handed out, and "secret", which is not */
  McHubFiles *server;
} Fixture;

static void
put (Fixture    *fixture,
     const char *name,
     const char *data,
     gssize      size)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL), *folder = g_path_get_dirname (path);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
}

static char *
big_new (void)
{
  char *big = g_malloc (BIG_BYTES);

  for (gsize i = 0; i < BIG_BYTES; i++)
    big[i] = (char) (i * 2654435761u >> 13);

  return big;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *big = big_new (), *stick = NULL, *link = NULL;
  g_autoptr(GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("mc-updates-XXXXXX", &error);
  g_assert_no_error (error);
  put (fixture, "secret", "nobody's business", -1);
  put (fixture, "stick/repo/config", "0123456789", -1);
  put (fixture, "stick/repo/objects/ab/big.filez", big, BIG_BYTES);
  put (fixture, "stick/repo/.lock", "lock", -1);
  put (fixture, "stick/MinhChung.flatpakref", "[Flatpak Ref]", -1);
  put (fixture, "stick/empty", "", 0);
  stick = g_build_filename (fixture->dir, "stick", NULL);
  link = g_build_filename (stick, "link", NULL);
  g_assert_cmpint (symlink ("../secret", link), ==, 0);
  fixture->server = mc_hub_files_new (stick, "127.0.0.1", 0, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mc_hub_files_free (fixture->server);
  mc_test_remove_tree (fixture->dir);
  g_free (fixture->dir);
}

/* What a request gets that is sent as it stands here: no library makes its path nicer on the way. */
static void
ask_raw (GTask        *task,
         gpointer      source,
         gpointer      task_data,
         GCancellable *cancellable)
{
  guint port = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (task), "port"));
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(GByteArray) answer = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  guint8 part[65536];
  gssize n = 0;

  g_socket_client_set_timeout (client, 30);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), task_data, strlen (task_data), NULL, NULL, &error);
  g_assert_no_error (error);
  while ((n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), part, sizeof part, NULL, NULL)) > 0)
    g_byte_array_append (answer, part, n);
  g_byte_array_append (answer, (const guint8 *) "", 1);
  g_task_return_pointer (task, g_byte_array_free (g_steal_pointer (&answer), FALSE), g_free);
}

static char *
ask (Fixture    *fixture,
     const char *method,
     const char *path,
     const char *header)
{
  g_autofree char *request = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s\r\n", method, path, header != NULL ? header : "");
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GTask) task = g_task_new (NULL, NULL, mc_test_result_cb, &result);

  g_object_set_data (G_OBJECT (task), "port", GUINT_TO_POINTER (mc_hub_files_get_port (fixture->server)));
  g_task_set_task_data (task, g_steal_pointer (&request), g_free);
  g_task_run_in_thread (task, ask_raw);
  mc_test_wait (&result);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static guint
status_of (const char *answer)
{
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));

  return strtoul (answer + strlen ("HTTP/1.1 "), NULL, 10);
}

static const char *
body_of (const char *answer)
{
  const char *body = strstr (answer, "\r\n\r\n");

  g_assert_nonnull (body);

  return body + 4;
}

/* The value of a header of the answer. */
static char *
header_of (const char *answer,
           const char *name)
{
  g_autofree char *start = g_strdup_printf ("\r\n%s: ", name);
  const char *found = strstr (answer, start), *value = found != NULL ? found + strlen (start) : NULL;

  return value != NULL ? g_strndup (value, strcspn (value, "\r")) : NULL;
}

/* A file of the folder comes whole, byte for byte, with its length and kind. */
static void
test_whole (Fixture *fixture, gconstpointer data)
{
  g_autofree char *config = ask (fixture, "GET", "/flatpak/repo/config", NULL), *ref = ask (fixture, "GET", "/flatpak/MinhChung.flatpakref", NULL);
  g_autofree char *answer = ask (fixture, "GET", "/flatpak/repo/objects/ab/big.filez", NULL), *head = NULL, *empty = NULL;
  g_autofree char *big = big_new (), *type = header_of (ref, "Content-Type"), *length = NULL;

  g_assert_cmpuint (status_of (config), ==, 200);
  g_assert_cmpstr (body_of (config), ==, "0123456789");
  g_assert_cmpstr (type, ==, "application/vnd.flatpak.ref");
  g_assert_cmpuint (status_of (answer), ==, 200);
  g_assert_cmpmem (body_of (answer), BIG_BYTES, big, BIG_BYTES);
  head = ask (fixture, "HEAD", "/flatpak/repo/config", NULL);
  length = header_of (head, "Content-Length");
  g_assert_cmpuint (status_of (head), ==, 200);
  g_assert_cmpstr (length, ==, "10");
  g_assert_cmpstr (body_of (head), ==, "");
  empty = ask (fixture, "GET", "/flatpak/empty", NULL);
  g_assert_cmpuint (status_of (empty), ==, 200);
  g_assert_cmpstr (body_of (empty), ==, "");
}

/* A download that was cut goes on where it was, unless the file has changed; what is known already is not sent. */
static void
test_part (Fixture *fixture, gconstpointer data)
{
  g_autofree char *part = ask (fixture, "GET", "/flatpak/repo/config", "Range: bytes=4-6\r\n"), *where = header_of (part, "Content-Range");
  g_autofree char *rest = ask (fixture, "GET", "/flatpak/repo/config", "Range: bytes=7-\r\n");
  g_autofree char *beyond = ask (fixture, "GET", "/flatpak/repo/config", "Range: bytes=10-\r\n");
  g_autofree char *more = ask (fixture, "GET", "/flatpak/repo/config", "Range: bytes=-50\r\n");
  g_autofree char *changed = ask (fixture, "GET", "/flatpak/repo/config", "Range: bytes=4-6\r\nIf-Range: \"other\"\r\n");
  g_autofree char *etag = header_of (part, "ETag"), *known = g_strdup_printf ("If-None-Match: %s\r\n", etag), *again = NULL;

  g_assert_cmpuint (status_of (part), ==, 206);
  g_assert_cmpstr (body_of (part), ==, "456");
  g_assert_cmpstr (where, ==, "bytes 4-6/10");
  g_assert_cmpuint (status_of (rest), ==, 206);
  g_assert_cmpstr (body_of (rest), ==, "789");
  g_assert_cmpuint (status_of (beyond), ==, 416);
  g_assert_cmpuint (status_of (more), ==, 206);
  g_assert_cmpstr (body_of (more), ==, "0123456789");
  g_assert_cmpuint (status_of (changed), ==, 200);
  g_assert_cmpstr (body_of (changed), ==, "0123456789");
  again = ask (fixture, "GET", "/flatpak/repo/config", known);
  g_assert_cmpuint (status_of (again), ==, 304);
  g_assert_cmpstr (body_of (again), ==, "");
}

/* No list, no link, no hidden file, no way out of the folder however it is written, and nothing can be brought. */
static void
test_closed (Fixture *fixture, gconstpointer data)
{
  static const char * const paths[] = {
    "/", "/flatpak", "/flatpak/", "/flatpak/repo", "/flatpak/repo/", "/flatpak/nothing", "/flatpak/link", "/flatpak/repo/.lock",
    "/flatpak/../secret", "/flatpak/%2e%2e/secret", "/flatpak/repo/..%2f..%2fsecret", "/flatpak//secret",
    "/flatpak/repo/config/", "/flatpakrepo/config", "/v1/health", "/flatpak/repo/config%00.txt", "/flatpak/%", "/repo/config",
  };
  g_autofree char *brought = ask (fixture, "PUT", "/flatpak/new", "Content-Length: 3\r\n\r\nabc");
  g_autofree char *after = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *answer = ask (fixture, "GET", paths[i], NULL);

      g_test_message ("%s: %u", paths[i], status_of (answer));
      g_assert_cmpuint (status_of (answer), >=, 400);
      g_assert_cmpuint (status_of (answer), <, 500);
      g_assert_null (strstr (answer, "business"));
    }
  g_assert_cmpuint (status_of (brought), ==, 405);
  after = ask (fixture, "GET", "/flatpak/new", NULL);
  g_assert_cmpuint (status_of (after), ==, 404);
}

/* A folder that is not there is an error in words, not a server of nothing. */
static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "not here", NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (mc_hub_files_new (path, "127.0.0.1", 0, &error));
  g_assert_nonnull (strstr (error->message, "not here"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/updates/whole", test_whole);
  ADD ("/updates/part", test_part);
  ADD ("/updates/closed", test_closed);
  ADD ("/updates/missing", test_missing);

  return g_test_run ();
}
