/* mc-ctl-frames.c: what travels, readably
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ctl/mc-ctl.h"

#include "core/mc-file.h"
#include "core/mc-limits.h"
#include "wire/mc-frame.h"

/* Any body of the protocol, readably. */
static gboolean
frames (McCtl   *self,
        GError **error)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  g_autoptr(GError) local_error = NULL;
  g_autofree char *data = NULL;
  GBytes *payload;
  guint8 kind;
  gsize size;

  if (self->arguments[1] == NULL)
    return mc_ctl_usage (error, "frames FILE");
  if (!mc_file_read (self->arguments[1], MC_REQUEST_MAX_BYTES, &data, &size, error))
    return FALSE;
  mc_frame_reader_push (reader, data, size);
  while (mc_frame_reader_next (reader, &kind, &payload, &local_error))
    {
      g_print ("%-12s %u  %" G_GSIZE_FORMAT " bytes\n", mc_frame_kind_name (kind), kind, g_bytes_get_size (payload));
      g_bytes_unref (payload);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_print (mc_frame_reader_has_ended (reader) ? "whole\n" : "cut: there is no END\n");

  return TRUE;
}

const McCtlCommand mc_ctl_frames_commands[] = {
  { "frames", "FILE", "Print a body of the protocol readably", MC_CTL_NEEDS_NOTHING, frames },
  { NULL }
};
