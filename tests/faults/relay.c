/* relay.c: a line between device and hub that does what bad lines do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE

#include "faults/relay-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE_BYTES 16384

/* sockets */

static void
note_socket (Relay *self,
             int    fd)
{
  g_mutex_lock (&self->lock);
  g_array_append_val (self->sockets, fd);
  if (self->closing)
    shutdown (fd, SHUT_RDWR);
  g_mutex_unlock (&self->lock);
}

void
relay_forget_socket (Relay *self,
                     int    fd)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->sockets->len; i++)
    if (g_array_index (self->sockets, int, i) == fd)
      {
        g_array_remove_index_fast (self->sockets, i);
        break;
      }
  g_mutex_unlock (&self->lock);
}

void
relay_close_socket (Relay    *self,
                    int       fd,
                    gboolean  reset)
{
  struct linger at_once = { 1, 0 };

  if (fd < 0)
    return;
  relay_forget_socket (self, fd);
  if (reset)
    setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (fd);
}

int
relay_connect (Relay *self)
{
  struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons (self->to_port),
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  if (connect (fd, (struct sockaddr *) &where, sizeof where) != 0)
    {
      close (fd);
      return -1;
    }
  note_socket (self, fd);

  return fd;
}

/* a relay of bytes */

static gboolean
write_all (int         fd,
           const char *bytes,
           gsize       size)
{
  for (gsize done = 0; done < size; )
    {
      ssize_t n = send (fd, bytes + done, size - done, MSG_NOSIGNAL);

      if (n < 0 && errno != EINTR)
        return FALSE;
      done += MAX (n, 0);
    }

  return TRUE;
}

typedef struct
{
  int from, to;
  gint64 cut, stall, done;
  guint64 *total;
  gboolean is_open;
} Way;

/* Carries one piece; FALSE when the line is to end. */
static gboolean
carry (RelayLine *line,
       Way       *way)
{
  char piece[PIECE_BYTES];
  gsize limit = PIECE_BYTES;
  ssize_t n;

  if (way->cut >= 0)
    limit = MIN (limit, (gsize) (way->cut - way->done));
  if (way->stall >= 0)
    limit = MIN (limit, (gsize) (way->stall - way->done));
  n = recv (way->from, piece, limit, 0);
  if (n < 0)
    return errno == EINTR;
  if (n == 0)
    {
      shutdown (way->to, SHUT_WR);
      way->is_open = FALSE;
      return TRUE;
    }
  if (line->plan.delay_ms > 0)
    g_usleep (line->plan.delay_ms * 1000);
  if (!write_all (way->to, piece, n))
    return FALSE;
  way->done += n;
  g_mutex_lock (&line->relay->lock);
  *way->total += n;
  g_mutex_unlock (&line->relay->lock);

  return way->cut < 0 || way->done < way->cut;
}

static void
run_line (RelayLine *line)
{
  Relay *self = line->relay;
  int hub = relay_connect (self);
  Way ways[2] = {
    { line->device, hub, line->plan.cut_up, line->plan.stall_up, 0, &self->up, TRUE },
    { hub, line->device, line->plan.cut_down, line->plan.stall_down, 0, &self->down, TRUE },
  };
  gboolean go_on = hub >= 0 && line->plan.cut_up != 0 && line->plan.cut_down != 0;

  while (go_on && (ways[0].is_open || ways[1].is_open))
    {
      struct pollfd waits[2];

      for (int i = 0; i < 2; i++)
        {
          gboolean is_stalled = ways[i].stall >= 0 && ways[i].done >= ways[i].stall;

          /* Whose end is gone is noticed through a stall too. */
          waits[i] = (struct pollfd) { ways[i].is_open ? ways[i].from : -1, is_stalled ? POLLRDHUP : POLLIN, 0 };
        }
      if (poll (waits, 2, -1) < 0)
        continue;
      for (int i = 0; i < 2 && go_on; i++)
        {
          if (waits[i].revents & POLLRDHUP)
            go_on = FALSE;
          else if (waits[i].revents != 0)
            go_on = carry (line, &ways[i]);
        }
    }
  relay_close_socket (self, hub, line->plan.reset);
  relay_close_socket (self, line->device, line->plan.reset);
}

static gpointer
line_thread (gpointer data)
{
  RelayLine *line = data;

  if (line->relay->certificate != NULL)
    relay_run_inside (line);
  else if (line->plan.answer != NULL)
    {
      write_all (line->device, line->plan.answer, strlen (line->plan.answer));
      relay_close_socket (line->relay, line->device, FALSE);
    }
  else
    run_line (line);
  g_free (line);

  return NULL;
}

/* the listener */

static gpointer
accept_thread (gpointer data)
{
  Relay *self = data;
  int fd;

  while ((fd = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
      RelayLine *line = g_new0 (RelayLine, 1);

      note_socket (self, fd);
      line->relay = self;
      line->device = fd;
      g_mutex_lock (&self->lock);
      line->plan = self->plan;
      self->connections++;
      g_ptr_array_add (self->threads, g_thread_new ("relay-line", line_thread, line));
      g_mutex_unlock (&self->lock);
    }

  return NULL;
}

Relay *
relay_new (guint port)
{
  Relay *self = g_new0 (Relay, 1);
  struct sockaddr_in where = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof where;

  self->to_port = port;
  self->plan = (RelayPlan) RELAY_PLAN_NONE;
  self->threads = g_ptr_array_new ();
  self->sockets = g_array_new (FALSE, FALSE, sizeof (int));
  g_mutex_init (&self->lock);
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->listener, (struct sockaddr *) &where, sizeof where), ==, 0);
  g_assert_cmpint (listen (self->listener, 64), ==, 0);
  g_assert_cmpint (getsockname (self->listener, (struct sockaddr *) &where, &size), ==, 0);
  self->port = ntohs (where.sin_port);
  self->thread = g_thread_new ("relay", accept_thread, self);

  return self;
}

void
relay_free (Relay *self)
{
  g_mutex_lock (&self->lock);
  self->closing = TRUE;
  shutdown (self->listener, SHUT_RDWR);
  for (guint i = 0; i < self->sockets->len; i++)
    shutdown (g_array_index (self->sockets, int, i), SHUT_RDWR);
  g_mutex_unlock (&self->lock);

  g_thread_join (self->thread);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (self->threads->pdata[i]);
  close (self->listener);
  g_ptr_array_unref (self->threads);
  g_array_unref (self->sockets);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->last_request, g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint
relay_get_port (Relay *self)
{
  return self->port;
}

void
relay_set_plan (Relay           *self,
                const RelayPlan *plan)
{
  g_mutex_lock (&self->lock);
  self->plan = *plan;
  g_mutex_unlock (&self->lock);
}

void
relay_take_counts (Relay   *self,
                   guint64 *out_up,
                   guint64 *out_down,
                   guint   *out_connections)
{
  g_mutex_lock (&self->lock);
  *out_up = self->up;
  *out_down = self->down;
  *out_connections = self->connections;
  self->up = self->down = self->connections = 0;
  g_mutex_unlock (&self->lock);
}
