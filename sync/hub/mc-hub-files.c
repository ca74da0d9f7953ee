/* mc-hub-files.c: the files of one folder over plain HTTP, for updates on the local network
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server of its own beside the hub's: Flatpak does not know the hub's certificate, and believes the signature of
 * what it fetches.  A file is read piece by piece as the line takes it, so that a big one costs no memory and one that
 * is replaced meanwhile does no harm.
 */

#include "hub/mc-hub-files.h"

#include <errno.h>
#include <fcntl.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mc-error.h"
#include "hub/mc-hub-listener.h"
#include "hub/mc-hub-range.h"

#define PREFIX        "/flatpak"
#define PIECE_BYTES   (128 * 1024)

struct _McHubFiles
{
  SoupServer *soup;          /* (owned) */
  McHubListener *listener;   /* (owned) */
  int root;                  /* the folder */
};

/* One file on its way. */
typedef struct
{
  McHubListener *listener;
  int fd;
  goffset at, end;    /* what is left of it */
} Sending;

static void
sending_free (gpointer  data,
              GClosure *closure)
{
  Sending *sending = data;

  close (sending->fd);
  g_free (sending);
}

/* The regular file that @path names below @root, or -1.  Step by step, so that no link and no ".." leads out. */
static int
open_below (int         root,
            const char *path,
            struct stat *out_info)
{
  g_auto(GStrv) names = g_strsplit (path, "/", -1);
  int fd = fcntl (root, F_DUPFD_CLOEXEC, 0);

  for (gsize i = 0; fd >= 0 && names[i] != NULL; i++)
    {
      int last = names[i + 1] == NULL, next = -1;

      if (*names[i] != '\0' && *names[i] != '.')
        next = openat (fd, names[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
      close (fd);
      fd = next;
    }
  if (fd >= 0 && (fstat (fd, out_info) != 0 || !S_ISREG (out_info->st_mode)))
    {
      close (fd);
      fd = -1;
    }

  return fd;
}

static const char *
get_type (const char *path)
{
  static const struct
  {
    const char *ending, *type;
  } types[] = {
    { ".flatpakref", "application/vnd.flatpak.ref" }, { ".flatpakrepo", "application/vnd.flatpak.repo" },
    { ".flatpak", "application/vnd.flatpak" }, { ".pdf", "application/pdf" }, { ".txt", "text/plain; charset=utf-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (path, types[i].ending))
      return types[i].type;

  return "application/octet-stream";
}

/* sending */

static void
send_piece (SoupServerMessage *message,
            Sending           *sending)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  gsize size = MIN (sending->end - sending->at, PIECE_BYTES);
  g_autofree guint8 *piece = NULL;
  gssize n;

  if (size == 0)
    return;
  piece = g_malloc (size);
  do
    n = pread (sending->fd, piece, size, sending->at);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    {
      /* Shorter than it was: the length is promised already, so the line is cut and the other side asks again. */
      mc_hub_listener_drop (sending->listener, message);
      return;
    }
  sending->at += n;
  soup_message_body_append_take (body, g_steal_pointer (&piece), n);
  if (sending->at == sending->end)
    soup_message_body_complete (body);
}

static void
wrote_chunk_cb (SoupServerMessage *message,
                gpointer           user_data)
{
  send_piece (message, user_data);
}

static void
send_file (McHubFiles        *self,
           SoupServerMessage *message,
           const char        *path,
           int                fd,
           const struct stat *info)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *known = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "If-None-Match");
  g_autofree char *etag = g_strdup_printf ("\"%" G_GINT64_MODIFIER "x-%lx-%" G_GINT64_MODIFIER "x\"", (gint64) info->st_mtim.tv_sec,
                                           info->st_mtim.tv_nsec, (gint64) info->st_size);
  Sending *sending = g_new0 (Sending, 1);

  sending->listener = self->listener;
  sending->fd = fd;
  g_signal_connect_data (message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), sending, sending_free, 0);
  soup_message_headers_replace (headers, "ETag", etag);
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  if (g_strcmp0 (known, etag) == 0)
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
      return;
    }
  if (!mc_hub_range_choose (message, etag, info->st_size, &sending->at, &sending->end))
    return;
  soup_message_headers_set_content_type (headers, get_type (path), NULL);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CONTENT_LENGTH);
  soup_message_headers_set_content_length (headers, sending->end - sending->at);
  if (g_str_equal (soup_server_message_get_method (message), "HEAD"))
    return;
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  send_piece (message, sending);
}

static void
file_cb (SoupServer        *soup,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  McHubFiles *self = user_data;
  const char *method = soup_server_message_get_method (message);
  struct stat info;
  int fd;

  if (!g_str_equal (method, "GET") && !g_str_equal (method, "HEAD"))
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", "GET, HEAD");
      soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
    }
  else if (!g_str_has_prefix (path, PREFIX "/") || (fd = open_below (self->root, path + strlen (PREFIX "/"), &info)) < 0)
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else
    send_file (self, message, path, fd, &info);
}

static void
not_found_cb (SoupServer        *soup,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query,
              gpointer           user_data)
{
  soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

/* Nobody has anything to bring here: a body is not kept. */
static void
request_started_cb (SoupServer        *soup,
                    SoupServerMessage *message,
                    gpointer           user_data)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

McHubFiles *
mc_hub_files_new (const char  *folder,
                  const char  *address,
                  guint        port,
                  GError     **error)
{
  g_autoptr(McHubFiles) self = g_new0 (McHubFiles, 1);

  self->soup = soup_server_new ("server-header", "minhchung-hub", NULL);
  self->root = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->root < 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "The folder of updates %s cannot be opened: %s", folder,
                   g_strerror (errno));
      return NULL;
    }
  g_signal_connect (self->soup, "request-started", G_CALLBACK (request_started_cb), self);
  soup_server_add_handler (self->soup, NULL, not_found_cb, self, NULL);
  soup_server_add_handler (self->soup, PREFIX, file_cb, self, NULL);
  if (!(self->listener = mc_hub_listener_new (self->soup, NULL, address, port, error)))
    return NULL;

  return g_steal_pointer (&self);
}

void
mc_hub_files_free (McHubFiles *self)
{
  g_clear_pointer (&self->listener, mc_hub_listener_free);
  g_clear_object (&self->soup);
  if (self->root >= 0)
    close (self->root);
  g_free (self);
}

guint
mc_hub_files_get_port (McHubFiles *self)
{
  return mc_hub_listener_get_port (self->listener);
}
