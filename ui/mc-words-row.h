/* mc-words-row.h: words in a list of rows, about the row above them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MC_TYPE_WORDS_ROW (mc_words_row_get_type ())
G_DECLARE_FINAL_TYPE (McWordsRow, mc_words_row, MC, WORDS_ROW, AdwPreferencesRow)

/* Not shown until it has something to say; Tab and the arrows go past it. */
GtkWidget *mc_words_row_new      (void) G_GNUC_WARN_UNUSED_RESULT;
void       mc_words_row_set_text (McWordsRow *self,
                                  const char *text);   /* (nullable) NULL = it is not shown */

G_END_DECLS
