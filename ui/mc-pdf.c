/* mc-pdf.c: pictures of the pages of a PDF, and who signed it
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

/* What minhchung-pdf prints, asked with @arguments. */
static GBytes *
ask (const char * const *arguments,
     const char         *what,
     GCancellable       *cancellable,
     GError            **error)
{
  g_autoptr(GSubprocess) drawer = NULL;
  g_autoptr(GBytes) output = NULL;

  if (!(drawer = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error)))
    return NULL;
  if (!g_subprocess_communicate (drawer, NULL, cancellable, &output, NULL, error))
    {
      /* Nobody waits for it any more. */
      g_subprocess_force_exit (drawer);
      return NULL;
    }
  if (!g_subprocess_get_successful (drawer))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s", what);
      return NULL;
    }

  return g_steal_pointer (&output);
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
  const char *arguments[] = { program, path, number_text, width_text, NULL };
  g_autofree char *what = g_strdup_printf ("page %d cannot be drawn", number + 1);
  g_autoptr(GBytes) output = NULL;

  g_return_val_if_fail (program != NULL, NULL);

  if (!(output = ask (arguments, what, cancellable, error)))
    return NULL;

  return texture_of_output (output, out_n_pages, error);
}

/* signatures */

static void
signature_free (gpointer data)
{
  McPdfSignature *signature = data;

  g_free (signature->name);
  g_free (signature->at);
  g_free (signature);
}

static McPdfSignature *
parse_signature (const char *line)
{
  g_auto(GStrv) parts = g_strsplit (line, "\t", 3);
  McPdfSignature *signature;

  if (g_strv_length (parts) != 3)
    return NULL;
  signature = g_new0 (McPdfSignature, 1);
  signature->state = g_str_equal (parts[0], "whole") ? MC_PDF_SIGNED_WHOLE
                   : g_str_equal (parts[0], "changed") ? MC_PDF_SIGNED_CHANGED : MC_PDF_SIGNED_UNKNOWN;
  signature->at = g_str_equal (parts[1], "-") ? NULL : g_strdup (parts[1]);
  signature->name = g_strdup (parts[2]);

  return signature;
}

GPtrArray *
mc_pdf_list_signatures (const char    *path,
                        GCancellable  *cancellable,
                        GError       **error)
{
  const char *arguments[] = { program, path, "--signatures", NULL };
  g_autoptr(GPtrArray) signatures = g_ptr_array_new_with_free_func (signature_free);
  g_autoptr(GBytes) output = NULL;
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  g_return_val_if_fail (program != NULL, NULL);

  if (!(output = ask (arguments, "the signatures cannot be read", cancellable, error)))
    return NULL;
  text = g_bytes_get_size (output) > 0 ? g_utf8_make_valid (g_bytes_get_data (output, NULL), g_bytes_get_size (output)) : g_strdup ("");
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      McPdfSignature *signature = parse_signature (lines[i]);

      if (signature != NULL)
        g_ptr_array_add (signatures, signature);
    }

  return g_steal_pointer (&signatures);
}
