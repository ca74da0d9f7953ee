/* mc-id-private.h: the seam through which a simulation gives its own random numbers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*McRandomFunc) (guint8   *data,
                              gsize     size,
                              gpointer  user_data);

/* From now on mc_random_bytes() asks @func; NULL = the kernel again.  A history can only be replayed from its seed
 * if its ids and incarnations are the same every time.  Nothing in the program calls this. */
void mc_random_set_source (McRandomFunc func,
                           gpointer     user_data);

G_END_DECLS
