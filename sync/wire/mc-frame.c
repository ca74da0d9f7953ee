/* mc-frame.c: the frames of a sync body
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wire/mc-frame.h"

#include <string.h>

#include "core/mc-digest.h"
#include "core/mc-limits.h"
#include "wire/mc-buffer.h"
#include "wire/mc-sync-error.h"

#define HEADER_BYTES 5

const char *
mc_frame_kind_name (guint8 kind)
{
  switch (kind)
    {
    case MC_FRAME_HELLO: return "HELLO";
    case MC_FRAME_CURSOR: return "CURSOR";
    case MC_FRAME_GROUPS: return "GROUPS";
    case MC_FRAME_EVIDENCE: return "EVIDENCE";
    case MC_FRAME_ROWS: return "ROWS";
    case MC_FRAME_END: return "END";
    case MC_FRAME_DICTIONARY: return "DICTIONARY";
    case MC_FRAME_PLACES: return "PLACES";
    case MC_FRAME_ASK: return "ASK";
    case MC_FRAME_CERTIFICATE: return "CERTIFICATE";
    case MC_FRAME_TAKEN: return "TAKEN";
    case MC_FRAME_RUN: return "RUN";
    case MC_FRAME_BRANCH: return "BRANCH";
    case MC_FRAME_QUIET: return "QUIET";
    case MC_FRAME_HUB_HELLO: return "HUB-HELLO";
    case MC_FRAME_HUB_STREAM: return "STREAM";
    case MC_FRAME_HUB_LOG: return "LOG";
    case MC_FRAME_HUB_NEED: return "NEED";
    case MC_FRAME_HUB_RECEIPT: return "RECEIPT";
    case MC_FRAME_HUB_REWIND: return "REWIND";
    case MC_FRAME_HUB_CERTIFICATE: return "CERTIFICATE";
    case MC_FRAME_HUB_END: return "HUB-END";
    case MC_FRAME_HUB_DICTIONARY: return "HUB-DICTIONARY";
    case MC_FRAME_HUB_PARTED: return "PARTED";
    case MC_FRAME_HUB_WANTED: return "WANTED";
    case MC_FRAME_HUB_BACK: return "BACK";
    case MC_FRAME_HUB_LACKS: return "LACKS";
    case MC_FRAME_HUB_STREAMS: return "STREAMS";
    case MC_FRAME_HUB_FAR: return "FAR";
    case MC_FRAME_HUB_KNOWS: return "KNOWS";
    case MC_FRAME_HUB_READS: return "READS";
    default: return "unknown";
    }
}

struct _McFrameWriter
{
  GByteArray *out;      /* (owned) */
  McHasher *hasher;     /* (owned) of everything so far */
  gsize total;
};

McFrameWriter *
mc_frame_writer_new (void)
{
  McFrameWriter *self = g_new0 (McFrameWriter, 1);

  self->out = g_byte_array_new ();
  self->hasher = mc_hasher_new ();

  return self;
}

void
mc_frame_writer_free (McFrameWriter *self)
{
  g_byte_array_unref (self->out);
  mc_hasher_free (self->hasher);
  g_free (self);
}

void
mc_frame_writer_add (McFrameWriter *self,
                     guint8         kind,
                     gconstpointer  payload,
                     gsize          size)
{
  guint start = self->out->len;

  g_assert (size <= MC_FRAME_MAX_BYTES);

  mc_put_u8 (self->out, kind);
  mc_put_u32 (self->out, size);
  mc_put_data (self->out, payload, size);
  mc_hasher_add (self->hasher, self->out->data + start, self->out->len - start);
  self->total += self->out->len - start;
}

void
mc_frame_writer_add_array (McFrameWriter *self,
                           guint8         kind,
                           GByteArray    *payload)
{
  mc_frame_writer_add (self, kind, payload->data, payload->len);
  g_byte_array_unref (payload);
}

void
mc_frame_writer_end (McFrameWriter *self,
                     guint8         kind,
                     guint32        number)
{
  GByteArray *payload = g_byte_array_new ();
  McDigest hash;

  mc_put_u32 (payload, number);
  mc_hasher_add (self->hasher, payload->data, payload->len);
  mc_hasher_get (self->hasher, &hash);
  mc_put_data (payload, hash.data, sizeof hash.data);
  mc_frame_writer_add_array (self, kind, payload);
}

