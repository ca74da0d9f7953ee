/* minhchung-pdf.c: draws a page of a PDF for the window, and says who signed it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program of its own: a file that nobody vouches for is read where it can spoil nothing, and the window carries no
 * PDF library that it needs a few times a day.  On stdout come "PAGES WIDTH HEIGHT\n" and the pixels as
 * CAIRO_FORMAT_ARGB32, row by row; exit status 1 and a line on stderr if the page cannot be drawn.
 *
 * With --signatures come lines "STATE\tTIME\tNAME\n" instead, one a signature: whole, changed or unknown; when, by the clock of
 * who signed, or -; the name in the certificate, which is not verified: that takes the network and somebody to trust.
 */

#include <poppler.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_PIXELS (40 * 1000 * 1000)
#define MAX_SECONDS 30
#define MAX_SIGNATURES 20
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

static const char *
name_of_state (PopplerSignatureStatus status)
{
  /* What was signed is as it was; what was added to the file afterwards is not looked at. */
  if (status == POPPLER_SIGNATURE_VALID)
    return "whole";

  return status == POPPLER_SIGNATURE_DIGEST_MISMATCH ? "changed" : "unknown";
}

static void
print_signature (PopplerFormField *field)
{
  g_autoptr(GError) error = NULL;
  PopplerSignatureInfo *info = poppler_form_field_signature_validate_sync (field, 0, NULL, &error);
  GDateTime *said_at = info != NULL ? poppler_signature_info_get_local_signing_time (info) : NULL;
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset (7 * 3600);
  g_autoptr(GDateTime) at = said_at != NULL ? g_date_time_to_timezone (said_at, zone) : NULL;
  const char *said = info != NULL ? poppler_signature_info_get_signer_name (info) : NULL;
  g_autofree char *name = g_utf8_make_valid (said != NULL ? said : "", -1), *time = at != NULL ? g_date_time_format_iso8601 (at) : NULL;

  printf ("%s\t%s\t%s\n", info != NULL ? name_of_state (poppler_signature_info_get_signature_status (info)) : "unknown",
          time != NULL ? time : "-", g_strdelimit (name, "\t\r\n", ' '));
  if (info != NULL)
    poppler_signature_info_free (info);
}

static int
print_signatures (PopplerDocument *document)
{
  GList *fields = poppler_document_get_signature_fields (document), *field = fields;

  for (guint i = 0; field != NULL && i < MAX_SIGNATURES; i++, field = field->next)
    print_signature (field->data);
  g_list_free_full (fields, g_object_unref);

  return fflush (stdout) == 0 ? 0 : fail ("the signatures could not be written");
}

int
main (int    argc,
      char **argv)
{
  gboolean is_asked_who = argc == 3 && g_str_equal (argv[2], "--signatures");
  g_autofree char *path = argc == 4 || is_asked_who ? g_canonicalize_filename (argv[1], NULL) : NULL, *uri = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GObject) document = NULL, page = NULL;
  cairo_surface_t *surface;
  int number, width, n_pages, status;

  if (path == NULL || (!is_asked_who && atoi (argv[3]) < 1) || !(uri = g_filename_to_uri (path, NULL, NULL)))
    return fail ("usage: minhchung-pdf FILE NUMBER-FROM-0 WIDTH, or FILE --signatures");
  limit (RLIMIT_CPU, MAX_SECONDS);
#ifndef __SANITIZE_ADDRESS__   /* which lays claim to terabytes */
  limit (RLIMIT_AS, MAX_BYTES);
#endif
  limit (RLIMIT_CORE, 0);
  if (!(document = (GObject *) poppler_document_new_from_file (uri, NULL, &error)))
    return fail (error->message);
  /* All is said.  What reads certificates may fail while it puts itself away, and that is nobody's loss. */
  if (is_asked_who)
    _exit (print_signatures (POPPLER_DOCUMENT (document)));
  width = atoi (argv[3]);
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
