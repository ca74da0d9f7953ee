/* mc-pack-private.h: what the files of a pack share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-pack.h"

G_BEGIN_DECLS

/* Where the packs that come with the program lie in its resources. */
#define MC_PACK_DIR "/vn/minhchung/MinhChung/packs/"

struct _McPack
{
  gatomicrefcount ref_count;

  GBytes *bytes;          /* (owned) */
  JsonNode *root;         /* (owned) of one that comes with the program: without its long lists */
  char *full_id;          /* (owned) */
  GPtrArray *periods;     /* (owned) */
  GPtrArray *types;       /* (owned) */
  GPtrArray *measures;    /* (owned) */
  GPtrArray *domains;     /* (owned) */
  GPtrArray *criteria;    /* (owned) */
  GPtrArray *targets;     /* (owned) */
  GPtrArray *strvs;       /* (owned) string arrays handed out in structs */
  GPtrArray *type_ids;    /* (owned) of all types, in order */

  /* One that comes with the program is read as far as it is asked for: see mc-pack-builtin.c. */
  GArray *type_places;    /* (owned) (nullable): where in the bytes each type stands */
  GPtrArray *trees;       /* (owned) JsonNode: what was read later */
  GMutex lock;            /* held while reading on */
  gsize rest_read;        /* measures, domains, criteria and targets are there */
};

McPack       *mc_pack_new        (GBytes      *bytes);
/* From a tree that fits the schema. */
McRecordType *mc_pack_build_type (McPack      *self,
                                  JsonObject  *object);
void          mc_pack_build_periods (McPack     *self,
                                     JsonObject *root);
void          mc_pack_build_rest (McPack      *self,
                                  JsonObject  *root);
char         *mc_pack_name       (JsonObject  *root);   /* "binh-dinh-2878-2021/1" */

/* Read on, from any thread, where that was not done yet. */
McRecordType *mc_pack_read_type  (McPack      *self,
                                  guint        at);
void          mc_pack_read_rest  (McPack      *self);

/* Links criteria with their domains and parents, in the order of the tree. */
gboolean mc_pack_link         (McPack       *self,
                               JsonObject   *root,
                               GError      **error);

/* Tell whether the parts fit each other: references, duplicates, sums.  The error names the place. */
gboolean mc_pack_check_unique (JsonObject   *root,
                               GError      **error);
gboolean mc_pack_check_parts  (McPack       *self,
                               GError      **error);   /* of one that is linked */

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
