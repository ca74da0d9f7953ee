/* mc-hub-segment.c: long stretches of a unit log
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stretch is rows as they are, up to a head that the hub signs: whoever takes it holds that part of the log, not a
 * picture of what it adds up to.
 */

#include "hub/mc-hub-segment.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-json.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-heal.h"
#include "wire/mc-certificate.h"

/* The certificates of the authors whose streams begin in @page: whoever holds a row can say whose it is. */
static gboolean
put_certificates (McHub          *self,
                  McLogFrame     *page,
                  McFrameWriter  *writer,
                  GError        **error)
{
  g_autoptr(GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < page->rows->len; i++)
    {
      McGroup *group = ((McLogRow *) page->rows->pdata[i])->group;
      g_autoptr(McCertificate) certificate = NULL;
      g_autoptr(JsonNode) node = NULL;
      g_autofree char *text = NULL;

      if (group == NULL || group->n != group->holes->len + 1 || !g_hash_table_add (done, group->device))
        continue;
      if (!(certificate = mc_hub_certify (self, group->device, error)))
        {
          if (error != NULL && *error != NULL)
            return FALSE;
          continue;
        }
      node = mc_certificate_to_json (certificate);
      text = mc_json_to_text (node, FALSE);
      mc_frame_writer_add (writer, MC_FRAME_HUB_CERTIFICATE, text, strlen (text));
    }

  return TRUE;
}

gboolean
mc_hub_put_page (McHub               *self,
                 McLogFrame          *page,
                 const McDictionary  *dictionary,
                 McFrameWriter       *writer,
                 GError             **error)
{
  g_autoptr(GBytes) payload = NULL;

  if (!put_certificates (self, page, writer, error))
    return FALSE;
  payload = mc_encode_log (dictionary, page);
  mc_frame_writer_add (writer, MC_FRAME_HUB_LOG, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));

  return TRUE;
}

static gboolean
put_rows (McHub          *self,
          const char     *log,
          guint64         from,
          McFrameWriter  *writer,
          guint64        *out_seq,
          GError        **error)
{
  McLogFrame page;
  gboolean done = mc_hub_read_page (self, log, from, NULL, self->segment_bytes, &page, error) &&
                  mc_hub_put_page (self, &page, NULL, writer, error);

  *out_seq = page.head.seq;
  mc_log_frame_clear (&page);

  return done;
}

GBytes *
mc_hub_read_segment (McHub        *self,
                     McHubDevice  *device,
                     const char   *log,
                     guint64       from,
                     GError      **error)
{
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  McDigest chain;
  guint64 seq, last;

  if (!mc_hub_may_read (self, device, log) || !mc_hub_get_head (self, log, &seq, &chain, error) || from >= seq ||
      !put_rows (self, log, from, writer, &last, error) ||
      /* The end of the log still grows: it would be another one the next time. */
      last >= seq)
    return NULL;
  mc_frame_writer_end (writer, MC_FRAME_HUB_END, 0);

  return mc_frame_writer_take (writer);
}

/* for a stick */

/* Whatever devices there are at @log, they follow the same logs. */
static GByteArray *
list_keys (McHub       *self,
           const char  *log,
           GError     **error)
{
  g_autoptr(GByteArray) keys = g_byte_array_new ();
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT key FROM device WHERE log = ? AND revoked_us IS NULL ORDER BY enrolled_us DESC"
                              " LIMIT ?", error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, MC_BUNDLE_MAX_KEYS);
  while (TRUE)
    {
      g_autoptr(GBytes) key = NULL;

      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        break;
      key = mc_stmt_dup_bytes (stmt, 0);
      g_byte_array_append (keys, g_bytes_get_data (key, NULL), MC_KEY_BYTES);
    }
  if (keys->len == 0)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_NOT_FOUND,
                   "No device of %s is enrolled: enrol it first, for nobody else could open the file", log);
      return NULL;
    }

  return g_steal_pointer (&keys);
}

static GStrv
list_logs (McHub       *self,
           const char  *log,
           GError     **error)
{
  g_autoptr(GStrvBuilder) logs = g_strv_builder_new ();
  g_autoptr(McStmt) stmt = NULL;
  McHubDevice reader = { .log = (char *) log, .role = (char *) "commune" };
  gboolean has_row;

  if (!(stmt = mc_db_prepare (self->db, "SELECT role FROM device WHERE log = ? AND revoked_us IS NULL ORDER BY role = 'commune' LIMIT 1",
                              error)))
    return NULL;
  mc_stmt_bind_text (stmt, 1, log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return NULL;
  if (has_row && !g_str_equal (mc_stmt_get_text (stmt, 0), "commune"))
    reader.role = (char *) "district";
  g_clear_pointer (&stmt, mc_stmt_release);

  if (!(stmt = mc_db_prepare (self->db, "SELECT name FROM log ORDER BY name", error)))
    return NULL;
  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return NULL;
      if (!has_row)
        return g_strv_builder_end (logs);
      if (mc_hub_may_read (self, &reader, mc_stmt_get_text (stmt, 0)))
        g_strv_builder_add (logs, mc_stmt_get_text (stmt, 0));
    }
}

static gboolean
flush (McFrameWriter  *writer,
       McBundleFile   *file,
       GError        **error)
{
  g_autoptr(GBytes) bytes = mc_frame_writer_take (writer);

  return mc_bundle_file_write (file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

static gboolean
write_log (McHub          *self,
           const char     *log,
           McFrameWriter  *writer,
           McBundleFile   *file,
           guint64        *rows,
           GError        **error)
{
  McDigest chain;
  guint64 seq, at = 0;

  if (!mc_hub_get_head (self, log, &seq, &chain, error))
    return FALSE;
  while (at < seq)
    if (!put_rows (self, log, at, writer, &at, error) || !flush (writer, file, error))
      return FALSE;
  *rows += at;

  return TRUE;
}

/**
 * mc_hub_write_snapshot:
 * @self: a hub
 * @log: unit log of the devices that it is for
 * @path: the file
 * @out_rows: (out): rows of all logs in it
 * @out_devices: (out): how many devices can open it
 * @error: return location for an error of %MC_STORE_ERROR or %MC_SYNC_ERROR
 *
 * What a new device of @log would fetch, on a stick.  Sealed for the devices of @log that are enrolled now.
 */
gboolean
mc_hub_write_snapshot (McHub       *self,
                       const char  *log,
                       const char  *path,
                       guint64     *out_rows,
                       guint       *out_devices,
                       GError     **error)
{
  g_autoptr(GByteArray) keys = list_keys (self, log, error);
  g_auto(GStrv) logs = keys != NULL ? list_logs (self, log, error) : NULL;
  g_autoptr(McFrameWriter) writer = mc_frame_writer_new ();
  g_autoptr(McBundleFile) file = NULL;

  if (logs == NULL)
    return FALSE;
  *out_rows = 0;
  *out_devices = keys->len / MC_KEY_BYTES;
  if (!(file = mc_bundle_file_new (path, MC_BUNDLE_SNAPSHOT, self->identity.id, keys->data, *out_devices, error)))
    return FALSE;
  for (gsize i = 0; logs[i] != NULL; i++)
    if (!write_log (self, logs[i], writer, file, out_rows, error))
      return FALSE;
  mc_frame_writer_end (writer, MC_FRAME_HUB_END, 0);

  return flush (writer, file, error) && mc_bundle_file_close (file, NULL, error);
}
