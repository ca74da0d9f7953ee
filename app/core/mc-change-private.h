/* mc-change-private.h: a change, as its own files see it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-change-scan.h"

G_BEGIN_DECLS

struct _McChange
{
  gatomicrefcount ref_count;

  GBytes *bytes;       /* (owned) */
  McDigest hash;
  McChangeScan scan;   /* (owned) of one that was only scanned */
  char *short_id;      /* (owned) (nullable) until somebody asks */
  JsonNode *root;      /* (owned) keeps all below alive */
  JsonObject *object;
  JsonObject *set;
  JsonObject *seen;    /* (nullable) */
  const char *id;
  const char *record;
  const char *type;
  const char *pack;
  const char *at;
  const char *by;
  const char *instead; /* (nullable) */
  guint group_k;
  guint group_m;
  GPtrArray *fields;   /* (owned) (element-type utf8), NULL-terminated; until somebody asks NULL */
  GPtrArray *evidence; /* (owned) (element-type utf8), NULL-terminated, strings of the root */
};

/* Reads the bytes, once. */
gboolean mc_change_read       (McChange  *self,
                               GError   **error);
/* Only the tree of one that is known to be whole. */
gboolean mc_change_read_tree  (McChange  *self,
                               GError   **error);
/* Only of what comes from outside: what is stored was taken when it came. */
gboolean mc_change_check_json (McChange  *self,
                               GError   **error);

G_END_DECLS
