/* mc-dictionary.h: zstd for what frames carry, with the dictionary of a pack where both ends have it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A dictionary is named by the first bytes of its SHA-256; a packed frame names it by a number made of the same
 * content, so whoever reads knows without being told.  Any thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MC_DICTIONARY_NAME_BYTES 8

typedef struct _McDictionary McDictionary;

const McDictionary *mc_dictionary_for_pack    (const char          *pack);  /* (nullable) @pack with or without version */
const McDictionary *mc_dictionary_find        (const guint8         name[MC_DICTIONARY_NAME_BYTES]);  /* (nullable) */
const guint8       *mc_dictionary_get_name    (const McDictionary  *self);

/* What packs as @dictionary does, or NULL without one, with less care: for a line that is faster than packing is. */
const McDictionary *mc_dictionary_quick       (const McDictionary  *dictionary);  /* (nullable) */

/* The payload of a DICTIONARY frame: the names of all that this program has, and the first of those that another
 * program named which this one has too. */
GByteArray         *mc_encode_dictionaries    (void) G_GNUC_WARN_UNUSED_RESULT;
const McDictionary *mc_decode_dictionaries    (GBytes              *payload);  /* (nullable) */

GBytes             *mc_compress               (const McDictionary  *dictionary,  /* (nullable) */
                                               gconstpointer        data,
                                               gsize                size) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when the bytes are not zstd, would grow past MC_UNPACKED_MAX_BYTES or need a dictionary that is not here. */
GBytes             *mc_decompress             (gconstpointer        data,
                                               gsize                size) G_GNUC_WARN_UNUSED_RESULT;
gboolean            mc_is_dictionary_missing  (GBytes              *packed);

G_END_DECLS
