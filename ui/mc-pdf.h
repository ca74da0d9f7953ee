/* mc-pdf.h: pictures of the pages of a PDF, and who signed it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Where minhchung-pdf lies; once, before anything is drawn. */
void        mc_pdf_set_program (const char    *path);

/* Page @number, counted from 0, @width pixels wide.  Blocking: for a thread.  Whatever is wrong with the file, and
 * however wrong, is an error here. */
GdkTexture *mc_pdf_draw        (const char    *path,
                                int            number,
                                int            width,
                                int           *out_n_pages,
                                GCancellable  *cancellable,
                                GError       **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  MC_PDF_SIGNED_WHOLE,     /* the signed part is as it was signed; there may be more in the file */
  MC_PDF_SIGNED_CHANGED,   /* the signed part is another than what was signed */
  MC_PDF_SIGNED_UNKNOWN,   /* it could not be held against the signature */
} McPdfState;

typedef struct
{
  McPdfState state;
  char *name;              /* (owned) in the certificate; nobody vouches for it here */
  char *at;                /* (owned) (nullable) RFC 3339, by the clock of who signed */
} McPdfSignature;

/* (element-type McPdfSignature) all signatures of a PDF, none being an empty array.  Blocking: for a thread. */
GPtrArray  *mc_pdf_list_signatures (const char    *path,
                                    GCancellable  *cancellable,
                                    GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
