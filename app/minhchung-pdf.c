/* minhchung-pdf.c: draws a page of a PDF for the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program of its own: a file that nobody vouches for is read where it can spoil nothing, and the window carries no
 * PDF library that it needs a few times a day.  On stdout come "PAGES WIDTH HEIGHT\n" and the pixels as
 * CAIRO_FORMAT_ARGB32, row by row; exit status 1 and a line on stderr if the page cannot be drawn.
 */

#include <poppler.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define MAX_PIXELS (40 * 1000 * 1000)
#define MAX_SECONDS 30
#define MAX_BYTES (G_GUINT64_CONSTANT (2) * 1024 * 1024 * 1024)

/* A page that was made to take forever, or all memory, takes this much. */
static void
limit (int    resource,
       rlim_t value)
{
  const struct rlimit limits = { value, value };

  if (setrlimit (resource, &limits) != 0)
    g_printerr ("minhchung-pdf: a limit could not be set\n");
}

static int
fail (const char *why)
{
  g_printerr ("minhchung-pdf: %s\n", why);

  return 1;
}

static cairo_surface_t *
draw (PopplerPage *page,
      int          width)
{
  double page_width = 0, page_height = 0, scale;
  cairo_surface_t *surface;
  cairo_t *cr;

  poppler_page_get_size (page, &page_width, &page_height);
  if (page_width < 1 || page_height < 1 || width / page_width * page_height * width > MAX_PIXELS)
    return NULL;

  scale = width / page_width;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, (int) (page_height * scale + .5));
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_scale (cr, scale, scale);
  poppler_page_render (page, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

static gboolean
print (cairo_surface_t *surface,
       int              n_pages)
{
  int width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);
  const guchar *rows = cairo_image_surface_get_data (surface);

  printf ("%d %d %d\n", n_pages, width, height);
  for (int i = 0; rows != NULL && i < height; i++)
    fwrite (rows + (gsize) i * cairo_image_surface_get_stride (surface), 4, width, stdout);

  return rows != NULL && fflush (stdout) == 0;
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *path = argc == 4 ? g_canonicalize_filename (argv[1], NULL) : NULL, *uri = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GObject) document = NULL, page = NULL;
  cairo_surface_t *surface;
  int number, width, n_pages, status;

  if (path == NULL || (width = atoi (argv[3])) < 1 || !(uri = g_filename_to_uri (path, NULL, NULL)))
    return fail ("usage: minhchung-pdf FILE NUMBER-FROM-0 WIDTH");
  limit (RLIMIT_CPU, MAX_SECONDS);
  limit (RLIMIT_AS, MAX_BYTES);
  limit (RLIMIT_CORE, 0);
  if (!(document = (GObject *) poppler_document_new_from_file (uri, NULL, &error)))
    return fail (error->message);
  n_pages = poppler_document_get_n_pages (POPPLER_DOCUMENT (document));
  number = CLAMP (atoi (argv[2]), 0, MAX (n_pages - 1, 0));
  if (n_pages < 1 || !(page = (GObject *) poppler_document_get_page (POPPLER_DOCUMENT (document), number)))
    return fail ("there is no such page");
  if (!(surface = draw (POPPLER_PAGE (page), width)))
    return fail ("the page has no size that can be drawn");

  status = print (surface, n_pages) ? 0 : fail ("the picture could not be written");
  cairo_surface_destroy (surface);

  return status;
}
