/* mc-text.h: typed text: what is accepted, how it is compared, how it is shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean  mc_text_is_blank      (gunichar     c);
char     *mc_text_normalize     (const char  *text) G_GNUC_WARN_UNUSED_RESULT; /* valid UTF-8, NFC, no controls, trimmed */
char     *mc_text_compose       (const char  *text,
                                 gsize        size) G_GNUC_WARN_UNUSED_RESULT; /* NFC */
char     *mc_text_fold          (const char  *text) G_GNUC_WARN_UNUSED_RESULT; /* lower case, no diacritics, đ → d */
gboolean  mc_text_is_same       (const char  *a,
                                 const char  *b); /* but for case and diacritics */
GBytes   *mc_text_collation_key (const char  *text) G_GNUC_WARN_UNUSED_RESULT; /* Vietnamese order, for memcmp */
int       mc_text_collate       (const char  *a,
                                 const char  *b);

/* Parsers of what an official types; all take either separator, blanks around, NFD.
 * FALSE with MC_STORE_ERROR_INVALID says in words what is wrong. */
gboolean  mc_text_parse_integer (const char  *text,
                                 gint64      *out_value,
                                 GError     **error);
char     *mc_text_parse_decimal (const char  *text,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT; /* → "12.5" */
char     *mc_text_parse_date    (const char  *text,
                                 int          default_year,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT; /* dd/mm/yyyy, d/m, yyyy-mm-dd → yyyy-mm-dd */
char     *mc_text_parse_month   (const char  *text,
                                 int          default_year,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT; /* mm/yyyy, m → yyyy-mm */
char     *mc_text_parse_time    (const char  *text,
                                 int          default_year,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT; /* dd/mm/yyyy HH:MM → RFC 3339 */

char     *mc_text_format_date   (const char  *date) G_GNUC_WARN_UNUSED_RESULT;    /* yyyy-mm-dd → dd/mm/yyyy */
gboolean  mc_text_is_date       (const char  *text); /* yyyy-mm-dd and nothing else, a day that there is */
int       mc_text_days_between  (const char  *from,
                                 const char  *to); /* both yyyy-mm-dd; negative = backwards, 0 if either is no date */
char     *mc_text_format_decimal (const char *decimal) G_GNUC_WARN_UNUSED_RESULT; /* "12.5" → "12,5" */
char     *mc_text_format_integer (gint64      value) G_GNUC_WARN_UNUSED_RESULT;   /* 1234567 → 1.234.567 */
char     *mc_text_format_size   (guint64      bytes) G_GNUC_WARN_UNUSED_RESULT;   /* 1234567 → 1,2 MB */
char     *mc_text_format_time   (const char  *rfc3339) G_GNUC_WARN_UNUSED_RESULT; /* → dd/mm/yyyy HH:MM, as written */
/* Microseconds since the Unix epoch as g_date_time_format() writes them, by Vietnam's clock: the one by which terms run, whatever
 * the computer is set to. */
char     *mc_text_format_moment (gint64       us,
                                 const char  *format) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