/* What was written since the last time. */
GBytes *
mc_frame_writer_take (McFrameWriter *self)
{
  GBytes *bytes = g_byte_array_free_to_bytes (self->out);

  self->out = g_byte_array_new ();

  return bytes;
}

gsize
mc_frame_writer_get_size (McFrameWriter *self)
{
  return self->total;
}

struct _McFrameReader
{
  GByteArray *in;       /* (owned) what is not a whole frame yet */
  gsize done;           /* bytes of @in that were given out */
  McHasher *hasher;     /* (owned) */
  gboolean ended;
  guint32 end_number;
};

McFrameReader *
mc_frame_reader_new (void)
{
  McFrameReader *self = g_new0 (McFrameReader, 1);

  self->in = g_byte_array_new ();
  self->hasher = mc_hasher_new ();

  return self;
}

void
mc_frame_reader_free (McFrameReader *self)
{
  g_byte_array_unref (self->in);
  mc_hasher_free (self->hasher);
  g_free (self);
}

void
mc_frame_reader_push (McFrameReader *self,
                      gconstpointer  data,
                      gsize          size)
{
  if (self->done > 0)
    {
      g_byte_array_remove_range (self->in, 0, self->done);
      self->done = 0;
    }
  mc_put_data (self->in, data, size);
}

static gboolean
read_end (McFrameReader  *self,
          const guint8   *payload,
          gsize           size,
          GError        **error)
{
  McDigest hash, named;
  McReader reader;

  mc_reader_init (&reader, payload, size);
  self->end_number = mc_get_u32 (&reader);
  mc_get_data (&reader, named.data, sizeof named.data);
  mc_hasher_add (self->hasher, payload, MIN (size, sizeof (guint32)));
  mc_hasher_get (self->hasher, &hash);

  if (!mc_reader_is_done (&reader) || !mc_digest_equal (&hash, &named))
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "The body was changed on its way");
      return FALSE;
    }
  self->ended = TRUE;

  return TRUE;
}

/**
 * mc_frame_reader_next:
 * @self: a reader
 * @out_kind: (out): kind of the next frame
 * @out_payload: (out) (transfer full): what it carries
 * @error: return location for %MC_SYNC_ERROR_PROTOCOL
 *
 * Returns: %TRUE if there was a whole frame; %FALSE without an error if more bytes must come first
 */
gboolean
mc_frame_reader_next (McFrameReader  *self,
                      guint8         *out_kind,
                      GBytes        **out_payload,
                      GError        **error)
{
  gsize left = self->in->len - self->done;
  const guint8 *at;
  McReader reader;
  guint32 size;

  if (self->ended && left > 0)
    {
      g_set_error_literal (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "There are bytes after the end");
      return FALSE;
    }
  if (left < HEADER_BYTES)
    return FALSE;

  at = self->in->data + self->done;
  mc_reader_init (&reader, at, left);
  *out_kind = mc_get_u8 (&reader);
  size = mc_get_u32 (&reader);
  if (size > MC_FRAME_MAX_BYTES)
    {
      g_set_error (error, MC_SYNC_ERROR, MC_SYNC_ERROR_PROTOCOL, "A frame of %u bytes, where %d are allowed",
                   size, MC_FRAME_MAX_BYTES);
      return FALSE;
    }
  if (reader.left < size)
    return FALSE;

  if ((*out_kind == MC_FRAME_END || *out_kind == MC_FRAME_HUB_END) && !read_end (self, reader.at, size, error))
    return FALSE;

  *out_payload = g_bytes_new (reader.at, size);
  mc_hasher_add (self->hasher, at, HEADER_BYTES + size);
  self->done += HEADER_BYTES + size;

  return TRUE;
}

gboolean
mc_frame_reader_has_ended (McFrameReader *self)
{
  return self->ended;
}

guint32
mc_frame_reader_get_end_number (McFrameReader *self)
{
  return self->end_number;
}
