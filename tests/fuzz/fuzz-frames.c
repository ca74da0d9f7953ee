/* fuzz-frames.c: the frames of a body, in pieces of any size
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "core/mc-limits.h"
#include "fuzz/mc-fuzz.h"
#include "wire/mc-frame.h"
#include "wire/mc-sync-error.h"

/* The frames that come out are the bytes that went in, whatever the pieces; the first byte says how large these are. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(McFrameReader) reader = mc_frame_reader_new ();
  gsize piece, done = 1;
  gboolean failed = FALSE;

  fuzz_begin ();
  if (size < 2)
    return 0;
  piece = MAX (data[0], 1);

  for (gsize at = 1; at < size && !failed; at += piece)
    {
      guint8 kind;
      GBytes *payload = NULL;
      g_autoptr(GError) error = NULL;

      mc_frame_reader_push (reader, data + at, MIN (piece, size - at));
      while (mc_frame_reader_next (reader, &kind, &payload, &error))
        {
          gsize length;
          const void *bytes = g_bytes_get_data (payload, &length);

          g_assert_cmpuint (length, <=, MC_FRAME_MAX_BYTES);
          g_assert_cmpuint (done + 5 + length, <=, size);
          g_assert_cmpuint (kind, ==, data[done]);
          g_assert_true (length == 0 || memcmp (bytes, data + done + 5, length) == 0);
          done += 5 + length;
          g_clear_pointer (&payload, g_bytes_unref);
        }
      failed = error != NULL;
      fuzz_check_error (!failed, error, MC_SYNC_ERROR);
    }

  return 0;
}
