/* mc-message.c: what the frames carry, to and from bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-message-private.h"

#include <string.h>

#include "core/mc-limits.h"
#include "wire/mc-dictionary.h"
#include "wire/mc-sync-error.h"

#define VERDICT_BYTES (1 + 3 * 8 + 2)   /* of one without a problem */

#define HUB_MAGIC "MCHUB1\r\n"

gboolean
mc_message_refuse (GError     **error,
                   const char  *frame)
{
  g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "A %s frame is cut or malformed", frame);

  return FALSE;
}

void
mc_message_read (McReader *reader,
                 GBytes   *payload)
{
  gsize size;
  const void *data = g_bytes_get_data (payload, &size);

  mc_reader_init (reader, data, size);
}

GBytes *
mc_message_unpack (McReader    *reader,
                   GBytes      *payload,
                   const char  *frame,
                   GError     **error)
{
  GBytes *raw = mc_decompress (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));

  if (raw != NULL)
    mc_message_read (reader, raw);
  else
    mc_message_refuse (error, frame);

  return raw;
}

/* HELLO */

void
mc_hello_clear (McHello *self)
{
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->incarnation, g_free);
  g_clear_pointer (&self->program, g_free);
}

GByteArray *
mc_encode_hello (const McHello *hello)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_u16 (out, hello->protocol);
  mc_put_id (out, hello->device);
  mc_put_id (out, hello->incarnation);
  mc_put_data (out, hello->nonce, sizeof hello->nonce);
  mc_put_data (out, hello->signature, sizeof hello->signature);
  mc_put_name (out, hello->program);

  return out;
}

gboolean
mc_decode_hello (GBytes   *payload,
                 McHello  *out,
                 GError  **error)
{
  McReader reader;

  mc_message_read (&reader, payload);
  out->protocol = mc_get_u16 (&reader);
  out->device = mc_get_id (&reader);
  out->incarnation = mc_get_id (&reader);
  mc_get_data (&reader, out->nonce, sizeof out->nonce);
  mc_get_data (&reader, out->signature, sizeof out->signature);
  out->program = mc_get_name (&reader);

  return mc_reader_is_done (&reader) || mc_message_refuse (error, "HELLO");
}

/* CURSOR: a chain is left out where the place is 0 */

void
mc_cursor_frame_clear (McCursorFrame *self)
{
  g_clear_pointer (&self->log, g_free);
}

void
mc_message_put_place (GByteArray     *out,
                      guint64         place,
                      const McDigest *chain)
{
  mc_put_u64 (out, place);
  if (place > 0)
    mc_put_data (out, chain->data, MC_DIGEST_SIZE);
}

void
mc_message_get_place (McReader *reader,
                      guint64  *place,
                      McDigest *chain)
{
  *place = mc_get_u64 (reader);
  memset (chain, 0, sizeof *chain);
  if (*place > 0)
    mc_get_data (reader, chain->data, MC_DIGEST_SIZE);
}

GByteArray *
mc_encode_cursor (const McCursorFrame *cursor)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_name (out, cursor->log);
  mc_message_put_place (out, cursor->seq, &cursor->seq_chain);
  mc_message_put_place (out, cursor->n, &cursor->n_chain);

  return out;
}

gboolean
mc_decode_cursor (GBytes         *payload,
                  McCursorFrame  *out,
                  GError        **error)
{
  McReader reader;

  mc_message_read (&reader, payload);
  out->log = mc_get_log (&reader);
  mc_message_get_place (&reader, &out->seq, &out->seq_chain);
  mc_message_get_place (&reader, &out->n, &out->n_chain);

  return mc_reader_is_done (&reader) || mc_message_refuse (error, "CURSOR");
}

/* GROUPS */

GBytes *
mc_encode_groups (const McDictionary *dictionary,
                  const char         *log,
                  GPtrArray          *groups)
{
  g_autoptr(GByteArray) raw = g_byte_array_new ();

  mc_put_name (raw, log);
  for (guint i = 0; i < groups->len; i++)
    {
      McGroup *group = groups->pdata[i];

      g_assert (group->signature != NULL && g_bytes_get_size (group->signature) == MC_SIGNATURE_BYTES);
      mc_put_u64 (raw, group->n);
      mc_put_data (raw, g_bytes_get_data (group->signature, NULL), MC_SIGNATURE_BYTES);
      mc_message_put_changes (raw, group->changes);
    }

  return mc_compress (dictionary, raw->data, raw->len);
}

