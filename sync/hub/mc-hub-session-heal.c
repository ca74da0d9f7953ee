/* mc-hub-session-heal.c: where the device's log and the hub's are not the same
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "hub/mc-hub-session-private.h"

#include "hub/mc-hub-back.h"
#include "hub/mc-hub-heal.h"
#include "wire/mc-buffer.h"

/* Whether the device's log goes beyond this one, or is another. */
gboolean
mc_hub_session_is_parted (McHubSession  *self,
                          SessionLog    *log,
                          guint64       *out_seq,
                          gboolean      *out_parted,
                          GError       **error)
{
  McDigest chain, at_cursor;

  if (!mc_hub_get_head (self->hub, log->cursor.log, out_seq, &chain, error) ||
      !mc_hub_get_chain (self->hub, log->cursor.log, MIN (log->cursor.seq, *out_seq), &at_cursor, error))
    return FALSE;
  *out_parted = log->cursor.seq > *out_seq || !mc_digest_equal (&at_cursor, &log->cursor.seq_chain);

  return TRUE;
}

/* A device that knows more than this hub has a head to show: until it did, no other head is signed under this epoch. */
gboolean
mc_hub_session_look_for_parting (McHubSession  *self,
                                 GError       **error)
{
  for (guint i = 0; i < self->logs->len; i++)
    {
      SessionLog *log = self->logs->pdata[i];
      gboolean parted = FALSE;
      guint64 seq;

      if (log->readable && log->places == NULL && !mc_hub_session_is_parted (self, log, &seq, &parted, error))
        return FALSE;
      self->unsure = self->unsure || parted;
    }

  return TRUE;
}

/* The two parted somewhere: where is asked for until it is known, then the device goes back to there.  It is asked for once also
 * where nothing is left to ask: with its places it shows the head that it has, which may be of this very epoch. */
gboolean
mc_hub_session_put_parting (McHubSession   *self,
                            SessionLog     *log,
                            McFrameWriter  *writer,
                            guint64        *out_common,
                            GError        **error)
{
  McPartedFrame parted = { .log = log->cursor.log };
  GByteArray *rewind;

  if (!mc_hub_find_parting (self->hub, &log->cursor, log->places, &parted.common, &parted.parted, error))
    return FALSE;
  /* Whoever comes with a stick is not asked again: it goes back to where the two are surely the same. */
  if ((log->places == NULL || parted.common + 1 < parted.parted) && !self->is_bundle)
    {
      mc_frame_writer_add_array (writer, MC_FRAME_HUB_PARTED, mc_encode_parted (&parted));
      return TRUE;
    }
  rewind = g_byte_array_new ();
  mc_put_name (rewind, log->cursor.log);
  mc_put_u64 (rewind, parted.common);
  mc_frame_writer_add_array (writer, MC_FRAME_HUB_REWIND, rewind);
  *out_common = parted.common;

  return TRUE;
}

/* Refused bytes of a former incarnation, to a device that may have lost them. */
static gboolean
put_back (McHubSession   *self,
          SessionLog     *log,
          McFrameWriter  *writer,
          GError        **error)
{
  McBackFrame frame = { .log = log->cursor.log };
  g_autoptr(GPtrArray) refused = mc_hub_list_back (self->hub, self->device->id, self->hello.incarnation, log->cursor.log,
                                                   self->hub->page_bytes, error);
  g_autoptr(GBytes) payload = NULL;

  if (refused == NULL)
    return FALSE;
  if (refused->len == 0)
    return TRUE;
  frame.refused = refused;
  payload = mc_encode_back (self->dictionary, &frame);
  mc_frame_writer_add (writer, MC_FRAME_HUB_BACK, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));

  return TRUE;
}

/* What this log needs to be made whole: only said when there is something. */
gboolean
mc_hub_session_put_healing (McHubSession   *self,
                            SessionLog     *log,
                            McFrameWriter  *writer,
                            GError        **error)
{
  g_autoptr(GArray) wanted = NULL;

  if (log->asks_streams && log->readable)
    {
      McStreamsFrame frame = { .log = log->cursor.log };
      g_autoptr(GBytes) payload = NULL;

      if (!(frame.streams = mc_hub_list_streams (self->hub, log->cursor.log, self->device->id, error)))
        return FALSE;
      payload = mc_encode_streams (&frame);
      mc_frame_writer_add (writer, MC_FRAME_HUB_STREAMS, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
      g_ptr_array_unref (frame.streams);
    }
  if (log->fork)
    return TRUE;
  if (!(wanted = mc_hub_list_wanted (self->hub, &log->stream, error)))
    return FALSE;
  if (wanted->len > 0)
    {
      McWantedFrame frame = { log->cursor.log, wanted };

      mc_frame_writer_add_array (writer, MC_FRAME_HUB_WANTED, mc_encode_wanted (&frame));
    }

  return put_back (self, log, writer, error);
}
