/* mc-fetch.c: evidence files of others, brought here
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "client/mc-fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/mc-http.h"
#include "core/mc-error.h"
#include "core/mc-journal-sync.h"
#include "wire/mc-sync-error.h"

/* The hub of an account, over HTTPS. */
typedef struct
{
  McFetchLine parent;
  McHttp *http;              /* (owned) */
  McAccount *account;
} HttpLine;

static GBytes *
get_part (McFetchLine   *line,
          const char    *path,
          guint64        offset,
          gsize          size,
          GCancellable  *cancellable,
          GError       **error)
{
  HttpLine *self = (HttpLine *) line;

  return mc_http_get_part (self->http, path, self->account->device, &self->account->key, offset, size, cancellable, error);
}

static void
http_line_init (HttpLine  *self,
                McAccount *account)
{
  self->parent = (McFetchLine) { get_part, MC_FETCH_PART_BYTES };
  self->http = mc_http_new (account->address, &account->hub);
  self->account = account;
}

static gboolean
fail (GError     **error,
      const char  *path)
{
  g_set_error (error, MC_STORE_ERROR, errno == ENOSPC || errno == EDQUOT ? MC_STORE_ERROR_NO_SPACE : MC_STORE_ERROR_FAILED,
               "%s: %s", path, g_strerror (errno));

  return FALSE;
}

static gboolean
find_size (McJournal   *journal,
           const char  *sha256,
           gint64      *out_size,
           GError     **error)
{
  g_autoptr(GArray) missing = mc_journal_list_evidence_missing (journal, error);

  for (guint i = 0; missing != NULL && i < missing->len; i++)
    if (g_str_equal (g_array_index (missing, McEvidenceState, i).sha256, sha256))
      {
        *out_size = g_array_index (missing, McEvidenceState, i).size;
        return TRUE;
      }
  if (missing != NULL)
    g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND, "No record here names the file %s", sha256);

  return FALSE;
}

static gboolean
append (int           fd,
        const char   *path,
        GBytes       *part,
        GError      **error)
{
  gsize size, done = 0;
  const guint8 *data = g_bytes_get_data (part, &size);

  while (done < size)
    {
      ssize_t n = write (fd, data + done, size - done);

      if (n < 0 && errno != EINTR)
        return fail (error, path);
      done += MAX (n, 0);
    }

  return fsync (fd) == 0 || fail (error, path);
}

/* Goes on after what is in @fd until it has @size bytes. */
static gboolean
fill (McFetchLine      *line,
      const char       *sha256,
      int               fd,
      const char       *path,
      guint64           size,
      McFetchProgress   progress,
      gpointer          user_data,
      GCancellable     *cancellable,
      GError          **error)
{
  g_autofree char *resource = g_strconcat ("/v1/evidence/", sha256, NULL);
  guint64 have = lseek (fd, 0, SEEK_END);

  if (have > size && (ftruncate (fd, 0) != 0 || (have = 0) != 0))
    return fail (error, path);
  while (have < size)
    {
      gsize want = MIN (size - have, line->part_bytes);
      g_autoptr(GBytes) part = line->get_part (line, resource, have, want, cancellable, error);

      if (part == NULL)
        return FALSE;
      if (g_bytes_get_size (part) == 0 || g_bytes_get_size (part) > want)
        {
          g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The hub sent %" G_GSIZE_FORMAT " bytes where %"
                       G_GSIZE_FORMAT " were asked for", g_bytes_get_size (part), want);
          return FALSE;
        }
      if (!append (fd, path, part, error))
        return FALSE;
      have += g_bytes_get_size (part);
      if (progress != NULL)
        progress (have, size, user_data);
    }

  return TRUE;
}

