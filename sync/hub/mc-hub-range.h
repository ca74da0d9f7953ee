/* mc-hub-range.h: the part of a file that a request asks for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* As soon as the headers are read: takes “Range” away from libsoup, which would answer it by itself, whatever is answered,
 * and reads a place past 63 bits as a negative one. */
void     mc_hub_range_take   (SoupServerMessage *message);
/* What of @size bytes is asked for, from *@out_start up to *@out_end: one part, or all where several or none are, where it is
 * no part (RFC 9110, 14.2), or where “If-Range” names another file than @etag.  Sets status (200, 206) and Content-Range.
 * FALSE = there is no such part: status and Content-Range say so (416). */
gboolean mc_hub_range_choose (SoupServerMessage *message,
                              const char        *etag,   /* (nullable) */
                              goffset            size,
                              goffset           *out_start,
                              goffset           *out_end) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
