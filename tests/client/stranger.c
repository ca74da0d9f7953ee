/* stranger.c: somebody who answers where a hub should
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include "client/stranger.h"

#include <glib/gstdio.h>
#include <string.h>

struct _Stranger
{
  GSocketService *service;       /* (owned) */
  GTlsCertificate *certificate;  /* (owned) (nullable) */
  StrangerManner manner;
  guint port;
  GMutex lock;
  GCond idle;
  GCancellable *over;            /* (owned) */
  guint n_busy;
  GThread *thread;
  GMainLoop *loop;               /* (owned) */
  GMainContext *context;         /* (owned) */
};

/* Reads a request's head, and its body if it reads those. */
static gboolean
read_request (Stranger     *self,
              GInputStream *input)
{
  g_autoptr(GString) head = g_string_new (NULL);
  const char *length;
  char byte;
  gsize rest;

  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      if (g_input_stream_read (input, &byte, 1, self->over, NULL) <= 0)
        return FALSE;
      g_string_append_c (head, byte);
      /* What speaks no TLS does not understand a word of it, and says so. */
      if (self->certificate == NULL && head->str[0] == 0x16)
        return TRUE;
    }
  length = strcasestr (head->str, "Content-Length:");
  rest = length != NULL ? strtoul (length + strlen ("Content-Length:"), NULL, 10) : 0;
  while (self->manner.reads && rest > 0)
    {
      char buffer[16384];
      gssize got = g_input_stream_read (input, buffer, MIN (sizeof buffer, rest), self->over, NULL);

      if (got <= 0)
        return FALSE;
      rest -= got;
    }

  return TRUE;
}

static void
answer (Stranger      *self,
        GOutputStream *output)
{
  const char *text = self->manner.answer, *body = strstr (text, "\r\n\r\n") + 4;
  gsize at_once = self->manner.piece_ms > 0 ? (gsize) (body - text) : strlen (text);

  if (!g_output_stream_write_all (output, text, at_once, NULL, self->over, NULL))
    return;
  for (const char *next = text + at_once; *next != '\0'; next++)
    {
      g_usleep (self->manner.piece_ms * 1000);
      if (!g_output_stream_write_all (output, next, 1, NULL, self->over, NULL))
        return;
    }
}

static void
serve (Stranger          *self,
       GSocketConnection *plain)
{
  g_autoptr(GIOStream) stream = self->certificate != NULL
    ? g_tls_server_connection_new (G_IO_STREAM (plain), self->certificate, NULL) : g_object_ref (G_IO_STREAM (plain));
  GPollFD poll;

  if (!read_request (self, g_io_stream_get_input_stream (stream)))
    return;
  if (self->manner.answer != NULL && self->manner.answer[0] != '\0')
    answer (self, g_io_stream_get_output_stream (stream));
  else if (self->manner.answer == NULL && g_cancellable_make_pollfd (self->over, &poll))
    {
      g_poll (&poll, 1, -1);
      g_cancellable_release_fd (self->over);
    }
  g_io_stream_close (stream, self->over, NULL);
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  Stranger *self = user_data;

  g_mutex_lock (&self->lock);
  self->n_busy++;
  g_mutex_unlock (&self->lock);
  serve (self, connection);
  g_mutex_lock (&self->lock);
  self->n_busy--;
  g_cond_signal (&self->idle);
  g_mutex_unlock (&self->lock);

  return TRUE;
}

static gpointer
thread_func (gpointer data)
{
  Stranger *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static void
clear (gpointer data)
{
  Stranger *self = data;

  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_clear_object (&self->certificate);
  g_object_unref (self->over);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->idle);
}

static void
release_closure (gpointer  data,
                 GClosure *closure)
{
  g_atomic_rc_box_release_full (data, clear);
}

Stranger *
stranger_new (const char           *dir,
              const StrangerManner *manner)
{
  Stranger *self = g_atomic_rc_box_new0 (Stranger);
  g_autofree char *certificate = g_build_filename (dir != NULL ? dir : "", "tls-cert.pem", NULL);
  g_autofree char *key = g_build_filename (dir != NULL ? dir : "", "tls-key.pem", NULL);
  g_autoptr(GSocketAddress) where = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr(GSocketAddress) got = NULL;
  g_autoptr(GError) error = NULL;

  if (dir != NULL)
    self->certificate = g_tls_certificate_new_from_files (certificate, key, &error);
  g_assert_no_error (error);
  self->manner = *manner;
  self->over = g_cancellable_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->idle);

  /* The service accepts in the context of whoever adds the address. */
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_main_context_push_thread_default (self->context);
  self->service = g_threaded_socket_service_new (16);
  /* A thread that has just been given a connection holds the service, and with it whom it is for. */
  g_signal_connect_data (self->service, "run", G_CALLBACK (run_cb), g_atomic_rc_box_acquire (self), release_closure, 0);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), where, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &got, &error);
  g_assert_no_error (error);
  g_main_context_pop_thread_default (self->context);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  self->thread = g_thread_new ("stranger", thread_func, self);

  return self;
}

void
stranger_free (Stranger *self)
{
  g_cancellable_cancel (self->over);
  g_mutex_lock (&self->lock);
  while (self->n_busy > 0)
    g_cond_wait (&self->idle, &self->lock);
  g_mutex_unlock (&self->lock);
  g_main_loop_quit (self->loop);
  g_thread_join (self->thread);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_atomic_rc_box_release_full (self, clear);
}

guint
stranger_get_port (Stranger *self)
{
  return self->port;
}

void
stranger_make_keys (const char *dir,
                    const char *name)
{
  g_autofree char *certificate = g_build_filename (dir, "tls-cert.pem", NULL), *key = g_build_filename (dir, "tls-key.pem", NULL);
  g_autofree char *subject = g_strdup_printf ("/CN=%s", name);
  const char *argv[] = { "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                         "-subj", subject, "-keyout", key, "-out", certificate, NULL };
  g_autoptr(GError) error = NULL;
  int status;

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                               &status, &error));
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}