/* Whether @path is what its record says; if not, nothing of it is of use. */
static gboolean
check (const char  *path,
       const char  *sha256,
       GError     **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *buffer = g_malloc (1 << 18);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  ssize_t got;

  if (fd < 0)
    return fail (error, path);
  while ((got = read (fd, buffer, 1 << 18)) > 0)
    g_checksum_update (checksum, buffer, got);
  close (fd);
  if (got < 0)
    return fail (error, path);
  if (g_str_equal (g_checksum_get_string (checksum), sha256))
    return TRUE;
  g_unlink (path);
  g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "What came is not the file %s; it begins again next time", sha256);

  return FALSE;
}

static gboolean
fetch (McFetchLine      *line,
       McJournal        *journal,
       McAccount        *account,
       const char       *sha256,
       guint64           size,
       McFetchProgress   progress,
       gpointer          user_data,
       GCancellable     *cancellable,
       GError          **error)
{
  g_autofree char *name = g_strconcat ("coming-", sha256, NULL);
  g_autofree char *path = g_build_filename (account->dir, "evidence", name, NULL);
  g_autoptr(GError) mixed = NULL;
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  gboolean done, resumed;

  if (fd < 0)
    return fail (error, path);
  resumed = lseek (fd, 0, SEEK_END) > 0;
  done = fill (line, sha256, fd, path, size, progress, user_data, cancellable, error);
  close (fd);
  if (!done || check (path, sha256, &mixed))
    return done && mc_journal_add_evidence_file (journal, sha256, path, g_get_real_time (), error);
  /* What came before may be of a file that has been mended since. */
  if (resumed && g_error_matches (mixed, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL))
    return fetch (line, journal, account, sha256, size, progress, user_data, cancellable, error);
  g_propagate_error (error, g_steal_pointer (&mixed));

  return FALSE;
}

gboolean
mc_fetch_evidence (McJournal        *journal,
                   McAccount        *account,
                   const char       *sha256,
                   McFetchProgress   progress,
                   gpointer          user_data,
                   GCancellable     *cancellable,
                   GError          **error)
{
  g_autofree char *here = mc_journal_get_evidence_path (journal, sha256, NULL);
  HttpLine line;
  gint64 size;
  gboolean done;

  if (here != NULL && mc_evidence_is_whole (here, sha256))
    return TRUE;
  if (!find_size (journal, sha256, &size, error))
    return FALSE;
  http_line_init (&line, account);
  done = fetch (&line.parent, journal, account, sha256, size, progress, user_data, cancellable, error);
  mc_http_free (line.http);

  return done;
}

gboolean
mc_fetch_all_over (McJournal     *journal,
                   McAccount     *account,
                   McFetchLine   *line,
                   gint64         max_bytes,
                   guint         *out_fetched,
                   guint         *out_missing,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_autoptr(GArray) missing = mc_journal_list_evidence_missing (journal, error);

  *out_fetched = *out_missing = 0;
  if (missing == NULL)
    return FALSE;
  for (guint i = 0; i < missing->len; i++)
    {
      McEvidenceState *state = &g_array_index (missing, McEvidenceState, i);
      g_autoptr(GError) local_error = NULL;

      if (max_bytes > 0 && state->size > max_bytes)
        break;
      if (fetch (line, journal, account, state->sha256, state->size, NULL, NULL, cancellable, &local_error))
        {
          (*out_fetched)++;
          continue;
        }
      /* One that the hub does not have, or has damaged, keeps none of the others from coming. */
      if (!g_error_matches (local_error, MC_SYNC_ERROR, MC_SYNC_ERROR_REJECTED) &&
          !g_error_matches (local_error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      (*out_missing)++;
    }

  return TRUE;
}

gboolean
mc_fetch_all_evidence (McJournal     *journal,
                       McAccount     *account,
                       gint64         max_bytes,
                       guint         *out_fetched,
                       guint         *out_missing,
                       GCancellable  *cancellable,
                       GError       **error)
{
  HttpLine line;
  gboolean done;

  http_line_init (&line, account);
  done = mc_fetch_all_over (journal, account, &line.parent, max_bytes, out_fetched, out_missing, cancellable, error);
  mc_http_free (line.http);

  return done;
}
