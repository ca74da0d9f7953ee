/* mc-load.h: records and what checks say of them, fetched in one turn of the store's thread
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-check.h"
#include "core/mc-score.h"
#include "core/mc-store.h"

G_BEGIN_DECLS

typedef struct
{
  const char *type;            /* (nullable) NULL = no records */
  const char * const *ids;     /* (nullable) these, existing or not; NULL = all there are, in the type's order */
  const char *parent;          /* (nullable) of the records asked for */
  gboolean with_faults;        /* of @type, or of all types if it is NULL */
  gboolean with_score;
} McLoadRequest;

typedef struct
{
  GPtrArray *records;   /* (owned) (element-type McRecord) */
  GPtrArray *faults;    /* (owned) (element-type McFault) */
  McScore *score;       /* (owned) (nullable) as the unit alone would be scored */
} McLoad;

void    mc_load_async  (McStore             *store,
                        const McLoadRequest *request,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data);
McLoad *mc_load_finish (McStore             *store,
                        GAsyncResult        *result,
                        GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void    mc_load_free   (McLoad              *load);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (McLoad, mc_load_free)

G_END_DECLS