GPtrArray *
mc_decode_groups (GBytes      *payload,
                  const char  *device,
                  const char  *incarnation,
                  char       **out_log,
                  GError     **error)
{
  g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_group_free);
  g_autoptr(GBytes) raw = mc_decompress (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  g_autoptr(GArray) unparsed = mc_message_unparsed_new ();
  g_autofree char *log = NULL;
  McReader reader;

  if (raw == NULL)
    {
      mc_message_refuse (error, "GROUPS");
      return NULL;
    }
  mc_message_read (&reader, raw);
  log = mc_get_log (&reader);

  while (reader.left > 0 && !reader.failed)
    {
      McGroup *group = g_new0 (McGroup, 1);

      g_ptr_array_add (groups, group);
      group->device = g_strdup (device);
      group->incarnation = g_strdup (incarnation);
      group->n = mc_get_u64 (&reader);
      group->signature = mc_get_bytes (&reader, MC_SIGNATURE_BYTES);
      if (!(group->changes = mc_message_get_changes (&reader, unparsed, error)))
        return NULL;
    }
  if (reader.failed || groups->len == 0)
    {
      mc_message_refuse (error, "GROUPS");
      return NULL;
    }
  if (!mc_message_parse_all (unparsed, mc_change_scan, error))
    return NULL;
  *out_log = g_steal_pointer (&log);

  return g_steal_pointer (&groups);
}

/* EVIDENCE */

GByteArray *
mc_encode_evidence (const char    *sha256,
                    guint64        offset,
                    guint64        total,
                    gconstpointer  data,
                    gsize          size)
{
  GByteArray *out = g_byte_array_new ();
  guint8 hash[32] = { 0 };

  if (!mc_unhex (sha256, hash, sizeof hash))
    g_critical ("“%s” is no SHA-256", sha256);
  mc_put_data (out, hash, sizeof hash);
  mc_put_u64 (out, offset);
  mc_put_u64 (out, total);
  mc_put_data (out, data, size);

  return out;
}

void
mc_message_get_hash (McReader *reader,
                     char      out[65])
{
  guint8 hash[32];
  g_autofree char *hex = NULL;

  mc_get_data (reader, hash, sizeof hash);
  hex = mc_hex (hash, sizeof hash);
  g_strlcpy (out, hex, 65);
}

gboolean
mc_decode_evidence (GBytes   *payload,
                    char      out_sha256[65],
                    guint64  *out_offset,
                    guint64  *out_total,
                    GBytes  **out_data,
                    GError  **error)
{
  McReader reader;

  mc_message_read (&reader, payload);
  mc_message_get_hash (&reader, out_sha256);
  *out_offset = mc_get_u64 (&reader);
  *out_total = mc_get_u64 (&reader);
  if (reader.failed || reader.left > MC_EVIDENCE_CHUNK_BYTES || *out_total > MC_EVIDENCE_MAX_BYTES ||
      *out_offset > *out_total || reader.left > *out_total - *out_offset)
    return mc_message_refuse (error, "EVIDENCE");
  *out_data = mc_get_bytes (&reader, reader.left);

  return TRUE;
}

/* the hub's HELLO */

GByteArray *
mc_encode_hub_hello (const McHubHello *hello)
{
  GByteArray *out = g_byte_array_new ();

  mc_put_data (out, HUB_MAGIC, strlen (HUB_MAGIC));
  mc_put_data (out, hello->hub_id, MC_ID_BYTES);
  mc_put_data (out, hello->epoch, MC_ID_BYTES);
  mc_put_u64 (out, hello->time_us);
  mc_put_data (out, hello->signature, MC_SIGNATURE_BYTES);

  return out;
}

gboolean
mc_decode_hub_hello (GBytes      *payload,
                     McHubHello  *out,
                     GError     **error)
{
  McReader reader;
  char magic[8];

  mc_message_read (&reader, payload);
  mc_get_data (&reader, magic, sizeof magic);
  mc_get_data (&reader, out->hub_id, MC_ID_BYTES);
  mc_get_data (&reader, out->epoch, MC_ID_BYTES);
  out->time_us = mc_get_u64 (&reader);
  mc_get_data (&reader, out->signature, MC_SIGNATURE_BYTES);

  return (mc_reader_is_done (&reader) && memcmp (magic, HUB_MAGIC, sizeof magic) == 0) || mc_message_refuse (error, "HUB-HELLO");
}

/* STREAM */

static void
verdict_clear (gpointer data)
{
  g_free (((McVerdict *) data)->problem);
}

void
mc_stream_frame_clear (McStreamFrame *self)
{
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->verdicts, g_array_unref);
}

