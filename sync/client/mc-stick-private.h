/* mc-stick-private.h: what reads bundles has in common
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "client/mc-session-private.h"
#include "wire/mc-bundle.h"

G_BEGIN_DECLS

typedef gboolean (*McStickFrameFunc) (guint8     kind,
                                      GBytes    *payload,
                                      gpointer   user_data,
                                      GError   **error);

/* Who reads which bundle. */
typedef struct
{
  Session session;
  McBundleKind kind;
  McStickFrameFunc take;     /* called with each frame */
  gpointer take_data;
  gboolean applies;          /* FALSE = only looks whether it is whole */
  McFrameReader *reader;     /* (owned) while it reads */
  McSyncProgress progress;   /* (nullable) */
  gpointer user_data;        /* of @progress */
} McStickReader;

/* One pass over the bundle at @path.  What came before an error was handed to @take. */
gboolean mc_stick_reader_read_once (McStickReader *self,
                                    const char    *path,
                                    gboolean       applies,
                                    GError       **error);

G_END_DECLS
