/* mc-pack-private.h: what the files of a pack share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-pack.h"

G_BEGIN_DECLS

struct _McPack
{
  gatomicrefcount ref_count;

  GBytes *bytes;          /* (owned) */
  JsonNode *root;         /* (owned) */
  char *full_id;          /* (owned) */
  GPtrArray *periods;     /* (owned) */
  GPtrArray *types;       /* (owned) */
  GPtrArray *measures;    /* (owned) */
  GPtrArray *domains;     /* (owned) */
  GPtrArray *criteria;    /* (owned) */
  GPtrArray *targets;     /* (owned) */
  GPtrArray *strvs;       /* (owned) string arrays handed out in structs */
};

/* Tell whether the parts fit each other: references, duplicates, sums.  The error names the place. */
gboolean mc_pack_check_unique (JsonObject   *root,
                               GError      **error);
gboolean mc_pack_check_parts  (McPack       *self,
                               GError      **error);   /* links the criteria, too */

/* Always FALSE. */
gboolean mc_pack_fail         (GError      **error,
                               McPackError   code,
                               const char   *format,
                               ...) G_GNUC_PRINTF (3, 4);

/* reading the validated tree */

static inline const char *
text_of (JsonObject *object,
         const char *member)
{
  return json_object_has_member (object, member) && !json_object_get_null_member (object, member)
    ? json_object_get_string_member (object, member) : NULL;
}

static inline JsonArray *
array_of (JsonObject *object,
          const char *member)
{
  return json_object_has_member (object, member) ? json_object_get_array_member (object, member) : NULL;
}

static inline guint
length_of (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

G_END_DECLS
