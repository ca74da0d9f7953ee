/* mc-json.h: JSON of strangers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * json-glib recurses as deep as a text is nested, leaks when there are several texts in one, gives NULL for a text
 * that is a number, and a critical message for one that is a list; and it reads more than JSON: comments and texts in
 * single quotes, in which a bracket is none.  Whatever comes from outside is read with these, or looked at with them first.
 * It writes U+001F as it is, which SQLite does not take: what is stored or sent is written with mc_json_to_text().
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Depth of brackets in a JSON text. */
guint       mc_json_depth    (const char   *data,
                              gsize         size);
/* How many values there are in a JSON text, or somewhat more. */
guint       mc_json_count    (const char   *data,
                              gsize         size);
/* Whether it is one value as RFC 8259 has it, and nothing beside it: of several, json-glib leaks all but the last.  What
 * json-glib would take for something else is none either: halves of a character, U+0000, whole numbers past 64 bits.
 * @out_good (nullable): how many bytes of it are JSON. */
gboolean    mc_json_is_value (const char   *data,
                              gsize         size,
                              gsize        *out_good);
/* The same, and the value is an object or a list. */
gboolean    mc_json_is_one   (const char   *data,
                              gsize         size);
/* The members of an object, or the items of a list, as they stand in the text: mc_json_parts_next() goes to the first, then on.
 * @name: (nullable) of a member, as written between its quotes; @value is as long as @size.  Both lie in the text. */
typedef struct
{
  const char *name, *value;
  gsize name_size, size;
  const char *at, *end;  /* private */
} McJsonParts;

void        mc_json_parts_init (McJsonParts *parts,
                                const char  *data,
                                gsize        size);
/* FALSE at the end, and where it is no JSON. */
gboolean    mc_json_parts_next (McJsonParts *parts);
/* An object nested at most @max_depth deep; NULL for everything else. */
JsonNode   *mc_json_read     (const char   *data,
                              gsize         size,
                              guint         max_depth) G_GNUC_WARN_UNUSED_RESULT;
/* (transfer full): @node as JSON that every reader takes. */
char       *mc_json_to_text  (JsonNode     *node,
                              gboolean      pretty);
/* The member's text, or @fallback where it is missing or no text. */
const char *mc_json_get_text (JsonObject   *object,
                              const char   *member,
                              const char   *fallback);
/* The member's whole number, or @fallback where it is missing or anything else. */
gint64      mc_json_get_int  (JsonObject   *object,
                              const char   *member,
                              gint64        fallback);
/* (nullable): the member's list, if it is one. */
JsonArray  *mc_json_get_list (JsonObject   *object,
                              const char   *member);

G_END_DECLS