/* How many bytes each verdict's problem may have so that all of them fit a frame. */
static gsize
problem_room (const McStreamFrame *stream)
{
  gsize room = (MC_FRAME_MAX_BYTES - 1024) / MAX (stream->verdicts->len, 1) - VERDICT_BYTES;

  return MIN (room, MC_PROBLEM_MAX_BYTES);
}

GByteArray *
mc_encode_stream (const McStreamFrame *stream)
{
  GByteArray *out = g_byte_array_new ();
  gsize room = problem_room (stream);

  mc_put_name (out, stream->log);
  mc_put_u64 (out, stream->n);
  mc_put_u8 (out, stream->fork);
  mc_put_u16 (out, stream->verdicts->len);
  for (guint i = 0; i < stream->verdicts->len; i++)
    {
      McVerdict *verdict = &g_array_index (stream->verdicts, McVerdict, i);
      gsize size = verdict->problem != NULL ? strlen (verdict->problem) : 0;

      /* Half a problem is none. */
      if (size > room)
        size = 0;
      mc_put_u8 (out, verdict->kind);
      mc_put_u64 (out, verdict->n_first);
      mc_put_u64 (out, verdict->n_last);
      mc_put_u64 (out, verdict->seq_first);
      mc_put_u16 (out, size);
      mc_put_data (out, verdict->problem, size);
    }

  return out;
}

gboolean
mc_decode_stream (GBytes         *payload,
                  McStreamFrame  *out,
                  GError        **error)
{
  McReader reader;
  guint count;

  mc_message_read (&reader, payload);
  out->log = mc_get_log (&reader);
  out->n = mc_get_u64 (&reader);
  out->fork = mc_get_u8 (&reader) != 0;
  out->verdicts = g_array_new (FALSE, TRUE, sizeof (McVerdict));
  g_array_set_clear_func (out->verdicts, verdict_clear);
  count = mc_get_u16 (&reader);

  for (guint i = 0; i < count && !reader.failed; i++)
    {
      g_autoptr(GBytes) problem = NULL;
      McVerdict verdict = { 0 };

      verdict.kind = mc_get_u8 (&reader);
      verdict.n_first = mc_get_u64 (&reader);
      verdict.n_last = mc_get_u64 (&reader);
      verdict.seq_first = mc_get_u64 (&reader);
      problem = mc_get_bytes (&reader, mc_get_u16 (&reader));
      if (verdict.kind > MC_VERDICT_REJECTED || verdict.n_first > verdict.n_last ||
          (problem != NULL && g_bytes_get_size (problem) > MC_PROBLEM_MAX_BYTES))
        reader.failed = TRUE;
      if (problem != NULL && g_bytes_get_size (problem) > 0)
        verdict.problem = g_strndup (g_bytes_get_data (problem, NULL), g_bytes_get_size (problem));
      g_array_append_val (out->verdicts, verdict);
    }

  return mc_reader_is_done (&reader) || mc_message_refuse (error, "STREAM");
}

/* groups of any stream */

void
mc_message_put_group (GByteArray *raw,
                      McGroup    *group)
{
  mc_put_id (raw, group->device);
  mc_put_id (raw, group->incarnation);
  mc_put_u64 (raw, group->n);
  mc_put_u8 (raw, group->signature != NULL);
  if (group->signature != NULL)
    mc_put_data (raw, g_bytes_get_data (group->signature, NULL), MC_SIGNATURE_BYTES);
  mc_put_u16 (raw, group->holes != NULL ? group->holes->len : 0);
  for (guint i = 0; group->holes != NULL && i < group->holes->len; i++)
    mc_put_data (raw, g_bytes_get_data (group->holes->pdata[i], NULL), MC_DIGEST_SIZE);
  mc_message_put_changes (raw, group->changes);
}

McGroup *
mc_message_get_group (McReader  *reader,
                      GArray    *unparsed,
                      GError   **error)
{
  g_autoptr(McGroup) group = g_new0 (McGroup, 1);
  guint n_holes;

  group->device = mc_get_id (reader);
  group->incarnation = mc_get_id (reader);
  group->n = mc_get_u64 (reader);
  if (mc_get_u8 (reader))
    group->signature = mc_get_bytes (reader, MC_SIGNATURE_BYTES);
  n_holes = mc_get_u16 (reader);
  group->holes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n_holes && !reader->failed; i++)
    {
      GBytes *hole = mc_get_bytes (reader, MC_DIGEST_SIZE);

      if (hole != NULL)
        g_ptr_array_add (group->holes, hole);
    }
  if (!(group->changes = mc_message_get_changes (reader, unparsed, error)))
    return NULL;

  return g_steal_pointer (&group);
}

