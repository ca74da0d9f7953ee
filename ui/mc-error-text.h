/* mc-error-text.h: what went wrong, in the words of the person who reads it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "core/mc-pack.h"

G_BEGIN_DECLS

/* What happened, what that means for the data, what to do now. */
char *mc_error_text       (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of an enrolment: nothing is kept here yet, and nothing is tried again by itself. */
char *mc_error_text_enrol (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for the word that stands in the log of syncs. */
char *mc_error_text_slug  (const char   *slug) G_GNUC_WARN_UNUSED_RESULT;
/* A few words for the button: "Mất mạng – đã lưu trên máy này". */
const char *mc_error_short (const GError *error);
/* Why @text cannot be the value of @field. */
char *mc_error_text_field (McField      *field,
                           const char   *text) G_GNUC_WARN_UNUSED_RESULT;
/* Why the hub refused or holds an edit, from the JSON of its verdict. */
char *mc_error_text_verdict (const char *verdict,
                             gboolean    is_held) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
