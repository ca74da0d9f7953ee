/* mc-hub-log.c: how far the hub is in each stream, and the unit logs: appending rows, reading pages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Seq is given in commit order, without a gap.
 */

#include "hub/mc-hub-log.h"

#include <string.h>

#include "core/mc-error.h"
#include "core/mc-faults-private.h"
#include "core/mc-limits.h"
#include "hub/mc-hub-batch.h"

void
mc_hub_stream_clear (McHubStream *stream)
{
  g_clear_pointer (&stream->device, g_free);
  g_clear_pointer (&stream->incarnation, g_free);
  g_clear_pointer (&stream->log, g_free);
  g_clear_pointer (&stream->holes, g_byte_array_unref);
}

static void
copy_digest (McDigest *out,
             McStmt   *stmt,
             int       column)
{
  gconstpointer data = sqlite3_column_blob (stmt, column);
  gsize size = sqlite3_column_bytes (stmt, column);

  if (size > 0)
    memcpy (out->data, data, MIN (size, MC_DIGEST_SIZE));
}

gboolean
mc_hub_stream_load (McHub        *self,
                    const char   *device,
                    const char   *incarnation,
                    const char   *log,
                    McHubStream  *out,
                    GError      **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  memset (out, 0, sizeof *out);
  out->device = g_strdup (device);
  out->incarnation = g_strdup (incarnation);
  out->log = g_strdup (log);
  out->holes = g_byte_array_new ();

  if (!(stmt = mc_db_prepare (self->db, "SELECT n, chain, holes FROM stream WHERE device = ? AND incarnation = ? AND log = ?",
                              error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, device);
  mc_stmt_bind_text (stmt, 2, incarnation);
  mc_stmt_bind_text (stmt, 3, log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    {
      g_autoptr(GBytes) holes = mc_stmt_dup_bytes (stmt, 2);

      out->n = mc_stmt_get_int64 (stmt, 0);
      copy_digest (&out->chain, stmt, 1);
      g_byte_array_append (out->holes, g_bytes_get_data (holes, NULL), g_bytes_get_size (holes));
    }

  return TRUE;
}

gboolean
mc_hub_stream_save (McHub        *self,
                    McHubStream  *stream,
                    GError      **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!stream->is_moved)
    return TRUE;
  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO stream (device, incarnation, log, n, chain, holes)"
                              " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = excluded.n,"
                              " chain = excluded.chain, holes = excluded.holes", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, stream->device);
  mc_stmt_bind_text (stmt, 2, stream->incarnation);
  mc_stmt_bind_text (stmt, 3, stream->log);
  mc_stmt_bind_int64 (stmt, 4, stream->n);
  mc_stmt_bind_blob (stmt, 5, stream->chain.data, MC_DIGEST_SIZE);
  mc_stmt_bind_blob (stmt, 6, stream->holes->len > 0 ? (gconstpointer) stream->holes->data : "", stream->holes->len);
  stream->is_moved = FALSE;

  return mc_stmt_exec (stmt, error);
}

gboolean
mc_hub_get_chain (McHub       *self,
                  const char  *log,
                  guint64      seq,
                  McDigest    *out_chain,
                  GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  memset (out_chain, 0, sizeof *out_chain);
  if (seq == 0)
    return TRUE;
  if (!(stmt = mc_db_prepare (self->db, "SELECT chain FROM change WHERE log = ? AND seq = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, seq);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    copy_digest (out_chain, stmt, 0);

  return TRUE;
}

gboolean
mc_hub_get_head (McHub       *self,
                 const char  *log,
                 guint64     *out_seq,
                 McDigest    *out_chain,
                 GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;
  gboolean has_row;

  if (mc_hub_batch_get_head (self, log, out_seq, out_chain))
    return TRUE;
  *out_seq = 0;
  memset (out_chain, 0, sizeof *out_chain);
  if (!(stmt = mc_db_prepare (self->db, "SELECT seq, chain FROM log WHERE name = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  if (!mc_stmt_next (stmt, &has_row, error))
    return FALSE;
  if (has_row)
    {
      *out_seq = mc_stmt_get_int64 (stmt, 0);
      copy_digest (out_chain, stmt, 1);
    }

  return TRUE;
}

gboolean
mc_hub_write_head (McHub           *self,
                   const char      *log,
                   guint64          seq,
                   const McDigest  *chain,
                   GError         **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO log (name, seq, chain) VALUES (?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET seq = excluded.seq, chain = excluded.chain", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, seq);
  mc_stmt_bind_blob (stmt, 3, chain->data, MC_DIGEST_SIZE);

  return mc_stmt_exec (stmt, error);
}

/* rows */

static gboolean
note_evidence (McHub       *self,
               McChange    *change,
               const char  *log,
               gint64       now_us,
               GError     **error)
{
  const char * const *hashes = mc_change_get_evidence (change);

  for (gsize i = 0; hashes[i] != NULL; i++)
    {
      g_autoptr(McStmt) file = NULL, use = NULL;

      if (!(file = mc_db_prepare (self->db, "INSERT INTO evidence (sha256, size, complete, added_us)"
                                  " VALUES (?, 0, 0, ?) ON CONFLICT DO NOTHING", error)))
        return FALSE;
      mc_stmt_bind_text (file, 1, hashes[i]);
      mc_stmt_bind_int64 (file, 2, now_us);
      if (!mc_stmt_exec (file, error) ||
          !(use = mc_db_prepare (self->db, "INSERT INTO evidence_use (sha256, log) VALUES (?, ?) ON CONFLICT DO NOTHING",
                                 error)))
        return FALSE;
      mc_stmt_bind_text (use, 1, hashes[i]);
      mc_stmt_bind_text (use, 2, log);
      if (!mc_stmt_exec (use, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
insert_row (McHub           *self,
            const char      *log,
            guint64          seq,
            McGroup         *group,
            guint            i,
            GByteArray      *holes,
            const McDigest  *chain,
            gint64           now_us,
            GError         **error)
{
  McChange *change = group->changes->pdata[i];
  GBytes *bytes = mc_change_get_bytes (change);
  g_autoptr(McStmt) stmt = NULL;

  if (!(stmt = mc_db_prepare (self->db, "INSERT INTO change (log, seq, id, record, device, incarnation, n, k, m, bytes,"
                              " signature, holes, chain, taken_us) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", error)))
    return FALSE;
  mc_stmt_lend_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, seq);
  mc_stmt_lend_text (stmt, 3, mc_change_get_id (change));
  mc_stmt_lend_text (stmt, 4, mc_change_get_record (change));
  mc_stmt_lend_text (stmt, 5, group->device);
  mc_stmt_lend_text (stmt, 6, group->incarnation);
  mc_stmt_bind_int64 (stmt, 7, group->n + i);
  mc_stmt_bind_int64 (stmt, 8, i);
  mc_stmt_bind_int64 (stmt, 9, group->changes->len);
  mc_stmt_lend_blob (stmt, 10, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (i == group->changes->len - 1 && group->signature != NULL)
    mc_stmt_bind_bytes (stmt, 11, group->signature);
  else
    mc_stmt_bind_null (stmt, 11);
  if (i == 0 && holes->len > 0)
    mc_stmt_bind_blob (stmt, 12, holes->data, holes->len);
  else
    mc_stmt_bind_null (stmt, 12);
  mc_stmt_lend_blob (stmt, 13, chain->data, MC_DIGEST_SIZE);
  mc_stmt_bind_int64 (stmt, 14, now_us);

  return mc_stmt_exec (stmt, error);
}

/* For MC_FAULT_REUSE_SEQ alone: what a hub does that counts its rows before the last one is committed. */
static gboolean
drop_last (McHub       *self,
           const char  *log,
           guint64     *seq,
           McDigest    *chain,
           GError     **error)
{
  g_autoptr(McStmt) stmt = NULL;

  if (*seq == 0)
    return TRUE;
  if (!(stmt = mc_db_prepare (self->db, "DELETE FROM change WHERE log = ? AND seq = ?", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, *seq);

  return mc_stmt_exec (stmt, error) && mc_hub_get_chain (self, log, --*seq, chain, error);
}

gboolean
mc_hub_append_group (McHub        *self,
                     const char   *log,
                     McGroup      *group,
                     GByteArray   *holes,
                     gint64        now_us,
                     guint64      *out_seq_first,
                     GError      **error)
{
  McDigest chain;
  guint64 seq;

  if (!mc_hub_get_head (self, log, &seq, &chain, error))
    return FALSE;
  if ((mc_faults & MC_FAULT_REUSE_SEQ) && !drop_last (self, log, &seq, &chain, error))
    return FALSE;
  *out_seq_first = seq + 1;

  for (guint i = 0; i < group->changes->len; i++)
    {
      mc_chain_step_log (&chain, group->device, group->incarnation, group->n + i,
                         mc_change_get_bytes (group->changes->pdata[i]));
      if (!insert_row (self, log, ++seq, group, i, holes, &chain, now_us, error) ||
          !note_evidence (self, group->changes->pdata[i], log, now_us, error))
        return FALSE;
    }
  g_byte_array_set_size (holes, 0);

  return mc_hub_batch_set_head (self, log, seq, &chain) || mc_hub_write_head (self, log, seq, &chain, error);
}

/* pages */

/* Only the stream that wrote a row can do without its bytes: a clone shares the device, not the row. */
static gboolean
is_own_row (McStmt      *stmt,
            McHubStream *reader)
{
  return reader != NULL && g_str_equal (mc_stmt_get_text (stmt, 1), reader->device) &&
         g_str_equal (mc_stmt_get_text (stmt, 2), reader->incarnation);
}

static McLogRow *
begin_row (McStmt      *stmt,
           McHubStream *reader)
{
  McLogRow *row = g_new0 (McLogRow, 1);

  row->seq = mc_stmt_get_int64 (stmt, 0);
  if (is_own_row (stmt, reader))
    {
      row->incarnation = g_strdup (mc_stmt_get_text (stmt, 2));
      row->n = mc_stmt_get_int64 (stmt, 3);
      return row;
    }

  row->group = g_new0 (McGroup, 1);
  row->group->device = g_strdup (mc_stmt_get_text (stmt, 1));
  row->group->incarnation = g_strdup (mc_stmt_get_text (stmt, 2));
  row->group->n = mc_stmt_get_int64 (stmt, 3);
  row->group->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_change_unref);
  row->group->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  if (!mc_stmt_is_null (stmt, 7))
    {
      g_autoptr(GBytes) holes = mc_stmt_dup_bytes (stmt, 7);

      for (gsize at = 0; at + MC_DIGEST_SIZE <= g_bytes_get_size (holes); at += MC_DIGEST_SIZE)
        g_ptr_array_add (row->group->holes, g_bytes_new_from_bytes (holes, at, MC_DIGEST_SIZE));
    }

  return row;
}

/* Own rows that follow each other in stream and log are one row with a count. */
static gboolean
extends_own (McLogRow *last,
             McStmt   *stmt)
{
  return last != NULL && last->group == NULL && g_str_equal (last->incarnation, mc_stmt_get_text (stmt, 2)) &&
         last->n + last->count == (guint64) mc_stmt_get_int64 (stmt, 3);
}

static gboolean
add_row (McLogFrame   *page,
         McStmt       *stmt,
         McHubStream  *reader,
         gsize        *size,
         GError      **error)
{
  McLogRow *last = page->rows->len > 0 ? page->rows->pdata[page->rows->len - 1] : NULL;
  gboolean is_own = is_own_row (stmt, reader);
  g_autoptr(GBytes) bytes = NULL;
  McChange *change;

  if (is_own ? !extends_own (last, stmt) : mc_stmt_get_int64 (stmt, 4) == 0 || last == NULL || last->group == NULL)
    {
      last = begin_row (stmt, reader);
      g_ptr_array_add (page->rows, last);
      /* Hashes are bytes that go over the line, too, and there may be many of them. */
      if (last->group != NULL)
        *size += last->group->holes->len * MC_DIGEST_SIZE;
    }
  if (is_own)
    {
      last->count++;
      return TRUE;
    }

  bytes = mc_stmt_dup_bytes (stmt, 5);
  if (!(change = mc_change_scan (bytes, error)))
    return FALSE;
  g_ptr_array_add (last->group->changes, change);
  if (!mc_stmt_is_null (stmt, 6))
    last->group->signature = mc_stmt_dup_bytes (stmt, 6);
  *size += g_bytes_get_size (bytes);

  return TRUE;
}

static void
sign_head (McHub      *self,
           McLogFrame *page)
{
  g_autoptr(GBytes) message = NULL;
  guint8 signature[MC_SIGNATURE_BYTES];

  memcpy (page->head.epoch, self->epoch, MC_ID_BYTES);
  message = mc_message_log_head (self->identity.id, self->epoch, page->log, page->head.seq, &page->head.chain);
  mc_sign (&self->key, g_bytes_get_data (message, NULL), g_bytes_get_size (message), signature);
  page->head.signature = g_bytes_new (signature, sizeof signature);
}

/* A run of which the last row so far has no signature. */
typedef struct
{
  char *device, *incarnation;   /* (owned) (nullable) NULL = none */
  guint64 n;
} OpenRun;

static void
open_run_clear (OpenRun *self)
{
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->incarnation, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OpenRun, open_run_clear)

/* What was held and is let in by a row of the run stands behind that row, and its own signature proves nothing of the run. */
static void
open_run_step (OpenRun *self,
               McStmt  *stmt)
{
  const char *device = mc_stmt_get_text (stmt, 1), *incarnation = mc_stmt_get_text (stmt, 2);
  guint64 n = mc_stmt_get_int64 (stmt, 3);
  gboolean is_signed = !mc_stmt_is_null (stmt, 6);

  if (self->device == NULL && !is_signed)
    {
      self->device = g_strdup (device);
      self->incarnation = g_strdup (incarnation);
      self->n = n;
    }
  else if (self->device != NULL && n > self->n && g_str_equal (self->device, device) &&
           g_str_equal (self->incarnation, incarnation))
    {
      self->n = n;
      if (is_signed)
        open_run_clear (self);
    }
}

/* Not in the middle of a group, nor of a run: whoever has its rows can prove whose they are. */
static gboolean
may_end (McStmt   *next,
         gsize     size,
         gsize     max_bytes,
         OpenRun  *run)
{
  return size >= max_bytes && ((mc_stmt_get_int64 (next, 4) == 0 && (run->device == NULL || size >= max_bytes + MC_RUN_RAW_BYTES)) ||
                               (mc_faults & MC_FAULT_SPLIT_GROUPS));
}

gboolean
mc_hub_read_page (McHub        *self,
                  const char   *log,
                  guint64       seq,
                  McHubStream  *reader,
                  gsize         max_bytes,
                  McLogFrame   *out,
                  GError      **error)
{
  g_autoptr(McStmt) stmt = NULL;
  g_auto(OpenRun) run = { .device = NULL };
  gboolean has_row;
  gsize size = 0;

  memset (out, 0, sizeof *out);
  out->log = g_strdup (log);
  out->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);
  if (!(stmt = mc_db_prepare (self->db, "SELECT seq, device, incarnation, n, k, bytes, signature, holes, chain FROM change"
                              " WHERE log = ? AND seq > ? ORDER BY seq", error)))
    return FALSE;
  mc_stmt_bind_text (stmt, 1, log);
  mc_stmt_bind_int64 (stmt, 2, seq);
  out->head.seq = seq;

  while (TRUE)
    {
      if (!mc_stmt_next (stmt, &has_row, error))
        return FALSE;
      if (!has_row || may_end (stmt, size, max_bytes, &run))
        break;
      if (!add_row (out, stmt, reader, &size, error))
        return FALSE;
      open_run_step (&run, stmt);
      out->head.seq = mc_stmt_get_int64 (stmt, 0);
      copy_digest (&out->head.chain, stmt, 8);
    }
  sign_head (self, out);

  return TRUE;
}