/* LOG */

void
mc_log_frame_clear (McLogFrame *self)
{
  g_clear_pointer (&self->log, g_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->head.signature, g_bytes_unref);
}

static void
put_row (GByteArray *raw,
         McLogRow   *row)
{
  mc_put_u64 (raw, row->seq);
  mc_put_u8 (raw, row->group == NULL);
  if (row->group == NULL)
    {
      mc_put_id (raw, row->incarnation);
      mc_put_u64 (raw, row->n);
      mc_put_u32 (raw, row->count);
      return;
    }

  mc_message_put_group (raw, row->group);
}

static McLogRow *
get_row (McReader  *reader,
         GArray    *unparsed,
         GError   **error)
{
  g_autoptr(McLogRow) row = g_new0 (McLogRow, 1);

  row->seq = mc_get_u64 (reader);
  if (mc_get_u8 (reader))
    {
      row->incarnation = mc_get_id (reader);
      row->n = mc_get_u64 (reader);
      row->count = mc_get_u32 (reader);
      return g_steal_pointer (&row);
    }

  if (!(row->group = mc_message_get_group (reader, unparsed, error)))
    return NULL;

  return g_steal_pointer (&row);
}

GBytes *
mc_encode_log (const McDictionary *dictionary,
               const McLogFrame   *log)
{
  g_autoptr(GByteArray) raw = g_byte_array_new ();

  mc_put_name (raw, log->log);
  mc_put_u64 (raw, log->head.seq);
  mc_put_data (raw, log->head.chain.data, MC_DIGEST_SIZE);
  mc_put_data (raw, log->head.epoch, MC_ID_BYTES);
  mc_put_data (raw, g_bytes_get_data (log->head.signature, NULL), MC_SIGNATURE_BYTES);
  for (guint i = 0; i < log->rows->len; i++)
    put_row (raw, log->rows->pdata[i]);

  return mc_compress (dictionary, raw->data, raw->len);
}

gboolean
mc_decode_log (GBytes      *payload,
               McLogFrame  *out,
               GError     **error)
{
  g_autoptr(GBytes) raw = mc_decompress (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  g_autoptr(GArray) unparsed = mc_message_unparsed_new ();
  McReader reader;

  if (raw == NULL)
    return mc_message_refuse (error, "LOG");

  mc_message_read (&reader, raw);
  out->log = mc_get_log (&reader);
  out->head.seq = mc_get_u64 (&reader);
  mc_get_data (&reader, out->head.chain.data, MC_DIGEST_SIZE);
  mc_get_data (&reader, out->head.epoch, MC_ID_BYTES);
  out->head.signature = mc_get_bytes (&reader, MC_SIGNATURE_BYTES);
  out->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mc_log_row_free);

  while (reader.left > 0 && !reader.failed)
    {
      McLogRow *row = get_row (&reader, unparsed, error);

      if (row == NULL)
        return FALSE;
      g_ptr_array_add (out->rows, row);
    }

  if (!mc_reader_is_done (&reader))
    return mc_message_refuse (error, "LOG");

  return mc_message_parse_all (unparsed, mc_change_parse, error);
}

/* NEED */

GByteArray *
mc_encode_needs (GArray *needs)
{
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < needs->len; i++)
    {
      McNeed *need = &g_array_index (needs, McNeed, i);
      guint8 hash[32] = { 0 };

      mc_unhex (need->sha256, hash, sizeof hash);
      mc_put_data (out, hash, sizeof hash);
      mc_put_u64 (out, need->offset);
      mc_put_u8 (out, need->complete);
    }

  return out;
}

GArray *
mc_decode_needs (GBytes  *payload,
                 GError **error)
{
  g_autoptr(GArray) needs = g_array_new (FALSE, TRUE, sizeof (McNeed));
  McReader reader;

  mc_message_read (&reader, payload);
  while (reader.left > 0 && !reader.failed && needs->len < MC_NEEDS_MAX)
    {
      McNeed need = { 0 };

      mc_message_get_hash (&reader, need.sha256);
      need.offset = mc_get_u64 (&reader);
      need.complete = mc_get_u8 (&reader) != 0;
      g_array_append_val (needs, need);
    }
  if (!mc_reader_is_done (&reader))
    {
      mc_message_refuse (error, "NEED");
      return NULL;
    }

  return g_steal_pointer (&needs);
}
