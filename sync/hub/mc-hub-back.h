/* mc-hub-back.h: refused groups go back to an author who may have lost them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "core/mc-journal-heal.h"
#include "hub/mc-hub.h"

G_BEGIN_DECLS

/* What of @device stands refused under other incarnations than @incarnation and was not given to it yet: whole groups,
 * about @max_bytes. */
GPtrArray *mc_hub_list_back     (McHub          *self,
                                 const char     *device,
                                 const char     *incarnation,
                                 const char     *log,
                                 gsize           max_bytes,
                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type McRefused) */
/* @incarnation keeps the groups that were called so (element-type guint64) now: McRefused.number of mc_hub_list_back(). */
gboolean  mc_hub_note_given     (McHub          *self,
                                 const char     *device,
                                 const char     *incarnation,
                                 GArray         *names,
                                 GError        **error);

G_END_DECLS
