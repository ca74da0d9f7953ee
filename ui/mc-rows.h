/* mc-rows.h: the rows of a list box, kept while what they show changes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sync may bring something at any moment: whoever tabs over the rows, or reads them aloud, must not lose their place.
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* (transfer floating) the row of @key, which is @place of the keys; what it shows is set afterwards. */
typedef GtkWidget *(*McRowFunc) (const char *key,
                                 guint       place,
                                 gpointer    user_data);

/* Gives @list a row for each of @keys, in this order: one that has it already, else a new one.  The focus stays where it is; if
 * its row goes, it moves to the one that takes its place. */
void mc_rows_set (GtkListBox         *list,
                  const char * const *keys,
                  McRowFunc           make,
                  gpointer            user_data);

G_END_DECLS
