/* mc-sealer.h: how the core has personal fields sealed without knowing cryptography
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Implemented by sync/wire/mc-seal.c.  Used in whatever thread uses the store's connection.
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _McSealer McSealer;

struct _McSealer
{
  /* → {"sealed":"…","key":"…"}; NULL with an error when there is no key to seal with. */
  JsonNode *(*seal) (McSealer    *self,
                     const char  *record,
                     const char  *field,
                     JsonNode    *plain,
                     GError     **error);
  /* → the plain value; NULL without an error when the ring does not hold the key. */
  JsonNode *(*open) (McSealer    *self,
                     const char  *record,
                     const char  *field,
                     JsonNode    *sealed,
                     GError     **error);
  void      (*free) (McSealer    *self);
};

G_END_DECLS
