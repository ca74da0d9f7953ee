/* mc-pdf.c: pictures of the pages of a PDF
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mc-pdf.h"

#include <stdio.h>
#include <string.h>

static char *program;

void
mc_pdf_set_program (const char *path)
{
  g_free (program);
  program = g_strdup (path);
}

/* What minhchung-pdf printed: a line of three numbers, and the pixels. */
static GdkTexture *
texture_of_output (GBytes  *output,
                   int     *out_n_pages,
                   GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (output, &size), *end = size > 0 ? memchr (data, '\n', MIN (size, 64)) : NULL;
  g_autofree char *line = end != NULL ? g_strndup (data, end - data) : NULL;
  g_autoptr(GBytes) pixels = NULL;
  int width, height;

  if (line == NULL || sscanf (line, "%d %d %d", out_n_pages, &width, &height) != 3 || width < 1 || height < 1 ||
      size - (end + 1 - data) != (gsize) width * height * 4)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the picture of the page is cut");
      return NULL;
    }
  pixels = g_bytes_new_from_bytes (output, end + 1 - data, (gsize) width * height * 4);

  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, pixels, (gsize) width * 4);
}

GdkTexture *
mc_pdf_draw (const char    *path,
             int            number,
             int            width,
             int           *out_n_pages,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autofree char *number_text = g_strdup_printf ("%d", number), *width_text = g_strdup_printf ("%d", width);
  g_autoptr(GSubprocess) drawer = NULL;
  g_autoptr(GBytes) output = NULL;

  g_return_val_if_fail (program != NULL, NULL);

  if (!(drawer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, program, path, number_text, width_text, NULL)))
    return NULL;
  if (!g_subprocess_communicate (drawer, NULL, cancellable, &output, NULL, error))
    {
      /* Nobody waits for it any more. */
      g_subprocess_force_exit (drawer);
      return NULL;
    }
  if (!g_subprocess_get_successful (drawer))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "page %d cannot be drawn", number + 1);
      return NULL;
    }

  return texture_of_output (output, out_n_pages, error);
}
