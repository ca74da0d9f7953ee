/* mc-session-far.c: a log of which this device has little or nothing, in long stretches
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stretch that is under way lies in a file beside the store, named by its log and where it begins, so that a
 * download goes on where it was cut, today or tomorrow.  It is rows up to a head that the hub signed, and enters the
 * store like any page: rows, records and cursor together.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "client/mc-session-private.h"
#include "core/mc-error.h"
#include "wire/mc-buffer.h"
#include "wire/mc-sync-error.h"

#define SUFFIX ".segment"

/* Leaves the rows after @known. */
static void
drop_known_rows (McLogFrame *frame,
                 guint64     known)
{
  while (frame->rows->len > 0)
    {
      McLogRow *row = frame->rows->pdata[0];
      guint count = row->group != NULL ? row->group->changes->len : row->count;

      if (row->seq > known)
        return;
      if (row->seq + count <= known + 1)
        g_ptr_array_remove_index (frame->rows, 0);
      else if (row->group == NULL)
        {
          guint gone = known + 1 - row->seq;

          row->seq += gone;
          row->n += gone;
          row->count -= gone;
        }
      else
        return;
    }
}

/**
 * mc_session_take_rows:
 * @self: a session
 * @payload: of a LOG frame, which may be older than this device
 * @out_follows: (out): %FALSE if there is a gap, or the hub or this device has gone another way since
 * @error: return location for an error of %MC_SYNC_ERROR or %MC_STORE_ERROR
 *
 * Takes, of a page that the hub signed, what is not known yet.  Where it does not follow, nothing is changed: the next
 * turn finds out why.
 */
gboolean
mc_session_take_rows (Session   *self,
                      GBytes    *payload,
                      gboolean  *out_follows,
                      GError   **error)
{
  g_autoptr(GError) local_error = NULL;
  McLogFrame frame = { 0 };
  McCursor cursor = { 0 };
  gboolean done;
  guint count = 0;

  *out_follows = TRUE;
  done = mc_decode_log (payload, &frame, error) && mc_session_check_head (self, &frame, error) &&
         mc_journal_get_cursor (self->journal, frame.log, &cursor, error);
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  if (done)
    {
      drop_known_rows (&frame, cursor.seq);
      if (frame.rows->len > 0 && ((McLogRow *) frame.rows->pdata[0])->seq != cursor.seq + 1)
        *out_follows = FALSE;
      else if (frame.rows->len > 0)
        done = mc_journal_apply_page (self->journal, frame.log, frame.rows, &frame.head, &count, &local_error);
      if (!done && g_error_matches (local_error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID))
        {
          *out_follows = FALSE;
          done = TRUE;
        }
      else if (!done)
        g_propagate_error (error, g_steal_pointer (&local_error));
      self->report->n_received += count;
    }
  mc_log_frame_clear (&frame);

  return done;
}

gboolean
mc_session_take_far (Session  *self,
                     GBytes   *payload,
                     GError  **error)
{
  McReader reader;
  SessionLog *log;
  g_autofree char *name = NULL;
  guint64 seq;

  mc_reader_init (&reader, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  name = mc_get_name (&reader);
  seq = mc_get_u64 (&reader);
  if (!mc_reader_is_done (&reader))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "A FAR frame is cut or malformed");
      return FALSE;
    }
  log = mc_session_find_log (self, name);
  if (log != NULL)
    log->far = seq;

  return TRUE;
}

/* The file of the stretch of @log that is under way, and where that begins; else where the next one would. */
static char *
find_file (Session    *self,
           const char *log,
           guint64    *from)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, log, -1), *name = NULL;
  g_autoptr(GDir) dir = g_dir_open (self->account->dir, 0, NULL);
  const char *file;

  hash[16] = '\0';
  while (dir != NULL && (file = g_dir_read_name (dir)))
    {
      char *end;
      guint64 begins;

      if (!g_str_has_prefix (file, hash) || file[16] != '-' || !g_str_has_suffix (file, SUFFIX))
        continue;
      begins = g_ascii_strtoull (file + 17, &end, 10);
      if (!g_str_equal (end, SUFFIX))
        continue;
      if (begins <= *from)
        {
          *from = begins;
          return g_build_filename (self->account->dir, file, NULL);
        }
    }
  name = g_strdup_printf ("%s-%" G_GUINT64_FORMAT SUFFIX, hash, *from);

  return g_build_filename (self->account->dir, name, NULL);
}

static gboolean
take_segment (Session    *self,
              const char *path,
              gboolean   *out_follows,
              GError    **error)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autofree char *data = NULL;
  GBytes *payload;
  guint8 kind;
  gsize size;

  *out_follows = FALSE;
  if (!g_file_get_contents (path, &data, &size, error))
    return FALSE;
  /* First whether it is whole: what was cut in two pieces that do not fit is fetched anew. */
  mc_frame_reader_push (reader, data, size);
  while (mc_frame_reader_next (reader, &kind, &payload, NULL))
    g_bytes_unref (payload);
  if (!mc_frame_reader_has_ended (reader))
    return TRUE;

  mc_frame_reader_free (reader);
  reader = mc_frame_reader_new ();
  mc_frame_reader_push (reader, data, size);
  while (mc_frame_reader_next (reader, &kind, &payload, NULL))
    {
      g_autoptr(GBytes) given = payload;

      if (kind == MC_FRAME_HUB_LOG ? !mc_session_take_rows (self, given, out_follows, error)
          : kind == MC_FRAME_HUB_CERTIFICATE && !mc_session_take_frame (self, kind, given, error))
        return FALSE;
    }

  return TRUE;
}

/* One stretch; *out_more: there may be another. */
static gboolean
fetch_one (Session     *self,
           SessionLog  *log,
           gboolean    *out_more,
           GError     **error)
{
  McCursor cursor;
  gboolean none, follows = FALSE, done;
  g_autofree char *file = NULL, *path = NULL;
  guint64 before, from;
  GStatBuf info;

  *out_more = FALSE;
  if (!mc_journal_get_cursor (self->journal, log->name, &cursor, error))
    return FALSE;
  g_clear_pointer (&cursor.signature, g_bytes_unref);
  if (cursor.seq >= log->far)
    return TRUE;
  from = cursor.seq;
  file = find_file (self, log->name, &from);
  path = g_strdup_printf ("/v1/segments/%s/%" G_GUINT64_FORMAT, log->name, from);
  before = g_stat (file, &info) == 0 ? info.st_size : 0;

  done = self->transport->get (self->transport, path, self->account->device, &self->account->key, file, &none, self->cancellable, error);
  self->report->bytes_received += g_stat (file, &info) == 0 ? info.st_size - MIN (before, (guint64) info.st_size) : 0;
  if (!done || none)
    return done;
  self->report->turns++;
  done = take_segment (self, file, &follows, error);
  g_unlink (file);
  *out_more = done && follows;
  self->moved = self->moved || *out_more;

  return done;
}

gboolean
mc_session_fetch_far (Session  *self,
                      GError  **error)
{
  for (guint i = 0; i < self->logs->len; i++)
    {
      SessionLog *log = self->logs->pdata[i];
      gboolean more = log->far > 0 && self->transport->get != NULL;

      while (more)
        {
          if (g_cancellable_set_error_if_cancelled (self->cancellable, error) || !fetch_one (self, log, &more, error))
            return FALSE;
          if (self->progress != NULL)
            self->progress (self->report, self->progress_data);
        }
      log->far = 0;
    }

  return TRUE;
}
