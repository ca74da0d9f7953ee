/* mc-hub-segment.h: long stretches of a unit log, for devices that have little or nothing of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "hub/mc-hub-log.h"
#include "wire/mc-bundle-file.h"
#include "wire/mc-dictionary.h"

G_BEGIN_DECLS

/* @page as a LOG frame, behind the certificates of the authors whose streams begin in it. */
gboolean mc_hub_put_page       (McHub               *self,
                                McLogFrame          *page,
                                const McDictionary  *dictionary,  /* (nullable) */
                                McFrameWriter       *writer,
                                GError             **error);
/* Frames, END and all, of about 1 MiB.  The same bytes each time, so that a download goes on where it was cut.  NULL
 * without an error: what follows @from does not fill one, or is not for @device. */
GBytes  *mc_hub_read_segment   (McHub               *self,
                                McHubDevice         *device,
                                const char          *log,
                                guint64              from,
                                GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* All logs that a device of @log follows, sealed for those that are enrolled now. */
gboolean mc_hub_write_snapshot (McHub               *self,
                                const char          *log,
                                const char          *path,
                                guint64             *out_rows,
                                guint               *out_devices,
                                GError             **error);

G_END_DECLS
