/* stranger.h: somebody who answers where a hub should
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  const char *answer;      /* what it says, head and body, once a request's head has come; NULL = nothing, ever; "" = it hangs up */
  gboolean reads;          /* the body as well */
  guint piece_ms;          /* between two bytes of the body of the answer */
} StrangerManner;

typedef struct _Stranger Stranger;

/* Over TLS with the certificate and key in @dir; in the clear if that is NULL. */
Stranger *stranger_new        (const char           *dir,
                               const StrangerManner *manner) G_GNUC_WARN_UNUSED_RESULT;
void      stranger_free       (Stranger             *self);
guint     stranger_get_port   (Stranger             *self);
/* A folder with a certificate of its own, named @name. */
void      stranger_make_keys  (const char           *dir,
                               const char           *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stranger, stranger_free)

G_END_DECLS
