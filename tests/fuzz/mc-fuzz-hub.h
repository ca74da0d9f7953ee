/* mc-fuzz-hub.h: a hub for the fuzz targets that need one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "fuzz/mc-fuzz.h"
#include "hub/mc-hub.h"

G_BEGIN_DECLS

/* An empty hub in a new folder. */
McHub *fuzz_new_hub      (void) G_GNUC_WARN_UNUSED_RESULT;
/* Gives it the commune of FUZZ_LOG, and there the device FUZZ_DEVICE with the key that is returned. */
void   fuzz_enrol_device (McHub         *hub,
                          McSigningKey  *out_key);

G_END_DECLS
