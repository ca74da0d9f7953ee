/*
 * guide.c: sets guide.txt, with its drawings, on one sheet of A4 as a PDF.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line of the text is one block: "# " the title, "## " a heading, "- " a point, "@ DRAWING | TEXT" a numbered step
 * with its drawing, anything else a paragraph; **bold** inside.  A text that does not fit on the sheet is an error,
 * because a second sheet is the one that gets lost.
 */

#include <cairo-pdf.h>
#include <librsvg/rsvg.h>
#include <pango/pangocairo.h>

#define SHEET_WIDTH 595.0
#define SHEET_HEIGHT 842.0
#define MARGIN 50.0
#define DRAWING_WIDTH 120.0
#define DRAWING_HEIGHT 84.0

typedef struct
{
  cairo_t *cr;
  char *folder;
  double y;
  int step;
} Sheet;

/* Escapes the text for Pango and turns **…** into bold. */
static char *
to_markup (const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_auto (GStrv) parts = g_strsplit (escaped, "**", -1);
  GString *markup = g_string_new (NULL);

  for (guint i = 0; parts[i]; i++)
    g_string_append_printf (markup, i % 2 ? "<b>%s</b>" : "%s", parts[i]);
  return g_string_free (markup, FALSE);
}

/* Writes a block at x and the current height, at most width wide; returns how high it is. */
static double
write_block (Sheet *sheet, const char *text, const char *font, double x, double width)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (sheet->cr);
  g_autofree char *markup = to_markup (text);
  PangoFontDescription *description = pango_font_description_from_string (font);
  int height;

  pango_layout_set_font_description (layout, description);
  pango_font_description_free (description);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_markup (layout, markup, -1);
  cairo_move_to (sheet->cr, x, sheet->y);
  pango_cairo_show_layout (sheet->cr, layout);
  pango_layout_get_size (layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

static gboolean
draw_picture (Sheet *sheet, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (sheet->folder, name, NULL);
  RsvgRectangle place = { MARGIN, sheet->y, DRAWING_WIDTH, DRAWING_HEIGHT };
  RsvgHandle *handle = rsvg_handle_new_from_file (path, error);
  gboolean ok;

  if (!handle)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  ok = rsvg_handle_render_document (handle, sheet->cr, &place, error);
  g_object_unref (handle);
  return ok;
}

static gboolean
write_step (Sheet *sheet, const char *line, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (line, "|", 2);
  g_autofree char *number = g_strdup_printf ("%d", ++sheet->step);
  double text_x = MARGIN + DRAWING_WIDTH + 54;
  double top = sheet->y;

  if (!parts[0] || !parts[1])
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "A step needs a drawing, a bar and a text: %s", line);
      return FALSE;
    }
  if (!draw_picture (sheet, g_strstrip (parts[0]), error))
    return FALSE;
  sheet->y = top + 22;
  cairo_set_source_rgb (sheet->cr, 0.11, 0.44, 0.35);
  write_block (sheet, number, "Noto Sans, DejaVu Sans Bold 26", MARGIN + DRAWING_WIDTH + 20, 40);
  cairo_set_source_rgb (sheet->cr, 0.1, 0.1, 0.12);
  sheet->y = top + 26;
  write_block (sheet, g_strstrip (parts[1]), "Noto Sans, DejaVu Sans 12", text_x, SHEET_WIDTH - MARGIN - text_x);
  sheet->y = top + DRAWING_HEIGHT + 12;
  return TRUE;
}

static gboolean
write_line (Sheet *sheet, const char *line, GError **error)
{
  const double width = SHEET_WIDTH - 2 * MARGIN;

  if (*line == '\0')
    return TRUE;
  if (g_str_has_prefix (line, "@ "))
    return write_step (sheet, line + 2, error);
  if (g_str_has_prefix (line, "# "))
    sheet->y += write_block (sheet, line + 2, "Noto Sans, DejaVu Sans Bold 22", MARGIN, width) + 4;
  else if (g_str_has_prefix (line, "## "))
    {
      sheet->y += 10;
      sheet->y += write_block (sheet, line + 3, "Noto Sans, DejaVu Sans Bold 13", MARGIN, width) + 3;
    }
  else if (g_str_has_prefix (line, "- "))
    {
      write_block (sheet, "•", "Noto Sans, DejaVu Sans 10.5", MARGIN + 4, 12);
      sheet->y += write_block (sheet, line + 2, "Noto Sans, DejaVu Sans 10.5", MARGIN + 18, width - 18) + 3;
    }
  else
    sheet->y += write_block (sheet, line, "Noto Sans, DejaVu Sans 10.5", MARGIN, width) + 8;
  return TRUE;
}

static gboolean
write_guide (const char *text_path, const char *pdf_path, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  cairo_surface_t *surface;
  Sheet sheet = { 0 };
  gboolean ok = TRUE;

  if (!g_file_get_contents (text_path, &text, NULL, error))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  surface = cairo_pdf_surface_create (pdf_path, SHEET_WIDTH, SHEET_HEIGHT);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, "Cài Minh Chứng từ USB");
  sheet.cr = cairo_create (surface);
  sheet.folder = g_path_get_dirname (text_path);
  sheet.y = MARGIN;
  cairo_set_source_rgb (sheet.cr, 0.1, 0.1, 0.12);
  for (guint i = 0; ok && lines[i]; i++)
    ok = write_line (&sheet, lines[i], error);
  cairo_destroy (sheet.cr);
  cairo_surface_finish (surface);
  g_free (sheet.folder);
  if (ok && cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", pdf_path,
                   cairo_status_to_string (cairo_surface_status (surface)));
      ok = FALSE;
    }
  if (ok && sheet.y > SHEET_HEIGHT - MARGIN / 2)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%s is %.0f points too long for one sheet", text_path, sheet.y - SHEET_HEIGHT + MARGIN / 2);
      ok = FALSE;
    }
  cairo_surface_destroy (surface);
  return ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 3)
    {
      g_printerr ("usage: guide TEXT FILE.pdf\n");
      return 2;
    }
  if (!write_guide (argv[1], argv[2], &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}
