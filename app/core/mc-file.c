/* mc-file.c: what a stranger hands over as a file, read up to a bound
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "core/mc-file.h"

#include "core/mc-error.h"

#define STEP_BYTES (64 * 1024)

gboolean
mc_file_read (const char  *path,
              gsize        max,
              char       **out_data,
              gsize       *out_size,
              GError     **error)
{
  g_autoptr(GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr(GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr(GByteArray) data = g_byte_array_new ();
  gsize got = 1;

  if (stream == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  while (got > 0 && data->len <= max)
    {
      guint old = data->len;

      g_byte_array_set_size (data, old + STEP_BYTES);
      if (!g_input_stream_read_all (G_INPUT_STREAM (stream), data->data + old, STEP_BYTES, &got, NULL, error))
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
      g_byte_array_set_size (data, old + got);
    }
  if (data->len > max)
    {
      g_set_error (error, MC_STORE_ERROR, MC_STORE_ERROR_INVALID, "%s has more than %" G_GSIZE_FORMAT " bytes", path, max);
      return FALSE;
    }

  g_byte_array_append (data, (const guint8 *) "", 1);
  *out_size = data->len - 1;
  *out_data = (char *) g_byte_array_free (g_steal_pointer (&data), FALSE);

  return TRUE;
}
