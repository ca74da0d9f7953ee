/* mc-pdf.h: pictures of the pages of a PDF
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

G_END_DECLS
